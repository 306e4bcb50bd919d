"""Words for charts of scores: dimensions, practices, bands, roles, sectors, waves."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from cfanalysis.analyses.practices import PracticeContrast
from cfanalysis.analyses.roles import RoleEffects
from cfanalysis.analyses.say_do_profile import TOP, SayDoProfile
from cfanalysis.analyses.score_bands import ScoreBands
from cfanalysis.analyses.sector_index import SectorIndex
from cfanalysis.analyses.trends import Trends
from cfanalysis.charts.captions.words import ChartWords, in_sentence, many, organizations
from cfanalysis.core.numbers import decimal, ordinal
from cfanalysis.reports.common import sentences


def _quartiles_of(criterion: str, groups: tuple[str, ...] = (TOP,)) -> str:
    """Return what quartiles were cut on, where one of them is shown."""
    return f"; quartiles of {in_sentence(criterion)}" if criterion and TOP in groups else ""


def _profile_rows(profile: SayDoProfile, columns: tuple[str, ...]) -> list[str]:
    clauses = []
    for _, part in profile.frame.groupby("dimension", sort=False):
        values = ", ".join(
            f"{r['group']} " + " and ".join(f"{c.capitalize()} {decimal(r[c])}" for c in columns)
            for r in part.to_dict(orient="records")
        )
        clauses.append(f"{part['title'].iloc[0]}: {values}")
    return clauses


SAY_DO_DUMBBELL = ChartWords(
    title=sentences.profile_title,
    measure=lambda p: f"Say and Do, 0 to 100{_quartiles_of(p.criterion, p.groups)}",
    size=organizations,
    statistics=lambda p: f"means over {many(p)}; gap = Say minus Do",
    picture=lambda p: "Pairs of marks for Say and Do by dimension and group, scores from 0 to 100",
    rows=lambda p: _profile_rows(p, ("say", "do")),
)


def _lead(profile: SayDoProfile) -> str:
    rows = profile.frame.drop_duplicates(["dimension", "group"]).to_dict(orient="records")
    titles = {str(r["dimension"]): str(r["title"]) for r in rows}
    do = {(str(r["dimension"]), str(r["group"])): float(r["do"]) for r in rows}
    first, *others = profile.groups
    own = {d: do[d, first] for d in titles if (d, first) in do}
    if not others or not own:
        best = max(own, key=lambda d: own[d], default="")
        return f"Do is highest in {titles[best]}: {decimal(own[best])}" if own else "Do by dimension"
    lead = {d: own[d] - do[d, others[0]] for d in own if (d, others[0]) in do}
    most = max(lead, key=lambda d: lead[d])
    ahead = sum(value > 0 for value in lead.values())
    sizes = f"{decimal(own[most])} against {decimal(do[most, others[0]])}"
    who = "The top quartile" if first == TOP else first
    if len(lead) == 1:
        return f"{who} does {'more' if ahead else 'less'} in {titles[most]}: {sizes}"
    where = "every dimension" if ahead == len(lead) else f"{ahead} of {len(lead)} dimensions"
    return f"{who} does more in {where}, most so in {titles[most]}: {sizes}"


DIMENSION_PROFILE = ChartWords(
    title=_lead,
    measure=lambda p: f"Mean scores of Do, 0 to 100{_quartiles_of(p.criterion, p.groups)}",
    size=organizations,
    statistics=lambda p: f"means over {many(p)}",
    picture=lambda p: "Dots for each group by dimension, scores from 0 to 100",
    rows=lambda p: _profile_rows(p, ("do",)),
)


def _set_apart(practices: PracticeContrast) -> str:
    frame = practices.frame
    found = frame[(frame["p_holm"] < 0.05) & (frame["difference"] > 0)]
    if found.empty:
        return "No practice can be told to set the top quartile apart"
    first = found.sort_values("difference", ascending=False, kind="stable").iloc[0]
    many = f"All {len(frame)}" if len(found) == len(frame) else f"{len(found)} of {len(frame)}"
    size = decimal(float(first["difference"]), 1, signed=True)
    return f"{many} practices set the top quartile apart, most of all {in_sentence(str(first['title']))} ({size})"


def _practice_rows(practices: PracticeContrast) -> list[str]:
    table = practices.frame.sort_values("difference", ascending=False, kind="stable")
    return [
        f"{r['title']} {decimal(r['top'])} against {decimal(r['rest'])} (difference "
        f"{decimal(r['difference'], signed=True)}, {decimal(r['low'])} to {decimal(r['high'])})"
        for r in table.to_dict(orient="records")
    ]


PRACTICE_PROFILE = ChartWords(
    title=_set_apart,
    measure=lambda p: f"Mean of each practice’s Do items, 0 to 100{_quartiles_of(p.criterion)}",
    size=organizations,
    statistics=lambda p: "95% intervals by Welch; p adjusted for all practices (Holm)",
    picture=lambda p: "Dots of the top quartile and the rest by practice",
    rows=_practice_rows,
)


def _where(bands: ScoreBands) -> str:
    rows = {str(r["measure"]): r for r in bands.frame.to_dict(orient="records")}
    row = rows.get("overall_do") or next(iter(rows.values()))
    if bands.client is not None:
        return (
            f"{bands.client} stands at the {ordinal(float(row['percentile']))} percentile of {row['title']}"
        )
    half = f"Half of the {many(bands)} score {_middle(row)} on {row['title']}"
    say = rows.get("overall_say")
    return (
        half if say is None or "overall_do" not in rows else f"{half}, but {_middle(say)} on {say['title']}"
    )


def _middle(row: dict[Hashable, Any]) -> str:
    return f"{decimal(float(row['q1']), 0)} to {decimal(float(row['q3']), 0)}"


def _band_rows(bands: ScoreBands) -> list[str]:
    return [
        f"{r['title']} ({r['section']}) median {decimal(r['median'])}, middle half {decimal(r['q1'])} to "
        f"{decimal(r['q3'])}" + (f", {bands.client} {decimal(r['client'])}" if bands.client else "")
        for r in bands.frame.to_dict(orient="records")
    ]


QUARTILE_BANDS = ChartWords(
    title=_where,
    measure=lambda b: f"Scores, 0 to 100; dark: the middle half, pale: 10% to 90% of {many(b)}",
    size=lambda b: f"{organizations(b)}, latest wave of each",
    statistics=lambda b: "quantiles by linear interpolation",
    picture=lambda b: "Bands from the 10% to the 90% quantile by measure",
    rows=_band_rows,
)


def _first_field(roles: RoleEffects) -> pd.DataFrame:
    first: pd.DataFrame = roles.frame[roles.frame["field"] == roles.frame["field"].iloc[0]]
    return first


def _seen(roles: RoleEffects) -> str:
    part = _first_field(roles)
    reference = str(part["option"].iloc[-1])
    first = part[(part["facet"] == "gap") & (part["option"] != reference)].iloc[0]
    if not (first["low"] > 0 or first["high"] < 0):
        return "No difference between roles in how they see the gap can be told"
    word = "narrower" if first["effect"] < 0 else "wider"
    size = decimal(abs(float(first["effect"])))
    option, other = str(first["option"]), in_sentence(reference)
    return f"{option} against {other}: in one organization, the gap looks {size} points {word}"


def _role_rows(roles: RoleEffects) -> list[str]:
    part = _first_field(roles)
    reference = str(part["option"].iloc[-1])
    return [
        f"{r['option']} against {in_sentence(reference)}, {r['facet']}: {decimal(r['effect'], signed=True)} "
        f"({decimal(r['low'])} to {decimal(r['high'])})"
        for r in part[part["option"] != reference].to_dict(orient="records")
    ]


ROLE_DIFFERENCES = ChartWords(
    title=_seen,
    measure=lambda r: "Difference between colleagues of one organization, points of 100, with 95% intervals",
    size=lambda r: f"{r.n:,} respondents of {r.n_organizations:,} organizations",
    statistics=lambda r: "an effect for every organization; intervals clustered by organization",
    picture=lambda r: "Dots with intervals for Say, Do and gap by role",
    rows=_role_rows,
)


def _sectors(index: SectorIndex) -> pd.DataFrame:
    last = index.source.waves[-1]
    frame = index.frame
    shown = (frame["wave"] == last) & frame["scope"].isin(["all", "sector"]) & frame["low"].notna()
    return frame[shown].sort_values(["scope", "score"], ascending=[True, False], kind="stable")


def _leading(index: SectorIndex) -> str:
    table = _sectors(index)
    sectors, whole = table[table["scope"] == "sector"], table[table["scope"] == "all"]
    if sectors.empty:
        return f"{index.index.title}: {decimal(float(whole['score'].iloc[0]))}"
    first, last = sectors.iloc[0], sectors.iloc[-1]
    return (
        f"{first['name']} leads with {decimal(float(first['score']))}; {in_sentence(str(last['name']))} comes last "
        f"with {decimal(float(last['score']))}"
    )


def _sector_change(index: SectorIndex) -> str:
    whole = index.changes[index.changes["scope"] == "all"] if len(index.changes) else index.changes
    if not len(whole):
        return ""
    row = whole.iloc[-1]
    return (
        f"all organizations {decimal(float(row['change']), signed=True)} since {row['before']} "
        f"({decimal(float(row['low']))} to {decimal(float(row['high']))})"
    )


SECTOR_CHANGE = ChartWords(
    title=_leading,
    measure=lambda i: f"{i.index.title}, 0 to 100, wave {i.source.waves[-1]}, with 95% intervals",
    size=lambda i: f"{int(_sectors(i)['n'].iloc[0]):,} respondents",
    statistics=_sector_change,
    picture=lambda i: "Dots with intervals by sector, hollow marks for the wave before",
    rows=lambda i: [
        f"{r['name']} {decimal(r['score'])} ({decimal(r['low'])} to {decimal(r['high'])})"
        for r in _sectors(i).to_dict(orient="records")
    ],
)


def _moved(trends: Trends) -> str:
    gap = trends.changes[trends.changes["facet"] == "gap"]
    table = gap if len(gap) else trends.changes
    row = table.iloc[-1]
    what = "gap" if len(gap) else in_sentence(str(row["measure"]))
    if not (row["low"] > 0 or row["high"] < 0):
        return (
            f"No change of the {what.removeprefix('the ')} from {row['before']} to {row['after']} can be told"
        )
    up, down = ("widened", "narrowed") if len(gap) else ("rose", "fell")
    size = decimal(abs(float(row["change"])))
    subject = "The gap" if len(gap) else str(row["measure"])
    return f"{subject} {up if row['change'] > 0 else down} by {size} points from {row['before']} to {row['after']}"


def _wave_rows(trends: Any) -> list[str]:
    return [
        f"{r['measure']} {r['wave']}: {decimal(r['score'])} ({decimal(r['low'])} to {decimal(r['high'])}, n = {r['n']})"
        for r in trends.waves[trends.waves["scope"] == "overall"].to_dict(orient="records")
    ]


TREND = ChartWords(
    title=_moved,
    measure=lambda t: f"Mean scores of each wave’s {many(t)}, 0 to 100, with 95% intervals",
    size=lambda t: f"change: {organizations(t)} that took part in both",
    statistics=lambda t: "a change is no effect of anything by itself",
    picture=lambda t: "Lines of Say and Do from wave to wave, the gap between them shaded",
    rows=_wave_rows,
)
