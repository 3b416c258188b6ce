import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emixer_tf.data.reports import report_sentences
from emixer_tf.data.sources import phantom
from emixer_tf.data.sources.phantom import findings as findings_module
from emixer_tf.data.sources.phantom.findings import Finding
from emixer_tf.data.sources.phantom.label_prior import draw_labels


@given(st.integers(0, 2**31), st.integers(0, 10**6))
def test_every_report_reads_back_what_was_drawn(seed, index):
    rng = np.random.default_rng([seed, index])
    findings = phantom.draw_findings(rng)
    text = phantom.write_report(findings, rng)
    reading = phantom.read_labels(text)
    drawn = {(f.name, f.side, f.place, f.grade) for f in findings}
    assert {(f.name, f.side, f.place, f.grade) for f in reading.findings} == drawn
    # and as a tokeniser leaves it:
    flat = " . ".join(" ".join(sentence) for sentence in report_sentences(text))
    assert phantom.read_labels(flat) == reading
    sentences = report_sentences(text)
    assert len(sentences) <= 8
    assert max(map(len, sentences)) < 16


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The moon is full.", "the moon is full"),
        ("", "empty"),
        ("There is a mild left pneumothorax. No pneumothorax.", "Pneumothorax is both"),
        ("There is a mild pneumothorax.", "there is a mild pneumothorax"),
        (
            "Normal chest. There is a severe left pneumothorax.",
            "Pneumothorax is stated beside 'normal chest'",
        ),
        (
            "No acute cardiopulmonary abnormality. No rib fracture. There is mild cardiomegaly.",
            "Cardiomegaly is stated beside",
        ),
        ("Normal chest. No acute cardiopulmonary abnormality.", "say the same"),
        ("Normal chest. Normal chest.", "say the same"),
        ("There is possible severe cardiomegaly.", "Only mild findings are hedged"),
        ("Likely moderate enlargement of the heart.", "Only mild findings are hedged"),
        ("A mild density endotracheal line is in place.", "could not have written"),
        ("Left central venous tube of mild density is in place.", "could not have written"),
        ("A left chest wall line of mild density is present.", "could not have written"),
        (
            "There is mild cardiomegaly. Mild enlargement of the heart.",
            "Cardiomegaly is stated twice",
        ),
        (
            "There is a mild left pneumothorax. There is a mild right pneumothorax.",
            "Pneumothorax is stated twice",
        ),
        ("No pneumothorax. There is no pneumothorax.", "Pneumothorax is denied twice"),
        ("No rib fracture. No rib fracture.", "Fracture is denied twice"),
        ("No pulmonary edema. The lungs are clear.", "Edema is denied twice"),
        (
            "There is mild bilateral pulmonary edema. The lungs are clear.",
            "Edema is both stated and denied",
        ),
        (
            "No pleural effusion or pneumothorax. There is a mild left pleural effusion.",
            "Pleural Effusion is both stated and denied",
        ),
        ("No support devices. Left central venous line of mild density is in place.", "Devices is"),
        (". ".join(["No pneumothorax"] * 9), "9 sentences, more than 8"),
    ],
)
def test_other_text_is_unreadable(text, named):
    with pytest.raises(phantom.UnreadableReport, match=named):
        phantom.read_labels(text)


@pytest.mark.parametrize(
    ("text", "positive"),
    [
        ("Normal chest. A mild density endotracheal tube is in place.", {"Support Devices"}),
        ("Normal chest. The lungs are clear. The bones are intact.", set()),
        ("No pneumothorax. Possible minimal enlargement of the heart.", {"Cardiomegaly"}),
    ],
)
def test_sentences_may_stand_in_any_order(text, positive):
    labels = phantom.read_labels(text).labels
    assert {name for name, value in labels.items() if value} - {"No Finding"} == positive


@given(st.sets(st.sampled_from(phantom.LABELS[1:]), max_size=8), st.integers(0, 2**31))
def test_any_eight_findings_read_back(names, seed):
    rng = np.random.default_rng(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(findings_module, "draw_labels", lambda _: sorted(names))
        findings = phantom.draw_findings(rng)
    reading = phantom.read_labels(phantom.write_report(findings, rng))
    assert reading.labels == findings_module.label_values(findings)
    assert {finding.name for finding in reading.findings} == names


def test_labels_say_no_more_than_a_report_can(monkeypatch):
    monkeypatch.setattr(findings_module, "draw_labels", lambda _: list(phantom.LABELS[1:]))
    study = phantom.study(0, 0, 16)
    assert [name for name, value in study.labels.items() if value] == list(phantom.LABELS[1:9])
    assert phantom.read_labels(study.report).labels == study.labels


def test_a_study_depends_on_seed_and_index_alone():
    (first,) = phantom.studies(1, seed=3, start=7, resolution=32)
    again = phantom.study(3, 7, 32)
    np.testing.assert_array_equal(first.image, again.image)
    assert first.report == again.report
    assert np.abs(first.image - phantom.study(3, 8, 32).image).max() > 0.1


@pytest.mark.parametrize("resolution", [16, 50, 128])
def test_films_of_any_resolution(resolution):
    film = phantom.study(0, 0, resolution).image
    assert film.shape == (resolution, resolution)
    assert film.min() >= 0
    assert film.max() <= 1


@pytest.mark.parametrize("name", [n for n in phantom.LABELS if n != "No Finding"])
def test_severity_grows_on_the_film(name):
    def film(severity):
        findings = []
        if severity is not None:
            side = "" if name in ("Cardiomegaly", "Enlarged Cardiomediastinum") else "left"
            place = {"Support Devices": "line"}.get(name, "mid")
            findings = [Finding(name, side, place, severity)]
        return np.mean([phantom.render(findings, 64, seed) for seed in range(40)], axis=0)

    normal, mild, severe = film(None), film(0.05), film(0.95)
    difference = [np.abs(other - normal).max() for other in (mild, severe)]
    assert difference[1] > 1.3 * difference[0]


def test_one_sided_findings_stand_on_their_side():
    for side, half in (("right", np.s_[:, :32]), ("left", np.s_[:, 32:])):
        finding = Finding("Consolidation", side, "mid", 0.9)
        films = [
            phantom.render([finding], 64, seed) - phantom.render([], 64, seed) for seed in range(20)
        ]
        changed = np.abs(np.mean(films, axis=0)) > 0.05
        assert changed.sum() > 50
        assert changed[half].sum() == changed.sum()


def test_no_finding_allows_devices_only():
    for study in phantom.studies(300, seed=1, resolution=16):
        positive = {name for name, value in study.labels.items() if value}
        if "No Finding" in positive:
            assert positive <= {"No Finding", "Support Devices"}
        else:
            assert positive - {"Support Devices"}


def test_labels_co_occur_as_in_chexpert(real_data):
    with open(real_data / "label_prior" / "chexpert_frontal_positive_patterns.csv") as file:
        rows = [{k: int(v) for k, v in row.items()} for row in csv.DictReader(file)]
    total = sum(row["count"] for row in rows)
    rng = np.random.default_rng(0)
    draws = [set(draw_labels(rng)) for _ in range(20_000)]
    names = [name for name in phantom.LABELS if name != "No Finding"]
    for name in names:
        real = sum(row["count"] for row in rows if row[name]) / total
        assert np.mean([name in d for d in draws]) == pytest.approx(real, abs=0.02)
    for pair in [("Edema", "Pleural Effusion"), ("Cardiomegaly", "Edema"), names[2:4]]:
        real = sum(row["count"] for row in rows if all(row[n] for n in pair)) / total
        assert np.mean([set(pair) <= d for d in draws]) == pytest.approx(real, abs=0.02)
