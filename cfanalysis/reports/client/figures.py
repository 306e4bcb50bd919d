"""A chart of a result as a block, with the words that stand for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cfanalysis.charts.rendering import exhibit
from cfanalysis.core.blocks import Figure


def shown(
    chart: Callable[..., Any], result: Any, *, alt: str, title: str, subtitle: str, **options: Any
) -> Figure:
    """Return a chart of a result.

    Parameters
    ----------
    chart
        A function of `cfanalysis.charts`.
    result
        What it draws.
    alt
        The alternative text, with the numbers.
    title, subtitle
        The finding; measure, unit and n.
    **options
        What else the chart takes.
    """
    return exhibit(chart, result, alt=alt, title=title, subtitle=subtitle, **options)
