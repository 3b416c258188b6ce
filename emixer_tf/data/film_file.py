"""A film as a file below the root of a data set."""

from dataclasses import dataclass
from pathlib import Path

from emixer_tf.data.paths import inside

STYLES = ("voi", "mimic-jpg", "raw")  # of DICOM, see `read_dicom`


@dataclass(frozen=True)
class FilmFile:
    """A film in a file.

    Args:
        root: Folder of the data set.
        name: Path of the file, relative to the root.
        style: How DICOM is read: "voi", "mimic-jpg" or "raw". See `read_dicom`.
    """

    root: str
    name: str
    style: str = "voi"

    def state(self):
        """Return where the file is, how it is read, its size and its time. See `Film`."""
        path = Path(self.root, self.name).resolve()
        try:
            status = path.stat()
        except OSError:
            return f"{path} {self.style} missing"
        return f"{path} {self.style} {status.st_size} {status.st_mtime_ns}"

    def read(self, at_least):
        """Return the film. See `Film`."""
        from emixer_tf.data.films import read_film

        return read_film(inside(self.root, self.name), self.style, at_least)
