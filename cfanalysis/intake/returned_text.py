r"""The text of answers in a mail as a questionnaire's page writes it: ``name:value;`` for each answer, and a check.

Mail programs wrap lines, quote them, join them, turn quotes and dashes, and write letters in other ways. So white space
divides nothing, what divides is written ``\hh`` in a value, and the check at the end (CRC-32) counts letters and digits
alone. A text is read in every way in which it may have been meant, and the check says which is right; where none is, a
letter was changed, and the text is refused.
"""

from __future__ import annotations

import quopri
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from html import unescape
from itertools import combinations
from urllib.parse import unquote
from zlib import crc32

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake.encoding import PAGES

_BEGINS = re.compile(r"Answers\s*:\s*([a-z][a-z0-9_]*)\s*;")
_ENDS = re.compile(r"Check\s*:\s*([0-9a-f]{8})\b")
_UNCOUNTED = re.compile("[^A-Za-z0-9\u00c0-\u1fff\u2070-\u2fff\u3001-\ufdff\ufe10-\ufefe\uff00-\U0010ffff]")
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?tr)\b[^<>]*>", re.IGNORECASE)
_LINK = re.compile(r"\s?[<[(](?:https?|mailto|tel):[^<>\[\]()]*[])>]")
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Where a word may be broken, which way letters run, byte order: signs that programs add."""
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_NUMBER = re.compile(r"[-\d\s]+|r[0-9a-f\s]{16,}|[-\d:TZ\s]{20,}")
"""A code, an id of a respondent or a moment: white space in it is a broken line."""


def holds_answers(text: str) -> bool:
    """Return whether answers to a questionnaire begin somewhere in a text."""
    return _BEGINS.search(text) is not None


def answers_in_text(texts: Iterable[str]) -> list[dict[str, str]]:
    r"""Return the answers in a text, one dictionary for each respondent; ``Answers`` is the instrument's id.

    Parameters
    ----------
    texts
        The text, in each encoding in which it may be written.

    Returns
    -------
    list
        Column -> value; empty where the text holds no answers.

    Raises
    ------
    IntakeError
        Answers are cut off, or were changed on their way.

    Examples
    --------
    >>> answers_in_text(["> Answers:tiny;\r\n> s1:4;\r\n> why:Faster\r\n> answers;\r\n> Check:594f8fb5;"])
    [{'Answers': 'tiny', 's1': '4', 'why': 'Faster answers'}]
    """
    problem = None
    for text in (text for text in texts if re.search(r"Answers|=\r?\n", text)):
        for reading in _readings(text):
            try:
                if found := list(_blocks(_UNSEEN.sub("", reading))):
                    return found
            except IntakeError as error:
                problem = problem or error
    if problem is not None:
        raise problem
    return []


def possible_texts(data: bytes, charset: str = "") -> Iterator[str]:
    """Yield bytes as texts, in each encoding in which they may be written, the likely ones first.

    Parameters
    ----------
    data
        The bytes.
    charset
        What is said about them, where something is.
    """
    marked = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    for name in dict.fromkeys((marked, charset or marked, *PAGES)):
        with suppress(LookupError, UnicodeError):
            yield data.decode(name)


def _readings(text: str) -> Iterator[str]:
    """Yield a text as it stands, then with everything undone that programs do to texts, alone and together."""
    for number in range(len(_REPAIRS) + 1):
        for repairs in combinations(_REPAIRS, number):
            reading = text
            for repair in repairs:
                changed = repair(reading)
                if changed == reading:
                    break
                reading = changed
            else:
                yield reading


def _blocks(text: str) -> Iterator[dict[str, str]]:
    """Yield the answers of a text; one that is spoilt does not count where the same respondent's stand there whole."""
    starts = [*_BEGINS.finditer(text)]
    good: dict[tuple[str, str], None] = {}
    spoilt: list[tuple[str, str]] = []
    for start, after in zip(starts, [*(s.start() for s in starts), len(text)][1:], strict=True):
        end = _ENDS.search(text, start.end(), after)
        # What stands before the first line is a sign of quoting, which stands before the others, too.
        sign = text[text.rfind("\n", 0, start.start()) + 1 : start.start()].rstrip()
        whole = text[start.start() : after if end is None else end.start()]
        whole = re.sub(rf"^{re.escape(sign)}", "", whole, flags=re.MULTILINE) if sign else whole
        answers = _answers(whole)
        if end is not None and _check_sum(whole) == end[1]:
            if (key := (answers.get("respondent", ""), end[1])) not in good:
                good[key] = None
                yield answers
            continue
        what = (
            "The answers in this text are cut off" if end is None else "The text of the answers was changed"
        )
        spoilt.append((answers.get("respondent", ""), what))
    for respondent, what in spoilt:
        if not respondent or respondent not in {name for name, _ in good}:
            raise IntakeError(f"{what}: the check at its end does not fit.")


def _check_sum(text: str) -> str:
    letters = _UNCOUNTED.sub("", unicodedata.normalize("NFC", text))
    return f"{crc32(letters.encode('utf-8', 'replace')):08x}"


def _answers(text: str) -> dict[str, str]:
    """Return the values of ``name:value;``; signs at the beginning of lines that are quoted are none of theirs."""
    found = {}
    for token in re.sub("[>|]", " ", text).split(";"):
        name, mark, value = re.sub(r"^\W+", "", token).partition(":")
        if mark:
            plain = re.sub(r"\\([0-9a-f]{2})", lambda sign: chr(int(sign[1], 16)), " ".join(value.split()))
            code = plain.translate(_DASHES)
            found[re.sub(r"\W", "", name)] = "".join(code.split()) if _NUMBER.fullmatch(code) else plain
    return found


def _plain_text(page: str) -> str:
    """Return the text of a mail that is written as a web page, or in which addresses have a link behind them."""
    return unescape(_TAG.sub("", _BREAK.sub("\n", _LINK.sub("", page))))


def _quoted_printable(text: str) -> str:
    """Undo the encoding in which mails are sent, as in a mail's source."""
    data = quopri.decodestring(text.encode())
    with suppress(UnicodeDecodeError):
        return data.decode()
    return data.decode("latin-1")


def _misread(text: str) -> str:
    """Undo that UTF-8 was read as Western European."""
    with suppress(UnicodeError):
        return b"".join(c.encode("latin-1" if "\x80" <= c <= "\x9f" else "cp1252") for c in text).decode()
    return text


_REPAIRS: tuple[Callable[[str], str], ...] = (_quoted_printable, unquote, _plain_text, _misread)
