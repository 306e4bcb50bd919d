"""What is associated with the scores: outcomes of organizations against Say, Do and gap.

Outcomes come from elsewhere: customers' own ratings, retention, growth, complaints, satisfaction of employees. Three
questions, each an association and called so: do organizations with higher scores have better outcomes, step by step
(dose-response)? Which dimensions does the explained variance belong to (LMG)? Does the relation hold within sectors?

References
----------
Lindeman, R. H., Merenda, P. F., and Gold, R. Z. (1980). Introduction to Bivariate and Multivariate Analysis.
MacKinnon, J. G., and White, H. (1985). Journal of Econometrics 29 (HC3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import NDArray

from cfanalysis.analyses.ranked_gaps import quartile_means
from cfanalysis.analyses.units import organization_field
from cfanalysis.core.errors import AnalysisError, nearest
from cfanalysis.core.language import message
from cfanalysis.scoring.means import one_wave, organizations_only
from cfanalysis.scoring.score_table import score_table
from cfanalysis.statistics.effects import Estimate, RelativeImportance, adjust_p_values, relative_importance
from cfanalysis.statistics.effects.one_sample import rank_correlation
from cfanalysis.statistics.quartiles import quartile_groups
from cfanalysis.survey.confidentiality import may_show_benchmark
from cfanalysis.survey.survey_data import Source, Survey

Floats = NDArray[np.float64]
_SEED = 2026
_FACT = "field_"  # before a fact that is called like a score
_REPETITIONS = 1000
_FACET_TITLES = {"say": message("Say"), "do": message("Do"), "gap": message("Gap")}
WITHIN_GROUPS = message("All, each compared within its own group")
OUTCOME_METHOD = message(
    "Say and Do are how an organization's own people rate it; what it does was not observed. "
    "Each organization counts once, with its latest wave that has the outcome. Lines: least squares on the "
    "standardized score, HC3 standard errors. Relative importance: LMG, with percentile intervals of a bootstrap of "
    "organizations; it is never below 0, so its interval cannot hold 0 and shows no relation by leaving it out. All of "
    "these are associations: what causes what, they cannot say."
)


@dataclass(frozen=True)
class OutcomeRelations:
    """One outcome against the scores.

    Parameters
    ----------
    outcome
        Its name.
    organizations
        One row per organization: ``organization, wave, outcome, say, do, gap`` (0-100), one column per dimension's Do
        score, the organization fields (``field_say`` if one is called ``say``), ``n`` (behind the outcome's value).
    doses
        One row per quartile of the Do score, top first: ``quartile, n, score`` (mean Do), ``value, low, high``.
    slopes
        One row per measure (Say, Do, gap): ``measure, slope, low, high, p`` (change of the outcome for one standard
        deviation), ``rho, rho_low, rho_high`` (Spearman), ``n``.
    importance
        One row per dimension: ``dimension, title, lmg, low, high`` (R squared), ``share`` (of R squared, 0-1), ``beta``
        (standardized), ``vif``; empty where organizations are too few.
    r_squared
        Of all dimensions together; missing where `importance` is empty.
    partial
        Do against the outcome within sectors: one row per option of the field and one for all with an effect for
        each option: ``group, slope, low, high, p, p_bh, n``.
    interaction_p
        p of "the slope is the same in all sectors" (F test); missing where it cannot be tested.
    field
        Title of the field that makes the sectors; "" where there is none.
    n, repetitions, seed, method, source
        Organizations; of the bootstrap; how; where the data come from.
    """

    outcome: str
    organizations: pd.DataFrame
    doses: pd.DataFrame
    slopes: pd.DataFrame
    importance: pd.DataFrame
    r_squared: float
    partial: pd.DataFrame
    interaction_p: float
    field: str
    n: int
    repetitions: int
    seed: int
    method: str
    source: Source


def outcome_names(survey: Survey) -> tuple[str, ...]:
    """Return the outcomes of a survey, sorted; none where there are none."""
    return () if survey.outcomes is None else tuple(sorted(survey.outcomes["outcome"].astype(str).unique()))


def outcome_table(survey: Survey, outcome: str) -> pd.DataFrame:
    """Return organizations with an outcome beside their scores of the same wave, the latest that has both.

    Parameters
    ----------
    survey
        The evidence.
    outcome
        Name of an outcome of the study.

    Returns
    -------
    DataFrame
        As `OutcomeRelations.organizations`, sorted by the outcome.

    Raises
    ------
    AnalysisError
        There is no such outcome.
    """
    names = outcome_names(survey)
    if survey.outcomes is None or outcome not in names:
        raise AnalysisError(
            f"There is no outcome {outcome!r}.",
            allowed=", ".join(nearest(outcome, names) or names) or "none: the study has no outcomes",
            next_step="Prepare the study with outcomes: organization, wave, outcome, value, n.",
        )
    if not survey.instrument.gap_dimensions:
        raise AnalysisError("The instrument has no Say and Do items that outcomes could go with.")
    wide = survey.memoize("scores beside outcomes", lambda: _scores(survey))
    values = survey.outcomes[survey.outcomes["outcome"] == outcome]
    values = values.rename(columns={"value": "outcome", "outcome": "name"})[
        ["organization", "wave", "outcome", "n"]
    ]
    table = values.dropna(subset=["outcome"]).merge(wide, on=["organization", "wave"])
    table = one_wave(table.assign(wave=table["wave"].astype(str)), survey.source.waves, "latest")
    fields = [f.id for f in survey.instrument.organization_fields if f.id in survey.organizations]
    facts = organizations_only(survey.organizations)[["organization", "wave", *fields]]
    facts = facts.rename(columns={field: _FACT + field for field in fields if field in table})
    table = table.merge(facts, on=["organization", "wave"], how="left")
    return table.sort_values(["outcome", "do", "say", "organization"], ignore_index=True)


def outcome_relations(
    survey: Survey, outcome: str, *, by: str | None = None, repetitions: int = _REPETITIONS, seed: int = _SEED
) -> OutcomeRelations:
    """Return the relations of one outcome to the scores.

    Parameters
    ----------
    survey
        With outcomes.
    outcome
        The outcome's name.
    by
        The organization field for the partial relations; None takes the instrument's first.
    repetitions, seed
        Of the bootstrap.

    Raises
    ------
    AnalysisError
        There is no such outcome, or fewer than eight organizations have it and scores.
    """
    table = outcome_table(survey, outcome)
    if len(table) < 8 or table["outcome"].nunique() < 2:
        raise AnalysisError(
            f"Too few organizations have the outcome {outcome!r} and scores.",
            value=len(table),
            allowed="8 or more",
        )
    field = organization_field(survey.instrument, by)
    column = next((c for c in (_FACT + field.id, field.id) if c in table), "") if field else ""
    partial, interaction = _partial(table, column, survey) if column else (pd.DataFrame(), np.nan)
    importance, r_squared = _importance(table, survey, repetitions, seed)
    return OutcomeRelations(
        outcome,
        table,
        _doses(table),
        pd.DataFrame([_slope_row(table, facet) for facet in _FACET_TITLES]),
        importance,
        r_squared,
        partial,
        interaction,
        field.title if field and column else "",
        len(table),
        repetitions,
        seed,
        OUTCOME_METHOD,
        survey.source,
    )


def _scores(survey: Survey) -> pd.DataFrame:
    """Return Say, Do, gap and each dimension's Do of every organization and wave."""
    scores = organizations_only(score_table(survey.shares, survey.instrument))
    overall = scores[scores["scope"] == "overall"].pivot(
        index=["organization", "wave"], columns="facet", values="score"
    )
    parts = scores[(scores["scope"] == "dimension") & (scores["facet"] == "do")]
    dimensions = parts.pivot(index=["organization", "wave"], columns="name", values="score")
    dimensions = dimensions[[d.id for d in survey.instrument.gap_dimensions if d.id in dimensions]]
    return (
        overall[["say", "do", "gap"]].join(dimensions.add_prefix("do_")).dropna(subset=["do"]).reset_index()
    )


def _doses(table: pd.DataFrame) -> pd.DataFrame:
    try:
        labels = quartile_groups(table["do"]).labels
    except AnalysisError:
        return pd.DataFrame(columns=["quartile", "n", "score", "value", "low", "high"])
    return quartile_means(table, labels, by="do", of="outcome").rename(
        columns={"do": "score", "outcome": "value"}
    )


def _slope_row(table: pd.DataFrame, facet: str) -> dict[str, object]:
    slope = slope_per_sd(table["outcome"].to_numpy(float), table[facet].to_numpy(float))
    varies = table[facet].round(9).nunique() > 1
    rho = rank_correlation(table[facet], table["outcome"]) if varies else Estimate(np.nan)
    found = {"slope": slope.estimate, "low": slope.low, "high": slope.high, "p": slope.p}
    ranks = {"rho": rho.estimate, "rho_low": rho.low, "rho_high": rho.high}
    return {"measure": _FACET_TITLES[facet], **found, **ranks, "n": len(table)}


def slope_per_sd(y: Floats, x: Floats, groups: NDArray[np.int64] | None = None) -> Estimate:
    """Return the change of y for one standard deviation of x, with HC3 interval.

    Parameters
    ----------
    y, x
        Shape (n,), at least 4 values, x not constant.
    groups
        Codes 0, 1, ... of groups that get an effect each; None for none.

    Examples
    --------
    >>> slope_per_sd(np.array([1.0, 2, 3, 4]), np.array([10.0, 20, 30, 40])).estimate.round(4)
    np.float64(1.291)
    """
    from statsmodels.regression.linear_model import OLS

    deviation = x.std(ddof=1)
    if deviation == 0 or x.size < 4:
        return Estimate(np.nan)
    design = [(x - x.mean()) / deviation]
    levels = np.ones((x.size, 1)) if groups is None else np.eye(int(groups.max()) + 1)[groups]
    matrix = np.column_stack([*design, levels])
    if np.linalg.matrix_rank(matrix) < matrix.shape[1] or x.size <= matrix.shape[1] + 1:
        return Estimate(np.nan)
    fit = OLS(y, matrix).fit()
    # A point that fits itself has leverage 1, and HC3 does not exist.
    leverage = np.einsum("ij,ji->i", matrix, np.linalg.pinv(matrix))
    if leverage.max() > 1 - 1e-9:
        return Estimate(fit.params[0])
    robust = fit.get_robustcov_results("HC3", use_t=True)
    low, high = robust.conf_int()[0]
    return Estimate(fit.params[0], float(low), float(high), float(robust.bse[0]), float(robust.pvalues[0]))


def _partial(table: pd.DataFrame, field: str, survey: Survey) -> tuple[pd.DataFrame, float]:
    """Return the slope within each sector large enough, and over all with an effect for each sector."""
    minima = survey.instrument.minima
    known = table[table[field].notna() & (table[field].astype(str) != "")]
    sizes = known[field].value_counts()
    options = [o for o in sorted(sizes.index) if may_show_benchmark(int(sizes[o]), minima)]
    rows = []
    for option in options:
        here = known[known[field] == option]
        slope = slope_per_sd(here["outcome"].to_numpy(float), here["do"].to_numpy(float))
        rows.append(_group_row(str(option), slope, len(here)))
    inside = known[known[field].isin(options)]
    if len(options) < 2:
        return pd.DataFrame(rows), np.nan
    codes = np.unique(inside[field], return_inverse=True)[1].astype(np.int64)
    y, x = inside["outcome"].to_numpy(float), inside["do"].to_numpy(float)
    frame = pd.DataFrame(rows)
    tested = frame["p"].notna()
    frame["p_bh"] = np.nan
    if tested.any():
        frame.loc[tested, "p_bh"] = adjust_p_values(frame.loc[tested, "p"], method="bh").adjusted
    whole = _group_row(WITHIN_GROUPS, slope_per_sd(y, x, codes), len(inside))
    return pd.concat([frame, pd.DataFrame([whole])], ignore_index=True), _interaction(y, x, codes)


def _group_row(group: str, slope: Estimate, n: int) -> dict[str, object]:
    low, high = slope.ends
    p = np.nan if slope.p is None else slope.p
    return {"group": group, "slope": slope.estimate, "low": low, "high": high, "p": p, "n": n}


def _interaction(y: Floats, x: Floats, codes: NDArray[np.int64]) -> float:
    """Return p of the F test that one slope serves all groups."""
    from statsmodels.regression.linear_model import OLS

    levels = np.eye(int(codes.max()) + 1)[codes]
    centered = ((x - x.mean()) / x.std(ddof=1))[:, None]
    full = OLS(y, np.column_stack([levels, levels * centered])).fit()
    small = OLS(y, np.column_stack([levels, centered])).fit()
    if full.df_resid < 1 or full.ssr <= 0:
        return float("nan")
    extra = small.df_resid - full.df_resid
    f = (small.ssr - full.ssr) / extra / (full.ssr / full.df_resid)
    return float(scipy.special.fdtrc(extra, full.df_resid, max(f, 0.0)))


def _importance(
    table: pd.DataFrame, survey: Survey, repetitions: int, seed: int
) -> tuple[pd.DataFrame, float]:
    """Return LMG of the dimensions' Do scores with bootstrap intervals; empty where it cannot be computed."""
    titles = {f"do_{d.id}": (d.id, d.title) for d in survey.instrument.gap_dimensions}
    columns = [c for c in titles if c in table]
    complete = table.dropna(subset=columns)
    if len(columns) < 2 or len(complete) < 5 * len(columns):
        return pd.DataFrame(), float("nan")
    y, X = complete["outcome"].to_numpy(float), complete[columns]
    try:
        found = relative_importance(y, X)
    except AnalysisError:
        return pd.DataFrame(), float("nan")
    low, high = _bootstrap_intervals(y, X, repetitions, seed)
    rows = {
        "dimension": [titles[c][0] for c in columns],
        "title": [titles[c][1] for c in columns],
        "lmg": found.lmg,
        "low": low,
        "high": high,
        "share": found.share,
        "beta": found.standardized_beta,
        "vif": found.vif,
    }
    return pd.DataFrame(rows), found.r_squared


def _bootstrap_intervals(y: Floats, X: pd.DataFrame, repetitions: int, seed: int) -> tuple[Floats, Floats]:
    rng, predictors = np.random.default_rng(seed), X.to_numpy(float)
    drawn: list[RelativeImportance] = []
    for _ in range(repetitions):
        rows = rng.integers(0, y.size, y.size)
        try:
            drawn.append(relative_importance(y[rows], predictors[rows]))
        except AnalysisError:  # a sample of few distinct organizations can be collinear
            continue
    lmg = np.array([d.lmg for d in drawn])
    return np.quantile(lmg, 0.025, axis=0), np.quantile(lmg, 0.975, axis=0)
