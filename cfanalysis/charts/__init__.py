"""Result -> Axes: the charts, one family, one file.

Each takes a finished result and draws it: it computes nothing statistical, reads nothing, never saves or
shows. Given an Axes, it uses that Axes' place; else it makes a figure of its own. The look comes from
`cfanalysis.theme` alone. To show a chart in a notebook or to write it to a file, see `cfanalysis.exhibit`.
"""

from cfanalysis.charts.data_quality import (
    cleaning_flow,
    missing_answers,
    respondents_per_organization,
    scale_ends,
)
from cfanalysis.charts.forest import forest
from cfanalysis.charts.performance import gap_against_performance
from cfanalysis.charts.quartiles import quartile_gap
from cfanalysis.charts.say_do import say_do_dumbbell
from cfanalysis.charts.specifications import specification_curve

__all__ = [
    "cleaning_flow",
    "forest",
    "gap_against_performance",
    "missing_answers",
    "quartile_gap",
    "respondents_per_organization",
    "say_do_dumbbell",
    "scale_ends",
    "specification_curve",
]
