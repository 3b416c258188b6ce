"""The `emixer` command line."""

import argparse
import os
import sys

from emixer_tf.commands import (
    app,
    compact,
    demo,
    evaluate,
    experiment,
    export,
    generate,
    prepare,
    study,
    train,
    train_classifier,
)
from emixer_tf.version import __version__

_EXAMPLES = """examples:
  emixer demo --out demo
  emixer prepare phantom --out data/phantom --n 5000 --resolution 64
  emixer prepare table --csv films/metadata.csv --class-column class4 --out data/films
  emixer train --data data/phantom --config phantom_64 --out runs/phantom --steps 2000
  emixer generate --preset runs/phantom/preset --label "Pleural Effusion" --n 64 --out studies
  emixer train-classifier --data data/phantom --out classifiers/phantom
  emixer evaluate --preset runs/phantom/preset --data data/phantom \\
      --extractor classifiers/phantom --out evaluations/phantom
  emixer experiment augmentation --scale small --out results/augmentation
  emixer export --preset runs/phantom/preset --out saved_models/emixer --version 1
  emixer app --preset runs/phantom/preset --data data/phantom
  emixer study create --preset runs/phantom/preset --data data/phantom --out study
"""


def build_parser():
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="emixer",
        description="Paired chest X-rays and reports, generated from diagnosis labels.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"emixer_tf {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in (
        prepare,
        train,
        generate,
        train_classifier,
        evaluate,
        experiment,
        compact,
        export,
        app,
        study,
        demo,
    ):
        command.add_parser(subparsers)
    return parser


def main(arguments=None):
    """Run a command; what the user can mend is told in a sentence, without a traceback."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    args = build_parser().parse_args(arguments)
    try:
        args.run(args)
    except (ValueError, OSError, FloatingPointError, ImportError) as error:
        if os.environ.get("EMIXER_TRACEBACK"):
            raise
        print(f"emixer {args.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"emixer {args.command}: stopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
