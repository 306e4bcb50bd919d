"""What the fork server preloads: an empty chart, so that fonts, styles and the SVG writer are loaded.

It is drawn while the study is opened; each report is spared the setup that the first chart of a process needs.
"""

from __future__ import annotations


def preload_charts() -> None:
    """Draw a chart of invented numbers under the house's theme and throw it away."""
    import io

    from matplotlib.figure import Figure

    from cfanalysis.theme.style import apply_theme
    from cfanalysis.theme.svg_fonts import font_style

    with apply_theme() as theme:
        figure = Figure()
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], marker="o")
        axes.barh([0, 1], [1, 2])
        axes.fill_between([0, 1], [0, 1], [1, 2])
        for bold in (False, True):
            family = list(theme.families(bold=bold))
            axes.text(0, 0, "0", family=family, weight=theme.bold if bold else 400)
        figure.savefig(io.StringIO(), format="svg")
    font_style("Latin1")
