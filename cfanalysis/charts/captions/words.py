"""What is written with a chart, put together from parts that each kind supplies.

The title says the finding; the subtitle the measure and, as asked for, n and the statistics; the alternative text
stands for the picture where it cannot be seen: finding, kind of picture, and the first rows; the description
holds every row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from cfanalysis.reports.common.sentences import direction, in_sentence, unit_words, which_wave

__all__ = [
    "ChartWords",
    "Statistics",
    "Written",
    "direction",
    "in_sentence",
    "many",
    "organizations",
    "quoted",
    "several",
    "which_wave",
]

Statistics = Literal["none", "short", "full"]
_ROWS_IN_ALT = 6


class ChartWords(NamedTuple):
    """The sentences of one kind of chart, each a function of the result.

    Parameters
    ----------
    title
        The finding.
    measure
        What is measured, in which unit.
    size
        n, with the wave.
    statistics
        Estimate and interval, or how the numbers were found; may be empty.
    picture
        What kind of picture it is.
    rows
        One clause for each row.
    """

    title: Callable[[Any], str]
    measure: Callable[[Any], str]
    size: Callable[[Any], str]
    statistics: Callable[[Any], str]
    picture: Callable[[Any], str]
    rows: Callable[[Any], Sequence[str]]

    def written(self, result: Any, *, statistics: Statistics = "short") -> Written:
        """Return the words for a result.

        Parameters
        ----------
        result
            What the chart draws.
        statistics
            How much the subtitle tells beside the measure: ``"none"``, ``"short"`` (n) or ``"full"`` (n, estimate
            and interval).
        """
        parts = [self.measure(result)]
        if statistics != "none":
            parts.append(self.size(result))
        if statistics == "full":
            parts.append(self.statistics(result))
        title, rows = self.title(result), list(self.rows(result))
        opening = f"{title}. {self.picture(result)}: "
        more = len(rows) - _ROWS_IN_ALT
        ending = f"; and {more} more" if more > 0 else ""
        return Written(
            title,
            "; ".join(part for part in parts if part),
            f"{opening}{'; '.join(rows[:_ROWS_IN_ALT])}{ending}.",
            f"{opening}{'; '.join(rows)}. {self._end(result)}",
        )

    def _end(self, result: Any) -> str:
        parts = [self.measure(result), self.size(result), self.statistics(result)]
        return f"{'; '.join(part for part in parts if part)}. {result.source.caption}"


class Written(NamedTuple):
    """The words of one chart."""

    title: str
    subtitle: str
    alt: str
    description: str


def quoted(text: object) -> str:
    """Return the wording of an item in quotation marks.

    Examples
    --------
    >>> quoted("Products keep promises")
    '“Products keep promises”'
    """
    return f"“{text}”"


def many(result: Any) -> str:
    """Return what the units of a result are called: organizations, or respondents."""
    return unit_words(result.source).many


def organizations(result: Any) -> str:
    """Return n and, where the result has one, the wave."""
    count = unit_words(result.source).counted(int(result.n))
    wave = getattr(result, "wave", None)
    return count if wave is None else f"{count}, {which_wave(wave, result.source)}"


def several(n: int, noun: str) -> str:
    """Return a number of things.

    Examples
    --------
    >>> several(1, "pair"), several(16, "pair")
    ('1 pair', '16 pairs')
    """
    return f"{n:,} {noun}" + ("" if n == 1 else "s")
