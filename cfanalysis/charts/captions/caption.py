"""A caption: what is written with a chart.

The title says the finding; the subtitle the measure and, as asked for, n and the statistics; the alternative text
stands for the picture where it cannot be seen: finding, kind of picture, and the first rows, in about 250 characters;
the description holds every row. Each sentence is one whole template (`cfanalysis.core.templates`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import shorten
from typing import Any, Literal, get_args

import pandas as pd

from cfanalysis.analyses.units import unit_words, wave_phrase, within_sentence
from cfanalysis.core.errors import ParameterError
from cfanalysis.core.language import message, series, translated
from cfanalysis.core.templates import sentence

Statistics = Literal["none", "short", "full"]
SYNTHETIC = message("Synthetic data.")  # as `Source.caption` says it
_ALT = 250  # characters


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
    own_subtitle
        What an author writes below the title instead of measure, size and statistics; None for nothing.
    """

    title: str
    measure: str
    picture: str
    rows: Sequence[str]
    source: str
    size: str = ""
    statistics: str = ""
    own_subtitle: str | None = None

    def with_words(
        self, *, title: str | None = None, subtitle: str | None = None, source: str | None = None
    ) -> Caption:
        """Return the caption in an author's words; that data are synthetic is always said.

        Parameters
        ----------
        title, subtitle, source
            Instead of the finding, of measure and n, and of the source; None keeps them.
        """
        synthetic = translated(SYNTHETIC)
        if source is not None and synthetic in self.source and synthetic not in source:
            source = _sentences(source, synthetic)
        given: dict[str, Any] = {"title": title, "own_subtitle": subtitle, "source": source}
        return replace(self, **{name: words for name, words in given.items() if words is not None})

    def with_first(self, rows: Sequence[str]) -> Caption:
        """Return the caption with clauses before the others: of what stands out in the picture."""
        return replace(self, rows=[*rows, *self.rows]) if rows else self

    def texts(self, statistics: Statistics = "short") -> dict[str, Any]:
        """Return title, subtitle and source as they stand around the picture."""
        return {"title": self.title, "subtitle": self.subtitle(statistics), "source": self.source}

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
        if self.own_subtitle is not None:
            return self.own_subtitle
        parts = (self.measure, self.size, self.statistics)
        return series(part for part in parts[: levels.index(statistics) + 1] if part)

    @property
    def alt(self) -> str:
        """The alternative text, short enough to be listened to: finding, kind of picture, rows as far as there is room.

        Examples
        --------
        >>> Caption("The gap is wide", "Points", "Dots", [f"row {k}" for k in range(99)], "").alt[-30:]
        '; row 26; row 27; and 71 more.'
        """
        rows, most = list(self.rows), min(len(self.rows), _ALT)
        clauses = [
            [],
            *([*rows[:n], sentence("and {n} more", n=len(rows) - n)] for n in range(1, most)),
            rows,
        ]
        texts = [_sentences(self.title, self._pictured(listed)) for listed in clauses]
        fitting = [text for text in texts if len(text) <= _ALT]
        return fitting[-1] if fitting else shorten(self.title, _ALT, placeholder="…")

    @property
    def description(self) -> str:
        """The description: finding, kind of picture, every row, measure, n, statistics and source."""
        return _sentences(self.title, self._pictured(self.rows), self.subtitle("full"), self.source)

    def _pictured(self, rows: Sequence[str]) -> str:
        """Return what kind of picture it is, with rows where there are some."""
        listed = series(rows)
        if not (self.picture and listed):
            return self.picture or listed
        return sentence("{picture}: {rows}", picture=self.picture, rows=listed)


def _sentences(*parts: str) -> str:
    """Return words one after the other, each with a full stop unless it ends in a mark of its own."""
    return " ".join(part if part.endswith((".", "!", "?", "…")) else f"{part}." for part in parts if part)


def caption_of(
    result: Any,
    title: str,
    measure: str,
    picture: str,
    rows: Sequence[str],
    *,
    size: str = "{count}",
    statistics: str = "",
    counted: pd.Series | None = None,
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
    counted
        On how many units each row rests, for ``{count}``; by default all rest on the result's ``n``.
    measure, picture, size, statistics
        Templates of the other parts of a `Caption`.
    **values
        What else can be named.
    """
    criterion = within_sentence(translated(getattr(result, "criterion", None) or ""), result.source)
    unit, wave = unit_words(result.source), getattr(result, "wave", None)
    count = unit.quantity(*([result.n] if counted is None else counted)) if "{count}" in size else ""
    which = "" if wave is None else wave_phrase(wave, result.source)
    count = sentence("{count}, {which}", count=count, which=which) if which else count
    words = {"criterion": criterion, "units": unit.many, "count": count, "which_wave": which}
    known = {**vars(result), **words, **values}
    measure, picture, size, statistics = (sentence(t, known) for t in (measure, picture, size, statistics))
    return Caption(title, measure, picture, rows, result.source.caption, size, statistics)
