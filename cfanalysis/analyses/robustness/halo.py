"""The halo tipping point: how much of a shared mood would explain the contrast away.

Somebody who is well disposed rates performance and practice better than they are. Let an organization's halo h have
variance 1 and nothing to do with the truth, let it make up part of the criterion, and let it lift Do and leave Say
as it is (the worst case; a halo that lifts both cancels out of the gap):

    c = sqrt(1 - r_c^2) c' + r_c h         r_c = corr(c, h)
    D = D' + r_D s_D h                     r_D = corr(D, h), s_D = standard deviation of Do
    S = S'

With scores of variance 1 the slope of a facet on the criterion is its covariance with it, so

    theta = cov(D, c) - cov(S, c) = sqrt(1 - r_c^2) theta' + r_c r_D s_D.

The true contrast theta' is 0 where ``r_c r_D = theta / s_D``. If the halo is as strong in both, each correlation is

    tipping point = sqrt(theta / s_D),

the *impact threshold* of Frank (2000, Sociological Methods & Research 29) for a confounder of the latent contrast. Any
pair with that product does the same. Above 1 no halo of this kind can do it. The same at the lower end of theta's
interval says how much would make the contrast indistinguishable from 0.

s_D is Do's standard deviation between organizations off the ends of the scale: that of their observed means divided by
the mean of ``a_k / sigma_k``, by which a latent point moves an item's mean (as b_Do is; METHOD, step 5).
"""

from __future__ import annotations

import math

import numpy as np

from cfanalysis.analyses.robustness.robustness_input import AnalysisResult, RobustnessInput
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import sentence
from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.latent import item_sigma, thresholds
from cfanalysis.statistics.effects import Estimate


def tipping_point(material: RobustnessInput) -> AnalysisResult:
    """Return the correlation that a halo needs with both criterion and Do to make the latent contrast 0.

    The lower bound is the correlation that would take the contrast's interval down to 0; there is no upper one.
    """
    material.require_criterion()
    verdict = material.verdict
    theta = verdict.theta_b or verdict.theta_a
    if theta is None or theta.estimate <= 0:
        raise AnalysisError(
            message("Off the ends of the scale there is no wider gap that a halo could explain away")
        )
    spread, slope = latent_do(material.evidence, metric_b=verdict.theta_b is not None)
    point = math.sqrt(theta.estimate / spread)
    losing = None if theta.low is None or theta.low <= 0 else math.sqrt(theta.low / spread)
    return AnalysisResult(
        Estimate(point),
        material.evidence.n,
        message("correlation"),
        _detail(point, losing, theta.estimate / slope),
    )


def latent_do(evidence: Evidence, *, metric_b: bool) -> tuple[float, float]:
    """Return Do's latent standard deviation between organizations and its latent slope, the mean over halvings.

    Parameters
    ----------
    evidence
        The evidence of the verdict.
    metric_b
        Whether items are measured in their latent standard deviations.
    """
    found = []
    for halving in evidence.halvings:
        own = halving.shares[:, evidence.is_do]
        tau, phi, clipped = thresholds(own.mean(axis=0)[None], evidence.n)
        phi = np.where(evidence.exists[evidence.is_do], phi, 0.0)
        moves = phi.sum(axis=2)[0]
        if metric_b:
            moves = moves / item_sigma(tau, phi, clipped)[0]
        means = own.sum(axis=2).mean(axis=1)
        found.append((means.std() / moves.mean(), np.mean(means * halving.scores) / moves.mean()))
    spread, slope = np.mean(found, axis=0)
    return float(spread), float(slope)


def _detail(point: float, losing: float | None, share: float) -> str:
    if point > 1:
        return translated("No correlation is above 1: a halo of this kind cannot explain it.")
    interval = sentence(
        "The contrast's interval holds 0 without any halo."
        if losing is None
        else "At {losing:2} its interval would reach 0.",
        losing=losing,
    )
    part = sentence(
        "The halo would have to make up {share:%} of Do's link with the criterion.", share=min(share, 1)
    )
    return f"{interval} {part}" if share > 0 else interval
