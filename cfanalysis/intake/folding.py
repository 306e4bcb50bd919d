"""How texts are compared: names of organizations by `fold_text`; headers, labels and values by `comparable_text`.

Tools write one text in many ways: with markup, with typographic quotes and dashes, with characters that nobody sees,
with a full stop or without. Wherever a text of a file is compared with a text of the instrument, both are put through
`comparable_text` first. Names of organizations keep their punctuation: it may be all that tells two of them apart.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape

from cfanalysis.core.text_folding import fold_text

_NOTHING = """
n/a, n.a, n. a, na, #n/a, #na, <na>, #nv, #n/d, null, (null), nil, none, nan, nat, n/v, n/d, -, --, ., ?, (blank),
(empty), (leer), (vide), (vacío), not available, not applicable, not stated, k.a, k. a, keine angabe, nicht
zutreffend, n.d, n. d, s/o, sans objet, no aplica, não se aplica, non applicabile, niet van toepassing
"""
PLACEHOLDERS = frozenset(" ".join(_NOTHING.split()).split(", "))
"""What programs and people write where there is nothing, as `comparable_text` gives it; it is no name and no answer."""

CELL_ERROR = r"#\S{2,12}[!?]"
"""What spreadsheets show for an error, in any language: #NAME?, #WERT!, #¡VALOR!"""
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,500}>")
_MARKS = frozenset("<&`")
_SAME = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
                       "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...",
                       **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\ufeff\u00ad\u2060")})  # fmt: skip


def without_markup(text: str) -> str:
    """Return a text without markup.

    Examples
    --------
    >>> without_markup("<strong>We&nbsp;do</strong> it.<br>")
    'We do it.'
    """
    if "<" in text or "&" in text:
        text = unescape(_TAG.sub(" ", text))
    return " ".join(text.split())


@lru_cache(maxsize=1 << 17)
def comparable_text(text: str) -> str:
    r"""Return a text as headers, labels and values are compared.

    Without case, extra white space, markup, kinds of quotes and dashes, invisible characters, and a closing mark; a
    text that is nothing but marks is left as it is.

    Examples
    --------
    >>> comparable_text("<p>We don’t – ever –  do&nbsp;it:&nbsp;*</p>")
    "we don't - ever - do it"
    >>> comparable_text("\u200bCompany."), comparable_text(" — ")
    ('company', '-')
    """
    if text.isascii() and not _MARKS.intersection(text):
        whole = fold_text(text)
    else:
        whole = fold_text(unicodedata.normalize("NFKC", without_markup(text)).translate(_SAME))
    return whole.rstrip(" .:*") or whole or fold_text(text)


def is_placeholder(text: str) -> bool:
    """Return whether a text stands where there is nothing.

    Examples
    --------
    >>> [is_placeholder(text) for text in ("N/A", "#N/A", "#WERT!", "—", "k. A.", "", "Nancy")]
    [True, True, True, True, True, False, False]
    """
    word = comparable_text(text)
    return word in PLACEHOLDERS or re.fullmatch(CELL_ERROR, word) is not None
