"""The charts of a study as files: pictures, alternative text, description, numbers, and a snippet for a page."""

from cfanalysis.charts.gallery.figures import brand_look, published
from cfanalysis.charts.gallery.kinds import CHARTS, Kind
from cfanalysis.charts.gallery.writing import Gallery, chart_result, figure_html, write_chart, write_charts

__all__ = [
    "CHARTS",
    "Gallery",
    "Kind",
    "brand_look",
    "chart_result",
    "figure_html",
    "published",
    "write_chart",
    "write_charts",
]
