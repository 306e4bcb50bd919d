"""Questions of which several answers may be chosen (select all that apply), as items that are answered yes or no.

One reader for all tables. Each choice has a column of its own, in which a mark stands where it was chosen: 1, x, the
choice's own text, True; beside the mark stand blanks, or a filler that says "not chosen" (0, No, False, *Not selected*)
or nothing at all (-99). Or all choices of a respondent stand in one cell, divided by semicolons, bars, line breaks or
commas. Which columns belong to one question is known by the export, else by the texts of the instrument's items
(``Question - Choice``), else by a common stem of the column names.

A blank beside another mark of the question is "not chosen"; who marked nothing at all has skipped the question, and is
missing. Where the columns hold a filler for "not chosen", a blank is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.intake.answers import NO_ANSWER, parse_answer
from cfanalysis.intake.exports.choice_cells import cells_choices
from cfanalysis.intake.exports.distinct_texts import distinct_texts, rows_where, text_categories
from cfanalysis.intake.exports.export_layout import ExportColumn, Layout
from cfanalysis.intake.folding import comparable_text, is_placeholder
from cfanalysis.survey.instrument import Instrument, Scale
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

CHOICE_MARKS = {
    "1", "y", "yes", "x", "✓", "✔", "☑", "☒", "•", "●", "true", "t", "on",
    "checked", "selected", "chosen", "quoted", "mentioned", "ja", "j",
    "oui", "sí", "si", "sim", "wahr", "vrai", "verdadero", "vero", "verdadeiro", "ausgewählt", "gewählt", "genannt",
    "angekreuzt", "coché", "seleccionado", "selezionato", "selecionado", "geselecteerd",
}  # fmt: skip
"""What stands for a choice where it is not the choice's own text."""

NOT_CHOSEN = {
    "0", "n", "no", "false", "f", "off", "✗", "✘", "○",
    "unchecked", "not selected", "not checked", "unselected", "not chosen", "not quoted",
    "not mentioned", "nein", "non", "não", "nee", "falsch", "faux", "falso", "nicht gewählt", "nicht ausgewählt",
    "nicht genannt", "nicht angekreuzt", "non coché", "non sélectionné", "no seleccionado", "non selezionato",
    "não selecionado", "niet geselecteerd", "☐",
}  # fmt: skip
"""What stands for a choice that was seen and not chosen."""

_DIVISION = re.compile(r"\s*(?: - |-|: |:|/|___|_|\[|\(choice=)\s*")
_STEM = re.compile(r"^(.*[A-Za-z].*?)[_.\[/ -]*\[?[A-Za-z0-9]+\]?$")


class ItemWithoutColumn(NamedTuple):
    """An item without a column: the columns of its question, its choice in each spelling, whether in one cell."""

    item: str
    columns: tuple[int, ...]
    choices: tuple[str, ...]
    joined: bool


class ChoiceSet(NamedTuple):
    """The columns of one question: of choices that are items, each with the spellings of its choice, and all."""

    question: str
    items: dict[int, tuple[str, ...]]
    places: tuple[int, ...]


def items_without_column(
    columns: Sequence[ExportColumn], matched: Mapping[int, str], instrument: Instrument
) -> list[ItemWithoutColumn]:
    """Return the items without a column that are choices of a question in the file.

    Parameters
    ----------
    columns
        The columns of the table.
    matched
        Which of them are items already.
    instrument
        What the survey asks; only items with two answers can be choices.
    """
    found = set(matched.values())
    lacking = [item for item in _two_answers(instrument) if item not in found]
    if not lacking:
        return []
    groups: dict[str, list[int]] = {}
    singles: dict[str, int] = {}
    for place, column in enumerate(columns):
        if column.question:
            groups.setdefault(comparable_text(column.question), []).append(place)
        elif place not in matched and column.use is None:
            singles.update({comparable_text(name): place for name in column.names})
    absent = []
    for item in lacking:
        parts = list(question_and_choice(_names(instrument, item)))
        asked = next((q for q, _ in parts if len(groups.get(q, ())) > 1), "")
        single = next((q for q, _ in parts if q in singles), "")
        if asked:
            absent.append(ItemWithoutColumn(item, tuple(groups[asked]), _choices(parts, asked), joined=False))
        elif single:
            same = {q for q, _ in parts if singles.get(q) == singles[single]}
            choices = tuple(c for q, c in parts if q in same)
            absent.append(ItemWithoutColumn(item, (singles[single],), choices, joined=True))
    return absent


def choice_sets(
    columns: Sequence[ExportColumn], matched: Mapping[int, str], instrument: Instrument
) -> list[ChoiceSet]:
    """Return the questions of several columns of which some are items with two answers.

    Parameters
    ----------
    columns, matched, instrument
        As of `items_without_column`.
    """
    two = set(_two_answers(instrument))
    asked = _choice_questions(instrument, two)
    groups: dict[str, list[int]] = {}
    choices: dict[int, tuple[str, ...]] = {}
    for place, column in enumerate(columns):
        item = matched.get(place)
        names = (*column.names, *(_names(instrument, item) if item in two and item else ()))
        parts = [part for part in question_and_choice(names) if part[0] in asked]
        if column.question:
            question = comparable_text(column.question)
        elif parts and (item in two or place not in matched):
            question = max((q for q, _ in parts), key=len)
        elif item in two and (stem := _STEM.match(column.names[0])):
            question = f"stem {comparable_text(stem.group(1))}"
        else:
            continue
        groups.setdefault(question, []).append(place)
        if item in two:
            choices[place] = tuple(dict.fromkeys([comparable_text(column.choice), *(c for _, c in parts)]))
    found = [
        ChoiceSet(question, {p: choices[p] for p in places if p in choices}, tuple(places))
        for question, places in groups.items()
    ]
    return [one for one in found if one.items and len(one.places) > 1]


def set_answers(
    one: ChoiceSet,
    texts: Mapping[int, pd.Series],
    matched: Mapping[int, str],
    layout: Layout,
    scales: Mapping[str, Scale],
) -> dict[int, pd.Series]:
    """Return the answers of a question's choices by column; none where anything but marks and fillers stands there.

    Parameters
    ----------
    one
        The question's columns.
    texts
        Columns by place.
    matched
        Column -> item.
    layout
        What the tool writes for chosen, not chosen and nothing.
    scales
        Item -> its two answers.
    """
    numbered = _are_numbered(one, texts, matched, scales)
    meanings = {
        place: {
            text: "mark"
            if numbered and text.strip()
            else _meaning(text, choices, scales[matched[place]], layout)
            for text in distinct_texts(texts[place])
        }
        for place, choices in one.items.items()
    }
    kinds = {kind for found in meanings.values() for kind in found.values()}
    if "" in kinds or "mark" not in kinds:
        return {}
    explicit = bool(kinds & {"not", "keep"})
    if explicit and all(_is_answer(t, scales[matched[p]]) for p, found in meanings.items() for t in found):
        return {}  # yes and no as the scale has them
    answered = np.zeros(len(next(iter(texts.values()))), dtype=bool)
    for place in one.places:
        found = meanings.get(place)
        answered |= rows_where(
            texts[place],
            lambda t, found=found: (  # type: ignore[misc]
                _says_something(t, layout) if found is None else found[t] == "mark"
            ),
        )
    return {
        place: _choice_codes(texts[place], found, answered & (not explicit), scales[matched[place]])
        for place, found in meanings.items()
    }


def are_choices(places: Sequence[int], texts: Mapping[int, pd.Series], scale: Scale, layout: Layout) -> bool:
    """Return whether columns of a question hold nothing but marks; one of them may take any text (other, namely).

    Parameters
    ----------
    places
        The question's columns.
    texts
        Columns by place.
    scale
        The two answers of its choices.
    layout
        What the columns are, and what the tool writes for nothing.
    """
    own = [p for p in places if sum(_says_something(t, layout) for t in distinct_texts(texts[p])) <= 1]
    choices = {place: (comparable_text(layout.columns[place].choice),) for place in own}
    kinds = {_meaning(t, choices[p], scale, layout) for p in own for t in distinct_texts(texts[p])}
    return len(places) - len(own) <= 1 and "mark" in kinds and kinds <= {"mark", "blank"}


def answers_without_column(
    same: Sequence[ItemWithoutColumn],
    texts: Mapping[int, pd.Series],
    scales: Mapping[str, Scale],
    layout: Layout,
) -> dict[str, pd.Series]:
    """Return the answers of items that have no column of their own, none where their question is no choice of several.

    Parameters
    ----------
    same
        The items of one question.
    texts
        Columns by place.
    scales
        Item -> its two answers.
    layout
        What stands between choices, and what the tool writes for nothing.
    """
    index = texts[same[0].columns[0]].index
    answered = np.zeros(len(index), dtype=bool)
    for place in same[0].columns:
        answered |= rows_where(texts[place], lambda t: _says_something(t, layout))
    picked = {one.item: np.zeros(len(index), dtype=bool) for one in same}
    if same[0].joined:
        column = texts[same[0].columns[0]]
        found = cells_choices(distinct_texts(column), {one.item: one.choices for one in same}, layout.joiners)
        if not any(found.values()):
            return {}
        picked = {
            one.item: rows_where(column, lambda t, item=one.item: item in found[t])  # type: ignore[misc]
            for one in same
        }
    return {item: _answers(hit, answered, scales[item], index) for item, hit in picked.items()}


def chosen_code(scale: Scale) -> int:
    """Return which of a scale's two answers means "chosen": the higher one, unless the labels say otherwise.

    Examples
    --------
    >>> chosen_code(Scale(min=1, max=2, labels={1: "Yes", 2: "No"})), chosen_code(Scale(min=0, max=1))
    (1, 1)
    """
    low, high = ({comparable_text(text) for text in scale.spellings(code)} for code in (scale.min, scale.max))
    turned = (low & CHOICE_MARKS or high & NOT_CHOSEN) and not (high & CHOICE_MARKS or low & NOT_CHOSEN)
    return scale.min if turned else scale.max


def _meaning(text: str, choices: Sequence[str], scale: Scale, layout: Layout) -> str:
    """Return what a cell of a choice's column says: mark, not, blank, keep (don't know); "" for none of them."""
    word = comparable_text(text)
    read = parse_answer(word, scale)
    if read.code == DONT_KNOW_CODE:
        return "keep"
    if comparable_text(word) in choices and word:
        return "mark"
    if read.code != NO_ANSWER:
        return "mark" if read.code == chosen_code(scale) else "not"
    if word in CHOICE_MARKS or word in NOT_CHOSEN:
        return "mark" if word in CHOICE_MARKS else "not"
    return "" if _says_something(text, layout) else "blank"


def _is_answer(text: str, scale: Scale) -> bool:
    return not text.strip() or parse_answer(text.strip(), scale).code != NO_ANSWER


def _says_something(text: str, layout: Layout) -> bool:
    """Return whether a cell holds an answer: anything but nothing, a filler, or a code below zero."""
    word = comparable_text(text)
    empty = not word or is_placeholder(word) or word in layout.unanswered or word in NOT_CHOSEN
    return not (empty or re.fullmatch(r"-\d+(\.0+)?|\{question_not_shown\}", word))


def _are_numbered(
    one: ChoiceSet, texts: Mapping[int, pd.Series], matched: Mapping[int, str], scales: Mapping[str, Scale]
) -> bool:
    """Return whether each column holds one number and no other, the choice's own, counted through the question."""
    if all(
        _is_answer(t, scales[matched[place]]) for place in one.items for t in distinct_texts(texts[place])
    ):
        return False
    found = [{t.strip() for t in distinct_texts(texts[place])} - {""} for place in one.items]
    numbers = [next(iter(values)) for values in found if len(values) == 1]
    if len(numbers) < 2 or len(numbers) < sum(map(bool, found)) or not all(map(str.isdecimal, numbers)):
        return False
    return all(int(a) < int(b) for a, b in pairwise(numbers))


def _choice_codes(
    column: pd.Series, meanings: Mapping[str, str], inferred: NDArray[np.bool_], scale: Scale
) -> pd.Series:
    """Return a choice's column as codes; a blank is "not chosen" in the rows where that is inferred."""
    chosen = chosen_code(scale)
    other = scale.min + scale.max - chosen
    values = np.where(inferred, str(other), "").astype(object)
    values[rows_where(column, lambda t: meanings[t] == "mark")] = str(chosen)
    values[rows_where(column, lambda t: meanings[t] == "not")] = str(other)
    values[rows_where(column, lambda t: meanings[t] == "keep")] = str(DONT_KNOW_CODE)
    return text_categories(values, column.index)


def _answers(
    picked: NDArray[np.bool_], answered: NDArray[np.bool_], scale: Scale, index: pd.Index
) -> pd.Series:
    chosen = chosen_code(scale)
    values = np.where(answered, str(scale.min + scale.max - chosen), "").astype(object)
    values[picked] = str(chosen)
    return text_categories(values, index)


def _two_answers(instrument: Instrument) -> list[str]:
    return [i.id for i in instrument.rated_items if len(instrument.scale_of(i.id).categories) == 2]


def _names(instrument: Instrument, item: str) -> tuple[str, ...]:
    return (*instrument.item(item).source, instrument.item(item).text)


def _choice_questions(instrument: Instrument, two: set[str]) -> set[str]:
    """Return the questions of which the instrument has several choices."""
    items: dict[str, set[str]] = {}
    for item in two:
        for question, _ in question_and_choice(_names(instrument, item)):
            items.setdefault(question, set()).add(item)
    return {question for question, found in items.items() if len(found) > 1}


def _choices(parts: Sequence[tuple[str, str]], question: str) -> tuple[str, ...]:
    return tuple(choice for asked, choice in parts if asked == question)


def question_and_choice(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield question and choice of each name, at every place where one may end and the other begin."""
    for name in names:
        text = comparable_text(name)
        for match in _DIVISION.finditer(text):
            closing = {"[": "]", "(": ")"}.get(match.group().strip()[:1], "")
            question = text[: match.start()].strip(" .:*")
            choice = text[match.end() :].strip().removesuffix(closing)
            if question and choice:
                yield question, choice
