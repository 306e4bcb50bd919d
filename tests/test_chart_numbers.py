"""Every number of a chart's title and alternative text can be computed from the numbers that are given beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import StringIO
from typing import Any

import pandas as pd
import pytest

from cfanalysis import charts
from cfanalysis.analyses.cleaning_record import cleaning_record
from cfanalysis.analyses.item_quality import item_quality
from cfanalysis.analyses.participation import participation
from cfanalysis.charts.captions import CAPTIONS
from cfanalysis.charts.chart_numbers import chart_csv
from cfanalysis.charts.gallery import CHARTS, chart_result
from cfanalysis.core.errors import AnalysisError, ConfidentialityError
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import Survey

from . import surveys

NUMBER = re.compile(r"(?<![\w.,])([−+-]?)(\d[\d,]*(?:\.\d+)?)(%?)")
CONSTANT = re.compile(
    r"95% (?=interval|band)|10% to the 90% (?=quantile)|0 to 100|points of 100|is (?:above|below) 0 (?=in)"
)
Table = pd.DataFrame
Numbers = tuple[list[float], list[float], list[float]]


def numbers(text: str) -> list[tuple[float, int, bool]]:
    """The numbers of a text: value, decimals, whether it is a percentage."""
    found = []
    for sign, digits, percent in NUMBER.findall(CONSTANT.sub("", text)):
        value = float(digits.replace(",", "")) * (-1 if sign in "−-" and sign else 1)
        found.append((value, len(digits.partition(".")[2]), bool(percent)))
    return found


def in_rows(table: Table, *columns: str) -> list[float]:
    """The values of some columns, row by row, without those that do not exist."""
    return [float(v) for v in table[list(columns)].to_numpy(dtype=float).ravel() if pd.notna(v)]


def first(table: Table, column: str, **where: object) -> float:
    for name, value in where.items():
        table = table[table[name] == value]
    return float(table[column].iloc[0])


def dumbbell(t: Table) -> Numbers:
    """The widest gap of the top quartile, the rest's beside it; Say and Do of each row."""
    widest = t[t["group"] == "Top quartile"].sort_values("gap", ascending=False, kind="stable").iloc[0]
    other = first(t, "gap", group="Rest", dimension=widest["dimension"])
    return [widest["gap"], other], [], in_rows(t, "say", "do")


def quartiles(t: Table) -> Numbers:
    """The size of rest minus top, without sign; each quartile's mean, interval and n; the contrast."""
    last = t.iloc[-1]
    rows = [*in_rows(t.iloc[:-1], "gap", "low", "high", "n"), last["gap"], last["low"], last["high"]]
    return [abs(last["gap"])], [], rows


def slope(t: Table) -> Numbers:
    """The slope; each quartile's mean gap and criterion; the lowest criterion of the top quartile."""
    line, doses = t[t["what"].str.startswith("slope")], t[t["what"] == "mean of a quartile"]
    points = t[(t["what"] == "organization") & (t["quartile"] == "Top")]
    rows = [
        *in_rows(line, "gap", "low", "high"),
        *in_rows(doses, "gap", "criterion"),
        points["criterion"].min(),
    ]
    return [abs(line["gap"].iloc[0])], [], rows


def aspects(t: Table) -> Numbers:
    """The rest's widest gap and that of the top quartile; how many aspects; every row."""
    widest = t[t["group"] == "Rest"].sort_values("gap", ascending=False, kind="stable").iloc[0]
    top = first(t, "gap", group="Top quartile", aspect=widest["aspect"])
    return [widest["gap"], top], [t["aspect"].nunique()], in_rows(t, "gap", "low", "high")


def profile(t: Table) -> Numbers:
    """Do of both groups where the lead is largest; how many dimensions the top quartile leads in, unless in all."""
    wide = t.pivot(index="dimension", columns="group", values="do")
    lead = wide["Top quartile"] - wide["Rest"]
    ahead = [] if (lead > 0).all() else [float((lead > 0).sum()), float(len(lead))]
    return [*ahead, *wide.loc[lead.idxmax(), ["Top quartile", "Rest"]]], [], in_rows(t, "do")


def likert(t: Table) -> Numbers:
    """Shares above the middle category: the smallest and the largest, then from the largest on."""
    middle = (t["category"].min() + t["category"].max()) / 2
    agree = t[t["category"] > middle].groupby("item", sort=False)["share"].sum()
    agree = agree.sort_values(ascending=False, kind="stable")
    return [agree.iloc[-1], agree.iloc[0]], [len(agree)], agree.tolist()


def bands(t: Table) -> Numbers:
    """The middle half of Do and of Say; median and middle half of every measure."""
    do, say = (t[t["measure"] == name] for name in ("overall_do", "overall_say"))
    return [*in_rows(do, "q1", "q3"), *in_rows(say, "q1", "q3")], [], in_rows(t, "median", "q1", "q3")


def pairs(t: Table) -> Numbers:
    """How many pairs; the range of their gaps at the top and at the bottom; of one pair its two gaps."""
    wide = t.pivot(index="pair", columns="group", values="gap").dropna(subset=["Top", "Bottom"])
    ends = [float(end) for q in ("Top", "Bottom") for end in (wide[q].min(), wide[q].max())]
    title = [len(wide), *ends] if len(wide) > 1 else [ends[0], ends[2]] if len(wide) else []
    return title, [t["pair"].nunique()], in_rows(t, "gap")


def practices(t: Table) -> Numbers:
    """How many practices lead after Holm's adjustment; the largest lead; from the largest lead on."""
    t = t.sort_values("difference", ascending=False, kind="stable")
    led = t[(t["p_holm"] < 0.05) & (t["difference"] > 0)]
    count = [len(led)] if len(led) == len(t) else [len(led), len(t)] if len(led) else []
    return [*count, *in_rows(led.iloc[:1], "top", "rest")], [], in_rows(t, "top", "rest", "low", "high")


def signs(t: Table) -> Numbers:
    t = t.sort_values("share", ascending=False, kind="stable")
    return [t["share"].iloc[0]], [len(t)], in_rows(t, "share")


def levels(t: Table) -> Numbers:
    high, low = t.iloc[-1], t.iloc[0]
    return [high["share"], high["gap"], low["gap"]], [], in_rows(t, "share", "n", "gap")


def roles(t: Table) -> Numbers:
    """The surest difference of the gap, if it is one after adjustment; every option but the reference of a field."""
    part = t[t["field"] == t["field"].iloc[0]]
    part = part[part["option"] != part["option"].iloc[-1]]
    gaps = part[part["facet"] == "gap"].sort_values("p", kind="stable")
    told = gaps["p"].iloc[0] * len(gaps) < 0.05
    return [abs(gaps["effect"].iloc[0])] if told else [], [], in_rows(part, "effect", "low", "high")


def sectors(t: Table) -> Numbers:
    """The best and the last sector of the latest wave; the whole, then sectors from the best on."""
    here = t[(t["wave"] == t["wave"].max()) & t["low"].notna()]
    here = here.sort_values(["scope", "score"], ascending=[True, False], kind="stable")
    own = here.loc[here["scope"] == "sector", "score"]
    return [own.iloc[0], own.iloc[-1]], [], in_rows(here, "score", "low", "high")


def trend(t: Table) -> Numbers:
    """The gap in the last two waves, with the waves; where no change can be told the waves; every measure and wave."""
    changes = t["wave"].astype(str).str.contains(" to ")
    change, t = t[changes & (t["facet"] == "gap")].iloc[0], t[~changes].astype({"wave": int})
    waves, gap = sorted(t["wave"].unique())[-2:], t[t["facet"] == "gap"]
    told = change["low"] > 0 or change["high"] < 0
    title = [v for w in waves for v in ((first(gap, "score", wave=w), w) if told else (w,))]
    return title, [], in_rows(t, "wave", "score", "low", "high", "n")


def forest(t: Table) -> Numbers:
    """The whole, and the range of the parts; every estimate."""
    parts = t["estimate"].iloc[1:]
    title = [t["estimate"].iloc[0], *([parts.min(), parts.max(), len(parts)] if len(parts) else [])]
    return title, [len(t)], in_rows(t, "estimate", "low", "high")


def specifications(t: Table) -> Numbers:
    """Of those with an honest criterion: how many estimates and whole intervals lie on the side of 0 where most lie."""
    honest = t[~t["circular"]]
    above, below = (honest["estimate"] > 0).sum(), (honest["estimate"] < 0).sum()
    certain = honest["low"] > 0 if above >= below else honest["high"] < 0
    title = [max(above, below), len(honest), certain.sum()]
    return title, [], [t["estimate"].min(), t["estimate"].max(), t["circular"].sum()]


def contacts(t: Table) -> Numbers:
    t = t.iloc[::-1]
    return in_rows(t, "share"), [len(t)], in_rows(t, "share", "low", "high")


def histogram(t: Table) -> Numbers:
    """The share in classes from 0 on, unless all are; the median; the classes that hold anybody."""
    share = t.loc[t["low"] >= 0, "n"].sum() / t["n"].sum()
    held = t[t["n"] > 0]
    return [*([] if share == 1 else [share]), t["median"].iloc[0]], [], in_rows(held, "low", "high", "n")


def flow(t: Table) -> Numbers:
    rows = dict(zip(t["step"], t["rows"], strict=True))
    start, kept = rows.pop("rows in the file"), rows["rows in the study"]
    flagged = rows.pop("of these flagged")
    shown = list(rows.values()) + ([flagged] if flagged else [])
    return [start] if kept == start else [kept, start], [start], shown


def missing(t: Table) -> Numbers:
    return [t["missing"].iloc[0] + t["dont_know"].iloc[0]], [len(t)], in_rows(t, "missing", "dont_know")


def respondents(t: Table) -> Numbers:
    """Organizations below the minimum, of all, and the minimum: where the first class that is not below begins."""
    total, least = t["organizations"].sum(), t.loc[~t["below_minimum"], "low"].iloc[0]
    below = t.loc[t["below_minimum"], "organizations"].sum()
    title = [below, total, least] if below else [least]
    rows = [v for label, n in zip(t["label"], t["organizations"], strict=True)
            for v in (*(x for x, _, _ in numbers(str(label))), n)]  # fmt: skip
    return title, [total], rows


def ends(t: Table) -> Numbers:
    known = t.dropna(subset=["floor", "ceiling"])
    return [first(t, "ceiling", group=g) for g in ("Say", "Do")], [], in_rows(known, "ceiling", "floor")


DERIVED: dict[Callable[..., Any], Callable[[Table], Numbers]] = {
    charts.say_do_dumbbell: dumbbell,
    charts.quartile_gap: quartiles,
    charts.gap_against_performance: slope,
    charts.gap_by_aspect: aspects,
    charts.dimension_profile: profile,
    charts.likert_bars: likert,
    charts.quartile_bands: bands,
    charts.pair_heat_table: pairs,
    charts.practice_profile: practices,
    charts.warning_sign_bars: signs,
    charts.level_strip: levels,
    charts.role_differences: roles,
    charts.sector_change: sectors,
    charts.trend: trend,
    charts.forest: forest,
    charts.specification_curve: specifications,
    charts.expectation_bars: contacts,
    charts.gap_histogram: histogram,
    charts.cleaning_flow: flow,
    charts.missing_answers: missing,
    charts.respondents_per_organization: respondents,
    charts.scale_ends: ends,
}
"""How the numbers of title, kind of picture and rows come from the table, in the order in which they are written."""


def results(survey: Survey) -> Iterator[tuple[Callable[..., Any], Any]]:
    """Every chart that a survey allows, with what it draws."""
    known: dict[Any, Any] = {}
    for kind in CHARTS.values():
        with suppress(AnalysisError, ConfidentialityError):
            yield kind.chart, chart_result(kind, survey, known=known)


def check(chart: Callable[..., Any], result: Any) -> None:
    """Every number that is written is the one that the table gives, in the same place, to its last digit."""
    caption = CAPTIONS[chart](result)
    table = pd.read_csv(StringIO(chart_csv(chart, result)))
    for text, expected in zip(
        (caption.title, caption.picture, "; ".join(caption.rows)), DERIVED[chart](table), strict=True
    ):
        written = numbers(text)
        assert len(written) == len(expected), (chart.__name__, text, expected)
        for (value, digits, percent), wanted in zip(written, expected, strict=True):
            factor = 100 if percent else 1
            assert abs(value - factor * float(wanted)) <= 0.5 * 10**-digits + 1e-4, (
                chart.__name__,
                text,
                wanted,
            )
    assert caption.alt.startswith(f"{caption.title}. {caption.picture}")


def test_every_kind_of_chart_says_how_its_numbers_are_derived() -> None:
    """No kind of chart is left out of this test."""
    assert set(DERIVED) == set(CAPTIONS)


def test_numbers_of_the_sample(sample_study: Study, sample_results: dict[str, Any]) -> None:
    """All charts of the sample."""
    survey = sample_study.survey
    found = [(CHARTS[name].chart, result) for name, result in sample_results.items()]
    found += [(chart, item_quality(survey)) for chart in (charts.missing_answers, charts.scale_ends)]
    found.append((charts.respondents_per_organization, participation(survey)))
    found.append((charts.cleaning_flow, cleaning_record(sample_study.cleaning_log, survey)))
    assert {chart for chart, _ in found} == set(CAPTIONS)
    for chart, result in found:
        check(chart, result)


@pytest.mark.parametrize(
    "survey",
    [
        surveys.made_survey(),
        surveys.made_survey(waves=2, effect=-0.6, seed=2),
        surveys.made_survey(organizations=24, effect=0.0, seed=3),
        surveys.published(surveys.made_survey(effect=0.3, seed=4)),
    ],
    ids=["wider", "reversed", "few", "published"],
)
def test_numbers_of_surveys_that_find_something_else(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where the gap is wider at the top, where organizations are few, and without respondents."""
    monkeypatch.setattr("cfanalysis.analyses.contrast_specifications.CLAIM_REPETITIONS", 200)
    found = list(results(survey))
    assert len(found) > 7
    for chart, result in found:
        check(chart, result)
