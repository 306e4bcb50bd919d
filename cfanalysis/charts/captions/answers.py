"""Captions of charts of answers: Likert bars, warning signs, levels, expectations."""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.answer_distribution import AnswerDistribution
from cfanalysis.analyses.expectation import Expectation
from cfanalysis.analyses.levels import Levels
from cfanalysis.analyses.warning_signs import WarningSigns
from cfanalysis.charts.captions.caption import Caption, clauses, plural, sentence, size, units


def shares_above(answers: AnswerDistribution) -> pd.DataFrame:
    """Return the share of answers above the middle of the scale: ``item, title, share``, items in their order."""
    middle = (answers.categories[0] + answers.categories[-1]) / 2
    part = answers.frame[answers.frame["category"] > middle]
    return part.groupby(["item", "title"], sort=False)["share"].sum().reset_index()


def likert_bars_caption(answers: AnswerDistribution) -> Caption:
    """Return the caption of answers to items."""
    shares = shares_above(answers).sort_values("share", ascending=False, kind="stable")
    most, least = shares.iloc[0], shares.iloc[-1]
    title = (
        "{share:%} of answers to “{title}” lie above the middle"
        if len(shares) == 1
        else "“{title}” finds least agreement, {share:%}; “{best}” most, {most:%}"
    )
    measure = "Share of answers from “{lowest}” to “{highest}”, reversed items turned"
    picture = "Bars of answers around the middle of the scale for {n} items"
    return Caption(
        sentence(title, least.to_dict(), best=most["title"], most=most["share"]),
        sentence(measure, lowest=answers.labels[0], highest=answers.labels[-1]),
        sentence(picture, n=answers.frame["item"].nunique()),
        clauses("{title} {share:%} above the middle", shares),
        answers.source.caption,
        size(answers),
        sentence("mean of the shares of {units}, each counting once", units=units(answers)),
    )


def warning_sign_bars_caption(signs: WarningSigns) -> Caption:
    """Return the caption of the warning signs."""
    frame = signs.frame.sort_values("share", ascending=False, kind="stable")
    measure = "Share of respondents who see the sign, mean over {units}, with 95% intervals"
    pictures = "Bars for {n} warning sign, most seen first", "Bars for {n} warning signs, most seen first"
    return Caption(
        sentence("The warning sign seen most is “{title}”: {share:%} see it", frame.iloc[0].to_dict()),
        sentence(measure, units=units(signs)),
        plural(len(frame), *pictures),
        clauses("{title} {share:%}", frame),
        signs.source.caption,
        size(signs),
        sentence("{estimate} signs in an organization on average", vars(signs.per_organization)),
    )


def expectation_bars_caption(outcomes: Expectation) -> Caption:
    """Return the caption of customers' expectations."""
    frame, who = outcomes.frame.iloc[::-1], units(outcomes)
    short = frame.assign(outcome=frame["title"].str.partition(",")[0].str.lower())
    shares = ", ".join(clauses("{share:%} {outcome}", short))
    measure = "Share of ten recent contacts as seen from inside, mean over {units}, with 95% intervals"
    return Caption(
        sentence("What {units} say of recent contacts: {shares}", units=who, shares=shares),
        sentence(measure, units=who),
        sentence("Bars for {n} outcomes, the best first", n=len(frame)),
        clauses("{title} {share:%} ({low:%} to {high:%})", frame),
        outcomes.source.caption,
        size(outcomes),
        sentence("intervals by Student’s t over {units}", units=who),
    )


def level_strip_caption(levels: Levels) -> Caption:
    """Return the caption of the external performance levels."""
    low, high = (levels.by_level.iloc[i].to_dict() for i in (0, -1))
    title = (
        "{share:%} of {units} reach the {level} level"
        if pd.isna(high["gap"]) or pd.isna(low["gap"])
        else "{share:%} of {units} reach the {level} level; their gap is {gap}, that of the {low} level {low_gap}"
    )
    measure = "Share of {units} at each external performance level, with mean gap (0 to 100)"
    together = "rank correlation of level and gap {estimate:2} ({low:2} to {high:2})"
    return Caption(
        sentence(title, high, units=units(levels), low=low["level"], low_gap=low["gap"]),
        sentence(measure, units=units(levels)),
        "A strip cut into levels, low to high, with numbers below each",
        clauses("{level} {share:%} (n = {n}, mean gap {gap})", levels.by_level),
        levels.source.caption,
        size(levels),
        "" if levels.with_gap is None else sentence(together, vars(levels.with_gap)),
    )
