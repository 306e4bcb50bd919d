"""Captions of all charts: the finding as title, the measure as subtitle, alternative text and description.

Each is written from the numbers of the result. `CAPTIONS` has the one that each chart has unless a page gives
another: those of a client's report speak to the client (`client`), those of estimates side by side say what is
compared (`forests`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cfanalysis import charts
from cfanalysis.charts.captions import (
    answer_captions,
    data_quality_captions,
    forest_captions,
    gap_captions,
    score_captions,
)
from cfanalysis.charts.captions.caption import Caption, Statistics

__all__ = ["CAPTIONS", "Caption", "Statistics"]

CAPTIONS: dict[Callable[..., Any], Callable[[Any], Caption]] = {
    charts.say_do_dumbbell: score_captions.say_do_dumbbell_caption,
    charts.quartile_gap: gap_captions.quartile_gap_caption,
    charts.gap_against_performance: gap_captions.gap_against_performance_caption,
    charts.gap_by_aspect: gap_captions.gap_by_aspect_caption,
    charts.dimension_profile: score_captions.dimension_profile_caption,
    charts.likert_bars: answer_captions.likert_bars_caption,
    charts.quartile_bands: score_captions.quartile_bands_caption,
    charts.pair_heat_table: gap_captions.pair_heat_table_caption,
    charts.practice_profile: score_captions.practice_profile_caption,
    charts.warning_sign_bars: answer_captions.warning_sign_bars_caption,
    charts.level_strip: answer_captions.level_strip_caption,
    charts.role_differences: score_captions.role_differences_caption,
    charts.sector_change: score_captions.sector_change_caption,
    charts.trend: score_captions.trend_caption,
    charts.forest: forest_captions.forest_caption,
    charts.specification_curve: forest_captions.specification_curve_caption,
    charts.expectation_bars: answer_captions.expectation_bars_caption,
    charts.gap_histogram: gap_captions.gap_histogram_caption,
    charts.cleaning_flow: data_quality_captions.cleaning_flow_caption,
    charts.missing_answers: data_quality_captions.missing_answers_caption,
    charts.respondents_per_organization: data_quality_captions.respondents_caption,
    charts.scale_ends: data_quality_captions.scale_ends_caption,
}
"""How the caption of each chart is written."""
