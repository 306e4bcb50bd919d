"""Marks on what looks personal in open answers, for the person who decides whether an answer may be printed.

E-mail addresses, links, telephone numbers and names after a title are recognized by their form. Another word is marked
where it is capitalized, stands in small letters nowhere among the answers, and is used in few of them. The marks help
the eye and decide nothing: no rule knows every name, and in a language that capitalizes its nouns many words are
marked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

MARK_BEGIN = "\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}"
MARK_END = "\N{MATHEMATICAL RIGHT WHITE SQUARE BRACKET}"
_RARE = 3
"""A capitalized word that so many different answers use is no longer marked."""

_TITLE = r"(?:Mrs|Mr|Ms|Miss|Dr|Prof|Sir|Herrn?|Frau|Mme|Monsieur|Sr|Sra|Señora?|Don|Doña)"
_FORMS = (
    r"[\w.+%'-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?\.\s?[\w-]+)+"  # e-mail
    r"|\b(?:https?://|www\.)\S+|(?<!\w)@\w{2,}"  # link
    r"|(?<![\w.])\+?\(?\d(?:[\s().\-/]{0,3}\d){6,}(?!\w)"  # telephone
    rf"|\b{_TITLE}\.?\s+[^\W\d_][\w'’-]+(?:\s+[A-ZÀ-ÖØ-Þ][\w'’-]+)*"
)
_WORD = r"[^\W\d_]+(?:['’-][^\W\d_]+)*"
_PERSONAL = re.compile(rf"(?P<form>{_FORMS})|(?P<word>{_WORD})")
_ENDINGS = ("", "s", "ed", "d", "ing", "er")  # "Learn" is no name where somebody learns


class PersonalMarks:
    """What marks the answers of a survey.

    Parameters
    ----------
    texts
        All open answers, and the survey's own texts.

    Examples
    --------
    >>> marks = PersonalMarks(["Ask Miriam in dispatch", "We ask customers", "Write to t.okafor@example.com"])
    >>> print(marks.mark("Ask Miriam in dispatch, 202-555-0147").replace(MARK_BEGIN, "<").replace(MARK_END, ">"))
    Ask <Miriam> in dispatch, <202-555-0147>
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._small: set[str] = set()
        self._users: Counter[str] = Counter()
        for text in set(texts):
            words = set(re.findall(_WORD, re.sub(_FORMS, " ", text)))  # an address teaches no word
            self._small |= {word for word in words if word[:1].islower()}
            self._users.update({word.casefold() for word in words if not word[:1].islower()})

    def mark(self, text: str) -> str:
        """Return a text with what looks personal in brackets."""
        marked = _PERSONAL.sub(
            lambda m: f"{MARK_BEGIN}{m.group()}{MARK_END}" if self._personal(m) else m.group(), text
        )
        return re.sub(rf"{MARK_END}(\s+){MARK_BEGIN}", r"\1", marked)

    def _personal(self, match: re.Match[str]) -> bool:
        if match["form"]:
            return True
        word = re.sub(r"['’]s$", "", match["word"])
        plain = word.casefold()
        if word[:1].islower() or (word.isupper() and len(word) <= 5) or self._users[plain] >= _RARE:
            return False
        return not any(plain + ending in self._small for ending in _ENDINGS)
