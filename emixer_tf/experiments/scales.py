"""How large an experiment is."""

from dataclasses import dataclass

from emixer_tf.names import did_you_mean


@dataclass(frozen=True)
class Scale:
    """Sizes of all experiments; what is trained on is the same for every arm of one.

    Args:
        train, val, test: Phantom studies, where no data are named.
        resolution: Of the phantom's films.
        configuration: Of generators and report generators.
        changes: `FIELD=VALUE` changes of the generators' configuration.
        generator_steps: Generator steps.
        backbone: Of the classifiers.
        classifier_updates, classifier_batch: Of a classifier.
        report_updates, report_batch: Of a report generator.
        ratios: Synthetic studies for one real study, in the growing mixes.
        joint_ratio: The same for the joint embedding.
        replaced: Shares of a fixed total that are synthetic.
        measured: Generated studies, and real ones at most, by which films are judged.
        temperature: Of the words of generated reports.
        seeds: One run of everything for each.
    """

    train: int
    val: int
    test: int
    resolution: int
    configuration: str
    changes: tuple
    generator_steps: int
    backbone: str
    classifier_updates: int
    classifier_batch: int
    report_updates: int
    report_batch: int
    ratios: tuple
    joint_ratio: float
    replaced: tuple
    measured: int
    temperature: float
    seeds: tuple


_PAPER_RATIOS, _PAPER_SHARES = (0.5, 1, 3, 6), (0.1, 0.2, 0.4, 0.8)

SCALES = {
    "tiny": Scale(
        train=48,
        val=24,
        test=24,
        resolution=16,
        configuration="phantom_32",
        changes=(
            "generator_channels=4",
            "discriminator_channels=4",
            "encoder_channels=8",
            "encoder_features=32",
            "batch_size=4",
        ),
        generator_steps=2,
        backbone="small",
        classifier_updates=4,
        classifier_batch=16,
        report_updates=4,
        report_batch=8,
        ratios=(1,),
        joint_ratio=1,
        replaced=(0.5,),
        measured=48,
        temperature=0.0,
        seeds=(0,),
    ),
    "small": Scale(
        train=2000,
        val=500,
        test=2000,
        resolution=32,
        configuration="phantom_32",
        changes=(),
        generator_steps=2500,
        backbone="small",
        classifier_updates=1500,
        classifier_batch=32,
        report_updates=1200,
        report_batch=16,
        ratios=_PAPER_RATIOS,
        joint_ratio=3,
        replaced=_PAPER_SHARES,
        measured=2000,
        temperature=0.0,
        seeds=(0, 1, 2),
    ),
    "paper": Scale(
        train=100_000,
        val=5_000,
        test=10_000,
        resolution=128,
        configuration="paper",
        changes=(),
        generator_steps=400_000,
        backbone="densenet121",
        classifier_updates=50_000,
        classifier_batch=64,
        report_updates=100_000,
        report_batch=64,
        ratios=_PAPER_RATIOS,
        joint_ratio=3,
        replaced=_PAPER_SHARES,
        measured=10_000,
        temperature=0.0,
        seeds=(0, 1, 2, 3, 4),
    ),
}


def scale_named(name):
    """Return a scale by name.

    Raises:
        ValueError: If there is none.
    """
    if name not in SCALES:
        raise ValueError(f"There is no scale {name!r}.{did_you_mean(name, SCALES)}")
    return SCALES[name]
