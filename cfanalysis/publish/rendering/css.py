"""The little of CSS that a table's cell or a run of text needs: declarations, colours, and bars drawn as gradients."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from cfanalysis.theme.brand import contrast_ratio

Style = dict[str, str]

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_GRADIENT = re.compile(r"linear-gradient\((.*)\)", re.DOTALL)
_STOP = re.compile(r"(.*?)\s*(-?[\d.]+)%$")
_DARK = "#1b2a3a"
_NEEDED = 3.0  # WCAG 2.2, 1.4.3, large text: below it a style's own choice is not kept


def declarations(css: str) -> Style:
    """Return the declarations of a style by their name."""
    pairs = (part.partition(":") for part in css.split(";"))
    return {
        name.strip().lower(): value.replace("!important", "").strip() for name, _, value in pairs if value
    }


def identified_styles(sheets: Iterable[str]) -> dict[str, Style]:
    """Return what style sheets declare for single elements, by the element's identifier.

    Examples
    --------
    >>> identified_styles(["#a, #b { color: red }"])["b"]
    {'color': 'red'}
    """
    styles: dict[str, Style] = {}
    for sheet in sheets:
        for selectors, body in _RULE.findall(sheet):
            for selector in map(str.strip, selectors.split(",")):
                if selector.startswith("#"):
                    styles.setdefault(selector[1:], {}).update(declarations(body))
    return styles


@lru_cache(maxsize=4096)
def colour(value: str | None) -> str | None:
    """Return a colour of CSS as #rrggbb, laid on white where it lets light through; None where there is none.

    Examples
    --------
    >>> colour("darkblue"), colour("rgba(255, 0, 0, .5)"), colour("transparent"), colour("url(x)")
    ('#00008b', '#ff8080', None, None)
    """
    from tinycss2.color4 import parse_color

    found = parse_color(value) if value else None
    if found is None or isinstance(found, str) or not found.alpha:
        return None
    red, green, blue = (found.to("srgb")).coordinates
    parts = (
        round(255 * (1 - found.alpha + found.alpha * min(max(c or 0, 0), 1))) for c in (red, green, blue)
    )
    return "#" + "".join(f"{part:02x}" for part in parts)


def readable(ink: str | None, fill: str | None) -> str | None:
    """Return a colour of text; on a ground on which it could not be read, the better of dark and white.

    Parameters
    ----------
    ink, fill
        Colours of text and ground as #rrggbb; None for the page's own.
    """
    if fill is None or contrast_ratio(ink or _DARK, fill) >= _NEEDED:
        return ink
    return max((_DARK, "#ffffff"), key=lambda each: contrast_ratio(each, fill))


def look(style: Style) -> tuple[str | None, str | None]:
    """Return the colours of text and ground that a style gives; None for the page's own."""
    fill = colour(style.get("background-color") or style.get("background"))
    return readable(colour(style.get("color")), fill), fill


def bar(style: Style, fill: str | None) -> list[tuple[str, float]] | None:
    """Return the bar that a style draws behind a cell's text: colours at places of 0 to 100 %; None for no bar.

    Parameters
    ----------
    style
        Declarations: a gradient from left to right, or a colour over part of the width.
    fill
        Colour of the ground; None for white.

    Examples
    --------
    >>> bar({"background": "linear-gradient(90deg, red 40%, transparent 40%)"}, None)
    [('#ff0000', 0.0), ('#ff0000', 40.0), ('#ffffff', 40.0), ('#ffffff', 100.0)]
    """
    ground = fill or "#ffffff"
    width = _STOP.match(style.get("width", ""))
    plain = colour(style.get("background-color") or style.get("background"))
    if width and plain:
        stops = [(plain, float(width[2])), (ground, float(width[2]))]
    else:
        gradient = _GRADIENT.search(style.get("background-image") or style.get("background") or "")
        if gradient is None:
            return None
        stops = []
        for part in re.split(r",(?![^(]*\))", gradient[1]):
            at = _STOP.match(part.strip())
            shade = colour(at[1] if at else part.strip())
            if shade is None and "transparent" not in part:
                continue
            stops.append((shade or ground, float(at[2]) if at else stops[-1][1] if stops else 0.0))
    placed: list[tuple[str, float]] = []
    for shade, at_percent in stops:
        placed.append((shade, max(min(at_percent, 100.0), placed[-1][1] if placed else 0.0)))
    if len(placed) < 2:
        return None
    return [(placed[0][0], 0.0), *placed, (placed[-1][0], 100.0)]
