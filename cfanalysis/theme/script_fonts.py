"""Fonts for letters that the house's fonts lack: Chinese, Japanese, Korean, Devanagari, Thai and others.

Common emoji are in the package; other fonts are those of a folder that the brand names, else this machine's. Nothing
is looked for until a letter needs it, so a text that the house's fonts can draw is drawn the same on every machine.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from cfanalysis.core.resources import font_folder

_REGIONS = {"ja": "JP", "ko": "KR", "zh": "SC", "zh-tw": "TC", "zh-hant": "TC", "zh-hk": "HK", "zh-mo": "HK"}
_KANA, _HANGUL = ((0x3040, 0x30FF), (0xFF66, 0xFF9D)), ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF))
_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}
_PACKAGES = {"Hani": "cjk", "Hira": "cjk", "Kana": "cjk", "Hang": "cjk", "Bopo": "cjk"}


@dataclass(frozen=True)
class ScriptFont:
    """A font for letters that the house's fonts lack.

    Parameters
    ----------
    family
        Its family name.
    path
        Its file.
    index
        Which of the file's faces it is.
    version
        The version that the file states.
    code_points
        What it draws.
    """

    family: str
    path: str
    index: int
    version: str
    code_points: frozenset[int]

    @property
    def is_ours(self) -> bool:
        """Whether it lies in the package."""
        return Path(self.path).parent == font_folder()

    def font_face_rule(self, characters: Iterable[str]) -> str:
        """Return an ``@font-face`` rule with the part of the font that draws these characters."""
        drawn = frozenset(ord(c) for c in set(characters)) & self.code_points
        data = base64.b64encode(_part(self.path, self.index, drawn)).decode()
        return (
            f"@font-face{{font-family:'{self.family}';src:url(data:font/woff;base64,{data}) format('woff');"
            f"unicode-range:{','.join(f'U+{code:X}' for code in sorted(drawn))}}}"
        )


def script_fonts(
    characters: Iterable[str], *, language: str = "", folder: Path | None = None
) -> tuple[ScriptFont, ...]:
    """Return the fonts that draw some characters, each once; a character without any is passed over.

    Parameters
    ----------
    characters
        Letters that other fonts lack.
    language
        The language of the text, as in HTML; it decides how signs look that several languages share.
    folder
        Fonts that go before this machine's; None for none.

    Examples
    --------
    >>> script_fonts("")
    ()
    """
    letters = sorted(set(characters))
    region = _region(letters, language)
    found = (_font_of(letter, region, folder) for letter in letters)
    return tuple({font.family: font for font in found if font is not None}.values())


@cache
def house_code_points() -> frozenset[int]:
    """Return the code points of our text font, and those that its fallback has in both weights."""
    from matplotlib.ft2font import FT2Font

    ours = FT2Font(str(font_folder() / "IBMPlexSans-Regular.ttf")).get_charmap()
    regular, bold = (FT2Font(str(font)).get_charmap() for font in fallback_fonts())
    return frozenset(ours.keys() | (regular.keys() & bold.keys()))


def fallback_fonts() -> list[Path]:
    """Return the files of DejaVu Sans, which matplotlib carries: it draws what our text font lacks."""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return [folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf"]


def font_files(folder: Path) -> list[str]:
    """Return the font files in a folder and below, those of plain upright letters without serifs first."""
    return _ordered(str(path) for path in folder.rglob("*") if path.is_file())


def script_of(character: str) -> str:
    """Return the name of a character's script (Unicode Standard Annex 24), as a message gives it.

    Examples
    --------
    >>> script_of("漢"), script_of("\u0e01")
    ('Han', 'Thai')
    """
    from fontTools import unicodedata

    return str(unicodedata.script_name(unicodedata.script(character), default="Common"))


def debian_package(character: str) -> str:
    """Return the package of Debian and Ubuntu that brings a font for a character.

    Examples
    --------
    >>> debian_package("漢"), debian_package("\u0e01")
    ('fonts-noto-cjk', 'fonts-noto-core')
    """
    from fontTools import unicodedata

    return f"fonts-noto-{_PACKAGES.get(unicodedata.script(character), 'core')}"


def _region(letters: list[str], language: str) -> str:
    """Return the region whose forms of Han signs are meant: the language's, else that of the letters beside them."""
    tag = language.lower()
    known = _REGIONS.get(tag) or _REGIONS.get(tag.rpartition("-")[0]) or _REGIONS.get(tag.split("-")[0])
    if known:
        return known
    codes = [ord(letter) for letter in letters]
    for region, spans in (("JP", _KANA), ("KR", _HANGUL)):
        if any(low <= code <= high for code in codes for low, high in spans):
            return region
    return "SC"


@lru_cache(maxsize=20_000)
def _font_of(letter: str, region: str, folder: Path | None) -> ScriptFont | None:
    """Return the first font that draws a letter, in the forms of a region where its file has them."""
    for path in _paths(folder):
        for font in _faces(path)[:1]:
            if ord(letter) in font.code_points:
                return next((f for f in _faces(path) if f.family.endswith(f" {region}")), font)
    return None


def _paths(folder: Path | None) -> Iterator[str]:
    yield str(font_folder() / "WorkbookEmoji-Regular.ttf")
    if folder is not None:
        yield from font_files(folder)
    yield from _system_paths()


@lru_cache(maxsize=1)
def _system_paths() -> tuple[str, ...]:
    from matplotlib.font_manager import findSystemFonts

    return tuple(_ordered(findSystemFonts()))


def _ordered(paths: Iterable[str]) -> list[str]:
    """Return font files, those of plain upright letters without serifs first."""
    known = [path for path in paths if Path(path).suffix.lower() in _SUFFIXES]

    def strangeness(path: str) -> tuple[bool, bool, bool, str]:
        name = Path(path).stem.lower()
        return ("mono" in name, "sans" not in name, "regular" not in name, path)

    return sorted(known, key=strangeness)


@lru_cache(maxsize=2_000)
def _faces(path: str) -> tuple[ScriptFont, ...]:
    """Return the upright faces of a font file that both page and chart can draw; none of one that cannot be read."""
    from matplotlib.ft2font import FT2Font

    try:
        first = FT2Font(path)
        if _is_odd(first):
            return ()
        codes = frozenset(first.get_charmap())
        faces = [first, *(FT2Font(path, face_index=index) for index in range(1, first.num_faces))]
        return tuple(
            ScriptFont(face.family_name, path, index, _version(face), codes)
            for index, face in enumerate(faces)
            if not _is_odd(face)
        )
    except (OSError, RuntimeError, ValueError):  # not a font that FreeType can open
        return ()


def _is_odd(face: Any) -> bool:
    """Tell whether a face is bold or slanted, made of pixels or in colours, or draws a box for everything."""
    from matplotlib.ft2font import FaceFlags, StyleFlags

    heavy = StyleFlags.BOLD in face.style_flags or StyleFlags.ITALIC in face.style_flags
    flat = FaceFlags.SCALABLE in face.face_flags and FaceFlags.COLOR not in face.face_flags
    return heavy or not flat or "LastResort" in face.family_name.replace(" ", "")


def _version(face: Any) -> str:
    """Return the version in a font's table ``head`` (OpenType specification)."""
    table = face.get_sfnt_table("head")
    major, minor = table["fontRevision"] if table else (0, 0)
    return f"{major + minor / 65536:.3f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=256)
def _part(path: str, index: int, codes: frozenset[int]) -> bytes:
    """Return the part of a font that draws some code points, packed for the web."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(hinting=False, notdef_outline=True)
    with TTFont(path, fontNumber=index, lazy=True, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=codes)
        subsetter.subset(font)
        font.flavor = "woff"
        font.save(written := io.BytesIO())
    return written.getvalue()
