"""What the pages of one brand share: its colours, fonts and logo, in the file itself."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache
from html import escape

from cfanalysis.core.resources import font_folder
from cfanalysis.publish.rendering.pictures import Picture
from cfanalysis.theme.brand import DEFAULT_BRAND, Brand

_FACES = (("Regular", "normal", 400), ("Italic", "italic", 400), ("SemiBold", "normal", 600))
_SPLITS = {
    "Latin1": ((0x20, 0x7E), (0xA0, 0xFF), (0x131, 0x131), (0x152, 0x153), (0x2C6, 0x2C6), (0x2DA, 0x2DA),
               (0x2DC, 0x2DC), (0x2013, 0x2014), (0x2018, 0x201A), (0x201C, 0x201E), (0x2020, 0x2022),
               (0x2026, 0x2026), (0x2030, 0x2030), (0x2039, 0x203A), (0x2044, 0x2044), (0x20AC, 0x20AC),
               (0x2122, 0x2122), (0x2212, 0x2212), (0xFB01, 0xFB02)),
    "Latin2": ((0x100, 0x130), (0x132, 0x151), (0x154, 0x17F), (0x18F, 0x18F), (0x192, 0x192), (0x1A0, 0x1B0),
               (0x1FA, 0x1FF), (0x218, 0x21B), (0x237, 0x237), (0x259, 0x259), (0x1E80, 0x1E85),
               (0x1E9E, 0x1E9E), (0x20A1, 0x20AB), (0x20AD, 0x20BF)),
    "Greek": ((0x37E, 0x37E), (0x386, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3CE)),
    "Pi": ((0x2000, 0x200D), (0x2015, 0x2015), (0x202F, 0x202F), (0x2032, 0x2033), (0x2070, 0x2079),
           (0x2080, 0x2089), (0x2113, 0x2126), (0x2150, 0x215E), (0x2190, 0x21C6), (0x2202, 0x2211),
           (0x2215, 0x222B), (0x2248, 0x2265), (0x25CA, 0x25CA), (0x2713, 0x274C)),
}  # fmt: skip
"""The parts that each face of IBM Plex Sans comes in, and the characters that each part holds."""


def brand_rules(brand: Brand, more: Sequence[str] = ()) -> str:
    """Return the rules of a brand's colours and fonts; checked values alone stand in them.

    Parameters
    ----------
    brand
        Whose page it is.
    more
        The families of other scripts that the page uses.
    """
    return _colours(brand) + _families(brand, more)


def font_rules(brand: Brand, characters: set[str]) -> str:
    """Return the fonts that the characters need: the brand's, and ours for what it lacks.

    Parameters
    ----------
    brand
        Whose page it is.
    characters
        All that the page shows.
    """
    if brand.typeface is None:
        return _font_faces(characters)
    lacking = brand.typeface.missing_characters(characters)
    return "\n".join(
        part for part in (brand.typeface.font_face_rules(characters), _font_faces(lacking)) if part
    )


def logo_image(brand: Brand, logo: Picture | None) -> str:
    """Return the markup of a brand's logo; nothing where it has none.

    Parameters
    ----------
    brand
        The brand: its name is the alternative text.
    logo
        Its logo as a picture that was checked.
    """
    if logo is None:
        return ""
    alt, width = escape(brand.name or "Logo"), brand.logo_width / 0.75
    return f'<img class="logo" src="{logo.data_uri}" alt="{alt}" style="width:{width:.0f}px">'


def _colours(brand: Brand) -> str:
    """Return the rules of the brand's colours; checked values alone stand in them."""
    if brand.colours == DEFAULT_BRAND.colours:
        return ""
    light, dark, tint = brand.colours.accent, brand.colours.accent_in_the_dark, brand.colours.tint
    return (
        f":root{{--accent:{light};--teal-panel:{tint}}}"
        f"@media screen and (prefers-color-scheme: dark){{:root{{--accent:{dark};--teal-panel:#1d2731}}}}"
    )


def _families(brand: Brand, more: Sequence[str]) -> str:
    """Return the rule that names fonts besides the house's: a brand's own, those of other scripts; none without."""
    own = [brand.typeface.family] if brand.typeface is not None else []
    if not own and not more:
        return ""
    named = "','".join([*own, "IBM Plex Sans", *more, "DejaVu Sans"])
    return f":root{{--sans:'{named}',system-ui,sans-serif}}"


def _font_faces(characters: set[str]) -> str:
    """Return the ``@font-face`` rules of the parts that these characters need."""
    codes = {ord(c) for c in characters}
    rules = []
    for part, ranges in _SPLITS.items():
        if not any(low <= code <= high for code in codes for low, high in ranges):
            continue
        covered = ",".join(f"U+{low:X}" + (f"-{high:X}" if high > low else "") for low, high in ranges)
        for face, style, weight in _FACES:
            rules.append(
                f'@font-face{{font-family:"IBM Plex Sans";font-style:{style};font-weight:{weight};'
                f"font-display:swap;src:url(data:font/woff2;base64,{_font(face, part)}) "
                f'format("woff2");unicode-range:{covered}}}'
            )
    return "\n".join(rules)


@lru_cache(maxsize=16)
def _font(face: str, part: str) -> str:
    data = (font_folder() / f"IBMPlexSans-{face}-{part}.woff2").read_bytes()
    return base64.b64encode(data).decode()
