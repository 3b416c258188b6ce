"""Arguments that several sources ask for, as `argparse` takes them."""

ROOT = {"--root": {"required": True, "help": "folder as the publisher ships it"}}
STYLE = {
    "--style": {
        "default": "voi",
        "choices": ("voi", "mimic-jpg", "raw"),
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
        "help": "what an uncertain label (-1) means",
    },
    "--blank": {
        "required": True,
        "choices": ("zeros", "ignore"),
        "help": "what an unmentioned label means",
    },
}
SEED = {"--seed": {"type": int, "default": 0, "help": "of what is drawn (%(default)s)"}}
