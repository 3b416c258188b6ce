from io import BytesIO
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageOps

from emixer_tf.data.images import read_image
from emixer_tf.data.near_duplicates import LOOKS_ALIKE, film_hash, near_duplicates
from emixer_tf.data.sources import phantom
from emixer_tf.data.squares import square


def brute_force(hashes, distance):
    pairs = combinations(range(len(hashes)), 2)
    return [[i, j] for i, j in pairs if (hashes[i] ^ hashes[j]).bit_count() <= distance]


def random_hashes(count, seed):
    """Return hashes of which every second is another with up to 30 of its bits turned."""
    rng = np.random.default_rng(seed)
    hashes = [int.from_bytes(rng.bytes(32), "big") for _ in range(count)]
    for place in range(1, count, 2):
        turned = rng.choice(256, rng.integers(31), replace=False)
        hashes[place] = hashes[rng.integers(place)] ^ sum(1 << int(bit) for bit in turned)
    return hashes


@pytest.mark.parametrize("distance", [0, 1, 4, 20, 40])
def test_pairs_are_those_of_brute_force(distance):
    hashes = random_hashes(300, seed=distance)
    hashes[7] = hashes[100] = hashes[200]
    pairs = near_duplicates(hashes, distance)
    assert pairs.tolist() == brute_force(hashes, distance)
    assert [7, 100] in pairs.tolist()


def test_flat_hashes_are_found_too():
    hashes = [0, 1, 3, 1 << 255, (1 << 256) - 1, 0]
    for distance in (0, 1, 2):
        assert near_duplicates(hashes, distance).tolist() == brute_force(hashes, distance)


def test_few_hashes_have_no_pairs():
    assert near_duplicates([]).shape == (0, 2)
    assert near_duplicates([5]).shape == (0, 2)


def phantoms(count, side=160):
    films = []
    for index in range(count):
        rng = np.random.default_rng([1, index])
        films.append(phantom.render(phantom.draw_findings(rng), side, rng).astype("float32"))
    return films


def recompressed(film):
    file = BytesIO()
    Image.fromarray(np.round(film * 255).astype("uint8")).save(file, "jpeg", quality=50)
    return np.asarray(Image.open(file))


def equalised(film):
    return np.asarray(ImageOps.equalize(Image.fromarray(np.round(film * 255).astype("uint8"))))


@pytest.mark.parametrize(
    "change",
    [
        recompressed,
        equalised,
        np.sqrt,
        lambda film: square(film, 96, 3, "crop"),
        lambda film: np.pad(film, ((0, 0), (30, 30)), mode="reflect"),
    ],
    ids=["recompressed", "equalised", "brightened", "shrunk", "wider"],
)
def test_a_copy_looks_alike(change):
    for film in phantoms(8):
        assert (film_hash(film) ^ film_hash(change(film))).bit_count() <= LOOKS_ALIKE


def test_a_mirrored_film_looks_different():
    for film in phantoms(4):
        assert (film_hash(film) ^ film_hash(film[:, ::-1])).bit_count() > 2 * LOOKS_ALIKE


def test_known_copies_of_real_films_are_found_and_no_others(real_data):
    """Six known copies are cut differently, so that their middle squares show different things."""
    cohen = pd.read_csv(real_data / "covid_cohen/metadata.csv")
    hannover = pd.read_csv(real_data / "covid_hannover/metadata.csv")
    films = [f"covid_cohen/{name}" for name in cohen.image]
    films += [f"covid_hannover/{name}" for name in hannover.image]
    place = {name: index for index, name in enumerate(films)}
    copies = cohen.dropna(subset="near_dup_of")
    known = [
        (f"covid_cohen/{a}", f"covid_cohen/{b}")
        for a, b in zip(copies.image, copies.near_dup_of, strict=True)
    ]
    copies = hannover.dropna(subset="dup_cohen")
    known += [
        (f"covid_hannover/{a}", f"covid_cohen/{b}")
        for a, b in zip(copies.image, copies.dup_cohen, strict=True)
    ]
    known = {tuple(sorted((place[a], place[b]))) for a, b in known}
    hashes = [film_hash(read_image(real_data / name)) for name in films]
    found = set(map(tuple, near_duplicates(hashes).tolist()))
    assert len(known) == 89
    assert len(found & known) == 83
    assert found <= known
