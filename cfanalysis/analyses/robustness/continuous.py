"""Without a cut: the gap against the criterion's normal scores over the whole range.

Each slope is shown as the difference between rest and top that it implies (the slope, turned round, times the distance
of their mean scores), so that it stands in the unit of the raw contrast.

References
----------
MacKinnon, J. G., and White, H. (1985). Journal of Econometrics 29 (HC3).
Bell, R. M., and McCaffrey, D. F. (2002). Survey Methodology 28 (the same over groups: CR3).
Harrell, F. E. (2015). Regression Modeling Strategies, 2nd ed., section 2.4 (restricted cubic splines and knots).
Koenker, R., and Bassett, G. (1978). Econometrica 46 (quantile regression).
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import NDArray

from cfanalysis.analyses.robustness.robustness_input import (
    AnalysisResult,
    RobustnessInput,
    distance,
    mean_over_halvings,
)
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import p_phrase
from cfanalysis.core.language import message
from cfanalysis.core.templates import sentence
from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.effects import Estimate

if TYPE_CHECKING:
    from statsmodels.regression.linear_model import RegressionResults

KNOTS = (0.05, 0.35, 0.65, 0.95)
"""Quantiles of four knots (Harrell 2015, table 2.3)."""


def straight_line(material: RobustnessInput) -> AnalysisResult:
    """Return what a straight line with HC3 standard errors implies between rest and top."""
    material.require_criterion()
    return AnalysisResult(slope_contrast(material.evidence), material.evidence.n)


def slope_contrast(evidence: Evidence, weights: Floats | None = None) -> Estimate:
    """Return what a straight line implies between rest and top, the mean over halvings, with its interval (HC3).

    Parameters
    ----------
    evidence
        The organizations and the criterion.
    weights
        What each organization counts, shape (n,); None for once.
    """
    found = []
    for h in evidence.halvings:
        z, apart = h.scores, distance(h.scores, h.top)
        own = None if weights is None else weights[h.members]
        design = np.column_stack([np.ones_like(z), z])
        fit = hc3_fit(h.say - h.do, design, own, groups=evidence.group[h.members])
        found.append((-float(fit.params[1]) * apart, float(fit.bse[1]) * apart))
    return mean_over_halvings(found, df=max(evidence.groups - 2, 1))


def spline(material: RobustnessInput) -> AnalysisResult:
    """Return what a restricted cubic spline implies between rest and top, and whether it bends."""
    material.require_criterion()
    found, bends, evidence = [], [], material.evidence
    for gap, z, h in zip(material.gaps, material.scores, evidence.halvings, strict=True):
        top, basis = h.top, restricted_cubic_spline(z, np.quantile(z, KNOTS))
        design = np.column_stack([np.ones_like(z), basis])
        fit = hc3_fit(gap, design, groups=evidence.group[h.members])
        contrast = design[~top].mean(axis=0) - design[top].mean(axis=0)
        se = float(np.sqrt(contrast @ fit.cov_params() @ contrast))
        found.append((float(contrast @ fit.params), se))
        bent = np.eye(design.shape[1])[2:]
        bends.append(float(fit.wald_test(bent, use_f=True, scalar=True).pvalue))
    template = "Departure from a straight line: {p}."
    if len(bends) > 1:
        template = "Departure from a straight line: {p}, median of halvings."
    detail = sentence(template, p=p_phrase(float(np.median(bends))))
    return AnalysisResult(
        mean_over_halvings(found, df=max(evidence.groups - 4, 1)), evidence.n, detail=detail
    )


def quantile_line(material: RobustnessInput, quantile: float) -> AnalysisResult:
    """Return what a line through a quantile of the gap implies between rest and top.

    Parameters
    ----------
    material
        What the analyses of the robustness table are made from.
    quantile
        Quantile of the gap, between 0 and 1.
    """
    from statsmodels.regression.quantile_regression import QuantReg
    from statsmodels.tools.sm_exceptions import IterationLimitWarning

    material.require_criterion()
    found, exact = [], 0
    for gap, z, apart in zip(material.gaps, material.scores, material.distances, strict=True):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fit = QuantReg(gap, np.column_stack([np.ones_like(z), z])).fit(q=quantile)
        slope = float(fit.params[1])
        # Where gaps tie, the iterations can cycle and stop at their limit with only a warning.
        if any(issubclass(w.category, IterationLimitWarning) for w in caught):
            slope = exact_quantile_slope(gap, z, quantile)
            exact += 1
        found.append((-slope * apart, float(fit.bse[1]) * apart))
    n = material.evidence.n
    detail = (
        sentence(
            "The iterations did not converge in {exact} of {n} fits, which were solved exactly instead.",
            exact=exact,
            n=len(found),
        )
        if exact
        else ""
    )
    return AnalysisResult(mean_over_halvings(found, df=n - 2), n, detail=detail)


def exact_quantile_slope(y: Floats, x: Floats, quantile: float) -> float:
    """Return the slope of a quantile regression as the solution of its linear program.

    Parameters
    ----------
    y, x
        Shape (n,) each.
    quantile
        Between 0 and 1.

    Raises
    ------
    AnalysisError
        The program has no solution.

    Examples
    --------
    >>> exact_quantile_slope(np.array([0.0, 1.0, 2.0, 3.0, 30.0]), np.arange(5.0), 0.5)
    1.0
    """
    sparse, n = scipy.sparse, y.size
    cost = np.concatenate([np.zeros(2), np.full(n, quantile), np.full(n, 1 - quantile)])
    line = sparse.csr_array(np.column_stack([np.ones(n), x]))
    equal = sparse.hstack([line, sparse.eye_array(n), -sparse.eye_array(n)])
    bounds = [(None, None)] * 2 + [(0, None)] * (2 * n)
    solution = scipy.optimize.linprog(  # type: ignore[call-overload]  # its stubs know dense matrices only
        cost, A_eq=equal, b_eq=y, bounds=bounds, method="highs"
    )
    if not solution.success or solution.x is None:
        raise AnalysisError(message("The quantile regression has no solution"))
    return float(solution.x[1])


def hc3_fit(
    y: Floats, design: Floats, weights: Floats | None = None, *, groups: NDArray[np.intp] | None = None
) -> RegressionResults:
    """Return a least-squares fit with HC3 covariance; where organizations form groups, with that over groups (CR3).

    Parameters
    ----------
    y, design
        Shapes (n,) and (n, p).
    weights
        Shape (n,); None for equal weights.
    groups
        The group of each organization, shape (n,); None where each is its own.

    Raises
    ------
    AnalysisError
        A column is a combination of others, or an organization or group alone determines a coefficient: then its
        residual is 0 whatever it says, and the covariance does not exist.
    """
    from statsmodels.regression.linear_model import WLS, RegressionResults

    w = np.ones_like(y) if weights is None else weights
    scaled = design * np.sqrt(w)[:, None]
    if np.linalg.matrix_rank(scaled) < design.shape[1] or len(y) <= design.shape[1]:
        raise AnalysisError(message("There are too few different organizations for this model"))
    q, _ = np.linalg.qr(scaled)
    if (q**2).sum(axis=1).max() > 1 - 1e-9:
        raise AnalysisError(
            message("One organization alone decides an estimate, which then has no standard error")
        )
    fit = WLS(y, design, weights=w).fit(cov_type="HC3")
    members = [] if groups is None else [np.flatnonzero(groups == group) for group in np.unique(groups)]
    if len(members) in (0, len(y)):
        return fit
    scores = []
    for own in members:
        kept = np.eye(own.size) - q[own] @ q[own].T
        if np.linalg.eigvalsh(kept)[0] < 1e-9:
            raise AnalysisError(
                message("One group alone decides an estimate, which then has no standard error")
            )
        scores.append(scaled[own].T @ np.linalg.solve(kept, fit.wresid[own]))
    across = np.array(scores) @ fit.normalized_cov_params
    result = RegressionResults(fit.model, fit.params)
    result.cov_params_default = across.T @ across
    return result


def restricted_cubic_spline(x: Floats, knots: Floats) -> Floats:
    """Return the basis of a restricted cubic spline without intercept: linear outside of the outer knots.

    Parameters
    ----------
    x
        Values, shape (n,).
    knots
        At least 3 increasing places.

    Returns
    -------
    numpy.ndarray
        Shape (n, knots - 1), the first column x itself. In R: ``Hmisc::rcspline.eval(x, knots, inclx = TRUE)``.

    Raises
    ------
    AnalysisError
        Two knots fall together: the criterion has too many ties for a spline.

    Examples
    --------
    >>> restricted_cubic_spline(np.array([0.0, 1.0, 4.0]), np.array([0.0, 1.0, 2.0]))[:, 1].round(3).tolist()
    [0.0, 0.25, 4.5]
    """
    if np.diff(knots).min() <= 1e-9:
        raise AnalysisError(message("The criterion has too many ties for the knots of a spline"))
    last, before = knots[-1], knots[-2]

    def cube(place: float) -> Floats:
        return np.asarray(np.maximum(x - place, 0) ** 3)

    columns = [x]
    for knot in knots[:-2]:
        ends = cube(before) * (last - knot) - cube(last) * (before - knot)
        columns.append((cube(knot) - ends / (last - before)) / (last - knots[0]) ** 2)
    return np.column_stack(columns)
