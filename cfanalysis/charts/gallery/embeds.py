"""A chart for a page of somebody else's: for wide and narrow screens, light and dark, and with values to point at.

``<name>-dark.svg``, ``-narrow.svg``, ``-narrow-dark.svg``
    What the ``<picture>`` in ``<name>.html`` chooses from.
``<name>.interactive.html``
    The same pictures in one file of its own, with values on hover, touch and keyboard focus; nothing is fetched. It is
    the SVG with a short script, not a chart that a library draws anew: 200 kB with all four pictures, where Vega-Lite
    alone takes about 800; the same look; every value is text for a screen reader, and without script there is a chart.
``<name>.embed.html``
    The ``<iframe>`` that shows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cfanalysis.charts.captions import Caption
from cfanalysis.charts.chart_rendering import language_attribute, name_styles, svg_text
from cfanalysis.charts.spots import Spot, chart_spots
from cfanalysis.charts.text_metrics import one_line
from cfanalysis.core.language import current_language, message, series, translated
from cfanalysis.theme.own_style import dark_theme
from cfanalysis.theme.style import current_theme

_SUMMARY, _LINK = message("Description and numbers"), message("Numbers as CSV")
NARROW_SCREEN = 560  # CSS pixels, below which a page shows the narrow variant
_PIXELS = 96 / 72  # for a point
_DOT = 9.0  # points: half of the side of what a finger meets
_OWN_BOX = (
    "box-sizing: border-box; min-width: 0; padding: 0"  # said in the element: a page's own rules are weaker
)
_FONT = re.compile(r'<style class="cfa-font".*?</style>\s*', flags=re.DOTALL)
_REFERENCE = re.compile(r'( id="|url\(#|href="#)')


def embed_files(
    name: str, figures: Mapping[tuple[str, str], Figure], words: Caption, whole: Caption
) -> tuple[dict[str, str], str]:
    """Return the files that show a chart on somebody else's page, by their endings, and the ``<source>`` elements.

    Parameters
    ----------
    name
        Of the chart's files.
    figures
        The chart, drawn for each screen (``"wide"``, ``"narrow"``) and look (``"light"``, ``"dark"``).
    words, whole
        Its caption, and the one of all its rows, whose description is shown.
    """
    files, shown, sources, fonts = {}, [], [], ""
    for screen in ("narrow", "wide"):
        spots = _overlay(figures[screen, "light"], whole.rows)
        for look in ("dark", "light"):
            text = svg_text(figures[screen, look], alt=words.alt, title=words.title)
            if look == "dark":  # both may stand on one page, so their parts have names of their own
                text = _REFERENCE.sub(r"\1dark-", text)
            fonts = fonts or "".join(_FONT.findall(text))
            kind = f'<svg class="{screen} {look}" role="group" aria-label="{escape(words.alt)}" '
            inline = re.sub(r"<(title|desc)>.*?</\1>\s*", "", _FONT.sub("", text), flags=re.DOTALL)
            inline = inline.replace("<svg ", kind, 1).replace("</svg>", f"{spots}</svg>")
            shown.append(name_styles(inline))
            parts = [part for part, here in ((screen, screen == "narrow"), (look, look == "dark")) if here]
            if parts:
                ending = f"-{'-'.join(parts)}.svg"
                files[ending] = name_styles(text)
                asks = {"narrow": f"(max-width: {NARROW_SCREEN}px)", "dark": "(prefers-color-scheme: dark)"}
                media = " and ".join(asks[part] for part in parts)
                sources.append(f'<source media="{media}" srcset="{escape(name)}{ending}">')
    (width, height), (small, high) = (css_size(figures[screen, "light"]) for screen in ("wide", "narrow"))
    theme, dark = current_theme(), dark_theme(current_theme())
    page = Path(__file__).with_name("interactive.html").read_text(encoding="utf-8")
    for place, text in {
        "title": escape(words.title), "fonts": fonts, "charts": "\n".join(shown), "width": str(width),
        "description": escape(whole.description), "csv": escape(name) + ".csv", "language": current_language().code,
        "summary": escape(translated(_SUMMARY)), "numbers": escape(translated(_LINK)),
        "paper": theme.paper, "ink": theme.ink,
        "dark_paper": dark.paper, "dark_ink": dark.ink,
    }.items():  # fmt: skip
        page = page.replace(f"%{place}%", text)
    files[".interactive.html"] = page
    own = f"cfa-{escape(name)}"
    files[".embed.html"] = (
        f"<style>@media (max-width: {NARROW_SCREEN}px) "
        f"{{ .{own} {{ aspect-ratio: {small} / {high + 40} !important }} }}</style>\n"
        f'<iframe class="{own}" src="{escape(name)}.interactive.html" title="{escape(words.title)}" loading="lazy" '
        f'style="{_OWN_BOX}; margin: 0; border: 0; width: 100%; max-width: {width}px; height: auto; '
        f'aspect-ratio: {width} / {height + 40}"></iframe>\n'
    )
    return files, "".join(f"\n    {source}" for source in sources)


def figure_html(
    name: str, words: Caption, description: str, *, form: str, size: tuple[int, int], sources: str = ""
) -> str:
    """Return an HTML ``<figure>`` for a picture that lies beside it; everything in it is escaped.

    Title, subtitle and source stand in the picture and are not repeated; it is never wider than its place.

    Parameters
    ----------
    name, form
        The picture's file name is ``<name>.<form>``; a PDF is linked, not shown.
    words
        The chart's words.
    description
        What unfolds below it.
    size
        Width and height in CSS pixels.
    sources
        ``<source>`` elements of other variants of the picture.
    """
    alt, file = escape(words.alt), f"{escape(name)}.{form}"
    picture = (
        f'<a href="{file}">{alt}</a>'
        if form == "pdf"
        else f'<img src="{file}" alt="{alt}" width="{size[0]}" height="{size[1]}" loading="lazy" '
        f'style="{_OWN_BOX}; max-width: 100%; height: auto">'
    )
    picture = f"<picture>{sources}\n    {picture}\n  </picture>" if sources else picture
    return (
        f'<figure class="cfa-chart"{language_attribute()} style="{_OWN_BOX}; margin: 1em 0; max-width: {size[0]}px">\n'
        f"  {picture}\n"
        f"  <figcaption><details><summary>{escape(translated(_SUMMARY))}</summary>\n"
        f"    <p>{escape(description)}</p>\n"
        f'    <p><a href="{escape(name)}.csv">{escape(translated(_LINK))}</a></p></details></figcaption>\n</figure>\n'
    )


def css_size(figure: Figure) -> tuple[int, int]:
    """Return width and height of a figure in CSS pixels."""
    width, height = (round(inches * 72 * _PIXELS) for inches in figure.get_size_inches())
    return width, height


def _overlay(figure: Figure, rows: Sequence[str]) -> str:
    """Return what is pointed at: for each place of a chart a clear rectangle with its words."""
    axes = figure.axes[0]
    spots = sorted((spot for spot in chart_spots(axes) if not spot.omitted), key=lambda spot: spot.dot)
    boxes = []
    for spot, text in zip(spots, spot_texts(spots, rows), strict=True):
        left, top, width, height = _box(axes, spot)
        place = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
        boxes.append(f'<rect class="spot" role="img" aria-label="{escape(text)}" {place}/>')
    return "\n".join(["", *boxes, ""])


def spot_texts(spots: Sequence[Spot], rows: Sequence[str]) -> list[str]:
    """Return what is said of each place of a chart: its own words, or the clauses that begin with its label.

    Parameters
    ----------
    spots
        The places.
    rows
        The clauses of the chart's caption.

    Examples
    --------
    >>> rows = ["People 3", "Service 1", "Service by phone 2"]
    >>> spot_texts([Spot(None, (0, 1), label) for label in ("Service", "Service by phone")], rows)
    ['Service 1', 'Service by phone 2']
    """
    keys = [one_line(spot.label).casefold() for spot in spots]
    found: dict[str, list[str]] = {}
    for row in rows:
        fitting = [key for key in keys if key and one_line(row).casefold().startswith(key)]
        if fitting:
            found.setdefault(max(fitting, key=len), []).append(row)
    texts = []
    for number, (spot, key) in enumerate(zip(spots, keys, strict=True)):
        clauses = found.get(key, [])
        if keys.count(key) == len(clauses) > 1:  # one label under several headings
            clauses = [clauses[keys[:number].count(key)]]
        texts.append(spot.text or series(clauses) or spot.label)
    return texts


def _box(axes: Axes, spot: Spot) -> tuple[float, float, float, float]:
    """Return left, top, width and height of a place, points from the figure's upper left corner."""
    figure = axes.figure
    scale, (whole, high) = 72 / figure.dpi, (72 * inches for inches in figure.get_size_inches())  # type: ignore[union-attr]
    corners = [
        axes.transData.transform((x, y)) * scale for x, y in zip(spot.x or (0, 0), spot.y, strict=True)
    ]
    (x0, y0), (x1, y1) = corners
    left, right = (0.0, whole) if spot.x is None else (min(x0, x1), max(x0, x1))
    bottom, top = min(y0, y1), max(y0, y1)
    wide, tall = (max(0.0, _DOT - (end - start) / 2) for start, end in ((left, right), (bottom, top)))
    half = 0.45 if spot.dot else 1.0
    left = left - half * wide
    right = right + half * wide
    bottom = bottom - half * tall
    top = top + half * tall
    return left, high - top, right - left, top - bottom
