"""What grey level a stored value is shown as.

pydicom's own functions for windows and tables work on whole films in 64 bits; these work on the at
most 65,536 values that a film can hold, which is a tenth of the time.
"""

import numpy as np


def spread(values, occurring):
    """Scale values so that the least that occurs is 0 and the greatest 1.

    Args:
        values: `[codes]`.
        occurring: bool `[codes]`.

    Returns:
        float64 `[codes]` in [0, 1].
    """
    if not occurring.any():
        return np.zeros(len(values))
    low, high = values[occurring].min(), values[occurring].max()
    return (np.clip(values, low, high) - low) / (high - low or 1)


def window(values, center, width, function="LINEAR"):
    """Bring values to what a window shows of them.

    Args:
        values: float `[...]`, in the modality's units.
        center: Middle of the window, in these units.
        width: Width of the window, in these units.
        function: "LINEAR" (also if empty), "LINEAR_EXACT" or "SIGMOID".

    Returns:
        float64 `[...]` in [0, 1].

    Raises:
        ValueError: If the function is unknown, or the width less than it allows.

    Example:

    >>> window(np.array([0, 100, 127, 200]), center=100, width=55).round(2)
    array([0.  , 0.51, 1.  , 1.  ])

    Reference:
        DICOM PS3.3, C.11.2.1.2 and C.11.2.1.3.
    """
    function = function.upper() or "LINEAR"
    if function not in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        raise ValueError(f"VOI LUT Function {function!r} is unknown")
    if (width < 1 and function == "LINEAR") or width <= 0:
        raise ValueError(f"Window Width {width:g} is too small")
    values = np.asarray(values, "float64")
    if function == "SIGMOID":
        return 1 / (1 + np.exp(np.clip(-4 * (values - center) / width, -700, 700)))
    if function == "LINEAR_EXACT":
        return np.clip((values - center) / width + 0.5, 0, 1)
    if width == 1:
        return (values > center - 0.5).astype("float64")
    return np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1)


def mimic_jpg_levels(values, counts, inverted):
    """Return the grey levels that the publisher of MIMIC-CXR-JPG gave to stored values.

    Args:
        values: int `[codes]`, stored values.
        counts: int `[codes]`, how many of the film's pixels have each.
        inverted: Whether the film is MONOCHROME1.

    Returns:
        uint8 `[codes]`; of any use for values that occur.

    Example:

    >>> mimic_jpg_levels(np.arange(3), np.array([2, 1, 1]), inverted=False)
    array([  0, 128, 255], dtype=uint8)

    Reference:
        Johnson et al., "MIMIC-CXR-JPG, a large publicly available database of labeled chest
        radiographs", arXiv:1901.07042.
    """
    levels = np.floor(spread(values, counts > 0) * 255).astype("uint8")
    levels = 255 - levels if inverted else levels
    histogram = np.bincount(levels, weights=counts, minlength=256).astype(np.int64)
    return equalisation(histogram)[levels]


def equalisation(histogram):
    """Return the table that equalises a histogram, as OpenCV's `equalizeHist` does.

    Args:
        histogram: int `[256]`, pixels of each grey level.

    Returns:
        uint8 `[256]`: the new level of each.

    Example:

    >>> equalisation(np.array([10, 0, 30] + 253 * [0]))[:3]
    array([  0,   0, 255], dtype=uint8)
    """
    first = int(np.flatnonzero(histogram)[0])
    others = histogram.sum() - histogram[first]
    if others == 0:
        return np.full(256, first, "uint8")
    above = np.cumsum(histogram) - histogram[first]
    above[:first] = 0
    scale = np.float32(255) / np.float32(others)  # single precision decides some roundings
    return np.rint(above.astype("float32") * scale).astype("uint8")
