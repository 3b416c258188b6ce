import csv
import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from noise import listing, study
from png_files import png_file, png_header
from pydicom.data import get_testdata_file

from emixer_tf.app.bench import Bench, zipped
from emixer_tf.data import dicom_bombs
from emixer_tf.data.preparation import Preparation
from emixer_tf.data.prepare_listing import prepare
from emixer_tf.models.emixer import EMIXER

pytestmark = pytest.mark.usefixtures("run_eagerly")


@pytest.fixture(scope="module")
def model(tiny_config, tiny_vocabulary):
    return EMIXER(tiny_config, vocabulary=tiny_vocabulary)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "noise"
    studies = [study(number, split="train") for number in range(6)]
    prepare(listing(*studies, labels=("edema",)), folder, Preparation(resolution=16))
    return folder


def test_studies_are_those_of_generate(model):
    ours = Bench(model).generate({"Edema": 0.5}, n=2, seed=3)
    theirs = model.generate({"Edema": 0.5}, n=2, seed=3)
    np.testing.assert_array_equal(ours.images, theirs.images)
    assert ours.title(0) == "Edema 0.5"
    assert Bench(model).generate({}, n=1).title(0) == "no label"


@pytest.mark.parametrize(
    ("asked", "told"),
    [({"n": 17}, "1 to 16"), ({"n": 0}, "1 to 16"), ({"seed": -1}, "seed"),
     ({"seed": 0.5}, "seed"), ({"seed": None}, "seed"), ({"seed": 2**32}, "seed")],
)  # fmt: skip
def test_what_a_visitor_may_not_ask_for_is_told(model, asked, told):
    with pytest.raises(ValueError, match=told):
        Bench(model).generate({}, **asked)


def test_a_zip_holds_films_and_their_table(model):
    studies = Bench(model).generate({"Edema": 1}, n=2)
    with zipped(studies) as path, zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        rows = list(csv.DictReader(io.StringIO(archive.read("studies.csv").decode())))
    assert sorted([row["file"] for row in rows] + ["studies.csv"]) == names
    assert [row["report"] for row in rows] == studies.reports
    assert not Path(path).exists()


def test_the_nearest_training_film_is_found(model, data):
    bench = Bench(model, data)
    films = bench.training[[4, 1]].copy()
    films[0, 0, 0] ^= 16
    nearest, distances = bench.nearest(films)
    np.testing.assert_array_equal(nearest, bench.training[[4, 1]])
    np.testing.assert_allclose(distances, [16 / 16, 0])  # one pixel of 16 x 16
    assert Bench(model).nearest(films) is None


def test_training_data_of_another_size_are_refused(tiny_config, data):
    other = EMIXER(tiny_config.replace(resolution=32))
    with pytest.raises(ValueError, match="trained on"):
        Bench(other, data)


def test_what_is_no_film_is_told(model, tmp_path):
    (tmp_path / "page.png").write_text("<html>Sign in</html>")
    with pytest.raises(ValueError, match=r"^page\.png: .* web page"):
        Bench(model).describe(tmp_path / "page.png")
    with pytest.raises(ValueError, match=r"^gone\.png is not here any more"):
        Bench(model).describe(tmp_path / "gone.png")


@pytest.mark.parametrize("side", [13_378, 2**16])
def test_a_picture_that_would_fill_the_memory_is_told(model, tmp_path, side):
    (tmp_path / "bomb.png").write_bytes(png_file(png_header(side, side), (b"IDAT", b"")))
    with pytest.raises(ValueError, match=rf"^bomb\.png: .*{side**2} pixels.*exceeds limit"):
        Bench(model).describe(tmp_path / "bomb.png")


def test_a_dicom_file_that_would_fill_the_memory_is_told(model, tmp_path, monkeypatch):
    monkeypatch.setattr(dicom_bombs, "MOST_BYTES", 100_000)
    shutil.copy(get_testdata_file("image_dfl.dcm"), tmp_path / "bomb.dcm")
    with pytest.raises(ValueError, match=r"^bomb\.dcm: it would unpack to more than 100,000 bytes"):
        Bench(model).describe(tmp_path / "bomb.dcm")
