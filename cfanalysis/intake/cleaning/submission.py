"""Which of several rows of a respondent was submitted later, by the times in the file.

A moment is understood where nothing about it has to be guessed: ISO 8601, the year first, or the month in letters, as
survey tools write them. Of ``03/04/2025`` nobody can say whether it is in March or April; it is understood where the
rest of its column decides it, because some other day is beyond the twelfth and none contradicts that. Moments with and
without a time zone cannot be compared. What cannot be told by moments is told by the order of the rows in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = r"(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:\s*([ap])\.?m\.?)?(?:\s+(\S+))?)?"
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?")
_NUMBERS = re.compile(r"(\d{1,4})([/.])(\d{1,2})\2(\d{1,4})" + _CLOCK, re.IGNORECASE)
_MONTH_FIRST = re.compile(r"([a-z]{3})[a-z]*\.? (\d{1,2}), (\d{4})" + _CLOCK, re.IGNORECASE)
_DAY_FIRST = re.compile(r"(\d{1,2})[- ]([a-z]{3})[a-z]*[- ](\d{4})" + _CLOCK, re.IGNORECASE)
_OFFSET = re.compile(r"(?:GMT|UTC)(?:([+-])(\d{1,2})(?::?(\d{2}))?)?|Z", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1)
_TIME = r"(?:,?\s+|T)\d{1,2}:\d{2}.*$"


class Moment(NamedTuple):
    """Microseconds since 1970, and the clock by which they were told: only moments of one clock can be compared."""

    microseconds: int
    clock: str


class SubmissionOrder(NamedTuple):
    """For each row a number that is larger for a later row, and how many groups of rows were told by what."""

    rank: NDArray[np.int64]
    by_moment: int
    by_order: int
    example: str


def submission_order(texts: pd.Series, groups: NDArray[np.int64], column: pd.Series) -> SubmissionOrder:
    """Return which rows of each group were sent later.

    Parameters
    ----------
    texts
        The rows' moments of submission, as in the file.
    groups
        Which rows are compared with each other.
    column
        The moments of all rows of the file, by which the order of day and month is told.

    Returns
    -------
    Later
        The rank is 0 in groups of which a row has no moment that can be compared with the others'.
    """
    cells = [str(text).strip() for text in texts]
    day_first = _day_first(column) if any(_NUMBERS.fullmatch(c) for c in cells) else None
    known = {cell: parse_moment(cell, day_first=day_first) for cell in dict.fromkeys(cells)}
    clocks: dict[str, int] = {}
    read = [known[cell] for cell in cells]
    clock = np.array(
        [-1 if m is None else clocks.setdefault(m.clock, len(clocks)) for m in read], dtype=np.int64
    )
    when = np.array([0 if m is None else m.microseconds for m in read], dtype=np.int64)
    _, group = np.unique(groups, return_inverse=True)
    low = np.full(group.max(initial=-1) + 1, len(clocks), dtype=np.int64)
    high = np.full(len(low), -1, dtype=np.int64)
    np.minimum.at(low, group, clock)
    np.maximum.at(high, group, clock)
    told = (low == high) & (low >= 0)
    lost = next((c for c, m in known.items() if m is None and c), "")
    return SubmissionOrder(np.where(told[group], when, 0), int(told.sum()), int((~told).sum()), lost[:40])


def latest_day(column: pd.Series) -> str:
    """Return the last day, as ``2025-03-11``, on which answers were sent; "" where no day can be told.

    Examples
    --------
    >>> latest_day(pd.Series(["3/4/2025 10:00", "5/27/2025 9:59 AM", ""]))
    '2025-05-27'
    """
    texts = column.astype("str").str.strip()
    days = texts.str.slice(0, 10).unique()
    if not all(_ISO.fullmatch(day) for day in days if day):
        days = texts.str.replace(_TIME, "", regex=True).unique()
    day_first = _day_first(pd.Series(days))
    moments = filter(None, (parse_moment(day, day_first=day_first) for day in days))
    last = max((moment.microseconds for moment in moments), default=None)
    return "" if last is None else (_EPOCH + timedelta(microseconds=last)).date().isoformat()


def parse_moment(text: str, *, day_first: bool | None = None) -> Moment | None:
    """Return the moment that a text states, None where it states none or is ambiguous.

    Parameters
    ----------
    text
        Without white space around it.
    day_first
        Whether the day stands before the month where both are numbers; None where that is not known.

    Examples
    --------
    >>> parse_moment("1970-01-01T01:00:01+01:00"), parse_moment("Jan 1, 1970 12:00:01 AM")
    (Moment(microseconds=1000000, clock='UTC'), Moment(microseconds=1000000, clock=''))
    >>> parse_moment("03/04/2025 10:00") is None
    True
    >>> parse_moment("03/04/2025", day_first=True) == parse_moment("2025-04-03")
    True
    """
    try:
        if _ISO.fullmatch(text):
            return _moment_of(datetime.fromisoformat(re.sub(r" ?(UTC|GMT)$", "+00:00", text)))
        if found := _MONTH_FIRST.fullmatch(text):
            name, day, year, *clock = found.groups()
            return _moment(int(year), MONTHS.index(name.lower()) + 1, int(day), clock)
        if found := _DAY_FIRST.fullmatch(text):
            day, name, year, *clock = found.groups()
            return _moment(int(year), MONTHS.index(name.lower()) + 1, int(day), clock)
        if found := _NUMBERS.fullmatch(text):
            first, _, second, third, *clock = found.groups()
            if len(first) == 4:
                return _moment(int(first), int(second), int(third), clock)
            if len(third) == 4 and day_first is not None:
                day, month = (first, second) if day_first else (second, first)
                return _moment(int(third), int(month), int(day), clock)
    except (ValueError, OverflowError):
        return None
    return None


def _moment(year: int, month: int, day: int, clock: Sequence[str | None]) -> Moment:
    """Return a moment of its parts."""
    hour, minute, second = (int(part or 0) for part in clock[:3])
    half, zone = clock[3], clock[4]
    if half is not None and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    when = datetime(year, month, day, hour, minute, second)
    if zone is None:
        return _moment_of(when)
    offset = _OFFSET.fullmatch(zone)
    if offset is None:
        # The name of a zone is no offset, but what bears the same name is told by one clock.
        return Moment(_moment_of(when).microseconds, zone.upper())
    sign, hours, minutes = offset.groups()
    behind = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    return _moment_of(when.replace(tzinfo=timezone(behind)))


def _moment_of(when: datetime) -> Moment:
    """Return a moment; a day without a time zone is told by the file's own clock."""
    offset = when.utcoffset()
    plain = when.replace(tzinfo=None) - (offset or timedelta(0))
    return Moment((plain - _EPOCH) // timedelta(microseconds=1), "" if offset is None else "UTC")


def _day_first(column: pd.Series) -> bool | None:
    """Return whether the day stands before the month, None where the column does not decide it."""
    pairs = list(_pairs(str(text).strip() for text in column.unique()))
    first_beyond = any(first > 12 for first, _ in pairs)
    second_beyond = any(second > 12 for _, second in pairs)
    return None if first_beyond == second_beyond else first_beyond


def _pairs(texts: Iterable[str]) -> Iterable[tuple[int, int]]:
    """Yield the two numbers of which one is the day and one the month."""
    for text in texts:
        found = _NUMBERS.fullmatch(text)
        if found and len(found.group(4)) == 4 and len(found.group(1)) <= 2:
            yield int(found.group(1)), int(found.group(3))
