"""Seconds between two moments that a tool writes down, in whatever way it writes them."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

_NUMBERS = r"\s*\d{1,2}[./]\d{1,2}[./]"


def seconds_between(start: pd.Series, end: pd.Series) -> pd.Series:
    """Return the seconds from one moment to the other as texts, "" where there are none or less.

    Parameters
    ----------
    start, end
        Texts, with or without a time zone; both of a row in the same way.

    Examples
    --------
    >>> seconds_between(pd.Series(["11.03.2025 23:59"]), pd.Series(["12.03.2025 00:01"])).tolist()
    ['120']
    >>> start, end = pd.Series(["2025-03-01T10:00:00.000+01:00", "x"]), pd.Series(["2025-03-01T10:02:05+01:00", ""])
    >>> seconds_between(start, end).tolist()
    ['125', '']
    """
    spans = [_span(start, end)]
    if start.str.match(_NUMBERS).any():
        # Day and month come in one order or the other: nobody takes a month from before to after midnight.
        spans.append(_span(start, end, dayfirst=True))
    length = pd.concat([span.where(span > 0) for span in spans], axis=1).min(axis=1)
    texts = ["" if np.isnan(s) else format(s, ".3f").rstrip("0").rstrip(".") for s in length.tolist()]
    return pd.Series(texts, index=start.index, dtype="str")


def _span(start: pd.Series, end: pd.Series, *, dayfirst: bool = False) -> pd.Series:
    """Return the seconds between texts that are moments, none where a text is no moment."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of texts that tell the order of day and month
        try:
            one, other = (
                pd.to_datetime(column, errors="coerce", utc=True, format="mixed", dayfirst=dayfirst)
                for column in (start, end)
            )
        except (ValueError, OverflowError, TypeError):
            return pd.Series(np.nan, index=start.index)
    seconds: pd.Series = (other - one).dt.total_seconds()
    return seconds
