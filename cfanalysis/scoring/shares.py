"""Answer shares: what part of an organization's answers to an item fell on each category.

Shares are where gaps, quartiles, benchmarks and charts start, so that a published frequency table and ten
million respondents cost the same from here on. They are counted from responses or taken from a published
table; either way they are over substantive answers (without "don't know"), after reverse keying, and sum to 1
within organization, wave and item.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.core.errors import IntakeError, problem_list
from cfanalysis.intake.answers import NO_ANSWER
from cfanalysis.intake.frequency_checks import (
    COMPLETE,
    ITEM_KEY,
    refuse_unanswered,
    rows_with_answers,
    uneven_sums,
)
from cfanalysis.intake.reader import FrequencyCounts
from cfanalysis.survey.instrument import Instrument, Scale
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

SHARE_COLUMNS = ["organization", "wave", "kind", "item", "category", "share", "n", "n_dont_know"]


def count_shares(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Count answer shares from responses.

    Parameters
    ----------
    responses
        Cleaned responses (see `cfanalysis.intake.cleaning`).
    instrument
        What the survey asks.

    Returns
    -------
    DataFrame
        ``organization, wave, kind, item, category, share, n, n_dont_know``; one row per category of every
        item with at least one valid answer; sorted by organization, wave, then the instrument's order.
    """
    number, names = organizations_and_waves(responses)
    items = instrument.rated_items
    scales = [instrument.scale_of(item.id) for item in items]
    width = np.array([len(scale.categories) for scale in scales], dtype=np.int64)
    counts = np.zeros((len(names), len(items), width.max(initial=0)), dtype=np.int64)
    unknown = np.zeros((len(names), len(items)), dtype=np.int64)
    for k, item in enumerate(items):
        every = _item_counts(responses[item.id], number, len(names), item.reverse, scales[k])
        counts[:, k, : width[k]], unknown[:, k] = every[:, : width[k]], every[:, width[k]]
    n = counts.sum(axis=2)
    shown = (n > 0)[:, :, None] & (np.arange(counts.shape[2]) < width[:, None])
    owner, asked, answer = np.nonzero(shown)
    return pd.DataFrame(
        {
            "organization": names["organization"].array.take(owner),
            "wave": names["wave"].array.take(owner),
            "kind": pd.array(["organization"], dtype="str").take(np.zeros_like(owner)),
            "item": pd.array([item.id for item in items], dtype="str").take(asked),
            "category": (np.array([scale.min for scale in scales], dtype=np.int64)[asked] + answer).astype(
                "int16"
            ),
            "share": counts[shown] / n[owner, asked],
            "n": n[owner, asked],
            "n_dont_know": unknown[owner, asked],
        }
    )


def organizations_and_waves(responses: pd.DataFrame) -> tuple[NDArray[np.intp], pd.DataFrame]:
    """Return for each row the number of its organization and wave, and their names in sorted order.

    Examples
    --------
    >>> rows = pd.DataFrame({"organization": ["B", "A", "B"], "wave": ["1", "1", "1"]}, dtype="str")
    >>> number, names = organizations_and_waves(rows)
    >>> number.tolist(), names["organization"].tolist()
    ([1, 0, 1], ['A', 'B'])
    """
    organization, organizations = pd.factorize(responses["organization"], sort=True)
    wave, waves = pd.factorize(responses["wave"], sort=True)
    cell, cells = organization * len(waves) + wave, len(organizations) * len(waves)
    there = np.bincount(cell, minlength=cells) > 0
    owner, when = np.divmod(np.flatnonzero(there), max(len(waves), 1))
    names = {"organization": organizations.take(owner), "wave": waves.take(when)}
    return (np.cumsum(there) - 1)[cell], pd.DataFrame(names)


def _item_counts(
    answers: pd.Series, group: NDArray[np.intp], groups: int, reverse: bool, scale: Scale
) -> NDArray[np.int64]:
    """Return how often each group gave each answer, then "don't know" and nothing, (groups, options + 2)."""
    width = len(scale.categories)
    # By the answer's byte: one of the categories, then don't know, then nothing usable.
    place = np.full(256, width + 1)
    place[np.arange(scale.min, scale.max + 1).astype(np.int8).view(np.uint8)] = (
        np.arange(width)[::-1] if reverse else np.arange(width)
    )
    place[np.int8(DONT_KNOW_CODE).view(np.uint8)] = width
    code = answers.to_numpy(dtype="int8", na_value=NO_ANSWER).view(np.uint8)
    every = np.bincount(group * (width + 2) + place[code], minlength=groups * (width + 2))
    return every.reshape(groups, width + 2)


def published_shares(counts: FrequencyCounts, instrument: Instrument) -> pd.DataFrame:
    """Return answer shares from published frequency tables.

    Published percentages are rounded: within organization and item they are rescaled to sum to 1. A row
    that is further from 1 than the instrument's tolerance is an error.

    Parameters
    ----------
    counts
        The tables as they were read.
    instrument
        Says which items are reverse-keyed, and how far a sum of shares may be from 1.

    Returns
    -------
    DataFrame
        As from `count_shares`; total rows keep the kind ``"total"``.

    Raises
    ------
    IntakeError
        Shares do not sum to 1; all such rows are named together. Or no row has answers.
    """
    frame = counts.frame
    wrong = [problem.problem for problem in uneven_sums(frame, instrument)]
    if wrong:
        tolerance = COMPLETE if instrument.frequency_tables is None else instrument.frequency_tables.tolerance
        raise IntakeError(
            problem_list(f"The shares of {len(wrong)} row(s) do not sum to 100 %:", wrong),
            where=counts.file,
            allowed=f"100 % within {100 * tolerance:.1f} points",
            next_step="Correct the table, or set frequency_tables: tolerance in the instrument.",
        )
    frame = frame[rows_with_answers(frame)]
    refuse_unanswered(frame, counts.file)
    total = frame.groupby(ITEM_KEY, sort=False)["share"].transform("sum")
    reverse = frame["item"].map({item.id: item.reverse for item in instrument.rated_items})
    ends = frame["item"].map(
        {i.id: instrument.scale_of(i.id).min + instrument.scale_of(i.id).max for i in instrument.rated_items}
    )
    order = {item.id: k for k, item in enumerate(instrument.rated_items)}
    table = frame.assign(
        category=frame["category"].where(~reverse.astype(bool), ends - frame["category"]).astype("int16"),
        share=frame["share"] / total,
        n=frame["n"].clip(lower=0),
        order=frame["item"].map(order),
    )
    table = table.sort_values(["organization", "wave", "order", "category"], ignore_index=True)
    return table[SHARE_COLUMNS].astype({"kind": "str", "item": "str", "n": "int64", "n_dont_know": "int64"})
