"""The look of somebody else's charts: matplotlib's current style, as a theme, palettes, and dark pages."""

from __future__ import annotations

import colorsys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib import colors, font_manager

from cfanalysis.core.errors import ParameterError
from cfanalysis.theme.brand import blend
from cfanalysis.theme.style import THEME, Theme

Palette = str | Sequence[str] | Mapping[str, str]
ROLES = ("accent", "finding", "ink", "muted", "rule", "paper", "tint")
_LIGHTEST, _DARKEST = 0.93, 0.11  # lightness that black and white become on a dark page
_PALETTES = "a name that seaborn knows, a list of colours, or colours by their roles"
_LIFT = 1.25  # grey stays a little lighter, so that it is seen


def style_theme() -> Theme:
    """Return matplotlib's current style as a theme: what `seaborn.set_theme` or a style sheet has set.

    Colours are those of the cycle, its first for what a chart is about, its second for the estimate; letters, sizes,
    grounds and the width of a figure are those of the style.
    """
    rc: Any = mpl.rcParams
    cycle = [colors.to_hex(c) for c in rc["axes.prop_cycle"].by_key().get("color", [THEME.accent])]
    ink, muted, paper = (
        colors.to_hex(rc[key]) for key in ("text.color", "axes.labelcolor", "figure.facecolor")
    )
    family = _first_family(rc)
    label = _points(rc, "ytick.labelsize")
    return THEME.replace(
        ink=ink,
        muted=muted,
        rule=colors.to_hex(rc["grid.color"]),
        paper=paper,
        ground=colors.to_hex(rc["axes.facecolor"]),
        tint=blend(paper, cycle[0], 0.12),
        accent=cycle[0],
        finding=cycle[1 % len(cycle)],
        others=_others(cycle[2:] or [muted]),
        family=family,
        bold_family=family,
        bold=700,
        title=_points(rc, "axes.titlesize"),
        subtitle=label,
        label=label,
        small=min(_points(rc, "xtick.labelsize"), 0.9 * label),
        width=72 * rc["figure.figsize"][0],
        settings=False,
    )


def with_palette(theme: Theme, palette: Palette) -> Theme:
    """Return a theme in other colours.

    Parameters
    ----------
    theme
        The theme.
    palette
        A palette by seaborn's name for it (``"colorblind"``), or colours, in a text with commas between them: the first
        for what the chart is about, the others for the further sets. A mapping gives colours by their roles
        (``accent``, ``finding``, ...).

    Raises
    ------
    ParameterError
        There is no such palette, role or colour.

    Examples
    --------
    >>> with_palette(Theme(), ["tab:red", "0.5"]).accent, with_palette(Theme(), {"finding": "black"}).finding
    ('#d62728', '#000000')
    """
    if isinstance(palette, Mapping):
        return theme.replace(**{_role(name): _hex(colour) for name, colour in palette.items()})
    if isinstance(palette, str):
        parts = [part.strip() for part in palette.split(",")]
        palette = parts if len(parts) > 1 or colors.is_color_like(parts[0]) else _named(palette)
    if not isinstance(palette, Iterable):
        raise ParameterError("There is no such palette.", value=repr(palette), allowed=_PALETTES)
    found = [_hex(colour) for colour in palette]
    if not found:
        raise ParameterError("A palette needs at least one colour.")
    tint = blend(theme.paper, found[0], 0.12)
    return theme.replace(accent=found[0], tint=tint, others=_others(found[1:] or theme.others))


def dark_theme(theme: Theme) -> Theme:
    """Return a theme as it is on a dark page: light becomes dark, hues stay."""
    turned: dict[str, Any] = {role: dark_colour(getattr(theme, role)) for role in ROLES}
    ground = theme.ground if theme.ground == "none" else dark_colour(theme.ground)
    return theme.replace(**turned, others=tuple(map(dark_colour, theme.others)), ground=ground)


def dark_colour(colour: str) -> str:
    """Return a colour as it is on a dark page.

    Examples
    --------
    >>> dark_colour("#ffffff"), dark_colour("#000000")
    ('#1c1c1c', '#ededed')
    """
    red, green, blue = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    turned = colorsys.hls_to_rgb(hue, _LIGHTEST - (_LIGHTEST - _DARKEST) * light**_LIFT, 0.85 * saturation)
    return "#" + "".join(f"{round(255 * part):02x}" for part in turned)


def _others(colours: Sequence[str]) -> tuple[str, ...]:
    """Return the colours of three further sets."""
    return tuple(colours[i % len(colours)] for i in range(3))


def _named(name: str) -> Sequence[Any]:
    import seaborn as sns

    try:
        return list(sns.color_palette(name))
    except ValueError:
        raise ParameterError("There is no such palette.", value=name, allowed=_PALETTES) from None


def _role(name: str) -> str:
    if name not in ROLES:
        raise ParameterError("There is no such role of a colour.", value=name, allowed=", ".join(ROLES))
    return name


def _hex(colour: Any) -> str:
    if not colors.is_color_like(colour):
        raise ParameterError("This is not a colour.", value=colour, allowed="e.g. '#0b6e75' or 'tab:red'")
    return colors.to_hex(colour)


def _points(rc: Any, key: str) -> float:
    """Return a font size of the style, which may be given by name, in points."""
    return float(font_manager.FontProperties(size=rc[key]).get_size_in_points())


def _first_family(rc: Any) -> str:
    """Return the first family of the style that is installed."""
    known = {entry.name for entry in font_manager.fontManager.ttflist}
    wanted = [name for family in rc["font.family"] for name in rc.get(f"font.{family}", [family])]
    return next((name for name in wanted if name in known), THEME.fallback)
