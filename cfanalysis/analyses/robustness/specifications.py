"""All reasonable specifications of the raw contrast at once.

An analyst looking for a wider gap can choose the criterion, the wave, the cut and the weights. Each combination gives
one estimate, all in the same unit; the curve shows how far the answer depends on the choices (Simonsohn, Simmons and
Nelson 2020, Nature Human Behaviour 4). Specifications that cut on the overall score are among them because they are
what is usually published, and are marked: they cannot test the claim. None of them removes the ceiling.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product

import pandas as pd

from cfanalysis.analyses.claim_data import CriterionKind
from cfanalysis.analyses.robustness.continuous import slope_contrast
from cfanalysis.analyses.robustness.cuts import respondents_of, rest_minus_top
from cfanalysis.analyses.robustness.robustness_input import RobustnessInput
from cfanalysis.analyses.units import HUNDRED
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.effects import Estimate

CRITERIA: tuple[CriterionKind, ...] = (
    message("outcome"), message("other respondents"), message("same respondents"), message("overall score"),
)  # fmt: skip
_CUTS = ("67%", "70%", "75%", "80%", message("top against bottom quarter"), message("no cut (slope)"))
WAVES: tuple[WhichWave, ...] = message("first"), message("latest")
WEIGHTS = message("organizations"), message("respondents")
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
    length
        Length of the scale in this unit.
    """

    frame: pd.DataFrame
    options: dict[str, tuple[str, ...]]
    unit: str
    length: float

    def per_hundred(self) -> SpecificationCurve:
        """Return the same in points of 100."""
        shown = self.frame[["estimate", "low", "high"]] * 100 / self.length
        return replace(self, frame=self.frame.assign(**shown), unit=HUNDRED, length=100.0)

    @property
    def honest(self) -> pd.DataFrame:
        """The specifications whose criterion holds no item of the gap."""
        return self.frame[~self.frame["circular"]]


def specification_estimates(material: RobustnessInput) -> SpecificationCurve:
    """Return the contrast in every combination of criterion, wave, cut and weights that the data allow."""
    waves: tuple[WhichWave, ...] = WAVES if len(material.survey.source.waves) > 1 else (material.wave,)
    rows = []
    for kind, wave in product(CRITERIA, waves):
        try:
            evidence = material.other(kind, wave)
        except AnalysisError:
            continue
        for cut, (name, w) in product(_CUTS, _weights(material, evidence, kind, wave).items()):
            with suppress(AnalysisError):
                one = _contrast(material, evidence, cut, w)
                rows.append(
                    (kind, cut, wave, name, one.estimate, *one.ends, evidence.n, kind == "overall score")
                )
    columns = ["criterion", "cut", "wave", "weights", "estimate", "low", "high", "n", "circular"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.sort_values("estimate", kind="stable", ignore_index=True)
    orders = {"criterion": CRITERIA, "cut": _CUTS, "wave": WAVES, "weights": WEIGHTS}
    options = {name: tuple(o for o in orders[name] if (frame[name] == o).any()) for name in _CHOICES}
    return SpecificationCurve(
        frame, options, "points" if material.evidence.one_grid else "percent", material.evidence.length
    )


def _weights(
    material: RobustnessInput, evidence: Evidence, kind: CriterionKind, wave: WhichWave
) -> dict[str, Floats | None]:
    """Return the weights by name; those of respondents only where they differ and are known."""
    weights: dict[str, Floats | None] = {"organizations": None}
    with suppress(AnalysisError):
        weights["respondents"] = respondents_of(material, kind=kind, wave=wave)
    return weights


def _contrast(material: RobustnessInput, evidence: Evidence, cut: str, weights: Floats | None) -> Estimate:
    """Return rest minus top with its interval: of the verdict's bootstrap, or without a cut of the line (HC3)."""
    if cut == _CUTS[-1]:
        return slope_contrast(evidence, weights)
    if cut == _CUTS[-2]:
        return rest_minus_top(material, evidence, rest=0.25, weights=weights).estimate
    share = float(cut.rstrip("%")) / 100
    return rest_minus_top(material, evidence, top=share, rest=share, weights=weights).estimate
