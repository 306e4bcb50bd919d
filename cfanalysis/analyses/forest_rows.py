"""Estimates of several analyses side by side, as a forest chart draws them.

Rows of one unit share an axis; rows of another unit get one of their own. `strong` marks the rows to look at first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cfanalysis.analyses.claim_parts import ClaimParts, PartScope
from cfanalysis.analyses.units import HUNDRED
from cfanalysis.core.language import message
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test.criterion_mode import scale_estimate
from cfanalysis.survey.survey_data import Source

if TYPE_CHECKING:  # they import models that no report of a client needs
    from cfanalysis.analyses.measurement_quality import MeasurementQuality
    from cfanalysis.analyses.robustness import Robustness, RobustnessRow

HEADINGS: dict[PartScope, str] = {
    "overall": message("The whole"),
    "dimension": message("By dimension"),
    "practice": message("Say against each practice"),
    "pair": message("By pair"),
    "item": message("Item against the other facet"),
}
_KINDS = {
    "facet": message("Facets"),
    "performance": message("Performance"),
    "dimension": message("Dimensions"),
    "facet in dimension": message("Facets in dimensions"),
}
FOREST_COLUMNS = ["group", "label", "estimate", "low", "high", "unit", "n", "strong"]
_UNITS = {"points": message("points"), "percent": message("percent of the range")}


@dataclass(frozen=True)
class ForestRows:
    """Estimates side by side.

    Parameters
    ----------
    frame
        One row per estimate, in order: ``group`` (heading), ``label, estimate, low, high`` (NaN without
        interval), ``unit, n, strong``.
    measure
        What is estimated, in words; above 0 is what the claim says.
    criterion
        What quartiles were cut on.
    n
        Organizations, where all rows have as many; else the most.
    source
        Where the data come from.
    signed
        Whether estimates can lie below 0, so that the others have a plus sign.
    wave
        ``"first"`` or ``"latest"`` wave of each organization; None where each row says.
    """

    frame: pd.DataFrame
    measure: str
    criterion: str
    n: int
    source: Source
    signed: bool = True
    wave: WhichWave | None = None


def parts_forest(
    parts: ClaimParts,
    *,
    scopes: tuple[PartScope, ...] = ("overall", "dimension", "practice"),
    per_hundred: bool = False,
) -> ForestRows:
    """Return the parts of some scopes for a forest chart; the whole is strong.

    Parameters
    ----------
    parts
        The claim part by part.
    scopes
        Which, in order.
    per_hundred
        Whether points are those of 100, as the public sees them.
    """
    factor, unit = (100 / parts.length, HUNDRED) if per_hundred else (1.0, _UNITS[parts.unit])
    shown = [(row, scale_estimate(row.delta, factor)) for scope in scopes for row in parts.of(scope)]
    table = [
        (
            HEADINGS[row.scope], row.title, delta.estimate, *delta.ends, unit, row.n,
            row.scope == "overall" and parts.is_tested,
        )
        for row, delta in shown
    ]  # fmt: skip
    frame = pd.DataFrame(table, columns=FOREST_COLUMNS)
    return ForestRows(frame, "Rest minus top", parts.criterion, parts.n, parts.source, wave=parts.wave)


def robustness_forest(robustness: Robustness, *, telling: bool = True) -> ForestRows:
    """Return analyses of the contrast for a forest chart: the verdict's own first, and strong.

    Parameters
    ----------
    robustness
        The robustness table.
    telling
        Whether only the eight most telling rows stand beside the verdict's own.
    """
    own = robustness.own
    others = [row for row in robustness.rows if row not in own]
    rows = [*own, *(row for row in others if not telling or row in robustness.telling)]
    rows = [row for row in rows if row.unit != "correlation"]  # how much it would take, not a contrast
    unit = rows[0].unit if rows else ""
    table = [_analysis(row, own) for row in rows if row.unit == unit]
    table += [_analysis(row, own) for row in rows if row.unit != unit]
    frame = pd.DataFrame(table, columns=FOREST_COLUMNS)
    r = robustness
    return ForestRows(frame, "Rest minus top", r.criterion, r.n, r.source, wave=r.wave)


def _analysis(row: RobustnessRow, own: tuple[RobustnessRow, ...]) -> tuple[object, ...]:
    unit_of_verdict = row.unit in ("points", "percent of the range")
    heading = row.group if unit_of_verdict else row.unit[:1].upper() + row.unit[1:]
    return (
        heading, row.label, row.estimate, *row.as_estimate.ends, row.unit, row.n, row in own,
    )  # fmt: skip


def reliability_forest(quality: MeasurementQuality, *, usual: float = 0.7) -> ForestRows | None:
    """Return the scales' alphas for a forest chart, strong where the whole interval lies above what is usual.

    None where no alpha could be computed.

    Parameters
    ----------
    quality
        The reliability of the scales.
    usual
        The alpha (0-1) that is usually asked for.
    """
    rows = [
        (
            _KINDS[scale.kind], scale.shown_title, scale.alpha.raw, scale.alpha.low, scale.alpha.high, message("alpha"),
            scale.alpha.n,
            scale.alpha.low >= usual,
        )
        for scale in quality.scales
        if scale.alpha is not None
    ]  # fmt: skip
    if not rows:
        return None
    frame = pd.DataFrame(rows, columns=FOREST_COLUMNS)
    return ForestRows(frame, "Alpha", "", int(frame["n"].max()), quality.source, signed=False)
