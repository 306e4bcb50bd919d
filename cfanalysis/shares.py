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

from cfanalysis.cleaning import DONT_KNOW
from cfanalysis.errors import IntakeError
from cfanalysis.instrument import Instrument
from cfanalysis.intake.answers import NOTHING
from cfanalysis.intake.dialect import FrequencyCounts
from cfanalysis.intake.figures import COMPLETE, KEY, uneven_sums

COLUMNS = ["organization", "wave", "kind", "item", "category", "share", "n", "n_dont_know"]


def count_shares(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Count answer shares from responses.

    Parameters
    ----------
    responses
        Cleaned responses (see `cfanalysis.cleaning`).
    instrument
        What the survey asks.

    Returns
    -------
    DataFrame
        ``organization, wave, kind, item, category, share, n, n_dont_know``; one row per category of every
        item with at least one valid answer; sorted by organization, wave, then the instrument's order.
    """
    number, names = _groups(responses)
    parts = [
        _item_shares(responses[item.id], number, names, item.id, instrument, order)
        for order, item in enumerate(instrument.rated_items)
    ]
    table = pd.concat(parts, ignore_index=True)
    table = table.sort_values(["group", "order", "category"], kind="stable", ignore_index=True)
    # Without rows the items are numbers: pandas makes texts, not numbers, of an empty text column that is mapped.
    return table.assign(kind="organization")[COLUMNS].astype(
        {"kind": "str", "item": "str" if len(table) else "int64"}
    )


def _groups(responses: pd.DataFrame) -> tuple[NDArray[np.intp], pd.DataFrame]:
    """Return for each row the number of its organization and wave, and their names in sorted order."""
    organization, organizations = pd.factorize(responses["organization"], sort=True)
    wave, waves = pd.factorize(responses["wave"], sort=True)
    pairs, number = np.unique(organization * max(len(waves), 1) + wave, return_inverse=True)
    owner, when = np.divmod(pairs, max(len(waves), 1))
    names = {"organization": organizations.take(owner), "wave": waves.take(when)}
    return number, pd.DataFrame(names)


def _item_shares(
    answers: pd.Series,
    group: NDArray[np.intp],
    names: pd.DataFrame,
    item: str,
    instrument: Instrument,
    order: int,
) -> pd.DataFrame:
    """Return one item's shares in every group that answered it."""
    scale = instrument.scale_of(item)
    width = len(scale.categories)
    # By the answer's byte: one of the categories, then don't know, then nothing usable.
    place = np.full(256, width + 1)
    place[np.arange(scale.min, scale.max + 1).astype(np.int8).view(np.uint8)] = (
        np.arange(width)[::-1] if instrument.item(item).reverse else np.arange(width)
    )
    place[np.int8(DONT_KNOW).view(np.uint8)] = width
    code = answers.to_numpy(dtype="int8", na_value=NOTHING).view(np.uint8)
    every = np.bincount(group * (width + 2) + place[code], minlength=len(names) * (width + 2))
    every = every.reshape(len(names), width + 2)
    count, unknown = every[:, :width], every[:, width]
    n = count.sum(axis=1)
    some = np.flatnonzero(n)
    repeated = names.iloc[np.repeat(some, width)].reset_index(drop=True)
    return repeated.assign(
        group=np.repeat(some, width),
        order=order,
        item=item,
        category=np.tile(np.arange(scale.min, scale.max + 1, dtype="int16"), len(some)),
        share=(count[some] / n[some, None]).ravel(),
        n=np.repeat(n[some], width).astype("int64"),
        n_dont_know=np.repeat(unknown[some], width).astype("int64"),
    )


def published_shares(counts: FrequencyCounts, instrument: Instrument) -> pd.DataFrame:
    """Take answer shares from published frequency tables.

    Published percentages are rounded: within organization and item they are rescaled to sum to 1. A row
    that is further from 1 than the instrument's tolerance is an error.

    Returns
    -------
    DataFrame
        As from `count_shares`; total rows keep the kind ``"total"``.

    Raises
    ------
    IntakeError
        Shares do not sum to 1; all such rows are named together.
    """
    frame = counts.frame
    wrong = [problem.problem for problem in uneven_sums(frame, instrument)]
    if wrong:
        tolerance = COMPLETE if instrument.frequency_tables is None else instrument.frequency_tables.tolerance
        raise IntakeError(
            "\n  - ".join([f"The shares of {len(wrong)} row(s) do not sum to 100 %:", *wrong[:20]]),
            where=counts.file,
            allowed=f"100 % within {100 * tolerance:.1f} points",
            next_step="Correct the table, or set frequency_tables: tolerance in the instrument.",
        )
    frame = frame[frame["n"] > 0]
    total = frame.groupby(KEY, sort=False)["share"].transform("sum")
    reverse = frame["item"].map({item.id: item.reverse for item in instrument.rated_items})
    ends = frame["item"].map(
        {i.id: instrument.scale_of(i.id).min + instrument.scale_of(i.id).max for i in instrument.rated_items}
    )
    order = {item.id: k for k, item in enumerate(instrument.rated_items)}
    table = frame.assign(
        category=frame["category"].where(~reverse.astype(bool), ends - frame["category"]).astype("int16"),
        share=frame["share"] / total,
        order=frame["item"].map(order),
    )
    table = table.sort_values(["organization", "wave", "order", "category"], ignore_index=True)
    return table[COLUMNS].astype({"kind": "str", "item": "str", "n": "int64", "n_dont_know": "int64"})


def cumulative_shares(
    shares: pd.DataFrame, items: list[str], *, options: int
) -> tuple[np.ndarray, list[str]]:
    """Return the shares of answers above each category, the form in which the verdict takes them.

    Parameters
    ----------
    shares
        Shares of one wave per organization.
    items
        Item ids; all have `options` categories.
    options
        Number of categories.

    Returns
    -------
    above : ndarray, shape (organizations, items, options - 1)
        Share of answers above the first, second, ... category.
    organizations : list of str
        The organizations, sorted, that have every item.
    """
    chosen = shares[shares["item"].isin(items)]
    wide = chosen.pivot_table(index="organization", columns=["item", "category"], values="share", sort=True)
    complete = wide.dropna().index
    cube = np.stack([wide.loc[complete, item].to_numpy() for item in items], axis=1)
    above = 1 - np.cumsum(cube, axis=2)[:, :, : options - 1]
    return np.clip(above, 0, 1), [str(name) for name in complete]
