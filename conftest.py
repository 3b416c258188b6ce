"""Examples in docstrings stand in a folder whose data/phantom is prepared, as a reader's would."""

from contextlib import redirect_stdout

import pytest


@pytest.fixture(scope="session")
def prepared_folder(tmp_path_factory):
    """Return a folder after `emixer prepare phantom --n 20 --resolution 32 --out data/phantom`."""
    from emixer_tf.data import Preparation, prepare
    from emixer_tf.data.flow import Flow
    from emixer_tf.data.sources import phantom_studies

    folder = tmp_path_factory.mktemp("examples")
    listing = phantom_studies.listing(Flow(), n=20)
    with redirect_stdout(None):  # progress bars
        prepare(listing, folder / "data" / "phantom", Preparation(resolution=32))
    return folder


@pytest.fixture(autouse=True)
def examples_find_data(request, monkeypatch):
    """Run an example that names data/phantom where it is."""
    is_example = isinstance(request.node, pytest.DoctestItem)
    if is_example and '"data/phantom"' in request.node.dtest.docstring:
        monkeypatch.chdir(request.getfixturevalue("prepared_folder"))
