"""Table 10: a fixed number of films, of which more and more are generated."""

from emixer_tf.experiments.cells.mix import Mix
from emixer_tf.experiments.plan import Arm
from emixer_tf.experiments.results import Study

STUDY = Study(
    name="replacement",
    title="Replacement: a fixed total with a growing synthetic share",
    question=(
        "What is lost when a share of the real films is replaced by generated ones, the total "
        "staying the same?"
    ),
    paper_table="Table 10",
    columns={"auroc": "AUC", "accuracy": "ACC"},
    reference_arm="only real",
)
NOTES = (
    "The generator saw all real training studies, those that were replaced too, as in the paper; "
    "what a holder of few real films could reach is another question.",
    'The lines "R alone" have the same real films as the mix above them and no others: what the '
    "generated ones add is the difference to them.",
)


def arms(plan):
    """Return the arms.

    Args:
        plan: `Plan`.

    Returns:
        List of `Arm`.
    """
    found = [Arm("only real", "", seed, (plan.film_classification(seed),)) for seed in plan.seeds]
    for share in plan.scale.replaced:
        synthetic_count = plan.times_real(share)
        real_count = plan.real_count - synthetic_count
        for method in plan.methods:
            mix = Mix(real_count, synthetic_count)
            for seed in plan.seeds:
                cell = plan.film_classification(seed, mix, plan.synthetic(method, seed))
                found.append(Arm(_name(share, "R", "S"), method, seed, (cell,)))
        for seed in plan.seeds:
            cell = plan.film_classification(seed, Mix(real_count, 0))
            found.append(Arm(f"{1 - share:.0%} R alone".replace("%", " %"), "", seed, (cell,)))
    return found


def _name(share, real, synthetic):
    return f"{1 - share:.0%} {real} + {share:.0%} {synthetic}".replace("%", " %")
