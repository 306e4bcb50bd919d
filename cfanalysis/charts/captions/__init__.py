"""Captions of all charts: the finding as title, the measure as subtitle, alternative text and description.

Each is written from the numbers of the result. `CAPTIONS` has the one that each chart has unless a page gives
another: those of a client's report speak to the client (`client`), those of estimates side by side say what is
compared (`forests`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cfanalysis import charts
from cfanalysis.charts.captions import answers, data_quality, forests, gaps, scores
from cfanalysis.charts.captions.caption import Caption, Statistics

__all__ = ["CAPTIONS", "Caption", "Statistics"]

CAPTIONS: dict[Callable[..., Any], Callable[[Any], Caption]] = {
    charts.say_do_dumbbell: scores.say_do_dumbbell_caption,
    charts.quartile_gap: gaps.quartile_gap_caption,
    charts.gap_against_performance: gaps.gap_against_performance_caption,
    charts.gap_by_aspect: gaps.gap_by_aspect_caption,
    charts.dimension_profile: scores.dimension_profile_caption,
    charts.likert_bars: answers.likert_bars_caption,
    charts.quartile_bands: scores.quartile_bands_caption,
    charts.pair_heat_table: gaps.pair_heat_table_caption,
    charts.practice_profile: scores.practice_profile_caption,
    charts.warning_sign_bars: answers.warning_sign_bars_caption,
    charts.level_strip: answers.level_strip_caption,
    charts.role_differences: scores.role_differences_caption,
    charts.sector_change: scores.sector_change_caption,
    charts.trend: scores.trend_caption,
    charts.forest: forests.forest_caption,
    charts.specification_curve: forests.specification_curve_caption,
    charts.expectation_bars: answers.expectation_bars_caption,
    charts.gap_histogram: gaps.gap_histogram_caption,
    charts.cleaning_flow: data_quality.cleaning_flow_caption,
    charts.missing_answers: data_quality.missing_answers_caption,
    charts.respondents_per_organization: data_quality.respondents_caption,
    charts.scale_ends: data_quality.scale_ends_caption,
}
"""How the caption of each chart is written."""
