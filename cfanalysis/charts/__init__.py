"""Result -> Axes: the charts, one family, one file.

Each takes a finished result and draws it: it computes nothing statistical, reads nothing, never saves or
shows. Given an Axes, it uses that Axes' place; else it makes a figure of its own. The look comes from
`cfanalysis.theme.style` alone. To show a chart in a notebook or to write it to a file, see
`cfanalysis.charts.chart_rendering`.
"""

from cfanalysis.charts.aspects import gap_by_aspect as gap_by_aspect
from cfanalysis.charts.aspects import role_differences as role_differences
from cfanalysis.charts.bands import quartile_bands as quartile_bands
from cfanalysis.charts.bars import expectation_bars as expectation_bars
from cfanalysis.charts.bars import warning_sign_bars as warning_sign_bars
from cfanalysis.charts.data_quality import cleaning_flow as cleaning_flow
from cfanalysis.charts.data_quality import missing_answers as missing_answers
from cfanalysis.charts.data_quality import respondents_per_organization as respondents_per_organization
from cfanalysis.charts.data_quality import scale_ends as scale_ends
from cfanalysis.charts.distribution import gap_histogram as gap_histogram
from cfanalysis.charts.dumbbell import say_do_dumbbell as say_do_dumbbell
from cfanalysis.charts.forest import forest as forest
from cfanalysis.charts.heat import pair_heat_table as pair_heat_table
from cfanalysis.charts.level_strip import level_strip as level_strip
from cfanalysis.charts.likert import likert_bars as likert_bars
from cfanalysis.charts.performance import gap_against_performance as gap_against_performance
from cfanalysis.charts.quartile_gap import quartile_gap as quartile_gap
from cfanalysis.charts.score_profiles import dimension_profile as dimension_profile
from cfanalysis.charts.score_profiles import practice_profile as practice_profile
from cfanalysis.charts.sectors import sector_change as sector_change
from cfanalysis.charts.specification_curve import specification_curve as specification_curve
from cfanalysis.charts.trend import trend as trend
