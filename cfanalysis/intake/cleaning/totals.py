"""Rows of published tables that are totals without being named so.

A total has, in every table, as many answers as all other rows together, or as the rows of one block: ``DOD`` above its
six components. That alone may be chance where few people answer, so the shares must lie between those of the block,
too, as those of any average do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.intake.accepted_values import acceptance
from cfanalysis.intake.cleaning.summaries import is_summary
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.folding import comparable_text

ROUNDED = 0.006
"""How far a published share may be from its value."""

MOST = 5_000
"""Rows of a table that are compared with each other."""


def hidden_totals(frame: pd.DataFrame, accepted: Collection[str]) -> Iterator[Finding]:
    """Yield the organizations that are totals, by their figures or their names.

    Parameters
    ----------
    frame
        As of `cfanalysis.intake.reader.FrequencyCounts`, in the order of the file.
    accepted
        Names that are organizations' all the same, as `comparable_text` gives them.
    """
    own = frame[frame["kind"] == "organization"]
    for wave, part in own.groupby("wave", sort=False):
        totals = dict(_sums(part))
        for name in part["organization"].unique():
            if comparable_text(name) in accepted or (name not in totals and not is_summary(name)):
                continue
            what = "is what totals are called"
            if name in totals:
                what = f"has as many answers as {totals[name]} together, in every table"
            way = (
                "If it is a total, write it into the instrument (frequency_tables: totals); if it is an organization: "
                f"{acceptance('organization', name)}"
            )
            yield Finding("summary_row", f"{name!r} ({wave}) {what}", "organization", None, name, way)


def _sums(part: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield each row that is the sum of a block of others, and the block in words."""
    names = list(part["organization"].unique())
    first = part.drop_duplicates(["organization", "item"])
    n = first.pivot(index="organization", columns="item", values="n").reindex(names)
    n = n[n.notna().mean(axis=1) > 0.5].dropna(axis=1)
    if n.empty or len(n) > MOST or n.to_numpy().min() < 0:
        return
    kept, counts = list(n.index), n.to_numpy(dtype=np.int64)
    cells = part[part["item"].isin(n.columns)]
    shares = (
        cells.pivot(index="organization", columns=["item", "category"], values="share").loc[kept].to_numpy()
    )
    # One number for all tables of a row, and the sums from the first row on; equal numbers are compared in full.
    key = counts @ np.random.default_rng(1).integers(1, 1 << 20, counts.shape[1])
    sums = np.concatenate([[0], np.cumsum(key)])
    order = np.argsort(sums, kind="stable")
    for row in range(len(kept)):
        ends = np.searchsorted(sums, sums[:-1] + key[row], sorter=order)
        for start, place in enumerate(ends):
            end = int(order[place]) if place < len(order) else 0
            if end - start > 1 and not start <= row < end and _is_sum(row, slice(start, end), counts, shares):
                block = kept[start:end]
                yield kept[row], f"{block[0]} to {block[-1]}" if len(block) > 2 else " and ".join(block)
                break
        else:
            others = np.arange(len(kept)) != row
            if len(kept) > 2 and _is_sum(row, others, counts, shares):
                yield kept[row], "all other rows"


def _is_sum(
    row: int, block: slice | NDArray[np.bool_], counts: NDArray[np.int64], shares: NDArray[np.float64]
) -> bool:
    """Return whether a row has the answers of a block together, and shares between the block's."""
    if not counts[row].any() or not np.array_equal(counts[block].sum(axis=0), counts[row]):
        return False
    low, high = shares[block].min(axis=0) - ROUNDED, shares[block].max(axis=0) + ROUNDED
    return bool(((shares[row] >= low) & (shares[row] <= high)).all())
