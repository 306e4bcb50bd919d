"""Models of single respondents: the mixed model of Say and Do, and proportional odds of every item.

The mixed model has one row for each respondent and facet, ``x ~ facet * c + sector + (1 | organization)``; what
counts is the interaction, by which Do rises more with the criterion than Say. Beside it the same with the facet's
effect varying between organizations, ``(1 + facet | organization)``: without it, organizations' own differences
between Say and Do count as noise of single respondents, and the interval of a cross-level interaction is too narrow
(Heisig and Schaeffer 2019, European Sociological Review 35).

Proportional odds leave the distances between the answers open. The slopes of all items are compared, Do's mean minus
Say's, with a variance over organizations (`cfanalysis.analyses.robustness.cumulative_logit`).
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.analyses.robustness.cumulative_logit import (
    CumulativeLogit,
    cumulative_logit,
    wild_cluster_quantile,
)
from cfanalysis.analyses.robustness.robustness_input import (
    AnalysisResult,
    Half,
    RobustnessInput,
    mean_over_halvings,
)
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import sentence
from cfanalysis.scoring.means import one_wave, organizations_only
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.effects import Estimate, adjust_p_values

MIXED_HALVES = 3
"""Halvings that the mixed models are averaged over: each fit takes about a quarter of a second."""

MANY_RESPONDENTS, _MAX_RESPONDENTS = 1500, 20_000
"""Respondents from which on the mixed models take one halving, and beyond which they are not fitted."""

FEW_CLUSTERS = 40
"""With fewer organizations than this, intervals come from a wild cluster bootstrap."""

MAX_SECTORS = 15
"""A fact about organizations with more values than this is no control."""

ODDS_COLUMNS = ["item", "title", "facet", "n", "slope", "low", "high", "p", "adjusted_p"]


def mixed_model(material: RobustnessInput, *, facet_varies: bool) -> AnalysisResult:
    """Return by how much Do rises more than Say, as the difference that it implies between rest and top.

    Parameters
    ----------
    material
        What there is.
    facet_varies
        Whether the facet's effect varies between organizations.
    """
    material.require_criterion()
    respondents = material.halves[0].place.size
    if respondents > _MAX_RESPONDENTS:
        raise AnalysisError(
            message(
                "With so many respondents the model takes many minutes and agrees with the straight line"
            ),
            value=message("{n:,} respondents", context="stored").format(n=respondents),
        )
    halves = material.halves[: MIXED_HALVES if respondents <= MANY_RESPONDENTS else 1]
    sectors = _sector_columns(material)
    found, at_boundary = [], 0
    for half in halves:
        estimate, se, boundary = _mixed_fit(half, material, sectors, facet_varies=facet_varies)
        found.append((estimate, se))
        at_boundary += boundary
    n = material.evidence.n
    detail = translated("A variance lies at its boundary, 0.") if at_boundary else ""
    return AnalysisResult(mean_over_halvings(found, df=n - 2), n, detail=detail)


def _mixed_fit(
    half: Half, material: RobustnessInput, sectors: Floats, *, facet_varies: bool
) -> tuple[float, float, bool]:
    """Return the interaction as a difference between rest and top, its standard error, and whether at the boundary."""
    from statsmodels.regression.mixed_linear_model import MixedLM
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    is_do, unit = material.evidence.is_do, material.evidence.unit
    facets = [_facet_means(half.answers[:, chosen] * unit[chosen]) for chosen in (~is_do, is_do)]
    complete = np.isfinite(facets[0]) & np.isfinite(facets[1])
    place = half.place[complete]
    x = np.concatenate([facet[complete] for facet in facets])
    facet = np.repeat([0.0, 1.0], place.size)
    both = np.tile(place, 2)
    c = half.score[both]
    design = np.column_stack([np.ones_like(x), facet, c, facet * c, sectors[both]])
    varying = np.column_stack([np.ones_like(x), facet]) if facet_varies else None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = MixedLM(x, design, both, exog_re=varying)
        try:
            fit = model.fit(method=["bfgs", "powell"])
        except np.linalg.LinAlgError:  # a step went to where the likelihood has no curvature
            fit = model.fit(method=["powell"])
    # The optimizer can stop in the wrong place and still report success; the log-likelihood shows it.
    if not fit.converged or not np.isfinite(fit.llf) or not np.isfinite(fit.bse_fe[3]):
        why = message("The optimizer did not converge (log-likelihood {value:.1f})", context="stored")
        raise AnalysisError(why.format(value=fit.llf))
    boundary = any("boundary" in str(w.message) for w in caught if issubclass(w.category, ConvergenceWarning))
    return float(fit.fe_params[3]) * half.distance, float(fit.bse_fe[3]) * half.distance, boundary


def _facet_means(answers: Floats) -> Floats:
    """Return the mean of each respondent who answered at least half of the items, else NaN."""
    known = np.isfinite(answers)
    count = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, answers, 0.0).sum(axis=1) / count
    return np.where(2 * count >= answers.shape[1], mean, np.nan)


def _sector_columns(material: RobustnessInput) -> Floats:
    """Return dummies of the first fact about organizations that divides them into a few groups, (n, groups - 1)."""
    survey = material.survey
    own = organizations_only(one_wave(survey.organizations, survey.source.waves, material.wave))
    facts = own.drop_duplicates("organization").set_index("organization")
    names = [material.data.organizations[i] for i in material.evidence.kept]
    for field in survey.instrument.organization_fields:
        if field.id in facts.columns:
            values = facts[field.id].reindex(names).fillna("")
            if 2 <= values.nunique() <= MAX_SECTORS:
                return pd.get_dummies(values, drop_first=True, dtype=float).to_numpy()
    return np.zeros((len(names), 0))


def proportional_odds(material: RobustnessInput) -> AnalysisResult:
    """Return the mean slope of Do's items minus that of Say's, log odds per standard deviation."""
    material.require_criterion()
    is_do = material.evidence.is_do
    found, few = [], 0.0
    for half in material.halves:
        fits = _item_fits(half)
        known = np.array([fit is not None for fit in fits])
        if not known[is_do].any() or not known[~is_do].any():
            raise AnalysisError(message("No item of a facet could be fitted"))
        weights = np.where(is_do, 1.0, -1.0) * known
        weights /= np.where(is_do, known[is_do].sum(), known[~is_do].sum())
        slope = sum(w * fit.slope for w, fit in zip(weights, fits, strict=True) if fit)
        parts = np.asarray(sum(w * fit.influence for w, fit in zip(weights, fits, strict=True) if fit))
        few = max(few, wild_cluster_quantile(parts, seed=material.seed))
        found.append((float(slope), _cluster_se(parts)))
    n = material.evidence.n
    estimate = mean_over_halvings(found, df=n - 1)
    detail = _fit_note(len(is_do) - int(known.sum()))
    if n < FEW_CLUSTERS and estimate.se is not None:
        reach = few * estimate.se
        estimate = Estimate(
            estimate.estimate, estimate.estimate - reach, estimate.estimate + reach, estimate.se
        )
        detail = " ".join(
            [detail, translated("Interval: wild cluster bootstrap, as there are few organizations.")]
        ).strip()
    return AnalysisResult(estimate, n, message("log odds per SD"), detail)


def item_odds(material: RobustnessInput) -> pd.DataFrame:
    """Return the proportional-odds slope of every item with its cluster interval, p by Benjamini and Hochberg.

    Returns
    -------
    DataFrame
        ``item, title, facet, n`` (respondents, mean over halvings), ``slope, low, high`` (log odds per standard
        deviation of the criterion), ``p, adjusted_p``. An item that cannot be fitted has no row.

    Raises
    ------
    AnalysisError
        No criterion, or only frequency tables.
    """
    material.require_criterion()
    by_half = [_item_fits(half) for half in material.halves]
    df = material.evidence.n - 1
    rows = []
    for k, item in enumerate(material.data.items):
        fits = [fits[k] for fits in by_half if fits[k] is not None]
        if len(fits) == len(by_half):
            one = mean_over_halvings([(fit.slope, _cluster_se(fit.influence)) for fit in fits if fit], df=df)
            n = round(float(np.mean([fit.n for fit in fits if fit])))
            p = 1.0 if one.p is None else one.p
            rows.append((item.id, item.title, item.facet, n, one.estimate, one.low, one.high, p, np.nan))
    frame = pd.DataFrame(rows, columns=ODDS_COLUMNS)
    return frame.assign(adjusted_p=adjust_p_values(frame["p"], method="bh").adjusted) if rows else frame


def _item_fits(half: Half) -> list[CumulativeLogit | None]:
    """Return the fit of every item, None where it does not vary enough or does not converge."""
    fits: list[CumulativeLogit | None] = []
    for answers in half.answers.T:
        known = np.isfinite(answers)
        place: NDArray[np.intp] = half.place[known]
        try:
            fits.append(cumulative_logit(answers[known], half.score[place], place, clusters=half.score.size))
        except AnalysisError:
            fits.append(None)
    return fits


def _cluster_se(influence: Floats) -> float:
    """Return the cluster-robust standard error from what each cluster contributes (with G / (G - 1))."""
    clusters = int((influence != 0).sum())
    return float(np.sqrt(clusters / (clusters - 1) * (influence**2).sum()))


def _fit_note(lacking: int) -> str:
    return sentence("{n} item(s) could not be fitted.", n=lacking) if lacking else ""
