"""Captions of charts of the gap: quartiles, performance, aspects, pairs, spread."""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.aspect_gaps import AspectGaps
from cfanalysis.analyses.gap_distribution import GapDistribution
from cfanalysis.analyses.gap_slope import GapSlope
from cfanalysis.analyses.pair_gaps import PairGaps
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.analyses.units import GAP_UNITS, gap_digits, quartile_name, unit_words
from cfanalysis.charts.captions.caption import Caption, caption_of
from cfanalysis.charts.captions.claim_findings import contrast_finding, slope_finding
from cfanalysis.core.formatting import interval_text
from cfanalysis.core.language import translated
from cfanalysis.core.templates import clauses, grouped_clauses, plural, sentence
from cfanalysis.statistics.quartiles import QUARTILES


def quartile_gap_caption(gaps: QuartileGaps) -> Caption:
    """Return the caption of the gap by quartile."""
    delta, digits = gaps.delta, gap_digits(gaps.delta, gaps.unit)
    row = "{quartile} {gap:{digits}} ({low:{digits}} to {high:{digits}}, n = {n})"
    contrast = "rest minus top {estimate:+{digits}} ({interval})"
    contrast = sentence(contrast, vars(delta), digits=digits, interval=interval_text(delta, digits))
    measure = "Say minus Do, {gap_unit:t}, by quartile of {criterion}"
    if gaps.verdict.standardized_for:
        measure = (
            "Say minus Do, {gap_unit:t}, by quartile of {criterion}; the same mix of respondents in each"
        )
    return caption_of(
        gaps,
        contrast_finding(gaps),
        measure,
        "Dots of all {units} by quartile, with the mean gap and its 95% interval in {gap_unit:t}",
        [*clauses(row, _named(gaps.frame), digits=digits), contrast],
        statistics=contrast,
        gap_unit=GAP_UNITS[gaps.unit],
    )


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of quartiles with their names in full."""
    return frame.assign(quartile=frame["quartile"].map(quartile_name))


def gap_against_performance_caption(slope: GapSlope) -> Caption:
    """Return the caption of the gap against performance."""
    line, digits = slope.slope, gap_digits(slope.slope, slope.unit)
    estimate = "slope {estimate:+{digits}} for each standard deviation ({interval})"
    estimate = sentence(estimate, vars(line), digits=digits, interval=interval_text(line, digits))
    doses = clauses("{quartile} mean gap {gap:{digits}} at {criterion}", _named(slope.doses), digits=digits)
    return caption_of(
        slope,
        slope_finding(slope),
        "Say minus Do ({gap_unit:t}) against {criterion}",
        "Scatter of {units} with a line, its 95% band and the quartiles’ means",
        [estimate, *doses, sentence("the top quartile begins at {cut}", cut=slope.cut)],
        statistics=estimate,
        gap_unit=GAP_UNITS[slope.unit],
    )


def gap_by_aspect_caption(gaps: AspectGaps) -> Caption:
    """Return the caption of the gap by aspect."""
    rows = gaps.frame[gaps.frame["group"] == gaps.groups[-1]]
    widest = rows.sort_values("gap", ascending=False, kind="stable").iloc[0].to_dict()
    top = gaps.frame[(gaps.frame["group"] == gaps.groups[0]) & (gaps.frame["aspect"] == widest["aspect"])]
    one = "The gap in {name} is {gap} points of 100 below the top quartile and {top} in it"
    many = "Below the top quartile the gap is widest in {name}: {gap} points of 100, against {top} in it"
    if top["gap"].isna().all():
        one = "The gap in {name} is {gap} points of 100 below the top quartile"
        many = "Below the top quartile the gap is widest in {name}: {gap} points of 100"
    widest["name"] = sentence("{title}" if gaps.scope == "dimension" else "“{title}”", widest)
    pictures = (
        "Dots with intervals for {n} aspect in two groups",
        "Dots with intervals for {n} aspects in two groups",
    )
    return caption_of(
        gaps,
        sentence(one if len(rows) == 1 else many, widest, top=top["gap"].max()),
        "Say minus Do as measured, points of 100, with 95% intervals; quartiles of {criterion}",
        plural(gaps.frame["aspect"].nunique(), *pictures),
        grouped_clauses("{group:t} {gap} ({low} to {high})", gaps.frame, "aspect"),
        statistics="intervals by Student’s t, one aspect at a time",
    )


def pair_heat_table_caption(gaps: PairGaps) -> Caption:
    """Return the caption of the gap by pair and quartile."""
    pictures = (
        "Table of {n} pair by quartile, wider gaps in stronger tones",
        "Table of {n} pairs by quartile, wider gaps in stronger tones",
    )
    return caption_of(
        gaps,
        _ends_of_pairs(gaps.frame),
        "Say minus Do of each pair as measured, points of 100, by quartile of {criterion}",
        plural(gaps.frame["pair"].nunique(), *pictures),
        grouped_clauses("{group:t} {gap}", gaps.frame, "pair"),
        statistics="means over {units}",
        counted=gaps.frame.loc[gaps.frame["group"] == gaps.groups[0], "n"],
    )


def _ends_of_pairs(frame: pd.DataFrame) -> str:
    ends = [QUARTILES[0], QUARTILES[-1]]
    wide = frame.pivot(index="pair", columns="group", values="gap").reindex(columns=ends).dropna()
    if wide.empty:
        return translated("The gap by pair")
    top, bottom = (wide[quartile] for quartile in ends)
    template = (
        "The gap is {low} points of 100 in the top quartile and {least} in the bottom quartile"
        if len(wide) == 1
        else "Gaps of {n} pairs: {low} to {high} points of 100 in the top quartile, {least} to {most} in the bottom one"
    )
    return sentence(
        template, n=len(wide), low=top.min(), high=top.max(), least=bottom.min(), most=bottom.max()
    )


def gap_histogram_caption(gaps: GapDistribution) -> Caption:
    """Return the caption of the spread of the gap."""
    share, units = 1 - gaps.share_negative, unit_words(gaps.source).many
    title = "{share:{digits}%} of {units} say as much as they do or more; the median gap is {median} points of 100"
    if share == 1:
        title = "All {units} say as much as they do or more; the median gap is {median} points of 100"
    digits = 0 if share <= 0.985 or share > 0.995 else 1
    return caption_of(
        gaps,
        sentence(title, vars(gaps), units=units, share=share, digits=digits),
        "Say minus Do, points of 100",
        "Histogram of {units} by gap, in classes of points of 100",
        clauses("{low} to {high}: {n}", gaps.frame[gaps.frame["n"] > 0]),
        statistics="mean {mean}, middle half {q1} to {q3}; Do above Say in {share_negative:%}",
    )
