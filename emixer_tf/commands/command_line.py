"""The line that a user would type to repeat a command."""

import shlex

_NOT_OPTIONS = ("command", "run")


def command_line(args, defaults, repeated=()):
    """Return the line that repeats a command of options, without what was left at its default.

    Args:
        args: What a parser of `emixer_tf.cli` parsed.
        defaults: Dict of the options' defaults that are not None, False or empty.
        repeated: Options that are given once for each of their values.

    Example:

    >>> from argparse import Namespace
    >>> args = Namespace(command="train", epochs=5, set=["seed=1", "words=9"], steps=0, dry=False)
    >>> command_line(args, {"epochs": 5}, repeated=["set"])
    'emixer train --set seed=1 --set words=9 --steps 0'
    """
    words = ["emixer", args.command]
    for name, value in vars(args).items():
        left_out = value is None or value is False or value == []
        if name in _NOT_OPTIONS or left_out or value == defaults.get(name):
            continue
        flag = f"--{name.replace('_', '-')}"
        if name in repeated:
            words += [word for part in value for word in (flag, str(part))]
        elif value is True:
            words.append(flag)
        else:
            words += [flag, *map(str, value if isinstance(value, list) else [value])]
    return shlex.join(words)
