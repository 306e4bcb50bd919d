"""Practices, level, warning signs, expectations, inside and outside, leaders and staff."""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.client_roles import ClientRoles, group_scores
from cfanalysis.analyses.customer_types import ClientCustomerTypeScores
from cfanalysis.analyses.expectation import ClientExpectation
from cfanalysis.analyses.performance_levels import ClientLevel
from cfanalysis.analyses.practices import ClientPractices
from cfanalysis.analyses.roles import position_field
from cfanalysis.analyses.warning_signs import ClientSigns
from cfanalysis.charts import (
    expectation_bars,
    level_strip,
    pair_heat_table,
    practice_profile,
    warning_sign_bars,
)
from cfanalysis.charts.captions.client_captions import (
    client_expectation_caption,
    client_groups_caption,
    client_level_caption,
    client_practices_caption,
    client_signs_caption,
)
from cfanalysis.charts.chart_rendering import figure
from cfanalysis.core.blocks import Figure, Prose, Table
from cfanalysis.core.formatting import decimal, ordinal
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import running_text, sentence, table_rows
from cfanalysis.reports.client import client_sentences
from cfanalysis.reports.client.sections import left_out
from cfanalysis.reports.common.fitted_table import fitted_table
from cfanalysis.reports.common.result_tables import PLACES
from cfanalysis.survey.survey_data import ClientExtract

CUSTOMER_TYPE_TITLES = {
    "external": message("External customers"),
    "internal": message("Internal customers (colleagues)"),
    "difference": message("Internal minus external"),
}

LEVEL_TITLES = {"low": message("Low"), "moderate": message("Moderate"), "high": message("High")}
_ADJUSTED = {
    (True, True): message(
        "If the same mix of positions had answered as in the average organization, your Do score would be **{score}** "
        "as it is, the {place} percentile of the {n:d} organizations' scores for that mix."
    ),
    (True, False): message(
        "If the same mix of positions had answered as in the average organization, your Do score would be **{score}** "
        "as it is."
    ),
    (False, True): message(
        "If the same mix of positions had answered as in the average organization, your Do score would be **{score}** "
        "instead of {raw}, the {place} percentile of the {n:d} organizations' scores for that mix."
    ),
    (False, False): message(
        "If the same mix of positions had answered as in the average organization, your Do score would be **{score}** "
        "instead of {raw}."
    ),
}
"""The score of the usual mix: whether it is as it is, and whether its place is known."""


def practice_figure(profile: ClientPractices, extract: ClientExtract) -> Figure | Prose | None:
    """Return the practices beside benchmark and top quartile; a line where there is nothing to draw.

    Parameters
    ----------
    profile
        The client's practices.
    extract
        The client's extract.
    """
    if profile.frame.empty:
        why = "Practices are left out: no statement about one was answered by enough."
        return left_out(extract, "practices", why)
    if profile.frame["benchmark"].isna().all():
        return None
    return figure(practice_profile, profile, caption=client_practices_caption(profile))


def practice_table(profile: ClientPractices) -> Table | None:
    """Return where the client stands in each practice; None where there are no practices."""
    if profile.frame.empty:
        return None
    labels = ("Practice", "You", "Benchmark", "Top quartile", "Percentile", "Third", "n")
    cells = "{title} | {score} | {benchmark} | {top} | {percentile:0} | {third:t} | {n:d}"
    rows = table_rows(cells, profile.frame)
    note = running_text(
        translated("Mean of each practice's Do items; n: fewest answers to one."), profile.source.caption
    )
    return fitted_table("The practices, one by one (0 to 100)", labels, rows, note, of_column=PLACES)


def meanings(profile: ClientPractices) -> dict[str, str]:
    """Return what each practice means, by its title."""
    told = profile.frame[profile.frame["about"] != ""]
    return dict(zip(told["title"].map(str), told["about"].map(str), strict=True))


def level_text(level: ClientLevel | None, extract: ClientExtract) -> Prose | None:
    """Return the level in words.

    Parameters
    ----------
    level
        The client's level; None where it has none.
    extract
        The client's extract.
    """
    if level is None:
        return left_out(extract, "levels", "The level is left out: too few answered the statements about it.")
    return Prose(client_sentences.level_sentences(level))


def level_figure(level: ClientLevel | None) -> Figure | None:
    """Return the strip of levels with the client's place."""
    if level is None or level.frame["organizations"].isna().any():
        return None
    return figure(level_strip, level, caption=client_level_caption(level))


def level_table(level: ClientLevel | None) -> Table | None:
    """Return the levels: scores, interval, respondents' own placing, benchmark."""
    if level is None:
        return None
    labels = (
        "Level",
        "You",
        "95% interval",
        "Respondents who place you there",
        "Benchmark",
        "Organizations there",
    )
    cells = "{level:t} | {score} | {low} to {high} | {respondents:%} | {benchmark} | {organizations:%}"
    rows = table_rows(cells, level.frame.replace({"level": LEVEL_TITLES}))
    emphasis = tuple(level.frame.index[level.frame["level"] == level.level])
    what = translated("Agreement with the statements of each level, 0 to 100.")
    note = running_text(what, translated(level.method), level.source.caption)
    return fitted_table("How far you go for customers", labels, rows, note, emphasis=emphasis)


def signs_figure(signs: ClientSigns | None, extract: ClientExtract) -> Figure | Prose | None:
    """Return the warning signs as bars beside the benchmark.

    Parameters
    ----------
    signs
        The client's signs; None where there are none.
    extract
        The client's extract.
    """
    if signs is None:
        return left_out(extract, "warning_signs", "Warning signs are left out: too few answered.")
    return figure(warning_sign_bars, signs, caption=client_signs_caption(signs))


def signs_table(signs: ClientSigns | None) -> Table | None:
    """Return the signs with interval and benchmark."""
    if signs is None:
        return None
    labels = ("Warning sign", "See it", "95% interval", "Benchmark", "n")
    cells = "{title} | {share:%} | {low:%} to {high:%} | {benchmark:%} | {n:d}"
    emphasis = tuple(signs.frame.index[signs.frame["present"].astype(bool)])
    explained = {
        "See it": "The share of respondents who say yes; bold: more than half, so that you have the sign.",
        "Benchmark": "Benchmark: mean of organizations.",
    }
    rows = table_rows(cells, signs.frame)
    return fitted_table(
        "Warning signs", labels, rows, signs.source.caption, of_column=explained, emphasis=emphasis
    )


def expectation_figure(outcomes: ClientExpectation | None, extract: ClientExtract) -> Figure | Prose | None:
    """Return of how many contacts expectations were missed, met and exceeded.

    Parameters
    ----------
    outcomes
        The client's shares; None where there are none.
    extract
        The client's extract.
    """
    if outcomes is None:
        return left_out(extract, "expectations", "Customers' expectations are left out: too few answered.")
    return figure(expectation_bars, outcomes, caption=client_expectation_caption(outcomes))


def roles_text(roles: ClientRoles | None, extract: ClientExtract) -> Prose | None:
    """Return higher against lower positions in words; nothing where the survey knows no positions.

    Parameters
    ----------
    roles
        The client's groups of people; None where they are not compared.
    extract
        The client's extract.
    """
    if roles is None:
        why = (
            "Groups of people are left out: only frequency tables were published, no answers of single respondents."
            if extract.raw_responses is None
            else "Groups of people are left out: too few said to which they belong."
        )
        return left_out(extract, "roles", why)
    if position_field(extract.instrument) is None:
        return None
    return Prose(client_sentences.roles_sentences(roles, extract))


def groups_figure(roles: ClientRoles | None, extract: ClientExtract) -> Figure | None:
    """Return what is done by dimension and group as a heat table; None for fewer than two groups.

    Parameters
    ----------
    roles
        The client's groups of people; None where they are not compared.
    extract
        The client's extract.
    """
    scores = group_scores(extract, roles) if roles is not None else None
    if scores is None:
        return None
    return figure(pair_heat_table, scores, caption=client_groups_caption(scores))


def roles_table(roles: ClientRoles | None) -> Table | None:
    """Return Say, Do and gap of every group that may be shown."""
    if roles is None:
        return None
    groups = roles.frame[roles.frame["shown"].astype(bool)]
    if groups.empty:
        return None
    shown = roles.source.with_shown_options(groups)
    labels = ("Group", "n", "Say", "Do", "Gap", "95% interval of the gap")
    rows = table_rows("{title}: {option} | {n:d} | {say} | {do} | {gap:+} | {gap_low} to {gap_high}", shown)
    what = translated("Respondents' scores, 0 to 100.")
    note = running_text(what, translated(roles.method), roles.source.caption)
    return fitted_table("Say and Do by group of people", labels, rows, note)


def adjusted_text(roles: ClientRoles | None) -> Prose | None:
    """Return the score adjusted for role composition, in a sentence."""
    if roles is None or roles.adjusted.empty:
        return None
    do = roles.adjusted[roles.adjusted["facet"] == "do"]
    if do.empty:
        return None
    row = do.iloc[0]
    same, known = decimal(row["score"]) == decimal(row["raw"]), not pd.isna(row["percentile"])
    place, n = (ordinal(row["percentile"]), round(row["n_organizations"])) if known else ("", 0)
    return Prose(sentence(_ADJUSTED[same, known], row.to_dict(), place=place, n=n))


def customer_types_text(sides: ClientCustomerTypeScores | None, extract: ClientExtract) -> Prose | None:
    """Return inside against outside in words.

    Parameters
    ----------
    sides
        The client's scores; None where there are none.
    extract
        The client's extract.
    """
    if sides is None:
        why = "Inside and outside are left out: too few answered the statements."
        return left_out(extract, "customers", why)
    return Prose(client_sentences.customer_types_sentence(sides))


def customer_types_table(sides: ClientCustomerTypeScores | None) -> Table | None:
    """Return the scores for external and internal customers and their difference; None gives no table."""
    if sides is None:
        return None
    labels = ("Do items about", "You", "95% interval", "Benchmark", "Top quartile", "Percentile", "Third")
    cells = "{title:t} | {score} | {low} to {high} | {benchmark} | {top} | {percentile:0} | {third:t}"
    signed = "{title:t} | {score:+} | {low} to {high} | {benchmark:+} | {top:+} | {percentile:0} | {third:t}"
    frame = sides.frame.assign(title=sides.frame["side"].map(CUSTOMER_TYPE_TITLES))
    parts = ((cells, frame["side"] != "difference"), (signed, frame["side"] == "difference"))
    rows = [row for template, chosen in parts for row in table_rows(template, frame[chosen])]
    note = running_text(translated(sides.method), sides.source.caption)
    return fitted_table("Inside and outside (0 to 100)", labels, rows, note, of_column=PLACES)
