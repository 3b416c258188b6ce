"""`emixer prepare`: from raw data to records."""

import argparse
import shlex
from pathlib import Path

from emixer_tf.commands.argument_types import positive_integer
from emixer_tf.data.card import check_place
from emixer_tf.data.flow import Flow
from emixer_tf.data.preparation import CHANNELS, FITS, MARKS, NEAR_DUPLICATES, RUNNERS, Preparation
from emixer_tf.data.sources import SOURCES, source_module
from emixer_tf.data.sources.arguments import SEED

_EPILOG = """examples:
  emixer prepare phantom --out data/phantom --n 5000 --resolution 64
  emixer prepare mimic-cxr --root mimic-cxr-jpg/2.1.0 --reports mimic-cxr-reports.zip \\
      --uncertain zeros --blank zeros --resolution 128 --out data/mimic
  emixer prepare chexpert --root CheXpert-v1.0-small --uncertain ones --blank zeros \\
      --out data/chexpert
  emixer prepare table --csv films.csv --text-column report --class-column diagnosis \\
      --group-column patient --out data/mine
  emixer prepare nih --root nih --labels-as chexpert --join-labels \\
      --with "open-i --root open-i --without-films" --out data/matched

`emixer prepare SOURCE --help` tells what a source asks for. Run the same command again after an
interruption: films that were read already are kept.
"""


def add_parser(subparsers):
    """Add the command and its sources to the parser."""
    parser = subparsers.add_parser(
        "prepare",
        help="turn films, reports and labels into records",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sources = parser.add_subparsers(dest="source", required=True, metavar="SOURCE")
    for name in SOURCES:
        module = source_module(name)
        source = sources.add_parser(
            name,
            help=module.HELP,
            description=module.__doc__,
            epilog=f"example:\n  {module.EXAMPLE}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        asked = _add_arguments(source.add_argument_group(name), module)
        _add_shared(source, asked)
        source.set_defaults(run=run, asked=asked)


def _add_arguments(group, module):
    """Add what a source asks for, and return the names of the values."""
    return [group.add_argument(flag, **how).dest for flag, how in module.ARGUMENTS.items()]


def _add_shared(source, asked):
    films = source.add_argument_group("films")
    films.add_argument(
        "--resolution", type=positive_integer, default=64, help="side, in pixels (%(default)s)"
    )
    films.add_argument("--channels", type=int, default=1, choices=CHANNELS, help="(%(default)s)")
    films.add_argument(
        "--fit",
        default="pad",
        choices=FITS,
        help="black bars, the middle, or squeezed (%(default)s)",
    )
    films.add_argument(
        "--near-duplicates",
        default="error",
        choices=NEAR_DUPLICATES,
        help="films that look alike in two splits: stop; drop the one in train before the one in "
        "val before the one in test; or keep both (%(default)s)",
    )
    reports = source.add_argument_group("reports")
    reports.add_argument(
        "--marks",
        default="keep",
        choices=MARKS,
        help="what becomes of ___ and XXXX, which hide names and dates (%(default)s)",
    )
    reports.add_argument(
        "--minimum-count",
        type=positive_integer,
        help="a word needs as many occurrences in training (6; phantom 1)",
    )
    reports.add_argument(
        "--sentences", type=positive_integer, help="of the longest report (99th percentile)"
    )
    reports.add_argument(
        "--words", type=positive_integer, help="of the longest sentence (99th percentile)"
    )
    studies = source.add_argument_group("studies")
    if "seed" not in asked:
        studies.add_argument("--seed", **SEED["--seed"])
    studies.add_argument(
        "--on-error",
        default="stop",
        choices=("stop", "skip"),
        help="at a faulty film or row: stop, or skip and count it (%(default)s)",
    )
    studies.add_argument(
        "--with",
        dest="other",
        metavar="'SOURCE ...'",
        help="a second source with its own arguments, in quotes",
    )
    studies.add_argument(
        "--join-labels",
        action="store_true",
        help="films of the first source with reports of the second that have the same labels",
    )
    work = source.add_argument_group("work")
    work.add_argument("--out", required=True, help="folder to make")
    work.add_argument("--overwrite", action="store_true", help="replace an existing data set")
    work.add_argument(
        "--workers", type=positive_integer, help="processes that read studies (all cores)"
    )
    work.add_argument("--runner", choices=RUNNERS, help="read studies as an Apache Beam pipeline")
    work.add_argument(
        "--runner-option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="further option of the runner, without dashes; may be repeated",
    )


def run(args):
    """List the studies of a source, read their films, and show what became of them."""
    check_place(args.out, args.overwrite)
    listing = _listing(args)  # before TensorFlow is imported, which takes seconds

    from emixer_tf.app.dataset_page import PAGE, show_card, write_dataset_page
    from emixer_tf.data.prepare_listing import prepare
    from emixer_tf.machine import usable_cores

    card = prepare(
        listing,
        args.out,
        Preparation(
            resolution=args.resolution,
            channels=args.channels,
            fit=args.fit,
            marks=args.marks,
            minimum_count=args.minimum_count,
            sentences=args.sentences,
            words=args.words,
            seed=args.seed,
            near_duplicates=args.near_duplicates,
            workers=args.workers or usable_cores(),
            runner=args.runner,
            runner_options=tuple(args.runner_option),
            overwrite=args.overwrite,
        ),
        finish=write_dataset_page,
    )
    show_card(card)
    page = Path(args.out) / PAGE
    print(f"{sum(card.counts.values())} studies are in {args.out}. Look at {page}")


def _listing(args):
    from emixer_tf.data.merge import label_matched, merged

    one = _listed(args, args.on_error)
    if args.other is None:
        if args.join_labels:
            raise ValueError("--join-labels joins two sources. Remedy: name the other by --with.")
        return one
    other = _listed(_other_arguments(args.other), args.on_error)
    return (label_matched if args.join_labels else merged)(one, other, args.seed)


def _listed(args, on_error):
    arguments = {name: getattr(args, name) for name in args.asked}
    return source_module(args.source).listing(Flow(on_error), **arguments)


def _other_arguments(text):
    parser = argparse.ArgumentParser(prog="emixer prepare SOURCE --with")
    sources = parser.add_subparsers(dest="source", required=True, metavar="SOURCE")
    for name in SOURCES:
        module = source_module(name)
        source = sources.add_parser(name)
        source.set_defaults(asked=_add_arguments(source, module))
    try:
        return parser.parse_args(shlex.split(text))
    except ValueError as error:
        raise ValueError(f"--with {text!r}: {error}. Remedy: mend the quotes.") from None
