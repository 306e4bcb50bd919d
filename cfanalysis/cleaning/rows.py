"""Rows that cannot be used: more column names, repeats of a respondent, too few answers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.cleaning.texts import Booleans
from cfanalysis.cleaning.work import Work
from cfanalysis.errors import IntakeError
from cfanalysis.instrument import Instrument
from cfanalysis.intake.answers import NOTHING, answer
from cfanalysis.intake.columns import folded
from cfanalysis.intake.dialect import RawAnswers

KEY = ("organization", "respondent", "wave")


def refuse_second_header(raw: RawAnswers, instrument: Instrument) -> None:
    """Refuse a file whose first row of answers holds texts that no later row has: more column names."""
    unread = [_unread(raw, instrument, place) for place in range(min(2, len(raw.frame)))]
    if len(unread) == 2 and unread[0] > 0.8 and unread[1] < 0.5:
        row = raw.frame.iloc[0]
        raise IntakeError(
            f"Row {raw.frame.index[0]} looks like a second row of column names.",
            where=raw.file,
            value=", ".join(str(row[i.id])[:60] for i in instrument.rated_items[:4] if i.id in row),
            allowed="answers: codes or labels of the scales",
            next_step="Delete the row, or add its texts to the instrument (source of the items), and try again.",
        )


def _unread(raw: RawAnswers, instrument: Instrument, place: int) -> float:
    """Return which share of a row's answers cannot be read, 0 where there are fewer than three."""
    row = raw.frame.iloc[place]
    missing = {folded(text) for text in instrument.missing} | {""}
    cells = [
        (i, str(row[i.id]))
        for i in instrument.rated_items
        if i.id in row and folded(str(row[i.id])) not in missing
    ]
    wrong = [answer(text.strip(), instrument.scale_of(i.id)).rule == "not_an_answer" for i, text in cells]
    return sum(wrong) / len(wrong) if len(wrong) > 2 else 0.0


def repeated(work: Work) -> Booleans:
    """Return which rows repeat a respondent and wave and are not the fullest, among equals the last."""
    key = np.zeros(len(work.rows), dtype=np.int64)
    for name in KEY:
        column = work.table[name]
        key = key * len(column.values) + column.codes
    places = np.flatnonzero(work.kept)
    several = pd.Series(key[places]).duplicated(keep=False).to_numpy()
    hit = np.zeros(len(key), dtype=bool)
    if several.any():
        chosen = places[several]
        given = np.zeros(len(chosen), dtype=np.int16)
        for code in work.answers.values():
            given += code[chosen] != NOTHING
        order = np.lexsort((chosen, given, key[chosen]))
        last = np.r_[key[chosen][order][1:] != key[chosen][order][:-1], True]
        hit[chosen[order[~last]]] = True
    return hit


def too_few_answers(work: Work) -> Booleans:
    """Return which rows answer less than the demanded share of the items of a facet."""
    too_few = np.zeros(len(work.rows), dtype=bool)
    for facet in ("say", "do"):
        ids = [item.id for item in work.instrument.gap_items if item.facet == facet]
        if ids:
            valid = np.zeros(len(work.rows), dtype=np.int16)
            for item in ids:
                valid += work.answers[item] > NOTHING
            too_few |= valid / len(ids) < work.instrument.minima.answered_share
    return too_few
