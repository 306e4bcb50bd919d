"""Captions of all charts: the finding as title, the measure as subtitle, alternative text and description.

Each is written from the numbers of the result. `CAPTIONS` has the one that each chart has unless a page gives
another: those of a client's report speak to the client (`client_captions`), those of estimates side by side say what
is compared (`forest_captions`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cfanalysis.charts.captions.caption import Caption, Statistics

__all__ = ["CAPTIONS", "Caption", "Statistics"]

CAPTIONS: dict[Callable[..., Any], Callable[[Any], Caption]] = {}
"""How the caption of each chart is written; `cfanalysis.charts.captioned_chart.captioned` enters it."""
