"""In which character encoding a text file is written.

A byte order mark settles it, then UTF-8 if every byte fits, then UTF-16 by its zero bytes. What is left is a
legacy code page, which bytes alone rarely settle. A page is taken where

1. more of the instrument's own names and labels are found in the text than with any other page, or
2. all plausible pages give the same text, or
3. it is the page of the instrument's language and as plausible as any.

Plausibility is measured by charset-normalizer (disorder of the text) and by symbols and foreign
letters inside words. Otherwise the
choice is the user's: the error shows how the text would read in each.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from charset_normalizer import from_bytes

from cfanalysis.core.errors import AmbiguousFileError, IntakeError, nearest
from cfanalysis.intake.columns import known_texts
from cfanalysis.survey.instrument import Instrument

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: ("utf-8-sig", "UTF-8 with a byte order mark"),
    codecs.BOM_UTF16_LE: ("utf-16", "UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16", "UTF-16"),
}
PAGES = {
    "cp1252": "Western European",
    "cp1250": "Central European",
    "cp1251": "Cyrillic",
    "cp1253": "Greek",
    "cp1254": "Turkish",
    "cp1255": "Hebrew",
    "cp1256": "Arabic",
    "cp1257": "Baltic",
    "cp949": "Korean",
    "cp932": "Japanese",
    "gb18030": "Chinese, simplified",
    "big5": "Chinese, traditional",
    "mac_roman": "Western European, Macintosh",
    "cp850": "Western European, DOS",
}
"""What spreadsheet programs write that do not write Unicode, by usefulness."""

_OF_LANGUAGE = {
    "cp1250": "pl cs sk hu sl hr ro sq bs",
    "cp1251": "ru uk bg sr mk be",
    "cp1253": "el",
    "cp1254": "tr az",
    "cp1255": "he",
    "cp1256": "ar fa ur",
    "cp1257": "et lv lt",
    "cp949": "ko",
    "cp932": "ja",
    "gb18030": "zh",
}
_SAMPLE = 200_000
_CHUNK = 1 << 24
_SLACK = 0.03
_PLAIN = r"[^\w\s\x00-\x7f’‘´·‐-―…“”„«»€£§°†‡©®™¿¡]"
_UPPER = "".join(chr(c) for c in range(0xC0, 0x180) if chr(c).isupper())
_ODD = re.compile(
    rf"(?<=[^\W\d_]){_PLAIN}|{_PLAIN}(?=[^\W\d_])"  # a symbol at a letter
    r"|(?<=[a-zA-Z])[\u0370-\u05ff\u0600-\u06ff]|[\u0370-\u05ff\u0600-\u06ff](?=[a-zA-Z])"  # two scripts in a word
    rf"|(?<=[a-zß-ÿ])[{_UPPER}]|(?<=[^\W\d_])[{_UPPER}](?=[a-z])"  # a capital in a word
    r"|(?<=[^\W\d_])[‚„“”…«»€£§°†‡©®™](?=[^\W\d_])|(?<=[a-z])[–—](?=[a-z])"  # a mark in a word
    r"|(?<=[a-z])[\u3000-\ud7af]|[\u3000-\ud7af](?=[a-z])"  # Chinese, Japanese or Korean in a word of Latin letters
    r"|[\uff61-\uff9f]"  # half-width Japanese: what Korean and Chinese bytes look like in the wrong page
)


class Encoding(NamedTuple):
    """An encoding by its Python name, and how it was found, in words."""

    name: str
    description: str


class _Reading(NamedTuple):
    page: str
    text: str
    disorder: float


def text_encoding(path: Path, instrument: Instrument, given: str | None = None) -> Encoding:
    """Return the encoding of a text file.

    Parameters
    ----------
    path
        The file.
    instrument
        Its names and labels are looked for in the text.
    given
        The encoding that the user names.

    Raises
    ------
    IntakeError
        The encoding is ambiguous, or there is none of the name that is given.
    """
    if given is not None:
        return Encoding(_codec_name(given), f"{given} (as given)")
    with path.open("rb") as stream:
        head = stream.read(4096)
    if certain := _certain(head):
        return certain
    return Encoding("utf-8", "UTF-8") if _is_utf8(path) else _code_page(path, instrument)


def glance(path: Path) -> Encoding:
    """Return an encoding in which the first bytes can be read, good enough for what tools write in headers."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        foreign = error.end < len(head) - 4
        return _certain(head) or Encoding("latin-1" if foreign else "utf-8", "")
    return _certain(head) or Encoding("utf-8", "")


def _certain(head: bytes) -> Encoding | None:
    """Return the encoding that a byte order mark or zero bytes show."""
    marked = (Encoding(*found) for mark, found in BYTE_ORDER_MARKS.items() if head.startswith(mark))
    return next(marked, None) or _sixteen_bits(head)


def _codec_name(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise IntakeError(
            "There is no such character encoding.",
            value=name,
            allowed=", ".join(nearest(name, ["utf-8", "utf-16", *PAGES]) or ["utf-8", "utf-16", *PAGES]),
        ) from None


def _sixteen_bits(head: bytes) -> Encoding | None:
    """Return UTF-16 where every second byte is mostly zero."""
    half = len(head) // 2
    if half < 4 or 0 not in head:
        return None
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    if odd > 0.4 and even < 0.1:
        return Encoding("utf-16-le", "UTF-16 (little-endian, without a byte order mark)")
    if even > 0.4 and odd < 0.1:
        return Encoding("utf-16-be", "UTF-16 (big-endian, without a byte order mark)")
    return None


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _code_page(path: Path, instrument: Instrument) -> Encoding:
    """Return the one code page that the text, the instrument or its language points to."""
    sample = b"".join(_foreign_lines(path))
    native = next(
        (p for p, codes in _OF_LANGUAGE.items() if instrument.language[:2] in codes.split()), "cp1252"
    )
    readings = list(_plausible(sample, native))
    names = [n for n in _names(instrument) if not n.isascii()]
    votes = {r.page: sum(n in r.text for n in names) for r in readings}
    most = max(votes.values(), default=0)
    if most and len({r.text for r in readings if votes[r.page] == most}) == 1:
        page = next(p for p, n in votes.items() if n == most)
        return Encoding(
            page, f"{page} ({PAGES[page]}; {most} of the instrument's names and labels are found so)"
        )
    least = min((r.disorder for r in readings), default=0)
    readings = [r for r in readings if r.disorder <= least + _SLACK]
    if len({r.text for r in readings}) == 1:
        page = readings[0].page
        return Encoding(page, f"{page} ({PAGES[page]}; not UTF-8)")
    if native in {r.page for r in readings}:
        return Encoding(
            native,
            f"{native} ({PAGES[native]}; not UTF-8, chosen for the survey's language {instrument.language!r})",
        )
    raise AmbiguousFileError(
        "The character encoding of the file is ambiguous.",
        where=path.name,
        value="; ".join(f"{r.page}: {_excerpt(r.text)}" for r in readings[:4])
        or "bytes of no known encoding",
        allowed=", ".join([r.page for r in readings] or ["utf-8", "utf-16", *PAGES]),
        next_step=f"Specify it: --encoding {readings[0].page if readings else 'NAME'}, or save it as 'CSV UTF-8'.",
    )


def _plausible(sample: bytes, native: str) -> Iterator[_Reading]:
    """Yield how the sample reads in each page in which all its bytes have a meaning.

    The page of the survey's language is judged by symbols alone where a short text seems too full of accents.
    """
    measured = {
        name: m.chaos
        for m in from_bytes(sample, cp_isolation=list(PAGES))
        for name in (m.encoding, *m.could_be_from_charset)
    }
    for page in PAGES:
        try:
            text = sample.decode(page)
        except UnicodeDecodeError:
            continue
        foreign = sum(not c.isascii() for c in text)
        own = page == native and 2 * foreign < sum(map(str.isalpha, text))
        if not own and page not in measured:
            continue
        yield _Reading(page, text, measured.get(page, 0.0) + len(_ODD.findall(text)) / max(foreign, 1))


def _foreign_lines(path: Path) -> Iterator[bytes]:
    """Yield lines with bytes beyond ASCII, up to the size of a sample."""
    size = 0
    with path.open("rb") as stream:
        while size < _SAMPLE and (line := stream.readline(65_536)):
            if not line.isascii():
                size += len(line)
                yield line


def _names(instrument: Instrument) -> Iterator[str]:
    yield from (text for _, text in known_texts(instrument))
    for field in (*instrument.organization_fields, *instrument.respondent_fields):
        yield from (*field.options, *field.spellings)
    for scale in instrument.scales.values():
        yield from (s for c in scale.categories for s in scale.spellings(c))


def _excerpt(text: str) -> str:
    """Return the first word that is not plain."""
    word = re.search(r"\S*[^\x00-\x7f]\S*", text)
    return word.group()[:40] if word else ""
