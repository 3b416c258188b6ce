"""Table 9: disease by disease, trained on real films or on generated ones alone."""

from emixer_tf.experiments.cells.mix import Mix
from emixer_tf.experiments.results import Study

_DISEASES = {
    "Cardiomegaly": "Cardiomegaly",
    "Consolidation": "Consolidation",
    "Pleural Effusion": "Pleural Effusion",
    "Pneumothorax": "Pneumothorax",
    "Edema": "Edema",
}

STUDY = Study(
    name="synthetic_only",
    title="Synthetic only: classifiers trained on generated films alone",
    question=(
        "How well does a classifier trained on generated films alone, as many as there are real "
        "ones, find each disease on real test films?"
    ),
    paper_table="Table 9",
    columns={
        **{f"auroc/{name}": heading for name, heading in _DISEASES.items()},
        "auroc": "mean of all labels",
    },
    reference_arm="only real",
)
NOTES = (
    "AUC of each disease; the paper does not name the metric of its Table 9.",
    "Labels as read are probabilities that the generator's own encoder reads off its films, in "
    "place of the labels that were asked for.",
    "The epoch that is kept is chosen on real validation films in all arms.",
)


def arms(plan):
    """Return the arms.

    Args:
        plan: `Plan`.

    Returns:
        List of `Arm`.
    """
    mix = Mix(real=0, synthetic=plan.real_count)
    found = plan.film_arms("only real")
    for method in plan.methods:
        found += plan.film_arms("S alone", mix, method)
        if plan.reads_film_labels(method):
            found += [_as_read(plan, mix, method, seed) for seed in plan.seeds]
    return found


def _as_read(plan, mix, method, seed):
    studies = plan.as_read(plan.synthetic(method, seed))
    return plan.film_arm("S alone, labels as read", method, seed, mix, studies)
