"""Letters in a chart: how wide a text is, where it breaks, how intervals and counts are written.

A chart knows the width of every text before anything is drawn, so its layout is made once and no label meets
another by chance. Widths are measured with the font itself, in points.
"""

from __future__ import annotations

import gc
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import matplotlib.text
from matplotlib import font_manager
from matplotlib.font_manager import FontManager, FontPath
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.text import Text
from matplotlib.textpath import TextToPath

from cfanalysis.core.templates import runs_from_the_right, sentence
from cfanalysis.statistics.effects import Estimate
from cfanalysis.theme.style import current_theme, fonts_for, register_fonts
from cfanalysis.theme.text_width import line_width

# Anything but letters that stand one beside the other: Latin, Greek, Cyrillic, Armenian, punctuation, symbols.
_SHAPED = re.compile("[^\u0020-\u02ff\u0370-\u058f\u2010-\u2e7f]")
_OTHER_GENERIC = font_manager.font_family_aliases - {"sans-serif"}
_NO_BREAK = "\u00a0\u202f"  # spaces before a per cent sign, and in French before a colon: no line ends there
_MARKS = "\u200e\u200f"  # which say how text runs
_BREAKS = re.compile(f"[^\\S{_NO_BREAK}]+")
_ROUNDING = 1e-6  # points: the widths of words add up to that of their line but for this
_SLACK = 1.02  # screens round letter widths up when they fit them to pixels
_LABELS, _LONG_WORDS = 0.36, 0.45  # of the width, at most, for labels; for words that are kept whole


@contextmanager
def allow_missing_glyphs() -> Iterator[None]:
    """Keep quiet about a letter that no font here has: an SVG's reader may have it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        yield


@contextmanager
def quick_drawing() -> Iterator[None]:
    """Draw without collecting garbage, of which a chart makes little; measure each letter once."""
    collecting, former = gc.isenabled(), matplotlib.text.TextToPath
    gc.disable()
    setattr(matplotlib.text, "TextToPath", _LetterText)  # noqa: B010 - a class is not assigned to, says mypy
    try:
        yield
    finally:
        setattr(matplotlib.text, "TextToPath", former)  # noqa: B010
        if collecting:
            gc.enable()


@contextmanager
def drawn_texts() -> Iterator[None]:
    """Draw each text in the fonts of other scripts that it needs; find where its lines lie once for all that are alike.

    Matplotlib finds it twice for each tick, and the fonts for each size.
    """
    kind: Any = Text
    manager: Any = font_manager.fontManager
    layout, known = kind._get_layout, {}

    def remembered(text: Any, renderer: Any) -> Any:
        if named := [font.family for font in fonts_for(text.get_text())]:
            families = [name for name in text.get_fontfamily() if name not in named]
            text.set_fontfamily([*families[:-1], *named, *families[-1:]])
        look = text.get_rotation(), text.get_rotation_mode(), text._linespacing, text._get_multialignment()
        place = text.get_horizontalalignment(), text.get_verticalalignment(), text.get_figure(root=True).dpi
        key = text.get_text(), hash(text.get_fontproperties()), look, place
        if key not in known:
            known[key] = layout(text, renderer)
        return known[key]

    kind._get_layout, manager._find_fonts_by_props = remembered, _quick_fonts
    try:
        with allow_missing_glyphs():
            yield
    finally:
        kind._get_layout = layout
        vars(manager).pop("_find_fonts_by_props", None)


def _quick_fonts(prop: Any, **options: Any) -> list[FontPath]:
    """Return the files of a text's fonts as matplotlib's manager does, which looks anew for each size."""
    manager, families = font_manager.fontManager, tuple(prop.get_family())
    if options or prop.get_file() or not _OTHER_GENERIC.isdisjoint(families):
        return FontManager._find_fonts_by_props(manager, prop, **options)
    known = len(manager.ttflist), tuple(matplotlib.rcParams["font.sans-serif"])
    look = prop.get_style(), prop.get_variant(), prop.get_weight(), prop.get_stretch()
    if (fonts := _fonts.get((families, look, known))) is None:
        fonts = _fonts[families, look, known] = FontManager._find_fonts_by_props(manager, prop)
    return fonts


_fonts: dict[Any, list[FontPath]] = {}


@contextmanager
def fonts_without_layout() -> Iterator[None]:
    """Embed fonts in a PDF without their rules of placing letters, which are placed and which took half of the time."""
    from fontTools.subset import Options  # which only PDFs need

    former = Options._drop_tables_default
    Options._drop_tables_default = [*former, "GDEF", "GPOS", "GSUB"]
    try:
        yield
    finally:
        Options._drop_tables_default = former


class _LetterText(TextToPath):
    """Measures texts by their letters, kerning aside, without the program that shapes those of other scripts."""

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        if ismath or prop.get_style() != "normal" or prop.get_file() or _SHAPED.search(s):
            return super().get_text_width_height_descent(s, prop, ismath)
        weight = font_manager.weight_dict.get(prop.get_weight(), prop.get_weight())
        families = tuple(prop.get_family())
        boxes = [_letter_box(weight, families, letter) for letter in s]
        size, bottom = prop.get_size_in_points(), min(box[1] for box in boxes)
        height = max(box[2] for box in boxes) - bottom
        return sum(box[0] for box in boxes) * size, height * size, -bottom * size


def text_width(text: str, size: float, *, bold: bool = False, behind: bool | None = None) -> float:
    """Return the width of one line of text in the theme's font.

    Parameters
    ----------
    text
        One line.
    size
        Font size, points.
    bold
        Whether it is set in the theme's bold weight.
    behind
        Whether it is set in the font behind the theme's: a PDF sets the whole of a line in one that has all of it. By
        default where there is Arabic or Hebrew.

    Returns
    -------
    float
        Points.
    """
    theme = current_theme()
    families = theme.families(bold=bold)
    if runs_from_the_right(text) if behind is None else behind:
        families = families[1:]
    more = tuple(FontPath(font.path, font.index) for font in fonts_for(text))
    return _line_width(text, theme.bold if bold else 400, families, more) * size


@lru_cache(maxsize=20_000)
def _line_width(text: str, weight: int, families: tuple[str, ...], more: tuple[FontPath, ...]) -> float:
    """Return the width at size 1 of a text; it is shaped where letters change with their neighbours."""
    if not _SHAPED.search(text):
        return line_width(text, lambda letter: _letter_box(weight, families, letter)[0]) * _SLACK
    font = _font(weight, families, more)
    with allow_missing_glyphs():
        font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 64 / 64 * _SLACK


@lru_cache(maxsize=20_000)
def _letter_box(weight: int, families: tuple[str, ...], letter: str) -> tuple[float, float, float]:
    """Return how far a letter moves the pen, and its lower and its upper end, at size 1.

    Kerning, which hardly ever widens a text, is left out.
    """
    font = _font(weight, families)
    with allow_missing_glyphs():
        try:
            glyph = font.load_char(ord(letter), flags=LoadFlags.NO_HINTING)
        except RuntimeError:  # no font has it: a box is drawn
            return _letter_box(weight, families, "M")
    low, high = glyph.bbox[1::2]
    return float(glyph.linearHoriAdvance) / 2**16 / 64, low / 64 / 64, high / 64 / 64


def _font(weight: int, families: tuple[str, ...], more: tuple[FontPath, ...] = ()) -> FT2Font:
    """Return the font at 64 points, where no rounding counts; others take the same object at other sizes."""
    font = font_manager.get_font([*_font_files(weight, families), *more])
    font.set_size(64, 72)
    return font


@lru_cache(maxsize=64)
def _font_files(weight: int, families: tuple[str, ...]) -> tuple[str, ...]:
    register_fonts()
    wanted = [font_manager.FontProperties(family=[family], weight=weight) for family in families]
    return tuple(str(font_manager.findfont(properties)) for properties in wanted)


def wrap_lines(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Return the lines of a text broken between words, or within a word that is wider than a line.

    Parameters
    ----------
    text
        Any text; runs of white space become one space and unprintable characters go.
    width
        Width of a line, points.
    size
        Font size, points.
    bold
        Whether it is set in the theme's bold weight.

    Examples
    --------
    >>> wrap_lines("Processes aligned to a quality experience", 90, 9)
    ['Processes aligned to', 'a quality experience']
    >>> wrap_lines(" ", 100, 9)
    []
    """
    behind = runs_from_the_right(text)
    space = text_width("n n", size, bold=bold) - text_width("nn", size, bold=bold)
    lines: list[list[str]] = []
    room = 0.0
    for part in (
        part for word in one_line(text).split(" ") if word for part in _parts(word, width, size, bold=bold)
    ):
        needed = text_width(part, size, bold=bold, behind=behind)
        if lines and space + needed <= room + _ROUNDING:
            lines[-1].append(part)
            room -= space + needed
        else:
            lines.append([part])
            room = width - needed
    return [" ".join(parts) for parts in lines]


def _parts(word: str, width: float, size: float, *, bold: bool) -> Iterator[str]:
    """Yield a word, or the pieces of one that is wider than a line."""

    def start_width(letters: int) -> float:
        return text_width(word[:letters], size, bold=bold)

    while len(word) > 1 and text_width(word, size, bold=bold) > width:
        cut = max(bisect_right(range(1, len(word)), width, key=start_width), 1)
        yield word[:cut]
        word = word[cut:]
    yield word


def balance_lines(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Return lines as `wrap_lines` does, but with no lonely word in the last one.

    Where the last line would be shorter than a third of the width, all lines become about equally long.

    Parameters
    ----------
    text, width, size, bold
        As for `wrap_lines`.

    Examples
    --------
    >>> balance_lines("Processes aligned to a quality experience", 150, 9)
    ['Processes aligned to', 'a quality experience']
    """

    def pieces(lines: list[str]) -> int:
        return len(" ".join(lines).split())

    lines = wrap_lines(text, width, size, bold=bold)
    if len(lines) < 2 or text_width(lines[-1], size, bold=bold) > width / 3:
        return lines
    for share in range(50, 100, 5):
        narrower = wrap_lines(text, width * share / 100, size, bold=bold)
        if len(narrower) == len(lines) and pieces(narrower) == pieces(lines):  # no word is broken for it
            return narrower
    return lines


def label_column(labels: Sequence[tuple[str, bool]], width: float, size: float) -> float:
    """Return the width of the labels beside a plot: as much as they need, up to a share of the picture.

    Parameters
    ----------
    labels
        Each with whether it is bold.
    width
        Of the picture, points.
    size
        Of its letters, points.
    """
    widest = max(text_width(text, size, bold=bold) for text, bold in labels)
    if widest <= _LABELS * width:
        return widest
    words = (text_width(word, size, bold=bold) for text, bold in labels for word in text.split())
    whole = [word for word in words if word <= _LONG_WORDS * width]
    return min(widest, max(_LABELS * width, max(whole, default=0.0) + _ROUNDING))


def one_line(text: str) -> str:
    r"""Return a text from data on one line, without characters that cannot be printed.

    Examples
    --------
    >>> one_line("Alder  Logistics\n(north)")
    'Alder Logistics (north)'
    """
    spaced = _BREAKS.sub(" ", str(text)).strip()
    if spaced.isprintable():
        return spaced
    return "".join(letter for letter in spaced if letter.isprintable() or letter in _NO_BREAK + _MARKS)


def confidence_label(estimate: Estimate) -> str:
    """Return what an estimate's interval is called.

    Examples
    --------
    >>> confidence_label(Estimate(0.1, confidence=0.9))
    '90% interval'
    """
    return sentence("{confidence:%} interval", vars(estimate))
