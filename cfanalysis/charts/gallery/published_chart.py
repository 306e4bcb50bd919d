"""A published chart on a page: the same picture and words as in the files."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

from cfanalysis.analyses.not_possible import NotPossible
from cfanalysis.charts.captioned_chart import Own
from cfanalysis.charts.chart_rendering import figure
from cfanalysis.charts.gallery.chart_files import chart_note, chart_result, check_names, noted
from cfanalysis.charts.gallery.chart_kinds import CHARTS
from cfanalysis.charts.gallery.norm_figures import NormFigures
from cfanalysis.core.blocks import Figure, Notice
from cfanalysis.core.errors import AnalysisError, ConfidentialityError
from cfanalysis.scoring.means import WhichWave
from cfanalysis.survey.survey_data import Survey
from cfanalysis.theme.brand import load_brand
from cfanalysis.theme.style import Theme, apply_theme, theme_for_brand


def published_chart(
    name: str,
    survey: Survey,
    *,
    look: Theme | None = None,
    wave: WhichWave = "latest",
    figures: NormFigures | None = None,
    **own: Unpack[Own],
) -> Figure | Notice:
    """Return a chart of a survey as a block, or why it cannot be published.

    Parameters
    ----------
    name
        One of `CHARTS`.
    survey
        The evidence.
    look
        The theme; None is the one that is applied, or the house's own in the colours of the brand.
    wave
        Whether each organization's first or latest wave counts.
    figures
        As for `cfanalysis.charts.gallery.write_charts`.
    **own
        What an author makes an own of it (`cfanalysis.charts.captioned_chart.Own`).

    Raises
    ------
    ParameterError
        There is no such chart.
    """
    check_names([name])
    kind = CHARTS[name]
    try:
        result = chart_result(kind, survey, wave=wave, figures=figures)
    except (AnalysisError, ConfidentialityError) as problem:
        return NotPossible(problem.problem).notice
    with apply_theme(look):
        return figure(kind.chart, result, **noted(result, own, chart_note(kind, survey, figures)))


def brand_file_theme(file: str | Path) -> Theme | None:
    """Return the theme in the colours of a brand file; None for an empty name: the look stays as it is.

    Raises
    ------
    PublishError
        The file cannot be read, or does not describe a brand.
    """
    return theme_for_brand(brand=load_brand(Path(file))) if str(file) else None
