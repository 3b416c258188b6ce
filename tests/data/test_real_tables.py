import pytest

from emixer_tf.data.sources.table import TableColumns, prepare_table


def metadata(real_data, name):
    path = real_data / name / "metadata.csv"
    if not path.is_file():
        pytest.skip(f"the real films of {name} are not here")
    return path


def test_all_of_kermany_is_prepared(real_data, tmp_path):
    columns = TableColumns(class_column="class4", group="patient_id", split="suggested_split")
    card = prepare_table(metadata(real_data, "kermany_224"), tmp_path / "out", columns, 16)
    assert card.counts == {"train": 4677, "val": 539, "test": 624}
    assert card.labels == ["bacterial_pneumonia", "normal", "viral_pneumonia"]
    totals = [
        sum(card.label_counts[split][label] for split in card.counts) for label in card.labels
    ]
    assert totals == [2772, 1575, 1493]
    assert (card.unlabelled, card.unreported, card.dropped) == (0, 5840, {})
    assert len(card.shards) == 4


def test_all_of_nih_is_prepared(real_data, tmp_path):
    columns = TableColumns(list_column="labels", group="patient_id", split="suggested_split")
    card = prepare_table(metadata(real_data, "nih_small"), tmp_path / "out", columns, 16)
    assert card.counts == {"train": 705, "val": 136, "test": 165}
    assert len(card.labels) == 15
    totals = {
        label: sum(card.label_counts[split][label] for split in card.counts)
        for label in ("No Finding", "Effusion", "Hernia")
    }
    assert totals == {"No Finding": 502, "Effusion": 170, "Hernia": 10}
    assert (card.unlabelled, card.dropped) == (0, {})
