"""What a client's report says in words, each sentence written from the numbers."""

from __future__ import annotations

import math

import pandas as pd

from cfanalysis.analyses.client_participation import ClientParticipation
from cfanalysis.analyses.client_roles import ClientRoles
from cfanalysis.analyses.customer_types import ClientCustomerTypeScores
from cfanalysis.analyses.index_standing import IndexStanding
from cfanalysis.analyses.open_answers import Comments
from cfanalysis.analyses.performance_levels import ClientLevel
from cfanalysis.analyses.priorities import STABLE
from cfanalysis.analyses.roles import position_field
from cfanalysis.core.formatting import decimal, ordinal, percent
from cfanalysis.survey.confidentiality import respondent_count_text
from cfanalysis.survey.survey_data import ClientExtract


def missing_section_text(what: str, why: str) -> str:
    """Return the line that stands where a section has no data.

    Parameters
    ----------
    what
        The section, with its verb, e.g. "Practices are".
    why
        The reason, with a full stop.
    """
    return f"{what} left out: {why}"


def why_no_people(extract: ClientExtract) -> str:
    """Return why answers of people cannot be split."""
    if extract.raw_responses is None:
        return "only frequency tables were published, no answers of single respondents."
    minimum = extract.instrument.minima.respondents
    return f"it needs at least {minimum} respondents, and {respondent_count_text(extract.n)} answered."


def percentile_phrase(standing: IndexStanding) -> str:
    """Return a percentile with its interval.

    Examples
    --------
    >>> from cfanalysis.statistics.effects import Estimate
    >>> from cfanalysis.survey.survey_data import Source
    >>> place = IndexStanding("Index", Estimate(62.0, 55.0, 69.0), 41.6, 22.0, 90.0, 120, 9, Source("s", "S"))
    >>> percentile_phrase(place)
    '42nd percentile (22nd to above the 90th)'
    """
    if standing.percentile is None:
        return "no benchmark"
    if standing.low is None or standing.high is None:
        return f"{ordinal(standing.percentile)} percentile"
    low = "below the 10th" if standing.low <= 10 else ordinal(standing.low)
    high = "above the 90th" if standing.high >= 90 else ordinal(standing.high)
    if standing.high <= 10 or standing.low >= 90:
        return f"{ordinal(standing.percentile)} percentile ({low if standing.high <= 10 else high})"
    return f"{ordinal(standing.percentile)} percentile ({low} to {high})"


def strength_sentence(row: pd.Series, *, tested: bool) -> str:
    """Return why an item is a strength.

    Parameters
    ----------
    row
        A row of the client's strengths.
    tested
        Whether there are more items than are listed, so that a place on the list says something.
    """
    lead = (
        f"You score {decimal(row['score'], 0)}, {decimal(row['lead'], 0)} points above the benchmark"
        if row["lead"] >= 0.5
        else f"You score {decimal(row['score'], 0)}, level with the benchmark"
        if row["lead"] > -0.5
        else f"You score {decimal(row['score'], 0)}, {decimal(-row['lead'], 0)} points below the benchmark, which is "
        "among your smallest distances"
    )
    return f"{lead}. {_certainty(row, 'strength', tested)}".strip()


def opportunity_sentence(row: pd.Series, *, tested: bool) -> str:
    """Return why an item is an opportunity.

    Parameters
    ----------
    row
        A row of the client's opportunities.
    tested
        Whether there are more items than are listed, so that a place on the list says something.
    """
    best = "top quartile" if row["top_known"] else "benchmark"
    top = f" and {decimal(row['distance'], 0)} points below the {best}" if row["distance"] > 0 else ""
    return (
        f"You score {decimal(row['score'], 0)}: {decimal(row['gap'], 0)} points below what you intend{top}. "
        f"{_certainty(row, 'opportunity', tested)}"
    ).strip()


def _certainty(row: pd.Series, order: str, tested: bool) -> str:
    if not tested:  # of three items or fewer each is always among the first three
        return ""
    share = float(row[f"{order}_stability"])
    if math.isnan(share):
        return "One person's view."
    if round(share, 2) >= STABLE:  # as it is printed
        return f"Stable: among the first three in {percent(share)} of samples."
    return f"Tentative: among the first three in {percent(share)} of samples."


def level_sentences(level: ClientLevel) -> str:
    """Return the level in a few sentences."""
    here = level.frame[level.frame["level"] == level.level].iloc[0]
    share = here["organizations"]
    rarity = "" if math.isnan(share) else f", where {percent(share)} of the benchmark's organizations stand"
    spread = (
        f" {percent(float(here['respondents']))} of your respondents, each by his or her own answers, place you there."
        if not math.isnan(float(here["respondents"]))
        else ""
    )
    return f"By the answers of your people you stand at the **{level.level}** level{rarity}.{spread}"


def roles_sentences(roles: ClientRoles, extract: ClientExtract) -> str:
    """Return leaders against staff in a few sentences.

    Parameters
    ----------
    roles
        The client's leaders and staff.
    extract
        The client's extract.
    """
    usual = _usual_difference(extract)
    if roles.contrast.empty:
        return (
            "Leaders and staff cannot be compared: on one side or the other too few answered to be shown without "
            f"giving anyone away.{usual}"
        )
    numbers = {str(r["facet"]): r for r in roles.contrast.to_dict(orient="records")}
    gap, do = numbers["gap"], numbers["do"]
    told = (
        "wider below than above"
        if gap["high"] < 0
        else "narrower below than above"
        if gap["low"] > 0
        else "not told apart"
    )
    sure = "which can be chance" if not (do["low"] > 0 or do["high"] < 0) else "more than chance would give"
    known = not math.isnan(do["low"])
    bounds = f" (95% interval {decimal(do['low'])} to {decimal(do['high'])}), {sure}" if known else ""
    return (
        f"**{roles.above}** ({roles.n_above}) rate what is done at {decimal(do['above'])}, **{roles.below}** "
        f"({roles.n_below}) at {decimal(do['below'])}: a difference of {decimal(do['difference'], signed=True)} "
        f"points{bounds}. Their Say-Do gaps are {told}.{usual}"
    )


def _usual_difference(extract: ClientExtract) -> str:
    """Return how far apart the first and the last position are across all organizations, in a sentence."""
    field = position_field(extract.instrument)
    if field is None or extract.role_effects.empty:
        return ""
    rows = extract.role_effects
    first = rows[(rows["field"] == field.id) & (rows["facet"] == "do") & (rows["option"] == field.options[0])]
    if first.empty or math.isnan(float(first["low"].iloc[0])):
        return ""
    effect, low, high = (float(first[c].iloc[0]) for c in ("effect", "low", "high"))
    more = "higher" if effect > 0 else "lower"
    return (
        f" Across all organizations {field.options[0]} rates what is done {decimal(abs(effect))} points {more} than "
        f"{field.options[-1]} of the same organization (95% interval {decimal(low)} to {decimal(high)})."
    )


def customer_types_sentence(sides: ClientCustomerTypeScores) -> str:
    """Return inside against outside in a sentence."""
    row = next(r for r in sides.frame.to_dict(orient="records") if r["side"] == "difference")
    known = not (math.isnan(row["low"]) or math.isnan(row["high"]))
    size = decimal(abs(row["score"]))
    if known and row["low"] > 0:
        return f"Colleagues are served better than customers, by {size} points."
    if known and row["high"] < 0:
        return f"Colleagues are served less well than customers, by {size} points: service starts inside."
    return "Service to colleagues and service to customers cannot be told apart."


def comments_sentence(comments: Comments) -> str:
    """Return how many wrote something, and about what most."""
    first = comments.themes[comments.themes["count"] > 0]
    lead = (
        f" Most often they name **{first['theme'].iloc[0].lower()}** ({int(first['count'].iloc[0])})."
        if len(first)
        else ""
    )
    rest = comments.n_without_theme
    none = f" {rest} {'fits' if rest == 1 else 'fit'} no theme." if rest else ""
    return f"{comments.n} of {comments.n_respondents} respondents wrote an answer.{lead}{none}"


def participation_sentence(who: ClientParticipation) -> str:
    """Return who answered and what is therefore not shown."""
    people = respondent_count_text(who.n)
    first = f"{people[0].upper()}{people[1:]} answered."
    last = who.waves[who.waves["n"] == who.n].tail(1)
    if len(last) and not math.isnan(float(last["rate"].iloc[0])):
        first = (
            f"{who.n:,} of {int(last['invited'].iloc[0]):,} people invited answered "
            f"({percent(float(last['rate'].iloc[0]))})."
        )
    if who.published:
        return f"{first} Only frequency tables were published, so nothing is known of single respondents."
    if not who.split:
        return (
            f"{first} With fewer than {who.minimum} respondents no splits, distributions and quotes are shown, so that "
            "nobody's answers can be found out; the scores are the view of very few people."
        )
    groups = "group of people is" if who.n_hidden == 1 else "groups of people are"
    hidden = (
        f" {who.n_hidden} {groups} not shown, because fewer than {who.minimum} answered or because "
        "their answers could be worked out from the rest."
        if who.n_hidden
        else ""
    )
    return first + hidden
