"""The demo's page and figures."""

import html

from emixer_tf.document import STYLE

_SHIPPED = (
    "shipped.png",
    "Studies of the preset that comes with the package",
    "Trained for hours, loaded in seconds: film and report, both made from the label.",
)
_SECTIONS = (
    (
        "synthetic.png",
        "Synthetic studies of this short training",
        "Film and report, both made by EMIXER from the label.",
    ),
    ("real.png", "Phantom studies it never saw", "Held-out films with their own reports."),
    ("described.png", "The same films, described by EMIXER", "The report decoder alone."),
    ("losses.png", "Training", "Every term of the objective."),
)
_OVER_DECADES = "Word perplexity"  # it begins at the size of the vocabulary


def figure_of_losses(lines):
    """Draw the logged values of a training.

    Args:
        lines: List of dicts, the lines of a `metrics.jsonl`.

    Returns:
        `matplotlib.figure.Figure`.
    """
    from matplotlib.figure import Figure

    steps = [line["step"] for line in lines]
    groups = {
        "Discriminators": [name for name in lines[0] if name.startswith("d_")],
        "Generator": [name for name in lines[0] if name.startswith("g_")],
        "Logits of films": ["real_logit", "fake_logit"],
        "Rotation accuracy": ["rotation_accuracy", "fake_rotation_accuracy"],
        "Word perplexity": ["word_perplexity"],
    }
    figure = Figure(figsize=(14, 3.2), layout="constrained")
    for axes, (title, names) in zip(figure.subplots(1, len(groups)), groups.items(), strict=True):
        for name in names:
            if name in lines[0]:
                axes.plot(steps, [line[name] for line in lines], ".-", markersize=2, label=name)
        axes.set(title=title, xlabel="step")
        if title == _OVER_DECADES:
            _scale_over_decades(axes)
        axes.legend(fontsize=7)
    return figure


def _scale_over_decades(axes):
    """Scale y by its logarithm, with ticks 1, 2, 5, 10, ... as plain numbers."""
    from matplotlib.ticker import LogLocator, NullFormatter

    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())


def write_page(out, config, card, last, shipped):
    """Write `index.html` beside the pictures.

    Args:
        out: Folder of the demo.
        config: `EmixerConfig`.
        card: `DatasetCard`.
        last: The last metric line.
        shipped: Whether studies of a shipped preset are there to be shown.

    Returns:
        Path of the page.
    """
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{value:.4g}</td></tr>" for name, value in last.items()
    )
    sections = "".join(
        f'<h2>{title}</h2><p>{text}</p><img src="{file}" alt="{title}">'
        for file, title, text in ((_SHIPPED, *_SECTIONS) if shipped else _SECTIONS)
    )
    counts = ", ".join(f"{count} {split}" for split, count in card.counts.items())
    page = out / "index.html"
    page.write_text(
        f"""<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>EMIXER demo</title>
<style>{STYLE}</style>
<h1>EMIXER: films and reports from labels</h1>
<p class="notice">Every film here is a phantom, drawn by a program, or was made by a model trained
on phantoms. Nothing here shows a patient.</p>
<p>{config.resolution} px, {len(config.labels)} labels, vocabulary of {config.vocabulary_size}
words; studies: {counts};
{last["step"]:.0f} generator steps in {last["seconds"] / 60:.1f} minutes.</p>
{sections}
<h2>Last logged values</h2><table>{rows}</table></html>
""",
        encoding="utf-8",
    )
    return page
