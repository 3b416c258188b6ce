import csv
import shlex
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from emixer_tf.cli import build_parser, main
from emixer_tf.commands.prepare import _other_arguments
from emixer_tf.data import read_card
from emixer_tf.data.sources import SOURCES

SMALL = [
    "generator_channels=4",
    "discriminator_channels=4",
    "batch_size=4",
    "decoder_units=8",
    "encoder_channels=8",
    "encoder_features=8",
    "report_discriminator_units=8",
    "joint_discriminator_units=8",
]


def small_table(real_data, folder):
    """Write a table of 24 real films, all classes and with notes where they are."""
    with open(real_data / "covid_cohen" / "metadata.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row for row in rows if row["suggested_split"] == "train" and row["class4"]]
    kept = sorted(kept, key=lambda row: (row["class4"] == "covid19", row["image"]))[-24:]
    kept[:4] = [row for row in rows if row["class4"] == "viral_pneumonia"][:4]
    with open(folder / "films.csv", "w", newline="") as file:
        writer = csv.DictWriter(
            file, ["image", "group_id", "class4", "text"], extrasaction="ignore"
        )
        writer.writeheader()
        writer.writerows(kept)
    return folder / "films.csv"


def test_from_real_films_to_generated_studies(real_data, tmp_path, capsys):
    table = small_table(real_data, tmp_path)
    data, out = str(tmp_path / "data"), str(tmp_path / "run")
    prepare = [
        *("prepare", "table", "--csv", str(table), "--root", str(real_data / "covid_cohen")),
        *("--text-column", "text", "--class-column", "class4", "--group-column", "group_id"),
        *("--resolution", "32", "--sentences", "4", "--words", "12", "--out", data),
    ]
    assert main(prepare) == 0
    assert "24 studies" in capsys.readouterr().out
    changes = [part for change in SMALL for part in ("--set", change)]
    train = ["train", "--data", data, "--config", "phantom_32", "--out", out, *changes]
    train += ["--steps-per-epoch", "2", "--sheet-every", "1"]
    assert main([*train, "--dry-run"]) == 0
    assert "parameters" in capsys.readouterr().out
    assert main([*train, "--steps", "2"]) == 0
    assert main([*train, "--steps", "4"]) == 0
    assert len((tmp_path / "run" / "metrics.jsonl").read_text().splitlines()) == 2
    assert len(list((tmp_path / "run" / "sheets").glob("*.png"))) == 2
    generate = ["generate", "--preset", f"{out}/preset", "--label", "covid19", "--n", "3"]
    for name in ("first", "again"):
        assert main([*generate, "--out", str(tmp_path / name)]) == 0
    files = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert len(files) == 5
    for name in files:
        first, again = (tmp_path / folder / name for folder in ("first", "again"))
        assert first.read_bytes() == again.read_bytes()


def test_help_does_not_wait_for_what_reads_films_and_reports():
    check = (
        "import sys; from emixer_tf.cli import build_parser; build_parser(); "
        "heavy = {'tensorflow', 'keras', 'nltk', 'scipy', 'PIL', 'pydicom', 'pandas'}; "
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    run = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")


def test_errors_are_sentences(tmp_path, capsys):
    assert main(["train", "--data", str(tmp_path), "--out", str(tmp_path / "o")]) == 1
    error = capsys.readouterr().err
    assert "is no prepared data set" in error
    assert "Traceback" not in error


def write_films(folder, names):
    """Write films of noise and a table of them with alternating findings and a text."""
    folder.mkdir()
    rng = np.random.default_rng(sum(folder.name.encode()))
    lines = ["image,finding,text"]
    for i, name in enumerate(names):
        Image.fromarray(rng.integers(0, 255, (24, 24), "uint8")).save(folder / name)
        lines.append(f"{name},{('edema', 'normal')[i % 2]},{folder.name} {i}. No effusion.")
    (folder / "films.csv").write_text("\n".join(lines))
    return ["table", "--csv", str(folder / "films.csv"), "--class-column", "finding"]


def test_two_sources_are_merged_or_matched_by_labels(tmp_path, capsys):
    names = [f"{i}.png" for i in range(40)]
    one = write_films(tmp_path / "one", names)
    other = write_films(tmp_path / "other", names)
    second = " ".join([*other, "--text-column", "text"])
    command = ["prepare", *one, "--resolution", "16", "--with", second, "--workers", "1"]
    assert main([*command, "--out", str(tmp_path / "both")]) == 0
    card = read_card(tmp_path / "both")
    assert card.name == "films 1 and films 2"
    assert (sum(card.counts.values()), card.unreported) == (80, 40)
    matched = str(tmp_path / "matched")
    assert main([*command, "--join-labels", "--minimum-count", "1", "--out", matched]) == 0
    card = read_card(matched)
    assert "label-matched" in card.name
    assert "different patients" in card.notes[0]
    assert (card.unreported, "other" in card.vocabulary) == (0, True)
    told = capsys.readouterr().out
    assert f"studies are in {matched}. Look at {matched}/index.html" in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--join-labels"], "--join-labels joins two sources. Remedy: name the other by --with"),
        (["--with", "nih --root 'x"], "No closing quotation. Remedy: mend the quotes"),
    ],
)
def test_a_second_source_that_is_not_given_well_is_told(tmp_path, capsys, arguments, message):
    one = write_films(tmp_path / "one", ["0.png", "1.png"])
    assert main(["prepare", *one, "--out", str(tmp_path / "out"), *arguments]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--with", "chexprt --root x"], "invalid choice: 'chexprt'"),
        (["--with", ""], "the following arguments are required: SOURCE"),
        (["--resolution", "0"], "argument --resolution: 0 is less than 1"),
        (["--workers", "-1"], "argument --workers: -1 is less than 1"),
    ],
)
def test_arguments_that_make_no_sense_are_told(tmp_path, capsys, arguments, message):
    one = write_films(tmp_path / "one", ["0.png", "1.png"])
    with pytest.raises(SystemExit):
        main(["prepare", *one, "--out", str(tmp_path / "out"), *arguments])
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "flag"),
    [
        (["train", "--data", "d", "--out", "o"], "--steps"),
        (["train", "--data", "d", "--out", "o"], "--steps-per-epoch"),
        (["train", "--data", "d", "--out", "o"], "--sheet-every"),
        (["train-classifier", "--data", "d", "--out", "o"], "--updates"),
        (["generate", "--preset", "p", "--out", "o"], "--n"),
        (["evaluate", "--preset", "p", "--out", "o"], "--training-studies"),
        (["experiment", "reader_study"], "--items"),
        (["demo"], "--studies"),
    ],
)
@pytest.mark.parametrize(
    ("number", "told"), [("0", "0 is less than 1"), ("few", "'few' is no whole number")]
)
def test_numbers_below_one_are_told_before_anything_is_read(capsys, command, flag, number, told):
    with pytest.raises(SystemExit):
        main([*command, flag, number])
    assert f"argument {flag}: {told}" in capsys.readouterr().err


def test_a_place_that_is_taken_is_told_before_anything_is_read(tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "film.png").touch()
    command = ["prepare", "table", "--csv", "none.csv", "--class-column", "finding"]
    assert main([*command, "--out", str(tmp_path / "out")]) == 1
    assert "exists already" in capsys.readouterr().err
    assert main([*command, "--out", str(tmp_path / "out"), "--overwrite"]) == 1
    assert "is no prepared data set, so it is not overwritten" in capsys.readouterr().err


def test_ctrl_c_is_told_in_a_sentence(tmp_path, capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("emixer_tf.data.sources.table.listing", interrupted)
    command = ["prepare", "table", "--csv", "films.csv", "--out", str(tmp_path / "out")]
    assert main(command) == 130
    assert "emixer prepare: stopped." in capsys.readouterr().err


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_has_help_with_an_example_that_it_understands(source, capsys):
    with pytest.raises(SystemExit):
        build_parser().parse_args(["prepare", source, "--help"])
    told = capsys.readouterr().out
    example = shlex.split(told.partition("example:")[2].replace("\\\n", " "))
    args = build_parser().parse_args(example[1:])
    assert args.source == source
    assert args.other is None or _other_arguments(args.other).source in SOURCES


@pytest.mark.parametrize("command", ["prepare", "train", "generate", "demo"])
def test_help_has_examples(command, capsys):
    with pytest.raises(SystemExit):
        build_parser().parse_args([command, "--help"])
    assert "example" in capsys.readouterr().out
