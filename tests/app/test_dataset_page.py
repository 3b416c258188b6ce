import pytest
from noise import listing, study
from PIL import Image

from emixer_tf.app.dataset_page import show_card, write_dataset_page
from emixer_tf.data.preparation import Preparation
from emixer_tf.data.prepare_listing import prepare


@pytest.fixture
def data(tmp_path):
    studies = [study(0), study(1, report="No edema. " * 60), study(2, report=None)]
    listed = listing(*studies, labels=("edema",))
    listed.notes.append("Labels: uncertain -> zeros, blank -> zeros.")
    listed.flow.keep(["[/bold] row"], "a [filter]", "is <odd>", lambda row: False, str)
    prepare(listed, tmp_path / "out", Preparation(resolution=16))
    return tmp_path / "out"


def test_the_page_tells_every_filter_and_policy_and_shows_films(data):
    page = write_dataset_page(data).read_text(encoding="utf-8")
    assert "<td>a [filter]</td><td>1</td><td>1</td><td>is &lt;odd&gt;</td>" in page
    assert "Labels: uncertain -&gt; zeros, blank -&gt; zeros." in page
    for picture in ("films.png", "histograms.png"):
        assert f'src="{picture}"' in page
        with Image.open(data / picture) as image:
            assert image.size[0] > 400


def test_the_terminal_shows_the_same_table(data, capsys):
    from emixer_tf.data import read_card

    show_card(read_card(data))
    told = capsys.readouterr().out
    assert "a [filter]" in told
    assert "is <odd>" in told
    assert "Labels: uncertain -> zeros, blank -> zeros." in told


def test_a_data_set_without_positive_labels_in_train_has_a_page_too(tmp_path):
    studies = [study(0, 0.0), study(2, 0.5), study(1, 1.0, "val")]
    prepare(listing(*studies), tmp_path / "out", Preparation(resolution=16))
    assert write_dataset_page(tmp_path / "out").is_file()
    assert (tmp_path / "out" / "films.png").is_file()
