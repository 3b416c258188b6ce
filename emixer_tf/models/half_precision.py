"""Weights files in half precision, which are half as large."""

import h5py
import numpy as np


def halve_weights(path, halved):
    """Copy a weights file with its single-precision numbers in half precision.

    Models load it as any other: every variable keeps its own type, and takes the rounded values.

    Args:
        path: `pathlib.Path` of a `.weights.h5` file.
        halved: `pathlib.Path` of the file to write.

    Raises:
        ValueError: If a weight is too large for half precision.
    """
    with h5py.File(path, "r") as source, h5py.File(halved, "w") as target:
        target.attrs.update(source.attrs)

        def copy(name, item):
            if isinstance(item, h5py.Group):
                target.require_group(name).attrs.update(item.attrs)
                return
            values = item[()]
            if item.dtype == np.float32:
                values = _halved(name, values)
            target.create_dataset(name, data=values).attrs.update(item.attrs)

        source.visititems(copy)


def _halved(name, values):
    with np.errstate(over="ignore"):
        rounded = values.astype("float16")
    if np.isfinite(values).all() and not np.isfinite(rounded).all():
        raise ValueError(
            f"Weights of {name} reach {np.abs(values).max():.3g}, more than half precision holds "
            "(65504). Remedy: ship the preset as it was saved."
        )
    return rounded
