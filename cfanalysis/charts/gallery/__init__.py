"""The charts of a study as files: pictures, alternative text, description, numbers, and a snippet for a page."""

from cfanalysis.charts.gallery.chart_files import (
    Gallery,
    chart_result,
    figure_html,
    write_chart,
    write_charts,
)
from cfanalysis.charts.gallery.chart_kinds import CHARTS, ChartKind
from cfanalysis.charts.gallery.published_chart import brand_file_theme, published_chart

__all__ = [
    "CHARTS",
    "ChartKind",
    "Gallery",
    "brand_file_theme",
    "chart_result",
    "figure_html",
    "published_chart",
    "write_chart",
    "write_charts",
]
