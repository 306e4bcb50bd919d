"""Captions of charts of answers: Likert bars, warning signs, levels, expectations."""

from __future__ import annotations

from functools import partial

import pandas as pd

from cfanalysis.analyses.answer_distribution import AnswerDistribution
from cfanalysis.analyses.expectation import Expectation
from cfanalysis.analyses.performance_levels import Levels
from cfanalysis.analyses.units import unit_words, within_sentence
from cfanalysis.analyses.warning_signs import WarningSigns
from cfanalysis.charts.captions.caption import Caption, caption_of
from cfanalysis.core.templates import clauses, plural, sentence


def upper_shares(answers: AnswerDistribution) -> pd.DataFrame:
    """Return the share of answers above the middle of the scale: ``item, title, share``, items in their order."""
    middle = (answers.categories[0] + answers.categories[-1]) / 2
    part = answers.frame[answers.frame["category"] > middle]
    return part.groupby(["item", "title"], sort=False)["share"].sum().reset_index()


def likert_bars_caption(answers: AnswerDistribution) -> Caption:
    """Return the caption of answers to items."""
    shares = upper_shares(answers).sort_values("share", ascending=False, kind="stable")
    most, least = shares.iloc[0], shares.iloc[-1]
    title = "“{title}” finds least agreement, {share:%}; “{best}” most, {most:%}"
    if len(shares) == 1:
        title = "{share:%} of answers to “{title}” lie above the middle"
    return caption_of(
        answers,
        sentence(title, least.to_dict(), best=most["title"], most=most["share"]),
        "Share of answers from “{labels[0]}” to “{highest}”, reversed items turned",
        "Bars of answers around the middle of the scale for {items} items",
        clauses("{title} {share:%} above the middle", shares),
        statistics="mean of the shares of {units}, each counting once",
        highest=answers.labels[-1],
        items=answers.frame["item"].nunique(),
    )


def warning_sign_bars_caption(signs: WarningSigns) -> Caption:
    """Return the caption of the warning signs."""
    frame = signs.frame.sort_values("share", ascending=False, kind="stable")
    pictures = "Bars for {n} warning sign, most seen first", "Bars for {n} warning signs, most seen first"
    known = bool(frame["low"].notna().any())
    return caption_of(
        signs,
        sentence("The warning sign seen most is “{title}”: {share:%} see it", frame.iloc[0].to_dict()),
        "Share of respondents who see the sign, mean over {units}, with 95% intervals"
        if known
        else "Share of respondents who see the sign, mean over {units}",
        plural(len(frame), *pictures),
        clauses("{title} {share:%}", frame),
        statistics="{per_organization.estimate} signs in an organization on average" if known else "",
        counted=frame["n"],
    )


def expectation_bars_caption(outcomes: Expectation) -> Caption:
    """Return the caption of customers' expectations."""
    frame, units = outcomes.frame.iloc[::-1], unit_words(outcomes.source).many
    within = partial(within_sentence, source=outcomes.source)
    short = frame.assign(outcome=frame["title"].str.partition(",")[0].map(within))
    shares = ", ".join(clauses("{share:%} {outcome}", short))
    known = bool(frame["low"].notna().any())
    return caption_of(
        outcomes,
        sentence("What {units} say of recent contacts: {shares}", units=units, shares=shares),
        "Share of ten recent contacts as seen from inside, mean over {units}, with 95% intervals"
        if known
        else "Share of ten recent contacts as seen from inside, mean over {units}",
        "Bars for {outcomes} outcomes, the best first",
        clauses("{title} {share:%} ({low:%} to {high:%})" if known else "{title} {share:%}", frame),
        statistics="intervals by Student’s t over {units}" if known else "",
        counted=frame["n"],
        outcomes=len(frame),
    )


def level_strip_caption(levels: Levels) -> Caption:
    """Return the caption of the external performance levels."""
    low, high = (levels.by_level.iloc[i].to_dict() for i in (0, -1))
    title = (
        "{share:%} of {units} reach the {level:t} level"
        if pd.isna(high["gap"]) or pd.isna(low["gap"])
        else "{share:%} of {units} reach the {level:t} level; their gap is {gap} points of 100, that of the {low:t} "
        "level {low_gap}"
    )
    units = unit_words(levels.source).many
    row = "{level:t} {share:%} (n = {n}, mean gap {gap})"
    together = (
        "rank correlation of level and gap {with_gap.estimate:2} ({with_gap.low:2} to {with_gap.high:2})"
    )
    return caption_of(
        levels,
        sentence(title, high, units=units, low=low["level"], low_gap=low["gap"]),
        "Share of {units} at each external performance level, with mean gap as measured (points of 100)"
        if levels.by_level["gap"].notna().any()
        else "Share of {units} at each external performance level",
        "A strip cut into levels, low to high, with numbers below each",
        [
            sentence(row if pd.notna(level["gap"]) else "{level:t} {share:%} (n = {n})", level)
            for level in levels.by_level.to_dict("records")
        ],
        statistics="" if levels.with_gap is None else together,
    )
