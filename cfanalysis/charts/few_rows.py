"""Fewer rows of a result, for pictures that are read in passing: those that its title speaks of.

The picture keeps the rows that the title of the whole speaks of; a title that counts rows counts those that are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.charts.text_metrics import one_line

RowOrder = Callable[[pd.DataFrame, int], list[Any]]
RowKeys = str | Callable[[pd.DataFrame], "pd.Series[Any]"]
"""What tells the rows of a chart apart: a column, or what is made of the frame; NaN where nothing is left out."""


def row_keys(result: Any, keys: RowKeys) -> pd.Series[Any]:
    """Return which row of the chart each row of a result's frame belongs to.

    Parameters
    ----------
    result
        What is drawn.
    keys
        What tells its rows apart.
    """
    return result.frame[keys] if isinstance(keys, str) else keys(result.frame)


def with_rows(result: Any, keys: RowKeys, order: RowOrder | None, n: int, names: Sequence[str] = ()) -> Any:
    """Return a result with at most so many rows, in the order in which they stood.

    Parameters
    ----------
    result
        What is drawn.
    keys
        What tells its rows apart.
    order
        Returns which are kept; None for the first.
    n
        How many.
    names
        What stands out: rows of these names are kept in place of the last of the others.
    """
    frame, found = result.frame, row_keys(result, keys)
    wanted = {one_line(name).casefold() for name in names}
    named = found[frame.map(lambda cell: one_line(str(cell)).casefold() in wanted).any(axis=1)].dropna()

    def chosen(n: int) -> list[Any]:
        return order(frame, n) if order else list(found.dropna().unique()[:n])

    kept = chosen(n)
    added = [key for key in named.unique() if key not in kept]
    if added and named.nunique() <= n:
        kept = [*chosen(n - len(added)), *added]
    return type(result)(**{**vars(result), "frame": frame[found.isna() | found.isin(kept)]})


def own_rows(frame: pd.DataFrame) -> pd.Series[Any]:
    """Return keys of a frame each of whose rows is one of the chart, whatever it is called."""
    return frame.index.to_series()


def largest(column: str, by: str) -> RowOrder:
    """Return an order that keeps the rows with the largest values; the first where there are no such values.

    Parameters
    ----------
    column, by
        What tells rows apart, and the values, of which the first of a row counts.
    """

    def order(frame: pd.DataFrame, n: int) -> list[Any]:
        if by not in frame:
            return list(frame[column].drop_duplicates().head(n))
        return list(frame.groupby(column, sort=False)[by].first().nlargest(n).index)

    return order


def ends(column: str, by: str) -> RowOrder:
    """Return an order that keeps the largest and the smallest values.

    Parameters
    ----------
    column, by
        What tells rows apart, and the values, of which the last of a row counts.
    """

    def order(frame: pd.DataFrame, n: int) -> list[Any]:
        names = frame.groupby(column, sort=False)[by].last().sort_values(ascending=False, kind="stable").index
        return [*names[: n - n // 2], *names[len(names) - n // 2 :]]

    return order


def furthest_apart(frame: pd.DataFrame, n: int) -> list[Any]:
    """Return the dimensions in which the first group is furthest ahead of the second in Do.

    Parameters
    ----------
    frame
        The result's.
    n
        How many rows are kept.
    """
    first, *others = frame["group"].unique()
    do = frame.pivot_table(index="dimension", columns="group", values="do", sort=False)
    lead = do[first] - do[others[0]] if others else do[first]
    return list(lead.nlargest(n).index)


def surest_options(frame: pd.DataFrame, n: int) -> list[Any]:
    """Return the options whose difference of the gap is the surest.

    Parameters
    ----------
    frame
        The result's.
    n
        How many rows are kept.
    """
    return list(frame[frame["facet"] == "gap"].nsmallest(n, "p")["option"])


def compared_options(frame: pd.DataFrame) -> pd.Series[Any]:
    """Return the options of the first field that are compared with its last, the reference."""
    of_field = frame["field"] == frame["field"].iloc[0]
    return frame["option"].where(of_field & (frame["option"] != frame.loc[of_field, "option"].iloc[-1]))


def agreement_ends(frame: pd.DataFrame, n: int) -> list[Any]:
    """Return the items with the largest and the smallest shares above the middle of the answers.

    Parameters
    ----------
    frame
        The result's.
    n
        How many rows are kept.
    """
    middle = frame.groupby("item")["category"].transform(lambda c: np.mean([c.min(), c.max()]))
    above = frame.assign(above=frame["share"].where(frame["category"] > middle, 0.0))
    totals = above.groupby("item", sort=False)["above"].sum().reset_index()
    return ends("item", "above")(totals, n)


def sector_ends(frame: pd.DataFrame, n: int) -> list[Any]:
    """Return the whole, and the sectors with the highest and the lowest scores.

    Parameters
    ----------
    frame
        The result's.
    n
        How many rows are kept.
    """
    whole = frame.loc[frame["scope"] == "all", "name"].unique()
    return [*whole, *ends("name", "score")(frame[frame["scope"] != "all"], n - len(whole))]


def overall_first(frame: pd.DataFrame, n: int) -> list[Any]:
    """Return overall measures first, then indices, then dimensions.

    Parameters
    ----------
    frame
        The result's.
    n
        How many rows are kept.
    """
    section = frame["section"].map({"Overall": 0, "Indices": 1}).fillna(2)
    return list(frame.assign(_by=section).sort_values("_by", kind="stable")["measure"].head(n))


def whole_sections(frame: pd.DataFrame, n: int) -> list[Any]:
    """Return the rows of the first headings that fit together; of one alone that does not, its first rows.

    Parameters
    ----------
    frame
        The result's.
    n
        How many rows are kept.
    """
    sizes = frame.groupby("group", sort=False).size().cumsum()
    return list(frame.index[: int(sizes[sizes <= n].max()) if (sizes <= n).any() else n])
