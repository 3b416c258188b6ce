import re

import pytest
from PIL import Image

from emixer_tf.app.demo import SHIPPED, run_demo
from emixer_tf.models import shipped_presets
from emixer_tf.models.emixer import EMIXER


@pytest.fixture
def shipped_preset(tiny_config, tiny_vocabulary, tmp_path, monkeypatch):
    """An untrained preset in the place of the shipped one."""
    EMIXER(tiny_config, vocabulary=tiny_vocabulary).save_to_preset(tmp_path / "models" / SHIPPED)
    monkeypatch.setattr(shipped_presets, "_PLACES", (tmp_path / "models",))


@pytest.mark.usefixtures("shipped_preset")
def test_the_demo_leaves_a_page_with_its_pictures_and_a_preset_in_place_of_an_earlier_one(tmp_path):
    out = tmp_path / "demo"
    (out / "training").mkdir(parents=True)
    (out / "training" / "metrics.jsonl").write_text("of a demo that was stopped")
    (out / ".emixer-demo").touch()
    page = run_demo(out, studies=60, minutes=0.01, config_name="phantom_32", seed=0)
    text = page.read_text()
    pictures = re.findall(r'src="([^"]+)"', text)
    assert pictures == ["shipped.png", "synthetic.png", "real.png", "described.png", "losses.png"]
    for picture in pictures:
        with Image.open(page.parent / picture) as image:
            assert min(image.size) > 200
    assert "Nothing here shows a patient" in text
    assert "48 generator steps" in text
    preset = page.parent / "training" / "preset"
    assert "## Data\n\nphantom (" in (preset / "README.md").read_text()
    assert EMIXER.from_preset(preset).steps_taken() == 48


@pytest.mark.parametrize("name", ["training/weights.h5", "index.html", "data/dataset.json"])
def test_a_folder_of_something_else_is_left_alone(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(ValueError, match=r"no earlier demo, so it is not overwritten.*--out"):
        run_demo(tmp_path, studies=60, minutes=0.01, config_name="phantom_32", seed=0)
    assert (tmp_path / name).read_text() == "mine"
    assert len(list(tmp_path.rglob("*"))) == name.count("/") + 1
