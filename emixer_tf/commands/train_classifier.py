"""`emixer train-classifier`: a classifier of films, which measures generators."""

import argparse
from pathlib import Path

from emixer_tf.commands.argument_types import positive_integer
from emixer_tf.files import folder_written_whole, holds_something_else

_EPILOG = """examples:
  emixer train-classifier --data data/phantom --out classifiers/phantom
  emixer train-classifier --data data/chexpert --backbone densenet121 --updates 20000 \\
      --out classifiers/chexpert
  emixer train-classifier --data data/mine --initial classifiers/chexpert --out classifiers/mine

The folder is what `emixer evaluate --extractor` takes. `index.html` in it shows the scores.
"""

_BACKBONES = ("small", "densenet121", "inception_v3")


def add_parser(subparsers):
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "train-classifier",
        help="train a classifier of films, which measures generators",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", required=True, help="folder that `emixer prepare` wrote")
    parser.add_argument(
        "--backbone", choices=_BACKBONES, help="network (small, or that of --initial)"
    )
    parser.add_argument("--out", required=True, help="folder to make")
    parser.add_argument("--updates", type=positive_integer, help="batches to train on (3000)")
    parser.add_argument("--batch-size", type=positive_integer, help="films in a batch (32)")
    parser.add_argument("--learning-rate", type=float, help="at the beginning (0.001)")
    parser.add_argument("--seed", type=int, default=0, help="of weights and order (%(default)s)")
    parser.add_argument("--initial", help="folder of a classifier to begin from")
    parser.add_argument("--overwrite", action="store_true", help="replace an existing classifier")
    parser.set_defaults(run=run)


def run(args):
    """Train and test a classifier, and write its folder."""
    out = Path(args.out)
    _check_place(out, args.overwrite)
    if args.initial and args.backbone:
        raise ValueError(
            f"--initial {args.initial} brings its own network. Received: --backbone "
            f"{args.backbone}. Remedy: leave out one of them."
        )

    from emixer_tf.app.classifier_page import PAGE, write_classifier_page
    from emixer_tf.models.classifier_files import save_classifier
    from emixer_tf.training.train_classifier import train_classifier

    chosen = {
        name: getattr(args, name)
        for name in ("backbone", "updates", "batch_size", "learning_rate")
        if getattr(args, name) is not None
    }
    trained = train_classifier(args.data, seed=args.seed, initial=args.initial, **chosen)
    with folder_written_whole(out) as aside:
        save_classifier(trained.model, aside, trained.labels, trained.about)
        write_classifier_page(aside, trained)
    macro = trained.about["scores"]["macro"]["auroc"]
    for note in trained.about["notes"]:
        print(note)
    told = "undefined" if macro is None else f"{macro:.3f}"
    print(f"Mean AUROC on the test split: {told}. The classifier is {out}, look at {out / PAGE}")


def _check_place(out, overwrite):
    if not out.exists():
        return
    if not overwrite:
        raise ValueError(f"{out} exists already. Remedy: name another folder, or use --overwrite.")
    if holds_something_else(out, "classifier.json"):
        raise ValueError(
            f"{out} is there and is no classifier, so it is not overwritten. Remedy: name another "
            "folder."
        )
