import csv

import pytest

from emixer_tf.cli import build_parser, main

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


def test_errors_are_sentences(tmp_path, capsys):
    assert main(["train", "--data", str(tmp_path), "--out", str(tmp_path / "o")]) == 1
    error = capsys.readouterr().err
    assert "is no prepared data set" in error
    assert "Traceback" not in error


@pytest.mark.parametrize("command", ["prepare", "train", "generate", "demo"])
def test_help_has_examples(command, capsys):
    with pytest.raises(SystemExit):
        build_parser().parse_args([command, "--help"])
    assert "example" in capsys.readouterr().out
