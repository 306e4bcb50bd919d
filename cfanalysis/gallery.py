"""The charts of a study as files: pictures, alternative text, and the numbers that were plotted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cfanalysis.analyses.gap_slope import gap_slope
from cfanalysis.analyses.quartile_gaps import quartile_gaps
from cfanalysis.analyses.say_do_profile import say_do_profile
from cfanalysis.charts import gap_against_performance, quartile_gap, say_do_dumbbell
from cfanalysis.errors import ParameterError, nearest
from cfanalysis.exhibit import drawn, save_chart
from cfanalysis.files import whole_file
from cfanalysis.pages import CHART_WORDS
from cfanalysis.survey import Survey


@dataclass(frozen=True)
class _Kind:
    """A chart, the analysis that it draws, and the numbers that are given beside it."""

    chart: Callable[..., Any]
    analysis: Callable[[Survey], Any]
    numbers: Callable[[Any], pd.DataFrame]


CHARTS = {
    "say_do_dumbbell": _Kind(say_do_dumbbell, say_do_profile, lambda r: r.frame),
    "quartile_gap": _Kind(quartile_gap, quartile_gaps, lambda r: r.frame),
    "gap_against_performance": _Kind(
        gap_against_performance, gap_slope, lambda r: r.organizations.drop(columns="organization")
    ),
}
"""The charts by name. Organizations are anonymous in them and in their numbers."""


def write_charts(
    survey: Survey, *, folder: Path, only: Sequence[str] = (), formats: Sequence[str] = ("svg", "png")
) -> list[Path]:
    """Write charts of a survey's latest waves.

    Parameters
    ----------
    survey
        The evidence.
    folder
        Where the files go: ``<name>.svg`` and so on, ``<name>.txt`` (alt text), ``<name>.csv`` (numbers).
    only
        Names from `CHARTS`; none means all.
    formats
        ``svg``, ``png``, ``pdf``.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ParameterError
        An unknown chart or format.
    AnalysisError
        The survey does not allow the analysis.
    """
    for name in only:
        if name not in CHARTS:
            close = nearest(name, CHARTS)
            raise ParameterError(
                f"There is no chart {name!r}.",
                allowed=", ".join(CHARTS),
                next_step=f"Did you mean {close[0]}?" if close else None,
            )
    files: list[Path] = []
    for name in only or CHARTS:
        kind = CHARTS[name]
        result = kind.analysis(survey)
        title, subtitle, alt = (words(result) for words in CHART_WORDS[kind.chart])
        figure = drawn(kind.chart, result, title=title, subtitle=subtitle)
        files += [save_chart(figure, folder / f"{name}.{s}", alt=alt, title=title) for s in formats]
        with whole_file(folder / f"{name}.txt") as aside:
            aside.write_text(alt + "\n", encoding="utf-8")
        with whole_file(folder / f"{name}.csv") as aside:
            kind.numbers(result).round(4).to_csv(aside, index=False, lineterminator="\n")
        files += [folder / f"{name}.txt", folder / f"{name}.csv"]
    return files
