"""Characters that a page can show.

Text from data may hold anything. Control characters become visible signs, marks that would turn the text
around them (bidirectional overrides) are dropped, and what no font of ours can draw is shown by its code
point and reported by its name, so that a reader never meets an empty box.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from cfanalysis.theme.brand import Typeface
from cfanalysis.theme.script_fonts import debian_package, house_code_points, script_fonts, script_of

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
# Embeddings, overrides and isolates reorder what follows them; the plain marks (200E, 200F) do not.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0xAD])
_BREAKS = {0x0D: None, 0x0B: "\n", 0x0C: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
_CONTROLS = {c: f"\\x{c:02x}" for c in [*range(9), *range(14, 32), 0x7F]}
_UNUSABLE = dict.fromkeys([*range(0x80, 0x85), *range(0x86, 0xA0), *range(0xFDD0, 0xFDF0)], "\ufffd")
_CLEAN = str.maketrans({**_CONTROLS, **_UNUSABLE, **_TURNING, **_BREAKS})
_ODD = re.compile(r"[\ud800-\udfff\ufffe\uffff]|[\U0001fffe\U0001ffff]")
_LETTERS = frozenset(range(0x1D400, 0x1D800))  # mathematical alphanumeric symbols, in the font of formulas
_NAMED = 3  # characters that a message names
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]"
)  # and shades of skin


def printable_text(text: str) -> str:
    r"""Return the text with control characters visible and without marks that reorder other text.

    Examples
    --------
    >>> printable_text("a\x00b\u202ec")
    'a\\x00bc'
    """
    if text.isascii() and text.isprintable():
        return text
    return _ODD.sub("\ufffd", text.replace("\r\n", "\n").translate(_CLEAN))


def has_visible_text(text: str) -> bool:
    r"""Tell whether there is anything in the text that a reader would see.

    Examples
    --------
    >>> has_visible_text("\u200b \n")
    False
    """
    return bool(_INVISIBLE.sub("", text).strip())


def without_ansi(text: str) -> str:
    r"""Return terminal output without its ANSI escape sequences.

    Examples
    --------
    >>> without_ansi("\x1b[31mred\x1b[0m")
    'red'
    """
    return _ANSI.sub("", text)


def final_text(text: str) -> str:
    r"""Return terminal output as it looks at the end: a carriage return begins a line anew, a backspace takes a letter.

    Examples
    --------
    >>> final_text("10%\r100%\ndone\r\n"), final_text("1/2\b\b\b2/2")
    ('100%\ndone\n', '2/2')
    """
    if "\r" not in text and "\b" not in text:
        return text
    lines = map(_without_backspaces, text.replace("\r\n", "\n").split("\n"))
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


def _without_backspaces(line: str) -> str:
    """Return a line in which each backspace has taken the character before it."""
    if "\b" not in line:
        return line
    kept: list[str] = []
    for character in line:
        if character != "\b":
            kept.append(character)
        elif kept:
            kept.pop()
    return "".join(kept)


def drawable_text(
    text: str, *, own: frozenset[int] = frozenset(), sign: str | None = None
) -> tuple[str, set[str]]:
    """Return the text with what no font of ours draws shown by code point, and those characters.

    Parameters
    ----------
    text
        Any text that `printable_text` returned.
    own
        Code points that other fonts draw.
    sign
        What stands for each character that no font draws; None for its code point.

    Examples
    --------
    >>> drawable_text("naïve")
    ('naïve', set())
    """
    if text.isascii():
        return text, set()
    missing = {c for c in set(text) if ord(c) > 0x7F and ord(c) not in own and not _has_glyph(c)}
    if not missing:
        return text, missing
    ignorable = {c for c in missing if _INVISIBLE.match(c)}
    missing -= ignorable
    signs = {ord(c): sign or f"\u27e8U+{ord(c):04X}\u27e9" for c in missing} | dict.fromkeys(
        map(ord, ignorable)
    )
    return text.translate(signs), missing


def character_names(characters: Iterable[str]) -> str:
    """Return the code points and names of a few of the characters, and how many more there are, for a message.

    Examples
    --------
    >>> character_names("é")
    'U+00E9 LATIN SMALL LETTER E WITH ACUTE'
    """
    return a_few(f"U+{ord(c):04X} {unicodedata.name(c, 'unnamed')}" for c in sorted(characters, key=ord))


def a_few(names: Iterable[str]) -> str:
    """Return the first few of some names, and how many more there are, for a message.

    Examples
    --------
    >>> a_few("abcde")
    'a, b, c and 2 more'
    """
    each = list(dict.fromkeys(names))
    return ", ".join(each[:_NAMED]) + (f" and {len(each) - _NAMED} more" if len(each) > _NAMED else "")


class FontCoverage:
    """What is to be drawn with a brand's font before ours; it remembers which characters the fonts lack.

    Parameters
    ----------
    typeface
        The brand's font, None for ours alone.
    characters
        All characters of the document.
    language
        Its language, as in HTML.
    folder
        The brand's fonts for other scripts; None for none.
    """

    def __init__(
        self,
        typeface: Typeface | None,
        characters: Iterable[str] = "",
        *,
        language: str = "",
        folder: Path | None = None,
    ) -> None:
        self._typeface = typeface
        self._nowhere: set[str] = set()
        self._elsewhere: set[str] = set()
        lacking = drawable_text("".join(sorted(characters)), own=self._own())[1]
        self.fonts = script_fonts(lacking, language=language, folder=folder)
        self._found = frozenset(ord(c) for c in lacking if any(ord(c) in f.code_points for f in self.fonts))

    def text(self, text: str) -> str:
        """Return a text of the page with what no font draws shown by code point."""
        if self._typeface is None:
            return self._drawable(text)
        lacking = self._typeface.missing_characters(text)
        self._elsewhere |= {c for c in lacking if not _INVISIBLE.match(c) and not drawable_text(c)[1]}
        return self._drawable(text, own=self._typeface.code_points)

    def heading(self, text: str) -> str:
        """Return a text of a heading, in which an empty square stands for what no font draws."""
        return self._drawable(text, own=self._own(), sign="\u25a1")

    def code(self, text: str) -> str:
        """Return a text that stands in the font of code, which is always ours."""
        return self._drawable(text)

    def formula(self, text: str) -> str:
        """Return a text of a formula, which has a font of its own."""
        return self._drawable(text, own=_LETTERS)

    def remarks(self) -> list[str]:
        """Return what the author should know of the characters so far."""
        said = []
        if self._elsewhere:
            said.append(
                f"the brand's font lacks {character_names(self._elsewhere)}: drawn in the house's font"
            )
        if self._nowhere:
            scripts = a_few(script_of(c) for c in sorted(self._nowhere))
            codes = a_few(f"U+{ord(c):04X}" for c in sorted(self._nowhere))
            packages = " and ".join(sorted({debian_package(c) for c in self._nowhere}))
            said.append(
                f"no font here draws {scripts} ({codes}): shown by code point; install {packages}, "
                "or name a folder of fonts as script_fonts in the brand file"
            )
        return said

    def _own(self) -> frozenset[int]:
        return self._typeface.code_points if self._typeface is not None else frozenset[int]()

    def _drawable(self, text: str, *, own: frozenset[int] = frozenset(), sign: str | None = None) -> str:
        """Return a text with signs for what no font draws."""
        written, missing = drawable_text(text, own=own | self._found if self._found else own, sign=sign)
        self._nowhere |= missing
        return written


def _has_glyph(character: str) -> bool:
    code = ord(character)
    # Latin with its accents and the usual punctuation: known without opening a font.
    return 0xA0 <= code <= 0x17F or 0x2010 <= code <= 0x2026 or code in house_code_points()
