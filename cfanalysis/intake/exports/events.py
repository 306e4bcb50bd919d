"""Longitudinal projects: a record has a row for each event, and what was asked once stands in one of them."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
import pandas as pd

from cfanalysis.intake.exports.distinct_texts import distinct_texts, map_texts, text_categories
from cfanalysis.intake.folding import comparable_text


def event_waves(events: pd.Series, waves: Collection[str]) -> pd.Series | None:
    """Return the events as waves, None where there is one event only that is no wave of the instrument.

    Parameters
    ----------
    events
        Each row's event.
    waves
        The waves that the instrument lists.
    """
    listed = {comparable_text(wave): wave for wave in waves}
    column = map_texts(events, lambda t: listed.get(comparable_text(_name(t)), _name(t)))
    names = {name for name in distinct_texts(column) if name}
    return column if len(names) > 1 or names & set(waves) else None


def fill_within_record(column: pd.Series, records: pd.Series) -> tuple[pd.Series, int]:
    """Return a column with empty cells filled from other rows of the same record, and the number of cells filled.

    A record that says two things in different rows is left as it is.

    Parameters
    ----------
    column
        Texts.
    records
        The record of each row; rows where it is empty are left alone.

    Examples
    --------
    >>> filled, n = fill_within_record(pd.Series(["Firm", "", ""]), pd.Series(["1", "1", "2"]))
    >>> filled.tolist(), n
    (['Firm', 'Firm', ''], 1)
    """
    texts = column.astype("str").to_numpy(dtype=object)
    keys, _ = pd.factorize(records.astype("str").to_numpy(dtype=object))
    said = pd.DataFrame({"key": keys, "text": texts}).query("text != ''").drop_duplicates()
    single = said[~said["key"].duplicated(keep=False)].set_index("key")["text"]
    known = pd.Series(keys).map(single).to_numpy(dtype=object)
    named = records.astype("str").ne("").to_numpy(dtype=bool)
    empty = (texts == "") & ~pd.isna(known) & named
    return text_categories(np.where(empty, known, texts), column.index), int(empty.sum())


def _name(text: str) -> str:
    """Return the name of an event without its arm.

    Examples
    --------
    >>> _name("baseline_arm_1"), _name("Baseline (Arm 1: Clients)")
    ('baseline', 'Baseline')
    """
    return re.sub(r"_arm_\d+[a-z]?$|\s*\(Arm \d+:.*\)$", "", text.strip())
