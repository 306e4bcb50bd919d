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
from cfanalysis.analyses.roles import position_field
from cfanalysis.analyses.say_do_profile import SayDoProfile
from cfanalysis.analyses.trends import ClientTrend
from cfanalysis.core.blocks import escape_markdown
from cfanalysis.core.formatting import decimal, ordinal, percent
from cfanalysis.survey.confidentiality import respondent_count_text
from cfanalysis.survey.survey_data import ClientExtract

PUBLISHED_ONLY = "only frequency tables were published, no answers of single respondents."


def percentile_interval(standing: IndexStanding) -> str:
    """Return the interval of a percentile; "" where there is none.

    Examples
    --------
    >>> from cfanalysis.statistics.effects import Estimate
    >>> from cfanalysis.survey.survey_data import Source
    >>> place = IndexStanding("Index", Estimate(62.0, 55.0, 69.0), 41.6, 22.0, 90.0, "", 120, Source("s", "S"))
    >>> percentile_interval(place)
    '22nd to above the 90th'
    """
    if standing.low is None or standing.high is None:
        return ""
    lower, upper = round(standing.low), round(standing.high)
    if upper <= 10 or lower >= 90:
        return "up to the 10th" if upper <= 10 else "from the 90th on"
    low = "below the 10th" if lower <= 10 else ordinal(lower)
    return f"{low} to {'above the 90th' if upper >= 90 else ordinal(upper)}"


def index_sentence(place: IndexStanding, among: str) -> str:
    """Return a client's index and its place.

    Parameters
    ----------
    place
        The index.
    among
        What it is compared with, e.g. "all organizations".
    """
    low, high = place.score.low, place.score.high
    bounds = f" (95% interval {decimal(low, 0)} to {decimal(high, 0)})" if low is not None else ""
    score = f"{escape_markdown(place.title)}: **{decimal(place.score.estimate, 0)}**{bounds}"
    others = f"{place.n_organizations} organizations ({escape_markdown(among)})"
    if place.percentile is not None:
        inside = percentile_interval(place)
        inside = f" (95% interval {inside})" if inside else ""
        return f"{score}, the {ordinal(place.percentile)} percentile{inside} of {others}."
    return f"{score}, in the {place.third} third of {others}." if place.third else f"{score}."


def strength_sentence(row: pd.Series, best: str = "") -> str:
    """Return what is a strength, and why.

    Parameters
    ----------
    row
        A row of the client's strengths.
    best
        Not used: a strength is held against the benchmark.
    """
    own, other = float(row["gap"]), float(row["gap_benchmark"])
    if (kind := str(row["strength_kind"])) != "gap":
        return _distance(kind, float(row[kind]), float(row[f"{kind}_benchmark"]))
    beside = f"in the benchmark it is {decimal(other, signed=True)}, {decimal(other - own)} points more"
    named = "Narrow gap" if own >= 0 else "Practice ahead of intention"
    return f"{named}: intention minus practice is {decimal(own, signed=True)}; {beside}."


def highest_sentence(row: pd.Series, best: str = "") -> str:
    """Return where a practice stands that is among the client's highest, but not above the benchmark.

    Parameters
    ----------
    row
        A row of the client's strengths.
    best
        Not used.
    """
    return _distance("do", float(row["do"]), float(row["do_benchmark"]))


def opportunity_sentence(row: pd.Series, best: str) -> str:
    """Return what is an opportunity, and why.

    Parameters
    ----------
    row
        A row of the client's opportunities.
    best
        What it is held against, e.g. "the top quartile".
    """
    if (kind := str(row["opportunity_kind"])) != "gap":
        return _distance(kind, float(row[kind]), float(row[f"{kind}_best"]), best)
    return (
        f"Gap: practice is {decimal(row['do'])}, {decimal(row['gap'])} points below what you intend "
        f"({decimal(row['say'])})."
    )


def _distance(kind: str, own: float, other: float, than: str = "the benchmark") -> str:
    """Return how far a score lies above or below what it is held against, as printed."""
    scored = f"{ {'do': 'Practice', 'say': 'Intention'}[kind] }: you score {decimal(own)}"
    if math.isnan(other):
        return f"{scored}."
    if not (apart := round(own - other, 1)):
        return f"{scored}, level with {than}."
    side = "above" if apart > 0 else "below"
    return f"{scored}, {decimal(abs(apart))} points {side} {than} ({decimal(other)})."


def dimensions_sentence(profile: SayDoProfile | None) -> str:
    """Return in which dimension the client's gap is widest and in which narrowest; "" where that cannot be said."""
    if profile is None:
        return ""
    own = profile.frame[profile.frame["group"] == profile.groups[0]]
    gaps = own["gap"].round(1)
    if gaps.min() == gaps.max():
        return ""
    narrow, wide = (
        " and ".join(f"**{escape_markdown(str(title))}**" for title in own.loc[gaps == end, "title"])
        + f" ({decimal(end, signed=True)})"
        for end in (gaps.min(), gaps.max())
    )
    return f"Intention minus practice is widest in {wide} and narrowest in {narrow}."


def change_sentence(found: ClientTrend | None, extract: ClientExtract, margin: float) -> str:
    """Return what changed since the time before.

    Parameters
    ----------
    found
        The client's waves; None where fewer than two can be shown.
    extract
        The client's extract.
    margin
        Points from which a change is large enough to matter.
    """
    if len(extract.respondents) < 2:
        return "There is no earlier result of yours to compare with."
    changes = pd.DataFrame() if found is None else found.changes
    changes = changes[changes["after"] == extract.wave] if len(changes) else changes
    if changes.empty:
        return "What has changed since the time before cannot be shown."
    large, unknown = changes[meaningful_changes(changes, margin)], changes[changes["low"].isna()]
    shown = large if len(large) else changes
    times = [escape_markdown(str(wave)) for wave in shown["before"].unique()]
    before = times[0] if len(times) == 1 else "the time before"
    told = ", ".join(
        f"{escape_markdown(str(row['measure']))} {decimal(row['change'], signed=True)}"
        for row in shown.to_dict(orient="records")
    )
    if len(large):
        return f"Since {before} there has been a change that matters: {told} points."
    if len(unknown):
        some = (
            ""
            if len(unknown) == len(changes)
            else f" of {', '.join(map(escape_markdown, unknown['measure']))}"
        )
        return f"Since {before} the change is {told} points; whether that is chance is not known{some}."
    return f"Since {before} no main score has changed by {margin:g} points or more beyond chance ({told})."


def meaningful_changes(changes: pd.DataFrame, margin: float) -> pd.Series:
    """Return which changes matter: their interval excludes 0, and they are at least a margin.

    Parameters
    ----------
    changes
        As of `cfanalysis.analyses.trends.ClientTrend`.
    margin
        Points.
    """
    sure = (changes["low"] > 0) | (changes["high"] < 0)
    return sure & (changes["change"].abs().round(1) >= margin)


def level_sentences(level: ClientLevel) -> str:
    """Return the level in a few sentences."""
    here = level.frame[level.frame["level"] == level.level].iloc[0]
    share = here["organizations"]
    rarity = "" if math.isnan(share) else f", where {percent(share)} of the benchmark's organizations stand"
    spread = (
        f" Of those who answered about every level, {percent(float(here['respondents']))} place you there by their own "
        "answers."
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
            "Higher and lower positions cannot be compared: on one side or the other too few answered to be shown "
            f"without giving anyone away.{usual}"
        )
    numbers = {str(r["facet"]): r for r in roles.contrast.to_dict(orient="records")}
    gap, do = numbers["gap"], numbers["do"]
    told = (
        "The Say-Do gap of the first is narrower."
        if gap["high"] < 0
        else "The Say-Do gap of the first is wider."
        if gap["low"] > 0
        else "Whose Say-Do gap is wider cannot be told."
    )
    sure = "which can be chance" if not (do["low"] > 0 or do["high"] < 0) else "more than chance would give"
    known = not math.isnan(do["low"])
    bounds = f" (95% interval {decimal(do['low'])} to {decimal(do['high'])}), {sure}" if known else ""
    return (
        f"Respondents who chose **{escape_markdown(roles.above)}** (n = {roles.n_above}) rate what is done at "
        f"{decimal(do['above'])}, those who chose **{escape_markdown(roles.below)}** (n = {roles.n_below}) at "
        f"{decimal(do['below'])}: a difference of {decimal(do['difference'], signed=True)} points{bounds}. "
        f"{told}{usual}"
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
    first_option, last_option = (escape_markdown(field.options[k]) for k in (0, -1))
    return (
        f" Across all organizations, respondents who chose {first_option} rate what is done {decimal(abs(effect))} "
        f"points {more} than those of the same organization who chose {last_option} (95% interval {decimal(low)} to "
        f"{decimal(high)})."
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
    """Return how many answered a question, and about what most."""
    if not comments.n:
        return "Nobody wrote an answer."
    people = f"{comments.n} of {respondent_count_text(comments.n_respondents)} wrote an answer."
    if comments.n < comments.minimum:
        return f"{people} What they say is left out: it needs at least {comments.minimum} answers."
    if comments.themes.empty:
        return people
    most, n = str(comments.themes["theme"].iloc[0]), int(comments.themes["count"].iloc[0])
    rest = comments.n_without_theme
    none = f" {rest} {'fits' if rest == 1 else 'fit'} no theme." if rest else ""
    return f"{people} Most often they name **{escape_markdown(most)}** ({n}).{none}"


def participation_sentence(who: ClientParticipation) -> str:
    """Return who answered and what is therefore not shown."""
    people = respondent_count_text(who.n)
    first = f"{people[0].upper()}{people[1:]} answered."
    last = who.waves.tail(1)
    if len(last) and not math.isnan(float(last["rate"].iloc[0])):
        first = (
            f"{who.n:,} of {int(last['invited'].iloc[0]):,} people invited answered "
            f"({percent(float(last['rate'].iloc[0]))})."
        )
    if not who.split:
        shown = (
            "only overall Say, Do and gap are shown: they are the view of very few people"
            if who.overall
            else "no score is shown: overall Say and Do need an answer to every statement, and nothing finer is shown"
        )
        return f"{first} Of fewer than {who.minimum} respondents {shown}."
    hidden = ""
    if who.n_hidden_items:
        one = who.n_hidden_items == 1
        hidden = (
            f" {'One statement is' if one else f'{who.n_hidden_items} statements are'} not shown, nor what is computed "
            f"from {'it' if one else 'them'} beside overall Say, Do and gap, because fewer than {who.minimum} answered "
            "or because the answers could be worked out from the rest."
        )
    if who.published:
        return f"{first}{hidden} Only frequency tables were published, so nothing is known of single respondents."
    if who.n_hidden:
        groups = "group of people is" if who.n_hidden == 1 else "groups of people are"
        hidden += (
            f" {who.n_hidden} {groups} not shown, because fewer than {who.minimum} answered or because "
            "their answers could be worked out from the rest."
        )
    return first + hidden
