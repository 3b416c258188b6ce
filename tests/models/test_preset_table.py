import emixer_tf
from emixer_tf.models.presets import read_metadata
from emixer_tf.models.shipped_presets import shipped_presets


def test_every_shipped_preset_is_listed_with_what_was_measured():
    table, shipped = emixer_tf.presets(), shipped_presets()
    assert list(table.index) == list(shipped)
    for name, folder in shipped.items():
        metadata = read_metadata(folder)
        assert table.loc[name, "steps"] == metadata["steps"]
        for measure, value, _ in metadata["evaluation"]["rows"]:
            assert table.loc[name, measure] == value
