import json
import subprocess
import sys

import pytest

from emixer_tf.baselines.methods import (
    METHODS,
    load_study_generator,
    method_class,
    method_title,
)
from emixer_tf.baselines.sm_gan import SMGAN
from emixer_tf.models.emixer import EMIXER


@pytest.mark.parametrize(
    ("title", "spellings"),
    [
        ("EMIXER", ["emixer", "EMIXER", "Emixer"]),
        ("CoGAN", ["cogan", "CoGAN", "Co-GAN"]),
        ("JointGAN", ["jointgan", "JointGAN", "joint_gan"]),
        ("SM-GAN", ["smgan", "SM-GAN", "SMGAN", "sm gan"]),
    ],
)
def test_a_method_is_known_in_every_spelling(title, spellings):
    assert {method_title(spelling) for spelling in spellings} == {title}


def test_a_misspelt_method_is_named_with_its_neighbour():
    with pytest.raises(ValueError, match=r"no method 'smgam'\. Did you mean 'smgan'"):
        method_title("smgam")
    with pytest.raises(ValueError, match=r"There are: emixer, cogan, jointgan, smgan"):
        method_class("diffusion")


def test_classes_are_those_of_the_names():
    assert method_class("emixer") is EMIXER
    assert method_class("SM-GAN") is SMGAN


def test_every_method_calls_itself_as_tables_do():
    assert {name: method_class(name).METHOD for name in METHODS} == METHODS


def test_names_are_known_without_tensorflow():
    check = (
        "import sys; from emixer_tf.baselines.methods import method_title; method_title('smgan'); "
        "sys.exit(', '.join({'tensorflow', 'keras'} & set(sys.modules)) or 0)"
    )
    run = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.fixture(scope="module")
def preset(tiny_config, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sm_gan") / "preset"
    SMGAN(SMGAN.adapted(tiny_config)).save_to_preset(folder)
    return folder


def test_a_preset_is_loaded_as_the_method_that_it_is_of(preset):
    assert type(load_study_generator(preset)) is SMGAN


def test_every_method_names_its_own_paper():
    papers = {title: method_class(title).PAPER.split(",")[0] for title in METHODS.values()}
    assert papers == {
        "EMIXER": "arXiv:2007.05597",
        "CoGAN": "arXiv:1606.07536",
        "JointGAN": "arXiv:1806.02978",
        "SM-GAN": "arXiv:2007.05597",
    }


def test_a_preset_of_a_method_that_is_none_is_told(tmp_path):
    (tmp_path / "metadata.json").write_text(json.dumps({"method": "SM-GAM", "optimizers": None}))
    with pytest.raises(ValueError, match=r"no method 'SM-GAM'\. Did you mean 'smgan'"):
        load_study_generator(tmp_path)


def test_a_folder_that_is_none_is_told():
    with pytest.raises(ValueError, match="'nowhere' is neither a preset folder nor"):
        load_study_generator("nowhere")
