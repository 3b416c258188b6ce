"""The page on which a preset is tried: `emixer app`."""

import html

import gradio as gr

from emixer_tf.app.bench import MOST_STUDIES, Bench, zipped
from emixer_tf.app.study_cards import CARD_STYLE, study_cards

_NOTICE = "Synthetic studies. Not for diagnosis, nor for any decision about a patient."
_FILM_FILES = [".png", ".jpg", ".jpeg", ".dcm"]
_MOST_UPLOADED = "50mb"
_KEPT = 15 * 60
_NO_NEIGHBOURS = (
    "Nearest training films are shown where the training data are at hand: "
    "`emixer app --preset … --data FOLDER`."
)


def try_page(model, name, data=None):
    """Build the page.

    Args:
        model: `StudyGenerator`.
        name: Of the preset, for the heading.
        data: Folder of its prepared training data, or None.

    Returns:
        `gradio.Blocks`, to be launched by `serve`.
    """
    bench = Bench(model, data)
    kept = (_KEPT, _KEPT)  # looked for as often as that, in seconds
    with gr.Blocks(title=f"EMIXER: {name}", analytics_enabled=False, delete_cache=kept) as page:
        gr.HTML(f"<h2>EMIXER: {html.escape(name)}</h2><b>{_NOTICE}</b>")
        with gr.Tab("Generate"):
            page.load(*_generate_tab(bench))
        with gr.Tab("Walk"):
            _walk_tab(bench)
        if hasattr(model, "describe"):
            with gr.Tab("Describe a film"):
                _describe_tab(bench)
    return page


def serve(page, host="127.0.0.1", port=None, inbrowser=False):
    """Serve the page until it is interrupted.

    Args:
        page: What `try_page` returned.
        host: Address to listen on; by default this machine alone.
        port: None for the first free one from 7860.
        inbrowser: Whether a browser is opened.
    """
    page.launch(
        server_name=host,
        server_port=port,
        inbrowser=inbrowser,
        share=False,
        show_error=False,  # what `_told` tells is shown all the same
        max_file_size=_MOST_UPLOADED,
        footer_links=[],
        css=CARD_STYLE,
        theme=gr.themes.Soft(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
    )


def _generate_tab(bench):
    """Lay out the tab; returns what its button does: function, inputs and outputs."""
    with gr.Row():
        with gr.Column(scale=1, min_width=280):
            names = list(bench.model.config.labels)
            labels = gr.CheckboxGroup(
                names, label="Labels",
                info="Each has a severity; the preset learnt from 0 and 1, and guesses between",
            )  # fmt: skip
            severities = _severity_sliders(labels, names)
            count = gr.Slider(1, MOST_STUDIES, value=4, step=1, label="Studies")
            seed = gr.Number(0, precision=0, minimum=0, maximum=2**32 - 1, label="Seed")
            with gr.Accordion("More", open=False):
                temperature = gr.Slider(
                    0, 1.5, value=0, step=0.1, label="Temperature of the words",
                    info="0 contradicts itself least, 1 has most variety",
                )  # fmt: skip
                truncation = gr.Slider(
                    0, 3, value=0, step=0.1, label="Truncation of the noise",
                    info="Small: typical films, less variety. 0: not cut",
                )  # fmt: skip
            make = gr.Button("Generate", variant="primary", elem_id="generate")
            download = gr.DownloadButton("Download as ZIP", visible=False, elem_id="download")
            if bench.training is None:
                gr.Markdown(_NO_NEIGHBOURS)
        with gr.Column(scale=3, min_width=300):
            cards = gr.HTML(elem_id="studies")

    def generate(chosen, count, seed, temperature, truncation, *values):
        asked = {name: value for name, value in zip(names, values, strict=True) if name in chosen}
        cut = truncation or None
        studies = _told(bench.generate, asked, int(count), seed, temperature, cut)
        with zipped(studies) as archive:
            # The page has a copy of its own, and deletes it, before this goes on.
            yield _cards(bench, studies), gr.DownloadButton(value=archive, visible=True)

    made = (
        generate,
        [labels, count, seed, temperature, truncation, *severities],
        [cards, download],
    )
    make.click(*made, api_name="generate", scroll_to_output=True)
    return made


def _severity_sliders(labels, names):
    """Lay out a slider for each label, which is there while the label is chosen."""
    sliders = [
        gr.Slider(0.1, 1, value=1, step=0.1, label=f"Severity of {name}", visible=False)
        for name in names
    ]

    def show(chosen):
        return [gr.Slider(visible=name in chosen) for name in names]

    labels.change(show, labels, sliders, show_progress="hidden", api_visibility="private")
    return sliders


def _walk_tab(bench):
    names = list(bench.model.config.labels)
    with gr.Row():
        with gr.Column(min_width=280):
            start = gr.Dropdown(names, multiselect=True, label="From labels")
            first = gr.Number(0, precision=0, minimum=0, maximum=2**32 - 1, label="From seed")
        with gr.Column(min_width=280):
            end = gr.Dropdown(names, multiselect=True, label="To labels")
            last = gr.Number(
                1, precision=0, minimum=0, maximum=2**32 - 1, label="To seed",
                info="The same seed twice: labels change alone",
            )  # fmt: skip
    steps = gr.Slider(2, 12, value=7, step=1, label="Steps")
    go = gr.Button("Walk", variant="primary", elem_id="walk")
    cards = gr.HTML(elem_id="steps")

    def walk(start, end, first, last, steps):
        return _cards(bench, _told(bench.walk, start or [], end or [], (first, last), steps))

    inputs = [start, end, first, last, steps]
    go.click(walk, inputs, cards, api_name="walk", scroll_to_output=True)


def _describe_tab(bench):
    with gr.Row():
        with gr.Column(min_width=280):
            file = gr.File(label="Film: PNG, JPEG or DICOM", file_types=_FILM_FILES, elem_id="film")
            gr.Markdown("The film stays on this server, which deletes it within half an hour.")
        with gr.Column(min_width=280):
            card = gr.HTML(elem_id="described")
            readings = gr.Label(label="Labels read off the film", num_top_classes=5)

    def describe(path):
        if path is None:
            return "", None
        film, report, read = _told(bench.describe, path)
        told = "This preset writes no reports." if report is None else report
        nearest = bench.nearest(film[None])
        return study_cards(film[None], ["Your film, as the preset sees it"], [told], nearest), read

    file.change(describe, file, [card, readings], api_name="describe")


def _cards(bench, studies):
    titles = [studies.title(i) for i in range(len(studies.images))]
    return study_cards(studies.images, titles, studies.reports, bench.nearest(studies.images))


def _told(action, *inputs):
    """Run an action; what the user can mend is shown as a sentence."""
    try:
        return action(*inputs)
    except ValueError as error:
        # The page takes the message for HTML, and names of files are visitors'.
        raise gr.Error(html.escape(str(error)), print_exception=False) from error
