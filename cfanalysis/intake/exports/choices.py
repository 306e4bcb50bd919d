"""Questions where several answers may be chosen, as items that are answered yes or no.

A tool writes each choice into a column of its own, filled where it was chosen and blank where it was not; or all
choices into one cell. Both become the two answers of the item's scale. Who chose nothing at all may have skipped the
question: the tool does not say, so the items are missing. A choice that nobody chose has no column in some exports;
it is "not chosen" for everybody who chose another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake.exports.layout import Column, Layout
from cfanalysis.intake.exports.texts import distinct_texts, rows_where, texts_of
from cfanalysis.intake.folding import plain
from cfanalysis.survey.instrument import Instrument, Scale

CHOSEN = {"1", "y", "yes", "x", "true", "checked", "selected", "ja", "oui", "sí", "si", "sim"}
"""What stands for a choice where it is not the choice's own text."""

_MARK = re.compile(r"\s*(?: - |-|: |/|___|_|\[|\(choice=)\s*")


class Absent(NamedTuple):
    """An item without a column: the columns of its question, its choice, whether choices stand together in a cell."""

    item: str
    columns: tuple[int, ...]
    choice: str
    joined: bool


def absent_items(
    columns: Sequence[Column], matched: Mapping[int, str], instrument: Instrument
) -> list[Absent]:
    """Return the items without a column that are choices of a question in the file.

    Parameters
    ----------
    columns
        The columns of the export.
    matched
        Which of them are items already.
    instrument
        What the survey asks; only items with two answers can be choices.
    """
    found = set(matched.values())
    lacking = [i for i in instrument.rated_items if i.id not in found and _two(instrument.scale_of(i.id))]
    if not lacking:
        return []
    groups: dict[str, list[int]] = {}
    singles: dict[str, int] = {}
    for place, column in enumerate(columns):
        if column.question:
            groups.setdefault(plain(column.question), []).append(place)
        elif place not in matched and column.use is None:
            singles.update({plain(name): place for name in column.names})
    absent = []
    for item in lacking:
        for question, choice in _divided((*item.source, item.text)):
            if question in groups and len(groups[question]) > 1:
                absent.append(Absent(item.id, tuple(groups[question]), choice, joined=False))
                break
            if question in singles:
                absent.append(Absent(item.id, (singles[question],), choice, joined=True))
                break
    return absent


def chosen_sets(
    columns: Sequence[Column], matched: Mapping[int, str], instrument: Instrument
) -> list[tuple[list[int], list[int]]]:
    """Return for each question of several columns those that are items with two answers, and all of them."""
    groups: dict[str, list[int]] = {}
    for place, column in enumerate(columns):
        if column.question:
            groups.setdefault(plain(column.question), []).append(place)
    ids = {item.id for item in instrument.rated_items if _two(instrument.scale_of(item.id))}
    sets = [([p for p in places if matched.get(p) in ids], places) for places in groups.values()]
    return [(mine, places) for mine, places in sets if mine and len(places) > 1]


def are_choices(texts: Mapping[int, pd.Series], columns: Sequence[Column], places: Sequence[int]) -> bool:
    """Return whether the columns hold nothing but their own choice, or one and the same mark of a choice.

    One column of the question may take any text (other, please specify).
    """
    marks: set[str] = set()
    filled = 0
    for place in _own_choices(texts, places):
        found = {plain(t) for t in distinct_texts(texts[place])} - {""}
        filled += bool(found)
        if not {plain(text) for text in found} <= {plain(columns[place].choice)}:
            marks |= found
    return filled > 0 and (not marks or (len(marks) == 1 and marks <= CHOSEN))


def chosen(texts: Mapping[int, pd.Series], places: Sequence[int], scale: Scale, place: int) -> pd.Series:
    """Return the answers of an item that is one of a question's choices: chosen, not chosen, or missing."""
    picked = rows_where(texts[place], lambda t: bool(t.strip()))
    return _answers(picked, _anything(texts, places), scale, texts[place].index)


def absent_answers(
    absent: Absent, texts: Mapping[int, pd.Series], scale: Scale, joiners: Sequence[str]
) -> pd.Series:
    """Return the answers of an item that has no column of its own."""
    index = texts[absent.columns[0]].index
    picked = np.zeros(len(index), dtype=bool)
    if absent.joined:
        picked = rows_where(texts[absent.columns[0]], lambda t: holds_choice(t, absent.choice, joiners))
    return _answers(picked, _anything(texts, absent.columns), scale, index)


def choices_without_column(
    absent: Sequence[Absent],
    texts: Mapping[int, pd.Series],
    layout: Layout,
    instrument: Instrument,
    *,
    where: str,
) -> list[Absent]:
    """Return the items without a column whose question is one of which several answers may be chosen.

    Raises
    ------
    IntakeError
        The row of a grid is missing, or none of the choices stands in any cell.
    """
    fitting: list[Absent] = []
    by_question: dict[tuple[int, ...], list[Absent]] = {}
    for item in absent:
        by_question.setdefault(item.columns, []).append(item)
    for places, items in by_question.items():
        if items[0].joined:
            cells = distinct_texts(texts[places[0]])
            fits = any(holds_choice(cell, i.choice, layout.joiners) for cell in cells for i in items)
        else:
            fits = are_choices(texts, layout.columns, places)
        needed = [i.item for i in items if not instrument.item(i.item).optional]
        if fits:
            fitting += items
        elif needed:
            column = layout.columns[places[0]]
            raise IntakeError(
                f"Items have no column: {', '.join(needed)}.",
                where=where,
                value=f"the question {(column.question or column.names[0])[:100]!r}, of which one answer is chosen",
                allowed="a column for each item, or a question of which several answers may be chosen",
                next_step="Export all columns, or make the items optional in the instrument.",
            )
    return fitting


def holds_choice(cell: str, choice: str, joiners: Sequence[str]) -> bool:
    """Return whether a choice is among those that stand in a cell.

    Examples
    --------
    >>> holds_choice("Price, Time, or place", "Time, or place", (", ",)), holds_choice("12 2", "1", (" ",))
    (True, False)
    """
    text, wanted = plain(cell), plain(choice)
    if not wanted:
        return False
    for joiner in joiners:
        mark = re.escape(joiner.strip()) or r"\s"
        if re.search(rf"(^|{mark})\s*{re.escape(wanted)}\s*({mark}|$)", text):
            return True
    return text == wanted


def _own_choices(texts: Mapping[int, pd.Series], places: Sequence[int]) -> list[int]:
    """Return the columns of a question without the one that takes any text (other, please specify)."""
    free = [p for p in places if len({t for t in distinct_texts(texts[p]) if t.strip()}) > 1]
    return [p for p in places if p not in free] if len(free) <= 1 else list(places)


def _divided(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield question and choice of each name, at every place where one may end and the other begin."""
    for name in names:
        text = plain(name)
        for match in _MARK.finditer(text):
            question, choice = text[: match.start()].strip(" .:*"), text[match.end() :].rstrip("]) ")
            if question and choice:
                yield question, choice


def _anything(texts: Mapping[int, pd.Series], places: Sequence[int]) -> NDArray[np.bool_]:
    """Return which rows chose anything."""
    filled = np.zeros(len(texts[places[0]]), dtype=bool)
    for place in places:
        filled |= rows_where(texts[place], lambda t: bool(t.strip()))
    return filled


def _answers(
    picked: NDArray[np.bool_], anything: NDArray[np.bool_], scale: Scale, index: pd.Index
) -> pd.Series:
    values = np.full(len(index), "", dtype=object)
    values[anything] = str(scale.min)
    values[picked] = str(scale.max)
    return texts_of(values, index)


def _two(scale: Scale) -> bool:
    return len(scale.categories) == 2
