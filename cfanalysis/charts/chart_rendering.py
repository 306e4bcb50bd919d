"""A chart as it is published: a figure on a page, or a file.

`figure` is the last line of a notebook cell: it draws a chart under the theme with its caption. `save_chart` writes
the same picture as SVG, PNG or PDF. No window, no global figure and no clock take part, so the same result gives the
same bytes.
"""

from __future__ import annotations

import io
import re
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from cfanalysis.charts.captioned_chart import captioned_drawing
from cfanalysis.charts.captions import Caption
from cfanalysis.charts.chart_numbers import chart_csv
from cfanalysis.charts.plot import figure_of
from cfanalysis.charts.spots import row_ends
from cfanalysis.charts.text_metrics import drawn_texts, fonts_without_layout, one_line, quick_drawing
from cfanalysis.core import blocks
from cfanalysis.core.errors import OutputError
from cfanalysis.core.files import atomic_file
from cfanalysis.core.language import SOURCE, current_language
from cfanalysis.core.publication import Publication, current_publication
from cfanalysis.theme.style import apply_theme, current_theme, preset
from cfanalysis.theme.svg_fonts import font_styles

CHART_FORMATS = ("svg", "png", "pdf")
CSS_PIXELS_PER_INCH = 96
PIXELS_PER_INCH = 2 * CSS_PIXELS_PER_INCH  # of pictures in an SVG or PDF
MAX_PNG_BYTES = 200_000  # bytes of a picture for the web
# Of a PNG that would be larger: first fewer colours, then fewer pixels; only charts of very many rows come to that.
_PNG_STEPS = ((1.0, (256, 64, 32)), (0.75, (64,)), (0.5, (64, 32)))  # shares of the size, and colours
_PAGE_MARGIN = 0.5  # points: a chart on a page begins where the text does
_NO_DATE = {"Date": None, "Creator": None, "Format": None, "Type": None}
# Superfluous in matplotlib's SVG: comments, indentation, names of groups, empty groups, rotations by 0.
_NEEDLESS = tuple(
    re.compile(pattern, flags=re.DOTALL)
    for pattern in (
        r"<!-- .*? -->",
        r"(?<=\n) +",
        r'(?<=<g) id="[^"]*"',
        r"<g/>\n?",
        r"(?<=\d) \n(?=[A-Za-z])",
        r' transform="rotate\(-?0 [^"]*"',
    )
)
_LONELY = re.compile(r"<g>\n(<(?:text|path|use)[^\n]*)\n</g>")
_FAMILY = re.compile(r"font-family: ([^;\"]*); ")
_LOOK = re.compile(r'(?<= )style="([^"]*)"')
_TAG = re.compile(r"<[a-z][^>]*>")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_PROLOGUE = re.compile(r"\A\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE[^>]*>\s*)?")


def figure(
    chart: Callable[..., Axes], result: Any, *, caption: Caption | None = None, **options: Any
) -> blocks.Figure:
    """Return a chart as a block of a page, with its finding as title and its alternative text.

    Parameters
    ----------
    chart
        A function of `cfanalysis.charts`.
    result
        What it draws.
    caption
        Its words; None for the chart's own.
    **options
        What else `chart_figure` or the chart takes: ``width``, ``height``, and what an author makes an own
        (`cfanalysis.charts.captioned_chart.Own`).
    """
    own = None if caption is None else lambda _: caption
    drawing, words = chart_drawing(chart, result, caption=own, margin=_PAGE_MARGIN, **options)
    published, narrow = current_publication() or Publication(), ""
    if published.numbers:
        write_numbers(chart, result, Path(published.numbers))
    if published.page:
        same = {name: option for name, option in options.items() if name not in ("width", "height")}
        with apply_theme(preset("narrow", theme=current_theme())):
            small, _ = chart_drawing(chart, result, caption=own, margin=_PAGE_MARGIN, **same)
            narrow = _matplotlib_svg(small)
    width, ends = drawing.get_figwidth() * 72, row_ends(drawing)
    return blocks.Figure(svg_text(drawing), one_line(words.alt), width, ends, narrow)


def write_numbers(chart: Callable[..., Axes], result: Any, folder: Path) -> Path:
    """Write the numbers of a figure as CSV, named for its chart, into a folder that holds those of one report.

    Parameters
    ----------
    chart, result
        As for `figure`.
    folder
        An existing folder.

    Returns
    -------
    Path
        The file: ``<chart>.csv``, or ``<chart>_2.csv`` and so on where that exists.
    """
    name, number = chart.__name__, 1
    while (path := folder / f"{name}{'' if number == 1 else f'_{number}'}.csv").exists():
        number += 1
    with atomic_file(path) as aside:
        aside.write_text(chart_csv(chart, result), encoding="utf-8", newline="\n")
    return path


def chart_figure(chart: Callable[..., Axes], result: Any, **options: Any) -> Figure:
    """Return a chart's figure, for `save_chart`.

    Parameters
    ----------
    chart, result, **options
        As for `chart_drawing`.
    """
    return chart_drawing(chart, result, **options)[0]


@quick_drawing()
def chart_drawing(
    chart: Callable[..., Axes],
    result: Any,
    *,
    width: float | None = None,
    height: float | None = None,
    margin: float | None = None,
    **options: Any,
) -> tuple[Figure, Caption]:
    """Return a chart's figure and its caption, as an author has made it.

    Parameters
    ----------
    chart, result
        As for `figure`.
    width, height, margin
        Size, and the room around everything, in points (1/72 inch); by default the theme's.
    **options
        As for `cfanalysis.charts.captioned_chart.captioned_drawing`.
    """
    given = (("width", width), ("height", height), ("margin", margin))
    sizes = {name: size for name, size in given if size is not None}
    with apply_theme(current_theme().replace(**sizes)):
        axes, words = captioned_drawing(chart, result, **options)
        return figure_of(axes), words


def svg_text(figure: Figure, *, alt: str = "", title: str = "") -> str:
    """Return a figure as a self-contained SVG: text stays text, the font travels with it.

    Parameters
    ----------
    figure
        What `chart_figure` returned, or the figure of any chart.
    alt, title
        Written into the file for those who cannot see it; empty for none.
    """
    svg = self_contained_svg(_matplotlib_svg(figure)).replace("<svg ", f"<svg{language_attribute()} ", 1)
    words = [(tag, one_line(text)) for tag, text in (("title", title), ("desc", alt)) if text.strip()]
    spoken = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in words)
    return _after_root(svg, spoken) if spoken else svg


def language_attribute() -> str:
    """Return the attribute that says the language of an element; nothing in English."""
    code = current_language().code
    return "" if code == SOURCE else f' lang="{code}"'


@quick_drawing()
def _matplotlib_svg(figure: Figure) -> str:
    """Return a figure as SVG without what is superfluous, and without its font."""
    stream = io.StringIO()
    with apply_theme(), drawn_texts():
        figure.savefig(stream, format="svg", metadata=_NO_DATE, dpi=PIXELS_PER_INCH)
    return compact_svg(stream.getvalue())


def self_contained_svg(svg: str) -> str:
    """Return an SVG element with the font that its text needs, without XML prologue and metadata.

    The font is one or more ``<style class="cfa-font">`` elements, each a constant text (`theme.font_style`).
    """
    svg = _PROLOGUE.sub("", svg, count=1)
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, count=1, flags=re.DOTALL)
    return _after_root(svg, font_styles(svg))


def compact_svg(svg: str) -> str:
    """Return matplotlib's SVG at about half the size: the picture is the same to a hundredth of a pixel.

    Names of groups and comments go (nothing refers to them, and two figures on one page would both have them), so do
    rotations by 0; the font family of most texts is given once, and numbers have two decimals.

    Examples
    --------
    >>> compact_svg('<svg><g id="text_1"><text x="1.23456" transform="rotate(-0 1.2 3)">a</text></g></svg>')
    '<svg><g><text x="1.23">a</text></g></svg>'
    """
    for pattern in _NEEDLESS:
        svg = pattern.sub("", svg)
    svg = _LONELY.sub(r"\1", svg)
    families = Counter(_FAMILY.findall(svg))
    if families:
        family = families.most_common(1)[0][0]
        svg = svg.replace(f"font-family: {family}; ", "")
        svg = svg.replace("<svg ", f'<svg font-family="{family}" ', 1)
    return _TAG.sub(lambda tag: _LONG_NUMBER.sub(lambda n: f"{float(n[0]):.2f}", tag[0]), svg)


def name_styles(svg: str) -> str:
    r"""Return an SVG in which looks that return have names, so that a chart of sixty rows stays a small file.

    A name is made from the look itself: where two such pictures stand on one page, equal names mean equal looks.

    Examples
    --------
    >>> name_styles('<svg>' + '<a style="fill: red"/>' * 3 + '</svg>')[:50]
    '<svg>\n<style>.c7b773724{fill: red}</style><a class'
    """
    names = {
        look: f"c{zlib.crc32(look.encode()):08x}" for look, n in Counter(_LOOK.findall(svg)).items() if n > 2
    }
    if not names:
        return svg
    rules = "".join(f".{name}{{{look}}}" for look, name in names.items())
    named = _LOOK.sub(lambda m: f'class="{names[m[1]]}"' if m[1] in names else m[0], svg)
    return _after_root(named, f"<style>{rules}</style>")


def save_chart(figure: Figure | Axes, path: Path, *, alt: str, title: str = "", scale: float = 2.0) -> Path:
    """Write a chart to a file, whole or not at all.

    Parameters
    ----------
    figure
        What `chart_figure` returned, or the Axes of a chart.
    path
        The file; its suffix is the format: ``.svg``, ``.png`` or
        ``.pdf``. Fonts are in the file.
    alt, title
        Written into the file's own metadata.
    scale
        Pixels of a PNG for one CSS pixel (1/96 inch); fewer where the file would be above `MAX_PNG_BYTES` bytes.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OutputError
        The format is another one, or the file cannot be written.
    """
    form = path.suffix.removeprefix(".").lower()
    if form not in CHART_FORMATS:
        raise OutputError(
            "A chart cannot be written in this format.",
            where=path,
            value=path.suffix,
            allowed=", ".join(CHART_FORMATS),
        )
    if isinstance(figure, Axes):
        figure = figure_of(figure)
    if form == "svg":
        content = name_styles(svg_text(figure, alt=alt, title=title)).encode()
    else:
        words = {"alt": one_line(alt), "title": one_line(title)}
        content = _png(figure, scale, **words) if form == "png" else _pdf(figure, **words)
    with atomic_file(path) as aside:
        aside.write_bytes(content)
    return path


def _pdf(figure: Figure, *, alt: str, title: str) -> bytes:
    """Return a PDF with its words and without dates and program names."""
    words = {key: text for key, text in (("Title", title), ("Subject", alt)) if text}
    metadata: dict[str, str | None] = {**words, **dict.fromkeys(("Creator", "Producer", "CreationDate"))}
    stream = io.BytesIO()
    with apply_theme(), drawn_texts(), fonts_without_layout():
        figure.savefig(stream, format="pdf", metadata=metadata, dpi=PIXELS_PER_INCH)
    return stream.getvalue()


def _png(figure: Figure, scale: float, *, alt: str, title: str) -> bytes:
    """Return a PNG with its words, not above `MAX_PNG_BYTES` bytes if colours and pixels can be spared."""
    content = b""
    for share, colour_numbers in _PNG_STEPS:
        stream, dpi = io.BytesIO(), share * scale * CSS_PIXELS_PER_INCH
        with apply_theme(), drawn_texts():
            figure.savefig(stream, format="rgba", dpi=dpi)
        size = (int(figure.get_figwidth() * dpi), int(figure.get_figheight() * dpi))
        for colours in colour_numbers:
            content = _quantized_png(stream.getvalue(), size, dpi, colours, alt=alt, title=title)
            if len(content) < MAX_PNG_BYTES:
                return content
    return content


def _quantized_png(
    drawn: bytes, size: tuple[int, int], dpi: float, colours: int, *, alt: str, title: str
) -> bytes:
    """Return a PNG in so many colours; in 256, a third of the size, no difference can be seen."""
    # Most pixels are as their neighbours: only the colours that there are need to be reduced, a tenth of the work.
    pixels = np.frombuffer(drawn, "<u4")
    starts = np.flatnonzero(np.append(True, pixels[1:] != pixels[:-1]))
    places, found = pd.factorize(pixels[starts], sort=True)
    every = Image.frombytes("RGBA", (len(found), 1), found.tobytes()).convert("RGB")
    reduced = every.quantize(colours, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    indices = np.frombuffer(reduced.tobytes(), np.uint8)[places]
    picture = Image.frombytes("P", size, np.repeat(indices, np.diff(starts, append=len(pixels))).tobytes())
    picture.putpalette(reduced.getpalette() or ())
    words = PngInfo()
    for key, text in (("Title", title), ("Description", alt)):
        if text:
            words.add_itxt(key, text)
    content = io.BytesIO()
    picture.save(content, "PNG", pnginfo=words, dpi=(dpi, dpi))
    return content.getvalue()


def _after_root(svg: str, addition: str) -> str:
    """Return the SVG with something put right behind its first tag."""
    end = svg.index(">", svg.index("<svg")) + 1
    return f"{svg[:end]}\n{addition}{svg[end:]}"
