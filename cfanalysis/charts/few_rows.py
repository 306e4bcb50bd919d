"""Fewer rows of a result, for pictures that are read in passing: those that its title speaks of.

The caption is written from what is left, so that a title says what is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

RowOrder = Callable[[pd.DataFrame, int], list[Any]]


def rows_of(result: Any, column: str) -> int:
    """Return how many rows a chart of a result has.

    Parameters
    ----------
    result
        What is drawn.
    column
        The column of its frame that tells rows apart.
    """
    return int(result.frame[column].nunique())


def with_rows(result: Any, column: str, order: RowOrder, n: int) -> Any:
    """Return a result with at most so many rows, in the order in which they stood.

    Parameters
    ----------
    result
        What is drawn.
    column
        The column of its frame that tells rows apart.
    order
        Returns which are kept.
    n
        How many.
    """
    frame = result.frame
    return type(result)(**{**vars(result), "frame": frame[frame[column].isin(order(frame, n))]})


def first(column: str) -> RowOrder:
    """Return an order that keeps the first rows as they stand."""
    return lambda frame, n: list(frame[column].drop_duplicates().head(n))


def largest(column: str, by: str) -> RowOrder:
    """Return an order that keeps the rows with the largest values; the first where there are no such values.

    Parameters
    ----------
    column, by
        What tells rows apart, and the values; of several in a row the largest.
    """

    def order(frame: pd.DataFrame, n: int) -> list[Any]:
        if by not in frame:
            return first(column)(frame, n)
        return list(frame.groupby(column, sort=False)[by].max().nlargest(n).index)

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
    return list(frame["label"].head(int(sizes[sizes <= n].max()) if (sizes <= n).any() else n))
