"""How many copied reports are found? Training findings of Open-i, copied with words changed.

    python benchmarks/report_copies.py --data iu_reports/metadata.csv

For each of four random splits 500 training reports are copied; held-out reports set the threshold,
of which 1 % are called copies.
"""

import argparse
from pathlib import Path

import numpy as np
from captioning import read_findings

from emixer_tf.metrics.report_copies import copied_reports

TRAINING, HELD_OUT, COPIES, SEEDS = 2400, 500, 500, range(4)


def with_words_changed(report, count, words, random):
    """Return a report of which `count` words at random places are other words."""
    changed = report.split()
    for place in random.choice(len(changed), min(count, len(changed)), replace=False):
        changed[place] = random.choice(words)
    return " ".join(changed)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="metadata.csv of the reports")
    texts = read_findings(parser.parse_args().data).words.to_numpy()
    words = sorted({word for text in texts for word in text.split()})
    print("| words changed | share of copies called, by split |\n|---|---|")
    for count in (0, 1, 2):
        shares = []
        for seed in SEEDS:
            random = np.random.default_rng(seed)
            drawn = list(random.permutation(texts)[: TRAINING + HELD_OUT])
            training, held_out = drawn[:TRAINING], drawn[TRAINING:]
            copies = [
                with_words_changed(report, count, words, random) for report in training[:COPIES]
            ]
            shares.append(copied_reports(copies, training, held_out).rate)
        print(f"| {count} | {', '.join(f'{share:.3f}' for share in shares)} |", flush=True)


if __name__ == "__main__":
    main()
