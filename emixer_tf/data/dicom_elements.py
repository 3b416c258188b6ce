"""DICOM files and their elements."""

from contextlib import contextmanager

from emixer_tf.data.dicom_bombs import refuse_inflation
from emixer_tf.data.errors import RowError
from emixer_tf.data.film_bytes import describe_beginning, one_line


def is_dicom(data):
    """Tell by its first bytes whether a file is DICOM.

    Args:
        data: bytes, at least the first 132.

    Returns:
        bool. True as well for a file that lacks the preamble and begins with its first element.

    Example:

    >>> is_dicom(bytes(128) + b"DICM"), is_dicom(b"GIF89a")
    (True, False)
    """
    first_element = data[:2] in (b"\x02\x00", b"\x08\x00") and data[3:4] == b"\x00"
    return data[128:132] == b"DICM" or first_element


def refuse_other_files(data, name):
    """Refuse what is no DICOM file by its first bytes, and say what it is."""
    if not is_dicom(data):
        raise RowError(
            "unreadable film",
            f"{name}: this is no DICOM file ({describe_beginning(data)}). Remedy: replace it, or "
            "use --on-error skip.",
        )


@contextmanager
def refusing_damage(name, what):
    """Make whatever goes wrong a fault of the film: a damaged element may make pydicom raise all.

    Args:
        name: What to call the file.
        what: What of it is read.

    Raises:
        RowError: "unreadable film"; a `RowError` that was raised stays as it is.
    """
    try:
        yield
    except RowError:
        raise
    except Exception as error:
        raise RowError(
            "unreadable film",
            f"{name}: {what} cannot be read ({one_line(error)}). Remedy: fetch it again, or use "
            "--on-error skip.",
        ) from None


def parsed(file, name, **options):
    """Return the data set of a file, which may lack the preamble and the transfer syntax.

    Args:
        file: Binary file at its beginning.
        name: What to call it.
        **options: For `pydicom.dcmread`.

    Raises:
        RowError: "unreadable film" if it would unpack to more than a film has.
    """
    import pydicom
    from pydicom import uid

    refuse_inflation(file, name)
    dataset = pydicom.dcmread(file, force=True, **options)
    if "TransferSyntaxUID" not in dataset.file_meta:
        implicit, little = dataset.original_encoding
        little_endian = uid.ImplicitVRLittleEndian if implicit else uid.ExplicitVRLittleEndian
        dataset.file_meta.TransferSyntaxUID = little_endian if little else uid.ExplicitVRBigEndian
    return dataset


def text_of(dataset, keyword):
    """Return an element as text, "" if there is none."""
    return str(dataset.get(keyword) or "").strip()


def number_of(dataset, keyword, default=0):
    """Return an element's number, the first if it has several, or a default if it has none."""
    if keyword not in dataset or dataset[keyword].VM == 0:
        return default
    element = dataset[keyword]
    return element.value[0] if element.VM > 1 else element.value


def has_burned_in_annotation(dataset):
    """Tell whether the patient's data may stand in the pixels."""
    return text_of(dataset, "BurnedInAnnotation").upper() == "YES"
