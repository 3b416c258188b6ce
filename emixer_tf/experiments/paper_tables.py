"""The numbers that the EMIXER paper prints, with what should be known about them.

Reference:
    Biswal et al., "EMIXER: End-to-end Multimodal X-ray Generation via Self-supervision"
    (arXiv:2007.05597v2), Tables 1, 2, 3, 5, 9, 10 and Sec. 4.5.3 with Fig. 2.
"""

from dataclasses import dataclass

from emixer_tf.names import did_you_mean

OTHER_DATA = "other data, other sizes: not comparable in level"


@dataclass(frozen=True)
class PaperRow:
    """One row of a table of the paper.

    Args:
        arm: Data, e.g. "R 100k + S 50k": R real, S synthetic.
        method: What made the synthetic data, or "".
        scores: Column name to `(mean, sd)`; sd is None where the paper prints none.
    """

    arm: str
    method: str
    scores: dict


@dataclass(frozen=True)
class PaperTable:
    """One table of the paper.

    Args:
        name: As the paper names it, e.g. "Table 1".
        caption: What it shows.
        columns: Column name to heading, in order. Names are those of our metrics; a name such as
            "auroc/Edema" is that of one class.
        rows: Tuple of `PaperRow`.
        remarks: Sentences on what the paper leaves open, or what does not fit together.
        reference_arm: Arm of the real data alone, or None.
    """

    name: str
    caption: str
    columns: dict
    rows: tuple
    remarks: tuple
    reference_arm: str | None = None

    def score(self, arm, method, column):
        """Return `(mean, sd)` of a cell.

        Raises:
            KeyError: If the table has no such cell.
        """
        for row in self.rows:
            if (row.arm, row.method) == (arm, method):
                return row.scores[column]
        raise KeyError(f"{self.name} has no row {arm!r} of method {method!r}.")


def paper_table(name):
    """Return a table of the paper.

    Args:
        name: One of `PAPER_TABLES`.

    Raises:
        ValueError: If the name is unknown.

    Example:

    >>> paper_table("Table 1").score("R 100k + S 600k", "EMIXER", "auroc")
    (0.873, 0.0025)
    """
    if name not in PAPER_TABLES:
        raise ValueError(
            f"No table of the paper named {name!r} is kept here.{did_you_mean(name, PAPER_TABLES)}"
        )
    return PAPER_TABLES[name]


def _row(columns, arm, method, means, sds=None):
    sds = sds or [None] * len(means)
    pairs = zip(means, sds, strict=True)
    return PaperRow(arm, method, dict(zip(columns, pairs, strict=True)))


def _table(name, caption, columns, rows, remarks, reference_arm=None):
    rows = tuple(_row(columns, *row) for row in rows)
    return PaperTable(name, caption, columns, rows, remarks, reference_arm)


def _by_class(metrics, classes):
    return {
        f"{metric}/{name}": f"{class_heading}: {heading}"
        for name, class_heading in classes.items()
        for metric, heading in metrics.items()
    }


_SPREAD = (
    "The paper does not say what its ± is taken over (seeds, folds or resampling), nor how often."
)

_TABLE_1 = _table(
    "Table 1",
    "Image classification and report generation, tested on real data, after training on real "
    "data and a growing number of synthetic studies",
    {
        "auroc": "AUC",
        "accuracy": "ACC",
        "cider": "CIDEr",
        "bleu_1": "BLEU-1",
        "bleu_2": "BLEU-2",
        "bleu_3": "BLEU-3",
        "bleu_4": "BLEU-4",
    },
    [
        (
            "R 100k",
            "",
            [0.824, 0.846, 0.712, 0.253, 0.198, 0.095, 0.074],
            [0.0034, 0.0041, 0.0014, 0.0024, 0.0034, 0.0041, 0.0012],
        ),
        (
            "R 100k + S 50k",
            "JointGAN",
            [0.798, 0.814, 0.719, 0.259, 0.201, 0.098, 0.079],
            [0.0012, 0.0023, 0.0023, 0.0019, 0.0024, 0.0025, 0.0031],
        ),
        (
            "R 100k + S 100k",
            "JointGAN",
            [0.812, 0.835, 0.725, 0.261, 0.207, 0.114, 0.081],
            [0.0013, 0.0021, 0.0019, 0.0014, 0.0029, 0.0022, 0.0034],
        ),
        (
            "R 100k + S 300k",
            "JointGAN",
            [0.826, 0.839, 0.748, 0.272, 0.213, 0.129, 0.085],
            [0.0018, 0.0011, 0.0017, 0.0015, 0.0021, 0.0029, 0.0051],
        ),
        (
            "R 100k + S 600k",
            "JointGAN",
            [0.831, 0.846, 0.773, 0.313, 0.224, 0.134, 0.093],
            [0.0009, 0.0019, 0.0022, 0.0011, 0.0041, 0.0021, 0.0021],
        ),
        (
            "R 100k + S 50k",
            "CoGAN",
            [0.827, 0.843, 0.703, 0.231, 0.192, 0.082, 0.073],
            [0.0034, 0.0019, 0.0019, 0.0022, 0.0012, 0.0019, 0.0031],
        ),
        (
            "R 100k + S 100k",
            "CoGAN",
            [0.829, 0.854, 0.692, 0.214, 0.187, 0.073, 0.067],
            [0.0011, 0.0021, 0.0014, 0.0023, 0.0012, 0.0022, 0.0033],
        ),
        (
            "R 100k + S 300k",
            "CoGAN",
            [0.831, 0.857, 0.724, 0.241, 0.211, 0.091, 0.076],
            [0.0013, 0.0024, 0.0015, 0.0024, 0.0012, 0.0041, 0.0025],
        ),
        (
            "R 100k + S 600k",
            "CoGAN",
            [0.837, 0.849, 0.734, 0.251, 0.236, 0.114, 0.081],
            [0.0011, 0.0023, 0.0022, 0.0021, 0.0012, 0.0032, 0.0019],
        ),
        (
            "R 100k + S 50k",
            "SM-GAN",
            [0.818, 0.832, 0.713, 0.251, 0.203, 0.093, 0.077],
            [0.0013, 0.0013, 0.0031, 0.0019, 0.0034, 0.0021, 0.0014],
        ),
        (
            "R 100k + S 100k",
            "SM-GAN",
            [0.823, 0.831, 0.723, 0.258, 0.207, 0.098, 0.079],
            [0.0035, 0.0014, 0.0032, 0.0031, 0.0034, 0.0022, 0.0019],
        ),
        (
            "R 100k + S 300k",
            "SM-GAN",
            [0.821, 0.847, 0.731, 0.263, 0.212, 0.106, 0.089],
            [0.0021, 0.0019, 0.0033, 0.0018, 0.0034, 0.0032, 0.0036],
        ),
        (
            "R 100k + S 600k",
            "SM-GAN",
            [0.842, 0.859, 0.752, 0.275, 0.236, 0.125, 0.096],
            [0.0029, 0.0018, 0.0039, 0.0011, 0.0034, 0.0031, 0.0025],
        ),
        (
            "R 100k + S 50k",
            "EMIXER",
            [0.835, 0.857, 0.731, 0.276, 0.204, 0.112, 0.078],
            [0.0015, 0.0024, 0.0031, 0.0034, 0.0027, 0.0032, 0.0021],
        ),
        (
            "R 100k + S 100k",
            "EMIXER",
            [0.842, 0.864, 0.752, 0.297, 0.216, 0.132, 0.083],
            [0.0021, 0.0024, 0.0024, 0.0041, 0.005, 0.0019, 0.0024],
        ),
        (
            "R 100k + S 300k",
            "EMIXER",
            [0.853, 0.869, 0.763, 0.324, 0.229, 0.145, 0.097],
            [0.0019, 0.0028, 0.0035, 0.0042, 0.0014, 0.0014, 0.0031],
        ),
        (
            "R 100k + S 600k",
            "EMIXER",
            [0.873, 0.884, 0.783, 0.346, 0.247, 0.169, 0.132],
            [0.0025, 0.0026, 0.0043, 0.0022, 0.0019, 0.0018, 0.0052],
        ),
    ],
    (
        'The "5.94 % improvement in classification accuracy" is the AUC: .824 to .873 is +.049 '
        "absolute and +5.95 % relative. The accuracy goes from .846 to .884, +4.49 % relative.",
        'The "6.9 % improvement as measured by the CIDEr scores" fits no cell: .712 to .783 is '
        "+.071 absolute and +9.97 % relative; with 300k synthetic studies (.763) it is +7.16 %.",
        "Which CIDEr (plain or CIDEr-D) and which tokeniser is not stated. A CIDEr of .71 to .78 "
        "is far above the .10 to .36 that later work reports on the same data set.",
        "How uncertain labels were treated is not stated.",
        _SPREAD,
    ),
    "R 100k",
)

_TABLE_2 = _table(
    "Table 2",
    "Classification from joint features of image and report",
    {"auroc": "AUC", "accuracy": "Acc"},
    [
        ("R 100k", "", [0.849, 0.868], [0.0025, 0.0021]),
        ("R 100k + S 300k", "JointGAN", [0.869, 0.905], [0.0023, 0.0023]),
        ("R 100k + S 300k", "CoGAN", [0.871, 0.896], [0.0014, 0.0019]),
        ("R 100k + S 300k", "SM-GAN", [0.883, 0.902], [0.0016, 0.0015]),
        ("R 100k + S 300k", "EMIXER", [0.905, 0.924], [0.0019, 0.0012]),
    ],
    (
        "Labels in MIMIC-CXR are read from the reports. A classifier that is given the report of "
        "a test study can read them there; the paper does not say how this was kept apart.",
        _SPREAD,
    ),
    "R 100k",
)

_TABLE_3 = _table(
    "Table 3",
    "Generative models with limited labels",
    {"accuracy": "Acc", "bleu_1": "BLEU-1", "fid": "FID"},
    [
        ("100 % of labels", "CoGAN", [0.827, 0.247, 15.23], [0.0011, 0.0023, 0.0015]),
        ("100 % of labels", "JointGAN", [0.813, 0.221, 16.58], [0.0014, 0.0031, 0.0019]),
        ("100 % of labels", "SM-GAN", [0.813, 0.221, 16.58], [0.0021, 0.0028, 0.0021]),
        ("30 % of labels", "EMIXER", [0.838, 0.258, 12.84], [0.0013, 0.0021, 0.0021]),
        ("50 % of labels", "EMIXER", [0.842, 0.269, 11.73], [0.0008, 0.0024, 0.0023]),
        ("100 % of labels", "EMIXER", [0.845, 0.271, 11.31], [0.0024, 0.0014, 0.0028]),
    ],
    (
        "JointGAN and SM-GAN have the same mean in all three cells, which two different models "
        "hardly have: one of the rows may be a copy.",
        "The accuracy with 100 % of the labels is .845 here, and .857 to .884 in Table 1; the "
        "amount of synthetic data is not stated here.",
        "The FID is that of an Inception network trained on chest X-rays, which is not "
        "published: FIDs of different extractors cannot be compared.",
        "A FID that varies by .0015 in 15.23 varies less than a FID does by the draw of its "
        "samples alone.",
        _SPREAD,
    ),
)

_COVID_CLASSES = {
    "normal": "Normal Lung",
    "bacterial_pneumonia": "Bact. Pneumonia",
    "viral_pneumonia": "Viral Pneumonia",
    "covid19": "COVID-19",
}

_TABLE_5 = _table(
    "Table 5",
    "Classification of COVID-19: from scratch, pre-trained on real, and on real and synthetic data",
    _by_class({"auroc": "AUC", "sensitivity": "Sensitivity", "ppv": "PPV"}, _COVID_CLASSES),
    [
        (
            "COVID samples",
            "",
            [0.853, 0.705, 0.834, 0.847, 0.734, 0.768, 0.841, 0.758, 0.725, 0.853, 0.765, 0.854],
            [
                *(0.0023, 0.0034, 0.0021),
                *(0.0012, 0.0014, 0.0041),
                *(0.0034, 0.0015, 0.0021),
                *(0.0033, 0.0019, 0.0024),
            ],
        ),
        (
            "pre-trained on CheXpert",
            "",
            [0.932, 0.761, 0.931, 0.923, 0.823, 0.834, 0.917, 0.832, 0.745, 0.921, 0.863, 0.928],
            [
                *(0.0027, 0.0031, 0.0014),
                *(0.0021, 0.0017, 0.0019),
                *(0.0018, 0.0014, 0.0009),
                *(0.0014, 0.0021, 0.0016),
            ],
        ),
        (
            "pre-trained on CheXpert + S 250k",
            "EMIXER",
            [0.956, 0.783, 0.963, 0.945, 0.851, 0.842, 0.948, 0.853, 0.775, 0.953, 0.898, 0.943],
            [
                *(0.0019, 0.0017, 0.0015),
                *(0.0033, 0.0014, 0.0018),
                *(0.0031, 0.0023, 0.0019),
                *(0.0038, 0.0034, 0.0021),
            ],
        ),
    ],
    (
        'The "11 % improvement in predictive accuracy" is closest to the AUC of COVID-19 against '
        "training from scratch: .853 to .953, +.100 absolute and +11.7 % relative. Most of it "
        "comes with pre-training on real data (.921); what synthetic data add is +.032.",
        "The source of the four classes is not stated. In the usual collections disease and source "
        "are confounded: a model may tell the hospital and not the disease.",
        _SPREAD,
    ),
    "COVID samples",
)

_DISEASES = {
    "Cardiomegaly": "Cardiomegaly",
    "Consolidation": "Consolidation",
    "Pleural Effusion": "Pleural Effusion",
    "Pneumothorax": "Pneumothorax",
    "Edema": "Pulmonary Edema",
}

_TABLE_9 = _table(
    "Table 9",
    "Classification by disease, trained on 100k real or on 100k synthetic films, tested on real",
    {f"auroc/{name}": heading for name, heading in _DISEASES.items()},
    [
        ("R 100k", "", [0.812, 0.847, 0.753, 0.735, 0.732]),
        ("S 100k", "CoGAN", [0.741, 0.817, 0.708, 0.713, 0.682]),
        ("S 100k", "JointGAN", [0.732, 0.785, 0.724, 0.681, 0.713]),
        ("S 100k", "EMIXER", [0.784, 0.734, 0.728, 0.715, 0.718]),
    ],
    (
        "The paper does not name the metric. It is set beside our AUC because of its range.",
        "The mean over the five diseases is .776 for real data, .736 for EMIXER, .732 for CoGAN "
        "and .727 for JointGAN: synthetic data alone do not beat real data.",
        "For Consolidation EMIXER (.734) is below CoGAN (.817) and JointGAN (.785).",
    ),
    "R 100k",
)

_TABLE_10 = _table(
    "Table 10",
    "Classification with 100k films, of which a growing share is synthetic",
    {"auroc": "AUC", "accuracy": "Acc"},
    [
        ("R 100k", "", [0.824, 0.846]),
        ("R 90k + S 10k", "JointGAN", [0.796, 0.813]),
        ("R 80k + S 20k", "JointGAN", [0.778, 0.801]),
        ("R 60k + S 40k", "JointGAN", [0.745, 0.764]),
        ("R 20k + S 80k", "JointGAN", [0.717, 0.732]),
        ("R 90k + S 10k", "CoGAN", [0.784, 0.808]),
        ("R 80k + S 20k", "CoGAN", [0.771, 0.796]),
        ("R 60k + S 40k", "CoGAN", [0.736, 0.757]),
        ("R 20k + S 80k", "CoGAN", [0.712, 0.746]),
        ("R 90k + S 10k", "SM-GAN", [0.794, 0.812]),
        ("R 80k + S 20k", "SM-GAN", [0.764, 0.783]),
        ("R 60k + S 40k", "SM-GAN", [0.742, 0.763]),
        ("R 20k + S 80k", "SM-GAN", [0.723, 0.742]),
        ("R 90k + S 10k", "EMIXER", [0.808, 0.828]),
        ("R 80k + S 20k", "EMIXER", [0.792, 0.821]),
        ("R 60k + S 40k", "EMIXER", [0.773, 0.796]),
        ("R 20k + S 80k", "EMIXER", [0.756, 0.774]),
    ],
    (
        'The "6 % decrease with 80 % fewer real images" is that of 40 % fewer: .824 to .773 is '
        "-6.2 % relative. With 80 % fewer (.756) it is -.068 absolute and -8.3 % relative.",
        "The fewer real films alone (R 20k without S 80k) are not in the table, so what the "
        "synthetic films add to them cannot be read from it.",
    ),
    "R 100k",
)

_FIGURE_2 = _table(
    "Fig. 2",
    "Ratings of two radiologists, 1 to 10, of pairs of film and report",
    {"rating": "Rating"},
    [
        ("real", "", [7.825], [1.17]),
        ("synthetic", "EMIXER", [7.34], [1.321]),
    ],
    (
        "The agreement of the two raters is given as Cohen's kappa .832; on a scale of 1 to 10 "
        "kappa differs widely by its weighting, which is not stated.",
        "The difference is .485. Neither a test of it nor the number of pairs is in the text.",
    ),
    "real",
)

FIGURE_2_KAPPA = 0.832

PAPER_TABLES = {
    table.name: table
    for table in (_TABLE_1, _TABLE_2, _TABLE_3, _TABLE_5, _TABLE_9, _TABLE_10, _FIGURE_2)
}
