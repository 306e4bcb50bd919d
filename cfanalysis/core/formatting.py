"""How numbers are written for readers: rounded once, with a true minus sign, never "NaN" or "-0".

Numbers are rounded half to even on their decimal value as Python does, and written with the signs of the reader's
language; what does not exist is a dash.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import date as Date  # noqa: N812
from typing import Protocol

from cfanalysis.core.language import SOURCE, current_language, message, translated

MISSING = "–"
NARROW = 0.1
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_ORDINALS = {
    "one": message("{n}st"), "two": message("{n}nd"), "few": message("{n}rd"), "other": message("{n}th"),
}  # fmt: skip
"""Ordinal numbers by their form (Unicode's plural rules for ordinals)."""


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
    zero = float(text.replace(",", "")) == 0
    sign = "" if zero else "\N{MINUS SIGN}" if value < 0 else "+" if signed else ""
    return sign + current_language().number(text)


def whole_number(value: int) -> str:
    """Return a count as text.

    Examples
    --------
    >>> whole_number(12000)
    '12,000'
    """
    return current_language().number(f"{value:,}")


def count_range(counts: Iterable[float]) -> str:
    """Return the least and the greatest of some numbers, one where they are the same; "" of none.

    Examples
    --------
    >>> count_range([115, 117, 116]), count_range([80, 80])
    ('115–117', '80')
    """
    known = sorted({int(n) for n in counts if not math.isnan(n)})
    return "–".join(map(whole_number, dict.fromkeys((known[0], known[-1])))) if known else ""


def short_number(value: float) -> str:
    """Return a number as text with no more digits than it has.

    Examples
    --------
    >>> short_number(5.0), short_number(2.5)
    ('5', '2.5')
    """
    return current_language().number(f"{value:g}")


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
    return text if text == MISSING else current_language().percentage(text)


def p_value(p: float | None) -> str:
    """Return a p value as a table shows it.

    Examples
    --------
    >>> p_value(0.0314), p_value(0.00001), p_value(None)
    ('.031', '<.001', '–')
    """
    if p is None or math.isnan(p):
        return MISSING
    if p > 0.9995:
        return "1"
    text = f"<{decimal(0.001, 3)}" if p < 0.0005 else decimal(p, 3)
    return text.replace("0", "", 1) if current_language().code == SOURCE else text


def p_phrase(p: float) -> str:
    """Return a p value as a sentence has it.

    Examples
    --------
    >>> p_phrase(0.0314), p_phrase(0.00001)
    ('p = .031', 'p < .001')
    """
    text = p_value(p)
    return f"p < {text[1:]}" if text.startswith("<") else f"p = {text}"


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
    return translated("{low} to {high}").format(low=write(low, digits), high=write(high, digits))


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
        return translated("no interval")
    digits = digits_for(estimate) if digits is None else digits
    usual = estimate.confidence == 0.95
    template = translated("95% interval {interval}") if usual else translated("{level} interval {interval}")
    interval = interval_cell(estimate.low, estimate.high, digits)
    return template.format(level=percent(estimate.confidence), interval=interval)


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
    number, locale = round(value), current_language().locale
    teen = 10 <= number % 100 <= 20
    form = "other" if teen else {1: "one", 2: "two", 3: "few"}.get(number % 10, "other")
    return translated(_ORDINALS[locale.ordinal_form(number) if locale else form]).format(n=number)


def date_text(date: str, language: str = SOURCE) -> str:
    """Return a day as readers of a language write it.

    Parameters
    ----------
    date
        ``2025-03-11``.
    language
        As in HTML; a language that is not known writes it as in ISO 8601.

    Examples
    --------
    >>> date_text("2025-03-01"), date_text("2025-03-01", "fr"), date_text("2025-03-01", "tlh")
    ('1 March 2025', '1 mars 2025', '2025-03-01')
    """
    day = Date.fromisoformat(date)
    if language.split("-")[0] == SOURCE:
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    from babel import UnknownLocaleError
    from babel.dates import format_date

    try:
        return format_date(day, "long", locale=language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return date
