"""The claim under test: the Say-Do gap is wider below the top quartile of performance."""

from __future__ import annotations

from cfanalysis.analyses.claim_data import ClaimData, CriterionKind, claim_data
from cfanalysis.errors import AnalysisError
from cfanalysis.scoring import WhichWave
from cfanalysis.survey import Survey
from cfanalysis.verdict import Verdict, composite_verdict, criterion_verdict

SEED = 2026
REPETITIONS = 5000


def claim_verdict(
    survey: Survey,
    *,
    wave: WhichWave = "first",
    kind: CriterionKind | None = None,
    repetitions: int = REPETITIONS,
    seed: int = SEED,
) -> Verdict:
    """Return the verdict on the claim, on the best criterion that the survey has.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Each organization's first wave counts; ``"latest"`` for sensitivity.
    kind
        Take this criterion instead of the best one.
    repetitions, seed
        Of the bootstrap; the seed is also that of the halvings.

    Raises
    ------
    AnalysisError
        The instrument has no gap, or the data do not allow a contrast.
    """
    if not survey.instrument.gap_dimensions:
        raise AnalysisError(
            f"The instrument {survey.instrument.id!r} has no gap: no dimension holds both Say and Do items.",
            next_step="Use it for data quality and measurement.",
        )
    data = claim_data(survey, wave=wave, kind=kind, seed=seed)
    return verdict_on(data, repetitions=repetitions, seed=seed)


def verdict_on(data: ClaimData, *, repetitions: int = REPETITIONS, seed: int = SEED) -> Verdict:
    """Return the verdict on some data: the whole, a dimension, a pair."""
    if data.criterion is None:
        return composite_verdict(
            data.cumulative,
            data.facets,
            respondents=data.respondents,
            same_grid=data.same_grid,
            label=data.label,
            repetitions=repetitions,
            seed=seed,
        )
    return criterion_verdict(
        data.cumulative,
        data.criterion,
        data.facets,
        same_grid=data.same_grid,
        label=data.label,
        repetitions=repetitions,
        seed=seed,
    )
