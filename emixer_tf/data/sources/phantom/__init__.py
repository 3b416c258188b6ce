"""Phantom chest studies: films drawn by a program, with reports written by a grammar.

No patient was filmed. The phantom is EMIXER's built-in data set for demos, tests and benchmarks:
its labels, sides and severities are known exactly, and its reports can be read backwards.

Example:

>>> study = next(studies(n=1, seed=0, resolution=32))
>>> study.image.shape, sorted(read_labels(study.report).labels) == sorted(LABELS)
((32, 32), True)
"""

from emixer_tf.data.sources.phantom.anatomy import render
from emixer_tf.data.sources.phantom.findings import LABELS, Finding, draw_findings
from emixer_tf.data.sources.phantom.grammar import write_report
from emixer_tf.data.sources.phantom.reader import Reading, UnreadableReport, read_labels
from emixer_tf.data.sources.phantom.studies import studies, study

__all__ = [
    "LABELS",
    "Finding",
    "Reading",
    "UnreadableReport",
    "draw_findings",
    "read_labels",
    "render",
    "studies",
    "study",
    "write_report",
]
