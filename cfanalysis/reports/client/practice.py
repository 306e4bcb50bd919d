"""Practices, level, warning signs, expectations, inside and outside, leaders and staff."""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.benchmark_comparison import benchmark_centre_label
from cfanalysis.analyses.client_roles import ClientRoles
from cfanalysis.analyses.customer_types import ClientCustomerTypeScores
from cfanalysis.analyses.expectation import ClientExpectation
from cfanalysis.analyses.performance_levels import ClientLevel
from cfanalysis.analyses.practices import ClientPractices
from cfanalysis.analyses.warning_signs import ClientSigns
from cfanalysis.charts import expectation_bars, level_strip, practice_profile, warning_sign_bars
from cfanalysis.charts.captions.client_captions import (
    client_expectation_caption,
    client_level_caption,
    client_practices_caption,
    client_signs_caption,
)
from cfanalysis.charts.chart_rendering import figure
from cfanalysis.core.blocks import Figure, Prose, Table, escape_markdown, table_columns
from cfanalysis.core.formatting import decimal, interval_cell
from cfanalysis.core.templates import table_rows
from cfanalysis.reports.client import client_sentences
from cfanalysis.survey.survey_data import ClientExtract

CUSTOMER_TYPE_TITLES = {
    "external": "External customers",
    "internal": "Internal customers (colleagues)",
    "difference": "Internal minus external",
}
_FACET_TITLES = {"say": "Say", "do": "Do", "gap": "Say-Do gap"}


def practice_figure(profile: ClientPractices, extract: ClientExtract) -> Figure | Prose:
    """Return the practices beside benchmark and top quartile.

    Parameters
    ----------
    profile
        The client's practices.
    extract
        The client's extract.

    Returns
    -------
    Figure or Prose
        A line with the reason where there is nothing to draw.
    """
    if profile.frame["benchmark"].isna().all():
        return Prose(
            client_sentences.missing_section_text(
                "Practices are", "no statement about a practice was answered and compared."
            )
        )
    return figure(
        practice_profile,
        profile,
        caption=client_practices_caption(profile, middle=benchmark_centre_label(extract)),
    )


def practice_table(profile: ClientPractices, extract: ClientExtract) -> Table | None:
    """Return where the client stands in each practice.

    Parameters
    ----------
    profile
        The client's practices.
    extract
        The client's extract.

    Returns
    -------
    Table or None
        None where there are no practices.
    """
    if profile.frame.empty:
        return None
    labels = (
        "Practice",
        "You",
        benchmark_centre_label(extract).capitalize(),
        "Top quartile",
        "Percentile",
        "n",
    )
    cells = "{title} | {score:0} | {benchmark:0} | {top:0} | {percentile:0} | {n:d}"
    n = profile.frame["n_organizations"].dropna()
    organizations = f" Benchmark: {int(n.max())} organizations." if len(n) else ""
    note = (
        f"Mean of each practice's Do items; n: fewest answers to one.{organizations} {profile.source.caption}"
    )
    return Table(
        "The practices, one by one (0 to 100)", table_columns(labels), table_rows(cells, profile.frame), note
    )


def meanings_text(profile: ClientPractices) -> Prose | None:
    """Return what each practice means, in one paragraph."""
    told = profile.frame[profile.frame["about"] != ""].to_dict(orient="records")
    if not told:
        return None
    return Prose(" ".join(f"**{escape_markdown(r['title'])}:** {escape_markdown(r['about'])}" for r in told))


def level_text(level: ClientLevel | None) -> Prose:
    """Return the level in words."""
    if level is None:
        return Prose(
            client_sentences.missing_section_text(
                "The level is", "the statements about it were not asked or not answered."
            )
        )
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
    cells = "{level} | {score:0} | {low:0} to {high:0} | {respondents:%} | {benchmark:0} | {organizations:%}"
    rows = table_rows(cells, level.frame.assign(level=level.frame["level"].str.capitalize()))
    emphasis = tuple(level.frame.index[level.frame["level"] == level.level])
    note = f"Agreement with the statements of each level, 0 to 100. {level.method} {level.source.caption}"
    return Table("How far you go for customers", table_columns(labels), rows, note, emphasis)


def signs_figure(signs: ClientSigns | None) -> Figure | Prose:
    """Return the warning signs as bars beside the benchmark."""
    if signs is None:
        return Prose(
            client_sentences.missing_section_text("Warning signs are", "they were not asked or not answered.")
        )
    return figure(warning_sign_bars, signs, caption=client_signs_caption(signs))


def signs_table(signs: ClientSigns | None) -> Table | None:
    """Return the signs with interval, agreement and benchmark."""
    if signs is None:
        return None
    labels = ("Warning sign", "See it", "95% interval", "Agreement", "Benchmark", "n")
    cells = "{title} | {share:%} | {low:%} to {high:%} | {agreement:2} | {benchmark:%} | {n:d}"
    rows = table_rows(cells, signs.frame)
    emphasis = tuple(signs.frame.index[signs.frame["present"].astype(bool)])
    note = f"{signs.method} Bold: seen by more than half. Benchmark: mean of organizations. {signs.source.caption}"
    return Table(
        "Nine warning signs" if len(rows) == 9 else "Warning signs",
        table_columns(labels),
        rows,
        note,
        emphasis,
    )


def expectation_figure(outcomes: ClientExpectation | None) -> Figure | Prose:
    """Return of how many contacts expectations were missed, met and exceeded."""
    if outcomes is None:
        return Prose(
            client_sentences.missing_section_text(
                "Customers' expectations are", "this was not asked or not answered."
            )
        )
    return figure(expectation_bars, outcomes, caption=client_expectation_caption(outcomes))


def roles_text(roles: ClientRoles | None, extract: ClientExtract) -> Prose:
    """Return leaders against staff in words.

    Parameters
    ----------
    roles
        The client's leaders and staff; None where they are not compared.
    extract
        The client's extract.
    """
    if roles is None:
        nothing = not extract.instrument.respondent_fields and extract.raw_responses is not None
        why = "nothing was asked about respondents." if nothing else client_sentences.why_no_people(extract)
        return Prose(client_sentences.missing_section_text("Groups of people are", why))
    return Prose(client_sentences.roles_sentences(roles, extract))


def roles_table(roles: ClientRoles | None) -> Table | None:
    """Return Say, Do and gap of every group that may be shown."""
    if roles is None:
        return None
    groups = roles.frame[roles.frame["shown"].astype(bool)]
    if groups.empty:
        return None
    labels = ("Group", "n", "Say", "Do", "Gap", "95% interval of the gap")
    rows = table_rows("{title}: {option} | {n:d} | {say} | {do} | {gap:+} | {gap_low} to {gap_high}", groups)
    note = f"Respondents' scores, 0 to 100. {roles.method} {roles.source.caption}"
    return Table("Say and Do by group of people", table_columns(labels), rows, note)


def adjusted_text(roles: ClientRoles | None) -> Prose | None:
    """Return the score adjusted for role composition, in a sentence."""
    if roles is None or roles.adjusted.empty:
        return None
    do = roles.adjusted[roles.adjusted["facet"] == "do"]
    if do.empty:
        return None
    row = do.iloc[0]
    place = "" if pd.isna(row["percentile"]) else f", percentile {decimal(row['percentile'], 0)}"
    return Prose(
        f"If the same mix of positions had answered as in the average organization, your Do score would be "
        f"**{decimal(row['score'])}** instead of {decimal(row['raw'])}{place}: people higher up rate better, and who "
        "answers moves the score."
    )


def customer_types_text(sides: ClientCustomerTypeScores | None) -> Prose:
    """Return inside against outside in words."""
    if sides is None:
        return Prose(
            client_sentences.missing_section_text(
                "Inside and outside are", "the statements do not say whom they are about, or lack answers."
            )
        )
    return Prose(client_sentences.customer_types_sentence(sides))


def customer_types_table(sides: ClientCustomerTypeScores | None, extract: ClientExtract) -> Table | None:
    """Return the scores for external and internal customers and their difference.

    Parameters
    ----------
    sides
        The client's scores; None gives no table.
    extract
        The client's extract.
    """
    if sides is None:
        return None
    labels = (
        "Do items about",
        "You",
        "95% interval",
        benchmark_centre_label(extract).capitalize(),
        "Top quartile",
        "Percentile",
    )
    rows = []
    for r in sides.frame.to_dict(orient="records"):
        signed = r["side"] == "difference"
        rows.append(
            (
                CUSTOMER_TYPE_TITLES[str(r["side"])],
                decimal(r["score"], signed=signed),
                interval_cell(r["low"], r["high"]),
                decimal(r["benchmark"], signed=signed),
                decimal(r["top"], signed=signed),
                decimal(r["percentile"], 0),
            )
        )
    note = f"{sides.method} {sides.source.caption}"
    return Table("Inside and outside (0 to 100)", table_columns(labels), rows, note)
