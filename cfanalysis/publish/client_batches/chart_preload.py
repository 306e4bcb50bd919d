"""What the fork server preloads: a chart, so that fonts, their letters, styles and the SVG writer are loaded.

It is drawn while the study is opened; each report is spared the setup that the first chart of a process needs.
"""

from __future__ import annotations


def preload_charts() -> None:
    """Draw a chart of invented numbers under the house's theme, for wide and narrow pages, and throw it away."""
    from cfanalysis.charts.chart_layout import ChartTexts
    from cfanalysis.charts.chart_rendering import svg_text
    from cfanalysis.charts.marks import draw_bars, draw_dots, draw_intervals
    from cfanalysis.charts.plot import figure_of
    from cfanalysis.charts.row_layout import Row, RowChart, row_plot
    from cfanalysis.charts.text_metrics import quick_drawing

    letters = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA1, 0x100)])) + "–−…’“”"
    rows = tuple(Row(letters, ((letters[:9], ""),), strong=strong) for strong in (False, True))
    sheet = RowChart(rows, ChartTexts(letters, letters, letters), heads=(letters[:9], letters[:9]))
    with quick_drawing():
        with row_plot(sheet, None) as plot:
            plot.value_axis((0.0, 1.0))
            draw_bars(plot, [0.0], [1.0], [1.0], "red", height=1.0)
            draw_dots(plot.axes, [0.5], [1.0], 0, plot.theme)
            draw_intervals(plot.axes, [0.0], [1.0], [1.0], "red", plot.theme)
        svg_text(figure_of(plot.axes))
