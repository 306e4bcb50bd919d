"""What a text in an item's column means: a code of the scale, a label, don't know, or nothing usable.

A label may stand with its code ("5 - Strongly agree", "Strongly disagree [0]"): the label counts, and the code where
the scale has no label for it. A near miss ("agreee") is never taken: it becomes missing and is proposed in the log.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cfanalysis.intake.folding import comparable_text, is_placeholder
from cfanalysis.survey.instrument import Scale
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

NO_ANSWER = -127
"""How a missing answer is held while cleaning; no scale reaches so far down."""

_CODE = r"[+-]?\d{1,3}"
_BEFORE = re.compile(rf"[(\[]?({_CODE})(\s*[-:.=)\]|/]+\s*|\s+)(?=\D)(.+)")
_ENCLOSED = re.compile(rf"({_CODE})\s*[(\[](?=\D)([^()\[\]]+)[)\]]")
_BEHIND = re.compile(rf"(.*[^\d\s.,:=|/(\[-])(\s*[(\[]\s*|\s*[-:=|/]\s+|\s+)({_CODE})[)\]]?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", flags=re.ASCII)


class Answer(NamedTuple):
    """The code of an answer (`DONT_KNOW_CODE`, `NO_ANSWER`), and the rule by which it was read ("": as it stood)."""

    code: int
    rule: str


def parse_number(text: str, *, decimal: str = ".") -> float | None:
    """Return the number that a text is, None where it is none.

    Parameters
    ----------
    text
        Digits, at most one decimal sign, perhaps an exponent; no thousands marks.
    decimal
        The decimal sign of the file, ``"."`` or ``","``.

    Examples
    --------
    >>> [parse_number(text) for text in ("4.0", "4,5", "1e3", "nan")], parse_number("4,5", decimal=",")
    ([4.0, None, 1000.0, None], 4.5)
    """
    plain = text.replace(",", ".") if decimal == "," and "." not in text else text
    return float(plain) if _NUMBER.fullmatch(plain) else None


class Anchored(NamedTuple):
    """A label with its code, and whether a mark divides them."""

    code: int
    label: str
    marked: bool


def anchored_label(text: str) -> Anchored | None:
    """Return a label and the code that stands before or behind it, None where there is none.

    Examples
    --------
    >>> anchored_label("5 - Strongly agree"), anchored_label("Strongly disagree [0]")
    (Anchored(code=5, label='strongly agree', marked=True), Anchored(code=0, label='strongly disagree', marked=True))
    >>> anchored_label("10 (always)")
    Anchored(code=10, label='always', marked=True)
    >>> anchored_label("1-2 times"), anchored_label("4.5")
    (None, None)
    """
    whole = comparable_text(text)
    if found := _ENCLOSED.fullmatch(whole):
        code, label = found.groups()
        mark = "("
    elif found := _BEFORE.fullmatch(whole):
        code, mark, label = found.groups()
    elif found := _BEHIND.fullmatch(whole):
        label, mark, code = found.groups()
    else:
        return None
    return Anchored(int(code), comparable_text(label), bool(mark.strip()))


def parse_answer(text: str, scale: Scale, *, decimal: str = ".") -> Answer:
    """Return what a text means on a scale.

    Parameters
    ----------
    text
        A cell of an item.
    scale
        The item's scale.
    decimal
        The decimal sign of numbers.

    Returns
    -------
    Answer
        The code and, where the text is no answer, the rule of the cleaning log.

    Examples
    --------
    >>> scale = Scale(min=1, max=3, labels={1: "No", 3: ("Yes", "Sure")}, dont_know={"codes": (9,)})
    >>> [parse_answer(t, scale).code for t in ("2", "sure", "9", "3 - Yes", "2: perhaps", "")]
    [2, 3, -128, 3, 2, -127]
    >>> [parse_answer(text, scale).rule for text in ("Yess", "4", "3 - No idea", "n/a")]
    ['not_an_answer', 'out_of_range', 'not_an_answer', 'missing_code']
    """
    if not text:
        return Answer(NO_ANSWER, "")
    value = parse_number(text, decimal=decimal)
    if value is None:
        return _text_answer(text, scale)
    if value in scale.dont_know.codes or value == DONT_KNOW_CODE:
        return Answer(DONT_KNOW_CODE, "")
    return Answer(int(value), "") if value in scale.categories else Answer(NO_ANSWER, "out_of_range")


def _text_answer(text: str, scale: Scale) -> Answer:
    """Return what a text that is no number means."""
    labels = _labels(scale)
    code, nothing = labels.get(comparable_text(text)), is_placeholder(text)
    if code is None and (found := anchored_label(text)):
        code, nothing = labels.get(found.label), is_placeholder(found.label)
        unnamed = found.code in scale.categories and not scale.spellings(found.code)
        if code is None and found.marked and unnamed and not nothing:
            code = found.code
    if code is not None:
        return Answer(code, "label")
    return Answer(NO_ANSWER, "missing_code" if nothing else "not_an_answer")


def _labels(scale: Scale) -> dict[str, int]:
    """Return the code of each folded label; an answer's label wins over a don't-know's."""
    key = (tuple((c, scale.spellings(c)) for c in scale.categories), scale.dont_know.labels)
    return _label_codes(key)


@lru_cache(maxsize=256)
def _label_codes(key: tuple[tuple[tuple[int, tuple[str, ...]], ...], tuple[str, ...]]) -> dict[str, int]:
    spellings, unknown = key
    codes = {comparable_text(s): c for c, names in reversed(spellings) for s in names}
    # The instrument itself may write a label with its code.
    bare = {found.label: c for text, c in codes.items() if (found := anchored_label(text))}
    return {**bare, **codes, **{comparable_text(s): DONT_KNOW_CODE for s in unknown}}
