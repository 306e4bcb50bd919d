"""All reasonable specifications of the raw contrast at once.

An analyst looking for a wider gap can choose the criterion, the wave, the cut and the weights. Each combination gives
one estimate, all in the same unit; the curve shows how far the answer depends on the choices (Simonsohn, Simmons and
Nelson 2020, Nature Human Behaviour 4). Specifications that cut on the overall score are among them because they are
what is usually published, and are marked: they cannot test the claim. None of them removes the ceiling.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from cfanalysis.analyses.claim_data import CriterionKind
from cfanalysis.analyses.robustness.continuous import hc3_fit
from cfanalysis.analyses.robustness.cuts import respondents_of
from cfanalysis.analyses.robustness.robustness_input import RobustnessInput, distance, mean_over_halvings
from cfanalysis.core.errors import AnalysisError
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.quartiles import in_top

CRITERIA: tuple[CriterionKind, ...] = ("outcome", "other respondents", "same respondents", "overall score")
_CUTS = ("67%", "70%", "75%", "80%", "top against bottom quarter", "no cut (slope)")
WEIGHTS = ("organizations", "respondents")
_CHOICES = ("criterion", "cut", "wave", "weights")


@dataclass(frozen=True)
class SpecificationCurve:
    """The estimates of all specifications, smallest first.

    Parameters
    ----------
    frame
        One row per specification: ``criterion, cut, wave, weights, estimate, low, high`` (rest minus top, in
        `unit`), ``n, circular`` (True where quartiles are cut on the gap's own items).
    options
        The options of each choice that occur, in order.
    unit
        ``points`` or ``percent``.
    """

    frame: pd.DataFrame
    options: dict[str, tuple[str, ...]]
    unit: str

    @property
    def honest(self) -> pd.DataFrame:
        """The specifications whose criterion holds no item of the gap."""
        return self.frame[~self.frame["circular"]]


def specification_estimates(material: RobustnessInput) -> SpecificationCurve:
    """Return the contrast in every combination of criterion, wave, cut and weights that the data allow."""
    waves: tuple[WhichWave, ...] = (
        ("first", "latest") if len(material.survey.source.waves) > 1 else ("first",)
    )
    rows = []
    for kind, wave in product(CRITERIA, waves):
        try:
            evidence = material.other(kind, wave)
        except AnalysisError:
            continue
        weights = _weights(material, evidence, kind, wave)
        rows += [
            (kind, cut, wave, name, *_contrast(evidence, cut, w), evidence.n, kind == "overall score")
            for cut, (name, w) in product(_CUTS, weights.items())
        ]
    columns = ["criterion", "cut", "wave", "weights", "estimate", "low", "high", "n", "circular"]
    frame = pd.DataFrame(rows, columns=columns).dropna(subset=["estimate"])
    frame = frame.sort_values("estimate", kind="stable", ignore_index=True)
    orders = {"criterion": CRITERIA, "cut": _CUTS, "wave": ("first", "latest"), "weights": WEIGHTS}
    options = {name: tuple(o for o in orders[name] if (frame[name] == o).any()) for name in _CHOICES}
    return SpecificationCurve(frame, options, "points" if material.evidence.one_grid else "percent")


def _weights(
    material: RobustnessInput, evidence: Evidence, kind: CriterionKind, wave: WhichWave
) -> dict[str, Floats]:
    """Return the weights by name; those of respondents only where they differ and are known."""
    weights = {"organizations": np.ones(evidence.n)}
    with suppress(AnalysisError):
        weights["respondents"] = respondents_of(material, kind=kind, wave=wave)
    return weights


def _contrast(evidence: Evidence, cut: str, weights: Floats) -> tuple[float, float, float]:
    """Return rest minus top with its interval (HC3), the mean over halvings; NaN where a group is empty."""
    found = []
    for h in evidence.halvings:
        try:
            x, chosen, factor = _predictor(h.criterion, h.scores, cut, distance(h.scores, h.top))
            design = np.column_stack([np.ones_like(x), x])[chosen]
            fit = hc3_fit((h.say - h.do)[chosen], design, weights[h.members][chosen])
        except AnalysisError:
            return float("nan"), float("nan"), float("nan")
        found.append((float(fit.params[1]) * factor, float(fit.bse[1]) * abs(factor)))
    try:
        one = mean_over_halvings(found, df=max(evidence.n - 2, 1), p=False)
    except AnalysisError:
        return float("nan"), float("nan"), float("nan")
    return one.estimate, float(one.low or 0.0), float(one.high or 0.0)


def _predictor(
    criterion: Floats, z: Floats, cut: str, apart: float
) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.bool_]], float]:
    """Return what the gap is regressed on, on which organizations, and by what the slope is multiplied."""
    everybody = np.ones(z.size, dtype=bool)
    if cut == _CUTS[-1]:
        return z, everybody, -apart
    if cut == _CUTS[-2]:
        top, bottom = in_top(criterion), ~in_top(criterion, share=0.25)
        return bottom.astype(float), np.asarray(top | bottom), 1.0
    rest = ~in_top(criterion, share=float(cut.rstrip("%")) / 100)
    return rest.astype(float), everybody, 1.0
