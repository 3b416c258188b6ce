"""How fast are BLEU and CIDEr-D, and what do reports score that no generator wrote?

    python benchmarks/captioning.py --data iu_reports/metadata.csv

Needs pycocoevalcap, whose scorers ours are compared with, and rouge-score. Texts are findings as
this package reads them: lower-case words, sentences joined by a full stop, de-identification marks
one word; the second table is without full stops.
"""

import argparse
import time

import numpy as np
import pandas as pd
from pycocoevalcap.bleu.bleu_scorer import BleuScorer
from pycocoevalcap.cider.cider_scorer import CiderScorer

from emixer_tf.data.reports import joined_sentences, report_sentences
from emixer_tf.experiments.report_baselines import (
    constant_report,
    label_matched_reports,
    most_common_report,
    random_reports,
)
from emixer_tf.metrics.bleu_score import bleu, bleu_items
from emixer_tf.metrics.captioning import report_scores
from emixer_tf.metrics.cider_score import cider_d
from emixer_tf.metrics.overlap import rouge_l

PASSES = 5
SEEDS = range(5)
GOLD = "gold14_"
COLUMNS = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "cider_d", "cider", "rouge_l")


def read_findings(path):
    """Read the reports with film and findings, and make their findings words."""
    table = pd.read_csv(path)
    table = table[(table.n_images > 0) & table.findings.notna()]
    words = [report_sentences(text) for text in table.findings]
    return table.assign(words=[joined_sentences(sentences) for sentences in words])[
        [bool(sentences) for sentences in words]
    ]


def coco_bleu(references, hypotheses):
    """Return BLEU-1 to BLEU-4 of corpus and items by pycocoevalcap."""
    scorer = BleuScorer(n=4)
    for texts, hypothesis in zip(references, hypotheses, strict=True):
        scorer += (hypothesis, texts)
    return scorer.compute_score(option="closest", verbose=0)


def coco_cider_d(references, hypotheses):
    """Return CIDEr-D of corpus and items by pycocoevalcap."""
    scorer = CiderScorer()
    for texts, hypothesis in zip(references, hypotheses, strict=True):
        scorer += (hypothesis, texts)
    return scorer.compute_score()


def seconds(scores, references, hypotheses):
    """Time scores in turns, so that a busy machine slows all of them; the best pass of each."""
    best = np.full(len(scores), np.inf)
    for _ in range(PASSES):
        for place, score in enumerate(scores):
            begin = time.perf_counter()
            score(references, hypotheses)
            best[place] = min(best[place], time.perf_counter() - begin)
    return best


def print_speed(texts):
    """Score each report against another's with both implementations; compare time and numbers."""
    references = [[text] for text in texts]
    hypotheses = [texts[place] for place in np.random.default_rng(0).permutation(len(texts))]
    print(f"{len(texts)} findings against those of another report, best of {PASSES} passes")
    took = seconds((bleu, cider_d, report_scores, coco_bleu, coco_cider_d), references, hypotheses)
    ours, together, theirs = took[:2], took[2], took[3:]
    for name, own, other in (
        ("BLEU", ours[0], theirs[0]),
        ("CIDEr-D", ours[1], theirs[1]),
        ("both", ours.sum(), theirs.sum()),
        ("both, counted once (report_scores, with CIDEr)", together, theirs.sum()),
    ):
        print(f"{name}: {own:.3f} s, pycocoevalcap {other:.3f} s: {other / own:.1f}x")
    print(f"Largest difference, corpus and items: {largest_difference(references, hypotheses):.1e}")


def largest_difference(references, hypotheses):
    """Return the largest absolute difference to pycocoevalcap."""
    corpus, items = coco_bleu(references, hypotheses)
    score, item_scores = coco_cider_d(references, hypotheses)
    ours = cider_d(references, hypotheses)
    own_items = [list(item.values()) for item in bleu_items(references, hypotheses).values()]
    differences = (
        np.subtract(list(bleu(references, hypotheses).values()), corpus),
        np.subtract(own_items, np.transpose(items)),
        np.subtract(ours["score"], score),
        np.subtract(list(ours["items"].values()), item_scores),
    )
    return max(np.abs(difference).max() for difference in differences)


def print_baselines(table):
    """Print what baselines chosen on the train split score on the test split, as Markdown."""
    table = table.dropna(subset=[name for name in table if name.startswith(GOLD)])
    train, test = (table[table.suggested_split == split] for split in ("train", "test"))
    if set(train.text_group) & set(test.text_group):
        raise ValueError("A text is in train and test. Remedy: split by text_group.")
    references = test.words.tolist()
    reports = train.words.tolist()
    labels = [part.filter(like=GOLD).to_numpy() for part in (train, test)]
    seen = (labels[1][:, np.newaxis] == labels[0]).all(axis=2).any(axis=1).mean()
    print(f"{len(train)} training reports, {len(test)} test reports; random rows: mean ± standard")
    print(f"deviation over {len(SEEDS)} seeds; {seen:.0%} of test label rows occur in training\n")
    print("| baseline | BLEU-1 | BLEU-2 | BLEU-3 | BLEU-4 | CIDEr-D | CIDEr | ROUGE-L |")
    print("|---|---|---|---|---|---|---|---|")
    fixed = {
        "constant report": constant_report(reports, seed=0),
        "most common report": most_common_report(reports),
    }
    for name, report in fixed.items():
        print_row(name, [all_scores(references, [report] * len(references))])
    drawn = {
        "random report": lambda seed: random_reports(reports, len(references), seed),
        "label-matched report": lambda seed: label_matched_reports(reports, *labels, seed),
    }
    for name, draw in drawn.items():
        print_row(name, [all_scores(references, draw(seed)) for seed in SEEDS])


def all_scores(references, hypotheses):
    """Return the fast scores and ROUGE-L."""
    scores = report_scores(references, hypotheses)
    return {**scores, "rouge_l": rouge_l(references, hypotheses)["score"]}


def print_row(name, runs):
    """Print a row of Markdown: the score of one run, or mean and deviation of several."""
    cells = []
    for column in COLUMNS:
        values = [run[column] for run in runs]
        spread = f" ± {np.std(values, ddof=1):.3f}" if len(values) > 1 else ""
        cells.append(f"{np.mean(values):.3f}{spread}")
    print(f"| {name} | {' | '.join(cells)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="Open-i's reports with manual labels, a CSV")
    args = parser.parse_args()
    table = read_findings(args.data)
    print_speed(table.words.tolist())
    print("\nFull stops between sentences are words:")
    print_baselines(table)
    print("\nWithout full stops:")
    print_baselines(table.assign(words=table.words.str.replace(" . ", " ")))


if __name__ == "__main__":
    main()
