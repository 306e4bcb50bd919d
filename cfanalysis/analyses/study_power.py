"""What a study of this size could find: the power of the verdict, by simulation."""

from __future__ import annotations

from dataclasses import dataclass

from cfanalysis.analyses.claim_data import CLAIM_SEED, claim_data, typical_respondents
from cfanalysis.core.errors import AnalysisError
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test.simulation import Power, simulated_power
from cfanalysis.survey.survey_data import Source, Survey

EFFECT = 0.5
_SIMULATIONS = 100
_MAX_RESPONDENTS = 50
"""With this many respondents an organization's mean is as good as known; more only take time to simulate."""


@dataclass(frozen=True)
class StudyPower:
    """The power of a study of a survey's size.

    Parameters
    ----------
    power
        What the simulation says (`cfanalysis.statistics.claim_test.simulation.Power`).
    n, respondents, items
        Organizations, respondents of each (harmonic mean) and items of the gap, as simulated.
    capped
        Whether organizations have more respondents than are simulated, so that their number is not the survey's.
    effect
        The effect that was looked for, standard deviations of the gap.
    source
        Where the sizes come from.
    """

    power: Power
    n: int
    respondents: int
    items: int
    capped: bool
    effect: float
    source: Source


def study_power(
    survey: Survey,
    *,
    effect: float = EFFECT,
    wave: WhichWave = "latest",
    simulations: int = _SIMULATIONS,
    seed: int = 1,
) -> StudyPower:
    """Return the probability that a study of this survey's size supports a true claim.

    Parameters
    ----------
    survey
        Its organizations, respondents and items are counted; its answers are not looked at, as power for the effect
        that was observed says nothing beyond its p value (Hoenig and Heisey 2001, The American Statistician 55).
    effect
        Difference of the gap between rest and top quartile, in standard deviations of the gap.
    wave
        Whether each organization's first or latest wave counts.
    simulations, seed
        Of the simulation.

    Raises
    ------
    AnalysisError
        Fewer than 40 organizations, no criterion apart from the gap's items, or no gap.
    """
    data = claim_data(survey, wave=wave, seed=CLAIM_SEED)
    if data.criterion is None:
        raise AnalysisError(
            "Without a criterion apart from the gap's own items no study of any size can test the claim."
        )
    n, typical = data.evidence.n, max(1, round(typical_respondents(data)))
    respondents, items = min(_MAX_RESPONDENTS, typical), max(2, len(data.items))
    found = simulated_power(n, respondents, items, effect, simulations=simulations, seed=seed)
    capped = typical > _MAX_RESPONDENTS
    return StudyPower(found, n, respondents, items, capped, effect, survey.source)
