"""Arguments that several sources ask for, as `argparse` takes them."""

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data.film_file import STYLES

ROOT = {"--root": {"required": True, "help": "folder as the publisher ships it"}}
STYLE = {
    "--style": {
        "default": "voi",
        "choices": STYLES,
        "help": "how DICOM becomes grey levels (%(default)s)",
    }
}
FILMS = {
    "--films": {
        "default": "one",
        "choices": ("one", "all"),
        "help": "of a study: one frontal film, PA before AP, or all frontal films (%(default)s)",
    }
}
SECTION = {
    "--section": {
        "default": "findings",
        "choices": ("findings", "impression", "both"),
        "help": "of the report (%(default)s, as in the paper)",
    }
}
POLICY = {
    "--uncertain": {
        "required": True,
        "choices": ("zeros", "ones", "ignore", "soft"),
        "help": "what an uncertain label (-1) means: 0, 1, unknown, or 0.5",
    },
    "--blank": {
        "required": True,
        "choices": ("zeros", "ignore"),
        "help": "what an unmentioned label means",
    },
}
SEED = {"--seed": {"type": int, "default": 0, "help": "of what is drawn (%(default)s)"}}
OPTIONAL_POLICY = {
    flag: {
        **how,
        "required": False,
        "help": f"{how['help']}; to be given where there is one",
    }
    for flag, how in POLICY.items()
}
LABEL_NAMES = {
    "--labels": {
        "nargs": "+",
        "default": CHEXPERT_LABELS,
        "metavar": "NAME",
        "help": "labels to take, by name and in this order (the 14 of CheXpert)",
    }
}
REQUIRE_REPORT = {
    "--require-report": {
        "action": "store_true",
        "help": "leave out studies without that section; otherwise their films are kept",
    }
}
