"""Outcomes side by side, as a forest chart draws them: dose and response, and which dimension goes with which.

Outcomes have units of their own, so each is drawn to its own scale around a common zero: the mean of all
organizations for the doses, no share of the variance for the importance.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cfanalysis.analyses.forest_rows import FOREST_COLUMNS, ForestRows
from cfanalysis.analyses.outcome_relations import OutcomeRelations
from cfanalysis.analyses.units import quartile_name
from cfanalysis.core.language import message
from cfanalysis.core.templates import sentence

_SHARE = message("percent of the variance")


def dose_forest(found: Sequence[OutcomeRelations]) -> ForestRows | None:
    """Return each outcome's mean in the quartiles of Do, as its difference from the mean of all organizations.

    The interval is that of the quartile's mean. A row is strong where it lies on one side of the mean of all. None
    where no outcome has quartiles.
    """
    rows: list[tuple[object, ...]] = []
    for relation in found:
        mean = float(relation.organizations["outcome"].mean())
        for dose in relation.doses.to_dict(orient="records"):
            value, low, high = (float(dose[name]) - mean for name in ("value", "low", "high"))
            label, unit, n = (
                sentence(
                    "{quartile} of Do (n = {n})",
                    quartile=quartile_name(dose["quartile"]),
                    n=str(int(dose["n"])),
                ),
                relation.outcome,
                int(dose["n"]),
            )
            rows.append((relation.outcome, label, value, low, high, unit, n, low > 0 or high < 0))
    return _forest(rows, found, "Difference from the mean of all organizations")


def importance_forest(found: Sequence[OutcomeRelations]) -> ForestRows | None:
    """Return the share of each outcome's variance that goes with each dimension's Do, in per cent (LMG).

    A row is strong where it is the largest of its outcome. None where no outcome has enough organizations.
    """
    rows: list[tuple[object, ...]] = []
    for relation in found:
        largest = relation.importance["lmg"].max() if len(relation.importance) else None
        for part in relation.importance.to_dict(orient="records"):
            bounds = tuple(100 * float(part[name]) for name in ("lmg", "low", "high"))
            rows.append(
                (relation.outcome, str(part["title"]), *bounds, _SHARE, relation.n, part["lmg"] == largest)
            )
    return _forest(rows, found, "Share of the variance of an outcome", signed=False)


def _forest(
    rows: list[tuple[object, ...]], found: Sequence[OutcomeRelations], measure: str, *, signed: bool = True
) -> ForestRows | None:
    if not rows:
        return None
    n = max(relation.n for relation in found)
    return ForestRows(pd.DataFrame(rows, columns=FOREST_COLUMNS), measure, "Do", n, found[0].source, signed)
