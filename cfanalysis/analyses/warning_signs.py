"""Nine warning signs: how many of an organization's people see each, how far they agree, and how common it is.

A warning sign is asked as a question whose "yes" is the sign. The share of yes says how many people see it. Their
agreement is rwg with two equally likely options as the null (James, Demaree and Wolf 1984; variance .25):
``1 - s^2 / .25``, s^2 being the sample variance, cut to 0: 1 where all say the same, 0 where they are split.
An organization *has* a sign where more than half of its people see it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.analyses.benchmark_comparison import client_measures, may_split_respondents
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.scoring.means import (
    UNIT,
    WhichWave,
    index_scores,
    item_scores,
    one_wave,
    organizations_only,
    set_scores,
)
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.effects.one_sample import mean_estimate, rank_correlation, share_estimate
from cfanalysis.survey.confidentiality import may_show_benchmark, may_show_distribution
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import ClientExtract, Source, Survey

HALF = 0.5
_ALL = "all signs"
_METHOD = message(
    "The share of respondents who say yes, with Wilson's interval. Agreement is rwg with two equally likely answers as "
    "the null: 1 where all say the same, 0 where they are split. An organization has a sign where more than half "
    "see it."
)


@dataclass(frozen=True)
class WarningSigns:
    """The warning signs of all organizations.

    Parameters
    ----------
    organizations
        One row per organization and sign: ``organization, wave, sign`` (item id), ``share`` (0-1), ``agreement``
        (missing below the minimum of respondents), ``present, n`` (answers).
    frame
        One row per sign: ``sign, title, share, low, high`` (mean share over organizations, 95 % interval),
        ``organizations`` (share that has it, 0-1), ``agreement`` (mean), ``n`` (organizations).
    per_organization
        Mean number of signs that an organization has, with interval.
    with_criterion
        Spearman's correlation of the share of signs seen with the criterion; None where there is none.
    criterion, n, method, source
        Title of the criterion, organizations, how, and where the data come from.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    """

    organizations: pd.DataFrame
    frame: pd.DataFrame
    per_organization: Estimate
    with_criterion: Estimate | None
    criterion: str
    n: int
    method: str
    source: Source
    wave: WhichWave = "latest"


@dataclass(frozen=True)
class ClientSigns:
    """The warning signs of one client beside the benchmark.

    Parameters
    ----------
    frame
        One row per sign, most seen first: ``sign, title, share`` (0-1), ``low, high, agreement`` (missing below the
        minimum of respondents), ``present, n, benchmark`` (mean share, 0-1), ``n_organizations``.
    n, source
        Respondents, and where the data come from.
    """

    frame: pd.DataFrame
    n: int
    source: Source


def two_way_agreement(share: float, n: int) -> float:
    """Return rwg of n yes-or-no answers with this share of yes; missing for one answer.

    Parameters
    ----------
    share
        Share of "yes", 0-1.
    n
        Number of answers.

    Examples
    --------
    >>> two_way_agreement(1, 4), two_way_agreement(0.5, 4), round(two_way_agreement(0.8, 10), 4)
    (1.0, 0.0, 0.2889)
    """
    return float("nan") if n < 2 else max(0.0, 1 - share * (1 - share) * n / (n - 1) / 0.25)


def sign_shares(shares: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return the share of "yes" (0-100) to each sign: ``organization, wave, kind, name, score, n``.

    Parameters
    ----------
    shares
        Answer shares.
    instrument
        What the survey asks.
    """
    signs = [item.id for item in instrument.select(role="warning_sign")]
    scores = item_scores(shares[shares["item"].isin(signs)], instrument)
    return scores.rename(columns={"item": "name"})[[*UNIT, "name", "score", "n"]]


def sign_measures(shares: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return signs as measures (scope ``warning_sign``), and the mean of all where an organization has all.

    Parameters
    ----------
    shares
        Answer shares.
    instrument
        What the survey asks.
    """
    each = sign_shares(shares, instrument)
    whole = set_scores(shares, instrument, {_ALL: [i.id for i in instrument.select(role="warning_sign")]})
    return pd.concat([each, whole], ignore_index=True).assign(scope="warning_sign", facet="all")


def warning_signs(survey: Survey, *, wave: WhichWave = "latest") -> WarningSigns:
    """Return the warning signs of every organization and their frequency.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        The instrument asks for no warning signs, or fewer organizations answered than a benchmark needs.
    """
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, wave))
    table = sign_shares(shares, survey.instrument)
    if not survey.instrument.select(role="warning_sign"):
        raise AnalysisError("The instrument asks for no warning signs.")
    n = table["organization"].nunique()
    if not may_show_benchmark(n, survey.instrument.minima):
        raise AnalysisError("Too few organizations answered the warning signs.", value=n)
    table = table.rename(columns={"name": "sign"}).assign(
        share=lambda t: t["score"] / 100, present=lambda t: t["score"] / 100 > HALF
    )
    enough = table["n"].map(lambda k: may_show_distribution(int(k), survey.instrument.minima))
    agreement = [two_way_agreement(s, k) for s, k in zip(table["share"], table["n"], strict=True)]
    table = table.assign(agreement=pd.Series(agreement, index=table.index).where(enough))
    counts = table.groupby("organization")["present"].sum()
    related, criterion = _with_criterion(survey, shares, table)
    columns = ["organization", "wave", "sign", "share", "agreement", "present", "n"]
    return WarningSigns(
        table[columns].reset_index(drop=True),
        _frequency(table, survey.instrument),
        mean_estimate(counts).cut_to(0, len(survey.instrument.select(role="warning_sign"))),
        related,
        criterion,
        n,
        _METHOD,
        survey.source,
        wave,
    )


def client_warning_signs(extract: ClientExtract) -> ClientSigns | None:
    """Return the client's warning signs, most seen first; None where it answered none."""
    own = client_measures(extract, "warning_sign")
    each = own[own["name"] != _ALL].reset_index(drop=True)
    if each.empty:
        return None
    spread = may_split_respondents(extract)
    rows = []
    for row in each.to_dict(orient="records"):
        share, n = row["score"] / 100, int(row["n"])
        shown = spread and may_show_distribution(n, extract.instrument.minima)
        estimate = share_estimate(round(share * n), n) if shown else Estimate(share)
        agreement = two_way_agreement(share, n) if shown else np.nan
        title = extract.instrument.item(row["name"]).title
        present = share > HALF
        beside = (row["benchmark"] / 100, row["n_organizations"])
        rows.append((row["name"], title, share, *estimate.ends, agreement, present, n, *beside))
    columns = ["sign", "title", "share", "low", "high", "agreement", "present", "n", "benchmark"]
    frame = pd.DataFrame(rows, columns=[*columns, "n_organizations"])
    frame = frame.sort_values("share", ascending=False, kind="stable", ignore_index=True)
    return ClientSigns(frame, extract.n, extract.source)


def _frequency(table: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    rows = []
    for item in instrument.select(role="warning_sign"):
        here = table[table["sign"] == item.id]
        if here.empty:
            continue
        mean = mean_estimate(here["share"]).cut_to(0, 1)
        means = here[["present", "agreement"]].astype(float).mean()
        rows.append((item.id, item.title, mean.estimate, *mean.ends, *means, len(here)))
    columns = ["sign", "title", "share", "low", "high", "organizations", "agreement", "n"]
    return pd.DataFrame(rows, columns=columns)


def _with_criterion(survey: Survey, shares: pd.DataFrame, table: pd.DataFrame) -> tuple[Estimate | None, str]:
    """Return the correlation of the mean share of signs with the criterion, and the criterion's title."""
    index = survey.instrument.criterion_index
    if index is None:
        return None, ""
    seen = table.groupby("organization")["share"].mean()
    scores = index_scores(shares, survey.instrument, index).set_index("organization")["score"]
    both = pd.concat([seen, scores], axis=1, join="inner")
    if len(both) < 5 or both.round(9).nunique().min() < 2:
        return None, index.title
    return rank_correlation(both["share"], both["score"]), index.title
