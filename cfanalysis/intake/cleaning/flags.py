"""Signs of careless answers: the same answer everywhere, too fast, or next to nothing.

Such rows are flagged and stay; `drop` of `cfanalysis.intake.cleaning.clean` drops them. None of the rules proves
carelessness (Curran 2016, "Methods for the detection of carelessly invalid responses in survey data", Journal of
Experimental Social Psychology 66: 4-19): an organization that is excellent at everything gives straight lines too.

=====================  =====================================================================================
``straight_lining``    the same answer to all items of a grid, at least `Care.straight_items` of them; a grid is
                       what gap, performance and level items have in common by the ends of their scale, if it
                       has three categories or more
``speeding``           seconds for each answer (don't know is one) below `Care.speed_share` of the survey's
                       median, where at least `TIMED` rows tell their time
``short_answer``       an open answer of fewer than `Care.short_answer` letters and digits
=====================  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from cfanalysis.intake.answers import NO_ANSWER
from cfanalysis.intake.cleaning.text_column import Booleans, TextColumn
from cfanalysis.survey.instrument import Instrument, Item

Answers = Mapping[str, NDArray[np.int8]]
TIMED = 10


def grids(instrument: Instrument) -> list[list[Item]]:
    """Return the items on each grid that is long enough to tell a straight line."""
    by_ends: dict[tuple[int, int], list[Item]] = {}
    for item in instrument.rated_items:
        scale = instrument.scale_of(item.id)
        if item.role in ("gap", "performance", "level") and len(scale.categories) >= 3:
            by_ends.setdefault((scale.min, scale.max), []).append(item)
    return [items for items in by_ends.values() if len(items) >= instrument.care.straight_items]


def straight_lines(answers: Answers, instrument: Instrument) -> tuple[Booleans, NDArray[np.int8]]:
    """Return which rows give one and the same answer to all items of a grid, and which answer.

    Parameters
    ----------
    answers
        Codes of each item, shape (rows,), by its id.
    instrument
        Says which items form a grid, and how many answers make a straight line.
    """
    length = len(next(iter(answers.values()))) if answers else 0
    hit, given = np.zeros(length, dtype=bool), np.zeros(length, dtype=np.int8)
    for items in grids(instrument):
        low = np.full(length, 127, dtype=np.int8)
        high = np.full(length, -128, dtype=np.int8)
        count = np.zeros(length, dtype=np.int16)
        for item in items:
            code = answers[item.id]
            valid = code > NO_ANSWER
            np.minimum(low, code, out=low, where=valid)
            np.maximum(high, code, out=high, where=valid)
            count += valid
        straight = (low == high) & (count >= instrument.care.straight_items)
        hit |= straight
        given[straight] = low[straight]
    return hit, given


def speeders(
    seconds: NDArray[np.float64], answers: Answers, instrument: Instrument, rows: Booleans
) -> Booleans:
    """Return which rows took far less time per answer than the survey's median.

    Parameters
    ----------
    seconds
        How long each row took, shape (rows,); NaN where that is not known.
    answers
        Codes of each item, shape (rows,), by its id.
    instrument
        Says which share of the median is too fast.
    rows
        Which rows count, shape (rows,).

    Returns
    -------
    numpy.ndarray
        Shape (rows,); all False where too few rows have a time.
    """
    given = np.zeros(len(seconds), dtype=np.int16)
    for code in answers.values():
        given += code != NO_ANSWER
    timed = rows & np.isfinite(seconds) & (given > 0)
    if timed.sum() < TIMED:
        return np.zeros(len(seconds), dtype=bool)
    pace = np.divide(seconds, given, out=np.full(len(seconds), np.inf), where=timed)
    return np.asarray(timed & (pace < instrument.care.speed_share * np.median(pace[timed])))


def short_answers(table: Mapping[str, TextColumn], instrument: Instrument) -> Iterator[tuple[str, Booleans]]:
    """Yield each open item with the rows whose answer is too short to say anything.

    Parameters
    ----------
    table
        The columns, by name.
    instrument
        Says which items are open, and how many letters and digits an answer needs.
    """
    least = instrument.care.short_answer
    for item in instrument.select(role="open"):
        column = table.get(item.id)
        if column is not None and least > 1:
            few = rf"^[^0-9A-Za-z]*([0-9A-Za-z][^0-9A-Za-z]*){{0,{least - 1}}}$" if least < 100 else ""
            short = [t for t in column.candidates(few) if t and sum(map(str.isalnum, t)) < least]
            yield item.id, column.where(column.among(short))
