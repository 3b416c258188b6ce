"""Table 10: a fixed number of films, of which more and more are generated."""

from emixer_tf.experiments.cells.mix import Mix
from emixer_tf.experiments.results import YOUDEN, Study

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
    YOUDEN,
)


def arms(plan):
    """Return the arms.

    Args:
        plan: `Plan`.

    Returns:
        List of `Arm`.
    """
    found = plan.nothing_found() + plan.film_arms("only real")
    for share in plan.scale.replaced:
        synthetic_count = plan.times_real(share)
        real_count = plan.real_count - synthetic_count
        for method in plan.methods:
            name = f"{_percent(1 - share)} R + {_percent(share)} S"
            found += plan.film_arms(name, Mix(real_count, synthetic_count), method)
        found += plan.film_arms(f"{_percent(1 - share)} R alone", Mix(real_count, 0))
    return found


def _percent(share):
    return f"{100 * share:.0f} %"
