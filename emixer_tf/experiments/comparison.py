"""All methods side by side: their films, their reports, and what both are worth for training."""

from dataclasses import replace

from emixer_tf.experiments.cells.generator import STEPS_PER_EPOCH
from emixer_tf.experiments.cells.mix import Mix
from emixer_tf.experiments.plan import ONLY_REAL, Arm
from emixer_tf.experiments.results import OWN_JUDGES, YOUDEN, Study

_EQUAL_TIME = ", equal time"
_RIVALS = (("CoGAN", ""), ("JointGAN", ""), ("SM-GAN", ""), ("SM-GAN", _EQUAL_TIME))
_READERS = (("EMIXER", ""), ("SM-GAN", ""), ("SM-GAN", _EQUAL_TIME))


def _contests():
    """Return EMIXER against each rival, and labels as read against labels asked for."""
    found = []
    for mix in ("R + S", "S"):
        read = f"{mix} as read"
        found += [((mix, "EMIXER"), (mix + ending, rival)) for rival, ending in _RIVALS]
        found += [((read, "EMIXER"), (read + ending, rival)) for rival, ending in _READERS[1:]]
        found += [((read + ending, name), (mix + ending, name)) for name, ending in _READERS]
    return tuple(found)


STUDY = Study(
    name="comparison",
    title="Comparison: EMIXER and its rivals at the same steps, and in the same time",
    question=(
        "Which method makes the better films and reports, and which are worth more to a "
        "classifier and a report generator, beside real studies (R + S) or in their place (S)?"
    ),
    paper_table="Table 1",
    columns={
        "fid": "FID",
        "kid": "KID",
        "shown_as_asked": "films show labels asked (AUC)",
        "said_as_asked": "reports say labels asked (F1)",
        "film_and_report": "film and report agree (AUC)",
        "report_words": "words of a report",
        "distinct_reports": "different reports (share)",
        "auroc": "AUC",
        "cider_d": "CIDEr-D",
        "bleu_1": "BLEU-1",
        "bleu_4": "BLEU-4",
    },
    lower_is_better=frozenset({"fid", "kid"}),
    reference_arm="only real",
    contests=_contests(),
)
NOTES = (
    "All methods get the same studies, the same batches, and networks of about the same size "
    "(docs/baselines.md). FID, KID and agreement are those of the generated studies and stand in "
    "the lines of S; AUC and report scores are those of models trained on what the line says and "
    "tested on real studies.",
    OWN_JUDGES,
    "EMIXER's reports are greedy ones, or, where these say the labels badly, the most probable of "
    "8 candidates, given film and labels; the rest have nobody who reads labels off reports, and "
    "write one.",
    '"As read": labels are probabilities that the generator\'s own encoder reads off its films, in '
    "place of the labels that were asked for; CoGAN and JointGAN have no such encoder.",
    '"Equal time" lines are of generators that went on until they had taken the time of EMIXER\'s '
    "(steps were timed once, docs/baselines.md); a method whose steps are slower is not stopped "
    "earlier for it.",
    YOUDEN,
)
# Time of a training step beside EMIXER's: benchmarks/method_speed.py, docs/baselines.md.
STEP_TIMES = {"EMIXER": 1.0, "CoGAN": 0.96, "JointGAN": 1.62, "SM-GAN": 0.83}


def arms(plan):
    """Return the arms.

    Args:
        plan: `Plan`.

    Returns:
        List of `Arm`.
    """
    found = [_arm(plan, "only real", "", seed, None, ONLY_REAL) for seed in plan.seeds]
    for method in plan.methods:
        for ending, steps in _budgets(plan, method).items():
            for seed in plan.seeds:
                synthetic = plan.synthetic(method, seed, ratio=1, steps=steps)
                count = plan.times_real(1)
                beside_real, alone = Mix(None, count), Mix(0, count)
                found += [
                    _arm(plan, f"R + S{ending}", method, seed, synthetic, beside_real),
                    _judged(
                        _arm(plan, f"S{ending}", method, seed, synthetic, alone), plan, synthetic
                    ),
                ]
                if plan.reads_film_labels(method):
                    found += _as_read(plan, ending, method, seed, synthetic, count)
    return found


def _budgets(plan, method):
    """Return numbers of steps by the ending of the arm's name; None stands for the scale's."""
    steps = plan.scale.generator_steps
    epoch = min(STEPS_PER_EPOCH, steps)
    in_equal_time = int(steps / STEP_TIMES[method] / epoch) * epoch
    budgets = {"": None}
    if in_equal_time > steps:
        budgets[_EQUAL_TIME] = in_equal_time
    return budgets


def _as_read(plan, ending, method, seed, synthetic, count):
    """Return arms of classifiers alone: reports and films are the same."""
    mixes = {"R + S": Mix(None, count), "S": Mix(0, count)}
    studies = plan.as_read(synthetic)
    return [
        plan.film_arm(f"{name} as read{ending}", method, seed, mix, studies)
        for name, mix in mixes.items()
    ]


def _arm(plan, name, method, seed, synthetic, mix):
    cells = [plan.film_classification(seed, mix, synthetic)]
    if plan.has_reports:
        cells.append(plan.report_generation(seed, mix, synthetic))
    return Arm(name, method, seed, tuple(cells))


def _judged(arm, plan, synthetic):
    """Return the arm with the quality of the generated studies themselves."""
    return replace(arm, cells=(*arm.cells, plan.quality(synthetic)))
