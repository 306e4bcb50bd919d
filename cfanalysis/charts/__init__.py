"""Result -> Axes: the charts, one family, one file.

Each takes a finished result and draws it: it computes nothing statistical, reads nothing, never saves or
shows. Given an Axes, it uses that Axes' place; else it makes a figure of its own. The look comes from
`cfanalysis.theme.style` alone. To show a chart in a notebook or to write it to a file, see
`cfanalysis.charts.chart_rendering`.
"""

from cfanalysis.charts.aspects import gap_by_aspect, role_differences
from cfanalysis.charts.bands import quartile_bands
from cfanalysis.charts.bars import expectation_bars, warning_sign_bars
from cfanalysis.charts.data_quality import (
    cleaning_flow,
    missing_answers,
    respondents_per_organization,
    scale_ends,
)
from cfanalysis.charts.distribution import gap_histogram
from cfanalysis.charts.dumbbell import say_do_dumbbell
from cfanalysis.charts.forest import forest
from cfanalysis.charts.heat import pair_heat_table
from cfanalysis.charts.level_strip import level_strip
from cfanalysis.charts.likert import likert_bars
from cfanalysis.charts.performance import gap_against_performance
from cfanalysis.charts.quartile_gap import quartile_gap
from cfanalysis.charts.score_profiles import dimension_profile, practice_profile
from cfanalysis.charts.sectors import sector_change
from cfanalysis.charts.specification_curve import specification_curve
from cfanalysis.charts.trend import trend

__all__ = [
    "cleaning_flow",
    "dimension_profile",
    "expectation_bars",
    "forest",
    "gap_against_performance",
    "gap_by_aspect",
    "gap_histogram",
    "level_strip",
    "likert_bars",
    "missing_answers",
    "pair_heat_table",
    "practice_profile",
    "quartile_bands",
    "quartile_gap",
    "respondents_per_organization",
    "role_differences",
    "say_do_dumbbell",
    "scale_ends",
    "sector_change",
    "specification_curve",
    "trend",
    "warning_sign_bars",
]
