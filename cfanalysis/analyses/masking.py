"""Masking of names, e-mail addresses and telephone numbers in open answers, before anything else is done with them.

Addresses and numbers are recognized by their form. A name is a capitalized word that is not one of the language's:
within a sentence, any capitalized word that never stands in small letters in the survey's own texts; at its beginning,
one that is followed by another such word or by a verb in the third person. Weekdays, months, countries and the like
stay. The rules err on the side of masking too much; no list of people is needed, and none is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

NAME, EMAIL, PHONE, LINK = "[name]", "[e-mail]", "[phone]", "[link]"

_EMAIL = re.compile(r"[\w.+%'-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?\.\s?[\w-]+)+", re.IGNORECASE)
_LINK = re.compile(r"\b(?:https?://|www\.)\S+|(?<!\w)@\w{2,}", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d(?:[\s().\-/]{0,3}\d){6,}(?!\w)")
_TITLE = r"(?:Mrs|Mr|Ms|Miss|Dr|Prof|Sir|Herr|Frau|Mme|Monsieur)"
_TITLED = re.compile(rf"\b{_TITLE}\.?\s+[^\W\d_][\w'’-]+(?:\s+[A-ZÀ-ÖØ-Þ][\w'’-]+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?:;\"“”]\s*|\n\s*|[-–]\s+)$")
_ENDINGS = ("", "s", "ed", "d", "ing", "er")  # "Learn" is no name where somebody learns
_AFTER_NAMES = (
    "is was has had does did should could will would can never always from in at and said says knows"
)
_VERB = frozenset(_AFTER_NAMES.split())
_CAPITALIZED = (
    "i i'm i'd i've i'll monday tuesday wednesday thursday friday saturday sunday january february march "
    "april may june july august september october november december english german french spanish italian "
    "dutch european american british asian europe america asia africa australia canada france germany "
    "india ireland netherlands zealand singapore england scotland wales christmas easter internet excel "
    "outlook teams crm erp faq ceo cfo hr it uk usa us eu app"
)
KNOWN = frozenset(_CAPITALIZED.split())


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """Return the words that stand in small letters somewhere in the texts: words of the language, not names.

    Examples
    --------
    >>> sorted(vocabulary(["Ask Miriam in dispatch", "We ask customers"]))
    ['ask', 'customers', 'dispatch', 'in']
    """
    return frozenset(word for text in texts for word in _WORD.findall(text) if word[:1].islower())


def mask_names(text: str, words: frozenset[str] = frozenset()) -> str:
    """Return a text with names, addresses and numbers masked.

    Parameters
    ----------
    text
        An open answer.
    words
        Words of the language, in small letters (`vocabulary` of all texts at hand).

    Examples
    --------
    >>> mask_names("Please write to t.okafor@example.com or 202-555-0147.")
    'Please write to [e-mail] or [phone].'
    >>> mask_names("Ask Miriam Vandersteen in dispatch.", frozenset({"ask", "in", "dispatch"}))
    'Ask [name] in dispatch.'
    """
    text = _EMAIL.sub(EMAIL, text)
    text = _LINK.sub(LINK, text)
    text = _PHONE.sub(PHONE, text)
    text = _TITLED.sub(NAME, text)
    hits = _names(text, words)
    for start, end in reversed(hits):
        text = text[:start] + NAME + text[end:]
    return text


def _names(text: str, words: frozenset[str]) -> list[tuple[int, int]]:
    """Return the places of names, neighbouring words of one name together."""
    found = [m for m in _WORD.finditer(text) if not _inside_mask(text, m.start())]
    strange = [_strange(m.group(), words) for m in found]
    hits: list[tuple[int, int]] = []
    for k, word in enumerate(found):
        if not strange[k] or (
            _OPENS.search(text[: word.start()]) and not _opens_with_name(text, found, strange, k)
        ):
            continue
        if hits and text[hits[-1][1] : word.start()].isspace():
            hits[-1] = (hits[-1][0], word.end())
        else:
            hits.append((word.start(), word.end()))
    return hits


def _opens_with_name(text: str, found: list[re.Match[str]], strange: list[bool], k: int) -> bool:
    """Return whether the first word of a sentence is a name, by what follows it."""
    if found[k].group().endswith(("'s", "’s")):
        return True
    if k + 1 == len(found) or not text[found[k].end() : found[k + 1].start()].isspace():
        return False
    after = found[k + 1].group()
    return strange[k + 1] or after in _VERB


def _strange(word: str, words: frozenset[str]) -> bool:
    """Return whether a word may be a name: capitalized, not all capitals, and no word of the language."""
    plain = re.sub(r"['’]s$", "", word).casefold()
    capitalized = word[:1].isupper() and not (word.isupper() and len(word) > 1 and len(word) <= 5)
    if not capitalized or plain in KNOWN or word.casefold() in KNOWN:
        return False
    return not any(plain + ending in words for ending in _ENDINGS)


def _inside_mask(text: str, place: int) -> bool:
    opened = text.rfind("[", 0, place)
    return (
        opened >= 0
        and text.find("]", opened) >= place
        and text[opened:].startswith((NAME, EMAIL, PHONE, LINK))
    )
