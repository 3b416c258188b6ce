"""What `argparse` refuses on the command line is refused from Python too."""

import functools
import inspect

from emixer_tf.names import check_choice


def with_choices_of(arguments):
    """Return a decorator for a `listing` that refuses what is none of the choices.

    Args:
        arguments: The `ARGUMENTS` of the source: dicts of `argparse` by flag.

    Returns:
        Decorator. The function it returns raises ValueError where an argument is neither its
        default nor one of its flag's choices.

    Example:

    >>> @with_choices_of({"--labels-as": {"choices": ("nih", "chexpert")}})
    ... def listing(flow, labels_as="nih"):
    ...     return labels_as
    >>> listing(None, labels_as="chexpert")
    'chexpert'
    >>> listing(None, labels_as="CheXpert")
    Traceback (most recent call last):
    ...
    ValueError: labels_as is one of nih, chexpert. Received: labels_as='CheXpert'
    """
    choices = {
        flag.removeprefix("--").replace("-", "_"): how["choices"]
        for flag, how in arguments.items()
        if "choices" in how
    }

    def decorate(listing):
        signature = inspect.signature(listing)

        @functools.wraps(listing)
        def checked(*args, **kwargs):
            for name, value in signature.bind(*args, **kwargs).arguments.items():
                if name in choices and value != signature.parameters[name].default:
                    check_choice(name, value, choices[name])
            return listing(*args, **kwargs)

        return checked

    return decorate
