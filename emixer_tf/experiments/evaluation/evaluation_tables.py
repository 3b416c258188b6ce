"""Tables of an evaluation, as blocks of a document."""

import math

from emixer_tf.document import Heading, Numbers, Paragraph
from emixer_tf.experiments.evaluation.description_scores import GENERATOR
from emixer_tf.experiments.result_tables import UNDEFINED, is_undefined, number

_FILM_METRICS = ("precision", "recall", "density", "coverage")
_TEXT_METRICS = {
    "bleu_1": "BLEU-1",
    "bleu_2": "BLEU-2",
    "bleu_3": "BLEU-3",
    "bleu_4": "BLEU-4",
    "cider_d": "CIDEr-D",
    "cider": "CIDEr",
    "rouge_l": "ROUGE-L",
    "meteor": "METEOR (NLTK)",
}
_RETRIEVAL = {
    "recall_at_1": "found first",
    "recall_at_5": "among the first 5",
    "mean_rank": "mean rank",
}
_COPIES = {
    "films": "film copies by pixels",
    "features": "film copies by features",
    "reports": "report copies",
    "films of one study with reports": "film (pixels) and report nearest to one study",
    "features of one study with reports": "film (features) and report nearest to one study",
}


def film_blocks(films, identity):
    """Return the table of film metrics.

    Args:
        films: What `film_comparison` returned.
        identity: Of the extractor.
    """
    rows = [
        [
            name,
            number(found["fid"]),
            f"{found['kid']:.4f}",
            UNDEFINED if math.isnan(found["kid_sd"]) else f"{found['kid_sd']:.4f}",
            *(number(found[metric]) for metric in _FILM_METRICS),
        ]
        for name, found in films.items()
    ]
    count = next(iter(films.values()))["real_count"]
    size = identity["input"]
    return [
        Heading("Films"),
        Numbers(("films", "FID", "KID", "KID sd", *_FILM_METRICS), rows),
        Paragraph(
            f"Each set of {count:,} films is compared with {count:,} films of the test split. The "
            "row of training films says what real films reach that the generator could not "
            "beat but by chance or by copying. All of these metrics depend on the number of "
            "films: compare only values of the same number and the same extractor."
        ),
        Paragraph(
            f"Extractor: {identity['name']}, layer {identity['layer']}, weights "
            f"{identity['weights']}; input {size['resolution']} px, {size['channels']} channel"
            f"{'s' if size['channels'] > 1 else ''}, values from {size['range'][0]:g} (black) to "
            f"{size['range'][1]:g} (white); resize filter: {identity['resize']}."
        ),
    ]


def agreement_blocks(agreement, judge, reader):
    """Return the table of agreement, by label, of generated studies beside real ones.

    Args:
        agreement: Dict from "generated" and "test" to what `study_agreement` found.
        judge: `Judge` or None.
        reader: `ReportReader`.
    """
    labels = list(
        dict.fromkeys(
            name
            for found in agreement.values()
            for table in (found["shown"], found["said"], found["pairs"] and found["pairs"]["own"])
            if table
            for name in table["by_label"]
        )
    )
    head = (
        "label",
        "film shows it: AUROC",
        "of real films",
        "report says it: F1",
        "of real reports",
        "film tells report: AUROC",
        "of real pairs",
    )
    rows = [[name, *_agreement_row(agreement, name)] for name in labels]
    mean = ["mean", *_agreement_row(agreement, None)]
    read_by = f"Films are read by the classifier {judge.name}; " if judge else ""
    return [
        Heading("Do films and reports show what was asked?"),
        Numbers(head, (*rows, mean)),
        Paragraph(
            f"{read_by}reports are read by {reader.name}. For real studies the asked labels are "
            "their own: their columns say how well classifier and reader do, which bounds what "
            "generated studies can show. A generated report that cannot be read says nothing."
        ),
        *_retrieval_blocks(agreement),
        *_unread_blocks(agreement),
    ]


def _agreement_row(agreement, label):
    cells = []
    for part, metric in (("shown", "auroc"), ("said", "f1"), ("pairs", "auroc")):
        for name in ("generated", "test"):
            table = agreement[name][part]
            table = table["own"] if table and part == "pairs" else table
            if table is None or (label is not None and label not in table["by_label"]):
                cells.append(UNDEFINED)
            else:
                scores = table["macro"] if label is None else table["by_label"][label]
                cells.append(number(scores[metric]))
    return cells


def _retrieval_blocks(agreement):
    rows = []
    for name, found in agreement.items():
        if not found["retrieval"]:
            continue
        for pairs, scores in (
            (name, found["retrieval"]["own"]),
            (f"{name}, shuffled", found["retrieval"]["shuffled"]),
        ):
            rows.append([pairs, *(number(scores[key]) for key in _RETRIEVAL)])
    if not rows:
        return []
    candidates = next(f["retrieval"]["candidates"] for f in agreement.values() if f["retrieval"])
    return [
        Paragraph(
            f"A film looks for its own report among {candidates}, by the labels that classifier "
            "and reader see; shuffled pairs show chance."
        ),
        Numbers(("pairs", *_RETRIEVAL.values()), rows),
    ]


def _unread_blocks(agreement):
    shares = {name: found["said"] for name, found in agreement.items() if found["said"]}
    unread = ", ".join(f"{name} {said['unread_reports']:.1%}" for name, said in shares.items())
    return [Paragraph(f"Reports that could not be read: {unread}.")] if shares else []


def shape_blocks(shapes):
    """Return the table of how long and how different reports are.

    Args:
        shapes: What `report_shapes` returned of generated and test studies.
    """
    if not shapes:
        return []
    rows = [
        (
            name,
            number(found["mean_words"]),
            _share(found["distinct"]),
            f"{found['distinct_words']:,}",
        )
        for name, found in zip(("generated", "test"), shapes, strict=True)
    ]
    return [
        Heading("Are reports as long and as different as real ones?"),
        Numbers(("reports", "words, mean", "different reports", "different words"), rows),
        Paragraph(
            f"{shapes[0]['reports']:,} reports of each kind, real ones cut to the sentences and "
            "words that are learnt from; full stops are no words. Real ones also have words that "
            "are too rare to be learnt."
        ),
    ]


def description_blocks(descriptions, heading, text):
    """Return the table of report scores.

    Args:
        descriptions: What `description_scores` returned.
        heading, text: What it is about.
    """
    some = next(iter(descriptions.values()))["scores"]
    metrics = {name: title for name, title in _TEXT_METRICS.items() if name in some}
    rows = [
        [name, *(text_cell(found, metric) for metric in metrics)]
        for name, found in descriptions.items()
    ]
    return [
        Heading(heading),
        Numbers(("reports", *metrics.values()), rows),
        Paragraph(text),
    ]


def text_cell(found, metric):
    """Return a score of a report generator, with its interval where it has one."""
    value = number(found["scores"][metric])
    ends = found["intervals"].get(metric)
    if ends is None:
        return value
    return f"{value} ({number(ends['low'])} to {number(ends['high'])})"


def text_table(found):
    """Return the table of the scores of one set of reports.

    Args:
        found: What `text_scores` returned.
    """
    rows = [
        [title, text_cell(found, name)]
        for name, title in _TEXT_METRICS.items()
        if name in found["scores"]
    ]
    return Numbers(("score", "value (95 % interval)"), rows)


def memory_blocks(summary):
    """Return the tables of memorization.

    Args:
        summary: Of `Memory`.
    """
    rows = [
        [
            _COPIES[part],
            _share(rates["generated"]),
            _share(rates["held_out"]),
            UNDEFINED if rates["generated_count"] is None else f"{rates['generated_count']:,}",
        ]
        for part, rates in summary["copies"].items()
    ]
    if summary["marks"]:
        marks = summary["marks"]
        rows.append(
            [
                "reports with a mark of de-identification",
                _share(marks["generated"]),
                f"{_share(marks['training'])} (training)",
                "",
            ]
        )
    attack, by_real = summary["membership"], summary["membership_by_real"]
    return [
        Heading("Does the generator repeat training studies?"),
        Numbers(("sign", "generated", "held-out real studies", "generated, number"), rows),
        Paragraph(
            "A copy is nearer to a training study than all but 1 % of the held-out real studies "
            "are. A high share is a reason to look at the pairs below, not a proof: what is "
            "frequent or smooth comes near without being copied. The strongest sign is a pair "
            "whose film and report are both nearest to one training study."
        ),
        Paragraph(
            "Membership: from the generated films alone, training studies are told from held-out "
            f"ones with AUROC {number(attack['auroc'])} (95 % from {number(attack['low'])} to "
            f"{number(attack['high'])}; {attack['members']:,} and {attack['non_members']:,} "
            f"studies). From as many real films of the test split as are left it is "
            f"{number(by_real['auroc'])} ({number(by_real['low'])} to {number(by_real['high'])}): "
            "what lies above that, and above 0.5, the generator betrays."
        ),
    ]


def _share(value):
    return UNDEFINED if is_undefined(value) else f"{value:.1%}"


def glance_table(films, agreement, shapes, descriptions, summary):
    """Return one table of the numbers to look at first.

    Args:
        films, agreement, shapes, summary: As of the tables.
        descriptions: What `description_scores` returned, or None.
    """
    rows = [
        [
            "films: FID",
            number(films["generated"]["fid"]),
            f"{number(films['training']['fid'])}, training films",
        ]
    ]
    for part, metric, measure, real in (
        ("shown", "auroc", "film shows what was asked: mean AUROC", "real films"),
        ("said", "f1", "report says what was asked: mean F1", "real reports"),
    ):
        ours, theirs = (agreement[name][part] for name in ("generated", "test"))
        if ours and theirs:
            compared = f"{number(theirs['macro'][metric])}, {real}"
            rows.append([measure, number(ours["macro"][metric]), compared])
    if shapes:
        ours, theirs = shapes
        for metric, measure, cell in (
            ("mean_words", "words of a report, mean", number),
            ("distinct", "different reports", _share),
        ):
            rows.append([measure, cell(ours[metric]), f"{cell(theirs[metric])}, real reports"])
    if descriptions:
        best = max(
            (name for name in descriptions if name != GENERATOR),
            key=lambda name: descriptions[name]["scores"]["cider_d"],
        )
        rows.append(
            [
                "reports for real films: CIDEr-D",
                number(descriptions[GENERATOR]["scores"]["cider_d"]),
                f"{number(descriptions[best]['scores']['cider_d'])}, {best} report",
            ]
        )
    copies = summary["copies"]["features"]
    rows.append(
        [
            "film copies by features",
            _share(copies["generated"]),
            f"{_share(copies['held_out'])}, held-out films",
        ]
    )
    attack, by_real = summary["membership"], summary["membership_by_real"]
    rows.append(
        [
            "training films told from held-out ones: AUROC",
            number(attack["auroc"]),
            f"{number(by_real['auroc'])}, from real films",
        ]
    )
    return Numbers(("at a glance", "generator", "compare with"), rows)
