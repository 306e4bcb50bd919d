"""How names are compared: without case, extra white space, and characters that nobody sees."""

from __future__ import annotations

import unicodedata

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff\u00ad"))


def smooth_text(text: str) -> str:
    r"""Return text with single spaces, letters in one form of Unicode, and without characters that nobody sees.

    Examples
    --------
    >>> smooth_text(" Cafe\u0301\u200b  Noir "), len(smooth_text("Cafe\u0301"))
    ('Café Noir', 4)
    """
    plain = text if text.isascii() else unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    return " ".join(plain.split())


def fold_text(text: str) -> str:
    r"""Return text without case and extra white space, as names of organizations are compared.

    Examples
    --------
    >>> fold_text(" Neither Agree\n nor\u00a0Disagree ")
    'neither agree nor disagree'
    """
    return smooth_text(text).casefold()
