"""The settings of matplotlib that all charts start from."""

from __future__ import annotations

from typing import Any

TICKS: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.grid": False,
    "axes.spines.bottom": True,
    "axes.spines.left": True,
    "axes.spines.right": True,
    "axes.spines.top": True,
    "grid.color": ".8",
    "grid.linestyle": "-",
    "lines.solid_capstyle": "round",
    "patch.edgecolor": "w",
    "patch.force_edgecolor": True,
    "xtick.bottom": True,
    "xtick.direction": "out",
    "xtick.top": False,
    "ytick.direction": "out",
    "ytick.left": True,
    "ytick.right": False,
}
"""Seaborn's style ``ticks``, as far as no theme replaces it: importing seaborn takes longer than drawing a chart."""
