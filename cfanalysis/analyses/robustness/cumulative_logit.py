"""The proportional-odds model of one item on one predictor, fitted by Fisher scoring.

``P(answer > c) = 1 / (1 + exp(a_c - b z))`` for every answer c but the last, with rising thresholds a_c (McCullagh
1980, Journal of the Royal Statistical Society B 42). In R: ``ordinal::clm(factor(x) ~ z)``; in statsmodels
``OrderedModel(x, z, distr="logit")``, which agrees and takes a hundred times as long.

Respondents of one organization resemble each other, so the variance of b is that of what each organization
contributes to it (its influence), not of single answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import NDArray

from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.statistics.claim_test.layout import Floats

_STEPS = 50
_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class CumulativeLogit:
    """A fitted item.

    Parameters
    ----------
    slope
        b, log odds for one unit of z; above 0 where higher z goes with higher answers.
    thresholds
        a_c of the answers that occur, rising.
    influence
        What each cluster contributes to b, shape (clusters,); they sum to 0, and the sum of squares is b's
        cluster-robust variance.
    log_likelihood
        At the maximum.
    n
        Answers.
    """

    slope: float
    thresholds: Floats
    influence: Floats
    log_likelihood: float
    n: int


def cumulative_logit(
    answers: Floats, z: Floats, cluster: NDArray[np.intp], *, clusters: int
) -> CumulativeLogit:
    """Fit the proportional-odds model.

    Parameters
    ----------
    answers
        Ordered answers, shape (n,); any numbers, of which only the order counts.
    z
        The predictor, shape (n,).
    cluster
        The cluster of each answer, 0 to clusters - 1.
    clusters
        How many there are.

    Raises
    ------
    AnalysisError
        One answer or one z throughout, or no convergence.

    Examples
    --------
    >>> fit = cumulative_logit(np.array([1.0, 2, 1, 2, 2, 1]), np.array([0.0, 0, 0, 1, 1, 1]), np.arange(6), clusters=6)
    >>> round(fit.slope, 4)  # odds 1/2 and 2: log 4
    1.3863
    """
    levels, code = np.unique(answers, return_inverse=True)
    if levels.size < 2 or np.ptp(z) == 0:
        raise AnalysisError(message("The item or the criterion does not vary."))
    above = np.array([(code > c).mean() for c in range(levels.size - 1)])
    parameters = np.append(-scipy.special.logit(above), 0.0)
    likelihood, score, information = _pieces(parameters, code, z)
    for _ in range(_STEPS):
        step = np.linalg.solve(information, score.sum(axis=0))
        size, better = 1.0, False
        while size > 1e-4 and not better:
            trial = parameters + size * step
            pieces = _pieces(trial, code, z)
            better = pieces[0] >= likelihood - 1e-12
            size /= 2
        if not better:
            break
        parameters, (likelihood, score, information) = trial, pieces
        if np.abs(step).max() < _TOLERANCE:
            inverse = np.linalg.inv(information)
            influence = np.bincount(cluster, weights=score @ inverse[-1], minlength=clusters).astype(float)
            return CumulativeLogit(
                float(parameters[-1]), parameters[:-1], influence, float(likelihood), answers.size
            )
    raise AnalysisError(message("The proportional-odds fit did not converge."))


def _pieces(parameters: Floats, code: NDArray[np.intp], z: Floats) -> tuple[float, Floats, Floats]:
    """Return log-likelihood, scores (n, parameters) and expected information; -inf where thresholds cross."""
    thresholds, slope = parameters[:-1], parameters[-1]
    n, c = z.size, thresholds.size
    if np.any(np.diff(thresholds) <= 0):
        return -np.inf, np.zeros((n, c + 1)), np.eye(c + 1)
    above = scipy.special.expit(slope * z[:, None] - thresholds)
    edge = np.hstack([np.ones((n, 1)), above, np.zeros((n, 1))])
    p = np.maximum(edge[:, :-1] - edge[:, 1:], 1e-300)  # (n, c + 1 answers)
    density = above * (1 - above)
    # Derivative of each answer's probability by each parameter, (n, answers, parameters).
    slopes = np.zeros((n, c + 1, c + 1))
    place = np.arange(c)
    slopes[:, place, place] = density
    slopes[:, place + 1, place] = -density
    slopes[:, :, -1] = -slopes[:, :, :-1].sum(axis=2) * z[:, None]
    rows = np.arange(n)
    score = slopes[rows, code] / p[rows, code][:, None]
    information = np.einsum("nak,nal->kl", slopes / p[:, :, None], slopes)
    return float(np.log(p[rows, code]).sum()), score, information


def wild_cluster_quantile(influence: Floats, *, repetitions: int = 999, seed: int = 1) -> float:
    """Return how many standard errors a 95 % interval reaches, by the score wild cluster bootstrap.

    Each cluster's contribution keeps its size and gets a random sign; the 95 % quantile of the absolute t values
    stands for the normal 1.96, which is too small where there are few clusters (Kline and Santos 2012, Journal of
    Econometric Methods 1).

    Parameters
    ----------
    influence
        What each cluster contributes to the estimate, shape (clusters,).
    repetitions, seed
        Of the bootstrap.
    """
    own = influence[influence != 0]
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(repetitions, own.size))
    drawn = signs * own
    centred = drawn - drawn.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = drawn.sum(axis=1) / np.sqrt((centred**2).sum(axis=1) * own.size / (own.size - 1))
    finite = np.abs(t[np.isfinite(t)])
    return float(np.quantile(finite, 0.95)) if finite.size else float("nan")
