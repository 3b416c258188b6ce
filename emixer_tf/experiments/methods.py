"""The generators that experiments compare: named, checked and trained."""

from emixer_tf.baselines.methods import METHODS, method_class, method_title

ALL = "all"


def titles_of(names):
    """Return the names in tables of the methods that a user names.

    Args:
        names: Names in any spelling; "all" stands for every method.

    Returns:
        Tuple of names.

    Raises:
        ValueError: If there is no such method.

    Example:

    >>> titles_of(["emixer", "SM-GAN"])
    ('EMIXER', 'SM-GAN')
    >>> titles_of(["all"])
    ('EMIXER', 'CoGAN', 'JointGAN', 'SM-GAN')
    """
    titles = []
    for name in names:
        titles += METHODS.values() if name.lower() == ALL else [method_title(name)]
    return tuple(titles)


def check_reports(titles):
    """Refuse methods that learn nothing from data without reports.

    Args:
        titles: Names of methods.

    Raises:
        ValueError: If there is one.
    """
    needy = [title for title in titles if method_class(title).NEEDS_REPORTS]
    if needy:
        rest = [title for title in METHODS.values() if not method_class(title).NEEDS_REPORTS]
        raise ValueError(
            f"The data have no reports, and {' and '.join(needy)} cannot learn without. Remedy: "
            f"data with reports, or the methods that learn films alone: {' and '.join(rest)}."
        )


def train_method(title, data, configuration, changes, steps, steps_per_epoch, folder):
    """Train a generator.

    Args:
        title: Name of a method.
        data: Folder that `emixer prepare` wrote.
        configuration: Name of a built-in configuration.
        changes: `FIELD=VALUE` changes of it.
        steps: Generator steps.
        steps_per_epoch: Steps between checkpoints.
        folder: Folder to write `preset` into; training goes on from a checkpoint there.

    Returns:
        JSON-serialisable dict about the training.
    """
    from emixer_tf.data import read_card
    from emixer_tf.training.configure import configure
    from emixer_tf.training.run import train

    method = method_class(title)
    card = read_card(data)
    sizes = [f"resolution={card.resolution}", f"channels={card.channels}"]
    config = configure(configuration, card, [*sizes, *changes], method)
    model = train(config, data, folder, method, steps, steps_per_epoch=steps_per_epoch, verbose=0)
    return {"steps": model.steps_taken()}
