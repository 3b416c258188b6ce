"""The README.md of a preset: what the model is, what it learnt from, and what it is not."""

from emixer_tf.document import Command, Heading, Items, Numbers, Paragraph, as_markdown

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
    config, name = model.config, metadata["method"]
    makes = "chest films and reports" if config.writes_reports else "chest films"
    blocks = [
        Paragraph(f"Generates {makes} from labels by {name} ({model.PAPER})."),
        Items(
            (
                f"labels: {', '.join(config.labels)}",
                f"generator steps trained: {metadata['steps']}",
                f"parameters, moving averages included: {metadata['parameter_count']:,}",
                f"precision of the weights: {metadata.get('precision', 'float32')}",
                f"written by: emixer_tf {metadata['emixer_tf_version']} on "
                f"{metadata['date_saved']}",
            )
        ),
        Heading("Data"),
        Paragraph(" ".join([*_described(metadata["data"]), *metadata.get("attribution", ())])),
        *_measured(metadata.get("evaluation")),
        Heading("Limits"),
        Items(_LIMITS),
        Heading("Use"),
        Paragraph("This folder is loaded by"),
        Command(f"{metadata['class']}.from_preset(folder)"),
        Paragraph("and studies are made by"),
        Command("emixer generate --preset folder --n 16 --out studies"),
        *_trained_by(metadata.get("command")),
    ]
    title = f"{name}, {config.resolution} px, {len(config.labels)} labels"
    return f"{_head(config, metadata)}\n\n{as_markdown(title, blocks)}"


def _head(config, metadata):
    licence = metadata.get("licence") or "apache-2.0"
    tasks = "chest-x-ray, report-generation" if config.writes_reports else "chest-x-ray"
    # Presets of a library "keras" are loaded by keras.saving.load_model, says Hugging Face.
    return (
        f"---\nlibrary_name: emixer_tf\nlicense: {licence.lower().replace(' ', '-')}\n"
        f"tags: [keras, emixer, {tasks}, synthetic-data]\n---"
    )


def _described(data):
    if data is None:
        return ["Not recorded."]
    counts = ", ".join(f"{count:,} {split}" for split, count in data["counts"].items())
    return [f"{data['name']} ({counts} studies).", *data["notes"]]


def _measured(evaluation):
    if evaluation is None:
        return []
    table = Numbers(evaluation["headings"], evaluation["rows"])
    return [Heading("Measured"), table, Paragraph("By:"), Command(evaluation["command"])]


def _trained_by(command):
    return [Paragraph("Trained by:"), Command(command)] if command else []
