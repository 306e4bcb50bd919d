"""The little of CSS that a table's cell or a run of text needs: declarations, colours, and bars drawn as gradients.

Selectors are matched by cssselect2, as in a browser: a style sheet's rules are written into the elements' own styles.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import Any

from cfanalysis.theme.brand import contrast_ratio

Style = dict[str, str]

_GRADIENT = re.compile(r"linear-gradient\((.*)\)", re.DOTALL)
_STOP = re.compile(r"(.*?)\s*(-?[\d.]+)%$")
_ATTRIBUTES = {
    "align": "text-align",
    "bgcolor": "background-color",
    "color": "color",
    "width": "width",
    "height": "height",
}
_WRAPPERS = {
    "font-weight": ("bold|[6-9]00", "strong"), "font-style": ("italic|oblique", "emphasis"),
    "text-decoration": ("line-through", "strike"), "vertical-align": ("super", "sup"),
}  # fmt: skip
_DARK = "#1b2a3a"
_NEEDED = 3.0  # WCAG 2.2, 1.4.3, large text: below it a style's own choice is not kept


def apply_style_sheets(root: Any) -> None:
    """Write what attributes of old HTML and the style sheets inside an element say into its elements' own styles.

    pandas marks the sheet that it gives to all tables alike as scoped: it is nobody's choice, and left out.
    """
    from cssselect2 import ElementWrapper, Matcher, SelectorError, compile_selector_list
    from tinycss2 import parse_stylesheet, serialize

    for element in root.iter():
        found = [f"{_ATTRIBUTES[name]}:{value}" for name, value in element.items() if name in _ATTRIBUTES]
        if found and element.tag != "table":
            element.set("style", ";".join([*found, element.get("style") or ""]))
    matcher = Matcher()
    for sheet in root.iter("style"):
        with suppress(RecursionError):  # brackets in brackets
            rules = parse_stylesheet(sheet.text or "", skip_comments=True, skip_whitespace=True)
            for rule in rules if sheet.get("scoped") is None else ():
                if rule.type == "qualified-rule":
                    body = serialize(rule.content)
                    with suppress(SelectorError, SyntaxError):  # a wrong selector, or brackets in brackets
                        for selector in compile_selector_list(rule.prelude):
                            matcher.add_selector(selector, body)
    with suppress(RecursionError):  # elements in elements
        for wrapped in ElementWrapper.from_html_root(root).iter_subtree() if matcher.order else ():
            declared = [body for _, _, part, body in matcher.match(wrapped) if part is None]
            if declared:
                element = wrapped.etree_element
                element.set("style", ";".join([*declared, element.get("style") or ""]))


@lru_cache(maxsize=4096)
def declarations(css: str) -> Style:
    """Return the declarations of a style by their name; the colour in a shorthand of backgrounds under its own.

    Examples
    --------
    >>> declarations("color: red !important; background-color: blue; color: green; background: tan url(a;b)")
    {'background-color': '#d2b48c', 'color': 'red', 'background': 'tan url(a;b)'}
    """
    from tinycss2 import parse_blocks_contents, serialize

    style: Style = {}
    with suppress(RecursionError):  # brackets in brackets
        found = [each for each in parse_blocks_contents(css) if each.type == "declaration"]
        for each in sorted(found, key=lambda declaration: bool(declaration.important)):
            if each.lower_name == "background":
                shades = (colour(serialize([part])) for part in each.value)
                style["background-color"] = next(filter(None, shades), "")
                style.pop("background-image", None)
            style[each.lower_name] = serialize(each.value).strip()
    return style


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
    fill = colour(style.get("background-color"))
    return readable(colour(style.get("color")), fill), fill


def is_hidden(element: Any) -> bool:
    """Tell whether an element is not shown: by its attribute, or by its style."""
    style = declarations(element.get("style") or "")
    hidden = style.get("display") == "none" or style.get("visibility") == "hidden"
    return hidden or element.get("hidden") is not None


def wrappers(style: Style) -> list[str]:
    """Return the kinds of inline nodes that draw what a style says of letters.

    Examples
    --------
    >>> wrappers({"font-weight": "bolder", "font-style": "italic"})
    ['strong', 'emphasis']
    """
    return [kind for name, (value, kind) in _WRAPPERS.items() if re.search(value, style.get(name, ""))]


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
    plain = colour(style.get("background-color"))
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
