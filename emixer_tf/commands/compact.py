"""`emixer compact`: a preset small enough to ship, with what was measured in its card."""

import argparse
from pathlib import Path

from emixer_tf.commands.argument_types import add_preset_argument

_EPILOG = """examples:
  emixer compact --preset runs/phantom/preset --out my_preset
  emixer compact --preset runs/films/preset --evaluation evaluations/films \\
      --licence "CC BY 4.0" --attribution "Films: Kermany et al. 2018, CC BY 4.0." --out shipped

The weights are about a fifth as large: half precision, and no optimizers. The model generates, and
can be trained on with fresh optimizers after compile().
"""


def add_parser(subparsers):
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "compact",
        help="write a preset small enough to ship",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_preset_argument(parser)
    parser.add_argument(
        "--evaluation", help="folder that `emixer evaluate` wrote, for the model card"
    )
    parser.add_argument("--licence", help="that the preset is under (Apache-2.0)")
    parser.add_argument(
        "--attribution",
        action="append",
        default=[],
        metavar="SENTENCE",
        help="about the data's authors and licence; repeat for several",
    )
    parser.add_argument(
        "--out", required=True, help="folder of the compact preset; a preset there is replaced"
    )
    parser.set_defaults(run=run)


def run(args):
    """Write the compact preset."""
    from emixer_tf.baselines import load_study_generator
    from emixer_tf.models.compact_preset import write_compact_preset
    from emixer_tf.models.presets import read_metadata
    from emixer_tf.models.shipped_presets import preset_folder

    folder, out = preset_folder(args.preset), Path(args.out)
    evaluation = _measured(Path(args.evaluation), folder) if args.evaluation else None
    write_compact_preset(
        load_study_generator(folder),
        out,
        read_metadata(folder),
        evaluation,
        args.licence,
        args.attribution,
    )
    before, after = (_megabytes(some / "model.weights.h5") for some in (folder, out))
    print(f"{out}: {after:.1f} MB of weights instead of {before:.1f} MB; look at {out}/README.md")


def _measured(folder, preset):
    from emixer_tf.experiments.evaluation.evaluation_files import read_evaluation
    from emixer_tf.experiments.evaluation.evaluation_page import glance_of_numbers
    from emixer_tf.models.presets import weights_digest

    numbers = read_evaluation(folder)
    if numbers.get("weights") not in (None, weights_digest(preset)):
        raise ValueError(
            f"{folder} measured {numbers['generator']}, whose weights are not those of {preset}. "
            "Remedy: evaluate this preset."
        )
    table = glance_of_numbers(numbers)
    return {"headings": table.headings, "rows": table.rows, "command": numbers["command"]}


def _megabytes(path):
    return path.stat().st_size / 1e6
