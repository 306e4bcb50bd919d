"""Results as tables that can be published: title with unit, n in every row or in the note, source below."""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.client_report import ClientScores, Standing
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.analyses.say_do_profile import SayDoProfile
from cfanalysis.analyses.units import GAP_UNITS, unit_words, wave_phrase, within_sentence
from cfanalysis.core.blocks import Table
from cfanalysis.core.formatting import count_range, decimal, digits_for, interval_cell
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import running_text, sentence, table_rows
from cfanalysis.reports.common.fitted_table import fitted_table, source_table
from cfanalysis.scoring.means import one_wave
from cfanalysis.study.prepared_study import Study

PLACES = {
    "Percentile": message(
        "Percentile: share of the benchmark's organizations below, half of those equal counted."
    ),
    "Third": message("Third: that of the benchmark's organizations in which you lie."),
}
"""What a client's place among the organizations means, by the column in which it stands."""

GAP_PLACES = {
    "Percentile": message(
        "Percentile: share of the benchmark's organizations below, half of those equal counted. For a gap, low is "
        "narrow."
    ),
    "Third": message(
        "Third: that of the benchmark's organizations in which you lie. For a gap, the lower is the narrower."
    ),
}
"""The same where one of the measures is a gap."""

TURNED = message("Statements worded the other way round are turned: more is better throughout.")
"""What is said below a table with reverse-keyed items."""

UNIT_HEADINGS = {"organization": message("Organizations"), "respondent": message("Respondents")}
"""What units are called above a column."""


def quartile_table(gaps: QuartileGaps) -> Table:
    """Return Say, Do and gap of the four quartiles, and the rest against the top."""
    unit = unit_words(gaps.source)
    labels = ("Quartile", UNIT_HEADINGS[gaps.source.unit], "Say", "Do", "Gap", "95% interval")
    delta, digits = gaps.delta, digits_for(gaps.delta)

    cells = "{quartile:t} | {n:d} | {say:{digits}} | {do:{digits}} | {gap:{digits}} | {low:{digits}} to {high:{digits}}"
    frame = gaps.frame.round({"say": digits, "gap": digits})
    rows = table_rows(cells, frame.assign(do=frame["say"] - frame["gap"]), digits=digits)
    say, apart = (round(value, digits) for value in (-gaps.delta_say.estimate, delta.estimate))
    contrast = (
        translated("Rest minus top"),
        str(gaps.n),
        *(decimal(value, digits, signed=True) for value in (say, say - apart, apart)),
        interval_cell(delta.low, delta.high, digits),
    )
    low, high = gaps.scale
    scale = (
        sentence("scale points ({low} to {high})", low=str(low), high=str(high))
        if gaps.unit == "points"
        else translated(GAP_UNITS[gaps.unit])
    )
    note = running_text(
        sentence(
            "Means of {units}, {scale}; the same mix of respondents in each; {wave}."
            if gaps.verdict.standardized_for
            else "Means of {units}, {scale}; {wave}.",
            units=unit.many,
            scale=scale,
            wave=wave_phrase(gaps.wave, gaps.source),
        ),
        translated("Do is Say minus the gap, as printed."),
        sentence(
            "Interval: bootstrap of groups of {units} ({grouped}), re-ranked and re-cut."
            if gaps.verdict.grouped_by
            else "Interval: bootstrap of {units}, re-ranked and re-cut.",
            units=unit.many,
            grouped=gaps.verdict.grouped_by,
        ),
    )
    title = sentence(
        "The Say-Do gap by quartile of {criterion}", criterion=within_sentence(gaps.criterion, gaps.source)
    )
    return source_table(title, labels, [*rows, contrast], note, gaps.source, emphasis=(len(rows),))


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
    rows = table_rows("{title} | {group:t} | {say} | {do} | {gap:+} | {n:0}", profile.frame)
    note = sentence(
        "Scores from 0 to 100; n = {units}, {wave}."
        if client is None
        else "Scores from 0 to 100; n = respondents of {client}, {units} of the others, {wave}.",
        units=unit_words(profile.source).many,
        client=client,
        wave=wave_phrase(profile.wave, profile.source),
    )
    return source_table("Say and Do by dimension (0 to 100)", labels, rows, note, profile.source, left=2)


def standing_table(standing: Standing) -> Table:
    """Return a client's main measures beside the benchmark."""
    labels = ("Measure", "You", standing.centre_label, "Top quartile", "Percentile", "Third")
    cells = "{measure:t} | {score} | {benchmark} | {top} | {percentile:0} | {third:t}"
    rows = table_rows(cells, standing.frame)
    beside = _organizations(standing.frame["n"], standing.benchmark)
    note = running_text(standing.unit, beside, standing.source.caption)
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
    cells = "{title} | {say} | {do} | {score:+} | {benchmark:+} | {percentile:0} | {third:t}"
    rows = table_rows(cells, scores.frame)
    beside = _organizations(scores.frame["n_organizations"], scores.benchmark)
    turned = translated(TURNED) if reverse else ""
    note = running_text(translated("Widest gap first."), turned, beside, scores.source.caption)
    return fitted_table(
        "Intention and practice on the same subject (0 to 100)", labels, rows, note, of_column=GAP_PLACES
    )


def index_table(study: Study) -> Table:
    """Return the indices: of all respondents where published tables have that row, and the organizations' mean."""
    survey = study.survey
    scores = one_wave(study.scores, survey.source.waves, "latest").query("scope == 'index'")
    unit = unit_words(survey.source)
    mean = sentence("Mean of {units}", units=unit.many)
    labels = ("Index", "All respondents", "Published", mean, UNIT_HEADINGS[survey.source.unit])
    tables = survey.instrument.frequency_tables
    overall = None if tables is None else tables.overall
    rows = []
    for index in survey.instrument.indices:
        own = scores[scores["name"] == index.id]
        total = own.loc[own["organization"] == overall, "score"]
        each = own.loc[own["kind"] == "organization", "score"]
        whole = decimal(None if total.empty else float(total.iloc[0]), 0)
        published = decimal(index.published.get("overall"), 0)
        rows.append((index.title, whole, published, decimal(each.mean()), str(len(each))))
    note = sentence("0 to 100; latest wave of each {unit}.", unit=unit.one)
    return source_table("Indices", labels, rows, note, survey.source)


def _organizations(n: pd.Series, benchmark: str) -> str:
    told, counted = "Benchmark: mean of {n} organizations ({benchmark}).", count_range(n)
    return sentence(told, n=counted, benchmark=translated(benchmark)) if counted else ""
