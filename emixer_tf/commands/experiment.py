"""`emixer experiment`: the paper's studies, each from data to a page."""

import argparse
import shlex
from pathlib import Path

from emixer_tf.baselines.methods import METHODS
from emixer_tf.commands.argument_types import positive_integer
from emixer_tf.experiments.catalogue import EXPERIMENTS
from emixer_tf.experiments.scales import SCALES
from emixer_tf.machine import usable_cores

_EPILOG = """examples:
  emixer experiment augmentation --scale tiny
  emixer experiment augmentation --scale small --dry-run
  emixer experiment augmentation --scale small --methods all --out results/augmentation
  emixer experiment comparison --scale small --methods all --seed 0 --out results/comparison
  emixer experiment comparison --scale small --set label_weight_generator=0 --out results/no_reward
  emixer experiment limited_labels --scale paper --data data/mimic --out results/limited
  emixer experiment covid --scale small --data data/nih --films data/kermany --films data/cohen \\
      --allow-domain-mix --out results/covid
  emixer experiment reader_study --scale small --items 30 --out reader_study

Every cell (a generator, a classifier, ...) is kept in --work by the hash of what it depends on:
run the same command again after an interruption, and it goes on; experiments share their cells.
"""
_GPU = Path("/dev/nvidiactl")


def add_parser(subparsers):
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "experiment",
        help="run a study of the paper: tables beside the paper's, plots, a page",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = parser.add_subparsers(dest="name", required=True, metavar="NAME")
    for name, text in EXPERIMENTS.items():
        experiment = names.add_parser(name, help=text.replace("%", "%%"), description=text)
        _add_arguments(experiment)
        if name == "covid":
            _add_covid(experiment)
        if name == "reader_study":
            _add_reader_study(experiment)
        experiment.set_defaults(run=run)


def _add_arguments(parser):
    parser.add_argument("--scale", default="small", choices=SCALES, help="sizes (%(default)s)")
    parser.add_argument("--data", help="prepared data (default: phantoms, in the scale's numbers)")
    parser.add_argument(
        "--method",
        "--methods",
        action="append",
        metavar="NAME",
        help=f"generator: {', '.join(METHODS)} or all; may be repeated (emixer)",
    )
    parser.add_argument(
        "--seed",
        action="append",
        type=int,
        help="of one run of everything; may be repeated (the scale's own)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="change the generators' configuration; may be repeated",
    )
    parser.add_argument("--out", help="folder for the results (runs/NAME-SCALE)")
    parser.add_argument(
        "--work", default="runs/cells", help="folder for data, weights and films (%(default)s)"
    )
    parser.add_argument(
        "--workers",
        type=int,
        help="processes; 0 computes in this one (one a core; 1 where there is a GPU)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say which cells would be computed, and stop"
    )


def _add_covid(parser):
    parser.add_argument(
        "--films",
        action="append",
        default=[],
        help="prepared films of the four classes; may be repeated (default: phantoms as stand-ins)",
    )
    parser.add_argument(
        "--allow-domain-mix",
        action="store_true",
        help="go on although some class comes from one data set alone",
    )


def _add_reader_study(parser):
    parser.add_argument(
        "--items",
        type=positive_integer,
        default=30,
        help="real studies, and as many generated (%(default)s)",
    )
    parser.add_argument(
        "--raters", type=positive_integer, default=2, help="number of raters (%(default)s)"
    )


def run(args):
    """Run the experiment and name its page."""
    from emixer_tf.experiments.experiment import show_cells, write_experiment
    from emixer_tf.experiments.planning import arms_of, plan_of

    plan = plan_of(args.scale, args.data, args.method or ["emixer"], args.seed, args.set)
    out = Path(args.out or f"runs/{args.name}-{args.scale}")
    work = Path(args.work)
    workers = args.workers
    if workers is None:
        workers = 1 if _GPU.exists() else usable_cores()
    if args.name == "reader_study":
        from emixer_tf.experiments.reader_study.run import run_reader_study, show_reader_study

        if args.dry_run:
            show_reader_study(plan, out, work)
            return
        page = run_reader_study(plan, out, work, workers, args.items, args.raters)
    else:
        films = (args.films, args.allow_domain_mix) if args.name == "covid" else None
        arms, notes = arms_of(args.name, plan, films)
        if args.dry_run:
            show_cells(arms, out, work)
            return
        page = write_experiment(args.name, arms, notes, out, work, workers, _command(args, out))
    print(f"Look at {page}")


def _command(args, out):
    """Return the command that repeats the experiment."""
    words = ["emixer", "experiment", args.name, "--scale", args.scale]
    if args.data:
        words += ["--data", args.data]
    for flag, values in (
        ("--method", args.method),
        ("--seed", args.seed),
        ("--set", args.set),
        ("--films", getattr(args, "films", None)),
    ):
        for value in values or []:
            words += [flag, str(value)]
    if getattr(args, "allow_domain_mix", False):
        words.append("--allow-domain-mix")
    if args.workers is not None:  # sums depend on the threads of a worker
        words += ["--workers", str(args.workers)]
    return shlex.join([*words, "--out", str(out)])
