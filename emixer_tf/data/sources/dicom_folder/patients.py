"""Who was filmed, as far as headers and folders tell."""

import re

from emixer_tf.data.errors import DataError

_NOBODY = re.compile(
    r"anon\D*|unknown|none|null|nil|n/?a|test|patient|removed|redacted|de-?identified|0+|x+|\W+|",
    re.IGNORECASE,
)
_ASK_FOR_PATIENTS = (
    "so who is one patient is not known. Remedy: say it by --patients: folder, where every patient "
    "has a folder, or study, where no patient comes twice."
)


def patients_of(films, how):
    """Return a function of a film: who was filmed.

    Args:
        films: List of `DicomFilm`.
        how: "header", "folder" or "study".

    Raises:
        DataError: If a film does not say it.
    """
    if how == "folder":
        _check_folders(films)
        return lambda film: film.folder
    if how == "study":
        _check_studies(films)
        return lambda film: film.header.study
    _check_patient_ids(films)
    return lambda film: film.header.patient


def _check_folders(films):
    for film in films:
        if not film.folder:
            raise DataError(
                f"{film.source} lies in no folder below --root, so --patients folder says nothing "
                "of it. Remedy: give every patient a folder, or use --patients header or study."
            )


def _check_studies(films):
    for film in films:
        if not film.header.study:
            raise DataError(
                f"{film.source} has no Study Instance UID, so --patients study says nothing of it. "
                "Remedy: use --patients header or folder."
            )


def _check_patient_ids(films):
    nobody = [film for film in films if _NOBODY.fullmatch(film.header.patient)]
    if nobody:
        raise DataError(
            f"{nobody[0].source}: Patient ID {nobody[0].header.patient!r} names nobody, as in "
            f"{len(nobody)} of {len(films)} films, {_ASK_FOR_PATIENTS}"
        )
    studies = {film.study for film in films}
    if len(studies) > 1 and len({film.header.patient for film in films}) == 1:
        raise DataError(
            f"{films[0].source} and all other films, of {len(studies)} studies, have the same "
            f"Patient ID, {_ASK_FOR_PATIENTS}"
        )
