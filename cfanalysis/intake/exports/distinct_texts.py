"""Columns of texts, looked at and changed by their distinct texts: an export of a million rows has a few of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def distinct_texts(column: pd.Series) -> list[str]:
    """Return the texts that stand in a column, each once; readers make no category that does not occur."""
    found = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column.unique()
    return [str(text) for text in found.tolist()]


def rows_where(column: pd.Series, test: Callable[[str], bool]) -> NDArray[np.bool_]:
    """Return in which rows a test holds.

    Parameters
    ----------
    column
        Texts.
    test
        Called once for each distinct text.

    Examples
    --------
    >>> rows_where(pd.Series(["a", "", "b"]), bool).tolist()
    [True, False, True]
    """
    hit = [text for text in distinct_texts(column) if test(text)]
    return column.isin(hit).to_numpy(dtype=bool, copy=True)


def map_texts(column: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Return a column with each distinct text changed.

    Parameters
    ----------
    column
        Texts, or categories of them.
    change
        Called once for each distinct text.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        categories = column.cat.categories
        after = [change(str(text)) for text in categories]
        codes = column.cat.codes.to_numpy()
        merged = list(dict.fromkeys(after))
        place = np.array([merged.index(text) for text in after], dtype=np.int32)
        return pd.Series(
            pd.Categorical.from_codes(place[codes], categories=pd.Index(merged, dtype="str")),
            index=column.index,
        )
    changes = {text: change(text) for text in distinct_texts(column)}
    return column.map(changes).astype("str")


def text_categories(values: NDArray[np.object_], index: pd.Index) -> pd.Series:
    """Return texts as a categorical column, the form in which readers return columns.

    Parameters
    ----------
    values
        Texts, shape (rows,).
    index
        The index of the column.
    """
    codes, categories = pd.factorize(values)
    return pd.Series(
        pd.Categorical.from_codes(codes, categories=pd.Index(categories, dtype="str")), index=index
    )
