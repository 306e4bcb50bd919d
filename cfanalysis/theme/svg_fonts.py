"""The fonts that travel with an SVG: the house's in parts, a brand's own, and those of other scripts."""

from __future__ import annotations

import base64
from functools import cache
from html import unescape
from typing import Literal

from cfanalysis.core.resources import font_folder
from cfanalysis.theme.style import THEME, current_theme, fonts_for

Subset = Literal["Latin1", "Latin2", "Greek", "Pi"]

# Where letters beyond Latin-1 lie: in blocks, so a letter here may still be lacking from the font.
_SUBSETS: dict[Subset, tuple[tuple[int, int], ...]] = {
    "Latin2": ((0x100, 0x24F), (0x1E80, 0x1E9E), (0x20A1, 0x20AB), (0x20AD, 0x20BF)),
    "Greek": ((0x370, 0x3FF),),
    "Pi": ((0x2032, 0x2033), (0x2070, 0x2089), (0x2126, 0x2211), (0x2213, 0x2BFF)),
}


def font_styles(text: str) -> str:
    """Return the styles that bring a text's letters into an SVG: the brand's, and the house's for what it lacks."""
    rules = "".join(font.font_face_rule(text) for font in fonts_for(unescape(text)))
    more = f'<style class="cfa-font" type="text/css">{rules}</style>' if rules else ""
    return _house_styles(text) + more


def _house_styles(text: str) -> str:
    typeface = current_theme().typeface
    if typeface is None:
        return "".join(font_style(subset) for subset in font_subsets(text))
    own = f'<style class="cfa-font" type="text/css">{typeface.font_face_rules(text, italic=False)}</style>'
    lacking = typeface.missing_characters(text)
    needed = font_subsets("".join(lacking)) if lacking else ()
    latin = any(ord(letter) < 0x100 for letter in lacking)
    return own + "".join(font_style(subset) for subset in needed if latin or subset != "Latin1")


@cache
def font_style(subset: Subset = "Latin1") -> str:
    """Return the ``<style class="cfa-font">`` that brings regular and semibold letters into an SVG.

    It is one constant text for each subset, so a page with many figures can take it out of each and keep one.
    """
    faces = "".join(
        f"@font-face{{font-family:'{THEME.family}';font-weight:{weight};font-style:normal;"
        f"src:url(data:font/woff2;base64,{_woff2(style, subset)}) format('woff2')}}"
        for style, weight in (("Regular", 400), ("SemiBold", THEME.bold))
    )
    return f'<style class="cfa-font" type="text/css">{faces}</style>'


def font_subsets(text: str) -> tuple[Subset, ...]:
    """Return the parts of the font that a text needs; the first is always there.

    Examples
    --------
    >>> font_subsets("Łódź, β")
    ('Latin1', 'Latin2', 'Greek')
    """
    letters = {ord(letter) for letter in set(text)}
    needed = (s for s, spans in _SUBSETS.items() if any(a <= c <= b for c in letters for a, b in spans))
    return ("Latin1", *needed)


def _woff2(style: str, subset: Subset) -> str:
    return base64.b64encode((font_folder() / f"IBMPlexSans-{style}-{subset}.woff2").read_bytes()).decode()
