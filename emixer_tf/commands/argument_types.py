"""Arguments that several commands take: kinds of numbers, and the preset."""

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


def port_number(text):
    """Return the port that a text says, 1 to 65535.

    Raises:
        argparse.ArgumentTypeError: If it says another number.

    Example:

    >>> port_number("8000")
    8000
    """
    number = positive_integer(text)
    if number > 65535:
        raise argparse.ArgumentTypeError(f"{number} is no port: the last one is 65535")
    return number


def add_preset_argument(parser):
    """Let a command take a trained model by `--preset`."""
    parser.add_argument(
        "--preset",
        required=True,
        help="trained model, of any method: its folder, a shipped one's name, hf://… or kaggle://…",
    )
