"""The README.md of a preset: what the model is, what it learnt from, and what it is not."""

_LIMITS = (
    "Synthetic studies are not for diagnosis, nor for any decision about a patient.",
    "The model knows the labels above and the films of its training data, and nothing else: what "
    "is rare there is made badly, and what is wrong there is learnt.",
    "Evaluate what it makes for your purpose before you train on it; `emixer evaluate` measures "
    "films, reports, their agreement, and copies of training studies.",
)


def model_card(model, metadata):
    """Return the text of a model card.

    Args:
        model: `StudyGenerator`.
        metadata: Dict of `metadata.json`.

    Returns:
        Markdown.
    """
    config = model.config
    parts = [
        _head(metadata),
        f"# {metadata['method']}, {config.resolution} px, {len(config.labels)} labels",
        f"Generates chest films{_reports(model)} from labels by {metadata['method']} "
        f"({model.PAPER}).",
        _items(
            (
                ("labels", ", ".join(config.labels)),
                ("generator steps trained", metadata["steps"]),
                ("parameters", f"{metadata['parameter_count']:,}"),
                ("precision of the weights", metadata.get("precision", "float32")),
                (
                    "written by",
                    f"emixer_tf {metadata['emixer_tf_version']} on {metadata['date_saved']}",
                ),
            )
        ),
        "## Data",
        _data(metadata),
        *_measured(metadata.get("evaluation")),
        "## Limits",
        "\n".join(f"- {sentence}" for sentence in _LIMITS),
        "## Use",
        f"`{metadata['class']}.from_preset(folder)` loads this folder, and `emixer generate "
        "--preset folder --n 16 --out studies` makes studies with it.",
        *_trained_by(metadata.get("command")),
    ]
    return "\n\n".join(parts) + "\n"


def _head(metadata):
    licence = metadata.get("licence") or "apache-2.0"
    return (
        f"---\nlibrary_name: keras\nlicense: {licence.lower().replace(' ', '-')}\n"
        "tags: [emixer, chest-x-ray, report-generation, synthetic-data]\n---"
    )


def _reports(model):
    config = model.config
    learnt = config.teacher_forcing_weight or config.report_weight or config.joint_weight
    return " and reports" if learnt else ""


def _items(pairs):
    return "\n".join(f"- {name}: {value}" for name, value in pairs)


def _data(metadata):
    return " ".join([*_described(metadata["data"]), *metadata.get("attribution", ())])


def _described(data):
    if data is None:
        return ["Not recorded."]
    counts = ", ".join(f"{count:,} {split}" for split, count in data["counts"].items())
    return [f"{data['name']} ({counts} studies).", *data["notes"]]


def _measured(evaluation):
    if evaluation is None:
        return []
    head, *rows = [evaluation["headings"], *evaluation["rows"]]
    table = [head, ["---"] * len(head), *rows]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in table)
    return ["## Measured", lines, f"By:\n\n    {evaluation['command']}"]


def _trained_by(command):
    return [f"Trained by:\n\n    {command}"] if command else []
