"""Copies of a brand's fonts: one family name, weight and slant said plainly, and parts for web pages.

The copies are made by fontTools, which is imported only where a font is met for the first time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

TYPEFACE_FILE = "typeface.json"
FACE_STYLES = {"Regular": ("normal", 400), "SemiBold": ("normal", 600), "Italic": ("italic", 400)}
_NEEDED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_DRAWING = frozenset({
    "GlyphOrder", "head", "hhea", "maxp", "OS/2", "hmtx", "cmap", "name", "post", "glyf", "loca", "cvt ", "fpgm",
    "prep", "CFF ", "CFF2", "VORG", "GDEF", "GPOS", "GSUB", "kern",
})  # fmt: skip
"""The tables that a part of a font keeps."""
_LAST = 0x10FFFF
PARTS: dict[str, tuple[tuple[int, int], ...]] = {
    "Latin": ((0x20, 0xFF), (0x131, 0x131), (0x152, 0x153), (0x2C6, 0x2DC), (0x2010, 0x203A), (0x20AC, 0x20AC),
              (0x2122, 0x2122), (0x2212, 0x2212), (0xFB01, 0xFB02)),
    "LatinExtended": ((0x100, 0x130), (0x132, 0x151), (0x154, 0x24F), (0x1E00, 0x1EFF)),
    "Greek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "Cyrillic": ((0x400, 0x52F),),
    "Signs": ((0x2000, 0x200F), (0x203B, 0x20AB), (0x20AD, 0x2121), (0x2123, 0x2211), (0x2213, 0x2BFF)),
    "Others": ((0x250, 0x36F), (0x530, 0x1DFF), (0x2C00, 0xFB00), (0xFB03, _LAST)),
}  # fmt: skip
"""The parts that a face is cut into, and the code points of each."""


def open_font(path: Path) -> Any:
    """Return a font that can serve.

    Raises
    ------
    ValueError
        It is not a font, one of variable weight, or lacks letters of English.
    """
    from fontTools.ttLib import TTFont

    try:
        font = TTFont(path, recalcTimestamp=False)
        letters = set(font.getBestCmap() or ())
        tables = set(font.keys())
        for table in ("head", "hhea", "maxp", "name", "OS/2", "hmtx"):
            font[table]
    except Exception as error:  # a broken file breaks its reader in any way
        raise ValueError(
            f"{path.name}: not a font that can be read", "a TrueType or OpenType font"
        ) from error
    if "fvar" in tables:
        raise ValueError(f"{path.name}: a variable font", "a font of one weight: the family's static files")
    lacks = "".join(c for c in _NEEDED if ord(c) not in letters)
    if lacks:
        few = lacks if len(lacks) <= 12 else f"{lacks[:12]} and {len(lacks) - 12} more"
        raise ValueError(
            f"{path.name}: it lacks {few}", "a font with the letters A to Z, a to z and the digits"
        )
    if not tables & {"glyf", "CFF ", "CFF2"}:
        raise ValueError(f"{path.name}: it has no outlines", "a TrueType or OpenType font with outlines")
    return font


def write_font_copies(fonts: Mapping[str, Any], folder: Path, *, mark: str) -> None:
    """Write copies of a font family, whole and in parts, with an index of what they hold.

    Parameters
    ----------
    fonts
        Open fonts (fontTools) by face; ``"Regular"`` is always there.
    folder
        Where the copies and the index go.
    mark
        The end of the copies' family name.
    """
    family = _family(fonts["Regular"], mark)
    letters = set.intersection(*(set(font.getBestCmap()) for font in fonts.values()))
    parts = [part for part, spans in PARTS.items() if any(a <= c <= b for c in letters for a, b in spans)]
    for face, font in fonts.items():
        _rename(font, family, face)
        font.flavor = None
        font.save(folder / f"{face}.ttf")
        for part in parts:
            _cut(folder / f"{face}.ttf", folder / f"{face}-{part}.woff", PARTS[part])
    index = {"family": family, "faces": list(fonts), "parts": parts, "letters": code_point_spans(letters)}
    (folder / TYPEFACE_FILE).write_text(json.dumps(index), encoding="ascii")


def _family(font: Any, mark: str) -> str:
    """Return the family's name, marked, so that it never meets another font of that name."""
    names = font["name"]
    said = str(names.getDebugName(16) or names.getDebugName(1) or "")
    return f"{re.sub(r'[^A-Za-z0-9 ]', '', said)[:60].strip()} Brand {mark}".strip()


def _rename(font: Any, family: str, face: str) -> None:
    """Say in a font's tables which family and face it is; its PostScript name stays."""
    style, weight = FACE_STYLES[face]
    names, slanted, heavy = font["name"], style == "italic", weight > 500
    plain = {"Regular": "Regular", "SemiBold": "Bold", "Italic": "Italic"}[face]
    names.names = [n for n in names.names if n.nameID in (0, 5, 6, 7, 8, 9, 11, 13, 14)]
    for number, words in ((1, family), (2, plain), (3, f"{family} {plain}"), (4, f"{family} {plain}")):
        names.setName(words, number, 3, 1, 0x409)
    table = font["OS/2"]
    table.usWeightClass, table.usWidthClass = weight, 5
    kept = table.fsSelection & ~0b1001100001  # italic, bold, regular, oblique
    table.fsSelection = kept | (0x01 if slanted else 0x20 if heavy else 0x40)
    font["head"].macStyle = (0x02 if slanted else 0) | (0x01 if heavy else 0)


def _cut(source: Path, target: Path, spans: Iterable[tuple[int, int]]) -> None:
    """Write the part of a font that draws some code points, packed for the web."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(hinting=False, notdef_outline=True)
    options.layout_features = [*options.layout_features, "tnum", "lnum"]
    font = TTFont(source, recalcTimestamp=False)
    options.drop_tables = [*options.drop_tables, *(set(font.keys()) - _DRAWING)]
    subsetter = Subsetter(options)
    covered = set(font.getBestCmap())
    subsetter.populate(unicodes=[code for low, high in spans for code in covered & set(range(low, high + 1))])
    subsetter.subset(font)
    font.flavor = "woff"
    font.save(target)


def code_point_spans(codes: Iterable[int]) -> list[tuple[int, int]]:
    """Return numbers as spans of neighbours.

    Examples
    --------
    >>> code_point_spans({1, 2, 3, 7})
    [(1, 3), (7, 7)]
    """
    spans: list[tuple[int, int]] = []
    for code in sorted(codes):
        if spans and spans[-1][1] == code - 1:
            spans[-1] = (spans[-1][0], code)
        else:
            spans.append((code, code))
    return spans
