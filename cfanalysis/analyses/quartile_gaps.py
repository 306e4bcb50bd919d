"""Is the Say-Do gap wider below the top quartile? The verdict's contrast, and the gap in each quartile.

Everything comes from the verdict's own organizations, criterion and bootstrap: standardized for who answered where that
is known, means over the halvings where other respondents give the criterion.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from cfanalysis.analyses.claim import CLAIM_REPETITIONS, verdict_on
from cfanalysis.analyses.claim_data import CLAIM_SEED, claim_data
from cfanalysis.analyses.ranked_gaps import scale_range
from cfanalysis.analyses.units import HUNDRED
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test import Verdict
from cfanalysis.statistics.claim_test.contrast import organization_gaps, quartile_contrast_on_evidence
from cfanalysis.statistics.claim_test.criterion_mode import scale_estimate
from cfanalysis.statistics.effects import Estimate
from cfanalysis.survey.survey_data import Source, Survey


@dataclass(frozen=True)
class QuartileGaps:
    """The gap in each quartile of the criterion, and rest against top.

    Parameters
    ----------
    frame
        One row per quartile, top first: ``quartile, n, say, do, gap, low, high`` (in `unit`; 95 % percentile interval
        of the organization bootstrap that re-ranks and re-cuts).
    organizations
        ``organization, criterion, quartile, gap``, lowest criterion first; means over the halvings.
    delta, delta_say, delta_do
        Mean gap of the rest minus that of the top quartile, and the top quartile's lead in Say and in Do: the
        verdict's own.
    unit
        ``points`` of the scale, ``percent`` of each item's range, or `cfanalysis.analyses.units.HUNDRED`.
    criterion
        Title of the criterion.
    length
        Length of the scale in this unit.
    scale
        Lowest and highest point of the scale.
    n
        Organizations in all.
    verdict
        The verdict on the claim, in the unit of the verdict.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    source
        Where the data come from.
    """

    frame: pd.DataFrame
    organizations: pd.DataFrame
    delta: Estimate
    delta_say: Estimate
    delta_do: Estimate
    unit: str
    criterion: str
    length: float
    scale: tuple[int, int]
    n: int
    verdict: Verdict
    wave: WhichWave
    source: Source

    @property
    def composite(self) -> bool:
        """Whether the criterion is the overall score, made of the gap's own items: this describes only."""
        return self.verdict.mode == "composite"

    def per_hundred(self) -> QuartileGaps:
        """Return the same on 0 to 100."""
        factor, frame = 100 / self.length, self.frame.copy()
        frame[["gap", "low", "high"]] = frame[["gap", "low", "high"]].astype(float) * factor
        lowest = self.scale[0] if self.unit == "points" else 0
        frame[["say", "do"]] = (frame[["say", "do"]] - lowest) * factor
        say, do, delta = (scale_estimate(e, factor) for e in (self.delta_say, self.delta_do, self.delta))
        return replace(
            self,
            frame=frame,
            organizations=self.organizations.assign(gap=self.organizations["gap"] * factor),
            delta=delta,
            delta_say=say,
            delta_do=do,
            unit=HUNDRED,
            length=100.0,
            scale=(0, 100),
        )


def quartile_gaps(
    survey: Survey,
    *,
    wave: WhichWave = "latest",
    repetitions: int = CLAIM_REPETITIONS,
    seed: int = CLAIM_SEED,
) -> QuartileGaps:
    """Return the gap in each quartile of the verdict's criterion.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.
    repetitions, seed
        Of the bootstrap.

    Raises
    ------
    AnalysisError
        No gap in the instrument, fewer than four organizations, or all tied.
    """
    data = claim_data(survey, wave=wave, seed=seed)
    evidence = data.evidence
    if (repetitions, seed) not in data.contrasts:
        data.contrasts[repetitions, seed] = quartile_contrast_on_evidence(
            evidence, repetitions=repetitions, seed=seed
        )
    found = data.contrasts[repetitions, seed]
    each = organization_gaps(evidence)
    names = [data.organizations[i] for i in evidence.kept]
    of_each = {"criterion": each.criterion, "quartile": each.quartile, "gap": each.gap}
    organizations = pd.DataFrame({"organization": names, **of_each})
    frame, scale = pd.DataFrame([vars(q) for q in found.quartiles]), scale_range(survey)
    if evidence.one_grid:  # the evidence counts steps above the lowest answer
        frame[["say", "do"]] += scale[0]
    verdict = verdict_on(data, repetitions=repetitions, seed=seed)
    return QuartileGaps(
        frame=frame,
        organizations=organizations.sort_values(["criterion", "gap", "organization"], ignore_index=True),
        delta=verdict.delta,
        delta_say=verdict.delta_say,
        delta_do=verdict.delta_do,
        unit=verdict.unit,
        criterion=data.title,
        length=evidence.length,
        scale=scale,
        n=verdict.n,
        verdict=verdict,
        wave=wave,
        source=survey.source,
    )
