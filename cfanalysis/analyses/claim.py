"""The claim under test: the Say-Do gap is wider below the top quartile of performance."""

from __future__ import annotations

from dataclasses import replace

from cfanalysis.analyses.claim_data import (
    CLAIM_SEED,
    ClaimData,
    CriterionKind,
    claim_data,
    typical_respondents,
)
from cfanalysis.core.language import message
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test import Verdict, composite_verdict
from cfanalysis.statistics.claim_test.criterion_mode import verdict_on_evidence
from cfanalysis.survey.survey_data import Survey

SAME_PEOPLE = message(
    "Criterion and gap come from the same respondents: what makes a person rate everything better makes both "
    "better (common method bias)."
)
"""The note on a verdict whose criterion was answered by those who answered the gap's items."""

CLAIM_REPETITIONS = 5000


def claim_verdict(
    survey: Survey,
    *,
    wave: WhichWave = "latest",
    kind: CriterionKind | None = None,
    repetitions: int = CLAIM_REPETITIONS,
    seed: int = CLAIM_SEED,
) -> Verdict:
    """Return the verdict on the claim, on the best criterion that the survey has.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Each organization's latest wave counts; ``"first"`` for sensitivity.
    kind
        Take this criterion instead of the best one.
    repetitions, seed
        Of the bootstrap; the seed is also that of the halvings.

    Raises
    ------
    AnalysisError
        The instrument has no gap, the survey lacks that criterion, or the data do not allow a contrast.
    """
    data = claim_data(survey, wave=wave, kind=kind, seed=seed)
    return verdict_on(data, repetitions=repetitions, seed=seed)


def verdict_on(data: ClaimData, *, repetitions: int = CLAIM_REPETITIONS, seed: int = CLAIM_SEED) -> Verdict:
    """Return the verdict on some data: the whole, a dimension, a pair; reached once.

    Parameters
    ----------
    data
        The arrays of the test; they keep it.
    repetitions, seed
        Of the resamples.
    """
    if (repetitions, seed) not in data.verdicts:
        data.verdicts[repetitions, seed] = _verdict(data, repetitions=repetitions, seed=seed)
    return data.verdicts[repetitions, seed]


def _verdict(data: ClaimData, *, repetitions: int, seed: int) -> Verdict:
    if data.criterion is None:
        verdict = composite_verdict(
            data.above,
            data.facets,
            respondents=typical_respondents(data),
            same_grid=data.same_grid,
            label=data.label,
            groups=None if data.parents is None else data.parents.names,
            repetitions=repetitions,
            seed=seed,
        )
    else:
        found = data.contrasts.get((repetitions, seed))
        verdict = verdict_on_evidence(
            data.evidence, label=data.label, repetitions=repetitions, seed=seed, found=found
        )
    if data.parents is not None:
        verdict = replace(verdict, grouped_by=data.parents.title)
    if data.kind != "same respondents":
        return verdict
    return replace(verdict, notes=(*verdict.notes, SAME_PEOPLE))
