"""`emixer study`: a blinded reader study on the web, from the first item to its analysis."""

import argparse
import secrets
import socket
from pathlib import Path

from emixer_tf.commands.argument_types import add_preset_argument, port_number, positive_integer

_EPILOG = """examples:
  emixer study create --preset runs/mine/preset --data data/mine --items 30 --readers 2 --out study
  emixer study serve study
  emixer study analyze study

Every reader gets a link of their own, which nobody can guess; it stands in study/links.csv and is
shown when the study is served. Who reads the study's folder cannot rate any more.
The page is served to this machine alone. For readers elsewhere put it behind a proxy that encrypts,
and give the proxy's address: emixer study serve study --address https://study.hospital.example
"""


def add_parser(subparsers):
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "study",
        help="a blinded reader study on the web: real or synthetic?",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_create(actions)
    _add_serve(actions)
    _add_analyze(actions)


def _add_create(actions):
    parser = actions.add_parser("create", help="draw real studies and generate as many")
    add_preset_argument(parser)
    parser.add_argument("--data", required=True, help="folder that `emixer prepare` wrote")
    parser.add_argument(
        "--items",
        type=positive_integer,
        default=30,
        help="real studies of the test split, and as many synthetic ones (%(default)s)",
    )
    parser.add_argument(
        "--readers", type=positive_integer, default=2, help="number of readers (%(default)s)"
    )
    parser.add_argument(
        "--temperature", type=float, default=1.0, help="of the generated words (%(default)s)"
    )
    parser.add_argument(
        "--seed",
        type=int,
        help="of all draws (one that nobody knows): who knows it can compute which items are real",
    )
    parser.add_argument("--out", required=True, help="folder to make")
    parser.set_defaults(run=_create)


def _add_serve(actions):
    parser = actions.add_parser("serve", help="let readers rate")
    parser.add_argument("folder", help="folder that `emixer study create` made")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=port_number, default=8000, help="(%(default)s)")
    parser.add_argument("--address", help="where readers reach it, for the links that are shown")
    parser.set_defaults(run=_serve)


def _add_analyze(actions):
    parser = actions.add_parser("analyze", help="say what the ratings say")
    parser.add_argument("folder", help="folder that `emixer study create` made")
    parser.add_argument("--out", help="folder to write (FOLDER/analysis)")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap (%(default)s)")
    parser.set_defaults(run=_analyze)


def _create(args):
    from emixer_tf.baselines import load_study_generator
    from emixer_tf.experiments.reader_study.paired_studies import paired_studies
    from emixer_tf.experiments.reader_study.prepared_studies import usable_studies
    from emixer_tf.experiments.reader_study.sheets import check_place
    from emixer_tf.experiments.reader_study.web_study import LINKS, create_web_study

    out = Path(args.out)
    check_place(out)
    seed = secrets.randbits(62) if args.seed is None else args.seed
    model = load_study_generator(args.preset)
    stored, usable = usable_studies(args.data, model.config)
    pairs = paired_studies(
        stored["image"], stored["report"], stored["labels"], usable, model,
        args.items, seed, args.temperature,
    )  # fmt: skip
    create_web_study(pairs, model.config.labels, out, args.readers, seed)
    print(
        f"{out}: {2 * args.items} items for {args.readers} readers, whose links stand in "
        f"{out / LINKS}. Next: emixer study serve {out}"
    )


def _serve(args):
    _need_starlette()
    from emixer_tf.app.reader_study.server import serve_study
    from emixer_tf.experiments.reader_study.web_study import read_links
    from emixer_tf.reader_study.store import StudyStore

    if args.host in ("0.0.0.0", "::") and not args.address:
        raise ValueError(
            f"--host {args.host} is every address of this machine. Remedy: say by --address which "
            "one readers use."
        )
    store = StudyStore(args.folder)
    _check_free(args.host, args.port)
    address = (args.address or f"http://{args.host}:{args.port}").rstrip("/")
    for reader, path in read_links(args.folder):
        print(f"{reader}: {address}{path}", flush=True)
    print("Ratings are kept as they are given. Stop with Ctrl-C.", flush=True)
    serve_study(store, args.host, args.port)


def _analyze(args):
    from emixer_tf.experiments.reader_study.web_analysis import write_web_analysis

    out = Path(args.out) if args.out else Path(args.folder) / "analysis"
    print(f"Done. Open {write_web_analysis(Path(args.folder), out, args.seed)}")


def _check_free(host, port):
    """Tell of a taken port before links are shown that would not work."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise OSError(
                f"{host}:{port} cannot be listened on ({error.strerror}). Remedy: another --port."
            ) from error


def _need_starlette():
    import importlib.util

    missing = [name for name in ("starlette", "uvicorn") if not importlib.util.find_spec(name)]
    if missing:
        raise ValueError(
            f"`emixer study serve` needs {missing[0]}. Remedy: pip install 'emixer-tf[app]'."
        )
