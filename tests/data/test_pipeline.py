import numpy as np
import pytest
from noise import NoiseFilm, listing, study

from emixer_tf.data import DataError, load_dataset
from emixer_tf.data.pipeline import read_samples, read_split
from emixer_tf.data.preparation import Preparation
from emixer_tf.data.prepare_listing import prepare

COUNT = 40


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setattr("emixer_tf.data.records._STUDIES_PER_SHARD", 11)
    prepare(listing(*(study(i) for i in range(COUNT))), tmp_path / "out", Preparation(resolution=8))
    assert len(list((tmp_path / "out").glob("train-*"))) == 4
    return tmp_path / "out"


@pytest.mark.parametrize("free", [0, 2**40], ids=["read from disk", "kept in memory"])
def test_batch_is_a_function_of_seed_and_step(data, monkeypatch, free):
    monkeypatch.setattr("emixer_tf.data.pipeline.free_memory", lambda: free)
    stream = load_dataset(data, batch_size=8, seed=5).take(13)
    whole = [batch["image"].numpy() for batch in stream]
    for step in (1, 5, 12):
        resumed = next(iter(load_dataset(data, batch_size=8, seed=5, start_step=step)))
        np.testing.assert_array_equal(resumed["image"], whole[step])
    epoch = np.concatenate(whole[:5]).reshape(COUNT, -1)
    assert len(np.unique(epoch, axis=0)) == COUNT, "an epoch shows every study once"
    assert (np.concatenate(whole[5:10]).reshape(COUNT, -1) != epoch).any()
    other = next(iter(load_dataset(data, batch_size=8, seed=6)))["image"]
    assert np.abs(np.array(other) - whole[0]).max() > 0


def test_memory_changes_nothing_but_speed(data, monkeypatch):
    batches = []
    for free in (0, 2**40):
        monkeypatch.setattr("emixer_tf.data.pipeline.free_memory", lambda free=free: free)
        batches.append([b["image"].numpy() for b in load_dataset(data, batch_size=8).take(11)])
    np.testing.assert_array_equal(*batches)


def test_shards_are_read_by_turns(data):
    studies = read_split(data, "train")
    firsts = np.stack([NoiseFilm(i).read(8) for i in (0, 10, 20, 30)])
    np.testing.assert_allclose((studies["image"][:4, ..., 0] + 1) / 2, firsts, atol=0.003)
    assert len(np.unique(studies["image"].reshape(COUNT, -1), axis=0)) == COUNT


def test_withheld_labels_are_the_same_studies_in_every_epoch_and_change_nothing_else(data):
    streams = [
        iter(load_dataset(data, batch_size=8, labelled_fraction=share)) for share in (1.0, 0.5)
    ]
    known = {}
    for _ in range(15):
        whole, half = (next(stream) for stream in streams)
        np.testing.assert_array_equal(whole["image"], half["image"])
        kept = half["labelled"].numpy()[:, None]
        np.testing.assert_array_equal(half["labels"], whole["labels"].numpy() * kept)
        np.testing.assert_array_equal(half["label_mask"], whole["label_mask"].numpy() * kept)
        assert np.all(whole["labelled"])
        for film, labelled in zip(half["image"].numpy(), half["labelled"].numpy(), strict=True):
            assert known.setdefault(film.tobytes(), labelled) == labelled
    assert np.mean(list(known.values())) == pytest.approx(0.5, abs=0.03)


def test_samples_show_their_label(data):
    samples = read_samples(data)
    assert [label for label, _ in samples] == ["edema"] * 2 + [""] * 2
    np.testing.assert_array_equal(
        samples[0][1]["image"][..., 0], np.round(NoiseFilm(1).read(8) * 255)
    )
    assert samples[0][1]["report"] == "no edema"


def test_films_are_shuffled_within_a_bounded_memory(data, monkeypatch):
    monkeypatch.setattr("emixer_tf.data.pipeline._SHUFFLED_BYTES", 4 * 64)
    batches = [b["image"].numpy() for b in load_dataset(data, batch_size=4).take(COUNT // 4)]
    assert len(np.unique(np.concatenate(batches).reshape(COUNT, -1), axis=0)) == COUNT
    with pytest.raises(ValueError, match="batch_size is at least 1"):
        load_dataset(data, batch_size=0)


@pytest.mark.parametrize("read", [load_dataset, read_split])
def test_an_empty_split_is_refused(data, read):
    with pytest.raises(DataError, match=r"Split 'val' of .*out has no .* choose one of train"):
        read(data, "val")
