"""What a number on the command line may be."""

import argparse


def positive_integer(text):
    """Return the number that a text says, 1 or more.

    Raises:
        argparse.ArgumentTypeError: If it says another.

    Example:

    >>> positive_integer("16")
    16
    """
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number
