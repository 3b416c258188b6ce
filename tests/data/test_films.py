import numpy as np
import pytest
from PIL import Image
from pydicom.data import get_testdata_file

from emixer_tf.data.dicom import read_dicom
from emixer_tf.data.errors import RowError
from emixer_tf.data.films import decode_film, read_film
from emixer_tf.data.images import read_image


def test_content_decides_and_not_the_name(tmp_path):
    picture, dicom = tmp_path / "picture.dcm", tmp_path / "dicom.png"
    Image.fromarray(np.eye(8, dtype="uint8") * 200).save(picture, "png")
    with open(get_testdata_file("MR_small.dcm"), "rb") as file:
        dicom.write_bytes(file.read())
    np.testing.assert_array_equal(read_film(picture), read_image(picture))
    np.testing.assert_array_equal(read_film(dicom), read_dicom(dicom))


def test_style_is_of_dicom_and_at_least_of_jpeg(tmp_path):
    with open(get_testdata_file("MR_small.dcm"), "rb") as file:
        data = file.read()
    styles = [decode_film(data, "film", style) for style in ("voi", "mimic-jpg", "raw")]
    assert not np.array_equal(styles[0], styles[1])
    assert not np.array_equal(styles[0], styles[2])
    film = np.random.default_rng(0).integers(0, 255, (640, 640), "uint8")
    Image.fromarray(film).save(tmp_path / "film.jpg")
    assert read_film(tmp_path / "film.jpg", at_least=40).shape == (160, 160)
    assert read_film(tmp_path / "film.jpg").shape == (640, 640)


def test_neither_kind_is_an_error_that_names_the_film():
    with pytest.raises(RowError, match=r"^archive\.zip/film\.dcm: .*begins with 'junk'"):
        decode_film(b"junk", "archive.zip/film.dcm")
    with pytest.raises(RowError, match=r"^film\.dcm: .*the file is empty"):
        decode_film(b"", "film.dcm")
