"""Where results of cells are kept."""

import json
import os
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from emixer_tf.files import as_json, held_by_one_process, write_whole
from emixer_tf.version import __version__

_RESULT = "result.json"
_SECONDS_BETWEEN_LOOKS = 1.0


@dataclass(frozen=True)
class CellStore:
    """Results of cells on disk: whole folders in `work`, small files in `results`.

    Args:
        work: `pathlib.Path` for what is large: data, weights, films. May be shared by experiments,
            and deleted: it is made again where it is needed.
        results: `pathlib.Path` for the JSON files of an experiment's last cells, small enough to
            be committed. A cell whose file is there is not computed again, nor its inputs.
    """

    work: Path
    results: Path

    def folder(self, cell):
        """Return the cell's folder, whether it is there or not."""
        return self.work / f"{type(cell).__name__}-{cell.key}"

    def result(self, cell):
        """Return the result of a cell that is done with its folder, or None."""
        return _read(self.folder(cell) / _RESULT)

    def final_result(self, cell):
        """Return the result of a cell whose folder nobody needs, or None."""
        return _read(self._final_file(cell)) or self.result(cell)

    def keep(self, cell):
        """Write the small file of a finished cell, unless it is there."""
        self.results.mkdir(parents=True, exist_ok=True)
        if not self._final_file(cell).is_file():
            text = json.dumps(self.result(cell), indent=1)
            write_whole(self._final_file(cell), f"{text}\n")

    def known_seconds(self):
        """Return the seconds that finished cells took, lists by kind."""
        seconds = {}
        for path in (*self.work.glob(f"*/{_RESULT}"), *self.results.glob("*.json")):
            result = _read(path)
            seconds.setdefault(result["cell"], []).append(result["seconds"])
        return seconds

    def _final_file(self, cell):
        return self.results / f"{type(cell).__name__}-{cell.key}.json"

    def compute(self, cell):
        """Compute a cell whose inputs are done, unless another process has done so meanwhile.

        Returns:
            Its result: what `Cell.run` returned, with `cell`, `key`, `specification`, `seconds`
            and `versions`.
        """
        self.work.mkdir(parents=True, exist_ok=True)
        while True:
            with held_by_one_process(self.work / f".{cell.key}.lock") as held:
                if held:
                    return self.result(cell) or self._computed(cell)
            time.sleep(_SECONDS_BETWEEN_LOOKS)

    def _computed(self, cell):
        inputs = {name: self.folder(value) for name, value in cell.inputs.items()}
        begin = time.monotonic()
        with self._unfinished(cell) as folder:
            result = {
                "cell": type(cell).__name__,
                "key": cell.key,
                "specification": cell.specification,
                **as_json(cell.run(folder, inputs)),
                "seconds": round(time.monotonic() - begin, 1),
                "versions": {"emixer_tf": __version__, "keras": version("keras")},
            }
            write_whole(folder / _RESULT, json.dumps(result, indent=1))
            shutil.rmtree(self.folder(cell), ignore_errors=True)  # one without a result
            os.replace(folder, self.folder(cell))
        return result

    @contextmanager
    def _unfinished(self, cell):
        """Give a folder to compute in: an empty one, unless the cell goes on where it was."""
        folder = self.work / f".{self.folder(cell).name}-unfinished"
        if not cell.GOES_ON:
            shutil.rmtree(folder, ignore_errors=True)  # of a killed run
        folder.mkdir(exist_ok=True)
        try:
            yield folder
        finally:
            if not cell.GOES_ON:
                shutil.rmtree(folder, ignore_errors=True)


def _read(path):
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(result, dict):
            raise ValueError("no result is in it")
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ValueError(f"{path} is damaged ({error}). Remedy: delete it.") from None
    return result
