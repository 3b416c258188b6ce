import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data.report_labeller import label_report, label_reports
from emixer_tf.data.report_labeller.phrase_trie import find_phrases, phrase_trie
from emixer_tf.data.report_labeller.sentences import sentences_to_read

P, N, U = 1.0, 0.0, -1.0
CARDIO, MEDIASTINUM = "Cardiomegaly", "Enlarged Cardiomediastinum"
EFFUSION, OPACITY, LESION = "Pleural Effusion", "Lung Opacity", "Lung Lesion"
DEVICES, PLEURAL = "Support Devices", "Pleural Other"


def findings(text):
    labels = label_report(text)
    return {
        name: value for name, value in labels.items() if value is not None and name != "No Finding"
    }


MENTIONS = [
    ("Moderate cardiomegaly.", {CARDIO: P}),
    ("The heart is mildly enlarged.", {CARDIO: P}),
    ("Stable enlargement of the cardiac silhouette.", {CARDIO: P}),
    ("Heart size is borderline enlarged.", {CARDIO: P}),
    ("Heart size is at the upper limits of normal.", {CARDIO: N}),
    ("Heart size normal.", {CARDIO: N}),
    ("The heart is not enlarged.", {CARDIO: N}),
    ("Normal size and shape of the cardiac silhouette.", {CARDIO: N}),
    ("The cardiac silhouette is unremarkable.", {CARDIO: N}),
    ("The heart may be enlarged.", {CARDIO: U}),
    ("The heart size is unchanged.", {}),
    ("The right heart border is obscured.", {}),
    ("Mediastinal contours are normal.", {MEDIASTINUM: N}),
    ("The mediastinum is widened.", {MEDIASTINUM: P}),
    ("No mediastinal widening.", {MEDIASTINUM: N}),
    ("Heart and mediastinum are within normal limits.", {CARDIO: N, MEDIASTINUM: N}),
    ("The cardiomediastinal silhouette is normal.", {CARDIO: N, MEDIASTINUM: N}),
    ("The cardiomediastinal silhouette is prominent.", {CARDIO: U, MEDIASTINUM: U}),
    ("Enlarged pulmonary arteries, heart size is normal.", {CARDIO: N}),
    ("Patchy airspace disease at the left base.", {OPACITY: P}),
    ("Hazy right basilar opacities.", {OPACITY: P}),
    ("The lungs are clear.", {OPACITY: N}),
    ("The lungs are clear of infiltrate.", {OPACITY: N}),
    ("A 2.5 cm nodule in the lingula.", {LESION: P}),
    ("Right hilar mass.", {LESION: P}),
    ("Nodular opacity in the right apex.", {LESION: P, OPACITY: P}),
    ("No suspicious pulmonary nodules.", {LESION: N}),
    ("Mild interstitial edema.", {"Edema": P}),
    ("Findings of congestive heart failure.", {"Edema": P}),
    ("No typical findings of pulmonary edema.", {"Edema": N}),
    ("Soft tissue edema of the neck.", {}),
    ("Dense consolidation of the left lower lobe.", {"Consolidation": P}),
    ("No new consolidation.", {"Consolidation": N}),
    ("Lobar pneumonia.", {"Pneumonia": P}),
    ("Opacities concerning for pneumonia.", {OPACITY: P, "Pneumonia": U}),
    ("Opacity most suggestive of pneumonia.", {OPACITY: P, "Pneumonia": P}),
    ("Prior granulomatous infection.", {}),
    ("Bibasilar subsegmental atelectasis.", {"Atelectasis": P}),
    ("Right middle lobe collapse.", {"Atelectasis": P}),
    ("Vertebral body collapse.", {}),
    ("Small apical pneumothorax.", {"Pneumothorax": P}),
    ("Right hydropneumothorax.", {"Pneumothorax": P, EFFUSION: P}),
    ("Layering left pleural fluid.", {EFFUSION: P}),
    ("The costophrenic angles are sharp.", {EFFUSION: N}),
    ("Blunting of the left costophrenic angle.", {EFFUSION: U}),
    ("Large pericardial effusion.", {}),
    ("Biapical pleural thickening.", {PLEURAL: P}),
    ("Healed left rib fractures.", {"Fracture": P}),
    ("Osseous structures are intact.", {"Fracture": N}),
    ("Right PICC tip in the upper SVC.", {DEVICES: P}),
    ("Interval removal of the chest tube.", {DEVICES: N}),
    ("Plate like atelectasis.", {"Atelectasis": P}),
]

NEGATIONS = [
    "No effusion.",
    "There is no evidence of effusion.",
    "Lungs expanded without effusion.",
    "Both bases are free of effusion.",
    "Negative for effusion.",
    "Absence of effusion.",
    "No definite effusion.",
    "No findings to suggest effusion.",
    "The effusion has resolved.",
    "Effusion is now resolved.",
    "Resolved effusion.",
    "Interval resolution of the effusion.",
    "Effusion is not seen.",
    "The effusion is no longer evident.",
    "An effusion has been ruled out.",
    "Effusion: None.",
    "Neither oedema nor effusion.",
    "No ___ effusion.",
    "There are no XXXX of an effusion.",
    "Without possible effusion.",
]

DOUBTS = [
    "Rule out pneumonia.",
    "R/O pneumonia.",
    "Pneumonia cannot be excluded.",
    "Pneumonia can not be entirely excluded.",
    "Cannot exclude pneumonia.",
    "Early pneumonia is difficult to exclude.",
    "This may represent pneumonia.",
    "Possible pneumonia.",
    "Pneumonia is possible.",
    "Questionable pneumonia.",
    "Suspected pneumonia.",
    "Pneumonia suspected.",
    "Could be pneumonia.",
    "Suspicious for pneumonia.",
    "Pneumonia is unlikely.",
    "Pneumonia?",
    "? pneumonia",
    "Please correlate for pneumonia.",
    "Superimposed pneumonia should be considered in the appropriate clinical setting.",
    "Pneumonia should also be considered.",
    "Less likely pneumonia.",
    "Pneumonia is less likely.",
    "Pneumonia less likely.",
]

PRESENT = [
    "No change in the effusion.",
    "Without significant interval change of the effusion.",
    "The effusion has not significantly changed.",
    "The effusion is nearly resolved.",
    "The effusion is not well seen.",
    "Stable effusion.",
    "The effusion has improved.",
    "Probable effusion.",
    "Not only an effusion.",
    "Effusion, not seen previously, is now present.",
    "An effusion which was not previously seen.",
    "Effusion not seen on the prior exam.",
    "Effusion for which a follow-up CT of the chest should be considered.",
]

SCOPES = [
    ("No effusion, pneumothorax or edema.", {EFFUSION: N, "Pneumothorax": N, "Edema": N}),
    ("No effusion but a pneumothorax.", {EFFUSION: N, "Pneumothorax": P}),
    ("No effusion, however pneumothorax persists.", {EFFUSION: N, "Pneumothorax": P}),
    ("Possible edema, although fractures are seen.", {"Edema": U, "Fracture": P}),
    ("No pneumothorax, small left effusion.", {"Pneumothorax": N, EFFUSION: P}),
    ("No pneumothorax, the heart is enlarged.", {"Pneumothorax": N, CARDIO: P}),
    ("No pneumothorax is seen and edema persists.", {"Pneumothorax": N, "Edema": P}),
    ("Cardiomegaly without edema.", {CARDIO: P, "Edema": N}),
    ("Cardiomegaly with resolved edema.", {CARDIO: P, "Edema": N}),
    ("No edema despite cardiomegaly.", {"Edema": N, CARDIO: P}),
    ("Effusion and edema are not seen.", {EFFUSION: N, "Edema": N}),
    ("Effusion persists, but edema has resolved.", {EFFUSION: P, "Edema": N}),
    ("Effusion is stable and edema is no longer seen.", {EFFUSION: P, "Edema": N}),
    ("Atelectasis versus pneumonia.", {"Atelectasis": U, "Pneumonia": U}),
    ("Atelectasis vs. pneumonia.", {"Atelectasis": U, "Pneumonia": U}),
    ("Atelectasis or scarring.", {"Atelectasis": P}),
    ("Opacity, which may represent atelectasis.", {OPACITY: P, "Atelectasis": U}),
    ("No opacity suspicious for pneumonia.", {OPACITY: N, "Pneumonia": N}),
    ("Atelectasis with history of lung mass.", {"Atelectasis": P}),
    ("Cannot exclude effusion; edema.", {EFFUSION: U, "Edema": P}),
    ("Atelectasis at both bases, less likely pneumonia.", {"Atelectasis": P, "Pneumonia": U}),
    ("Opacity for which pneumonia should be considered.", {OPACITY: P, "Pneumonia": U}),
    ("No fracture, but subtle fractures may be missed.", {"Fracture": N}),
    ("Edema, although fractures may not be well seen.", {"Edema": P}),
    ("Pneumothorax, not seen previously, and no edema.", {"Pneumothorax": P, "Edema": N}),
]

DISCLAIMERS = [
    "Fractures may not be demonstrated.",
    "Please note that nondisplaced fractures may not be demonstrated and consider imaging.",
    "Rib fractures may be missed on this examination.",
    "Rib fractures might be easily overlooked.",
    "Chest radiographs may not show rib fractures.",
    "This examination is not sensitive for rib fractures.",
]

AGGREGATES = [
    ("No effusion. Possible effusion. Small effusion.", {EFFUSION: P}),
    ("Small effusion. No effusion.", {EFFUSION: P}),
    ("No effusion. Possible effusion.", {EFFUSION: U}),
    ("Possible effusion. No effusion.", {EFFUSION: U}),
    ("Consolidation.", {"Consolidation": P}),  # "Lung Opacity" is not inferred
]


@pytest.mark.parametrize(("text", "expected"), MENTIONS + SCOPES + AGGREGATES)
def test_mentions_and_scopes(text, expected):
    assert findings(text) == expected
    assert findings(text.lower().replace(".", " . ").replace(",", " , ")) == expected


@pytest.mark.parametrize("text", NEGATIONS)
def test_negation(text):
    assert label_report(text)["Pleural Effusion"] == N


@pytest.mark.parametrize("text", DOUBTS)
def test_doubt(text):
    assert findings(text) == {"Pneumonia": U}


@pytest.mark.parametrize("text", PRESENT)
def test_what_sounds_like_negation_and_is_none(text):
    assert findings(text) == {EFFUSION: P}


@pytest.mark.parametrize("text", DISCLAIMERS)
def test_what_a_study_may_miss_is_not_mentioned(text):
    assert findings(text) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No acute process.", P),
        ("No effusion.", P),
        ("A PICC line is in place.", P),
        ("Possible edema.", None),
        ("Rib fracture.", None),
        ("", None),
        (" \n ___ . XXXX", None),
    ],
)
def test_no_finding(text, expected):
    assert label_report(text)["No Finding"] == expected


def test_what_was_asked_and_compared_is_not_read():
    report = """                                 FINAL REPORT
 INDICATION:  ___ year old woman with fever.  Pneumonia?

 COMPARISON:  Effusion on ___.

 The heart is mildly
 enlarged.  A 2.5 cm nodule is
 unchanged.

 IMPRESSION:

 1. No pneumothorax
 2. Mild edema
"""
    expected = {CARDIO: P, LESION: P, "Pneumothorax": N, "Edema": P}
    assert findings(report) == expected
    assert findings("History: pneumonia. Findings: Edema.") == {"Edema": P}


HEART = {CARDIO: P, EFFUSION: N}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INDICATION: r/o pneumonia. Heart enlarged. No effusion.", HEART),
        ("INDICATION: Fever; pneumonia? Heart enlarged. No effusion.\n\n", HEART),
        ("INDICATION: 65 y.o. man, 1) pneumonia 2) edema. Heart enlarged. No effusion.", HEART),
        ("COMPARISON: None. Cardiomegaly is present.", {CARDIO: P}),
        ("Technique: PA and lateral. The heart is enlarged.", {CARDIO: P}),
        ("COMPARISON: None. TECHNIQUE: PA. Heart enlarged. No effusion.", HEART),
        ("REPORT\nEXAMINATION: Chest port. PICC line.\n\nHeart enlarged. No effusion.", HEART),
        ("On this examination: the heart is enlarged. No effusion.", HEART),
        ("History: pneumonia", {}),
    ],
)
def test_a_section_in_the_line_ends_with_its_first_sentence(text, expected):
    assert findings(text) == expected


@pytest.mark.parametrize("end", ["\n\n FINDINGS:", "\n FINDINGS:", "\n\n", " FINDINGS:"])
def test_a_section_of_several_sentences_is_skipped_whole(end):
    asked = "INDICATION:  ___F with edema.  Evaluate\n for pneumonia."
    assert findings(f"{asked}{end} Heart enlarged. No effusion.") == HEART


def test_an_empty_header_takes_no_paragraph():
    read = "Heart enlarged. No effusion.\n\n IMPRESSION: Edema."
    assert findings(f"COMPARISON:\n\n {read}") == {**HEART, "Edema": P}
    assert findings(f"INDICATION:\n\n Pneumonia.\n\n COMPARISON:  \n \n{read}") == {
        **HEART,
        "Edema": P,
    }


def test_sentences_end_where_they_should():
    text = "Opacity of 2.5 cm vs. scar; clear.There is 1) edema 2) no\nmass\n\nStable"
    assert sentences_to_read(text) == [
        "opacity of 2.5 cm vs. scar",
        "clear",
        "there is 1",
        "edema 2",
        "no\nmass",
        "stable",
    ]


def test_a_phrase_stands_for_one_thing():
    with pytest.raises(ValueError, match="'lung mass' stands for"):
        phrase_trie([("lung? mass", "a"), ("lung mass", "b")])
    assert find_phrases(phrase_trie([("a b c", 1), ("b", 2)]), ["a", "b", "d"]) == [(1, 2, 2)]


def test_many_reports_are_read_as_one_by_one():
    texts = ["Edema.", "No edema."]
    assert label_reports(iter(texts)) == [label_report(text) for text in texts]


TEXTS = [*NEGATIONS, *DOUBTS, *PRESENT, *(text for text, _ in MENTIONS + SCOPES)]
words = st.sampled_from(sorted({word for text in TEXTS for word in text.split()}))


@given(st.one_of(st.text(), st.lists(words).map(" ".join)))
def test_any_text_has_the_14_labels(text):
    labels = label_report(text)
    assert tuple(labels) == CHEXPERT_LABELS
    assert set(labels.values()) <= {P, N, U, None}


@given(st.lists(words))
def test_case_and_white_space_do_not_matter(sentence):
    text = " ".join(sentence)
    labels = label_report(text)
    assert label_report(text.upper()) == labels
    assert label_report("  " + " \t".join(sentence) + "\n") == labels
    assert label_report("\n".join(sentence)) == labels


@pytest.mark.parametrize(
    "piece", ["no effusion ", "heart enlarged ", "\n ", ". ", "history : ", "possible edema, "]
)
def test_time_grows_with_length_only(piece):
    begin = time.perf_counter()
    label_report(piece * (1_000_000 // len(piece)))
    assert time.perf_counter() - begin < 10


GOLD = {
    "Cardiomegaly": "Cardiomegaly",
    "Atelectasis": "Atelectasis",
    "Pleural Effusion": "Effusion",
    "Pneumothorax": "Pneumothorax",
    "Edema": "Edema",
    "Consolidation": "Consolidation",
    "Pneumonia": "Pneumonia",
}


@pytest.mark.parametrize("part", ["all", "untouched"])
def test_agreement_with_manual_labels(real_data, part):
    path = real_data / "iu_reports" / "metadata.csv"
    if not path.is_file():
        pytest.skip("the Open-i reports are not here")
    table = pd.read_csv(path).dropna(subset=["gold14_Edema"])
    if part == "untouched":
        table = table[table.suggested_split == "test"]
    labels = label_reports(table.findings.fillna("") + "\n\n" + table.impression.fillna(""))
    right = disagree = 0
    for name, column in GOLD.items():
        predicted = pd.Series([study[name] == P for study in labels], table.index)
        gold = table[f"gold14_{column}"] == 1
        right += (predicted & gold).sum()
        disagree += (predicted ^ gold).sum()
    assert 2 * right / (2 * right + disagree) >= 0.85
