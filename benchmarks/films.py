"""How many films a second does one core read? Synthetic films of 2544 x 3056, brought to 128 px.

    python benchmarks/films.py

Reads from memory, so that a disk does not count. Ends with a table. "Decoding" is what Pillow or
pydicom take for the stored pixels alone: what remains is ours.
"""

import argparse
import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import time
from io import BytesIO

import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import pixel_array
from pydicom.uid import ExplicitVRLittleEndian, RLELossless

from emixer_tf.data.films import decode_film
from emixer_tf.data.near_duplicates import film_hash
from emixer_tf.data.squares import square

HEIGHT, WIDTH, SIDE = 2544, 3056, 128


def film():
    """Return soft shapes with the noise of a detector, float32 in [0, 1]."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype("float32")
    shapes = 0.5 + 0.4 * np.sin(x / 300) * np.cos(y / 400)
    noise = np.random.default_rng(0).normal(0, 0.01, shapes.shape)
    return np.clip(shapes + noise, 0, 1).astype("float32")


def picture(pixels, kind, **options):
    """Return pixels as the bytes of a picture."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def dicom(pixels, syntax=ExplicitVRLittleEndian):
    """Return 12-bit pixels as the bytes of a DICOM file with a window."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1", "1.2.3"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME1"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.WindowCenter, dataset.WindowWidth = 2000, 3000
    dataset.PixelData = pixels.tobytes()
    if syntax != ExplicitVRLittleEndian:
        dataset.compress(syntax)
    file = BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def seconds(work, repeats):
    """Return the median time of some work, after one turn that does not count."""
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return float(np.median(times[1:]))


def decode_picture(data):
    """Return the pixels of a picture, as Pillow has them."""
    return np.asarray(Image.open(BytesIO(data)))


def decode_dicom(data):
    """Return the stored values of a DICOM file, as pydicom has them."""
    return pixel_array(pydicom.dcmread(BytesIO(data)))


def cases():
    """Yield name, bytes, style, smallest side wanted, and how the pixels alone are decoded."""
    pixels = film()
    eight = np.round(pixels * 255).astype("uint8")
    jpeg = picture(eight, "jpeg", quality=90)
    yield "8-bit JPEG", jpeg, "voi", SIDE, decode_picture
    yield "8-bit JPEG, whole", jpeg, "voi", None, decode_picture
    yield "8-bit PNG", picture(eight, "png"), "voi", SIDE, decode_picture
    sixteen = np.round(pixels * 65535).astype("uint16")
    yield "16-bit PNG", picture(sixteen, "png"), "voi", SIDE, decode_picture
    twelve = np.round(pixels * 4095).astype("uint16")
    for style in ("voi", "mimic-jpg", "raw"):
        yield f"12-bit DICOM, {style}", dicom(twelve), style, SIDE, decode_dicom
    yield "12-bit DICOM, RLE, voi", dicom(twelve, RLELossless), "voi", SIDE, decode_dicom


def row(name, data, style, at_least, decode, repeats):
    """Return a film's line of the table."""

    def read():
        return decode_film(data, "film", style, at_least)

    plain = seconds(lambda: square(read(), SIDE, 1, "pad"), repeats)
    hashed = seconds(lambda: (square(film := read(), SIDE, 1, "pad"), film_hash(film)), repeats)
    alone = seconds(lambda: decode(data), repeats)
    return (
        f"| {name} | {len(data) / 1e6:.1f} | {1 / plain:.1f} | {1 / hashed:.1f} "
        f"| {1000 * alone:.0f} | {1000 * plain:.0f} |"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=15)
    args = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print("| film | MB | films/s | with its hash | ms: decoding | ms: all |")
    print("|---|---|---|---|---|---|")
    for case in cases():
        print(row(*case, args.repeats), flush=True)


if __name__ == "__main__":
    main()
