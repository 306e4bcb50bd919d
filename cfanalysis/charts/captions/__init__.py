"""Words that go with charts: the finding as title, the measure as subtitle, alternative text and description.

Each is written from the numbers of the result (`cfanalysis.reports.common.sentences` has the sentences
that reports share).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cfanalysis import charts
from cfanalysis.charts.captions import answers, gaps, scores
from cfanalysis.charts.captions.words import ChartWords, Statistics, Written

__all__ = ["CHART_WORDS", "ChartWords", "Statistics", "Written", "written"]

CHART_WORDS: dict[Callable[..., Any], ChartWords] = {
    charts.say_do_dumbbell: scores.SAY_DO_DUMBBELL,
    charts.quartile_gap: gaps.QUARTILE_GAP,
    charts.gap_against_performance: gaps.GAP_AGAINST_PERFORMANCE,
    charts.gap_by_aspect: gaps.GAP_BY_ASPECT,
    charts.dimension_profile: scores.DIMENSION_PROFILE,
    charts.likert_bars: answers.LIKERT_BARS,
    charts.quartile_bands: scores.QUARTILE_BANDS,
    charts.pair_heat_table: gaps.PAIR_HEAT_TABLE,
    charts.practice_profile: scores.PRACTICE_PROFILE,
    charts.warning_sign_bars: answers.WARNING_SIGN_BARS,
    charts.level_strip: answers.LEVEL_STRIP,
    charts.role_differences: scores.ROLE_DIFFERENCES,
    charts.sector_change: scores.SECTOR_CHANGE,
    charts.trend: scores.TREND,
    charts.forest: gaps.FOREST,
    charts.specification_curve: gaps.SPECIFICATION_CURVE,
    charts.expectation_bars: answers.EXPECTATION_BARS,
    charts.gap_histogram: gaps.GAP_HISTOGRAM,
}
"""The words of each chart."""


def written(chart: Callable[..., Any], result: Any, *, statistics: Statistics = "short") -> Written:
    """Return the words that go with a chart of a result.

    Parameters
    ----------
    chart
        A function of `cfanalysis.charts`.
    result
        What it draws.
    statistics
        How much the subtitle tells beside the measure: ``"none"``, ``"short"`` (n) or ``"full"`` (n, estimate and
        interval).
    """
    return CHART_WORDS[chart].written(result, statistics=statistics)
