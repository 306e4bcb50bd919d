"""Results in plain sentences: findings, summaries, alternative texts. Every sentence is written from numbers.

A sentence says what was found and how sure it is; where an interval holds 0 it says that no difference can
be told, never that there is none. Names that came from data are escaped where Markdown is written.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from cfanalysis.analyses.client_report import Standing
from cfanalysis.analyses.gap_slope import GapSlope
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.analyses.say_do_profile import TOP, SayDoProfile
from cfanalysis.core.blocks import escape_markdown
from cfanalysis.core.numbers import decimal, digits_for, interval, ordinal, percent
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.effects import Estimate
from cfanalysis.survey.confidentiality import respondents_in_words
from cfanalysis.survey.survey import Source


class UnitWords(NamedTuple):
    """How the units of a study are called: organizations, or respondents where each stands for itself."""

    one: str
    many: str

    def counted(self, n: int) -> str:
        """Return a number of units in words.

        Examples
        --------
        >>> UnitWords("organization", "organizations").counted(1200)
        '1,200 organizations'
        """
        return f"{n:,} {self.one if n == 1 else self.many}"


UNITS = {
    "organization": UnitWords("organization", "organizations"),
    "respondent": UnitWords("respondent", "respondents"),
}


def unit_words(source: Source) -> UnitWords:
    """Return how the units of a study are called.

    Examples
    --------
    >>> unit_words(Source("sample", "Self Assessment")).many
    'organizations'
    """
    return UNITS[getattr(source, "unit", "organization")]


def direction(estimate: Estimate) -> int:
    """Return 1 or -1 where the interval lies on one side of 0, else 0."""
    if estimate.low is None or estimate.high is None:
        return 0
    return 1 if estimate.low > 0 else -1 if estimate.high < 0 else 0


def which_wave(wave: WhichWave, source: Source) -> str:
    """Return the wave in words; where there is only one, its name."""
    if len(source.waves) == 1:
        return f"wave {source.waves[0]}"
    return f"{wave} wave of each {unit_words(source).one}"


def gap_title(gaps: QuartileGaps) -> str:
    """Return the finding on the quartile gap in one line."""
    size = decimal(abs(gaps.delta.estimate), digits_for(gaps.delta))
    if direction(gaps.delta) == 0:
        return "No difference in the Say-Do gap between the top quartile and the rest can be told"
    wider = "wider" if gaps.delta.estimate > 0 else "narrower"
    return f"Below the top quartile the Say-Do gap is {size} points {wider}"


def gap_subtitle(gaps: QuartileGaps) -> str:
    """Return measure, unit, n and method of the quartile gap in one line."""
    low, high = gaps.scale
    return (
        f"Say minus Do, points on a scale of {low} to {high}, by quartile of {in_sentence(gaps.criterion)}; "
        f"{unit_words(gaps.source).counted(gaps.n)}, {which_wave(gaps.wave, gaps.source)}"
    )


def gap_alt(gaps: QuartileGaps) -> str:
    """Return the alternative text of the quartile gap chart."""
    digits = digits_for(gaps.delta)
    quartiles = "; ".join(
        f"{row['quartile']} quartile {decimal(row['gap'], digits)} "
        f"({decimal(row['low'], digits)} to {decimal(row['high'], digits)}, n = {row['n']})"
        for row in gaps.frame.to_dict(orient="records")
    )
    return (
        f"{gap_title(gaps)}. Mean gap by quartile of {in_sentence(gaps.criterion)}, in scale points with 95% "
        f"interval: {quartiles}. Rest minus top: {decimal(gaps.delta.estimate, digits, signed=True)} "
        f"({interval(gaps.delta)})."
    )


def gap_summary(gaps: QuartileGaps) -> str:
    """Return the answer in a few sentences (Markdown): contrast, what moves, and what this cannot say."""
    delta, digits, unit = gaps.delta, digits_for(gaps.delta), unit_words(gaps.source)
    top = float(gaps.frame["gap"].iloc[0])
    told = {
        1: f"Below the top quartile the gap is wider by **{decimal(delta.estimate, digits)} points**",
        -1: f"Below the top quartile the gap is narrower by **{decimal(-delta.estimate, digits)} points**",
        0: f"The gap differs by {decimal(delta.estimate, digits, signed=True)} points, which cannot be told from 0",
    }[direction(delta)]
    return (
        f"In the top quartile of {in_sentence(gaps.criterion)} {unit.many} say {decimal(top, digits)} points more "
        f"than they do; in the rest {decimal(top + delta.estimate, digits)} points. {told} ({interval(delta)}; "
        f"{unit.counted(gaps.n)}, {gaps.n_top} of them in the top quartile, {percent(gaps.top_share)}). The top "
        f"quartile leads by {decimal(gaps.delta_do.estimate, digits)} points in Do and by "
        f"{decimal(gaps.delta_say.estimate, digits)} points in Say."
    )


def gap_method(gaps: QuartileGaps) -> str:
    """Return how the contrast was computed, in a few sentences (Markdown)."""
    unit = unit_words(gaps.source)
    left_out = (
        f" {gaps.n_left_out} {unit.one}(s) that lack an item of the gap or of the criterion are left out."
        if gaps.n_left_out
        else ""
    )
    return (
        f"Quartiles are cut on {in_sentence(gaps.criterion)}, which contains no item of the gap, at the linear 25, "
        "50 and 75% quantiles; ties go up. Say and Do are the means of their items' means, and every "
        f"{unit.one} counts once, with its {gaps.wave} wave.{left_out} Intervals are percentiles of "
        f"{gaps.repetitions:,} bootstrap samples of {unit.many}, each ranked and cut anew (seed {gaps.seed}). "
        "Criterion and gap come from the same respondents: what makes a person rate everything better makes "
        "both better."
    )


def profile_title(profile: SayDoProfile) -> str:
    """Return the finding on Say and Do by dimension in one line."""
    focus = profile.frame[profile.frame["group"] == profile.groups[0]]
    widest = focus.sort_values("gap", ascending=False, kind="stable").iloc[0]
    who = "In the top quartile" if profile.groups[0] == TOP else f"At {profile.groups[0]}"
    if len(focus) == 1:
        return f"{who} the gap is {decimal(float(widest['gap']))} points of 100"
    return f"{who} the gap is widest in {widest['title']}: {decimal(float(widest['gap']))} points of 100"


def profile_subtitle(profile: SayDoProfile) -> str:
    """Return measure and n of the profile in one line."""
    by = f"; quartiles of {in_sentence(profile.criterion)}" if profile.criterion else ""
    n = unit_words(profile.source).counted(profile.n)
    return f"Say and Do, 0 to 100{by}; {n}, {which_wave(profile.wave, profile.source)}"


def profile_alt(profile: SayDoProfile) -> str:
    """Return the alternative text of the Say-Do dumbbell."""
    parts = []
    for _, rows in profile.frame.groupby("dimension", sort=False):
        groups = ", ".join(
            f"{row['group']} Say {decimal(row['say'])} and Do {decimal(row['do'])}"
            for row in rows.to_dict(orient="records")
        )
        parts.append(f"{rows['title'].iloc[0]}: {groups}")
    return f"{profile_title(profile)}. Scores from 0 to 100. {'; '.join(parts)}."


def slope_title(slope: GapSlope) -> str:
    """Return the finding on gap against performance in one line."""
    size = decimal(abs(slope.slope.estimate), digits_for(slope.slope))
    if direction(slope.slope) == 0:
        return "No line between performance and the Say-Do gap can be told"
    verb = "narrows" if slope.slope.estimate < 0 else "widens"
    return f"The gap {verb} by {size} points for each standard deviation of performance"


def slope_subtitle(slope: GapSlope) -> str:
    """Return measure and n of the slope in one line."""
    n = unit_words(slope.source).counted(slope.n)
    return (
        f"Say minus Do (scale points) against {in_sentence(slope.criterion)} (0 to 100); {n}, "
        f"{which_wave(slope.wave, slope.source)}; line with 95% band"
    )


def slope_alt(slope: GapSlope) -> str:
    """Return the alternative text of gap against performance."""
    table = slope.organizations
    return (
        f"{slope_title(slope)} ({interval(slope.slope)}). A scatter of {unit_words(slope.source).counted(slope.n)}: "
        f"{in_sentence(slope.criterion)} from {decimal(float(table['criterion'].min()))} to "
        f"{decimal(float(table['criterion'].max()))}, gap from {decimal(float(table['gap'].min()), 2)} to "
        f"{decimal(float(table['gap'].max()), 2)} points; the top quartile begins at {decimal(slope.cut)}."
    )


def client_summary(standing: Standing) -> str:
    """Return where a client stands, in a few sentences (Markdown)."""
    name, people = escape_markdown(standing.client), respondents_in_words(standing.n)
    sentences = [
        f"{people[0].upper()}{people[1:]} of {name} answered in wave {escape_markdown(standing.wave)}."
    ]
    gap = standing.row("overall", "gap")
    say, do = standing.row("overall", "say"), standing.row("overall", "do")
    if gap is not None and say is not None and do is not None:
        ahead = (
            "intention runs ahead of practice" if gap["score"] >= 0 else "practice runs ahead of intention"
        )
        sentences.append(
            f"On 0 to 100 they rate what {name} intends at {decimal(say['score'])} and what it does at "
            f"{decimal(do['score'])}: {ahead} by **{decimal(abs(gap['score']))} points**"
            + (
                f", against {decimal(gap['benchmark'])} in the benchmark."
                if pd.notna(gap["benchmark"])
                else "."
            )
        )
        if pd.notna(gap["percentile"]) and pd.notna(gap["n"]):
            sentences.append(
                f"Ranked from the narrowest gap to the widest, {name} stands at the {ordinal(gap['percentile'])} "
                f"percentile of {int(gap['n'])} organizations."
            )
    if standing.quartile is not None and standing.criterion is not None:
        sentences.append(
            f"On {in_sentence(standing.criterion)} it is in the **{standing.quartile.lower()} quartile**."
        )
    return " ".join(sentences)


def verdict_sentence(verdict: dict[str, Any]) -> str:
    """Return the verdict of ``verdict.json`` in one sentence."""
    if verdict["verdict"] == "none":
        return f"No verdict: {verdict['reason']}"
    delta = Estimate(**verdict["delta"])
    size = decimal(delta.estimate, digits_for(delta), signed=True)
    return (
        f"{str(verdict['verdict']).capitalize()}. Rest minus top {size} points ({interval(delta)}); "
        f"n = {verdict['n']}, criterion: {verdict['criterion']}."
    )


def in_sentence(title: str) -> str:
    """Return a title as it stands within a sentence: its first letter small unless it is a name's.

    Examples
    --------
    >>> in_sentence("Performance against competitors"), in_sentence("Employee Engagement Index")
    ('performance against competitors', 'the Employee Engagement Index')
    """
    words = title.split()
    if len(words) > 1 and words[1][:1].isupper():
        return f"the {title}"
    return title[:1].lower() + title[1:]
