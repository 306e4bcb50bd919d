"""Words for charts of answers: Likert bars, warning signs, levels, expectations."""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.answer_distribution import AnswerDistribution
from cfanalysis.analyses.expectation import Expectation
from cfanalysis.analyses.levels import Levels
from cfanalysis.analyses.warning_signs import WarningSigns
from cfanalysis.charts.captions.words import ChartWords, many, organizations, quoted
from cfanalysis.core.numbers import decimal, percent


def _above(answers: AnswerDistribution) -> pd.Series:
    """Return the share above the middle of the scale by item's title, highest first."""
    middle = (answers.categories[0] + answers.categories[-1]) / 2
    part = answers.frame[answers.frame["category"] > middle]
    shares = part.groupby(["item", "title"], sort=False)["share"].sum()
    return shares.droplevel("item").sort_values(ascending=False, kind="stable")


def _least(answers: AnswerDistribution) -> str:
    shares = _above(answers)
    if len(shares) == 1:
        return (
            f"{percent(float(shares.iloc[0]))} of answers to {quoted(shares.index[0])} lie above the middle"
        )
    low, high = shares.index[-1], shares.index[0]
    return (
        f"{quoted(low)} finds least agreement, {percent(float(shares.iloc[-1]))}; {quoted(high)} most, "
        f"{percent(float(shares.iloc[0]))}"
    )


LIKERT_BARS = ChartWords(
    title=_least,
    measure=lambda a: f"Share of answers from “{a.labels[0]}” to “{a.labels[-1]}”, reversed items turned",
    size=organizations,
    statistics=lambda a: f"mean of the shares of {many(a)}, each counting once",
    picture=lambda a: f"Bars of answers around the middle of the scale for {a.frame['item'].nunique()} items",
    rows=lambda a: [
        f"{title} {percent(float(share))} above the middle" for title, share in _above(a).items()
    ],
)


def _signs(signs: WarningSigns) -> pd.DataFrame:
    return signs.frame.sort_values("share", ascending=False, kind="stable")


def _most_seen(signs: WarningSigns) -> str:
    first = _signs(signs).iloc[0]
    return f"The warning sign seen most is {quoted(first['title'])}: {percent(float(first['share']))} see it"


WARNING_SIGN_BARS = ChartWords(
    title=_most_seen,
    measure=lambda s: f"Share of respondents who see the sign, mean over {many(s)}, with 95% intervals",
    size=organizations,
    statistics=lambda s: f"{decimal(s.per_organization.estimate)} signs in an organization on average",
    picture=lambda s: f"Bars for {len(s.frame)} warning signs, most seen first",
    rows=lambda s: [f"{r['title']} {percent(r['share'])}" for r in _signs(s).to_dict(orient="records")],
)


def _best(outcomes: Expectation) -> str:
    parts = [
        f"{percent(float(r['share']))} {str(r['title']).split(',')[0].lower()}"
        for r in outcomes.frame.iloc[::-1].to_dict(orient="records")
    ]
    return f"What {many(outcomes)} say of recent contacts: {', '.join(parts)}"


EXPECTATION_BARS = ChartWords(
    title=_best,
    measure=lambda e: (
        f"Share of ten recent contacts as seen from inside, mean over {many(e)}, with 95% intervals"
    ),
    size=organizations,
    statistics=lambda e: f"intervals by Student’s t over {many(e)}",
    picture=lambda e: f"Bars for {len(e.frame)} outcomes, the best first",
    rows=lambda e: [
        f"{r['title']} {percent(r['share'])} ({percent(r['low'])} to {percent(r['high'])})"
        for r in e.frame.iloc[::-1].to_dict(orient="records")
    ],
)


def _high(levels: Levels) -> str:
    table = levels.by_level.set_index("level")
    low, high = table.iloc[0], table.iloc[-1]
    reach = f"{percent(float(high['share']))} of {many(levels)} reach the {table.index[-1]} level"
    if high["gap"] != high["gap"] or low["gap"] != low["gap"]:
        return reach
    return f"{reach}; their gap is {decimal(high['gap'])}, that of the {table.index[0]} level {decimal(low['gap'])}"


LEVEL_STRIP = ChartWords(
    title=_high,
    measure=lambda v: f"Share of {many(v)} at each external performance level, with mean gap (0 to 100)",
    size=organizations,
    statistics=lambda v: (
        ""
        if v.with_gap is None
        else f"rank correlation of level and gap {decimal(v.with_gap.estimate, 2)} "
        f"({decimal(v.with_gap.low, 2)} to {decimal(v.with_gap.high, 2)})"
    ),
    picture=lambda v: "A strip cut into levels, low to high, with numbers below each",
    rows=lambda v: [
        f"{r['level']} {percent(r['share'])} (n = {r['n']}, mean gap {decimal(r['gap'])})"
        for r in v.by_level.to_dict(orient="records")
    ],
)
