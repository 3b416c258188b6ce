"""`emixer demo`: phantom data, a short training, synthetic studies beside real ones."""

import argparse
from pathlib import Path

from emixer_tf.commands.argument_types import positive_integer


def add_parser(subparsers):
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "demo",
        help="the whole path in about ten minutes: data, training, synthetic studies, a page",
        epilog="example:\n  emixer demo --out demo\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--out", default="demo", help="folder to write, in place of an earlier demo (%(default)s)"
    )
    parser.add_argument(
        "--studies", type=positive_integer, default=8000, help="phantom studies (%(default)s)"
    )
    parser.add_argument(
        "--minutes", type=float, default=9.0, help="time for training (%(default)s)"
    )
    parser.add_argument("--config", default="phantom_32", help="configuration (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="(%(default)s)")
    parser.set_defaults(run=run)


def run(args):
    """Run the demo and name its page."""
    from emixer_tf.app.demo import run_demo

    page = run_demo(Path(args.out), args.studies, args.minutes, args.config, args.seed)
    print(f"\nDone. Open {page}")
