"""Twelve practices that customer-focused organizations share, seen through the Do items that show them.

An instrument tags Do items with practices; an item can show more than one. A practice's score is the mean of
its items' scores (0-100). Which practices set the top quartile apart is asked of all practices at once, so the
p values are adjusted: Holm's method keeps the chance of any false claim at 5 %, Benjamini and Hochberg's the
share of false ones among the claims.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cfanalysis.analyses.benchmark_comparison import client_measures
from cfanalysis.analyses.ranked_gaps import ranked_gaps
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.scoring.means import WhichWave, one_wave, organizations_only, set_scores
from cfanalysis.statistics.effects import adjust_p_values, hedges_g, welch
from cfanalysis.statistics.quartiles import QUARTILES
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import ClientExtract, Source, Survey

_METHOD = message(
    "A practice's score is the mean of its Do items on 0 to 100. Top quartile against rest: Welch's test over "
    "organizations, Hedges' g, p adjusted for all practices by Holm's method and by Benjamini and Hochberg's."
)


@dataclass(frozen=True)
class PracticeContrast:
    """Every practice in the top quartile and in the rest.

    Parameters
    ----------
    frame
        One row per practice, in the instrument's order: ``practice`` (id), ``title, n_items, top, rest,
        difference, low, high`` (0-100, 95 % interval by Welch), ``g`` (Hedges), ``p, p_holm, p_bh, n``
        (organizations), ``n_top``.
    criterion
        Title of the criterion that makes the quartile.
    n
        Organizations.
    method, source
        How, and where the data come from.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    """

    frame: pd.DataFrame
    criterion: str
    n: int
    method: str
    source: Source
    wave: WhichWave = "latest"


@dataclass(frozen=True)
class ClientPractices:
    """One client's practices beside the benchmark.

    Parameters
    ----------
    frame
        One row per practice: ``practice, title, about, score, benchmark`` (mean), ``top`` (mean of the top quartile),
        ``percentile`` (all 0-100), ``third, n_items, n`` (answers), ``n_organizations``.
    client, n, source
        The client, its respondents, and where the data come from.
    """

    frame: pd.DataFrame
    client: str
    n: int
    source: Source


def practice_items(instrument: Instrument) -> dict[str, tuple[str, ...]]:
    """Return the Do items of each practice that has any, by the practice's id."""
    tagged = {
        practice.id: tuple(i.id for i in instrument.items if practice.id in i.practices and i.facet == "do")
        for practice in instrument.practices
    }
    return {practice: items for practice, items in tagged.items() if items}


def practice_measures(shares: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return practices as measures (scope ``practice``) of every organization and wave that has all items of one.

    Parameters
    ----------
    shares
        Answer shares.
    instrument
        What the survey asks.

    Returns
    -------
    DataFrame
        ``organization, wave, kind, scope, name`` (the practice's id), ``facet, score`` (0-100), ``n`` (fewest
        answers to one of its items).
    """
    scores = set_scores(shares, instrument, practice_items(instrument))
    return scores.assign(scope="practice", facet="all")


def practice_contrast(survey: Survey, *, wave: WhichWave = "latest") -> PracticeContrast:
    """Return which practices set the top quartile of the criterion apart.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        The instrument tags no Do item, or there are no quartiles.
    """
    instrument = survey.instrument
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, wave))
    scores = practice_measures(shares, instrument)
    if scores.empty:
        raise AnalysisError(
            "There are no practices.", next_step="Tag Do items with practices in the instrument."
        )
    ranked = ranked_gaps(survey, wave=wave)
    top = dict(zip(ranked.frame["organization"], ranked.frame["quartile"] == QUARTILES[0], strict=True))
    scores = scores[scores["organization"].isin(top)].assign(top=lambda t: t["organization"].map(top))
    tagged, titles = practice_items(instrument), {p.id: p.title for p in instrument.practices}
    rows = []
    for practice in tagged:
        here = scores[scores["name"] == practice]
        first, rest = (here.loc[here["top"] == side, "score"].to_numpy() for side in (True, False))
        test = welch(first, rest)
        means = (first.mean(), rest.mean(), test.estimate, *test.ends, hedges_g(first, rest).estimate, test.p)
        rows.append((practice, titles[practice], len(tagged[practice]), *means, len(here), first.size))
    columns = ["practice", "title", "n_items", "top", "rest", "difference", "low", "high", "g", "p", "n"]
    frame = pd.DataFrame(rows, columns=[*columns, "n_top"])
    adjusted = {f"p_{m}": adjust_p_values(frame["p"], method=m).adjusted for m in ("holm", "bh")}
    return PracticeContrast(
        frame.assign(**adjusted), ranked.criterion, len(ranked.frame), _METHOD, survey.source, wave
    )


def client_practices(extract: ClientExtract) -> ClientPractices:
    """Return the client's practices beside the benchmark and its top quartile; empty where it has none."""
    tagged = practice_items(extract.instrument)
    practices = {p.id: p for p in extract.instrument.practices}
    own = client_measures(extract, "practice")
    order = [practice for practice in tagged if practice in set(own["name"])]
    frame = own.set_index("name").loc[order].reset_index(names="practice")
    frame = frame.assign(
        title=[practices[p].title for p in order],
        about=[practices[p].about for p in order],
        n_items=[len(tagged[p]) for p in order],
    )
    columns = ["practice", "title", "about", "score", "benchmark", "top", "percentile", "third"]
    return ClientPractices(
        frame[[*columns, "n_items", "n", "n_organizations"]], extract.client, extract.n, extract.source
    )
