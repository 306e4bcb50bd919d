"""Where the gap is a predictor: polynomial regression of an outcome on Say and Do.

A difference as predictor forces the weights of Say and Do to be equal and opposite. The polynomial
``Y = b0 + b1 S + b2 D + b3 S^2 + b4 S D + b5 D^2`` lets the data say (Edwards and Parry 1993, Academy of Management
Journal 36). Along the line of incongruence, where Say rises as Do falls, the outcome's slope at the middle is
``b1 - b2``: below 0 where organizations that say more than they do have worse outcomes.
"""

from __future__ import annotations

import numpy as np

from cfanalysis.analyses.robustness.continuous import hc3_fit
from cfanalysis.analyses.robustness.robustness_input import (
    AnalysisResult,
    RobustnessInput,
    mean_over_halvings,
)
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import p_phrase
from cfanalysis.core.language import message
from cfanalysis.core.templates import sentence
from cfanalysis.statistics.claim_test.layout import Floats

INCONGRUENCE = np.array([0.0, 1.0, -1.0, 0.0, 0.0, 0.0])
CURVATURE = np.array([0.0, 0.0, 0.0, 1.0, -1.0, 1.0])
MIN_PER_TERM = 10


def polynomial_regression(material: RobustnessInput) -> AnalysisResult:
    """Return by how much the outcome falls for each point by which Say outruns Do, standard deviations.

    Say and Do are centred at their common mean; the sign is turned so that above 0 is what the claim says.
    """
    evidence = material.evidence
    least = MIN_PER_TERM * INCONGRUENCE.size
    if evidence.n < least:
        why = message("Six terms need at least {n:d} organizations", context="stored")
        raise AnalysisError(why.format(n=least))
    only = evidence.halvings[0]
    say, do, outcome = only.say, only.do, only.criterion
    estimate, se, bend = response_surface(say, do, (outcome - outcome.mean()) / outcome.std(ddof=1))
    detail = sentence("Curvature along the line of incongruence: {p}.", p=p_phrase(bend))
    return AnalysisResult(
        mean_over_halvings([(-estimate, se)], df=evidence.n - 6),
        evidence.n,
        message("SD of the outcome per point"),
        detail,
    )


def response_surface(say: Floats, do: Floats, outcome: Floats) -> tuple[float, float, float]:
    """Return the slope along the line of incongruence, its HC3 standard error, and the curvature's p value.

    Parameters
    ----------
    say, do, outcome
        One value for each organization, shape (n,).
    """
    middle = (say.mean() + do.mean()) / 2
    s, d = say - middle, do - middle
    design = np.column_stack([np.ones_like(s), s, d, s**2, s * d, d**2])
    fit = hc3_fit(outcome, design)
    covariance = fit.cov_params()
    slope = float(INCONGRUENCE @ fit.params)
    se = float(np.sqrt(INCONGRUENCE @ covariance @ INCONGRUENCE))
    return slope, se, float(fit.t_test(CURVATURE).pvalue)
