"""The presets in `saved_models/`, as their users load them."""

import numpy as np
import pytest

from emixer_tf.baselines import load_study_generator
from emixer_tf.metrics.report_labels import by_phantom_grammar, labels_said
from emixer_tf.models.shipped_presets import shipped_presets

SHIPPED = shipped_presets()
PHANTOM = "emixer_phantom_64"


@pytest.fixture(scope="module", params=SHIPPED)
def preset(request):
    """A shipped preset's folder and its model."""
    folder = SHIPPED[request.param]
    return folder, load_study_generator(folder)


def test_its_card_tells_data_licence_numbers_limits_and_command(preset):
    card = (preset[0] / "README.md").read_text()
    for told in ("license:", "## Data", "## Measured", "not for diagnosis", "emixer train --data"):
        assert told in card


def test_its_card_promises_reports_where_it_learnt_any(preset):
    folder, model = preset
    card = (folder / "README.md").read_text()
    learnt = model.config.teacher_forcing_weight > 0
    assert ("report-generation" in card) == ("and reports" in card) == learnt


def test_it_is_a_few_megabytes(preset):
    assert sum(file.stat().st_size for file in preset[0].iterdir()) < 10e6


def test_its_films_follow_their_labels(preset):
    model = preset[1]
    rows = np.eye(len(model.config.labels), dtype="float32")
    images = model.generate(rows, seed=0, candidates=1).images.astype("float32")
    assert images.std(axis=(1, 2)).min() > 20  # none is blank
    again = model.generate(rows, seed=0, candidates=1).images
    np.testing.assert_array_equal(images, again)
    same = model.generate(np.repeat(rows[:1], 2, axis=0), seed=0, candidates=1).images
    assert np.abs(images[1] - same[1]).mean() > 1  # the same noise, another label


def test_the_phantom_preset_says_what_was_asked():
    if PHANTOM not in SHIPPED:
        pytest.skip(f"{PHANTOM} is not in this checkout")
    model = load_study_generator(SHIPPED[PHANTOM])
    for finding in ("Pleural Effusion", "Cardiomegaly", "Edema"):
        reports = model.generate({finding: 1}, n=8, seed=0).reports
        said = labels_said(reports, [finding], by_phantom_grammar)  # NaN: contradicts itself
        assert np.nansum(said) >= 6
