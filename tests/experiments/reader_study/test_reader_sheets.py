import csv

import numpy as np
import pytest
from PIL import Image

from emixer_tf.experiments.reader_study.key import read_key
from emixer_tf.experiments.reader_study.same_writing import same_writing
from emixer_tf.experiments.reader_study.sheets import make_reader_study


def some_studies(count, seed, side=16, channels=1, report="No edema."):
    films = np.random.default_rng(seed).integers(0, 256, (count, side, side, channels))
    return films.astype("uint8"), [report] * count


def read_table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pictures_by_number(folder):
    """Return the distinct bytes of the items made of the real and the synthetic study i."""
    pictures = {}
    for row in read_table(folder / "key-do-not-open.csv"):
        item = folder / "for-raters" / "items" / f"{row['item']}.png"
        pictures.setdefault(row["number"], set()).add(item.read_bytes())
    return pictures


@pytest.fixture
def made(tmp_path):
    real = some_studies(3, 0, report="There is  NO edema, or effusion.\n\n2. Heart: normal.")
    synthetic = some_studies(4, 1, channels=3, report="There is no edema or effusion. Bones ok.")
    synthetic[0][:] = synthetic[0][..., :1]
    make_reader_study(real, synthetic, tmp_path / "study", seed=0, raters=2)
    return tmp_path / "study", real, synthetic


def test_items_differ_in_nothing_but_their_content(made):
    folder = made[0] / "for-raters" / "items"
    paths = sorted(folder.iterdir())
    assert [path.name for path in paths] == [f"{number:03d}.png" for number in range(1, 8)]
    assert len({path.stat().st_size for path in paths}) == 1
    assert len({path.stat().st_mtime_ns for path in paths}) == 1
    described = set()
    for path in paths:
        with Image.open(path) as image:
            described.add((image.size, image.mode, tuple(image.info)))
        chunks = path.read_bytes()
        described.add(tuple(chunks.count(kind) for kind in (b"tEXt", b"tIME", b"eXIf")))
    assert len(described) == 2


def test_the_key_says_which_film_an_item_shows(made):
    folder, real, synthetic = made
    films = {"real": real[0], "synthetic": synthetic[0]}
    seen = []
    for row in read_table(folder / "key-do-not-open.csv"):
        film = films[row["kind"]][int(row["number"])][..., 0]
        with Image.open(folder / "for-raters" / "items" / f"{row['item']}.png") as image:
            shown = image.crop(((688 - 512) // 2, 24, (688 - 512) // 2 + 512, 24 + 512))
        small = np.asarray(shown.resize(film.shape, Image.Resampling.BOX)).astype(float)
        assert np.corrcoef(small.ravel(), film.ravel())[0, 1] > 0.9
        seen.append((row["kind"], int(row["number"])))
    assert sorted(seen) == [*(("real", i) for i in range(3)), *(("synthetic", i) for i in range(4))]
    assert list(read_key(folder).values()) == [kind for kind, _ in seen]


def test_nothing_for_raters_tells_real_from_synthetic(made):
    folder = made[0] / "for-raters"
    assert not list(folder.rglob("*key*"))
    for path in folder.rglob("*"):
        if path.suffix in (".csv", ".html", ".txt"):
            text = path.read_text(encoding="utf-8")
            assert text.lower().count("synthetic") <= 1  # the word to be written as a guess


def test_the_same_study_as_real_or_synthetic_gives_the_same_bytes(tmp_path):
    films, reports = some_studies(2, 0)
    make_reader_study((films, reports), (films, reports), tmp_path / "study", seed=0)
    assert [len(same) for same in pictures_by_number(tmp_path / "study").values()] == [1, 1]


def test_a_tint_does_not_show(tmp_path):
    films = np.clip(some_studies(2, 0, channels=1)[0], 10, 245)
    tinted = films + np.array([-9, 0, 9], "int8").view("uint8")
    reports = ["No edema."] * 2
    make_reader_study((films, reports), (tinted, reports), tmp_path / "study", seed=0)
    assert [len(same) for same in pictures_by_number(tmp_path / "study").values()] == [1, 1]


def test_reports_are_written_in_one_way():
    assert same_writing("There is  NO edema, or (small) effusion.\n\n2. Heart: normal!") == (
        "There is no edema or small effusion. Heart normal."
    )
    generated = "There is no edema. Heart size is normal."
    assert same_writing(generated) == generated


def test_each_rater_gets_all_items_in_an_order_of_their_own(made):
    folder = made[0] / "for-raters"
    sheets = [read_table(folder / f"ratings-rater-{number}.csv") for number in (1, 2)]
    orders = [[row["item"] for row in sheet] for sheet in sheets]
    assert orders[0] != orders[1]
    items = [row["item"] for row in read_table(folder / "ratings-template.csv")]
    assert sorted(orders[0]) == sorted(orders[1]) == items
    assert list(sheets[0][0]) == ["item", "quality", "guess", "comment"]
    assert not any(row["quality"] for row in sheets[0])


def test_kinds_are_shuffled_and_the_seed_decides(tmp_path):
    studies = (some_studies(5, 0), some_studies(5, 1))
    keys = []
    for number, seed in enumerate((0, 0, 1)):
        make_reader_study(*studies, tmp_path / str(number), seed=seed)
        keys.append((tmp_path / str(number) / "key-do-not-open.csv").read_bytes())
        kinds = list(read_key(tmp_path / str(number)).values())
        assert kinds not in (sorted(kinds), sorted(kinds, reverse=True))
    assert keys[0] == keys[1] != keys[2]


def test_contact_sheets_show_all_items(tmp_path):
    make_reader_study(some_studies(12, 0), some_studies(12, 1), tmp_path / "study", seed=0)
    sheets = sorted((tmp_path / "study" / "for-raters").glob("contact-sheet-*.png"))
    with Image.open(sheets[0]) as first, Image.open(sheets[1]) as second:
        assert first.size[0] == second.size[0]
        assert first.size[1] == 5 * second.size[1]
    assert len(sheets) == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"films": np.zeros((2, 16, 16, 1))}, "must be uint8"),
        ({"films": np.zeros((2, 16, 8, 1), "uint8")}, "must be uint8"),
        ({"films": np.zeros((2, 16, 16), "uint8")}, "must be uint8"),
        ({"films": np.zeros((0, 16, 16, 1), "uint8"), "reports": []}, "n above 0"),
        ({"films": np.zeros((2, 8, 8, 1), "uint8")}, "16 pixels a side, synthetic ones 8"),
        ({"reports": ["No edema."]}, "Each of the 2 synthetic films needs its report"),
        ({"reports": ["No edema.", " ... "]}, "synthetic report number 1 has no words"),
        ({"reports": ["No edema.", None]}, "synthetic report is None"),
    ],
)
def test_what_cannot_be_shown_is_refused(tmp_path, change, told):
    films, reports = some_studies(2, 1)
    synthetic = (change.get("films", films), change.get("reports", reports))
    with pytest.raises(ValueError, match=told):
        make_reader_study(some_studies(2, 0), synthetic, tmp_path / "study", seed=0)
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize("raters", [0, 1.5, True])
def test_a_number_of_raters_that_is_none_is_refused(tmp_path, raters):
    with pytest.raises(ValueError, match="raters must be a whole number"):
        make_reader_study(
            some_studies(2, 0), some_studies(2, 1), tmp_path / "s", seed=0, raters=raters
        )


def test_a_folder_that_holds_ratings_is_not_overwritten(made):
    folder, real, synthetic = made
    (folder / "ratings-A.csv").write_text("precious")
    with pytest.raises(ValueError, match="holds files already"):
        make_reader_study(real, synthetic, folder, seed=0)
    assert (folder / "ratings-A.csv").read_text() == "precious"
