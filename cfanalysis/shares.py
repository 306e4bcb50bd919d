"""Answer shares: what part of an organization's answers to an item fell on each category.

Shares are where gaps, quartiles, benchmarks and charts start, so that a published frequency table and ten
million respondents cost the same from here on. They are counted from responses or taken from a published
table; either way they are over substantive answers (without "don't know"), after reverse keying, and sum to 1
within organization, wave and item.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.cleaning import DONT_KNOW
from cfanalysis.errors import IntakeError
from cfanalysis.instrument import Instrument
from cfanalysis.intake.dialect import FrequencyCounts

COLUMNS = ["organization", "wave", "kind", "item", "category", "share", "n", "n_dont_know"]
KEY = ["organization", "wave", "item"]


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
    groups = responses.groupby(["organization", "wave"], sort=True)
    number = groups.ngroup().to_numpy()
    names = groups.size().index.to_frame(index=False)
    parts = [
        _item_shares(responses[item.id], number, names, item.id, instrument, order)
        for order, item in enumerate(instrument.rated_items)
    ]
    table = pd.concat(parts, ignore_index=True)
    table = table.sort_values(["group", "order", "category"], kind="stable", ignore_index=True)
    return table.assign(kind="organization")[COLUMNS].astype({"kind": "str", "item": "str"})


def _item_shares(
    answers: pd.Series, group: np.ndarray, names: pd.DataFrame, item: str, instrument: Instrument, order: int
) -> pd.DataFrame:
    """Return one item's shares in every group that answered it."""
    scale = instrument.scale_of(item)
    width = len(scale.categories)
    code = answers.to_numpy(dtype="int16", na_value=-999)
    valid = (code >= scale.min) & (code <= scale.max)
    keyed = scale.min + scale.max - code if instrument.item(item).reverse else code
    cell = group[valid] * width + (keyed[valid] - scale.min)
    count = np.bincount(cell, minlength=len(names) * width).reshape(len(names), width)
    unknown = np.bincount(group[code == DONT_KNOW], minlength=len(names))
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
    tolerance = 0.005 if instrument.frequency_tables is None else instrument.frequency_tables.tolerance
    total = frame.groupby(KEY, sort=False)["share"].transform("sum")
    wrong = frame.assign(total=total)[(total - 1).abs() > tolerance + 1e-12].drop_duplicates(KEY)
    if not wrong.empty:
        rows = [
            f"{r['organization']}, {r['item']} ({r['place']}): {100 * float(r['total']):.1f} %"
            for r in wrong.to_dict(orient="records")
        ]
        raise IntakeError(
            "\n  - ".join([f"The shares of {len(rows)} row(s) do not sum to 100 %:", *rows[:20]]),
            where=counts.file,
            allowed=f"100 % within {100 * tolerance:.1f} points",
            next_step="Correct the table, or set frequency_tables: tolerance in the instrument.",
        )
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
    table = table[table["n"] > 0].sort_values(
        ["organization", "wave", "order", "category"], ignore_index=True
    )
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
