"""How numbers are written for readers: rounded once, with a true minus sign, never "NaN" or "-0".

Numbers are rounded half to even on their decimal value as Python does; what does not exist is a dash.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

MISSING = "–"
NARROW = 0.1
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class Interval(Protocol):
    """An estimate with its interval, e.g. `cfanalysis.statistics.effects.Estimate`."""

    @property
    def estimate(self) -> float:
        """The estimate itself."""
        ...

    @property
    def low(self) -> float | None:
        """The lower end; None where there is no interval."""
        ...

    @property
    def high(self) -> float | None:
        """The upper end; None where there is no interval."""
        ...

    @property
    def confidence(self) -> float:
        """The level of confidence, 0-1."""
        ...


def decimal(value: float | None, digits: int = 1, *, signed: bool = False) -> str:
    """Return a number as text with a fixed number of decimals.

    Parameters
    ----------
    value
        The number; None, NaN and infinity give a dash.
    digits
        Number of decimals.
    signed
        True to write a plus sign before positive numbers.

    Examples
    --------
    >>> decimal(-0.04), decimal(3.14159, 2), decimal(0.5, 2, signed=True), decimal(float("nan"))
    ('0.0', '3.14', '+0.50', '–')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{abs(value):,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        return text
    sign = "\N{MINUS SIGN}" if value < 0 else "+" if signed else ""
    return sign + text


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share (0-1) as a percentage.

    Parameters
    ----------
    share
        Between 0 and 1; None and NaN give a dash.
    digits
        Number of decimals.

    Examples
    --------
    >>> percent(0.254)
    '25%'
    """
    text = decimal(None if share is None else 100 * share, digits)
    return text if text == MISSING else f"{text}%"


def p_value(p: float | None) -> str:
    """Return a p value as a table shows it.

    Examples
    --------
    >>> p_value(0.0314), p_value(0.00001), p_value(None)
    ('.031', '<.001', '–')
    """
    if p is None or math.isnan(p):
        return MISSING
    return "<.001" if p < 0.0005 else "1" if p > 0.9995 else decimal(p, 3).removeprefix("0")


def p_phrase(p: float) -> str:
    """Return a p value as a sentence has it.

    Examples
    --------
    >>> p_phrase(0.0314), p_phrase(0.00001)
    ('p = .031', 'p < .001')
    """
    return "p < .001" if p < 0.0005 else f"p = {p_value(p)}"


def interval_cell(
    low: float | None,
    high: float | None,
    digits: int = 1,
    *,
    missing: str = MISSING,
    write: Callable[[float | None, int], str] = decimal,
) -> str:
    """Return the ends of an interval as they stand in a table or a chart.

    Parameters
    ----------
    low, high
        The ends; None or NaN where there is no interval.
    digits
        Digits after the point.
    missing
        What stands where there is no interval.
    write
        How each end is written: `decimal` or `percent`.

    Examples
    --------
    >>> interval_cell(-0.2, 0.04, 2), interval_cell(0.25, 0.5, 0, write=percent), interval_cell(None, None)
    ('−0.20 to 0.04', '25% to 50%', '–')
    """
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return missing
    return f"{write(low, digits)} to {write(high, digits)}"


def interval_text(estimate: Interval, digits: int | None = None) -> str:
    """Return an estimate's interval in words, with the digits that it needs.

    Parameters
    ----------
    estimate
        The estimate.
    digits
        Digits after the point; None for what an estimate in scale points needs.

    Examples
    --------
    >>> from cfanalysis.statistics.effects import Estimate
    >>> interval_text(Estimate(0.1, -0.05, 0.25))
    '95% interval −0.05 to 0.25'
    """
    if estimate.low is None or estimate.high is None:
        return "no interval"
    digits = digits_for(estimate) if digits is None else digits
    level = f"{100 * estimate.confidence:.0f}%"
    return f"{level} interval {interval_cell(estimate.low, estimate.high, digits)}"


def digits_for(estimate: Interval) -> int:
    """Return how many digits an estimate in scale points needs: two, three where its interval is narrow.

    Examples
    --------
    >>> from cfanalysis.statistics.effects import Estimate
    >>> digits_for(Estimate(0.23, 0.12, 0.33)), digits_for(Estimate(0.046, 0.004, 0.07))
    (2, 3)
    """
    known = estimate.low is not None and estimate.high is not None
    return 3 if known and estimate.high - estimate.low < NARROW else 2  # type: ignore[operator]


def ordinal(value: float) -> str:
    """Return a percentile as an ordinal number.

    Examples
    --------
    >>> ordinal(81.4), ordinal(2), ordinal(11.6), ordinal(93)
    ('81st', '2nd', '12th', '93rd')
    """
    number = round(value)
    teen = 10 <= number % 100 <= 20
    return f"{number}" + ("th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th"))


def date_text(date: str, language: str = "en") -> str:
    """Return a day as readers of a language write it; where their way is not known here, as in ISO 8601.

    Parameters
    ----------
    date
        ``2025-03-11``.
    language
        As in HTML.

    Examples
    --------
    >>> date_text("2025-03-01"), date_text("2025-03-01", "fr")
    ('1 March 2025', '2025-03-01')
    """
    year, month, day = date.split("-")
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}" if language.split("-")[0] == "en" else date
