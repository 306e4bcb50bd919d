"""The front of a client's report: one page to read."""

from __future__ import annotations

from dataclasses import replace

from cfanalysis.analyses.priorities import PRIORITIES_SHOWN, STEPS, Priorities, stability_mark
from cfanalysis.analyses.say_do_profile import TOP_QUARTILE
from cfanalysis.charts import say_do_dumbbell
from cfanalysis.charts.captions.client_captions import client_profile_caption
from cfanalysis.charts.chart_rendering import figure
from cfanalysis.core.blocks import Figure, Prose, Table
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import running_text, sentence
from cfanalysis.reports.client import priority_sentences
from cfanalysis.reports.client.advice import priority_recommendations
from cfanalysis.reports.client.sections import has_section, left_out
from cfanalysis.reports.client.standing import profile_or_none
from cfanalysis.reports.common.fitted_table import fitted_table
from cfanalysis.reports.common.result_tables import TURNED
from cfanalysis.survey.survey_data import ClientExtract

_MANY = 7  # dimensions, of which the picture is as high as the page has room for
_HIGHEST = 260.0  # points
_KINDS = {"strength": message("Strength"), "opportunity": message("Opportunity")}
_STRENGTHS = ("", message("One strength"), message("Two strengths"), message("Three strengths"))
_OPPORTUNITIES = (
    "",
    message("One opportunity"),
    message("Two opportunities"),
    message("Three opportunities"),
)
"""Headings by the number of rows below them."""

_NOTHING_SHORT = {
    (True, ""): message(
        "No practice that was compared (strengths aside) falls short of what you intend: there is no opportunity by "
        "this measure."
    ),
    (True, "the benchmark"): message(
        "No practice that was compared (strengths aside) falls short of what you intend or of the benchmark: there is "
        "no opportunity by this measure."
    ),
    (True, "the top quartile"): message(
        "No practice that was compared (strengths aside) falls short of what you intend or of the top quartile: there "
        "is no opportunity by this measure."
    ),
    (False, ""): message(
        "No practice that was compared falls short of what you intend: there is no opportunity by this measure."
    ),
    (False, "the benchmark"): message(
        "No practice that was compared falls short of what you intend or of the benchmark: there is no opportunity by "
        "this measure."
    ),
    (False, "the top quartile"): message(
        "No practice that was compared falls short of what you intend or of the top quartile: there is no opportunity "
        "by this measure."
    ),
}
"""What is said where there is no opportunity: whether there are strengths, and what was compared with."""

_ORDERS = {
    (True, True): message(
        "Strengths stand in the order of points better than the benchmark, opportunities in that of points short times "
        "importance."
    ),
    (True, False): message(
        "Strengths stand in the order of points better than the benchmark, opportunities in that of points short."
    ),
    (False, True): message("Opportunities stand in the order of points short times importance."),
    (False, False): message("Opportunities stand in the order of points short."),
}
"""The order of strengths and opportunities: whether there are strengths, and whether importance counts."""


def strengths_table(found: Priorities | None, extract: ClientExtract) -> Table | Prose | None:
    """Return the strengths, each with its reason and what keeps it.

    Parameters
    ----------
    found
        Strengths and opportunities; None where no item may be shown.
    extract
        The client's extract.
    """
    if found is None:
        why = "Strengths and opportunities are left out: too few statements were answered."
        return left_out(extract, "items", why)
    if found.strengths.empty:
        text = "Every practice is among the opportunities below; there is no strength beside them."
        return Prose(translated(text))
    known = found.frame["do_benchmark"].notna().any()
    order = (
        ""
        if found.above
        else "No practice that was compared lies above the benchmark; these are your highest scores on practice, of "
        "those that are not among the opportunities."
        if known
        else "There is no benchmark to compare with; these are your highest scores on practice, of those that are not "
        "among the opportunities."
    )
    title = _STRENGTHS[len(found.strengths)] if found.above else "Strongest in itself"
    return _table(found, "strength", translated(title), translated(order), extract)


def opportunities_table(found: Priorities | None, extract: ClientExtract) -> Table | Prose | None:
    """Return the opportunities, each with its reason and what to do.

    Parameters
    ----------
    found
        Strengths and opportunities; None where no item may be shown.
    extract
        The client's extract.
    """
    if found is None:
        return None
    if found.opportunities.empty:
        best = found.best if found.frame["do_benchmark"].notna().any() else ""
        none = translated(_NOTHING_SHORT[found.above, best])
        advice = "Keep what you do, and ask your customers."
        return Prose(running_text(none, translated(advice)))
    scores = "Scores from 0 to 100."
    if found.weighted and len(found.opportunities) > 1:
        scores = "Scores from 0 to 100; their order counts importance, too."
    title = translated(_OPPORTUNITIES[len(found.opportunities)])
    return _table(
        found, "opportunity", title, running_text(translated(scores), found.source.caption), extract
    )


def overview_figure(extract: ClientExtract) -> Figure | None:
    """Return Say and Do of each dimension beside the benchmark's mean; None where no dimension may be shown."""
    profile = profile_or_none(extract) if has_section(extract, "dimensions") else None
    if profile is None:
        return None
    groups = tuple(group for group in profile.groups if group != TOP_QUARTILE)
    you = translated("You")  # also a long name leaves the page its room
    frame = profile.frame[profile.frame["group"].isin(groups)].replace({"group": {groups[0]: you}})
    shown = replace(profile, frame=frame, groups=(you, *groups[1:]))
    height = _HIGHEST if frame["dimension"].nunique() > _MANY else None
    return figure(say_do_dumbbell, shown, caption=client_profile_caption(shown), dense=True, height=height)


def certainty_table(found: Priorities | None) -> Table | None:
    """Return how sure it is that strengths and opportunities are the first three; None where that is not known."""
    if found is None or len(found.frame) <= PRIORITIES_SHOWN:
        return None
    orders = (("opportunity", found.opportunities), *([("strength", found.strengths)] if found.above else []))
    rows = [
        (str(row["title"]), translated(_KINDS[order]), translated(mark))
        for order, chosen in orders
        for row in chosen.to_dict(orient="records")
        if (mark := stability_mark(float(row[f"{order}_stability"])))
    ]
    if not rows:
        return None
    (firm, first), (fair, second), (_, last) = STEPS
    sure = sentence(
        "How sure: {first:t} where it is among the first three in at least {firm:%} of {n} samples of your "
        "respondents, drawn again, {second:t} from {fair:%} on, else {last:t}."
        if found.people
        else "How sure: {first:t} where it is among the first three in at least {firm:%} of {n} samples of each item's "
        "mean, drawn from its spread, {second:t} from {fair:%} on, else {last:t}.",
        first=first, firm=firm, n=found.repetitions, second=second, fair=fair, last=last,
    )  # fmt: skip
    note = running_text(translated(_ORDERS[found.above, found.weighted]), sure, found.source.caption)
    return fitted_table("How sure the order is", ("What", "Named as", "How sure"), rows, note, left=3)


def _table(found: Priorities, order: str, title: str, note: str, extract: ClientExtract) -> Table:
    chosen = found.strengths if order == "strength" else found.opportunities
    reason = priority_sentences.highest_sentence
    if order == "opportunity":
        reason = priority_sentences.opportunity_sentence
    elif found.above:
        reason = priority_sentences.strength_sentence
    advised = priority_recommendations(found, extract)
    rows = [
        (f"{_closed(str(row['title']))} {reason(row, found.best)}", advised.get(str(row["item"]), ""))
        for _, row in chosen.iterrows()
    ]
    action = "What keeps it" if order == "strength" else "What to do"
    turned = translated(TURNED) if chosen["reverse"].any() else ""
    return fitted_table(title, ("What, and why", action), rows, running_text(turned, note), left=2)


def _closed(title: str) -> str:
    """Return a title as a sentence."""
    return title if title.endswith((".", "!", "?", "…")) else f"{title}."
