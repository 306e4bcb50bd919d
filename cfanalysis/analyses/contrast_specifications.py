"""All specifications of the raw contrast, for the one chart that needs nothing else of the robustness table."""

from __future__ import annotations

from dataclasses import dataclass

from cfanalysis.analyses.claim import CLAIM_REPETITIONS
from cfanalysis.analyses.claim_data import CLAIM_SEED, claim_data
from cfanalysis.analyses.robustness import SpecificationCurve
from cfanalysis.analyses.robustness.robustness_input import RobustnessInput
from cfanalysis.analyses.robustness.specifications import specification_estimates
from cfanalysis.scoring.means import WhichWave
from cfanalysis.survey.survey_data import Source, Survey


@dataclass(frozen=True)
class ContrastSpecifications:
    """The curve of all specifications.

    Parameters
    ----------
    specifications
        As in `cfanalysis.analyses.robustness.Robustness`, in points of 100.
    criterion
        The verdict's criterion, in words.
    n
        Organizations of the verdict.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    source
        Where the data come from.
    """

    specifications: SpecificationCurve
    criterion: str
    n: int
    wave: WhichWave
    source: Source


def contrast_specifications(survey: Survey, *, wave: WhichWave = "latest") -> ContrastSpecifications:
    """Return the raw contrast in every combination of criterion, wave, cut and weights that the data allow.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        As for `cfanalysis.analyses.claim.claim_verdict`.
    """
    data = claim_data(survey, wave=wave, seed=CLAIM_SEED)
    evidence = data.evidence
    material = RobustnessInput(survey, data, evidence, wave, CLAIM_REPETITIONS, CLAIM_SEED)
    curve = specification_estimates(material).per_hundred()
    return ContrastSpecifications(curve, data.label, evidence.n, wave, survey.source)
