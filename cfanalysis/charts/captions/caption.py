"""A caption: what is written with a chart.

The title says the finding; the subtitle the measure and, as asked for, n and the statistics; the alternative text
stands for the picture where it cannot be seen: finding, kind of picture, and the first rows; the description
holds every row. Each sentence is one whole template (`cfanalysis.core.templates`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from cfanalysis.analyses.units import unit_words, wave_phrase, within_sentence
from cfanalysis.core.errors import ParameterError
from cfanalysis.core.templates import sentence

Statistics = Literal["none", "short", "full"]
_ROWS = 6


@dataclass(frozen=True)
class Caption:
    """The words of one chart.

    Parameters
    ----------
    title
        The finding.
    measure
        What is measured, in which unit.
    picture
        What kind of picture it is.
    rows
        One clause for each row.
    source
        Where the data come from, in a sentence.
    size
        n, with the wave; may be empty.
    statistics
        Estimate and interval, or how the numbers were found; may be empty.
    whole_alt
        Whether the alternative text holds every row, not the first six.
    """

    title: str
    measure: str
    picture: str
    rows: Sequence[str]
    source: str
    size: str = ""
    statistics: str = ""
    whole_alt: bool = False

    def subtitle(self, statistics: Statistics = "short") -> str:
        """Return the measure and as much of n and statistics as is asked for.

        Parameters
        ----------
        statistics
            ``"none"``, ``"short"`` (n) or ``"full"`` (n, estimate and interval).

        Raises
        ------
        ParameterError
            It is none of these.
        """
        if statistics not in (levels := get_args(Statistics)):
            raise ParameterError(
                "There is no such choice of statistics.", value=statistics, allowed=", ".join(levels)
            )
        parts = (self.measure, self.size, self.statistics)
        return "; ".join(part for part in parts[: levels.index(statistics) + 1] if part)

    @property
    def alt(self) -> str:
        """The alternative text: finding, kind of picture, first rows."""
        rows = self.rows if self.whole_alt else self.rows[:_ROWS]
        more = len(self.rows) - len(rows)
        template = "{title}. {picture}: {rows}; and {more} more." if more else "{title}. {picture}: {rows}."
        return sentence(template, vars(self), rows="; ".join(rows), more=more)

    @property
    def description(self) -> str:
        """The description: finding, kind of picture, every row, measure, n, statistics and source."""
        template = "{title}. {picture}: {rows}. {measures}. {source}"
        rows, measures = "; ".join(self.rows), self.subtitle("full")
        return sentence(template, vars(self), rows=rows, measures=measures)


def caption_of(
    result: Any,
    title: str,
    measure: str,
    picture: str,
    rows: Sequence[str],
    *,
    size: str = "{count}",
    statistics: str = "",
    whole_alt: bool = False,
    **values: object,
) -> Caption:
    """Return the caption of a result.

    Parameters
    ----------
    result
        What is drawn; its fields can be named in the templates, ``{criterion}`` as it stands within a sentence.
        ``{units}`` are organizations or respondents, ``{which_wave}`` is the wave in words and ``{count}`` n with it,
        where the result has one.
    title, rows
        The finding and a clause for each row, finished sentences.
    measure, picture, size, statistics
        Templates of the other parts of a `Caption`.
    whole_alt
        Whether the alternative text holds every row.
    **values
        What else can be named.
    """
    criterion = within_sentence(getattr(result, "criterion", None) or "", result.source)
    unit, wave = unit_words(result.source), getattr(result, "wave", None)
    count = unit.quantity(int(result.n)) if "{count}" in size else ""
    which = "" if wave is None else wave_phrase(wave, result.source)
    count = sentence("{count}, {which}", count=count, which=which) if which else count
    words = {"criterion": criterion, "units": unit.many, "count": count, "which_wave": which}
    known = {**vars(result), **words, **values}
    measure, picture, size, statistics = (sentence(t, known) for t in (measure, picture, size, statistics))
    return Caption(title, measure, picture, rows, result.source.caption, size, statistics, whole_alt)
