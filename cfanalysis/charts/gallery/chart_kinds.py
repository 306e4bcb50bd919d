"""The kinds of charts that are published, each with its analysis and the numbers that are given beside it.

What is published names no organization, and no group of fewer organizations than the instrument's minimum: small
sectors are left out, and a chart whose groups are too small is not made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cfanalysis import charts
from cfanalysis.analyses.answer_distribution import answer_distribution
from cfanalysis.analyses.aspect_gaps import aspect_gaps
from cfanalysis.analyses.claim_parts import claim_parts
from cfanalysis.analyses.contrast_specifications import contrast_specifications
from cfanalysis.analyses.expectation import expectation
from cfanalysis.analyses.forest_rows import ForestRows, parts_forest
from cfanalysis.analyses.gap_distribution import gap_distribution
from cfanalysis.analyses.gap_slope import GapSlope, gap_slope
from cfanalysis.analyses.pair_gaps import pair_gaps
from cfanalysis.analyses.performance_levels import organization_levels
from cfanalysis.analyses.practices import practice_contrast
from cfanalysis.analyses.quartile_gaps import QuartileGaps, quartile_gaps
from cfanalysis.analyses.roles import role_effects
from cfanalysis.analyses.say_do_profile import say_do_profile
from cfanalysis.analyses.score_bands import score_bands
from cfanalysis.analyses.sector_index import SectorIndex, sector_index
from cfanalysis.analyses.trends import trends
from cfanalysis.analyses.warning_signs import warning_signs
from cfanalysis.scoring.means import WhichWave
from cfanalysis.survey.survey_data import Survey


@dataclass(frozen=True)
class ChartKind:
    """A chart as it is published.

    Parameters
    ----------
    chart
        A function of `cfanalysis.charts`.
    analysis
        Makes what the chart draws, on 0 to 100, of one wave of each organization.
    groups
        Organizations in each group that is drawn: none may be smaller than the instrument's minimum. None where
        the analysis itself leaves small groups out.
    halves
        Whether its analysis halves the respondents repeatedly: these are the slowest analyses, and they share the
        halvings.
    all_waves
        Whether it shows every wave.
    """

    chart: Callable[..., Any]
    analysis: Callable[..., Any]
    groups: Callable[[Any], pd.Series] | None = None
    halves: bool = False
    all_waves: bool = False


def _forest(survey: Survey, *, wave: WhichWave) -> ForestRows:
    return parts_forest(claim_parts(survey, wave=wave), per_hundred=True)


def _quartile_gaps(survey: Survey, *, wave: WhichWave) -> QuartileGaps:
    return quartile_gaps(survey, wave=wave).per_hundred()


def _gap_slope(survey: Survey, *, wave: WhichWave) -> GapSlope:
    return gap_slope(survey, wave=wave).per_hundred()


def _sectors(survey: Survey) -> SectorIndex:
    """Return the index of all and of the sectors that have enough organizations in every wave that is shown."""
    index = sector_index(survey, scopes=("all", "sector"))
    least = survey.instrument.minima.organizations
    frame = index.frame
    small = frame.groupby(["scope", "name"])["n_organizations"].min()
    kept = set(small[small >= least].index)

    def shown(table: pd.DataFrame) -> pd.DataFrame:
        names = zip(table["scope"], table["name"], strict=True)
        return table[pd.Series([pair in kept for pair in names], index=table.index, dtype=bool)]

    return replace(
        index, frame=shown(frame), changes=shown(index.changes) if len(index.changes) else index.changes
    )


CHARTS: dict[str, ChartKind] = {
    "say_do_dumbbell": ChartKind(charts.say_do_dumbbell, say_do_profile, groups=lambda r: r.frame["n"]),
    "quartile_gap": ChartKind(
        charts.quartile_gap, _quartile_gaps, groups=lambda r: r.frame["n"], halves=True
    ),
    "gap_against_performance": ChartKind(
        charts.gap_against_performance, _gap_slope, groups=lambda r: r.doses["n"], halves=True
    ),
    "gap_by_aspect": ChartKind(charts.gap_by_aspect, aspect_gaps),
    "dimension_profile": ChartKind(charts.dimension_profile, say_do_profile, groups=lambda r: r.frame["n"]),
    "likert_bars": ChartKind(charts.likert_bars, answer_distribution),
    "quartile_bands": ChartKind(charts.quartile_bands, score_bands),
    "pair_heat_table": ChartKind(charts.pair_heat_table, pair_gaps),
    "practice_profile": ChartKind(
        charts.practice_profile, practice_contrast, groups=lambda r: r.frame["n_top"]
    ),
    "warning_sign_bars": ChartKind(charts.warning_sign_bars, warning_signs),
    "level_strip": ChartKind(charts.level_strip, organization_levels),
    "role_differences": ChartKind(charts.role_differences, role_effects),
    "sector_change": ChartKind(charts.sector_change, _sectors, all_waves=True),
    "trend": ChartKind(charts.trend, trends, all_waves=True),
    "forest": ChartKind(charts.forest, _forest, halves=True),
    "specification_curve": ChartKind(charts.specification_curve, contrast_specifications, halves=True),
    "expectation_bars": ChartKind(charts.expectation_bars, expectation),
    "gap_histogram": ChartKind(charts.gap_histogram, gap_distribution),
}
"""The charts by name. Organizations are anonymous in them and in their numbers."""
