import base64
import io
import re

import numpy as np
from PIL import Image

from emixer_tf.app.study_cards import study_cards


def test_names_and_reports_are_escaped():
    films = np.zeros((1, 8, 8, 1), "uint8")
    page = study_cards(films, ['<img src=x onerror="alert(1)">'], ["<script>alert(2)</script>"])
    assert page.count("<img") == 1
    assert "<script" not in page
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in page
    assert 'onerror="' not in page


def test_films_stand_in_the_page_enlarged():
    films = np.stack([np.zeros((8, 8, 1), "uint8"), np.full((8, 8, 1), 200, "uint8")])
    page = study_cards(films, ["a", "b"], ["", "no edema"])
    pictures = re.findall(r"base64,([^\"]+)\"", page)
    shown = [np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))) for data in pictures]
    assert [picture.shape for picture in shown] == [(256, 256)] * 2
    assert [int(picture.mean()) for picture in shown] == [0, 200]
    assert page.count("<p>") == 1  # an empty report is left out


def test_nearest_training_films_stand_beside():
    films = np.zeros((2, 8, 8, 1), "uint8")
    page = study_cards(films, ["a", "b"], ["", ""], (films + 9, np.array([9.0, 12.34])))
    assert "training film, 12.3 grey levels away" in page
    assert page.count("<img") == 4
