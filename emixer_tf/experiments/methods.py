"""The generators that experiments compare, by name."""

from emixer_tf.names import did_you_mean

_STEPS_PER_EPOCH = 250


def train_emixer(data, configuration, changes, steps, folder):
    """Train EMIXER.

    Args:
        data: Folder that `emixer prepare` wrote.
        configuration: Name of a built-in configuration.
        changes: `FIELD=VALUE` changes of it.
        steps: Generator steps.
        folder: Folder to write `preset` into.

    Returns:
        JSON-serialisable dict about the training.
    """
    from emixer_tf.data import read_card
    from emixer_tf.training.configure import configure
    from emixer_tf.training.run import train

    card = read_card(data)
    sizes = [f"resolution={card.resolution}", f"channels={card.channels}"]
    config = configure(configuration, card, [*sizes, *changes])
    epoch = min(_STEPS_PER_EPOCH, steps)
    train(config, data, folder, steps=steps, steps_per_epoch=epoch, verbose=0)
    return {"steps": steps}


METHODS = {"EMIXER": train_emixer}


def check_methods(names):
    """Refuse a method that is not there.

    Raises:
        ValueError: Naming those that are.
    """
    for name in names:
        if name not in METHODS:
            raise ValueError(f"There is no method {name!r}.{did_you_mean(name, METHODS)}")
