"""Studies as cards of HTML: a film, what it was made of, and its report."""

import base64
import html
import io

from PIL import Image

from emixer_tf.models.generation import film_picture

_SHOWN = 256  # pixels a side; small films are enlarged smoothly

CARD_STYLE = """
.emixer-cards {display: grid; gap: 14px;
  grid-template-columns: repeat(auto-fill, minmax(200px, 1fr))}
.emixer-card {border: 1px solid #8884; border-radius: 8px; padding: 10px; overflow-wrap: anywhere}
.emixer-card img {width: 100%; aspect-ratio: 1; border-radius: 4px; display: block}
.emixer-card h4 {margin: 0 0 6px; font-size: .95rem}
.emixer-card p {margin: 8px 0 0; font-size: .9rem; line-height: 1.4}
.emixer-card figure {margin: 8px 0 0} .emixer-card figcaption {font-size: .8rem; opacity: .75}
"""


def study_cards(films, titles, reports, nearest=None):
    """Return cards of studies; all text is escaped.

    Args:
        films: uint8 `[n, R, R, channels]`.
        titles: n texts.
        reports: n texts; empty ones are left out.
        nearest: `(films, distances)` of the nearest training films, or None.

    Returns:
        HTML.
    """
    cards = []
    for i, (film, title, report) in enumerate(zip(films, titles, reports, strict=True)):
        title = html.escape(title)
        parts = [f"<h4>{title}</h4>", _picture(film, f"Film: {title}")]
        if report:
            parts.append(f"<p>{html.escape(report)}</p>")
        if nearest is not None:
            parts.append(
                f"<figure>{_picture(nearest[0][i], 'Nearest training film')}<figcaption>nearest "
                f"training film, {nearest[1][i]:.1f} grey levels away</figcaption></figure>"
            )
        cards.append(f'<div class="emixer-card">{"".join(parts)}</div>')
    return f'<div class="emixer-cards">{"".join(cards)}</div>'


def _picture(film, alternative):
    """Return an image with its pixels inside; `alternative` is escaped already."""
    picture = film_picture(film)
    if picture.width < _SHOWN:
        picture = picture.resize((_SHOWN, _SHOWN), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    picture.save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode("ascii")
    return f'<img src="data:image/png;base64,{data}" alt="{alternative}">'
