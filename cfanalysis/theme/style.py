"""Colours, fonts and sizes: the one place where the look of every chart is set.

A `Theme` is a frozen set of values; charts ask `current_theme()` for it and hold none of their own, so that a brand
or another size is one `replace` away::

    with applied(THEME.replace(accent="#5b2a86")):
        axes = quartile_gap(gaps)

Roles of the colours: `accent` marks the set that the chart is about (the top quartile, the client), `finding`
marks the estimate (a difference, a slope), greys carry everything else. Colour never stands alone: sets differ
in shape too, Say is a hollow mark and Do a filled one. Sizes are points (1/72 inch).

The font is IBM Plex Sans, which lies in the package, or a brand's own; letters that a brand's font lacks are drawn
in the house's. In an SVG the text stays text; `font_style` gives the
``<style>`` that makes such a file show the same letters on a machine that lacks the font.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from matplotlib import font_manager

from cfanalysis.core.errors import ParameterError
from cfanalysis.core.resources import font_folder
from cfanalysis.theme.brand import DEFAULT_BRAND, Brand, Typeface, current_brand
from cfanalysis.theme.script_fonts import ScriptFont, house_code_points, script_fonts
from cfanalysis.theme.ticks_style import TICKS

Preset = Literal[
    "document", "blog", "narrow", "social", "square", "portrait", "story", "print", "slide", "thumbnail"
]

_MM = 72 / 25.4  # points
_PX = 72 / 96  # points; a CSS pixel is 1/96 inch
_MIN_SHRUNK = 0.8  # a preset's letters shrink to this share at most where rows are many


@dataclass(frozen=True)
class Theme:
    """The look of a chart.

    Parameters
    ----------
    ink, muted
        Text: what is read first, and what stands beside it. Both reach 4.5:1 on `paper` and `tint`.
    rule, paper, tint
        Hairlines; the ground; the ground of a region that belongs to the accent.
    accent
        The set that the chart is about; text may be set in it.
    finding
        The estimate that the chart reports; text may be set in it.
    others
        Marks of the second, third and further sets; 3:1 on `paper`.
    markers
        Shapes of the first, second and further sets (matplotlib's codes).
    family, fallback
        Font families: ours, and the one for letters that ours lacks.
    typeface
        A brand's own font, which stands before `family`; None for none.
    bold_family
        The family of the bold letters to a program that knows a font by name ID 1 alone, as Typst does;
        others pass over it and find the weight in `family`.
    title, subtitle, label, small
        Font sizes, points.
    bold
        Weight of titles and key numbers.
    mark
        Diameter of a mark, points.
    width
        Width of a figure, points.
    height
        Height of a figure, points; None lets each chart take the height that its rows need.
    margin
        Free space around a figure, points.
    smallest
        Letters are not made smaller than this to fit a given height: rows are left out instead, and that is
        said; points.
    detail
        Whether a chart shows its numbers, its subtitle and its whole caption; without them, as in a thumbnail,
        title, marks and the remark that data are synthetic remain.
    ground
        Colour of the plot itself; "none" for that of the figure.
    labels_above
        Whether labels of rows stand above them instead of beside them, as a narrow screen needs.
    rows
        How many rows a chart shows at most, of those its title then speaks of; None for all. Such a picture is read in
        passing: it has no small print.
    settings
        Whether matplotlib is set up for this look; False leaves its settings as they are (`own_style`).

    Examples
    --------
    >>> Theme().replace(accent="#5b2a86").accent
    '#5b2a86'
    """

    ink: str = "#1b2a3a"
    muted: str = "#56636f"
    rule: str = "#d5dbdf"
    paper: str = "#ffffff"
    tint: str = "#e6f1f1"
    accent: str = "#0b6e75"
    finding: str = "#b04f0f"
    others: tuple[str, ...] = ("#8a96a1", "#4a5866", "#8a96a1")
    markers: tuple[str, ...] = ("o", "s", "D", "^")
    family: str = "IBM Plex Sans"
    fallback: str = "DejaVu Sans"
    bold_family: str = "IBM Plex Sans SmBld"
    typeface: Typeface | None = None
    title: float = 12.5
    subtitle: float = 9.5
    label: float = 9.0
    small: float = 8.0
    bold: int = 600
    mark: float = 7.5
    width: float = 160 * _MM
    height: float | None = None
    margin: float = 6.0
    smallest: float = 9.1 * _PX  # 11 pixels on a web page, which is 1.2 times as wide
    detail: bool = True
    ground: str = "none"
    labels_above: bool = False
    rows: int | None = None
    settings: bool = True

    @property
    def small_print(self) -> bool:
        """Whether a chart explains its marks and gives n and interval of each."""
        return self.detail and self.rows is None

    def replace(self, **changes: Any) -> Theme:
        """Return a copy with some values changed."""
        return dataclasses.replace(self, **changes)

    def with_scale(self, factor: float) -> Theme:
        """Return a copy whose letters, marks and margin are `factor` times as large; the figure is not."""
        sizes = ("title", "subtitle", "label", "small", "mark", "margin")
        return self.replace(**{name: getattr(self, name) * factor for name in sizes})

    def colour(self, number: int) -> str:
        """Return the colour of the marks of a set: 0 is the one that the chart is about."""
        return self.accent if number == 0 else self.others[(number - 1) % len(self.others)]

    def text_colour(self, number: int) -> str:
        """Return the colour of text about a set: the accent for the first, else grey."""
        return self.accent if number == 0 else self.muted

    def marker(self, number: int) -> str:
        """Return the shape of the marks of a set."""
        return self.markers[number % len(self.markers)]

    def marker_size(self, number: int) -> float:
        """Return how large a set's shape is drawn, so that all shapes look equally large."""
        return {"s": 0.88, "D": 0.78}.get(self.marker(number), 1.0)

    def families(self, *, bold: bool) -> tuple[str, ...]:
        """Return the font families of a text, the wanted one first."""
        own = [self.typeface.family] if self.typeface is not None else []
        return (*own, *([self.bold_family] if bold else []), self.family, self.fallback, "sans-serif")

    def rc(self) -> dict[str, Any]:
        """Return matplotlib's settings for this look; the same chart gives the same bytes under them."""
        if not self.settings:
            return {"text.parse_math": False}
        return {
            **TICKS,
            "font.family": list(self.families(bold=False)),
            "font.sans-serif": list(self.families(bold=False)[:-1]),
            "font.size": self.label,
            "text.color": self.ink,
            "text.hinting": "none",  # as wide as `lettering.text_width` measured it, at any number of pixels
            "text.parse_math": False,  # a dollar sign in a client's name is a dollar sign
            "axes.facecolor": "none",
            "axes.edgecolor": self.muted,
            "axes.labelcolor": self.muted,
            "axes.linewidth": 0.8,
            "axes.unicode_minus": True,
            "xtick.color": self.rule,
            "ytick.color": self.rule,
            "xtick.labelcolor": self.muted,
            "ytick.labelcolor": self.ink,
            "xtick.labelsize": self.small,
            "ytick.labelsize": self.label,
            "figure.facecolor": self.paper,
            "figure.dpi": 144,
            "savefig.bbox": None,  # a "tight" box would draw twice and change the size
            "savefig.facecolor": "auto",
            "svg.fonttype": "none",
            "svg.hashsalt": "cfanalysis",
            "svg.image_inline": True,
            "pdf.fonttype": 42,
        }


THEME = Theme()
_current: ContextVar[Theme | None] = ContextVar("theme", default=None)

# Sizes by use: width and height in points, and how much larger than on a page the letters are.
_PRESETS: dict[Preset, tuple[float, float | None, float]] = {
    "document": (160 * _MM, None, 1.0),
    "blog": (800 * _PX, None, 1.25),
    "narrow": (360 * _PX, None, 1.1),
    "social": (1200 * _PX, 675 * _PX, 2.0),
    "square": (1080 * _PX, 1080 * _PX, 2.0),
    "portrait": (1080 * _PX, 1350 * _PX, 2.4),
    "story": (1080 * _PX, 1920 * _PX, 3.0),
    "print": (170 * _MM, 120 * _MM, 1.0),
    "slide": (1280 * _PX, 720 * _PX, 1.7),
    "thumbnail": (480 * _PX, 360 * _PX, 1.1),
}


_PASSING = ("social", "square", "portrait", "story")  # read on phones
_LABELS_ABOVE = ("narrow", "portrait", "story")
_PASSING_LETTERS, _PASSING_ROWS = 24 * _PX, 6


def preset(name: Preset, *, theme: Theme = THEME) -> Theme:
    """Return the theme at the size of a use.

    Parameters
    ----------
    name
        ``document`` (160 mm wide, a page's text width; the height follows the rows), ``blog`` (800 px wide, the height
        follows the rows), ``narrow`` (360 px wide, labels above rows), ``social`` (1200 x 675 px), ``square`` (1080 x
        1080), ``portrait`` (1080 x 1350) and ``story`` (1080 x 1920), which show at most six rows, the last two with
        labels above them, ``print`` (170 x 120 mm), ``slide`` (1280 x 720 px), ``thumbnail`` (480 x 360 px, title and
        marks only). A PNG has twice as many pixels.
    theme
        The look to be sized.

    Raises
    ------
    ParameterError
        There is no such preset.

    Examples
    --------
    >>> preset("social").width / 0.75
    1200.0
    """
    if name not in _PRESETS:
        raise ParameterError("There is no such preset.", value=name, allowed=", ".join(_PRESETS))
    width, height, factor = _PRESETS[name]
    sized = theme.with_scale(factor).replace(labels_above=name in _LABELS_ABOVE)
    if name in _PASSING:
        letters = {
            "small": max(_PASSING_LETTERS, sized.small),
            "smallest": _PASSING_LETTERS,
            "rows": _PASSING_ROWS,
        }
        return sized.replace(width=width, height=height, **letters)
    smallest = max(theme.smallest, _MIN_SHRUNK * sized.small)
    return sized.replace(width=width, height=height, smallest=smallest, detail=name != "thumbnail")


def current_theme() -> Theme:
    """Return the theme that is applied, or the house's own in the colours and letters of the brand."""
    return _current.get() or theme_for_brand()


def theme_for_brand(*, brand: Brand | None = None) -> Theme:
    """Return the house's theme in a brand's colours and letters.

    Parameters
    ----------
    brand
        The brand; None for that of this process.
    """
    theme, brand = THEME, brand or current_brand()
    colours, typeface = brand.colours, brand.typeface
    if typeface is not None:
        _register(typeface)
        theme = theme.replace(typeface=typeface)
    if colours == DEFAULT_BRAND.colours:
        return theme
    return theme.replace(accent=colours.accent, finding=colours.finding, tint=colours.tint)


@contextmanager
def apply_theme(theme: Theme | None = None) -> Iterator[Theme]:
    """Apply a theme to matplotlib for the duration of a block.

    Parameters
    ----------
    theme
        The look; None keeps the one that is applied already, or the house's own.
    """
    theme = theme or current_theme()
    if not isinstance(theme, Theme):
        raise ParameterError(
            "This is no theme.", value=repr(theme), allowed="what theme_for_brand or preset returns"
        )
    if theme == _current.get():
        yield theme
        return
    register_fonts()
    token = _current.set(theme)
    try:
        settings: Any = theme.rc()
        with mpl.rc_context(settings):
            yield theme
    finally:
        _current.reset(token)


@cache
def register_fonts() -> None:
    """Make the package's font known to matplotlib, semibold included; once for each process.

    A font may be known by name ID 1 alone, which makes the semibold a family of its own in regular weight; it
    is entered under both names in its own weight. The fallback's bold serves as its semibold.
    """
    manager = font_manager.fontManager
    for style in ("SemiBold", "Regular"):
        manager.addfont(font_folder() / f"IBMPlexSans-{style}.ttf")
    semibold, fallback = "IBMPlexSans-SemiBold.ttf", "DejaVuSans-Bold.ttf"
    for name, file in (
        (THEME.family, semibold), (THEME.bold_family, semibold), (THEME.fallback, fallback)
    ):  # fmt: skip
        known = [entry for entry in manager.ttflist if entry.fname.endswith(file)]
        if known and not any(entry.name == name and entry.weight == THEME.bold for entry in known):
            manager.ttflist.append(dataclasses.replace(known[0], name=name, weight=THEME.bold))
    manager.addfont(font_folder() / "IBMPlexSans-Regular.ttf")  # which forgets what was looked up before


@cache
def _register(typeface: Typeface) -> None:
    """Make a brand's font known to matplotlib under its family; once for each process."""
    register_fonts()
    manager = font_manager.fontManager
    for path, style, weight in typeface.files:
        manager.addfont(path)  # guesses the weight, and forgets what was looked up before
        manager.ttflist[-1] = dataclasses.replace(
            manager.ttflist[-1], name=typeface.family, style=style, weight=weight
        )


def fonts_for(text: str) -> tuple[ScriptFont, ...]:
    """Return the fonts that a text needs besides those of the theme, and make them known to matplotlib.

    Examples
    --------
    >>> fonts_for("Łódź")
    ()
    """
    if text.isascii():
        return ()
    typeface, house = current_theme().typeface, house_code_points()
    own = typeface.code_points if typeface is not None else frozenset[int]()
    lacking = [c for c in set(text) if ord(c) > 0x7F and ord(c) not in house and ord(c) not in own]
    fonts = script_fonts(lacking, folder=current_brand().script_fonts) if lacking else ()
    for font in fonts:
        _register_script(font)
    return fonts


@cache
def _register_script(font: ScriptFont) -> None:
    """Make a font of another script known to matplotlib under its family, in both weights; once for each process."""
    manager = font_manager.fontManager
    bold = next((p for p in (font.path.replace("Regular", "Bold"),) if Path(p).is_file()), font.path)
    for path, weight in ((font.path, 400), (bold, THEME.bold)):
        entry = font_manager.FontEntry(
            fname=path, index=font.index, name=font.family, weight=weight, size="scalable"
        )
        manager.ttflist.append(entry)
    manager.addfont(font_folder() / "IBMPlexSans-Regular.ttf")  # which forgets what was looked up before
