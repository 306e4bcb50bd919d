"""Omega total: the share of a scale score's variance that comes from one common factor.

Three numbers go by this name, and published values differ by which was taken: the maximum-likelihood factor
over the variance that the model implies, the same over the observed variance, and the minimum-residual factor
of the correlations. All three are here, each under its name.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import ArrayLike

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.effects.estimate import Floats
from cfanalysis.statistics.reliability.internal_consistency import answer_matrix

STATIONARY = 1e-5
"""Largest gradient of the scaled log-likelihood at which a fit counts as converged."""

MIN_UNIQUENESS = 0.005
"""Below this share of unique variance an item is a Heywood case: the one-factor model does not hold."""


@dataclass(frozen=True, eq=False)
class OmegaTotal:
    """Omega total of one common factor.

    Parameters
    ----------
    model
        ML loadings over the model-implied variance of the sum.
    observed
        The same loadings over the observed variance (divisor n) of the sum.
    minres_std
        Minimum-residual factor of the correlations (standardized items).
    loadings
        ML loadings in the items' units, shape (k,).
    uniqueness
        Share of each item's variance that is its own (ML), shape (k,).
    converged
        Whether the ML fit is at a maximum: finite likelihood, flat gradient.
    n, k
        Respondents and items.
    notes
        What is wrong with the fit, in sentences; empty if nothing.
    """

    model: float
    observed: float
    minres_std: float
    loadings: Floats
    uniqueness: Floats
    converged: bool
    n: int
    k: int
    notes: tuple[str, ...] = ()

    @property
    def estimate(self) -> float:
        """The model-implied omega."""
        return self.model


def omega_total(items: ArrayLike) -> OmegaTotal:
    """Return omega total in its three variants.

    Parameters
    ----------
    items
        Answers, shape (n, k), k at least 3; with two items a factor is not identified.

    Returns
    -------
    OmegaTotal
        In R: ``lavaan::cfa(std.lv = TRUE)`` for `model` and `observed`, ``psych::omega(nfactors = 1,
        fm = "minres")$omega.tot`` for `minres_std`.

    Raises
    ------
    AnalysisError
        Missing answers, fewer than 3 items, a constant item, items that determine each other, or a fit that failed.

    References
    ----------
    McDonald, R. P. (1999). Test Theory: A Unified Treatment.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> scores = random.normal(size=(300, 1)) + random.normal(size=(300, 4))
    >>> omega = omega_total(scores)
    >>> round(omega.model, 2), omega.converged
    (0.78, True)
    """
    matrix = answer_matrix(items, least_items=3)
    n, k = matrix.shape
    covariance = np.cov(matrix, rowvar=False, ddof=0)
    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd)
    if np.linalg.eigvalsh(correlation).min() < 1e-10:
        raise AnalysisError(
            "The items determine each other (one is a sum of others, or there are fewer rows than items): a "
            "factor cannot be fitted.",
            value=f"{n} rows, {k} items",
        )
    minres = _minres_loadings(correlation)
    standardized, uniqueness, converged = _ml_factor(correlation, minres, n)
    loadings = standardized * sd
    common = float(loadings.sum() ** 2)
    return OmegaTotal(
        model=common / (common + float((uniqueness * sd**2).sum())),
        observed=common / float(covariance.sum()),
        minres_std=1 - float((1 - minres**2).sum() / correlation.sum()),
        loadings=loadings,
        uniqueness=uniqueness,
        converged=converged,
        n=n,
        k=k,
        notes=tuple(_notes(uniqueness, converged)),
    )


def _minres_loadings(correlation: Floats) -> Floats:
    """Return the loadings that reproduce the correlations off the diagonal with least squares (Harman 1966)."""
    above = np.triu_indices(len(correlation), 1)
    values, vectors = np.linalg.eigh(correlation)
    start = vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.1))

    def residuals(loadings: Floats) -> Floats:
        return np.asarray(np.outer(loadings, loadings)[above] - correlation[above])

    fit = scipy.optimize.least_squares(residuals, start, bounds=(-1, 1), ftol=1e-14, xtol=1e-14, gtol=1e-14)
    return np.asarray(fit.x * (1 if fit.x.sum() >= 0 else -1))


def _ml_factor(correlation: Floats, start: Floats, n: int) -> tuple[Floats, Floats, bool]:
    """Return ML loadings and uniquenesses of standardized items, and whether the fit is at a maximum.

    The optimizer may report trouble at a good fit and none at a bad one, so its word is not taken: the
    log-likelihood must be finite and its gradient flat. Started from the minimum-residual loadings, as the
    default start is random.
    """
    from statsmodels.multivariate.factor import Factor

    uniqueness = np.clip(1 - start**2, 0.05, 0.95)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # judged below
        model = Factor(corr=correlation, n_factor=1, nobs=n, method="ml")
        with np.errstate(all="ignore"):
            fit = model.fit(start=(start[:, None], uniqueness), opt={"gtol": 1e-10, "maxiter": 2000})
            parameters = np.concatenate([np.sqrt(fit.uniqueness), fit.loadings[:, 0]])
            likelihood, gradient = model.loglike(parameters), model.score(parameters)
    if not np.isfinite(likelihood) or not np.isfinite(parameters).all():
        raise AnalysisError(
            "The one-factor model could not be fitted.",
            value=f"log-likelihood {likelihood}",
            next_step="Report alpha; the items do not share one factor.",
        )
    loadings = fit.loadings[:, 0] * (1 if fit.loadings.sum() >= 0 else -1)
    return loadings, fit.uniqueness, bool(np.abs(gradient).max() < STATIONARY)


def _notes(uniqueness: Floats, converged: bool) -> list[str]:
    notes = []
    if not converged:
        notes.append("The maximum-likelihood fit did not converge; do not publish omega.")
    if heywood := int((uniqueness < MIN_UNIQUENESS).sum()):
        notes.append(
            f"{heywood} item(s) have no variance of their own: one factor does not describe the items."
        )
    return notes
