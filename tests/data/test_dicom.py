"""DICOM films, against expectations written out pixel by pixel from the standard."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

from emixer_tf.data import dicom_bombs
from emixer_tf.data.dicom import decode_dicom, read_dicom
from emixer_tf.data.dicom_elements import is_dicom
from emixer_tf.data.dicom_header import read_dicom_header, view_named
from emixer_tf.data.errors import RowError
from emixer_tf.data.grey_levels import equalisation, window

damage_is_logged = pytest.mark.filterwarnings(
    "ignore:End of file reached:UserWarning", "ignore::UserWarning:pydicom"
)


def write_dicom(path, pixels, bits=16, syntax=ExplicitVRLittleEndian, **elements):
    """Write a film whose stored values are `pixels`, signed if their type is."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
    dataset.SOPInstanceUID = "1.2.3.4"
    dataset.Rows, dataset.Columns = pixels.shape[-2:]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = 8 * pixels.itemsize
    dataset.BitsStored, dataset.HighBit = bits, bits - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    dataset.PixelData = pixels.tobytes()
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path, enforce_file_format=True)
    return path


def lookup_table(first, bits, data, vr="US"):
    """Return an item of a lookup table's sequence."""
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(data), first, bits])
    item.add_new("LUTData", vr, data)
    return item


def stored_values(bits, signed, seed=0):
    """Return some of every value a film of these bits may have, its ends among them."""
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    values = np.random.default_rng(seed).integers(low, high, (12, 9), endpoint=True)
    values[0, :2] = low + (high - low) // 5, high - (high - low) // 7
    return values.astype(f"{'int' if signed else 'uint'}{8 if bits == 8 else 16}")


def expected_linear(values, center, width):
    """PS3.3 C.11.2.1.2.1, as it is printed there, for an output from 0 to 1."""
    shown = np.empty(values.shape)
    for place, x in np.ndenumerate(values.astype(float)):
        if x <= center - 0.5 - (width - 1) / 2:
            shown[place] = 0
        elif x > center - 0.5 + (width - 1) / 2:
            shown[place] = 1
        else:
            shown[place] = (x - (center - 0.5)) / (width - 1) + 0.5
    return shown


@pytest.mark.parametrize("windowed", [True, False])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 15, 16])
def test_voi_equals_the_standard(tmp_path, bits, signed, photometric, windowed):
    stored = stored_values(bits, signed)
    values = stored.astype(float)
    elements = {"PhotometricInterpretation": photometric}
    if windowed:
        center, width = np.median(values), 2.0 ** (bits - 1)
        elements |= {"WindowCenter": center, "WindowWidth": width}
        expected = expected_linear(values, center, width)
        assert 0 in expected
        assert 1 in expected
    else:
        expected = (values - values.min()) / (values.max() - values.min())
    if photometric == "MONOCHROME1":
        expected = 1 - expected
    film = read_dicom(write_dicom(tmp_path / "film.dcm", stored, bits, **elements))
    assert film.dtype == np.float32
    np.testing.assert_allclose(film, expected, atol=1e-6)


def test_bits_above_the_stored_ones_are_ignored(tmp_path):
    for signed in (False, True):
        stored = stored_values(12, signed)
        clean = read_dicom(write_dicom(tmp_path / "clean.dcm", stored, 12))
        dirty = ((stored.view("uint16") & 0x0FFF) | 0xA000).view(stored.dtype)
        dirty = read_dicom(write_dicom(tmp_path / "dirty.dcm", dirty, 12))
        np.testing.assert_array_equal(dirty, clean)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("LINEAR", [0, 0.5 + 0.5 / 399, 0.5 + 100.5 / 399, 1]),
        ("LINEAR_EXACT", [0, 0.5, 0.75, 1]),
        ("SIGMOID", [1 / (1 + np.exp(5)), 0.5, 1 / (1 + np.exp(-1)), 1 / (1 + np.exp(-5))]),
    ],
)
def test_window_functions(tmp_path, function, expected):
    stored = np.array([[0, 500, 600, 1000]], "uint16")
    elements = {"WindowCenter": 500, "WindowWidth": 400, "VOILUTFunction": function}
    film = read_dicom(write_dicom(tmp_path / "film.dcm", stored, 12, **elements))
    np.testing.assert_allclose(film[0], expected, atol=1e-6)


def test_a_window_one_wide_is_a_threshold_and_none_is_an_error():
    assert window(np.array([9, 10, 11]), 10, 1).tolist() == [0, 1, 1]
    for width, function in ((0.5, "LINEAR"), (0, "SIGMOID"), (0, "LINEAR_EXACT")):
        with pytest.raises(ValueError, match="too small"):
            window(np.arange(3), 1, width, function)
    with pytest.raises(ValueError, match="'CUBIC' is unknown"):
        window(np.arange(3), 1, 2, "CUBIC")


def test_the_first_of_several_windows_counts(tmp_path):
    stored = stored_values(12, signed=False)
    several = {"WindowCenter": [900, 3000], "WindowWidth": [800, 500]}
    film = read_dicom(write_dicom(tmp_path / "film.dcm", stored, 12, **several))
    np.testing.assert_allclose(film, expected_linear(stored, 900, 800), atol=1e-6)


def test_an_empty_window_is_none(tmp_path):
    stored = stored_values(12, signed=False)
    empty = {"WindowCenter": None, "WindowWidth": None}
    film = read_dicom(write_dicom(tmp_path / "film.dcm", stored, 12, **empty))
    np.testing.assert_array_equal(film, read_dicom(tmp_path / "film.dcm", "raw"))


def test_windows_are_in_rescaled_units(tmp_path):
    stored = stored_values(12, signed=False)
    elements = {"RescaleSlope": 0.25, "RescaleIntercept": -100}
    elements |= {"WindowCenter": 300, "WindowWidth": 400}
    film = read_dicom(write_dicom(tmp_path / "film.dcm", stored, 12, **elements))
    np.testing.assert_allclose(film, expected_linear(stored * 0.25 - 100, 300, 400), atol=1e-6)


def test_a_negative_slope_inverts_but_not_in_raw(tmp_path):
    stored = stored_values(12, signed=False)
    path = write_dicom(tmp_path / "film.dcm", stored, 12, RescaleSlope=-1, RescaleIntercept=4095)
    np.testing.assert_allclose(read_dicom(path), 1 - read_dicom(path, "raw"), atol=1e-6)


@pytest.mark.parametrize(("vr", "bits"), [("US", 10), ("OW", 10), ("OW", 8)])
def test_a_voi_table_comes_before_a_window(tmp_path, vr, bits):
    """Entries from first on; below and above, the table's ends hold. PS3.3 C.11.2.1.1."""
    entries = (np.linspace(0, 1, 300) ** 2 * (2**bits - 1)).astype(int)
    data = entries.tolist() if vr == "US" else entries.astype("uint8" if bits == 8 else "<u2")
    data = data if vr == "US" else data.tobytes()
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [300, 100, bits])
    item.add_new("LUTData", vr, data)
    stored = np.array([[0, 100, 101, 250, 399, 400, 4095]], "uint16")
    elements = {"VOILUTSequence": [item], "WindowCenter": 7, "WindowWidth": 2}
    film = read_dicom(write_dicom(tmp_path / "film.dcm", stored, 12, **elements))
    expected = entries[[0, 0, 1, 150, 299, 299, 299]] / (2**bits - 1)
    np.testing.assert_allclose(film[0], expected, atol=1e-6)


def test_a_voi_table_may_begin_below_zero(tmp_path):
    item = lookup_table(-2, 8, [0, 50, 100, 200, 255])
    stored = np.array([[-9, -2, -1, 0, 1, 2, 9]], "int16")
    film = read_dicom(write_dicom(tmp_path / "film.dcm", stored, 12, VOILUTSequence=[item]))
    np.testing.assert_allclose(film[0] * 255, [0, 0, 50, 100, 200, 255, 255], atol=1e-4)


def test_a_modality_table_comes_before_the_window(tmp_path):
    item = lookup_table(0, 16, [1000, 2000, 4000, 8000])
    elements = {"ModalityLUTSequence": [item], "VOILUTFunction": "LINEAR_EXACT"}
    elements |= {"WindowCenter": 4000, "WindowWidth": 8000}
    stored = np.array([[0, 1, 2, 3]], "uint16")
    film = read_dicom(write_dicom(tmp_path / "film.dcm", stored, 12, **elements))
    np.testing.assert_allclose(film[0], [0.125, 0.25, 0.5, 1], atol=1e-6)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("style", ["voi", "raw"])
def test_padding_is_black_and_sets_no_extreme(tmp_path, photometric, style):
    stored = np.array([[-2000, 10, 20, 30, -2000]], "int16")
    elements = {"PixelPaddingValue": -2000, "PhotometricInterpretation": photometric}
    film = read_dicom(write_dicom(tmp_path / "film.dcm", stored, **elements), style)
    middle = [0, 0.5, 1] if photometric == "MONOCHROME2" else [1, 0.5, 0]
    np.testing.assert_allclose(film[0], [0, *middle, 0], atol=1e-6)


def test_padding_may_be_a_range_or_out_of_range(tmp_path):
    stored = np.array([[0, 1, 2, 3, 4]], "uint16")
    ranged = {"PixelPaddingValue": 0, "PixelPaddingRangeLimit": 1}
    film = read_dicom(write_dicom(tmp_path / "film.dcm", stored, 12, **ranged))
    np.testing.assert_allclose(film[0], [0, 0, 0, 0.5, 1])
    beyond = write_dicom(tmp_path / "film.dcm", stored, 12, PixelPaddingValue=0xF004)
    np.testing.assert_allclose(read_dicom(beyond)[0], [0, 0.25, 0.5, 0.75, 1])


def equalised_as_opencv(levels):
    """OpenCV, modules/imgproc/src/histogram.cpp, equalizeHist, line by line."""
    histogram = np.bincount(levels.ravel(), minlength=256)
    i = 0
    while histogram[i] == 0:
        i += 1
    scale = np.float32(255) / np.float32(levels.size - histogram[i])
    table, total = np.zeros(256, "uint8"), 0
    for j in range(i + 1, 256):
        total += histogram[j]
        table[j] = np.rint(np.float32(total) * scale)
    return table[levels]


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_mimic_jpg_is_the_publishers_recipe(tmp_path, photometric, signed):
    stored = stored_values(12, signed, seed=1)
    stored = np.where(stored > np.median(stored), stored, stored // 3)
    path = write_dicom(
        tmp_path / "film.dcm", stored, 12, PhotometricInterpretation=photometric,
        WindowCenter=7, WindowWidth=2, PixelPaddingValue=int(stored.min()),
    )  # fmt: skip
    pixels = stored.astype(float) - stored.min()
    levels = (pixels / pixels.max() * 255).astype("uint8")
    levels = 255 - levels if photometric == "MONOCHROME1" else levels
    film = np.round(read_dicom(path, "mimic-jpg") * 255).astype("uint8")
    np.testing.assert_array_equal(film, equalised_as_opencv(levels))


def test_equalisation_gives_opencvs_numbers():
    """The numbers are those of cv2.equalizeHist 5.0 for pixels with this histogram."""
    histogram = np.zeros(256, int)
    histogram[[3, 4, 9, 100, 101, 254]] = [7, 3, 17, 1, 5, 4]
    expected = [0, 26, 170, 178, 221, 255]
    assert equalisation(histogram)[[3, 4, 9, 100, 101, 254]].tolist() == expected
    histogram[:] = 0
    histogram[77] = 5
    assert equalisation(histogram)[77] == 77


def test_raw_is_spread_and_inverted_and_nothing_else(tmp_path):
    stored = stored_values(10, signed=False)
    elements = {"WindowCenter": 7, "WindowWidth": 2, "RescaleSlope": -3, "RescaleIntercept": 1}
    elements |= {"PhotometricInterpretation": "MONOCHROME1"}
    film = read_dicom(write_dicom(tmp_path / "film.dcm", stored, 10, **elements), "raw")
    low, high = int(stored.min()), int(stored.max())
    np.testing.assert_allclose(film, (high - stored.astype(float)) / (high - low), atol=1e-6)


def test_an_unknown_style_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"style must be one of voi, mimic-jpg, raw\."):
        read_dicom(write_dicom(tmp_path / "film.dcm", np.eye(4, dtype="uint16")), "jpg")


NAME = "Doe^Jane"
FAULTS = {
    "several frames": ({"NumberOfFrames": 2}, "several frames", "2 frames"),
    "RGB": (
        {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"},
        "colour film",
        r"\(RGB, 3 samples",
    ),
    "palette": ({"PhotometricInterpretation": "PALETTE COLOR"}, "colour film", "PALETTE COLOR"),
    "burned in": ({"BurnedInAnnotation": "YES"}, "burned-in annotation", "Annotation is YES"),
    "cut short": ({"PixelData": b"1234"}, "unreadable film", "cannot be read .*less than expected"),
    "32 bits": ({"BitsAllocated": 32}, "unreadable film", "Bits Allocated 32"),
    "high bit": ({"HighBit": 13}, "unreadable film", "High Bit 13"),
    "bad window": (
        {"WindowCenter": 5, "WindowWidth": 0},
        "unreadable film",
        "Window Width 0 is too small",
    ),
    "one value": ({"PixelData": bytes(32)}, "blank film", "every pixel is the same"),
    "window elsewhere": (
        {"WindowCenter": 4000, "WindowWidth": 10},
        "blank film",
        'Remedy: try the style "raw"',
    ),
    "only padding": (
        {"PixelPaddingValue": 0, "PixelPaddingRangeLimit": 4095},
        "blank film",
        "every pixel",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_film_that_cannot_be_used_is_refused_with_a_remedy(tmp_path, fault):
    elements, kind, message = FAULTS[fault]
    pixels = np.eye(4, dtype="uint16")
    path = write_dicom(tmp_path / "film.dcm", pixels, 12, PatientName=NAME, **elements)
    with pytest.raises(RowError, match=rf"film\.dcm: .*{message}.*") as refused:
        read_dicom(path)
    assert refused.value.kind == kind
    assert "Remedy: " in str(refused.value)
    assert NAME not in str(refused.value)


def test_no_pixels_no_dicom_and_no_file_are_told_apart(tmp_path):
    path = write_dicom(tmp_path / "film.dcm", np.eye(4, dtype="uint16"))
    dataset = pydicom.dcmread(path)
    del dataset.PixelData
    dataset.save_as(path)
    contents = {
        path.read_bytes(): "holds no pixels, so it is no film or is cut short",
        b"<!DOCTYPE html><html>": r"no DICOM file \(it begins with '<!DOCTYPE' and is a web page\)",
        b"\x89PNG\r\n": r"no DICOM file \(it begins with '\\x89PNG'",
        b"": r"no DICOM file \(the file is empty\)",
    }
    for data, message in contents.items():
        with pytest.raises(RowError, match=rf"^film\.dcm: this .*{message}.* Remedy"):
            decode_dicom(data, "film.dcm")
    with pytest.raises(RowError, match=r"lost\.dcm: there is no such file"):
        read_dicom(tmp_path / "lost.dcm")
    with pytest.raises(RowError, match=r"lost\.dcm: there is no such file"):
        read_dicom_header(tmp_path / "lost.dcm")


@damage_is_logged
@pytest.mark.parametrize("compressed", [False, True])
def test_more_frames_than_the_header_tells_of_are_refused(tmp_path, compressed):
    frames = np.stack([stored_values(12, signed=False, seed=seed) for seed in range(3)])
    path = write_dicom(tmp_path / "film.dcm", frames, 12, NumberOfFrames=3)
    dataset = pydicom.dcmread(path)
    if compressed:
        dataset.compress(RLELossless)
    dataset.NumberOfFrames = 1
    dataset.save_as(path)
    with pytest.raises(RowError, match=r"^.*film\.dcm: .*shape \(3, 12, 9\).* Remedy") as refused:
        read_dicom(path)
    assert refused.value.kind == "several frames"


@damage_is_logged
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("kept", [0.0, 0.01, 0.05, 0.3, 0.9, 0.99])
def test_a_cut_file_is_refused(tmp_path, kept, compressed):
    path = write_dicom(tmp_path / "film.dcm", stored_values(12, signed=False))
    if compressed:
        dataset = pydicom.dcmread(path)
        dataset.compress(RLELossless)
        dataset.save_as(path)
    whole = path.read_bytes()
    assert decode_dicom(whole, "film.dcm").shape == (12, 9)
    with pytest.raises(RowError, match=r"^film\.dcm: .* Remedy: ") as refused:
        decode_dicom(whole[: int(kept * len(whole))], "film.dcm")
    assert refused.value.kind == "unreadable film"


@damage_is_logged
@pytest.mark.parametrize("seed", range(60))
def test_damage_gives_a_film_or_a_sentence(tmp_path, seed):
    rng = np.random.default_rng(seed)
    path = write_dicom(
        tmp_path / "film.dcm", stored_values(12, signed=False), 12,
        syntax=[ExplicitVRLittleEndian, ImplicitVRLittleEndian][seed % 2],
        WindowCenter=900, WindowWidth=800,
    )  # fmt: skip
    data = bytearray(path.read_bytes())
    for place in rng.integers(132, 600, 5):
        data[place] = rng.integers(256)
    film, sentence = None, ""
    try:
        film = decode_dicom(bytes(data), "film.dcm")
    except RowError as error:
        sentence = str(error)
    if film is None:
        assert sentence.startswith("film.dcm: ")
        assert "Remedy: " in sentence
    else:
        assert 0 <= film.min() < film.max() <= 1


def test_a_missing_decoder_is_named(monkeypatch):
    monkeypatch.setattr(
        "pydicom.pixels.get_decoder", lambda syntax: SimpleNamespace(is_available=False)
    )
    path = get_testdata_file("MR_small_jpeg_ls_lossless.dcm")
    message = r"no decoder for JPEG-LS Lossless .* Remedy: pip install 'emixer-tf\[dicom\]'"
    with pytest.raises(RowError, match=message) as refused:
        read_dicom(path)
    assert refused.value.kind == "missing decoder"


def test_lossy_jpeg_of_twelve_bits_names_its_own_decoder():
    if "pylibjpeg" in pydicom.pixels.get_decoder("1.2.840.10008.1.2.4.51").available_plugins:
        pytest.skip("pylibjpeg-libjpeg is installed")
    with pytest.raises(RowError, match=r"lossy JPEG of 12 bits .* pylibjpeg-libjpeg") as refused:
        read_dicom(get_testdata_file("JPGExtended.dcm"))
    assert refused.value.kind == "missing decoder"


@pytest.mark.parametrize("file", ["RLE", "jp2klossless", "jpeg_ls_lossless"])
def test_lossless_compression_changes_nothing(file):
    path = get_testdata_file(f"MR_small_{file}.dcm")
    syntax = pydicom.dcmread(path).file_meta.TransferSyntaxUID
    if not pydicom.pixels.get_decoder(syntax).is_available:
        pytest.skip(f"no decoder for {syntax.name}")
    np.testing.assert_array_equal(read_dicom(path), read_dicom(get_testdata_file("MR_small.dcm")))


def test_big_endian_and_headless_files_read_the_same(tmp_path):
    film = read_dicom(get_testdata_file("MR_small.dcm"))
    np.testing.assert_array_equal(read_dicom(get_testdata_file("MR_small_bigendian.dcm")), film)
    dataset = pydicom.dcmread(get_testdata_file("MR_small_implicit.dcm"))
    del dataset.file_meta
    dataset.save_as(
        tmp_path / "film.dcm", enforce_file_format=False, implicit_vr=True, little_endian=True
    )
    assert is_dicom((tmp_path / "film.dcm").read_bytes())
    np.testing.assert_array_equal(read_dicom(tmp_path / "film.dcm"), film)
    assert read_dicom_header(tmp_path / "film.dcm").rows == 64


def test_real_films_tagged_both_ways_are_each_others_inverse(real_data):
    folder = real_data / "dicom_cxr"
    bright = read_dicom(folder / "siim_cr_pa_mono2_jpeg.dcm")
    dark = read_dicom(folder / "siim_cr_pa_fake_mono1_jpeg.dcm")
    assert bright.shape == (1024, 1024)
    np.testing.assert_allclose(dark, 1 - bright, atol=1e-6)
    assert bright[:100].mean() < bright[400:600, 480:540].mean(), "air is darker than the spine"
    header = read_dicom_header(folder / "siim_cr_pa_mono2_jpeg.dcm")
    assert (header.view, header.photometric, header.bits) == ("PA", "MONOCHROME2", 8)


@damage_is_logged
def test_half_a_jpeg_inside_a_whole_file_is_refused(real_data, tmp_path):
    dataset = pydicom.dcmread(real_data / "dicom_cxr/siim_cr_pa_mono2_jpeg.dcm")
    frame = next(generate_frames(dataset.PixelData, number_of_frames=1))
    dataset.PixelData = encapsulate([frame[: len(frame) // 4 * 2]])
    dataset.save_as(tmp_path / "film.dcm")
    with pytest.raises(RowError, match=r"film\.dcm: .*cannot be read .* Remedy"):
        read_dicom(tmp_path / "film.dcm")


def test_header_says_what_the_file_does(tmp_path):
    path = write_dicom(
        tmp_path / "film.dcm", np.zeros((3, 5), "uint16"), 12, PatientID="p10", Modality="DX",
        StudyInstanceUID="1.2", SeriesInstanceUID="1.3", BurnedInAnnotation="YES",
        PhotometricInterpretation="MONOCHROME1", BodyPartExamined="CHEST",
        PresentationIntentType="FOR PROCESSING",
    )  # fmt: skip
    header = read_dicom_header(path)
    assert (header.patient, header.study, header.series, header.film) == (
        ("p10", "1.2", "1.3", "1.2.3.4")
    )  # fmt: skip
    assert (header.rows, header.columns, header.bits) == (3, 5, 12)
    assert (header.photometric, header.modality, header.view) == ("MONOCHROME1", "DX", "")
    assert header.burned_in_annotation
    assert header.body_part == "CHEST"
    assert header.for_processing


def test_a_header_needs_no_pixels(tmp_path):
    path = write_dicom(tmp_path / "film.dcm", stored_values(12, signed=False), ViewPosition="AP")
    path.write_bytes(path.read_bytes()[:-100])
    assert read_dicom_header(path).view == "AP"
    path.write_bytes(b"<html>")
    with pytest.raises(RowError, match=r"film\.dcm: this is no DICOM file \(it begins with '<htm"):
        read_dicom_header(path)


@pytest.mark.parametrize(
    ("position", "code", "series", "view"),
    [
        ("PA", "antero-posterior", "AP", "PA"),
        ("", "antero-posterior", "PA", "AP"),
        ("", "postero-anterior", "", "PA"),
        ("", "left lateral", "", "LL"),
        ("", "lateral", "", "LATERAL"),
        ("", "", "view: PA", "PA"),
        ("", "", "W034 Chest AP/PA", ""),
        ("LARGE LATERAL", "", "", "LATERAL"),
        ("RL", "", "", "LATERAL"),
        ("LLO", "", "", "OTHER"),
        ("AP LLD", "antero-posterior", "", "OTHER"),
        ("", "antero-posterior lordotic", "PA", "OTHER"),
        ("", "", "CHEST FRONTAL", "FRONTAL"),
        ("PA", "", "Chest oblique", "PA"),
    ],
)
def test_view_is_the_first_that_is_named(tmp_path, position, code, series, view):
    item = Dataset()
    item.CodeMeaning = code
    path = write_dicom(
        tmp_path / "film.dcm", np.zeros((2, 2), "uint16"), ViewPosition=position,
        ViewCodeSequence=[item], SeriesDescription=series,
    )  # fmt: skip
    assert read_dicom_header(path).view == view


def test_views_in_words():
    assert view_named("CHEST_PA") == "PA"
    assert view_named("posteroanterior") == "PA"
    assert view_named("Chest a.p.") == "AP"
    assert view_named("PA and lateral") == ""
    assert view_named("left lateral decubitus AP") == ""
    assert view_named("bilateral hips") == ""
    for text in ("AP LLD", "PA RLD", "AP AXIAL", "AP LORDOTIC", "PA oblique", "AP_apical", "RAO"):
        assert view_named(text) == ""


def test_a_frontal_film_may_be_either():
    assert view_named("CHEST FRONTAL") == "FRONTAL"
    assert view_named("Frontal AP/PA") == "FRONTAL"
    assert view_named("PA frontal") == "PA"
    assert view_named("Frontal and lateral") == ""
    assert view_named("frontal decubitus") == ""


def test_pydicom_is_imported_only_when_needed():
    check = "import sys, emixer_tf.data.films; assert 'pydicom' not in sys.modules"
    subprocess.run([sys.executable, "-c", check], check=True)


def test_a_header_that_tells_of_too_many_pixels_is_refused_before_they_are_read(tmp_path):
    film = np.arange(16, dtype="uint16").reshape(4, 4)
    path = write_dicom(tmp_path / "film.dcm", film, Rows=65535, Columns=65535)
    with pytest.raises(RowError, match=r"film\.dcm: its header tells of 4,294,836,225 pixels"):
        read_dicom(path)


def test_a_deflated_file_is_read():
    path = get_testdata_file("image_dfl.dcm")
    assert read_dicom(path).shape == (512, 512)
    assert read_dicom_header(path).rows == 512


@pytest.mark.parametrize("read", [read_dicom, read_dicom_header])
def test_a_deflated_file_that_would_fill_the_memory_is_refused(read, monkeypatch):
    monkeypatch.setattr(dicom_bombs, "MOST_BYTES", 100_000)
    monkeypatch.setattr(pydicom, "dcmread", None)  # which would unpack it
    with pytest.raises(RowError, match=r"dfl\.dcm: it would unpack to more than 100,000 bytes"):
        read(get_testdata_file("image_dfl.dcm"))
