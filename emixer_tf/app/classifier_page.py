"""The page of a trained classifier: its scores by label, and whether its probabilities hold."""

import math

from emixer_tf.document import (
    Heading,
    Items,
    Notice,
    Numbers,
    Paragraph,
    Picture,
    as_markdown,
    as_page,
)
from emixer_tf.files import write_whole
from emixer_tf.metrics.calibration import reliability_table
from emixer_tf.sheets import balanced_columns

PAGE, TABLE, RELIABILITY = "index.html", "scores.md", "reliability.png"
_BINS, _PANELS_A_ROW, _PANEL = 10, 7, 2.1
_UNDEFINED = "–"
_COLUMNS = {
    "accuracy": "accuracy",
    "sensitivity": "sensitivity",
    "ppv": "PPV",
    "f1": "F1",
    "calibration_error": "calibration error",
    "brier": "Brier score",
}


def write_classifier_page(folder, trained):
    """Write the scores of a classifier as Markdown and as a page, with a reliability diagram.

    Args:
        folder: `pathlib.Path` of an existing folder.
        trained: `TrainedClassifier`.
    """
    figure_of_reliability(trained.test, trained.labels).savefig(folder / RELIABILITY, dpi=110)
    title = f"Classifier of films: {trained.about['data']['name']}"
    blocks = _blocks(trained)
    write_whole(folder / TABLE, as_markdown(title, blocks))
    write_whole(folder / PAGE, as_page(title, blocks))


def _blocks(trained):
    about = trained.about
    counts, training = about["data"]["counts"], about["training"]
    begun = f" It began from {training['initial']}." if training["initial"] else ""
    _, side, _, channels = trained.model.input_shape
    return [
        Paragraph(
            f"{trained.model.name}, for films of {side} px and {channels} channel"
            f"{'s' if channels > 1 else ''}: {training['updates']:,} updates of "
            f"{training['batch_size']} films at a learning rate of {training['learning_rate']:g}, "
            f"seed {training['seed']}.{begun} Trained on {counts['train']:,} studies; weights and "
            f"thresholds chosen on {counts['val']:,} (macro AUROC "
            f"{_number(training['best_validation_auroc'])}); tested on {counts['test']:,}."
        ),
        Notice("For measuring generators and for research; not for the care of patients."),
        Heading("Scores on the test split"),
        scores_table(about["scores"], about["thresholds"]),
        *([Items(tuple(about["notes"]))] if about["notes"] else []),
        Paragraph(
            "AUROC with its 95 % bootstrap interval over studies. Decisions are made at the "
            "threshold that was best on the val split (Youden's J). The calibration error is the "
            "mean gap between a probability and the share that is positive."
        ),
        Picture(
            RELIABILITY,
            "Reliability on the test split",
            "A point is the films whose probability lies in one of ten bins, the larger the more "
            "of them. On the diagonal a probability of 0.7 means seven in ten.",
        ),
    ]


def scores_table(scores, thresholds):
    """Return the table of a classifier's scores.

    Args:
        scores: Dict of "by_label" and "macro", with None for what is undefined.
        thresholds: Dict by label, likewise.

    Returns:
        `Numbers`.
    """
    rows = [
        [
            name,
            f"{row['positives']:,} of {row['known']:,}",
            _interval(row),
            _number(thresholds[name]),
            *(_number(row[column]) for column in _COLUMNS),
        ]
        for name, row in scores["by_label"].items()
    ]
    macro = scores["macro"]
    means = ["mean", "", _interval(macro), "", *(_number(macro[column]) for column in _COLUMNS)]
    head = ("label", "positive", "AUROC", "threshold", *_COLUMNS.values())
    return Numbers(head, (*rows, means))


def figure_of_reliability(predictions, names):
    """Draw for every label the share of positive films against the probability given.

    Args:
        predictions: `Predictions`.
        names: K names of labels.

    Returns:
        `matplotlib.figure.Figure`.
    """
    from matplotlib.figure import Figure

    columns = balanced_columns(len(names), _PANELS_A_ROW)
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(_PANEL * columns, (_PANEL + 0.35) * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for k, (axes, name) in enumerate(zip(panels, names, strict=False)):
        known = predictions.known[:, k]
        table = reliability_table(
            predictions.labels[:, k], predictions.probabilities[:, k], known, _BINS
        )
        axes.plot([0, 1], [0, 1], color="#bbbbbb", lw=0.8)
        sizes = 8 + 60 * table["count"] / max(1, known.sum())
        axes.plot(table["mean_probability"], table["share_positive"], color="#1f4e79", lw=0.8)
        axes.scatter(table["mean_probability"], table["share_positive"], s=sizes, color="#1f4e79")
        axes.set_title(name, fontsize=8)
        axes.set(xlim=(-0.04, 1.04), ylim=(-0.04, 1.04), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
        axes.tick_params(labelsize=7)
    for axes in panels[len(names) :]:
        axes.set_visible(False)
    figure.supxlabel("probability given", fontsize=9)
    figure.supylabel("share that is positive", fontsize=9)
    return figure


def _interval(row):
    if row["auroc"] is None:
        return _UNDEFINED
    return f"{row['auroc']:.3f} ({_number(row['auroc_low'])} to {_number(row['auroc_high'])})"


def _number(value):
    undefined = value is None or math.isnan(value)
    return _UNDEFINED if undefined else f"{value:.3f}"
