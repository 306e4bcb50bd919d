"""Which sign divides whole numbers from fractions in the texts of a file.

Answers are whole numbers, so it rarely matters; but ``4,0`` is an answer where the comma is the decimal sign, and
``1,234`` seconds are either a second or twenty minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from cfanalysis.core.errors import AmbiguousFileError

DecimalSign = Literal[".", ","]
_POINT = re.compile(r"\s*[+-]?\d*\.\d+\s*")
_COMMA = re.compile(r"\s*[+-]?\d*,\d+\s*")
_THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2}[.,]\d{3}\s*")


def decimal_sign(
    texts: Iterable[str], *, where: str, given: DecimalSign | None = None
) -> tuple[DecimalSign, str]:
    """Return the decimal sign of texts, some of which are numbers, and how it was found, in words ("" if none occurs).

    Parameters
    ----------
    texts
        The cells.
    where
        The file, for messages.
    given
        The sign that the user gave; None detects it.

    Raises
    ------
    IntakeError
        Both signs are there, or one that may as well divide thousands; the choices are named.

    Examples
    --------
    >>> decimal_sign(["4,0", "612,5", "x"], where="a.csv")
    (',', 'decimal comma')
    >>> decimal_sign(["4", "5"], where="a.csv")
    ('.', '')
    """
    if given is not None:
        return given, f"decimal {'comma' if given == ',' else 'point'} (as given)"
    points = commas = None
    clear = {".": False, ",": False}
    for text in texts:
        for sign, pattern in ((".", _POINT), (",", _COMMA)):
            if pattern.fullmatch(text):
                clear[sign] |= not _THOUSANDS.fullmatch(text)
                points, commas = (points or text, commas) if sign == "." else (points, commas or text)
    if points is None and commas is None:
        return ".", ""
    if points is not None and commas is not None:
        raise _ambiguous(f"{points.strip()} and {commas.strip()}", where)
    if commas is not None:
        if not clear[","]:
            raise _ambiguous(commas.strip(), where)
        return ",", "decimal comma"
    return ".", "decimal point"


def _ambiguous(value: str, where: str) -> AmbiguousFileError:
    return AmbiguousFileError(
        "The decimal sign of the file is ambiguous.",
        where=where,
        value=value,
        allowed="point, comma",
        next_step="Specify it: --decimal point or --decimal comma",
    )
