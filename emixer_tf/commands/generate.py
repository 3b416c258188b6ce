"""`emixer generate`: studies from a preset."""

import argparse
from pathlib import Path

from emixer_tf.commands.argument_types import add_preset_argument, positive_integer
from emixer_tf.generated_table import GENERATED_TABLE

_EPILOG = """examples:
  emixer generate --preset runs/phantom/preset --label "Pleural Effusion" --n 64 --out studies
  emixer generate --preset runs/phantom/preset --label Edema --label Cardiomegaly --out studies
  emixer generate --preset runs/phantom/preset --n 16 --truncation 1.5 --temperature 1 --out s
"""

_SHEET_STUDIES = 24


def add_parser(subparsers):
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "generate",
        help="generate studies: films, reports, a table and a contact sheet",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_preset_argument(parser)
    parser.add_argument(
        "--label",
        action="append",
        metavar="NAME",
        help="a label to show, spelt as in the preset's card; repeat for several (default: rows of "
        "labels met in training)",
    )
    parser.add_argument(
        "--n", type=positive_integer, default=16, help="number of studies (%(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bytes (%(default)s)")
    parser.add_argument("--truncation", type=float, help="cut the noise at +-TRUNCATION")
    parser.add_argument(
        "--temperature",
        type=float,
        default=0.0,
        help="of the words: 0 contradicts itself least, 1 has most variety (%(default)s)",
    )
    parser.add_argument("--top-p", type=float, default=0.9, help="of the words (%(default)s)")
    parser.add_argument(
        "--candidates",
        type=positive_integer,
        help="reports written for a film, of which one is kept: at temperature 0 the greedy one "
        "unless another says the labels clearly better, above 0 the one that says them best "
        "(8, or 1 for a method that does not read reports)",
    )
    parser.add_argument("--out", required=True, help="folder for the studies")
    parser.set_defaults(run=run)


def run(args):
    """Generate the studies and write them."""
    from emixer_tf.baselines import load_study_generator
    from emixer_tf.sheets import contact_sheet

    model = load_study_generator(args.preset)
    labels = dict.fromkeys(args.label, 1) if args.label else None
    studies = model.generate(
        labels,
        n=args.n,
        seed=args.seed,
        truncation=args.truncation,
        temperature=args.temperature,
        top_p=args.top_p,
        candidates=args.candidates,
    )
    out = Path(args.out)
    studies.save(out)
    shown = range(min(args.n, _SHEET_STUDIES))
    contact_sheet(
        studies.images[: len(shown)],
        [studies.title(i) for i in shown],
        studies.reports[: len(shown)],
    ).save(out / "contact_sheet.png")
    print(f"{args.n} studies: {out / GENERATED_TABLE}, at a glance: {out / 'contact_sheet.png'}")
