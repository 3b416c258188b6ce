import csv
import json

import numpy as np
import pytest

from emixer_tf.baselines import CoGAN
from emixer_tf.cli import build_parser, main
from emixer_tf.config import EmixerConfig
from emixer_tf.data import read_card
from emixer_tf.metrics.feature_file import read_features
from emixer_tf.models.classifier_files import save_classifier
from emixer_tf.models.emixer import EMIXER
from emixer_tf.models.film_classifier import film_classifier
from emixer_tf.models.generation import Studies

SMALL = {
    "resolution": 16,
    "generator_channels": 4,
    "discriminator_channels": 4,
    "batch_size": 4,
    "decoder_units": 8,
    "encoder_channels": 8,
    "encoder_features": 8,
    "report_discriminator_units": 8,
    "joint_discriminator_units": 8,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Prepared phantoms, a generator and a classifier that learnt nothing, and studies."""
    folder = tmp_path_factory.mktemp("evaluate")
    command = ["prepare", "phantom", "--n", "80", "--resolution", "16", "--workers", "1"]
    assert main([*command, "--out", str(folder / "data")]) == 0
    card = read_card(folder / "data")
    config = EmixerConfig.named("phantom_32").replace(
        **SMALL,
        labels=tuple(card.labels[::-1]),
        vocabulary_size=len(card.vocabulary),
        sentences=card.sentences,
        words=card.words,
    )
    EMIXER(config, card.vocabulary).save_to_preset(folder / "preset", card)
    CoGAN(CoGAN.adapted(config), card.vocabulary).save_to_preset(folder / "cogan", card)
    random = np.random.default_rng(0)
    Studies(
        images=random.integers(0, 256, (8, 16, 16, 1), "uint8"),
        reports=["There is moderate bilateral pleural effusion."] * 8,
        label_names=config.labels,
        label_values=random.integers(0, 2, (8, 14)).astype("float32"),
        seed=0,
    ).save(folder / "studies")
    (folder / "classifier").mkdir()
    classifier = film_classifier("small", 16, 1, 3)
    labels = ["Edema", "Cardiomegaly", "Not In The Data"]
    save_classifier(classifier, folder / "classifier", labels, {})
    classifier.save(folder / "foreign.keras")
    return folder


def evaluate(folder, out, *arguments):
    data = ["--data", str(folder / "data"), "--out", str(out)]
    return main(["evaluate", *data, *map(str, arguments)])


def numbers(out):
    return json.loads((out / "evaluation.json").read_text())


def test_a_preset_is_measured_in_every_way(folder, tmp_path, capsys):
    out = tmp_path / "out"
    tools = ("--preset", folder / "preset", "--extractor", folder / "classifier")
    assert evaluate(folder, out, *tools, "--n", 20, "--legacy-r2gen", "iu") == 0
    told = capsys.readouterr().out
    counts = read_card(folder / "data").counts
    few = ("--legacy-r2gen", "mimic", "--training-studies", "5")
    assert evaluate(folder, tmp_path / "few", *tools, *few) == 1
    assert f"Remedy: --training-studies {counts['train']}." in capsys.readouterr().err
    assert f"{counts['test']:,} held-out studies of the test split" in told
    assert f"Look at {out}/index.html" in told
    found = numbers(out)
    assert found["counts"] == {
        "generated": 20, "test": counts["test"], "training": counts["train"],
        "training_split": counts["train"],
    }  # fmt: skip
    assert found["films"]["generated"]["generated_count"] == min(20, counts["test"])
    assert found["extractor"]["input"] == {"resolution": 16, "channels": 1, "range": [-1, 1]}
    assert "bicubic" in found["extractor"]["resize"]
    shown = {name: list(part["shown"]["by_label"]) for name, part in found["agreement"].items()}
    assert shown == {"generated": ["Edema", "Cardiomegaly"], "test": ["Cardiomegaly", "Edema"]}
    assert found["agreement"]["test"]["said"]["macro"]["f1"] == 1.0
    assert found["reader"] == "the phantom's grammar"
    ours, theirs = found["report_shapes"]
    assert ours["reports"] == theirs["reports"] == min(20, counts["test"])
    assert theirs["mean_words"] > 5
    assert f"{theirs['distinct']:.1%}, real reports" in told
    kinds = ["whole references", "references of R2Gen (iu)"]
    assert list(found["descriptions"]) == kinds
    for kind in kinds:
        assert list(found["descriptions"][kind]) == [
            "generator", "constant", "random", "same labels", "nearest film",
        ]  # fmt: skip
    assert set(found["memorization"]["copies"]) >= {"films", "features", "reports"}
    features = read_features(out / "features" / "training.npz")
    assert (len(features.ids), features.identity) == (counts["train"], found["extractor"])
    with open(out / "neighbours.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 20
    assert {row["films_nearest"] for row in rows} <= set(features.ids)
    page = (out / "index.html").read_text()
    for picture in ("generated", "test", "described", "closest-films", "closest-reports"):
        assert f'src="{picture}.png"' in page
        assert (out / f"{picture}.png").is_file()
    words = found["command"].split()
    repeated = build_parser().parse_args(words[1:])
    assert (repeated.n, repeated.legacy_r2gen, repeated.seed) == (20, "iu", 0)


def test_saved_studies_are_measured_and_another_extractor_is_refused(folder, tmp_path, capsys):
    out = tmp_path / "out"
    foreign = ("--studies", folder / "studies", "--extractor", folder / "foreign.keras")
    assert evaluate(folder, out, *foreign) == 1
    assert "does not say which values it expects" in capsys.readouterr().err
    tools = (*foreign, "--value-range", 0, 1, "--grammar", "rules", "--training-studies", 30)
    assert evaluate(folder, out, *tools) == 0
    found = numbers(out)
    assert (found["counts"]["generated"], found["counts"]["training"]) == (8, 30)
    assert found["agreement"]["generated"]["shown"] is None
    assert found["descriptions"] == {}
    assert not (out / "described.png").exists()
    for part in ("--classifier", "--preset", "--training-studies"):
        assert any(part in note for note in found["notes"])
    capsys.readouterr()
    assert evaluate(folder, out, *foreign, "--value-range", -1, 1) == 1
    error = capsys.readouterr().err
    assert "holds an evaluation by another extractor" in error
    assert "input range: [0.0, 1.0] and [-1.0, 1.0]" in error
    assert numbers(out) == found


def test_a_method_that_describes_no_films_is_measured_in_all_else(folder, tmp_path):
    tools = ("--preset", folder / "cogan", "--extractor", folder / "classifier", "--n", 8)
    assert evaluate(folder, tmp_path / "out", *tools, "--training-studies", 30) == 0
    found = numbers(tmp_path / "out")
    assert found["descriptions"] == {}
    assert any("CoGAN makes films and reports together, and" in note for note in found["notes"])
    assert found["agreement"]["generated"]["said"] is not None
    assert found["films"]["generated"]["generated_count"] == 8


def write_reports(path, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([("id", "report"), *rows])
    return str(path)


def test_reports_are_scored_by_their_ids(tmp_path, capsys):
    texts = {f"s{i}": f"Finding {i} is seen in the left lung. No effusion." for i in range(12)}
    references = write_reports(tmp_path / "r.csv", texts.items())
    hypotheses = write_reports(tmp_path / "h.csv", reversed(texts.items()))
    command = ["evaluate", "--references", references, "--hypotheses", hypotheses]
    assert main([*command, "--out", str(tmp_path / "out")]) == 0
    assert "BLEU-4 1.000" in capsys.readouterr().out
    found = numbers(tmp_path / "out")
    assert found["scores"]["bleu_4"] == pytest.approx(1.0)
    assert found["scores"]["cider_d"] == pytest.approx(10.0)
    assert "report_sentences" in found["tokenizer"]


def test_different_ids_are_told(tmp_path, capsys):
    references = write_reports(tmp_path / "r.csv", [("a", "No edema."), ("b", "Edema.")])
    hypotheses = write_reports(tmp_path / "h.csv", [("a", "No edema."), ("c", "Edema.")])
    command = ["evaluate", "--references", references, "--hypotheses", hypotheses]
    assert main([*command, "--out", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert "different ids: 1 ('b') without hypothesis, 1 ('c') without references" in error
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--references", "r.csv"], "--references needs --hypotheses"),
        (["--references", "r", "--hypotheses", "h", "--data", "d"], "Received: --data too"),
        (
            ["--references", "r", "--hypotheses", "h", "--legacy-r2gen", "iu"],
            "Received: --legacy-r2gen too",
        ),
        (["--preset", "p"], "Received: no --data and no --extractor"),
        (["--studies", "s", "--data", "d"], "Received: no --extractor"),
        (
            ["--preset", "p", "--data", "d", "--extractor", "e", "--hypotheses", "h"],
            "--hypotheses belongs to --references",
        ),
        (["--preset", "p", "--data", "d", "--extractor", "e"], "d is no prepared data set"),
    ],
)
def test_arguments_that_do_not_go_together_are_told(tmp_path, capsys, arguments, message):
    assert main(["evaluate", *arguments, "--out", str(tmp_path / "out")]) == 1
    assert message in capsys.readouterr().err


def test_a_folder_of_other_things_is_not_replaced(folder, tmp_path, capsys):
    (tmp_path / "film.png").touch()
    tools = ("--studies", folder / "studies", "--extractor", folder / "classifier")
    assert evaluate(folder, tmp_path, *tools) == 1
    assert "holds no evaluation" in capsys.readouterr().err
    assert (tmp_path / "film.png").exists()


def test_help_has_examples_that_the_command_understands(capsys):
    with pytest.raises(SystemExit):
        build_parser().parse_args(["evaluate", "--help"])
    told = capsys.readouterr().out.partition("examples:")[2].replace("\\\n", " ")
    examples = [line.split()[1:] for line in told.splitlines() if line.startswith("  emixer ")]
    assert len(examples) == 3
    for example in examples:
        assert build_parser().parse_args(example).command == "evaluate"
    assert np.allclose(build_parser().parse_args(examples[1]).value_range, [-1, 1])
