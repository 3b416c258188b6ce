"""`emixer train`: from prepared data to a preset."""

import argparse
from pathlib import Path

from emixer_tf.baselines.methods import METHODS, method_class
from emixer_tf.commands.argument_types import positive_integer
from emixer_tf.commands.command_line import command_line
from emixer_tf.config import CONFIGURATIONS

_EPILOG = """examples:
  emixer train --data data/phantom --config phantom_64 --out runs/phantom --steps 3000
  emixer train --data data/phantom --config phantom_64 --out runs/phantom --minutes 60
  emixer train --data data/phantom --config phantom_64 --out runs/phantom --dry-run
  emixer train --method smgan --data data/phantom --config phantom_64 --out runs/smgan
  emixer train ... --set joint_weight=0 --set batch_size=32

Run the same command again after an interruption: it goes on from the last checkpoint.
"""


_DEFAULT_STEPS = 3000
_DEFAULTS = {
    "method": "emixer",
    "config": "phantom_64",
    "steps_per_epoch": 100,
    "sheet_every": 5,
}


def add_parser(subparsers):
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "train",
        help="train EMIXER, or one of its rivals, on prepared data",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", required=True, help="folder that `emixer prepare` wrote")
    parser.add_argument(
        "--method",
        help=f"{', '.join(list(METHODS)[:-1])} or {list(METHODS)[-1]} (%(default)s)",
    )
    parser.add_argument(
        "--config", help=f"{', '.join(CONFIGURATIONS)}, or a JSON file (%(default)s)"
    )
    parser.add_argument("--out", required=True, help="folder of the run")
    parser.add_argument(
        "--steps",
        type=positive_integer,
        help="generator steps in all, those before an interruption included "
        f"({_DEFAULT_STEPS}, or no limit with --minutes)",
    )
    parser.add_argument("--minutes", type=float, help="time for this call, in whole epochs")
    parser.add_argument(
        "--steps-per-epoch", type=positive_integer, help="steps between checkpoints (%(default)s)"
    )
    parser.add_argument(
        "--sheet-every", type=positive_integer, help="epochs between sample sheets (%(default)s)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="change the configuration, whose fields --dry-run prints; may be repeated",
    )
    parser.add_argument("--tensorboard", action="store_true", help="write events for TensorBoard")
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would be trained, and stop"
    )
    parser.set_defaults(run=run, **_DEFAULTS)


def run(args):
    """Train, or with `--dry-run` only say what would be trained."""
    from emixer_tf.data import read_card
    from emixer_tf.training.configure import configure
    from emixer_tf.training.run import dry_run, train

    method = method_class(args.method)
    card = read_card(args.data)
    config = configure(args.config, card, args.set, method)
    if card.has_no_reports:
        print(f"The data have no reports: {method.METHOD} learns to make films alone.")
    if args.dry_run:
        print(dry_run(config, method))
        return
    train(
        config,
        data=args.data,
        out=Path(args.out),
        method=method,
        steps=_DEFAULT_STEPS if args.steps is None and args.minutes is None else args.steps,
        minutes=args.minutes,
        steps_per_epoch=args.steps_per_epoch,
        sheet_every=args.sheet_every,
        tensorboard=args.tensorboard,
        command=_command(args),
    )
    print(f"The trained model is {Path(args.out) / 'preset'}, its sheets {Path(args.out)}.")


def _command(args):
    """Return the line that repeats the training, but for how long it went."""
    endless = argparse.Namespace(**{**vars(args), "steps": None, "minutes": None})
    return command_line(endless, _DEFAULTS, repeated=["set"])
