"""Seconds between two moments that a tool writes down, in whatever way it writes them."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd


def seconds_between(start: pd.Series, end: pd.Series) -> pd.Series:
    """Return the seconds from one moment to the other as texts, "" where there are none or less.

    Parameters
    ----------
    start, end
        Texts, with or without a time zone; both of a row in the same way.

    Examples
    --------
    >>> start, end = pd.Series(["2025-03-01T10:00:00.000+01:00", "x"]), pd.Series(["2025-03-01T10:02:05+01:00", ""])
    >>> seconds_between(start, end).tolist()
    ['125', '']
    """
    length = (_moments(end) - _moments(start)).dt.total_seconds()
    positive = length.where(length > 0)
    texts = ["" if np.isnan(s) else format(s, ".3f").rstrip("0").rstrip(".") for s in positive.tolist()]
    return pd.Series(texts, index=start.index, dtype="str")


def _moments(column: pd.Series) -> pd.Series:
    """Return texts as moments in one time zone, none where a text is no moment."""
    texts = pd.Series(column.astype("str").to_numpy(dtype=object), index=column.index)
    with warnings.catch_warnings():
        # Whether the day or the month comes first does not matter between two moments of one row.
        warnings.simplefilter("ignore")
        try:
            moments: pd.Series = pd.to_datetime(texts, errors="coerce", utc=True, format="mixed")
        except (ValueError, OverflowError, TypeError):
            moments = pd.Series(pd.NaT, index=column.index).dt.tz_localize("UTC")
    return moments
