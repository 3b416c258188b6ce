import re

from PIL import Image

from emixer_tf.app.demo import run_demo
from emixer_tf.models.emixer import EMIXER


def test_the_demo_leaves_a_page_with_its_pictures_and_a_preset(tmp_path):
    page = run_demo(tmp_path / "demo", studies=60, minutes=0.01, config_name="phantom_32", seed=0)
    text = page.read_text()
    pictures = re.findall(r'src="([^"]+)"', text)
    assert pictures == ["synthetic.png", "real.png", "described.png", "losses.png"]
    for picture in pictures:
        with Image.open(page.parent / picture) as image:
            assert min(image.size) > 200
    assert "Nothing here shows a patient" in text
    assert "50 generator steps" in text
    preset = page.parent / "training" / "preset"
    assert "trained on: phantom (" in (preset / "README.md").read_text()
    assert EMIXER.from_preset(preset).steps_taken() == 50
