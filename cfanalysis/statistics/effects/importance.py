"""Which predictors the explained variance belongs to.

LMG (Lindeman, Merenda and Gold 1980), which is the Shapley value of R squared: what a predictor adds,
averaged over all orders in which the predictors can enter. Computed exactly, over all subsets. Johnson's
(2000) relative weights, which approximate it, and standardized coefficients stand beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.effects.estimate import Floats, as_floats, as_sample, check_complete

MAX_PREDICTORS = 15
"""2^15 regressions take about a second."""


@dataclass(frozen=True, eq=False)
class RelativeImportance:
    """How much of R squared each predictor has.

    Parameters
    ----------
    names
        The predictors: the columns of a frame, else x1, x2, ...
    lmg
        R squared of each predictor; they sum to `r_squared`.
    share
        `lmg` as a share of R squared (0-1).
    johnson
        Johnson's relative weights; they too sum to `r_squared`.
    standardized_beta
        Coefficients of the regression of standardized y on standardized X.
    vif
        Variance inflation factors; above 10 the predictors can hardly be told apart.
    r_squared
        Of all predictors together.
    n
        Observations.
    """

    names: tuple[str, ...]
    lmg: Floats
    share: Floats
    johnson: Floats
    standardized_beta: Floats
    vif: Floats
    r_squared: float
    n: int


def relative_importance(y: ArrayLike, X: ArrayLike) -> RelativeImportance:
    """Return how the explained variance of y divides among the columns of X.

    Parameters
    ----------
    y
        The outcome, shape (n,).
    X
        The predictors, shape (n, p), p from 1 to 15, n above p + 1; a data frame keeps its names.

    Returns
    -------
    RelativeImportance
        In R: ``relaimpo::calc.relimp(lm(y ~ X), type = "lmg")``.

    Raises
    ------
    AnalysisError
        Missing values, a constant column, too many or perfectly collinear predictors, too few rows.

    Examples
    --------
    >>> result = relative_importance([1, 2, 3, 5], [[1, 0], [2, 1], [3, 0], [4, 1]])
    >>> result.lmg.round(3).tolist(), round(result.r_squared, 3)
    ([0.84, 0.131], 0.971)
    """
    outcome, predictors, names = _design(y, X)
    correlations = np.atleast_2d(np.corrcoef(np.column_stack([predictors, outcome]), rowvar=False))
    among, with_y = correlations[:-1, :-1], correlations[:-1, -1]
    values, vectors = np.linalg.eigh(among)
    if values.min() < 1e-10:
        raise AnalysisError(
            "The predictors are perfectly collinear: their importance cannot be told apart.",
            where=", ".join(names),
            next_step="Leave out the one that the others add up to.",
        )
    inverse = np.linalg.inv(among)
    beta = inverse @ with_y
    r_squared = float(with_y @ beta)
    lmg = _shapley(_subset_r_squared(among, with_y))
    root = (vectors * np.sqrt(values)) @ vectors.T
    johnson = root**2 @ (np.linalg.solve(root, with_y) ** 2)
    return RelativeImportance(
        names=names,
        lmg=lmg,
        share=lmg / r_squared if r_squared > 0 else np.full(lmg.size, 1 / lmg.size),
        johnson=johnson,
        standardized_beta=beta,
        vif=np.diag(inverse).copy(),
        r_squared=r_squared,
        n=outcome.size,
    )


def _design(y: ArrayLike, X: ArrayLike) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Return outcome, predictors and their names after all checks."""
    outcome = as_sample(y, name="y")
    predictors = as_floats(X)
    if predictors.ndim != 2 or predictors.shape[0] != outcome.size:
        raise AnalysisError(
            "X has not one row for each value of y.", value=predictors.shape, allowed=(outcome.size, "p")
        )
    n, p = predictors.shape
    names = tuple(str(name) for name in getattr(X, "columns", [f"x{i + 1}" for i in range(p)]))
    check_complete(predictors, name="X")
    if not 1 <= p <= MAX_PREDICTORS:
        raise AnalysisError("The number of predictors.", value=p, allowed=f"1 to {MAX_PREDICTORS}")
    if n <= p + 1:
        raise AnalysisError("There are too few rows.", value=n, allowed=f"more than {p + 1}")
    columns = zip(("y", *names), (outcome, *predictors.T), strict=True)
    if constant := [name for name, column in columns if np.ptp(column) == 0]:
        raise AnalysisError("A constant explains nothing.", where=", ".join(constant))
    return outcome, predictors, names


def _subset_r_squared(among: Floats, with_y: Floats) -> Floats:
    """Return R squared of every subset; bit i of the index says whether predictor i is in it."""
    p = with_y.size
    r_squared = np.zeros(2**p)
    for size in range(1, p + 1):
        chosen = np.array(list(combinations(range(p), size)))
        r = with_y[chosen][..., np.newaxis]
        beta = np.linalg.solve(among[chosen[:, :, np.newaxis], chosen[:, np.newaxis]], r)
        r_squared[(1 << chosen).sum(axis=1)] = (r * beta).sum(axis=(1, 2))
    return r_squared


def _shapley(worth: Floats) -> Floats:
    """Return each player's Shapley value from the worth of every coalition."""
    weight, gain = _shapley_terms(worth.size)
    return np.asarray((weight * (worth[gain[1]] - worth[gain[0]])).sum(axis=1))


@cache
def _shapley_terms(coalitions: int) -> tuple[Floats, NDArray[np.int_]]:
    """Return, for each player and coalition without it: the weight, and the coalitions without and with the player."""
    p, every = coalitions.bit_length() - 1, np.arange(coalitions)
    without = np.array([every[(every >> player & 1) == 0] for player in range(p)])
    weight = np.array([factorial(s) * factorial(p - 1 - s) / factorial(p) for s in range(p)])
    size = np.array([[int(c).bit_count() for c in row] for row in without])
    return weight[size], np.stack([without, without | (1 << np.arange(p))[:, np.newaxis]])
