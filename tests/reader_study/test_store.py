import sqlite3
import threading

import pytest
from small_study import small_items, small_study

from emixer_tf.reader_study.answers import Answers
from emixer_tf.reader_study.store import StaleRating, StudyStore


@pytest.fixture
def study(tmp_path):
    return small_study(tmp_path / "study")


def test_every_reader_has_an_order_of_their_own_that_the_seed_decides(study, tmp_path):
    store, _ = study
    again, tokens = small_study(tmp_path / "again")
    orders = [store.order(reader) for reader in store.readers()]
    assert orders == [again.order(reader) for reader in again.readers()]
    assert orders[0] != orders[1]
    assert all(sorted(order) == list(range(6)) for order in orders)
    assert not set(tokens) & set(study[1])  # the links are not the seed's


def test_items_come_back(study):
    store, _ = study
    for number, item in enumerate(small_items(6)):
        assert store.film(number) == item.film
        kept = store.items()[number]
        assert (kept.report, kept.kind, kept.labels) == (item.report, item.kind, item.labels)


def test_a_reader_is_known_by_the_secret_alone(study, tmp_path):
    store, tokens = study
    assert [store.reader(token) for token in tokens] == [1, 2]
    assert store.reader("") is None
    assert store.reader(tokens[0][:-1]) is None
    data = (tmp_path / "study" / "study.sqlite").read_bytes()
    assert not any(token.encode() in data for token in tokens)


def test_ratings_are_kept_and_counted(study):
    store, _ = study
    assert store.ratings(1) == {}
    assert store.rate(1, 3, Answers(film=7), 0) == 1
    assert store.rate(1, 3, Answers(film=7, comment="Rippe?"), 1) == 2
    rating = StudyStore(store.path.parent).ratings(1)[3]
    assert (rating.answers, rating.revision) == (Answers(film=7, comment="Rippe?"), 2)
    assert store.ratings(2) == {}


def test_a_rating_of_another_tab_is_not_lost(study):
    store, _ = study
    store.rate(1, 0, Answers(film=7), 0)
    with pytest.raises(StaleRating) as stale:
        store.rate(1, 0, Answers(film=2), 0)
    assert stale.value.current.answers == Answers(film=7)
    assert store.ratings(1)[0].answers == Answers(film=7)


def test_a_rating_said_twice_is_one(study):
    store, _ = study
    assert store.rate(1, 0, Answers(film=7), 0) == 1
    assert store.rate(1, 0, Answers(film=7), 0) == 1  # its answer got lost on the way
    assert store.rate(1, 0, Answers(film=8), 1) == 2


def test_writers_at_one_time_wait_for_each_other(study):
    store, _ = study

    def write(reader):
        own = StudyStore(store.path.parent)
        for revision in range(25):
            own.rate(reader, 0, Answers(comment=f"{reader} {revision}"), revision)

    threads = [threading.Thread(target=write, args=(reader,)) for reader in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [store.ratings(reader)[0].revision for reader in (1, 2)] == [25, 25]


def test_a_folder_without_a_study_is_told(tmp_path):
    with pytest.raises(ValueError, match="emixer study create"):
        StudyStore(tmp_path)
    connection = sqlite3.connect(tmp_path / "study.sqlite")
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(ValueError, match="version 9"):
        StudyStore(tmp_path)
