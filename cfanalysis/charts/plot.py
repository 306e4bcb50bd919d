"""What charts write and draw on a plot: lines of text at exact places, tick labels, hairlines.

Offsets are points and hang on the plot, so that everything stays in place wherever the Axes stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Affine2D, ScaledTranslation, Transform

from cfanalysis.theme.style import current_theme


def write_text(
    axes: Axes,
    text: str,
    corner: tuple[float, float],
    offset: tuple[float, float] = (0.0, 0.0),
    *,
    size: float | None = None,
    color: str | None = None,
    bold: bool = False,
    coords: Any = "axes fraction",
    **options: Any,
) -> Annotation:
    """Write one line of text at a place of the plot plus an offset in points.

    Parameters
    ----------
    axes
        Where to write; the text may lie outside of the plot.
    text
        One line.
    corner
        The place in `coords`, by default fractions of the plot.
    offset
        Points to the right and up from that place.
    size, color, bold
        By default the theme's label in ink.
    coords
        matplotlib's coordinates of `corner`.
    **options
        Further properties of the text, e.g. ``ha`` and ``va`` (by default left and baseline).
    """
    theme = current_theme()
    return axes.annotate(
        text,
        xy=corner,
        xycoords=coords,
        xytext=offset,
        textcoords="offset points",
        annotation_clip=False,
        fontsize=size or theme.label,
        color=color or theme.ink,
        fontfamily=theme.families(bold=bold),
        fontweight=theme.bold if bold else "normal",
        **{"ha": "left", "va": "baseline", **options},
    )


def points_from(axes: Axes, corner: tuple[float, float]) -> Transform:
    """Return the transform from points right of and above a corner of the plot (in its fractions).

    Parameters
    ----------
    axes
        The plot.
    corner
        Its corner in fractions of the plot: (0, 1) is the upper left.
    """
    move: Any = axes.transAxes
    return Affine2D().scale(1 / 72) + figure_of(axes).dpi_scale_trans + ScaledTranslation(*corner, move)


def figure_of(axes: Axes) -> Figure:
    """Return the figure that an Axes stands in, through all subfigures."""
    figure = axes.get_figure(root=True)
    if figure is None:
        raise TypeError("the Axes has no figure")
    return figure


def clear_axes(axes: Axes) -> None:
    """Take box, ticks and labels off a plot: what a chart shows, it adds."""
    axes.set_facecolor(current_theme().ground)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xlabel("")
    axes.set_ylabel("")
    axes.tick_params(which="both", length=0)
    axes.grid(visible=False)
    axes.set_axisbelow(True)


def set_label_fonts(labels: Iterable[Text]) -> None:
    """Set the theme's font on tick labels, which an Axes may have had before the theme was applied."""
    theme = current_theme()
    for label in labels:
        label.set_fontfamily(theme.families(bold=False))
        label.set_parse_math(False)


def value_axis(
    axes: Axes, positions: list[float], labels: list[str], *, top: bool, grid: bool = True
) -> None:
    """Show a horizontal value axis: small muted numbers and vertical hairlines.

    Parameters
    ----------
    axes
        The plot; its limits stay as they are.
    positions, labels
        Where the hairlines stand, and what is written at them.
    top
        Whether the numbers stand above the plot.
    grid
        Whether hairlines cross the whole plot.
    """
    theme = current_theme()
    limits = axes.get_xlim()
    axes.set_xticks(positions, labels)
    axes.set_xlim(limits)
    if top:
        axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0, pad=3, labelsize=theme.small, labelcolor=theme.muted)
    set_label_fonts(axes.get_xticklabels())
    if grid:
        axes.grid(visible=True, axis="x", color=theme.rule, linewidth=0.6)


def height_axis(axes: Axes, positions: list[float], labels: list[str]) -> None:
    """Show a vertical value axis: small muted numbers and horizontal hairlines.

    Parameters
    ----------
    axes
        The plot; its limits stay as they are.
    positions, labels
        Where the hairlines stand, and what is written at them.
    """
    theme = current_theme()
    limits = axes.get_ylim()
    axes.set_yticks(positions, labels)
    axes.set_ylim(limits)
    axes.tick_params(axis="y", length=0, pad=4, labelsize=theme.small, labelcolor=theme.muted)
    set_label_fonts(axes.get_yticklabels())
    axes.grid(visible=True, axis="y", color=theme.rule, linewidth=0.6)


def size_in_points(ax: Axes) -> tuple[float, float]:
    """Return width and height of the (sub)figure that an Axes stands in, points."""
    part = ax.get_figure(root=False) or figure_of(ax)
    scale = 72 / figure_of(ax).dpi
    return part.bbox.width * scale, part.bbox.height * scale
