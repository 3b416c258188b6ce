"""Table 1: does adding generated studies help classifiers and report generators?"""

from emixer_tf.experiments.cells.mix import Mix
from emixer_tf.experiments.cells.report_generation import BASELINES, ReportBaselines
from emixer_tf.experiments.plan import ONLY_REAL, Arm
from emixer_tf.experiments.results import YOUDEN, Study

STUDY = Study(
    name="augmentation",
    title="Augmentation: real studies and a growing number of generated ones",
    question=(
        "Does a classifier of films, or a report generator, trained on all real studies (R) and "
        "generated ones (S) do better on real test studies than one trained on R alone?"
    ),
    paper_table="Table 1",
    columns={
        "auroc": "AUC",
        "accuracy": "ACC",
        "cider_d": "CIDEr-D",
        "cider": "CIDEr",
        "bleu_1": "BLEU-1",
        "bleu_2": "BLEU-2",
        "bleu_3": "BLEU-3",
        "bleu_4": "BLEU-4",
    },
    reference_arm="only real",
)
NOTES = (
    "Every arm is trained for the same number of updates, whatever the size of its training set; "
    "the epoch that is best on real validation studies is kept.",
    "The generator of each seed saw the same real training studies, and no others.",
    "Reports are scored against whole references, greedy words; CIDEr-D is what caption toolkits "
    "print as CIDEr, and the paper does not say which of the two it means.",
    'The lines "... report" are no models: they choose reports from the training split. "same '
    'labels" is told the labels of the test study, which no other line is: it is no fair rival, '
    "but says how far knowing the labels goes.",
    YOUDEN,
)


def arms(plan):
    """Return the arms.

    Args:
        plan: `Plan`.

    Returns:
        List of `Arm`.
    """
    found = plan.nothing_found()
    found += [_arm(plan, "only real", "", seed) for seed in plan.seeds]
    for method in plan.methods:
        for name, mix in _mixes(plan).items():
            found += [_arm(plan, name, method, seed, mix) for seed in plan.seeds]
    for baseline in BASELINES if plan.has_reports else ():
        for seed in plan.seeds:
            cells = (ReportBaselines(plan.real, baseline, seed),)
            found.append(Arm(f"{baseline} report", "", seed, cells))
    return found


def _mixes(plan):
    mixes = {f"R + {ratio:g} S": Mix(None, plan.times_real(ratio)) for ratio in plan.scale.ratios}
    largest = max(plan.scale.ratios)
    return {
        **mixes,
        f"{largest:g} S, then R": Mix(None, plan.times_real(largest), pretrain=True),
    }


def _arm(plan, name, method, seed, mix=ONLY_REAL):
    synthetic = plan.synthetic(method, seed) if method else None
    cells = [plan.film_classification(seed, mix, synthetic)]
    if plan.has_reports:
        cells.append(plan.report_generation(seed, mix, synthetic))
    return Arm(name, method, seed, tuple(cells))
