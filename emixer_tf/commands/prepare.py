"""`emixer prepare`: from raw data to records."""

import argparse
import json

_EPILOG = """examples:
  emixer prepare phantom --out data/phantom --n 5000 --resolution 64
  emixer prepare table --csv covid/metadata.csv --text-column text --class-column class4 \\
      --group-column group_id --split-column suggested_split --out data/covid
  emixer prepare table --csv nih/metadata.csv --list-column labels --group-column patient_id \\
      --resolution 64 --out data/nih
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
    _add_phantom(sources)
    _add_table(sources)


def _add_shared(parser):
    parser.add_argument("--out", required=True, help="folder to make")
    parser.add_argument("--resolution", type=int, default=64, help="pixels (%(default)s)")
    parser.add_argument("--channels", type=int, default=1, choices=(1, 3), help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="(%(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="replace an existing data set")


def _add_phantom(sources):
    parser = sources.add_parser("phantom", help="films drawn by a program (no patients)")
    _add_shared(parser)
    parser.add_argument("--n", type=int, default=5000, help="number of studies (%(default)s)")
    parser.set_defaults(run=run_phantom)


def _add_table(sources):
    parser = sources.add_parser("table", help="any CSV with an image column")
    _add_shared(parser)
    parser.add_argument("--csv", required=True, help="the table")
    parser.add_argument("--root", help="folder the image paths start from (that of the CSV)")
    parser.add_argument("--image-column", default="image", help="(%(default)s)")
    parser.add_argument("--text-column", help="column of reports")
    parser.add_argument("--label-columns", nargs="+", default=[], help="columns of 0 and 1")
    parser.add_argument("--class-column", help="column of one class name")
    parser.add_argument("--list-column", help="column of several label names")
    parser.add_argument("--separator", default="|", help="between names (%(default)s)")
    parser.add_argument(
        "--labels",
        nargs="+",
        help="names and order of labels (all that occur); rows of another class are dropped",
    )
    parser.add_argument("--group-column", help="patient: studies of one stay in one split")
    parser.add_argument("--split-column", help="train, val or test (default: drawn by patient)")
    parser.add_argument(
        "--fit", default="pad", choices=("pad", "crop", "stretch"), help="to a square"
    )
    parser.add_argument("--minimum-count", type=int, default=2, help="of a word (%(default)s)")
    parser.add_argument("--sentences", type=int, help="of a report (99th percentile)")
    parser.add_argument("--words", type=int, help="of a sentence (99th percentile)")
    parser.add_argument("--on-error", default="stop", choices=("stop", "skip"), help="bad rows")
    parser.set_defaults(run=run_table)


def run_phantom(args):
    """Draw phantom studies."""
    from emixer_tf.data.sources.phantom_records import prepare_phantom

    card = prepare_phantom(
        args.out, args.n, args.resolution, args.seed, args.channels, args.overwrite
    )
    _tell(card, args.out)


def run_table(args):
    """Read a table."""
    from emixer_tf.data.sources.table import TableColumns, prepare_table

    columns = TableColumns(
        image=args.image_column,
        text=args.text_column,
        label_columns=tuple(args.label_columns),
        class_column=args.class_column,
        list_column=args.list_column,
        separator=args.separator,
        group=args.group_column,
        split=args.split_column,
    )
    card = prepare_table(
        args.csv,
        args.out,
        columns,
        args.resolution,
        root=args.root,
        channels=args.channels,
        labels=args.labels,
        on_error=args.on_error,
        seed=args.seed,
        fit=args.fit,
        minimum_count=args.minimum_count,
        sentences=args.sentences,
        words=args.words,
        overwrite=args.overwrite,
    )
    _tell(card, args.out)


def _tell(card, out):
    print(f"{sum(card.counts.values())} studies in {out}: {json.dumps(card.counts)}")
    print(f"labels: {json.dumps(card.label_counts['train'])} (train)")
    print(
        f"without labels {card.unlabelled}, without report {card.unreported}; vocabulary "
        f"{len(card.vocabulary)} words; reports of {card.sentences} x {card.words}, cut "
        f"{card.cut_reports}"
    )
    for reason, count in card.dropped.items():
        print(f"dropped {count}: {reason} (see {out}/skipped.csv)")
