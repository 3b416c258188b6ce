"""The reports of Open-i: reading their XML, and telling which of them repeat each other."""

import re
import xml.etree.ElementTree as ElementTree
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from emixer_tf.data.archives import archived_files
from emixer_tf.data.errors import DataError, RowError
from emixer_tf.data.report_files import check_report_length, report_bytes
from emixer_tf.data.sources.view_selection import files_below

_UID = re.compile(r"(?:CXR)?(\d+)")


class Report(NamedTuple):
    """A report.

    Args:
        uid: Its number.
        source: Where it stands: file, or archive and file.
        sections: Texts or None of "findings" and "impression".
        terms: MeSH terms of the indexers: "Opacity/lung/base/left".
        films: Names of its films.
    """

    uid: str
    source: str
    sections: dict
    terms: tuple
    films: tuple


def find_reports(root):
    """Return the folder or archive of the reports below the root.

    Raises:
        DataError: If there is none.
    """
    for pattern in ("ecgen-radiology", "NLMCXR_reports.*"):
        found = sorted(root.rglob(pattern))
        if found:
            return found[0]
    raise DataError(
        f"{root} holds neither ecgen-radiology nor NLMCXR_reports.tgz. Remedy: put one of them "
        "there, or name it by --reports."
    )


def read_reports(flow, path):
    """Read all reports of a folder or an archive.

    Args:
        flow: `Flow`.
        path: `pathlib.Path` of either.

    Returns:
        List of `Report` in the order of their numbers.

    Raises:
        DataError: If there are none, or the archive is not to be trusted.
    """
    reports = flow.made(_files(path), lambda file: _report(file[0], file[1]()), itemgetter(0))
    first = {}
    for report in reports:
        first.setdefault(report.uid, report)
    reports = flow.keep(
        reports,
        "one report a number",
        "another file has its number",
        lambda report: first[report.uid] is report,
    )
    return sorted(reports, key=lambda report: int(report.uid))


def _files(path):
    """Return a list of pairs: where a report stands, and a function that returns its bytes."""
    if path.is_dir():
        names = files_below(path, (".xml",))
        files = [(str(path / name), partial(report_bytes, path, name)) for name in names]
    elif path.is_file():
        files = [
            (f"{path}, {name}", lambda data=data: data)
            for name, data in archived_files(path, ".xml")
        ]
    else:
        raise DataError(f"{path}: there are no such reports. Remedy: check --reports.")
    if not files:
        raise DataError(f"{path} holds no .xml file. Remedy: check --reports.")
    return files


def _report(source, data):
    root = _parsed(source, data)
    uid = _UID.fullmatch(next((element.get("id", "") for element in root.iter("uId")), ""))
    if not uid:
        raise RowError(
            "unreadable report",
            f'{source} has no <uId id="CXR…"/>, so it is no report of Open-i. Remedy: remove it.',
        )
    texts = {
        element.get("Label", "").lower(): " ".join("".join(element.itertext()).split())
        for element in root.iter("AbstractText")
    }
    return Report(
        uid=uid[1],
        source=source,
        sections={name: texts.get(name) or None for name in ("findings", "impression")},
        terms=tuple(term.text.strip() for term in root.iterfind(".//MeSH/major") if term.text),
        films=tuple(image.get("id", "") for image in root.iter("parentImage")),
    )


class _WithoutDoctype(ElementTree.TreeBuilder):
    """Refuses what no report has and an attack needs: entities that unfold without end."""

    def doctype(self, name, pubid, system):
        """Refuse. The parser calls this before it reads an entity."""
        raise ElementTree.ParseError("it declares a document type")


def _parsed(source, data):
    check_report_length(data, source)
    parser = ElementTree.XMLParser(target=_WithoutDoctype())
    try:
        parser.feed(data)
        return parser.close()
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise RowError(
            "unreadable report",
            f"{source} is no XML of a report ({error}). Remedy: fetch it again.",
        ) from None


def text_groups(reports):
    """Find reports that repeat each other: in their findings, or altogether.

    Case, punctuation and white space are not told apart. A report may link two others.

    Args:
        reports: List of `Report`.

    Returns:
        Dict from the number of a report to the name of its group: its first report.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    first = {}
    edges = [
        (place, first.setdefault(text, place))
        for place, report in enumerate(reports)
        for text in _texts(report)
    ]
    size = len(reports)
    graph = coo_array(([1] * len(edges), tuple(zip(*edges, strict=True))), shape=(size, size))
    _, groups = connected_components(graph, directed=False)
    named = {}
    return {
        report.uid: named.setdefault(group, f"CXR{report.uid}")
        for report, group in zip(reports, groups, strict=True)
    }


def _texts(report):
    """Return what is compared: all words, and those of the findings; or the number alone."""
    findings, impression = (_words(text or "") for text in report.sections.values())
    everything = " ".join((findings, impression)).strip()
    texts = {("all", everything), ("findings", findings)}
    return {text for text in texts if text[1]} or {("number", report.uid)}


def _words(text):
    return " ".join(re.findall("[a-z0-9]+", text.lower()))
