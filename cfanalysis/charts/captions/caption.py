"""A caption: what is written with a chart.

The title says the finding; the subtitle the measure and, as asked for, n and the statistics; the alternative text
stands for the picture where it cannot be seen: finding, kind of picture, and the first rows; the description
holds every row. Each sentence is one template with named places (`sentence`, `plural`), never glued from pieces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from string import Formatter
from typing import Any, Literal

import pandas as pd

from cfanalysis.analyses.units import unit_words, which_wave
from cfanalysis.core.numbers import decimal, percent

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
        """
        parts = (self.measure, self.size, self.statistics)
        return "; ".join(part for part in parts[: {"none": 1, "short": 2, "full": 3}[statistics]] if part)

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


class _Formatter(Formatter):
    """Writes numbers as readers see them: ``{x}`` one digit, ``{x:2}`` two, ``{x:+}`` with sign, ``{x:%}`` per cent."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, str):
            return value
        if format_spec.endswith("%"):
            return percent(value, int(format_spec[:-1] or 0))
        if isinstance(value, Integral) and not format_spec:
            return f"{value:,}"
        return decimal(value, int(format_spec.lstrip("+") or 1), signed=format_spec.startswith("+"))


_FORMATTER = _Formatter()


def sentence(template: str, row: Mapping[Any, Any] | None = None, /, **values: object) -> str:
    """Return a sentence from its template.

    Parameters
    ----------
    template
        The whole sentence, with a name in braces for each value: ``{x}`` for words, counts and numbers with one digit,
        ``{x:2}`` for two digits, ``{x:+}`` for one digit with a sign, ``{x:%}`` for a share in per cent.
    row
        A row of a result's frame, the values of which can be named.
    **values
        What else can be named.

    Examples
    --------
    >>> sentence("{label}: say {say}, do {do:2}", {"say": 81.0, "do": 62.125}, label="People")
    'People: say 81.0, do 62.12'
    """
    return _FORMATTER.vformat(template, (), {**(row or {}), **values})


def clauses(template: str, frame: pd.DataFrame, **values: object) -> list[str]:
    """Return a sentence for each row of a frame.

    Parameters
    ----------
    template, **values
        As for `sentence`.
    frame
        Its columns can be named in the template.

    Examples
    --------
    >>> clauses("{level} {share:%}", pd.DataFrame({"level": ["low", "high"], "share": [0.25, 0.75]}))
    ['low 25%', 'high 75%']
    """
    return [sentence(template, row, **values) for row in frame.to_dict(orient="records")]


def grouped_clauses(template: str, frame: pd.DataFrame, by: str) -> list[str]:
    """Return a sentence for each dimension, aspect or pair: its title, and a clause for each of its rows.

    Parameters
    ----------
    template
        The clause of a row.
    frame
        Rows with a ``title``.
    by
        The column that names what the rows belong to.
    """
    return [
        sentence(
            "{title}: {clauses}", title=part["title"].iloc[0], clauses=", ".join(clauses(template, part))
        )
        for _, part in frame.groupby(by, sort=False)
    ]


def plural(n: int, one: str, many: str, **values: object) -> str:
    """Return a sentence that holds a number, in its form for one or for many.

    Parameters
    ----------
    n
        The number; ``{n}`` in the templates.
    one, many
        The whole sentence in both forms.
    **values
        What else stands in it.

    Examples
    --------
    >>> plural(1, "{n} row", "{n} rows"), plural(1200, "{n} row", "{n} rows")
    ('1 row', '1,200 rows')
    """
    return sentence(one if n == 1 else many, n=n, **values)


def units(result: Any) -> str:
    """Return what the units of a result are called: organizations, or respondents."""
    return unit_words(result.source).many


def size(result: Any) -> str:
    """Return n and, where the result has one, the wave."""
    count = unit_words(result.source).counted(int(result.n))
    wave = getattr(result, "wave", None)
    if wave is None:
        return count
    return sentence("{count}, {wave}", count=count, wave=which_wave(wave, result.source))
