"""Whole phantom studies from a seed."""

import numpy as np

from emixer_tf.data.sources.phantom.anatomy import render
from emixer_tf.data.sources.phantom.findings import draw_findings, label_values
from emixer_tf.data.sources.phantom.grammar import write_report
from emixer_tf.data.study import Study


def findings_and_report(seed, index):
    """Return `(findings, report, rng)` of a study; `rng` is where the drawing of its film begins.

    Args:
        seed, index: As for `study`.
    """
    rng = np.random.default_rng([seed, index])
    findings = draw_findings(rng)
    return findings, write_report(findings, rng), rng


def film(seed, index, resolution):
    """Return the film of a study. See `study`."""
    findings, _, rng = findings_and_report(seed, index)
    return render(findings, resolution, rng)


def study(seed, index, resolution=64):
    """Return the phantom study number `index`; a function of `(seed, index, resolution)`.

    Args:
        seed: Non-negative int.
        index: Non-negative int.
        resolution: Pixels of a side.

    Returns:
        `Study`.
    """
    findings, report, rng = findings_and_report(seed, index)
    return Study(
        image=render(findings, resolution, rng),
        report=report,
        labels=label_values(findings),
        patient=f"phantom-{seed}-{index}",
        source=f"phantom study {index} of seed {seed}",
        split=None,
    )


def studies(n, seed, resolution=64, start=0):
    """Yield phantom studies `start` to `start + n - 1` of a seed."""
    for index in range(start, start + n):
        yield study(seed, index, resolution)
