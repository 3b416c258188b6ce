"""Table 2: does adding generated studies help a classifier that reads film and report?"""

from emixer_tf.experiments.cells.mix import Mix
from emixer_tf.experiments.plan import ONLY_REAL, Arm
from emixer_tf.experiments.results import YOUDEN, Study

STUDY = Study(
    name="joint_embedding",
    title="Joint embedding: labels from film and report together",
    question=(
        "Does a classifier of joint features of film and report do better on real test studies "
        "when generated pairs (S) are added to the real ones (R)?"
    ),
    paper_table="Table 2",
    columns={"auroc": "AUC", "accuracy": "ACC"},
    reference_arm="only real",
)
NOTES = (
    "Reports often name the labels, and labels are often read off reports by rules: a joint "
    "classifier may then be near perfect, which leaves nothing to improve.",
    "Every arm is trained for the same number of updates.",
    YOUDEN,
)


def arms(plan):
    """Return the arms.

    Args:
        plan: `Plan`.

    Returns:
        List of `Arm`.
    """
    found = [
        Arm("only real", "", seed, (plan.joint_classification(seed, ONLY_REAL),))
        for seed in plan.seeds
    ]
    ratio = plan.scale.joint_ratio
    mix = Mix(None, plan.times_real(ratio))
    for method in plan.methods:
        for seed in plan.seeds:
            cell = plan.joint_classification(seed, mix, plan.synthetic(method, seed))
            found.append(Arm(f"R + {ratio:g} S", method, seed, (cell,)))
    return found
