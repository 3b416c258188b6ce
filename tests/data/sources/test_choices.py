"""Options of sources that are misspelt from Python."""

import pytest

from emixer_tf.data.flow import Flow
from emixer_tf.data.sources import SOURCES, source_module
from emixer_tf.data.sources.choices import with_choices_of

CHOSEN = [
    (source, flag.removeprefix("--").replace("-", "_"), how["choices"])
    for source in SOURCES
    for flag, how in source_module(source).ARGUMENTS.items()
    if "choices" in how
]
NEEDED = {"chexpert": ("uncertain", "blank"), "mimic-cxr": ("uncertain", "blank")}


@pytest.mark.parametrize(("source", "option", "choices"), CHOSEN)
def test_a_misspelt_option_is_told_before_anything_is_read(source, option, choices):
    needed = dict.fromkeys(NEEDED.get(source, ()), "zeros")
    with pytest.raises(ValueError, match=f"{option} is one of {', '.join(choices)}. Received: "):
        source_module(source).listing(Flow(), "nowhere", **{**needed, option: choices[0].upper()})


def test_choices_and_the_default_pass():
    @with_choices_of({"--blank": {"choices": ("zeros", "ignore")}})
    def listing(flow, blank=None):
        return blank

    assert [listing(None), listing(None, None), listing(None, "ignore")] == [None, None, "ignore"]


def test_arguments_by_place_are_looked_at_too():
    @with_choices_of({"--films": {"choices": ("one", "all")}})
    def listing(flow, films="one"):
        return films

    assert listing(None, "all") == "all"
    with pytest.raises(ValueError, match="films='both'"):
        listing(None, "both")
