"""Results as tables that can be published: title with unit, n in every row or in the note, source below."""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.client_report import ClientScores, Standing
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.analyses.say_do_profile import SayDoProfile
from cfanalysis.analyses.units import GAP_UNITS, UNIT_NAMES, unit_words, wave_phrase, within_sentence
from cfanalysis.core.blocks import Table, table_columns
from cfanalysis.core.formatting import count_range, decimal, digits_for, interval_cell
from cfanalysis.core.templates import table_rows
from cfanalysis.reports.common.fitted_table import fitted_table
from cfanalysis.scoring.means import one_wave
from cfanalysis.study.prepared_study import Study

PLACES = {
    "Percentile": "Percentile: share of the benchmark's organizations below, half of those equal counted.",
    "Third": "Third: that of the benchmark's organizations in which you lie.",
}
"""What a client's place among the organizations means, by the column in which it stands."""

GAP_PLACES = {
    "Percentile": f"{PLACES['Percentile']} For a gap, low is narrow.",
    "Third": f"{PLACES['Third']} For a gap, the lower is the narrower.",
}
"""The same where one of the measures is a gap."""

TURNED = "Statements worded the other way round are turned: more is better throughout. "
"""What is said below a table with reverse-keyed items."""


def quartile_table(gaps: QuartileGaps) -> Table:
    """Return Say, Do and gap of the four quartiles, and the rest against the top."""
    unit = unit_words(gaps.source)
    labels = ("Quartile", unit.many.capitalize(), "Say", "Do", "Gap", "95% interval")
    delta, digits = gaps.delta, digits_for(gaps.delta)

    cells = "{quartile} | {n:d} | {say:{digits}} | {do:{digits}} | {gap:{digits}} | {low:{digits}} to {high:{digits}}"
    frame = gaps.frame.round({"say": digits, "gap": digits})
    rows = table_rows(cells, frame.assign(do=frame["say"] - frame["gap"]), digits=digits)
    say, apart = (round(value, digits) for value in (-gaps.delta_say.estimate, delta.estimate))
    contrast = (
        "Rest minus top",
        str(gaps.n),
        *(decimal(value, digits, signed=True) for value in (say, say - apart, apart)),
        interval_cell(delta.low, delta.high, digits),
    )
    low, high = gaps.scale
    drawn = f"groups of {unit.many} ({grouped})" if (grouped := gaps.verdict.grouped_by) else unit.many
    mix = "; the same mix of respondents in each" if gaps.verdict.standardized_for else ""
    scale = f"scale points ({low} to {high})" if gaps.unit == "points" else GAP_UNITS[gaps.unit]
    note = (
        f"Means of {unit.many}, {scale}{mix}; {wave_phrase(gaps.wave, gaps.source)}. Do is Say minus the gap, "
        f"as printed. Interval: bootstrap of {drawn}, re-ranked and re-cut. {gaps.source.caption}"
    )
    return Table(
        f"The Say-Do gap by quartile of {within_sentence(gaps.criterion, gaps.source)}",
        table_columns(labels),
        [*rows, contrast],
        note,
        (len(rows),),
    )


def profile_table(profile: SayDoProfile, *, client: str | None = None) -> Table:
    """Return Say, Do and gap by dimension and group.

    Parameters
    ----------
    profile
        The scores.
    client
        The group that is one organization; its ``n`` are respondents.
    """
    labels = ("Dimension", "Group", "Say", "Do", "Gap", "n")
    rows = table_rows("{title} | {group} | {say} | {do} | {gap:+} | {n:0}", profile.frame)
    many = unit_words(profile.source).many
    counted = many if client is None else f"respondents of {client}, {many} of the others"
    note = (
        f"Scores from 0 to 100; n = {counted}, {wave_phrase(profile.wave, profile.source)}. "
        f"{profile.source.caption}"
    )
    return Table("Say and Do by dimension (0 to 100)", table_columns(labels, left=2), rows, note)


def standing_table(standing: Standing) -> Table:
    """Return a client's main measures beside the benchmark."""
    labels = ("Measure", "You", standing.centre_label, "Top quartile", "Percentile", "Third")
    rows = table_rows("{measure} | {score} | {benchmark} | {top} | {percentile:0} | {third}", standing.frame)
    note = (
        f"{standing.unit} {_organizations(standing.frame['n'], standing.benchmark)}{standing.source.caption}"
    )
    places = GAP_PLACES if (standing.frame["facet"] == "gap").any() else PLACES
    return fitted_table("Your scores", labels, rows, note, of_column=places)


def pair_table(scores: ClientScores, *, reverse: bool = False) -> Table:
    """Return a client's pairs, widest gap first.

    Parameters
    ----------
    scores
        The client's pairs.
    reverse
        Whether any of their items is reverse-keyed.
    """
    labels = ("Subject", "Say", "Do", "Gap", "Benchmark gap", "Percentile", "Third")
    cells = "{title} | {say} | {do} | {score:+} | {benchmark:+} | {percentile:0} | {third}"
    rows = table_rows(cells, scores.frame)
    beside = _organizations(scores.frame["n_organizations"], scores.benchmark)
    note = f"Widest gap first. {TURNED if reverse else ''}{beside}{scores.source.caption}"
    return fitted_table(
        "Intention and practice on the same subject (0 to 100)", labels, rows, note, of_column=GAP_PLACES
    )


def index_table(study: Study) -> Table:
    """Return the indices: of all respondents where published tables have that row, and the organizations' mean."""
    survey = study.survey
    scores = one_wave(study.scores, survey.source.waves, "latest").query("scope == 'index'")
    unit = UNIT_NAMES[survey.instrument.unit]
    labels = ("Index", "All respondents", "Published", f"Mean of {unit.many}", unit.many.capitalize())
    tables = survey.instrument.frequency_tables
    overall = None if tables is None else tables.overall
    rows = []
    for index in survey.instrument.indices:
        own = scores[scores["name"] == index.id]
        total = own.loc[own["organization"] == overall, "score"]
        each = own.loc[own["kind"] == "organization", "score"]
        rows.append(
            (
                index.title,
                decimal(None if total.empty else float(total.iloc[0]), 0),
                decimal(index.published.get("overall"), 0),
                decimal(each.mean()),
                str(len(each)),
            )
        )
    note = f"0 to 100; latest wave of each {unit.one}. {survey.source.caption}"
    return Table("Indices", table_columns(labels), rows, note)


def _organizations(n: pd.Series, benchmark: str) -> str:
    counted = count_range(n)
    return f"Benchmark: mean of {counted} organizations ({benchmark}). " if counted else ""
