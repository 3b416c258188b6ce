"""The films of a folder of DICOM files, with what their headers say."""

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from emixer_tf.data.dicom_elements import is_dicom
from emixer_tf.data.dicom_header import DicomHeader, read_dicom_header
from emixer_tf.data.errors import DataError
from emixer_tf.data.paths import inside
from emixer_tf.data.sources.view_selection import files_below, frontal_films

_RADIOGRAPHY = ("CR", "DX", "RG", "")
_CHEST = re.compile("CHEST|TH?ORAX|LUNG")
_ENDING = re.compile(r"\.(dcm|dicom|ima)$", re.IGNORECASE)


class DicomFilm(NamedTuple):
    """A film; `text` is the name of its report, `copies` are the other files that hold it."""

    source: str
    name: str
    header: DicomHeader
    view: str
    text: str | None = None
    copies: tuple = ()

    @property
    def study(self):
        """Patient and study together, or the film itself where no study is named."""
        header = self.header
        return f"{header.patient} {header.study}" if header.study else self.name

    @property
    def folder(self):
        """The folder right below the root that the film lies in, "" if it lies in none."""
        return self.name.rpartition("/")[0].partition("/")[0]

    @property
    def paths(self):
        """The film's file and its copies."""
        return (self.name, *self.copies)

    @property
    def short_names(self):
        """Names that other films may have as well."""
        files = [PurePosixPath(path).name for path in self.paths]
        return (*map(_stem, self.paths), *files, *map(_stem, files))


def films_below(flow, root, view_of):
    """Return all films that are there, each once, with the names of their texts.

    Args:
        flow, root: As for `listing`.
        view_of: Function of a name below the root and a `DicomHeader`, as `views` returns it.

    Returns:
        List of `DicomFilm`.

    Raises:
        DataError: If there is no DICOM file.
    """

    def place(name):
        return str(root / name)

    names = files_below(root, ("",))
    texts = {name[: -len(".txt")]: name for name in names if name.lower().endswith(".txt")}
    others = [name for name in names if not name.lower().endswith(".txt")]
    there = flow.keep(
        others, "DICOM", "no DICOM file", lambda name: _begins_as_dicom(root / name), place
    )
    if not there:
        raise DataError(
            f"{root} holds no DICOM file among {len(others)} files. Remedy: check --root."
        )
    beside = {name: texts.get(name) or texts.get(_stem(name)) for name in there}
    used = set(beside.values())
    flow.keep(
        list(texts.values()), "text is a report", "no DICOM file of its name", used.__contains__,
        place,
    )  # fmt: skip
    films = flow.made(there, lambda name: _film(root, name, beside[name], view_of), place)
    return _with_texts_of_studies(_one_file_a_film(flow, films))


def _stem(name):
    return _ENDING.sub("", name)


def _begins_as_dicom(path):
    try:
        with open(path, "rb") as file:
            return is_dicom(file.read(132))
    except OSError:
        return True  # what is wrong is told when its header is read


def _film(root, name, text, view_of):
    path = inside(root, name)
    header = read_dicom_header(path)
    return DicomFilm(str(path), name, header, view_of(name, header), text)


def _one_file_a_film(flow, films):
    """Keep of the files of one film the one with a text, then the first by name."""
    files = {}
    for film in sorted(films, key=lambda film: (film.text is None, film.name)):
        files.setdefault(_film_key(film), []).append(film)
    kept = flow.keep(
        films,
        "one file a film",
        "another file has the same SOP Instance UID",
        lambda film: files[_film_key(film)][0] is film,
    )
    copies = {key: tuple(film.name for film in others) for key, (_, *others) in files.items()}
    return [film._replace(copies=copies[_film_key(film)]) for film in kept]


def _film_key(film):
    return film.header.film or film.name


def _with_texts_of_studies(films):
    """Give films without a text the only one of their study."""
    texts = {}
    for film in films:
        texts.setdefault(film.study, set()).add(film.text)
    only = {
        study: next(iter(found))
        for study, found in ((study, names - {None}) for study, names in texts.items())
        if len(found) == 1
    }
    return [film._replace(text=film.text or only.get(film.study)) for film in films]


def frontal_chest_films(flow, root, films, how):
    """Keep the frontal films of the chest that may be shown.

    Args:
        flow, root: As for `listing`.
        films: List of `DicomFilm`.
        how: "one" film a study, or "all".

    Raises:
        DataError: If there are films, but none that says to be frontal.
    """
    films = flow.keep(
        films,
        "radiograph",
        f"modality is none of {', '.join(filter(None, _RADIOGRAPHY))}, or there are no pixels",
        lambda film: film.header.modality in _RADIOGRAPHY and film.header.rows > 0,
    )
    films = flow.keep(films, "chest", "the header names another part of the body", _is_chest)
    films = flow.keep(
        films,
        "for presentation",
        "the detector's raw signal, for processing",
        lambda film: not film.header.for_processing,
    )
    films = flow.keep(
        films,
        "no burned-in annotation",
        "the patient's data may stand in the pixels",
        lambda film: not film.header.burned_in_annotation,
    )
    frontal = frontal_films(flow, films, how)
    if films and not frontal:
        untagged = sum(not film.view for film in films)
        raise DataError(
            f"{root} holds {len(films)} radiographs, but none whose header says PA or AP; "
            f"{untagged} say no view. Remedy: name their views by --views-csv, or take them for "
            "frontal by --keep-untagged."
        )
    return frontal


def _is_chest(film):
    """Tell whether a film may show the chest. Films of ribs alone are taken for bone."""
    part = film.header.body_part
    return not part or (_CHEST.search(part) is not None and "ABD" not in part)
