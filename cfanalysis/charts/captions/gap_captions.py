"""Captions of charts of the gap: quartiles, performance, aspects, pairs, spread."""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.aspect_gaps import AspectGaps
from cfanalysis.analyses.gap_distribution import GapDistribution
from cfanalysis.analyses.gap_slope import GapSlope
from cfanalysis.analyses.pair_gaps import PairGaps
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.analyses.units import direction, unit_words
from cfanalysis.charts.captions.caption import Caption, caption_of
from cfanalysis.core.formatting import digits_for, interval_text
from cfanalysis.core.templates import clauses, grouped_clauses, plural, sentence
from cfanalysis.statistics.quartiles import QUARTILES


def quartile_gap_caption(gaps: QuartileGaps) -> Caption:
    """Return the caption of the gap by quartile."""
    delta, digits = gaps.delta, digits_for(gaps.delta)
    title = {
        1: "Below the top quartile the Say-Do gap is {size:{digits}} points wider",
        -1: "Below the top quartile the Say-Do gap is {size:{digits}} points narrower",
        0: "No difference in the Say-Do gap between the top quartile and the rest can be told",
    }[direction(delta)]
    row = "{quartile} quartile {gap:{digits}} ({low:{digits}} to {high:{digits}}, n = {n})"
    contrast = "rest minus top {estimate:+{digits}} ({interval})"
    contrast = sentence(contrast, vars(delta), digits=digits, interval=interval_text(delta))
    return caption_of(
        gaps,
        sentence(title, size=abs(delta.estimate), digits=digits),
        "Say minus Do, points on a scale of {scale[0]} to {scale[1]}, by quartile of {criterion}",
        "Dots of all {units} by quartile, with the mean gap and its 95% interval in scale points",
        [*clauses(row, gaps.frame, digits=digits), contrast],
        statistics=contrast,
    )


def gap_against_performance_caption(slope: GapSlope) -> Caption:
    """Return the caption of the gap against performance."""
    line, digits = slope.slope, digits_for(slope.slope)
    title = {
        1: "The gap widens by {size:{digits}} points for each standard deviation of performance",
        -1: "The gap narrows by {size:{digits}} points for each standard deviation of performance",
        0: "No line between performance and the Say-Do gap can be told",
    }[direction(line)]
    estimate = "slope {estimate:+{digits}} for each standard deviation ({interval})"
    estimate = sentence(estimate, vars(line), digits=digits, interval=interval_text(line))
    doses = clauses("{quartile} quartile mean gap {gap:2} at {criterion}", slope.doses)
    return caption_of(
        slope,
        sentence(title, size=abs(line.estimate), digits=digits),
        "Say minus Do (scale points) against {criterion} (0 to 100)",
        "Scatter of {units} with a falling or rising line, its 95% band and the quartiles’ means",
        [estimate, *doses, sentence("the top quartile begins at {cut}", cut=slope.cut)],
        statistics=estimate,
    )


def gap_by_aspect_caption(gaps: AspectGaps) -> Caption:
    """Return the caption of the gap by aspect."""
    rows = gaps.frame[gaps.frame["group"] == gaps.groups[-1]]
    widest = rows.sort_values("gap", ascending=False, kind="stable").iloc[0].to_dict()
    one, many = (
        "Below the top quartile the gap in “{title}” is {gap} points of 100",
        "Below the top quartile the gap is widest in “{title}”: {gap} points of 100",
    )
    if gaps.scope == "dimension":
        one, many = (
            "Below the top quartile the gap in {title} is {gap} points of 100",
            "Below the top quartile the gap is widest in {title}: {gap} points of 100",
        )
    pictures = (
        "Dots with intervals for {n} aspect in two groups",
        "Dots with intervals for {n} aspects in two groups",
    )
    return caption_of(
        gaps,
        sentence(one if len(rows) == 1 else many, widest),
        "Say minus Do, points of 100, with 95% intervals; quartiles of {criterion}",
        plural(gaps.frame["aspect"].nunique(), *pictures),
        grouped_clauses("{group} {gap} ({low} to {high})", gaps.frame, "aspect"),
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
        _narrower_pairs(gaps.frame),
        "Say minus Do of each pair, points of 100, by quartile of {criterion}",
        plural(gaps.frame["pair"].nunique(), *pictures),
        grouped_clauses("{group} {gap}", gaps.frame, "pair"),
        statistics="means over {units}",
    )


def _narrower_pairs(frame: pd.DataFrame) -> str:
    ends = [QUARTILES[0], QUARTILES[-1]]
    wide = frame.pivot(index="pair", columns="group", values="gap").reindex(columns=ends).dropna()
    if wide.empty:
        return "The gap by pair"
    top, bottom = (wide[quartile] for quartile in ends)
    template = (
        "The gap is {top} in the top quartile and {bottom} in the bottom quartile"
        if len(wide) == 1
        else "In {narrower} of {n} pairs the gap is narrower in the top quartile than in the bottom one"
    )
    narrower = int((top < bottom).sum())
    return sentence(template, top=top.iloc[0], bottom=bottom.iloc[0], narrower=narrower, n=len(wide))


def gap_histogram_caption(gaps: GapDistribution) -> Caption:
    """Return the caption of the spread of the gap."""
    share, units = 1 - gaps.share_negative, unit_words(gaps.source).many
    title = (
        "All {units} say as much as they do or more; the median gap is {median:2} points"
        if share == 1
        else "{share:{digits}%} of {units} say as much as they do or more; the median gap is {median:2} points"
    )
    digits = 0 if share <= 0.985 or share > 0.995 else 1
    return caption_of(
        gaps,
        sentence(title, vars(gaps), units=units, share=share, digits=digits),
        "Say minus Do, points on a scale of {scale[0]} to {scale[1]}",
        "Histogram of {units} by gap, in classes of scale points",
        clauses("{low:2} to {high:2}: {n}", gaps.frame[gaps.frame["n"] > 0]),
        statistics="mean {mean:2}, middle half {q1:2} to {q3:2}; Do above Say in {share_negative:%}",
    )
