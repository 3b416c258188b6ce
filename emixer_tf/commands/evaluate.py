"""`emixer evaluate`: generated studies against held-out ones, or reports against references."""

import argparse
from pathlib import Path

from emixer_tf.commands.argument_types import positive_integer
from emixer_tf.commands.command_line import command_line

_EPILOG = """examples:
  emixer evaluate --preset runs/phantom/preset --data data/phantom \\
      --extractor classifiers/phantom --out evaluations/phantom
  emixer evaluate --studies studies --data data/mine --extractor inception.keras \\
      --value-range -1 1 --classifier classifiers/mine --out evaluations/mine
  emixer evaluate --references references.csv --hypotheses mine.csv --out scores

The page is index.html, the numbers are evaluation.json. References and hypotheses are tables with
columns id and report.
"""

_GRAMMARS = ("rules", "phantom")
_LEGACY = ("iu", "mimic")
_OF_STUDIES = (
    *("data", "extractor", "value_range", "extractor_resolution"),
    *("classifier", "grammar", "legacy_r2gen"),
)
_MOST_TEST = 5000
_DEFAULTS = {"n": 1000, "seed": 0, "temperature": 0.0, "training_studies": 20_000}


def add_parser(subparsers):
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "evaluate",
        help="measure generated studies against held-out ones, or reports against references",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--preset",
        help="trained model that generates the studies: its folder, a shipped one's name, hf://… or kaggle://…",
    )
    what.add_argument("--studies", help="folder that `emixer generate` wrote")
    what.add_argument("--references", help="CSV of real reports: id, report")
    parser.add_argument("--hypotheses", help="CSV of reports to score: id, report")
    parser.add_argument("--out", required=True, help="folder for numbers, tables and page")
    parser.add_argument("--seed", type=int, help="of all that is drawn (%(default)s)")
    studies = parser.add_argument_group("studies")
    studies.add_argument("--data", help="folder that `emixer prepare` wrote: train and test")
    studies.add_argument(
        "--n", type=positive_integer, help="studies to make with --preset (%(default)s)"
    )
    studies.add_argument("--temperature", type=float, help="of their words (%(default)s)")
    studies.add_argument(
        "--training-studies",
        type=positive_integer,
        metavar="N",
        help="of the train split that are read, at most: copies are looked for in them, baselines "
        "of reports are theirs, and FIDs are of no more films (%(default)s)",
    )
    films = parser.add_argument_group("films")
    films.add_argument(
        "--extractor", help="folder of `emixer train-classifier`, .keras file or SavedModel"
    )
    films.add_argument(
        "--value-range",
        type=float,
        nargs=2,
        metavar=("BLACK", "WHITE"),
        help="what an extractor of others expects of a film, as -1 1",
    )
    films.add_argument(
        "--extractor-resolution", type=int, metavar="PX", help="if the extractor takes any size"
    )
    films.add_argument(
        "--classifier", help="folder of a classifier that reads films (the extractor, if it is one)"
    )
    reports = parser.add_argument_group("reports")
    reports.add_argument(
        "--grammar",
        choices=_GRAMMARS,
        help="what reads labels from reports (phantom for phantoms, else rules)",
    )
    reports.add_argument(
        "--legacy-r2gen",
        choices=_LEGACY,
        help="score also against references cut as R2Gen cuts those of IU X-ray or MIMIC-CXR",
    )
    parser.set_defaults(run=run, **_DEFAULTS)


def run(args):
    """Measure, and name the page."""
    if args.references:
        _check_report_arguments(args)
        from emixer_tf.experiments.evaluation.report_files import evaluate_report_files

        page = evaluate_report_files(
            args.references,
            args.hypotheses,
            Path(args.out),
            command_line(args, _DEFAULTS),
            args.seed,
        )
    else:
        _check_study_arguments(args)
        page = _evaluate_studies(args)
    print(f"Look at {page}")


def _check_report_arguments(args):
    if not args.hypotheses:
        raise ValueError("--references needs --hypotheses: a CSV of the reports to score.")
    given = [f"--{name.replace('_', '-')}" for name in _OF_STUDIES if getattr(args, name)]
    if given:
        raise ValueError(
            f"--references and --hypotheses are scored alone. Received: {', '.join(given)} too. "
            "Remedy: leave it out, or evaluate studies by --preset or --studies."
        )


def _check_study_arguments(args):
    missing = [f"--{name}" for name in ("data", "extractor") if not getattr(args, name)]
    if missing:
        raise ValueError(
            f"Studies are measured against real ones, by an extractor. Received: no "
            f"{' and no '.join(missing)}. Remedy: name what `emixer prepare` and `emixer "
            "train-classifier` wrote."
        )
    if args.hypotheses:
        raise ValueError("--hypotheses belongs to --references. Remedy: leave it out.")


def _evaluate_studies(args):
    from emixer_tf.baselines import load_study_generator
    from emixer_tf.data import read_card
    from emixer_tf.experiments.evaluation.evaluation import Compared, Instruments, evaluate
    from emixer_tf.experiments.evaluation.evaluation_files import check_evaluation_place
    from emixer_tf.experiments.evaluation.evaluation_page import glance_of, write_study_evaluation
    from emixer_tf.experiments.evaluation.generated_studies import made_studies, saved_studies
    from emixer_tf.experiments.evaluation.instruments import load_judge, reader_for
    from emixer_tf.experiments.evaluation.provenance import notes_on_training_data
    from emixer_tf.experiments.evaluation.real_studies import read_studies
    from emixer_tf.metrics.extractor_files import load_extractor
    from emixer_tf.models.presets import weights_digest
    from emixer_tf.models.shipped_presets import preset_folder

    out, card = Path(args.out), read_card(args.data)
    _check_legacy_counts(args, card)
    extractor = load_extractor(args.extractor, args.value_range, args.extractor_resolution)
    check_evaluation_place(out, extractor.identity)
    judge = args.classifier or (args.extractor if _is_classifier(args.extractor) else None)
    test = read_studies(args.data, "test", _MOST_TEST, args.seed)
    training = read_studies(args.data, "train", args.training_studies, args.seed)
    print(f"{len(test):,} held-out studies of the test split, {len(training):,} of train.")
    model = load_study_generator(args.preset) if args.preset else None
    if model is None:
        generated = saved_studies(args.studies)
    else:
        print(f"Generating {args.n:,} studies")
        generated = made_studies(model, training, args.n, args.seed, args.temperature)
    studies = Compared(
        generated, test, training, card.counts["train"], (card.sentences, card.words)
    )
    instruments = Instruments(
        extractor, load_judge(judge) if judge else None, reader_for(card.name, args.grammar)
    )
    found = evaluate(studies, instruments, model, args.seed, args.legacy_r2gen)
    found.notes.extend(notes_on_training_data(card, args.preset, args.extractor))
    for measure, ours, theirs in glance_of(found).rows:
        print(f"{measure} {ours} ({theirs})")
    about = {
        "generator": args.preset or args.studies,
        "weights": args.preset and weights_digest(preset_folder(args.preset)),
        "data": card.name,
        "command": command_line(args, _DEFAULTS),
        "legacy": args.legacy_r2gen,
    }
    return write_study_evaluation(out, studies, instruments, found, about, args.seed)


def _check_legacy_counts(args, card):
    count = card.counts["train"]
    if args.legacy_r2gen and args.training_studies < count:
        raise ValueError(
            f"--legacy-r2gen counts the words of all {count:,} training reports. Received: "
            f"--training-studies {args.training_studies}. Remedy: --training-studies {count}."
        )


def _is_classifier(path):
    return (Path(path) / "classifier.keras").is_file()
