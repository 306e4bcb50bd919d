"""A customer satisfaction index by organization, sector and all, from wave to wave.

A customer's index is the mean of the customer's ratings by the index's formula: UKCSI, ratings from 1 to 10 times 10
(Institute of Customer Service); ACSI, the same ratings stretched to 0 to 100 (Fornell et al. 1996, equal weights).
An organization's, a sector's and the whole index are weighted means over customers.

Customers of one organization resemble each other, and a sector has more organizations than those that were rated; so
organizations are clusters of customers (Cochran 1977). With ``design="customers"`` the index speaks of the customers of
exactly these organizations, which are strata then, and intervals are narrower. In the change from wave
to wave a customer, or an organization that was drawn, who is in both counts once (`weighted_change`); its p values are
adjusted by Holm's method over the sectors, and over the organizations.

References
----------
Cochran, W. G. (1977). Sampling Techniques, 3rd ed., chapter 5.
Fornell, C., Johnson, M. D., Anderson, E. W., Cha, J., and Bryant, B. E. (1996). The American Customer Satisfaction
Index: nature, purpose, and findings. Journal of Marketing 60.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.analyses.respondent_scores import index_answers, item_answers
from cfanalysis.analyses.units import organization_field
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import sentence
from cfanalysis.scoring.means import INDEX_FORMULAS
from cfanalysis.statistics.effects import Estimate, adjust_p_values, weighted_change, weighted_mean
from cfanalysis.survey.confidentiality import may_show_distribution
from cfanalysis.survey.instrument import Index, Instrument
from cfanalysis.survey.survey_data import Source, Survey

Design = Literal["customers", "organizations"]
WEIGHT = "weight"
IndexScope = Literal["all", "sector", "organization"]
_SCOPES: tuple[IndexScope, ...] = ("all", "sector", "organization")
LABELS = {"all": message("All organizations")}


@dataclass(frozen=True)
class SectorIndex:
    """An index over customers.

    Parameters
    ----------
    frame
        One row per scope, name and wave: ``scope`` (all, sector, organization), ``name, wave, score`` (0-100), ``se,
        low, high`` (95 % interval; missing below the minimum of customers), ``n`` (customers), ``n_organizations``.
    changes
        One row per scope, name and pair of waves in a row: ``scope, name, before, after, change, se, low, high, p,
        p_holm``; where both waves have a standard error.
    improvement
        Share of customers who expect organizations to improve: ``wave, share, low, high`` (0-1), ``n``; empty where
        that is not asked.
    index
        The index, with its formula and what was published.
    weighted
        Whether customers carry weights.
    design
        How customers were drawn: within organizations, or with organizations as clusters.
    field
        Title of the field that makes the sectors; "" where there is none.
    n, n_organizations
        Customers and organizations, all waves.
    method, source
        How, and where the data come from.
    """

    frame: pd.DataFrame
    changes: pd.DataFrame
    improvement: pd.DataFrame
    index: Index
    weighted: bool
    design: Design
    field: str
    n: int
    n_organizations: int
    method: str
    source: Source


def sector_index(
    survey: Survey,
    *,
    index: str | None = None,
    by: str | None = None,
    design: Design = "organizations",
    scopes: Sequence[IndexScope] = _SCOPES,
) -> SectorIndex:
    """Return an index by organization, sector and all for every wave.

    Parameters
    ----------
    survey
        Responses of customers; each customer's ``weight``, if the instrument has a respondent field of that id,
        counts.
    index
        The instrument's index; None takes its first.
    by
        The organization field that makes the sectors; None takes the first.
    design
        ``"organizations"`` are drawn, or ``"customers"`` only, within the organizations that the index is about.
    scopes
        Which rows are wanted, of ``"all"``, ``"sector"`` and ``"organization"``.

    Raises
    ------
    AnalysisError
        There are no responses or no index, or a weight is not a positive number.
    """
    instrument = survey.instrument
    if survey.raw_responses is None or not instrument.indices:
        raise AnalysisError("A sector index needs responses of customers and an index in the instrument.")
    chosen = instrument.indices[0] if index is None else instrument.index(index)
    field = organization_field(instrument, by)
    people = _people(survey, chosen, field.id if field else "")
    frame = pd.DataFrame(
        [
            row
            for wave in survey.source.waves
            for row in _rows(people[people["wave"] == wave], wave, design, instrument, scopes)
        ],
        columns=["scope", "name", "wave", "score", "se", "low", "high", "n", "n_organizations"],
    )
    order = {scope: k for k, scope in enumerate(_SCOPES)}
    frame = frame.sort_values(
        ["scope", "name", "wave"], key=lambda c: c.map(order) if c.name == "scope" else c
    )
    return SectorIndex(
        frame.reset_index(drop=True),
        _changes(frame, survey.source.waves, people, design),
        _improvement(survey, people, design),
        chosen,
        bool(people["weight"].nunique() > 1),
        design,
        field.title if field else "",
        len(people),
        int(people["organization"].nunique()),
        _method(chosen, design, weighted=bool(people["weight"].nunique() > 1)),
        survey.source,
    )


def design_mean(
    values: pd.Series, weights: pd.Series, organizations: pd.Series, *, design: Design = "customers"
) -> Estimate:
    """Return a weighted mean with the standard error of the design.

    Parameters
    ----------
    values, weights, organizations
        Of each customer, shape (n,).
    design
        As in `sector_index`. Organizations with one customer are joined to one stratum.

    Examples
    --------
    >>> mean = design_mean(pd.Series([60.0, 80, 70, 90]), pd.Series([1.0] * 4), pd.Series(list("aabb")))
    >>> mean.estimate, round(mean.se, 4)
    (75.0, 7.0711)
    """
    if len(values) < 2:
        return Estimate(float(values.iloc[0])) if len(values) else Estimate(np.nan)
    if design == "organizations" and organizations.nunique() > 1:
        return weighted_mean(values, weights, cluster=organizations)
    return weighted_mean(values, weights, strata=_strata(organizations))


def _strata(organizations: pd.Series) -> NDArray[np.object_]:
    """Return the stratum of each customer: its organization; organizations with one customer are joined."""
    place, names = pd.factorize(organizations.to_numpy(dtype=object))
    size = np.bincount(place)
    # A single customer joins the largest stratum.
    joined = names[size.argmax()] if (size == 1).sum() == 1 else ""
    return np.where(size == 1, joined, names)[place]


def wave_change(before: pd.DataFrame, after: pd.DataFrame, *, design: Design = "customers") -> Estimate:
    """Return the change of the index from one wave to the next; customers asked in both are compared with themselves.

    Parameters
    ----------
    before, after
        The customers of a wave: ``organization, person, weight, score``.
    design
        As in `sector_index`.
    """
    both, strata = pd.concat([before, after], ignore_index=True), None
    clustered = design == "organizations" and min(w["organization"].nunique() for w in (before, after)) > 1
    unit = both["organization"] if clustered else both["organization"] + "\0" + both["person"]
    if not clustered:
        strata = np.concatenate([_strata(wave["organization"]) for wave in (before, after)])
    later = np.repeat([False, True], [len(before), len(after)])
    return weighted_change(both["score"], both["weight"], later, unit.to_numpy(), strata=strata)


def _people(survey: Survey, index: Index, field: str) -> pd.DataFrame:
    """Return customers with an index: ``organization, wave, person, sector, weight, score``."""
    responses = survey.raw_responses if survey.raw_responses is not None else pd.DataFrame()
    table = pd.DataFrame(
        {
            "organization": responses["organization"].astype(str),
            "wave": responses["wave"].astype(str),
            "person": responses["respondent"].astype(str),
            "sector": responses[field].astype(str) if field else "",
            "weight": _weights(responses, survey.instrument),
            "score": index_answers(responses, survey.instrument, index),
        }
    )
    return table.dropna(subset=["score"])


def _weights(responses: pd.DataFrame, instrument: Instrument) -> pd.Series:
    if WEIGHT not in {f.id for f in instrument.respondent_fields} or responses[WEIGHT].eq("").all():
        return pd.Series(1.0, index=responses.index)
    weights = pd.to_numeric(responses[WEIGHT], errors="coerce")
    wrong = weights.isna() | (weights <= 0) | ~np.isfinite(weights.astype(float))
    if wrong.any():
        raise AnalysisError(
            f"{int(wrong.sum())} customer(s) have no weight above 0.",
            where=f"column {WEIGHT}, row {int(np.flatnonzero(wrong.to_numpy())[0])}",
            value=responses[WEIGHT][wrong].iloc[0],
            allowed="a number above 0",
            next_step="Correct the file, or leave the column out.",
        )
    return weights.astype(float)


def _rows(
    people: pd.DataFrame, wave: str, design: Design, instrument: Instrument, scopes: Sequence[str]
) -> list[tuple[object, ...]]:
    groups: list[tuple[str, str, pd.DataFrame]] = [("all", LABELS["all"], people)]
    named = people[people["sector"] != ""]
    groups += [("sector", str(name), here) for name, here in named.groupby("sector", sort=True)]
    groups += [("organization", str(name), here) for name, here in people.groupby("organization", sort=True)]
    rows: list[tuple[object, ...]] = []
    for scope, name, here in groups:
        if here.empty or scope not in scopes:
            continue
        mean = design_mean(here["score"], here["weight"], here["organization"], design=design)
        if not may_show_distribution(len(here), instrument.minima):
            mean = Estimate(mean.estimate)
        se = np.nan if mean.se is None else mean.se
        n = (len(here), int(here["organization"].nunique()))
        rows.append((scope, name, wave, mean.estimate, se, *mean.cut_to(0, 100).ends, *n))
    return rows


def _changes(
    frame: pd.DataFrame, waves: tuple[str, ...], people: pd.DataFrame, design: Design
) -> pd.DataFrame:
    columns = ["scope", "name", "before", "after", "change", "se", "low", "high", "p", "p_holm"]
    rows = []
    of_scope = {s: dict(iter(people.groupby([s, "wave"]))) for s in ("sector", "organization")}
    of_scope["all"] = {(LABELS["all"], wave): here for wave, here in people.groupby("wave")}
    for (scope, name), known in frame[frame["se"].notna()].groupby(["scope", "name"], sort=False):
        for before, after in pairwise(waves):
            if {before, after} <= {*known["wave"]}:
                groups = of_scope[str(scope)]
                change = wave_change(groups[name, before], groups[name, after], design=design)
                bounds = (change.estimate, change.se, *change.cut_to(-100, 100).ends, change.p)
                rows.append((scope, name, before, after, *bounds, np.nan))
    table = pd.DataFrame(rows, columns=columns)
    for _, here in table.groupby(["scope", "before"]):
        tested = here[here["p"].notna()]
        if len(tested):
            table.loc[tested.index, "p_holm"] = adjust_p_values(
                tested["p"].astype(float), method="holm"
            ).adjusted
    return table


def _improvement(survey: Survey, people: pd.DataFrame, design: Design) -> pd.DataFrame:
    columns = ["wave", "share", "low", "high", "n"]
    asked = [
        item
        for item in survey.instrument.select(role="expectation")
        if len(survey.instrument.scale_of(item.id).categories) == 2
    ]
    if not asked or survey.raw_responses is None:
        return pd.DataFrame(columns=columns)
    answers = (
        item_answers(survey.raw_responses.loc[people.index], survey.instrument, asked[:1]).iloc[:, 0] / 100
    )
    known = people[answers.notna()].assign(expects=answers)
    rows = []
    for wave in survey.source.waves:
        here = known[known["wave"] == wave]
        if may_show_distribution(len(here), survey.instrument.minima):
            mean = design_mean(here["expects"], here["weight"], here["organization"], design=design)
            rows.append((wave, mean.estimate, *mean.cut_to(0, 1).ends, len(here)))
    return pd.DataFrame(rows, columns=columns)


_METHODS: dict[tuple[Design, bool], str] = {
    ("customers", True): message(
        "A customer's index is {formula}; at least half of the ratings are needed. Means over customers, weighted; "
        "standard errors for customers drawn within organizations, which are the strata. Customers asked in both waves "
        "are compared with themselves; changes are tested by t, p adjusted by Holm."
    ),
    ("customers", False): message(
        "A customer's index is {formula}; at least half of the ratings are needed. Means over customers, every "
        "customer counts once; standard errors for customers drawn within organizations, which are the strata. "
        "Customers asked in both waves are compared with themselves; changes are tested by t, p adjusted by Holm."
    ),
    ("organizations", True): message(
        "A customer's index is {formula}; at least half of the ratings are needed. Means over customers, weighted; "
        "standard errors for organizations drawn as clusters of customers. Customers asked in both waves are compared "
        "with themselves; changes are tested by t, p adjusted by Holm."
    ),
    ("organizations", False): message(
        "A customer's index is {formula}; at least half of the ratings are needed. Means over customers, every "
        "customer counts once; standard errors for organizations drawn as clusters of customers. Customers asked in "
        "both waves are compared with themselves; changes are tested by t, p adjusted by Holm."
    ),
}


def _method(index: Index, design: Design, *, weighted: bool) -> str:
    formula = translated(INDEX_FORMULAS[index.formula]).rstrip(".")
    return sentence(_METHODS[design, weighted], formula=formula[:1].lower() + formula[1:])
