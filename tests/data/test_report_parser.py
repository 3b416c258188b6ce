import pytest
from hypothesis import given
from hypothesis import strategies as st

from emixer_tf.data.report_parser import SECTIONS, report_sections
from emixer_tf.data.section_names import section_kind

REPORT = """\
                                 FINAL REPORT
 EXAMINATION:  CHEST (PA AND LAT)
 
 INDICATION:  ___F with cough  // ? pneumonia
 
 COMPARISON:  ___
 
 FINDINGS: 
 
 The lungs are clear.  There is no
 effusion.
 
 IMPRESSION: 
 
 No pneumonia.
"""
PARAGRAPHS = """\
                                 FINAL REPORT
 CLINICAL INFORMATION:  Line placement.
 
 The line ends in the right atrium.
 
 There is no pneumothorax.
"""
PIECES = (
    "\n ", "\n", " ", " \n \n", "\r\n", "FINDINGS:", "Findings:", "IMPRESSION: ", "1. FINDINGS",
    "LUNGS: ", "No edema.", "COMPARISON:", "WET READ: ", "\ufeff", "___", ":", "CHEST, TWO VIEWS:",
    "RIBS:", ". Impression: ", "\n__________\n", "DATE: ",
)  # fmt: skip
anything = st.text() | st.lists(st.sampled_from(PIECES)).map("".join)


@pytest.mark.parametrize("rules", ["mimic", "robust"])
def test_a_report_in_the_publishers_layout(rules):
    sections = report_sections(REPORT, rules)
    assert sections["impression"] == "No pneumonia."
    assert " ".join(sections["findings"].split()) == "The lungs are clear. There is no effusion."
    assert sections["indication"] == "___F with cough  // ? pneumonia" or rules == "robust"
    assert sections["comparison"] == "___"
    assert sections["examination"] == "CHEST (PA AND LAT)"
    assert sections["last_paragraph"] is None


@pytest.mark.parametrize("rules", ["mimic", "robust"])
def test_paragraphs_after_the_last_section_stand_in_for_findings(rules):
    sections = report_sections(PARAGRAPHS, rules)
    assert sections["history"] == "Line placement."
    expected = ["The line ends in the right atrium.", "There is no pneumothorax."]
    assert sections["last_paragraph"].replace("\n \n ", " ") == " ".join(expected)
    assert sections["findings"] is sections["impression"] is None


def test_mimic_keeps_line_breaks_and_robust_joins_lines():
    assert "\n" in report_sections(REPORT, "mimic")["findings"]
    assert report_sections(REPORT)["findings"] == "The lungs are clear. There is no effusion."


def test_an_empty_findings_header_above_impression():
    text = "\n FINDINGS:\n IMPRESSION: Normal.\n"
    assert report_sections(text)["findings"] is None
    assert report_sections(text)["impression"] == "Normal."
    # What the publisher's parser does with it:
    assert report_sections(text, "mimic")["findings"] == "IMPRESSION: Normal."
    assert report_sections(text, "mimic")["impression"] is None


@pytest.mark.parametrize(
    "text",
    [
        "findings: No edema.\nimpression: Normal.",
        "Findings:\n No edema.\nImpression: Normal.",
        "1. FINDINGS: No edema.\n2. IMPRESSION: Normal.",
        "FINDINGS\nNo edema.\n\nIMPRESSION\nNormal.",
        "Findings\nNo edema.\nImpression\nNormal.",
        "FINDINGS: No edema. IMPRESSION: Normal.",
        "Findings: No edema. Impression: Normal.",
        "Indication: cough. Findings: No edema. Comparison: none. Impression: Normal.",
        "FINDINGS: No edema.\n DATE: today.\nComment: none.\n IMPRESSION: Normal.",
        "CHEST, 2 VIEWS: No edema.\nCONCLUSION: Normal.",
        "\ufeffFINDINGS: No edema.\r\n\r\nIMPRESSION: Normal.\r\n",
        "FINIDNGS: No edema.\nIMPRESSOIN: Normal.",
        "FINDINGS: No edema.\nRECOMMENDATION(S): None.\nIMPRESSION: Normal.",
    ],
)
def test_robust_rules_take_headers_as_people_write_them(text):
    sections = report_sections(text)
    assert (sections["findings"], sections["impression"]) == ("No edema.", "Normal.")


def test_organs_within_findings_do_not_end_them():
    text = "\n FINDINGS: \n LUNGS: Clear.\n HEART: Normal size.\n IMPRESSION: Normal.\n"
    assert report_sections(text)["findings"] == "LUNGS: Clear. HEART: Normal size."
    # The publisher's parser takes organs for sections, and findings for empty:
    assert report_sections(text, "mimic")["findings"] is None
    assert report_sections(text, "mimic")["impression"] == "Normal."


@pytest.mark.parametrize("part", ["RIBS", "CHEST WALL", "ADDITIONAL FINDINGS"])
def test_views_and_parts_within_findings_do_not_replace_them(part):
    text = f"\n FINDINGS: \n LUNGS: Clear.\n {part}: Normal.\n IMPRESSION: Normal.\n"
    assert report_sections(text)["findings"] == f"LUNGS: Clear. {part}: Normal."
    assert report_sections(f"{part}: Clear.\nIMPRESSION: Normal.")["findings"] == "Clear."


@pytest.mark.parametrize("rules", ["mimic", "robust"])
def test_of_several_sections_of_a_kind_the_last_that_is_not_empty_counts(rules):
    text = "\n FINDINGS: Old.\n\n IMPRESSION: x.\n\n FINDINGS: New.\n\n FINDINGS: \n"
    assert report_sections(text, rules)["findings"] == "New."


def test_an_empty_section_of_any_kind_hides_no_other():
    text = "\n COMPARISON: ___.\n\n FINDINGS: Clear.\n\n COMPARISON: \n"
    assert report_sections(text)["comparison"] == "___."
    assert report_sections(text, "mimic")["comparison"] == ""
    text = "\n EXAMINATION: CHEST\n \n Clear lungs.\n \n NOTIFICATION: \n"
    assert report_sections(text)["last_paragraph"] == "Clear lungs."
    assert report_sections(text, "mimic")["last_paragraph"] is None


@pytest.mark.parametrize("name", ["ADDENDUM", "WET READ"])
def test_a_rule_ends_what_stands_above_the_final_report(name):
    text = f" {name}: Seen by Dr. ___.\n{'_' * 78}\n{REPORT}"
    sections = report_sections(text)
    assert sections[name.lower()] == "Seen by Dr. ___."
    assert sections["findings"] == "The lungs are clear. There is no effusion."


def test_a_text_without_headers_is_its_own_last_paragraph():
    assert report_sections("No edema. Heart normal.")["last_paragraph"] == "No edema. Heart normal."
    assert report_sections("No edema.", "mimic")["last_paragraph"] is None


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "_" * 78, "FINDINGS:", "\n FINDINGS:", "FINDINGS\nIMPRESSION\n"]
)
def test_nothing_comes_of_nothing(text):
    assert set(report_sections(text).values()) == {None}


def test_unknown_rules_are_refused():
    with pytest.raises(ValueError, match='rules must be "robust" or "mimic"'):
        report_sections("", "official")


@given(anything)
def test_every_text_gives_all_sections_of_words_it_holds(text):
    for rules in ("mimic", "robust"):
        sections = report_sections(text, rules)
        assert tuple(sections) == SECTIONS
        assert all(part is None or isinstance(part, str) for part in sections.values())
    assert all(
        word in text for part in report_sections(text).values() if part for word in part.split()
    )


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_line_ends_and_byte_order_marks_change_nothing(text):
    plain = text.replace("\ufeff", "").replace("\r\n", "\n")
    assert report_sections(plain) == report_sections("\ufeff" + plain.replace("\n", "\r\n"))


@pytest.mark.parametrize(
    "header", ["IMPRESSOIN", "ndication", "Findings/ impression", "CONCLUSION"]
)
def test_slips_the_publisher_met_name_their_section(header):
    assert section_kind(header) == "impression"


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("PRIOR FINDINGS AND HISTORY", "findings"),  # the first of the kinds, not of the words
        ("HISTORY AND IMPRESSION", "impression"),
        ("ADDENDUM BY DR", "addendum"),
        ("PORTABLE FILM", "findings"),
        ("TECHNIQUE AND VIEW", "technique and view"),
    ],
)
def test_other_headers_are_known_by_what_they_contain(header, kind):
    assert section_kind(header) == kind


@pytest.mark.parametrize("piece", ["\n", "\n ", "A ", "A:\n ", ".  ", "\n FINDINGS:", "1. ", "_"])
@pytest.mark.parametrize("rules", ["mimic", "robust"])
def test_a_long_text_takes_no_quadratic_time(piece, rules):
    # Quadratic time would be minutes.
    assert report_sections(piece * (10**6 // len(piece)), rules)
