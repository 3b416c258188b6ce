"""Every notebook runs from top to bottom, at tiny size; the stored outputs are of full size."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_it_runs_from_top_to_bottom(path, tmp_path, monkeypatch):
    monkeypatch.setenv("EMIXER_TINY", "1")
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=900, kernel_name="python3", resources=resources).execute()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_its_outputs_are_stored_and_no_error_is_among_them(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    outputs = [output for cell in cells for output in cell.outputs]
    assert len(outputs) >= len(cells) // 2
    assert not [output for output in outputs if output.output_type == "error"]
    assert not re.search(r"/(home|root|tmp|usr|work)/", path.read_text())  # paths of a machine


def test_all_install_in_the_same_way():
    def installing(path):
        cell = nbformat.read(path, as_version=4).cells[1].source
        return cell.partition("if importlib")[2].partition("import emixer_tf")[0]

    assert len({installing(path) for path in NOTEBOOKS}) == 1
    assert "%pip install -q {source}" in installing(NOTEBOOKS[0])


def test_a_notebook_without_a_checkout_says_how_to_install(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EMIXER_SOURCE", raising=False)
    cell = nbformat.read(NOTEBOOKS[0], as_version=4).cells[1].source
    refusal = cell.replace('find_spec("emixer_tf")', 'find_spec("not_installed")').partition(
        "%pip"
    )[0]
    with pytest.raises(FileNotFoundError, match="EMIXER_SOURCE"):
        exec(refusal, {})
