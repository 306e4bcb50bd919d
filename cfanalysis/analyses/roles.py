"""How leaders, managers and front line see the organization, and a score that does not depend on who answered.

People higher up rate their organization better, so an organization where mostly leaders answer looks better than it
would. How much better is estimated within organizations: respondents' scores are regressed on the role with an
effect for every organization, so that only colleagues are compared; standard errors are clustered by organization.
The score adjusted for role composition is then

    adjusted_j = score_j - sum over roles r of (p_jr - w_r) b_r

with p_jr the share of role r among the organization's respondents, w_r the mean of these shares over all
organizations, and b_r the effect of the role. It is direct standardization with effects that are common to all
organizations; small cells of single organizations are never used by themselves.

The first of the instrument's respondent fields is the position, its options listed from the top down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy  # its submodules are imported when they are first used, and reports use few of them

from cfanalysis.analyses.respondent_scores import FACETS_AND_GAP, facet_scores
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.scoring.means import UNIT, WhichWave, one_wave
from cfanalysis.survey.confidentiality import may_show_benchmark
from cfanalysis.survey.instrument import DataField, Instrument
from cfanalysis.survey.survey_data import Source, Survey

ROLE_METHOD = message(
    "Respondents' scores (0 to 100) regressed on the fact with an effect for every organization, so that only "
    "colleagues are compared; 95% intervals clustered by organization."
)
EFFECT_COLUMNS = [
    *("field", "title", "option", "facet", "effect", "low", "high", "se", "p"),
    *("share", "n", "n_organizations"),
]


@dataclass(frozen=True)
class RoleEffects:
    """How facts about respondents relate to their answers, within organizations.

    Parameters
    ----------
    frame
        One row per field, option and facet: ``field, title`` (of the field), ``option, facet`` (say, do, gap),
        ``effect, low, high, se`` (0-100; against the field's last option), ``p, share`` (mean share of the option
        over organizations, 0-1), ``n`` (respondents with the option), ``n_organizations`` (with at least two
        respondents). The last option has effect 0 and no interval.
    n
        Respondents.
    n_organizations
        Organizations.
    method, source
        How, and where the data come from.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    """

    frame: pd.DataFrame
    n: int
    n_organizations: int
    method: str
    source: Source
    wave: WhichWave = "latest"


def role_effects(survey: Survey, *, wave: WhichWave = "latest") -> RoleEffects:
    """Return how positions, functions and customer contact relate to Say, Do and gap.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        There are no responses, no facts about respondents in which colleagues differ, or no gap items.
    """
    if survey.raw_responses is None or not survey.instrument.respondent_fields:
        raise AnalysisError(
            "There are no facts about respondents.",
            next_step="Roles need responses, and respondent_fields in the instrument.",
        )
    if not survey.instrument.gap_dimensions:
        raise AnalysisError("The instrument has no Say and Do items, so roles have nothing to differ in.")
    responses = one_wave(survey.raw_responses, survey.source.waves, wave)
    scores = facet_scores(responses, survey.instrument)
    parts = [_field_effects(responses, scores, field) for field in survey.instrument.respondent_fields]
    if all(part.empty for part in parts):
        raise AnalysisError(
            "No fact about respondents has two options in one organization.",
            next_step="Roles need respondent_fields with options, and colleagues who chose different ones.",
        )
    frame = pd.concat(parts, ignore_index=True)
    return RoleEffects(
        frame, len(responses), int(responses["organization"].nunique()), ROLE_METHOD, survey.source, wave
    )


def position_field(instrument: Instrument) -> DataField | None:
    """Return the field of the respondents' position: the first with at least two options."""
    fields = [field for field in instrument.respondent_fields if len(field.options) > 1]
    return fields[0] if fields else None


def compositions(responses: pd.DataFrame, field: DataField) -> pd.DataFrame:
    """Return the share of each option among an organization's respondents who gave one, by organization and wave.

    Parameters
    ----------
    responses
        Cleaned responses, one row per respondent.
    field
        A respondent field with options, e.g. the role.

    Returns
    -------
    DataFrame
        Indexed by ``organization, wave``; one column per option, 0-1.
    """
    known = responses[responses[field.id].isin(field.options)]
    counts = known.groupby(["organization", "wave"])[field.id].value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=list(field.options), fill_value=0)
    return counts.div(counts.sum(axis=1), axis=0)


def adjusted_measures(survey: Survey, scores: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """Return Say, Do and gap adjusted for role composition as measures (scope ``adjusted``).

    Parameters
    ----------
    survey
        The evidence.
    scores
        The study's score table; its rows of scope ``overall`` are adjusted.
    effects
        What is adjusted with, of this study or of a norm: as from `publishable_effects`.

    Returns
    -------
    DataFrame
        ``organization, wave, kind, scope, name`` (id of the position's field), ``facet, score`` (0-100), ``n``; empty
        where there are no positions, or nothing is known of their effects.
    """
    empty = pd.DataFrame(columns=[*UNIT, "scope", "name", "facet", "score", "n"])
    field = position_field(survey.instrument)
    if field is None or survey.raw_responses is None or not {"field", "share"} <= set(effects):
        return empty
    known = effects[(effects["field"] == field.id) & effects["option"].isin(field.options)]
    if known.empty:
        return empty
    table = known.pivot(index="option", columns="facet", values=["effect", "share"])
    shares = compositions(survey.raw_responses, field)
    above = shares[list(table.index)].to_numpy()[:, :, np.newaxis] - table["share"].to_numpy()
    excess = (above * table["effect"].to_numpy()).sum(axis=1)
    wide = pd.DataFrame(excess, index=shares.index, columns=table["effect"].columns).reset_index()
    change = wide.melt(["organization", "wave"], var_name="facet", value_name="excess")
    own = scores[(scores["scope"] == "overall") & (scores["kind"] == "organization")]
    rows = own.merge(change, on=["organization", "wave", "facet"])
    rows = rows.assign(scope="adjusted", name=field.id, score=rows["score"] - rows["excess"])
    return rows[[*UNIT, "scope", "name", "facet", "score", "n"]]


def role_states(survey: Survey) -> pd.DataFrame:
    """Return what each organization adds to shares and effects of roles, as texts: ``organization, mix, people``.

    Parameters
    ----------
    survey
        The evidence.

    Returns
    -------
    DataFrame
        One row per organization of which positions are known: those of its respondents in the latest wave, and these
        with what they answered. Organizations with the same text add the same.
    """
    if survey.raw_responses is None or position_field(survey.instrument) is None:
        return pd.DataFrame(columns=["organization", "mix", "people"], dtype="str")
    responses = one_wave(survey.raw_responses, survey.source.waves, "latest")
    fields = [field.id for field in survey.instrument.respondent_fields if field.options]
    mix = responses[fields].astype("str").agg("/".join, axis=1)
    scores = facet_scores(responses, survey.instrument)[list(FACETS_AND_GAP)].round(6).astype("str")
    people = pd.DataFrame({"mix": mix, "people": mix + scores.agg("/".join, axis=1)})
    return people.groupby(responses["organization"]).agg(_joined).reset_index()


def _joined(texts: pd.Series) -> str:
    return " ".join(sorted(texts))


def _field_effects(responses: pd.DataFrame, scores: pd.DataFrame, field: DataField) -> pd.DataFrame:
    """Return one field's effects on Say, Do and gap; none where fewer than two options are in use."""
    known = responses[field.id].isin(field.options) & scores[list(FACETS_AND_GAP)].notna().all(axis=1)
    people, values = responses[known], scores[known]
    used = [option for option in field.options if (people[field.id] == option).any()]
    sizes = people.groupby(["organization", "wave"])[field.id].transform("size")
    if len(used) < 2 or not (sizes > 1).any():
        return pd.DataFrame(columns=EFFECT_COLUMNS)
    weights = compositions(responses, field).mean()
    dummies = np.column_stack([(people[field.id] == option).to_numpy(float) for option in used[:-1]])
    cluster = people["organization"].astype("category").cat.codes.to_numpy()
    several = int(people.loc[sizes > 1, "organization"].nunique())
    rows = []
    for facet in FACETS_AND_GAP:
        fitted = within_effects(values[facet].to_numpy(float), dummies, cluster)
        for k, option in enumerate(used):
            last = k == len(used) - 1
            none = (0.0, np.nan, np.nan, np.nan, np.nan)
            effect = none if last else (column[k] for column in fitted.values())
            n = int((people[field.id] == option).sum())
            rows.append((field.id, field.title, option, facet, *effect, weights[option], n, several))
    return pd.DataFrame(rows, columns=EFFECT_COLUMNS)


def within_effects(y: np.ndarray, X: np.ndarray, cluster: np.ndarray) -> dict[str, np.ndarray]:
    """Return effects of X on y within clusters, with cluster-robust intervals.

    Parameters
    ----------
    y
        Shape (n,).
    X
        Shape (n, k).
    cluster
        Codes 0, 1, ..., shape (n,).

    Returns
    -------
    dict
        ``effect, low, high, se, p``, each of shape (k,); t with clusters minus one degrees of freedom.

    Notes
    -----
    The within estimator with CR1 standard errors (Arellano 1987), clusters with a single member left out. In R:
    ``fixest::feols(y ~ X | cluster, cluster = ~cluster)``.

    References
    ----------
    Arellano, M. (1987). Computing robust standard errors for within-groups estimators. Oxford Bulletin of
    Economics and Statistics 49.
    """
    several = np.bincount(cluster)[cluster] > 1
    y, X = y[several], X[several]
    member = np.unique(cluster[several], return_inverse=True)[1]
    size = np.bincount(member)
    centered = np.column_stack([c - (np.bincount(member, weights=c) / size)[member] for c in (y, *X.T)])
    target, design = centered[:, 0], centered[:, 1:]
    gram = np.linalg.pinv(design.T @ design)
    effect = gram @ design.T @ target
    residual = target - design @ effect
    sums = np.column_stack([np.bincount(member, weights=residual * column) for column in design.T])
    n, k, groups = target.size, design.shape[1], size.size
    correction = groups / (groups - 1) * (n - 1) / (n - k) if groups > 1 and n > k else np.nan
    se = np.sqrt(np.diag(gram @ (sums.T @ sums) @ gram) * correction)
    degrees = max(groups - 1, 1)
    reach = scipy.special.stdtrit(degrees, 0.975) * se
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * scipy.special.stdtr(degrees, -np.abs(effect) / se)
    return {"effect": effect, "low": effect - reach, "high": effect + reach, "se": se, "p": p}


def publishable_effects(effects: RoleEffects, instrument: Instrument) -> pd.DataFrame:
    """Return the effects that rest on enough organizations for clients to see, with no more digits than are printed.

    Parameters
    ----------
    effects
        The effects of roles on the scores.
    instrument
        Its minima for a benchmark.

    Returns
    -------
    DataFrame
        As `RoleEffects.frame`, without respondents' n: effects to a tenth, shares to a hundredth.
    """
    frame = effects.frame
    enough = frame["n_organizations"].map(lambda n: may_show_benchmark(int(n), instrument.minima))
    many = frame["n"].map(lambda n: may_show_benchmark(int(n), instrument.minima))
    shown = frame[enough & many].drop(columns=["n", "se", "p"]).reset_index(drop=True)
    return shown.astype({"share": float}).round({"effect": 1, "low": 1, "high": 1, "share": 2})
