"""Where studies come from, one module a data set.

Every module has the same interface: `HELP`, a line; `ARGUMENTS`, what `emixer prepare` asks for
beside what every source is asked; `EXAMPLE`, a command; and `listing(flow, **arguments)`, which
returns a `Listing`.
"""

import importlib

SOURCES = {
    "phantom": "phantom_studies",
    "mimic-cxr": "mimic_cxr",
    "chexpert": "chexpert",
    "open-i": "open_i",
    "covid": "covid",
    "nih": "nih",
    "kermany": "kermany",
    "dicom": "dicom_folder",
    "table": "table",
    "generated": "generated",
}


def source_module(name):
    """Return the module of a source, by the name `emixer prepare` knows it by."""
    return importlib.import_module(f"emixer_tf.data.sources.{SOURCES[name]}")
