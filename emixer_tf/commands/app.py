"""`emixer app`: a page to try a preset."""

import argparse

from emixer_tf.commands.argument_types import port_number

_EPILOG = """examples:
  emixer app
  emixer app --preset runs/mine/preset --data data/mine --port 8080

The page is served to this machine alone. With --host 0.0.0.0 everybody who reaches the machine can
use it: there are no passwords.
"""
_SHIPPED = "emixer_phantom_64"


def add_parser(subparsers):
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "app",
        help="serve a page on which a preset is tried",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--preset",
        default=_SHIPPED,
        help="trained model, of any method: its folder, a shipped one's name, hf://… or "
        "kaggle://… (%(default)s)",
    )
    parser.add_argument(
        "--data",
        help="folder that `emixer prepare` wrote and the preset was trained on: the nearest "
        "training film is shown beside every study",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=port_number, help="(the first free one from 7860)")
    parser.add_argument("--open", action="store_true", help="open a browser")
    parser.set_defaults(run=run)


def run(args):
    """Serve the page."""
    import importlib.util

    if importlib.util.find_spec("gradio") is None:
        raise ValueError("`emixer app` needs Gradio. Remedy: pip install 'emixer-tf[app]'.")

    from emixer_tf.app.try_it import serve, try_page
    from emixer_tf.baselines import load_study_generator

    model = load_study_generator(args.preset)
    model.generate({}, n=1)  # traced now, so that the first visitor need not wait
    serve(try_page(model, args.preset, args.data), args.host, args.port, args.open)
