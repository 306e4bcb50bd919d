"""Every specification of the raw contrast, without the rest of the robustness table: what one chart needs."""

from __future__ import annotations

from dataclasses import dataclass

from cfanalysis.analyses.claim import SEED
from cfanalysis.analyses.claim_data import claim_data, claim_evidence
from cfanalysis.analyses.robustness import SpecificationCurve
from cfanalysis.analyses.robustness.material import Material
from cfanalysis.analyses.robustness.specifications import specification_curve
from cfanalysis.scoring.means import WhichWave
from cfanalysis.survey.survey import Source, Survey

_REPETITIONS = 200  # of the bootstrap, which no specification uses


@dataclass(frozen=True)
class ContrastSpecifications:
    """The curve of all specifications.

    Parameters
    ----------
    specifications
        As in `cfanalysis.analyses.robustness.Robustness`.
    criterion
        The verdict's criterion, in words.
    n
        Organizations of the verdict.
    source
        Where the data come from.
    """

    specifications: SpecificationCurve
    criterion: str
    n: int
    source: Source


def contrast_specifications(survey: Survey, *, wave: WhichWave = "latest") -> ContrastSpecifications:
    """Return the raw contrast in every combination of criterion, wave, cut and weights that the data allow.

    Raises
    ------
    AnalysisError
        As for `cfanalysis.analyses.claim.claim_verdict`.
    """
    data = claim_data(survey, wave=wave, seed=SEED)
    evidence = claim_evidence(data)
    material = Material(survey, data, evidence, wave, _REPETITIONS, SEED)
    return ContrastSpecifications(specification_curve(material), data.label, evidence.n, survey.source)
