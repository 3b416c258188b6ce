"""Table 3: how good is a generator that saw few labels?"""

from emixer_tf.experiments.cells.mix import Mix
from emixer_tf.experiments.plan import Arm
from emixer_tf.experiments.results import OWN_JUDGES, YOUDEN, Study

_SHARES = (0.3, 0.5, 1.0)
_USES_UNLABELLED = ("EMIXER",)

_FEWEST = ("30 % of labels", "EMIXER")
_OTHERS = (
    ("50 % of labels", "EMIXER"),
    *(("all labels given", rival) for rival in ("CoGAN", "JointGAN", "SM-GAN")),
)

STUDY = Study(
    name="limited_labels",
    title="Limited labels: the generator saw 30, 50 or 100 % of them",
    question=(
        "How good are studies of a generator that was given labels for a part of the films only? "
        "Classifier and report generator are trained on generated studies alone, as many as there "
        "are real ones, and tested on real ones."
    ),
    paper_table="Table 3",
    columns={
        "accuracy": "ACC",
        "auroc": "AUC",
        "bleu_1": "BLEU-1",
        "cider_d": "CIDEr-D",
        "fid": "FID",
        "kid": "KID",
        "shown_as_asked": "films show labels asked (AUC)",
        "said_as_asked": "reports say labels asked (F1)",
        "film_and_report": "film and report agree (AUC)",
        "film_and_report_shuffled": "film and report, pairs shuffled (AUC)",
        "report_words": "words of a report",
        "distinct_reports": "different reports (share)",
    },
    lower_is_better=frozenset({"fid", "kid"}),
    reference_arm="100 % of labels",
    contests=tuple((_FEWEST, other) for other in _OTHERS),
)
NOTES = (
    "The paper does not say what its accuracy and BLEU-1 were trained on; here it is generated "
    "studies alone, so that the generator is what is measured.",
    OWN_JUDGES,
    "All films and reports are seen in every arm; what is withheld is labels alone. Studies are "
    "then generated for label rows of all training studies; the part that keeps its labels has "
    "the same share of each row.",
    "EMIXER gives the studies without labels those that a small network reads off their reports; "
    "it learns from the studies that kept them (`report_label_weight`).",
    YOUDEN,
)


def arms(plan):
    """Return the arms; methods that cannot use unlabelled films get all labels.

    Args:
        plan: `Plan`.

    Returns:
        List of `Arm`.
    """
    found = []
    for method in plan.methods:
        for share in _SHARES if method in _USES_UNLABELLED else (1.0,):
            found += [_arm(plan, method, share, seed) for seed in plan.seeds]
    return found


def _arm(plan, method, share, seed):
    name = f"{100 * share:.0f} % of labels"
    if method not in _USES_UNLABELLED:
        name = "all labels given"
    changes = () if share == 1.0 else (f"labelled_fraction={share}",)
    synthetic = plan.synthetic(method, seed, changes, ratio=1)
    mix = Mix(real=0, synthetic=plan.real_count)
    cells = (
        plan.film_classification(seed, mix, synthetic),
        plan.report_generation(seed, mix, synthetic),
        plan.quality(synthetic),
    )
    return Arm(name, method, seed, cells)
