"""What a client's report says in words, each sentence written from the numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
from cfanalysis.core.formatting import ordinal, short_number
from cfanalysis.core.language import listing, message, translated
from cfanalysis.core.templates import clauses, plural, running_text, sentence
from cfanalysis.survey.survey_data import ClientExtract

_LEVELS = {
    "low": message("By the answers of your people you stand at the **low** level."),
    "moderate": message("By the answers of your people you stand at the **moderate** level."),
    "high": message("By the answers of your people you stand at the **high** level."),
}
_LEVELS_OF_ALL = {
    "low": message(
        "By the answers of your people you stand at the **low** level, where {organizations:%} of the benchmark's "
        "organizations stand."
    ),
    "moderate": message(
        "By the answers of your people you stand at the **moderate** level, where {organizations:%} of the benchmark's "
        "organizations stand."
    ),
    "high": message(
        "By the answers of your people you stand at the **high** level, where {organizations:%} of the benchmark's "
        "organizations stand."
    ),
}


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
        return translated("up to the 10th" if upper <= 10 else "from the 90th on")
    template = {
        (False, False): "{low} to {high}",
        (False, True): "{low} to above the 90th",
        (True, False): "below the 10th to {high}",
        (True, True): "below the 10th to above the 90th",
    }[lower <= 10, upper >= 90]
    return sentence(template, low=ordinal(lower), high=ordinal(upper))


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
    score = sentence(
        "{title}: **{score:0}** (95% interval {low:0} to {high:0})"
        if low is not None
        else "{title}: **{score:0}**",
        title=escape_markdown(translated(place.title)),
        score=place.score.estimate,
        low=low,
        high=high,
    )
    others = {"score": score, "n": place.n_organizations, "among": escape_markdown(translated(among))}
    if place.percentile is not None:
        inside = percentile_interval(place)
        return sentence(
            "{score}, the {place} percentile (95% interval {inside}) of {n:d} organizations ({among})."
            if inside
            else "{score}, the {place} percentile of {n:d} organizations ({among}).",
            others,
            place=ordinal(place.percentile),
            inside=inside,
        )
    template = {
        "lower": "{score}, in the lower third of {n:d} organizations ({among}).",
        "middle": "{score}, in the middle third of {n:d} organizations ({among}).",
        "upper": "{score}, in the upper third of {n:d} organizations ({among}).",
    }.get(place.third, "{score}.")
    return sentence(template, others)


def dimensions_sentence(profile: SayDoProfile | None) -> str:
    """Return in which dimension the client's gap is widest and in which narrowest; "" where that cannot be said."""
    if profile is None:
        return ""
    own = profile.frame[profile.frame["group"] == profile.groups[0]]
    gaps = own["gap"].round(1)
    if gaps.min() == gaps.max():
        return ""
    narrow, wide = (
        listing([f"**{escape_markdown(str(title))}**" for title in own.loc[gaps == end, "title"]])
        for end in (gaps.min(), gaps.max())
    )
    return sentence(
        "Intention minus practice is widest in {wide} ({most:+}) and narrowest in {narrow} ({least:+}).",
        wide=wide,
        narrow=narrow,
        most=gaps.max(),
        least=gaps.min(),
    )


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
        return translated("There is no earlier result of yours to compare with.")
    changes = pd.DataFrame() if found is None else found.changes
    changes = changes[changes["after"] == extract.wave] if len(changes) else changes
    if changes.empty:
        return translated("What has changed since the time before cannot be shown.")
    large, unknown = changes[meaningful_changes(changes, margin)], changes[changes["low"].isna()]
    shown = large if len(large) else changes
    times = [escape_markdown(str(wave)) for wave in shown["before"].unique()]
    named = shown.assign(measure=[escape_markdown(translated(str(m))) for m in shown["measure"]])
    return sentence(
        "Since {before} there has been a change that matters: {told} points."
        if len(large)
        else "Since {before} no main score has changed by {margin} points or more beyond chance ({told})."
        if unknown.empty
        else "Since {before} the change is {told} points; whether that is chance is not known."
        if len(unknown) == len(changes)
        else "Since {before} the change is {told} points; whether that is chance is not known of {some}.",
        before=times[0] if len(times) == 1 else translated("the time before"),
        told=", ".join(clauses("{measure} {change:+}", named)),
        margin=short_number(margin),
        some=", ".join(escape_markdown(translated(str(m))) for m in unknown["measure"]),
    )


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
    known = not math.isnan(here["organizations"])
    text = "Of those who answered about every level, {respondents:%} place you there by their own answers."
    placed = "" if math.isnan(here["respondents"]) else sentence(text, here.to_dict())
    return running_text(sentence((_LEVELS_OF_ALL if known else _LEVELS)[level.level], here.to_dict()), placed)


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
        few = translated(
            "Higher and lower positions cannot be compared: on one side or the other too few answered to be shown "
            "without giving anyone away."
        )
        return running_text(few, usual)
    numbers = {str(r["facet"]): r for r in roles.contrast.to_dict(orient="records")}
    gap, do = numbers["gap"], numbers["do"]
    found = sentence(
        "Respondents who chose **{higher}** (n = {n_higher:d}) rate what is done at {above}, those who chose "
        "**{lower}** (n = {n_lower:d}) at {below}: a difference of {difference:+} points."
        if math.isnan(do["low"])
        else "Respondents who chose **{higher}** (n = {n_higher:d}) rate what is done at {above}, those who chose "
        "**{lower}** (n = {n_lower:d}) at {below}: a difference of {difference:+} points (95% interval {low} to "
        "{high}), more than chance would give."
        if do["low"] > 0 or do["high"] < 0
        else "Respondents who chose **{higher}** (n = {n_higher:d}) rate what is done at {above}, those who chose "
        "**{lower}** (n = {n_lower:d}) at {below}: a difference of {difference:+} points (95% interval {low} to "
        "{high}), which can be chance.",
        do,
        higher=_positions(roles.above, extract),
        lower=_positions(roles.below, extract),
        n_higher=roles.n_above,
        n_lower=roles.n_below,
    )
    told = translated(
        "The Say-Do gap of the first is narrower."
        if gap["high"] < 0
        else "The Say-Do gap of the first is wider."
        if gap["low"] > 0
        else "Whose Say-Do gap is wider cannot be told."
    )
    return running_text(found, told, usual)


def _positions(options: Sequence[str], extract: ClientExtract) -> str:
    """Return options of the respondents' position as readers are shown them: one or the other."""
    field = position_field(extract.instrument)
    return escape_markdown(
        listing([field.shown_option(option) if field else option for option in options], "or")
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
    first_option, last_option = (_positions([field.options[k]], extract) for k in (0, -1))
    return sentence(
        "Across all organizations, respondents who chose {first} rate what is done {apart} points higher than those of "
        "the same organization who chose {last} (95% interval {low} to {high})."
        if effect > 0
        else "Across all organizations, respondents who chose {first} rate what is done {apart} points lower than "
        "those of the same organization who chose {last} (95% interval {low} to {high}).",
        first=first_option,
        last=last_option,
        apart=abs(effect),
        low=low,
        high=high,
    )


def customer_types_sentence(sides: ClientCustomerTypeScores) -> str:
    """Return inside against outside in a sentence."""
    row = next(r for r in sides.frame.to_dict(orient="records") if r["side"] == "difference")
    known = not (math.isnan(row["low"]) or math.isnan(row["high"]))
    return sentence(
        "Colleagues are served better than customers, by {size} points."
        if known and row["low"] > 0
        else "Colleagues are served less well than customers, by {size} points: service starts inside."
        if known and row["high"] < 0
        else "Service to colleagues and service to customers cannot be told apart.",
        size=abs(row["score"]),
    )


def comments_sentence(comments: Comments) -> str:
    """Return how many answered a question, and about what most."""
    if not comments.n:
        return translated("Nobody wrote an answer.")
    people = sentence(
        "{n:d} of one respondent wrote an answer."
        if comments.n_respondents == 1
        else "{n:d} of {all} respondents wrote an answer.",
        n=comments.n,
        all=comments.n_respondents,
    )
    if comments.n < comments.minimum:
        few = "What they say is left out: it needs at least {n:d} answers."
        return running_text(people, sentence(few, n=comments.minimum))
    if comments.themes.empty:
        return people
    most, n = str(comments.themes["theme"].iloc[0]), int(comments.themes["count"].iloc[0])
    named = sentence("Most often they name **{theme}** ({n:d}).", theme=escape_markdown(most), n=n)
    rest = comments.n_without_theme
    none = plural(rest, "{n:d} fits no theme.", "{n:d} fit no theme.") if rest else ""
    return running_text(people, named, none)


def participation_sentence(who: ClientParticipation) -> str:
    """Return who answered and what is therefore not shown."""
    last = who.waves.tail(1).to_dict(orient="records")
    if last and not math.isnan(float(last[0]["rate"])):
        first = sentence(
            "{n} of {invited} people invited answered ({rate:%}).",
            n=who.n,
            invited=int(last[0]["invited"]),
            rate=float(last[0]["rate"]),
        )
    else:
        first = sentence("One respondent answered." if who.n == 1 else "{n} respondents answered.", n=who.n)
    if not who.split:
        few = (
            "Of fewer than {n:d} respondents only overall Say, Do and gap are shown: they are the view of very few "
            "people."
            if who.overall
            else "Of fewer than {n:d} respondents no score is shown: overall Say and Do need an answer to every "
            "statement, and nothing finer is shown."
        )
        return running_text(first, sentence(few, n=who.minimum))
    hidden = groups = tables = ""
    if who.n_hidden_items:
        hidden = plural(
            who.n_hidden_items,
            "One statement is not shown, nor what is computed from it beside overall Say, Do and gap, because fewer "
            "than {least:d} answered or because the answers could be worked out from the rest.",
            "{n:d} statements are not shown, nor what is computed from them beside overall Say, Do and gap, because "
            "fewer than {least:d} answered or because the answers could be worked out from the rest.",
            least=who.minimum,
        )
    if who.published:
        tables = translated(
            "Only frequency tables were published, so nothing is known of single respondents."
        )
    elif who.n_hidden:
        groups = plural(
            who.n_hidden,
            "{n:d} group of people is not shown, because fewer than {least:d} answered or because their answers could "
            "be worked out from the rest.",
            "{n:d} groups of people are not shown, because fewer than {least:d} answered or because their answers "
            "could be worked out from the rest.",
            least=who.minimum,
        )
    return running_text(first, hidden, tables, groups)
