"""Table 5: normal, bacterial, viral or COVID-19; from scratch, or pre-trained on other films."""

from emixer_tf.experiments.cells.disease_classes import CLASSES
from emixer_tf.experiments.cells.disease_classification import (
    DiseaseClassification,
    SourceClassification,
)
from emixer_tf.experiments.cells.mix import Mix
from emixer_tf.experiments.plan import Arm
from emixer_tf.experiments.results import Study

_HEADINGS = ("Normal", "Bacterial", "Viral", "COVID-19")
_METRICS = {"auroc": "AUC", "sensitivity": "Sens.", "ppv": "PPV"}

STUDY = Study(
    name="covid",
    title="COVID-19: pre-trained on real films, and on real and generated ones",
    question=(
        "Does a classifier of four classes do better when its network first learnt to read other "
        "labels off other films: real ones, or real and generated ones?"
    ),
    paper_table="Table 5",
    columns={
        "auroc": "AUC, mean",
        "accuracy": "ACC",
        **{
            f"{metric}/{name}": f"{heading}: {metric_heading}"
            for name, heading in zip(CLASSES, _HEADINGS, strict=True)
            for metric, metric_heading in _METRICS.items()
        },
    },
    reference_arm="from scratch",
)
NOTES = (
    'The arm "source alone" never learns a disease: it tells the data set of a film, and guesses '
    "the class that is frequent there. Where it is as good as the others, they may have learnt "
    "nothing else.",
    "Films of the data to pre-train on are not looked for among the test films of the four "
    "classes: where one source is in both, prepare it with one --seed and its patients, so that "
    "its splits are the same.",
)
CONFOUNDED = (
    "Disease and source are confounded here: some class comes from one data set (almost) alone. No "
    "number "
    "of this table says how well COVID-19 can be told."
)
STAND_IN_NOTE = (
    "These are phantoms, whose findings stand for the four classes: nothing here is about COVID-19."
)


def arms(plan, films):
    """Return the arms.

    Args:
        plan: `Plan` of the data for pre-training.
        films: `DiseaseClasses`.

    Returns:
        List of `Arm`.
    """

    def arm(name, method, seed, pretrained=None, kind=DiseaseClassification):
        cell = kind(
            films=films,
            pretrained=pretrained,
            backbone=plan.scale.backbone,
            updates=plan.scale.classifier_updates,
            batch_size=plan.scale.classifier_batch,
            seed=seed,
        )
        return Arm(name, method, seed, (cell,))

    found = [arm("from scratch", "", seed) for seed in plan.seeds]
    found += [
        arm("pre-trained on R", "", seed, plan.film_classification(seed)) for seed in plan.seeds
    ]
    mix = Mix(None, plan.real_count)
    for method in plan.methods:
        for seed in plan.seeds:
            pretrained = plan.film_classification(seed, mix, plan.synthetic(method, seed))
            found.append(arm("pre-trained on R + S", method, seed, pretrained))
    if len(films.data) > 1:
        found += [arm("source alone", "", seed, kind=SourceClassification) for seed in plan.seeds]
    return found
