"""Moments as the database stores them, and days as people write them. All are UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from cfanalysis.core.errors import ParameterError


def timestamp_text(moment: datetime) -> str:
    """Return a moment as it is stored.

    Examples
    --------
    >>> timestamp_text(datetime(2026, 3, 1, 9, 30, tzinfo=UTC))
    '2026-03-01T09:30:00.000000Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def later_timestamp(moment: str, than: str | None) -> str:
    """Return a moment, or the instant after another one where the moment is not later (a clock that was set back).

    Parameters
    ----------
    moment
        The moment, as text.
    than
        The other one; None if there is none.

    Examples
    --------
    >>> later_timestamp('2026-03-01T09:30:00.000000Z', '2026-03-01T09:30:00.000001Z')
    '2026-03-01T09:30:00.000002Z'
    """
    if than is None or moment > than:
        return moment
    return timestamp_text(datetime.fromisoformat(than) + timedelta(microseconds=1))


def as_of_moment(text: str, *, now: datetime) -> str:
    """Return the last moment of a day, or the moment itself where a time is said.

    Parameters
    ----------
    text
        ``2026-03-01``, or with a time ``2026-03-01T12:00``; UTC unless it says otherwise.
    now
        The present: what has not come yet is refused.

    Raises
    ------
    ParameterError
        This is no date, or it has not come yet.

    Examples
    --------
    >>> as_of_moment("2026-03-01", now=datetime(2026, 4, 1, tzinfo=UTC))
    '2026-03-01T23:59:59.999999Z'
    """
    try:
        if len(text.strip()) <= len("2026-03-01"):
            day = date.fromisoformat(text.strip())
            moment = datetime(day.year, day.month, day.day, 23, 59, 59, 999_999, tzinfo=UTC)
            come = day <= now.astimezone(UTC).date()
        else:
            moment = datetime.fromisoformat(text.strip())
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
            come = moment <= now
    except (ValueError, OverflowError):
        raise ParameterError(
            "This is not a date.",
            where="--as-of",
            value=text,
            allowed="a day such as 2026-03-01, or 2026-03-01T12:00",
        ) from None
    if not come:
        raise ParameterError(
            "This day is in the future.",
            where="--as-of",
            value=text,
            next_step="Leave --as-of away for the present.",
        )
    return timestamp_text(moment)
