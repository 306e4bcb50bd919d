"""The distribution of the gap over organizations: counts in classes, with zero, median and middle half marked."""

from __future__ import annotations

from typing import Unpack

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cfanalysis.analyses.gap_distribution import GapDistribution
from cfanalysis.analyses.units import unit_words
from cfanalysis.charts.captioned_chart import Own, captioned
from cfanalysis.charts.captions.gap_captions import gap_histogram_caption
from cfanalysis.charts.chart_layout import ChartArea, Gutters, chart_texts
from cfanalysis.charts.plot import height_axis, value_axis, write_text
from cfanalysis.charts.scales import round_ticks, tick_labels
from cfanalysis.charts.spots import Spot, add_spots
from cfanalysis.charts.text_metrics import text_width
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import translated
from cfanalysis.core.templates import clauses, sentence
from cfanalysis.theme.brand import blend
from cfanalysis.theme.style import Theme, apply_theme

_SHAPE = 0.42  # height of the plot by its width, where the height is free


@captioned(gap_histogram_caption)
def gap_histogram(gaps: GapDistribution, *, ax: Axes | None = None, **own: Unpack[Own]) -> Axes:
    """Draw how many organizations have a gap of each size.

    Parameters
    ----------
    gaps
        Classes of equal width with the number of organizations in each, points of 100; 0 is a border of classes.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).

    Returns
    -------
    matplotlib.axes.Axes
        x is the gap, y the number of organizations.

    Raises
    ------
    AnalysisError
        There are no organizations.
    """
    if not len(gaps.frame) or not gaps.frame["n"].sum():
        raise AnalysisError("There is nothing to draw: no organization has a gap.")
    with apply_theme() as theme:
        stage = ChartArea(ax, chart_texts(own))
        gutters = Gutters(3.0 * theme.small, 0.0, 4.6 * theme.small, 3.4 * theme.small)
        width = stage.width - gutters.left
        body = stage.body_height(width * _SHAPE + gutters.top + gutters.bottom)
        axes = stage.open(gutters, body=body)
        _set_axes(axes, gaps, (width, max(body - gutters.top - gutters.bottom, 1.0)), theme)
        for low, high, n in zip(gaps.frame["low"], gaps.frame["high"], gaps.frame["n"], strict=True):
            colour = theme.finding if high <= 1e-9 else theme.accent
            bar = Rectangle((low, 0), high - low, n, edgecolor=theme.paper, linewidth=0.8, zorder=2)
            bar.set_facecolor(blend(theme.paper, colour, 0.7))
            axes.add_artist(bar)
        classes = gaps.frame[gaps.frame["n"] > 0]
        texts = clauses("{low} to {high}: {n}", classes)
        spans = zip(classes["low"], classes["high"], strict=True)
        add_spots(
            axes, (Spot(span, (0, axes.get_ylim()[1]), text=t) for span, t in zip(spans, texts, strict=True))
        )
        _mark_middle(axes, gaps, width, theme)
        _name_sides(axes, gaps, theme)
    return axes


def _set_axes(axes: Axes, gaps: GapDistribution, size: tuple[float, float], theme: Theme) -> None:
    width, height = size
    step = float(gaps.frame["high"].iloc[0] - gaps.frame["low"].iloc[0])
    limits = (
        min(0.0, float(gaps.frame["low"].min())) - step / 2,
        max(0.0, float(gaps.frame["high"].max())) + step / 2,
    )
    axes.set_xlim(limits)
    ticks = round_ticks(limits, width=width, pitch=6 * theme.small)
    # A label that reaches over the left edge would meet the counts.
    scale = width / (limits[1] - limits[0])
    ticks = [t for t in ticks if (t - limits[0]) * scale >= text_width("−00", theme.small) / 2]
    value_axis(axes, ticks, tick_labels(ticks), top=False, grid=False)
    most = float(gaps.frame["n"].max())
    axes.set_ylim(0, most * 1.05)
    counts = [t for t in round_ticks((0.0, most), width=height, pitch=3.1 * theme.small) if t == round(t)]
    height_axis(axes, counts, tick_labels(counts))
    axes.axhline(0, color=theme.muted, linewidth=0.8, zorder=2.5)
    axes.axvline(0, color=theme.ink, linewidth=0.9, zorder=2.6)
    name = sentence("Number of {units}", units=unit_words(gaps.source).many)
    look = {"size": theme.small, "color": theme.muted, "bold": True}
    write_text(axes, name, (0, 1), (-3.0 * theme.small, 3.4 * theme.small), **look)  # type: ignore[arg-type]
    write_text(axes, translated("Gap, points of 100"), (0, 0), (0, -2.9 * theme.small), **look)  # type: ignore[arg-type]


def _mark_middle(axes: Axes, gaps: GapDistribution, width: float, theme: Theme) -> None:
    """Mark the median by a line and the middle half by a bracket above the bars."""
    axes.vlines([gaps.median], 0, 1, transform=axes.get_xaxis_transform(), color=theme.ink, linewidth=1.2,
                linestyle=(0, (3, 2)), zorder=3)  # fmt: skip
    axes.hlines([1.0], gaps.q1, gaps.q3, transform=axes.get_xaxis_transform(), color=theme.ink,
                linewidth=0.3 * theme.mark, clip_on=False, zorder=3)  # fmt: skip
    template = "Median {median}; middle half {q1} to {q3}" if theme.detail else "Median {median}"
    text = sentence(template, vars(gaps))
    low, high = axes.get_xlim()
    place = (gaps.median - low) / (high - low) * width
    needed = text_width(text, theme.small, bold=True)
    x = min(max(place - needed / 2, 0.0), max(width - needed, 0.0))
    write_text(axes, text, (0, 1), (x, 0.6 * theme.small), size=theme.small, color=theme.ink, bold=True)


def _name_sides(axes: Axes, gaps: GapDistribution, theme: Theme) -> None:
    """Write above the plot how many organizations do more than they say, where any do."""
    if not theme.detail:
        return
    text = sentence(
        "Do above Say: {share_negative:%}" if gaps.share_negative else "Do above Say: none", vars(gaps)
    )
    colour = theme.finding if gaps.share_negative else theme.muted
    write_text(axes, text, (0, 1), (0, 2.0 * theme.small), size=theme.small, color=colour, bold=True)
