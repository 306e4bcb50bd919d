"""The charts of a study as files: pictures, alternative text, description, numbers, and a snippet for a page."""

from cfanalysis.charts.gallery.chart_files import Gallery as Gallery
from cfanalysis.charts.gallery.chart_files import chart_result as chart_result
from cfanalysis.charts.gallery.chart_files import write_chart as write_chart
from cfanalysis.charts.gallery.chart_files import write_charts as write_charts
from cfanalysis.charts.gallery.chart_kinds import CHARTS as CHARTS
from cfanalysis.charts.gallery.chart_kinds import ChartKind as ChartKind
from cfanalysis.charts.gallery.embeds import figure_html as figure_html
from cfanalysis.charts.gallery.norm_figures import norm_figures as norm_figures
from cfanalysis.charts.gallery.published_chart import brand_file_theme as brand_file_theme
from cfanalysis.charts.gallery.published_chart import published_chart as published_chart
