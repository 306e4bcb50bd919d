"""The letters of a brand: its font files, checked and made ready for page and chart.

A font is known to programs by names in its file, and every program reads other ones: Typst drops ``Condensed`` from
a family, matplotlib guesses a weight from words. So the files are copied once, under one family name, each with its
weight and slant said plainly, and are cut into parts for web pages, which carry only the parts that they need. The
copies lie in matplotlib's cache folder, named by the hash of what they were made from: the next process finds them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256 as hashed
from pathlib import Path

from cfanalysis.core.errors import OutputError
from cfanalysis.core.files import atomic_folder, sha256
from cfanalysis.theme.brand.font_subsets import (
    FACE_STYLES,
    PARTS,
    TYPEFACE_FILE,
    open_font,
    write_font_copies,
)

SUFFIXES = (".ttf", ".otf")
_RECIPE = "2"  # counts in the copies' folder: another recipe, another folder
_LARGEST = 5_000_000


@dataclass(frozen=True)
class Typeface:
    """A brand's fonts as pages and charts use them.

    Parameters
    ----------
    family
        The one name by which page and chart know all faces: the font's own, and a piece of the files' hash, so that
        it never means another font.
    folder
        Where the copies are.
    faces
        Which of ``Regular``, ``SemiBold`` and ``Italic`` there are.
    letters
        The code points that every face draws.
    parts
        The parts that each face was cut into.
    """

    family: str
    folder: Path
    faces: tuple[str, ...]
    code_points: frozenset[int]
    parts: tuple[str, ...]

    @property
    def files(self) -> list[tuple[Path, str, int]]:
        """Each face's font file, style (``normal``, ``italic``) and weight."""
        return [(self.folder / f"{face}.ttf", *FACE_STYLES[face]) for face in self.faces]

    def missing_characters(self, text: Iterable[str]) -> set[str]:
        """Return the visible characters of a text that some face lacks."""
        return {c for c in set(text) if ord(c) > 0x20 and ord(c) not in self.code_points}

    def font_face_rules(self, text: Iterable[str], *, italic: bool = True) -> str:
        """Return the ``@font-face`` rules, fonts included, of the parts that a text needs.

        Without a semibold, the regular serves for it, as in the PDF: no program thickens letters by itself.

        Parameters
        ----------
        text
            All texts of the page.
        italic
            False to leave out the italic faces.
        """
        codes = {ord(c) for c in set(text)} & self.code_points
        rules = []
        for part in self.parts:
            if not any(low <= code <= high for code in codes for low, high in PARTS[part]):
                continue
            covered = ",".join(f"U+{low:X}-{high:X}" for low, high in PARTS[part])
            for face in self.faces:
                style, weight = FACE_STYLES[face]
                if style == "italic" and not italic:
                    continue
                weights = str(weight) if "SemiBold" in self.faces or style == "italic" else "400 700"
                rules.append(
                    f"@font-face{{font-family:'{self.family}';font-style:{style};font-weight:{weights};"
                    f"font-display:swap;src:url(data:font/woff;base64,{_part(self.folder, face, part)}) "
                    f"format('woff');unicode-range:{covered}}}"
                )
        return "".join(rules)


@lru_cache(maxsize=64)
def _part(folder: Path, face: str, part: str) -> str:
    return base64.b64encode((folder / f"{face}-{part}.woff").read_bytes()).decode()


def typeface(files: Mapping[str, Path]) -> Typeface:
    """Return the fonts, made ready when they are first met.

    Parameters
    ----------
    files
        Font files by face: ``Regular``, and maybe ``SemiBold`` and ``Italic``.

    Raises
    ------
    ValueError
        A file cannot serve; its arguments are what was found and what is allowed.
    """
    return _font_copies(tuple((face, path, _content_hash(path)) for face, path in files.items()))


def fonts_in(folder: Path) -> dict[str, Path]:
    """Return the fonts of a folder that suit each face best: ``regular``, and ``semibold`` and ``italic`` if there.

    Width, weight and slant are read from the files (OpenType specification, table OS/2): normal width before others,
    weight 400 for text, 600 and else 700 for the semibold. Fonts with variable weight are passed over.
    """
    known = [(path, kind) for path in sorted(folder.iterdir()) if (kind := _kind(path)) is not None]
    chosen = {}
    for face, slanted, wanted in (("regular", False, 400), ("semibold", False, 620), ("italic", True, 400)):
        least, most = (550, 800) if face == "semibold" else (300, 500)
        fit = [
            (abs(k[1] - 5), abs(k[0] - wanted), p)
            for p, k in known
            if k[2] == slanted and least <= k[0] <= most
        ]
        if fit:
            chosen[face] = min(fit)[-1]
    return chosen


def _kind(path: Path) -> tuple[int, int, bool] | None:
    """Return a font's weight, width and whether it slants; None for what is no font of one weight."""
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        return None
    from fontTools.ttLib import TTFont

    try:
        with path.open("rb") as stream:
            font = TTFont(stream, lazy=True)
            if "fvar" in font:
                return None
            about = font["OS/2"]
        return about.usWeightClass, about.usWidthClass, bool(about.fsSelection & 0b1000000001)
    except Exception:  # a broken file breaks its reader in any way
        return None


def _content_hash(path: Path) -> str:
    """Return the hash of a font file.

    Raises
    ------
    ValueError
        There is no such file, or it is not a font by its name and size.
    """
    allowed = f"a font file, {' or '.join(SUFFIXES)}, of at most {_LARGEST // 1_000_000} MB"
    if path.is_dir():
        raise ValueError(f"{path.name}: a folder", allowed)
    if not path.is_file():
        raise ValueError(f"{path.name}: there is no such file", f"{allowed}, beside the brand file or below")
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(path.name, allowed)
    about = path.stat()
    if about.st_size > _LARGEST:
        raise ValueError(f"{path.name}: {about.st_size / 1e6:.1f} MB", allowed)
    return known_hash(path)


def known_hash(path: Path) -> str:
    """Return a file's hash, computed once while it stays as it is: fonts of other scripts are large."""
    about = path.stat()
    return _hash_of(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=1_000)
def _hash_of(path: Path, changed: int, size: int) -> str:
    """Return a file's hash; time and size tell an edited file from the one known before."""
    return sha256(path)


@lru_cache(maxsize=4)
def _font_copies(given: tuple[tuple[str, Path, str], ...]) -> Typeface:
    """Return the copies of fonts known by face, path and hash; make them where they are not yet."""
    import matplotlib

    made_from = json.dumps([_RECIPE, *((face, content) for face, _, content in given)])
    digest = hashed(made_from.encode()).hexdigest()[:32]
    folder = Path(matplotlib.get_cachedir()) / "cfanalysis-fonts" / digest
    found = _existing_copies(folder)
    if found is None:
        fonts = {face: open_font(path) for face, path, _ in given}
        try:
            with atomic_folder(folder, replace=True) as aside:
                write_font_copies(fonts, aside, mark=digest[:6])
        except OutputError:
            if _existing_copies(folder) is None:  # else another process was here at the same moment
                raise
        except Exception as error:  # damaged letters break fontTools in any way
            names = ", ".join(path.name for _, path, _ in given)
            raise ValueError(
                f"{names}: a font whose letters cannot be read", "an undamaged TrueType or OpenType font"
            ) from error
        found = _existing_copies(folder)
    if found is None:
        raise OutputError("The brand's fonts cannot be prepared.", where=folder)
    return found


def _existing_copies(folder: Path) -> Typeface | None:
    """Return the copies in a folder if they are all there."""
    try:
        index = json.loads((folder / TYPEFACE_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    names = [f"{f}.ttf" for f in index["faces"]]
    names += [f"{f}-{p}.woff" for f in index["faces"] for p in index["parts"]]
    if not all((folder / name).is_file() for name in names):
        return None
    letters = frozenset(code for low, high in index["letters"] for code in range(low, high + 1))
    return Typeface(index["family"], folder, tuple(index["faces"]), letters, tuple(index["parts"]))
