"""`emixer export`: a preset as a SavedModel for TensorFlow Serving."""

import argparse

from emixer_tf.commands.argument_types import add_preset_argument, positive_integer

_EPILOG = """examples:
  emixer export --preset emixer_phantom_64 --out saved_models/emixer
  emixer export --preset runs/mine/preset --out saved_models/emixer --version 2
  emixer export --preset runs/mine/preset --classifier classifiers/mine --out saved_models/emixer

A server takes the highest version by itself. docs/serving.md says how to start one, and what its
signatures take and give.
"""


def add_parser(subparsers):
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "export",
        help="write a preset as a SavedModel for TensorFlow Serving",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_preset_argument(parser)
    parser.add_argument(
        "--out", required=True, help="folder of all versions; its name is the model's"
    )
    parser.add_argument(
        "--version", type=positive_integer, default=1, help="number of this one (%(default)s)"
    )
    parser.add_argument(
        "--classifier",
        metavar="FOLDER",
        help="classifier that `emixer train-classifier` wrote, for the signature `classify`",
    )
    parser.add_argument(
        "--candidates",
        type=positive_integer,
        help="reports written for a film, of which one is kept (8, or 1 for a method that does not "
        "read reports); 1 answers soonest",
    )
    parser.add_argument("--top-p", type=float, default=0.9, help="of the words (%(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="replace this version")
    parser.set_defaults(run=run)


def run(args):
    """Write the SavedModel."""
    from emixer_tf.baselines import load_study_generator
    from emixer_tf.models.classifier_files import load_classifier, read_classifier_card
    from emixer_tf.serving.export import export_saved_model
    from emixer_tf.serving.warmup import can_write_warmup

    place = export_saved_model(
        load_study_generator(args.preset),
        args.out,
        version=args.version,
        candidates=args.candidates,
        top_p=args.top_p,
        classifier=load_classifier(args.classifier) if args.classifier else None,
        classifier_labels=(
            read_classifier_card(args.classifier)["labels"] if args.classifier else None
        ),
        overwrite=args.overwrite,
    )
    print(f"{place}: a SavedModel for TensorFlow Serving; docs/serving.md says how to start one")
    if not can_write_warmup():
        print(
            "No requests were written that warm a server up: they need tensorflow-serving-api. "
            "Remedy: pip install 'emixer-tf[serving]', and export again."
        )
