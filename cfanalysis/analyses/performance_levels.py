"""How far an organization goes for its customers: the external performance level, low, moderate or high.

Level items are statements on several subjects, one for each level: what is offered now (low), what customers
will need next (moderate), what customers had not thought possible (high). Levels build on each other, as in a
cumulative scale (Guttman 1944): an organization stands at the highest level whose statements its people agree
with on average, if they agree with those of the levels between, too. "Agree on average" is a mean above the
middle of the scale. Low is the floor.

People of one organization need not agree. Each respondent's own answers give a level by the same rule, and the
shares of these show the spread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cfanalysis.analyses.benchmark_comparison import (
    benchmark_aggregate,
    latest_responses,
    may_split_respondents,
)
from cfanalysis.analyses.ranked_gaps import ranked_gaps
from cfanalysis.analyses.respondent_scores import item_answers, mean_answered, with_intervals
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.scoring.means import UNIT, WhichWave, one_wave, organizations_only, set_scores_side_by_side
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.effects.one_sample import mean_estimate, rank_correlation
from cfanalysis.survey.confidentiality import may_show_distribution
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import ClientExtract, Source, Survey

LEVELS = message("low"), message("moderate"), message("high")
MIDDLE = 50.0
_METHOD = message(
    "An organization stands at the highest level whose statements its people agree with on average (a mean above the "
    "middle of the scale), if they also agree with those of the level below; low is the floor."
)


@dataclass(frozen=True)
class Levels:
    """The external performance level of every organization.

    Parameters
    ----------
    frame
        One row per organization: ``organization, wave, level, low, moderate, high`` (scores 0-100), ``n``,
        ``share_low, share_moderate, share_high`` (of respondents who place the organization there, 0-1; missing
        below the minimum of respondents), ``agreement`` (share of respondents at the organization's level).
    by_level
        One row per level: ``level, n`` (organizations), ``share`` (0-1), ``gap, gap_low, gap_high`` (0-100),
        ``criterion, criterion_low, criterion_high`` (0-100), ``n_related`` (organizations with gap and criterion).
    with_gap, with_criterion
        Spearman's correlation of the level with the gap and with the criterion; None where there is none.
    criterion
        Title of the criterion.
    n
        Organizations.
    method
        How a level is found.
    source
        Where the data come from.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    """

    frame: pd.DataFrame
    by_level: pd.DataFrame
    with_gap: Estimate | None
    with_criterion: Estimate | None
    criterion: str
    n: int
    method: str
    source: Source
    wave: WhichWave = "latest"


@dataclass(frozen=True)
class ClientLevel:
    """The level of one client beside the benchmark.

    Parameters
    ----------
    level
        Where it stands: one of `LEVELS`.
    frame
        One row per level: ``level, score`` (0-100), ``low, high`` (95 % interval over respondents; missing below
        the minimum), ``reached`` (whether people agree on average), ``respondents`` (share who place the
        organization there, 0-1, of those who answered about every level; missing where these are too few),
        ``benchmark`` (mean score), ``organizations`` (share of the benchmark at that level, 0-1), ``top`` (the same of
        the top quartile), ``n`` (answers), ``n_organizations``.
    n
        Respondents.
    method, source
        As in `Levels`.
    """

    level: str
    frame: pd.DataFrame
    n: int
    method: str
    source: Source


def performance_level(moderate: ArrayLike, high: ArrayLike) -> list[str]:
    """Return the level for scores (0-100) of the statements of the two upper levels.

    Parameters
    ----------
    moderate, high
        Scores (0-100) of the statements of the moderate and the high level, shape (n,).

    Examples
    --------
    >>> performance_level([40, 60, 60, 50], [60, 40, 51, 20])
    ['low', 'moderate', 'high', 'low']
    """
    second = np.asarray(moderate, dtype=float) > MIDDLE
    third = second & (np.asarray(high, dtype=float) > MIDDLE)
    return [LEVELS[int(a) + int(b)] for a, b in zip(second, third, strict=True)]


def level_items(instrument: Instrument) -> dict[str, tuple[str, ...]]:
    """Return the ids of each level's statements; none unless there are some of all levels."""
    found = {name: tuple(i.id for i in instrument.select(role="level") if i.level == name) for name in LEVELS}
    return found if all(found.values()) else {}


def level_scores(shares: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return the score of each level's statements of every organization and wave that has all of them.

    Parameters
    ----------
    shares
        Answer shares.
    instrument
        What the survey asks.

    Returns
    -------
    DataFrame
        ``organization, wave, kind, low, moderate, high, n, level``; empty where the instrument has no level items.
    """
    table = set_scores_side_by_side(shares, instrument, level_items(instrument))
    if table.empty:
        return table.assign(level=[])
    return table.assign(level=performance_level(table["moderate"], table["high"]))


def level_measures(shares: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return the levels as measures: scope ``level`` (scores) and ``at_level`` (100 where it stands there).

    Parameters
    ----------
    shares
        Answer shares.
    instrument
        What the survey asks.
    """
    table = level_scores(shares, instrument)
    if table.empty:
        return table
    scores = table.melt([*UNIT, "n", "level"], var_name="name", value_name="score")
    there = scores.assign(scope="at_level", score=100.0 * (scores["level"] == scores["name"]))
    return pd.concat([scores.assign(scope="level"), there], ignore_index=True).assign(facet="all")


def respondent_levels(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return where each respondent places the organization: ``low, moderate, high`` (0-100), ``level``.

    The level is "" where the respondent left out more than half of a level's statements.

    Parameters
    ----------
    responses
        Cleaned responses, one row per respondent.
    instrument
        What the survey asks.
    """
    scores = pd.DataFrame(index=responses.index)
    for name, ids in level_items(instrument).items():
        scores[name] = mean_answered(item_answers(responses, instrument, [instrument.item(i) for i in ids]))
    places = performance_level(scores["moderate"], scores["high"])
    return scores.assign(level=np.where(scores.notna().all(axis=1), places, ""))


def organization_levels(survey: Survey, *, wave: WhichWave = "latest") -> Levels:
    """Return every organization's level, and how levels relate to gap and performance.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        The instrument has no items for all three levels, or nobody answered them.
    """
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, wave))
    table = level_scores(shares, survey.instrument).drop(columns="kind")
    if table.empty:
        raise AnalysisError(
            "There is no external performance level.",
            allowed="items of role level, at least one each for low, moderate and high, answered",
        )
    frame = table.merge(_spread(survey), on=["organization", "wave"], how="left")
    own = np.array([LEVELS.index(level) for level in frame["level"]])
    shown = frame[[f"share_{level}" for level in LEVELS]].to_numpy(dtype=float)
    frame = frame.assign(agreement=shown[np.arange(len(frame)), own])
    related, criterion = _related(survey, frame, wave)
    return Levels(
        frame,
        _by_level(frame, related),
        _correlation(related, "gap_score"),
        _correlation(related, "criterion"),
        criterion,
        len(frame),
        _METHOD,
        survey.source,
        wave,
    )


def client_level(extract: ClientExtract) -> ClientLevel | None:
    """Return the client's level beside the benchmark; None where it has none."""
    own = extract.shares[extract.shares["wave"] == extract.wave]
    table = level_scores(own, extract.instrument)
    if table.empty:
        return None
    scores = table.iloc[0]
    people = None
    if may_split_respondents(extract):
        people = respondent_levels(latest_responses(extract), extract.instrument)
    frame = pd.DataFrame({"score": scores[list(LEVELS)].astype(float)})
    minima = extract.instrument.minima
    placed = people["level"][people["level"] != ""] if people is not None else pd.Series(dtype="str")
    shown = may_show_distribution(len(placed), minima)
    frame = with_intervals(frame, people, minima=minima).assign(
        reached=frame["score"] > MIDDLE,
        respondents=[(placed == name).mean() if shown else np.nan for name in LEVELS],
        n=int(scores["n"]),
    )
    beside = [benchmark_aggregate(extract, "level", name) for name in LEVELS]
    there = [benchmark_aggregate(extract, "at_level", name) for name in LEVELS]
    frame = frame.assign(
        benchmark=[b["mean"] for b in beside],
        organizations=[b["mean"] / 100 for b in there],
        top=[b["top"] / 100 for b in there],
        n_organizations=[b["n"] for b in there],
    )
    frame = frame.rename_axis("level").reset_index()
    return ClientLevel(str(scores["level"]), frame, extract.n, _METHOD, extract.source)


def _spread(survey: Survey) -> pd.DataFrame:
    """Return the share of respondents who place their organization at each level, where it may be shown."""
    names = [f"share_{level}" for level in LEVELS]
    if survey.raw_responses is None:
        return pd.DataFrame(columns=["organization", "wave", *names])
    people = respondent_levels(survey.raw_responses, survey.instrument)
    table = survey.raw_responses[["organization", "wave"]].assign(
        **{f"share_{level}": (people["level"] == level).astype(float) for level in LEVELS}
    )
    grouped = table[people["level"] != ""].groupby(["organization", "wave"])
    enough = grouped.size().map(lambda n: may_show_distribution(int(n), survey.instrument.minima))
    return grouped[names].mean()[enough].reset_index()


def _related(survey: Survey, frame: pd.DataFrame, wave: WhichWave) -> tuple[pd.DataFrame, str]:
    """Return levels with gap and criterion where both exist."""
    try:
        ranked = ranked_gaps(survey, wave=wave)
    except AnalysisError:
        return frame.assign(gap_score=np.nan, criterion=np.nan).iloc[:0], ""
    gaps = ranked.frame[["organization", "gap_score", "criterion"]]
    return frame.merge(gaps, on="organization"), ranked.criterion


def _by_level(frame: pd.DataFrame, related: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for level in LEVELS:
        n = int((frame["level"] == level).sum())
        here = related[related["level"] == level]
        row: dict[str, object] = {"level": level, "n": n, "share": n / len(frame), "n_related": len(here)}
        for column, name in (("gap_score", "gap"), ("criterion", "criterion")):
            mean = mean_estimate(here[column]) if len(here) else Estimate(np.nan)
            mean = mean.cut_to(-100, 100) if name == "gap" else mean
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), (mean.estimate, *mean.ends), strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def _correlation(related: pd.DataFrame, column: str) -> Estimate | None:
    if len(related) < 5 or related["level"].nunique() < 2 or related[column].nunique() < 2:
        return None
    return rank_correlation(related["level"].map(LEVELS.index), related[column])
