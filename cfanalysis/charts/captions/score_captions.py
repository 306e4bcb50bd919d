"""Captions of charts of scores: dimensions, practices, bands, roles, sectors, waves."""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.practices import PracticeContrast
from cfanalysis.analyses.roles import RoleEffects
from cfanalysis.analyses.say_do_profile import REST, TOP_QUARTILE, SayDoProfile
from cfanalysis.analyses.score_bands import ScoreBands
from cfanalysis.analyses.sector_index import SectorIndex
from cfanalysis.analyses.trends import Trends, followed_measures
from cfanalysis.analyses.units import unit_words, within_sentence
from cfanalysis.charts.captions.caption import Caption, caption_of
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import ordinal
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import clauses, grouped_clauses, sentence
from cfanalysis.survey.survey_data import Source

_FACETS = message("say"), message("do"), message("gap")
"""The facets of a gap within a sentence."""


def say_do_dumbbell_caption(profile: SayDoProfile, *, named: bool = True) -> Caption:
    """Return the caption of Say and Do by dimension.

    Parameters
    ----------
    profile
        What is drawn.
    named
        Whether the title says whose gap it is, where there is no top quartile.
    """
    rows = profile.frame[profile.frame["group"] == profile.groups[0]]
    widest = rows.sort_values("gap", ascending=False, kind="stable").iloc[0].to_dict()
    alone = (rows["gap"] == widest["gap"]).sum() == 1
    one, none, most, several = (
        (
            "At {group} the gap in {title} is {gap} points of 100",
            "At {group} intention runs ahead of practice in no dimension",
            "At {group} the gap is widest in {title}: {gap} points of 100",
            "At {group} the gap is {gap} points of 100 at most",
        )
        if named
        else (
            "The gap in {title} is {gap} points of 100",
            "Intention runs ahead of practice in no dimension",
            "The gap is widest in {title}: {gap} points of 100",
            "The gap is {gap} points of 100 at most",
        )
    )
    many = none if widest["gap"] <= 0 else most if alone else several
    others = profile.frame[profile.frame["dimension"] == widest["dimension"]].set_index("group")["gap"]
    if profile.groups[0] == TOP_QUARTILE and REST in others:
        one, many = (
            "The gap is {gap} points of 100 in the top quartile and {rest} below it",
            "In the top quartile the gap is widest in {title}: {gap} points of 100, against {rest} below it"
            if alone
            else many,
        )
    cut = profile.criterion and TOP_QUARTILE in profile.groups
    return caption_of(
        profile,
        sentence(one if len(rows) == 1 else many, widest, rest=others.get(REST)),
        "Say and Do as measured, 0 to 100; quartiles of {criterion}" if cut else "Say and Do, 0 to 100",
        "Pairs of marks for Say and Do by dimension and group, scores from 0 to 100",
        grouped_clauses("{group:t} Say {say} and Do {do}", profile.frame, "dimension"),
        statistics="means over {units}; gap = Say minus Do",
        counted=_counted(profile),
    )


def dimension_profile_caption(profile: SayDoProfile) -> Caption:
    """Return the caption of Do by dimension."""
    plain = "Mean scores of Do, 0 to 100"
    cut = "Mean scores of Do as measured, 0 to 100; quartiles of {criterion}"
    return caption_of(
        profile,
        _lead(profile),
        cut if profile.criterion and TOP_QUARTILE in profile.groups else plain,
        "Dots for each group by dimension, scores from 0 to 100",
        grouped_clauses("{group:t} Do {do}", profile.frame, "dimension"),
        statistics="means over {units}",
        counted=_counted(profile),
    )


def _counted(profile: SayDoProfile) -> pd.Series:
    return profile.frame.groupby("dimension")["n"].sum()


def _lead(profile: SayDoProfile) -> str:
    """Return where the first group is ahead of the second; where there is no second, where it is best."""
    table = profile.frame.drop_duplicates(["dimension", "group"])
    do = table.pivot(index="dimension", columns="group", values="do").reindex(table["dimension"].unique())
    do = do.rename(index=dict(zip(table["dimension"], table["title"], strict=True)))
    first, *others = profile.groups
    both = do.reindex(columns=[first, *others[:1]]).dropna()
    if both.empty:
        return translated("Do by dimension")
    if not others:
        return sentence("Do is highest in {title}: {do}", title=both[first].idxmax(), do=both[first].max())
    lead = (both[first] - both[others[0]]).to_numpy()
    ahead, n, most = int((lead > 0).sum()), len(lead), int(lead.argmax())
    template = (
        "{who} rates Do higher than {whom} in {ahead} of {n} dimensions, most so in {title}: {own} against {other}"
        if ahead < n > 1
        else "{who} rates Do higher than {whom} in every dimension, most so in {title}: {own} against {other}"
        if n > 1
        else "{who} rates Do higher than {whom} in {title}: {own} against {other}"
        if ahead
        else "{who} rates Do lower than {whom} in {title}: {own} against {other}"
    )
    names = {TOP_QUARTILE: message("The top quartile"), REST: message("the rest")}
    who, whom = (translated(names.get(group, group)) for group in (first, others[0]))
    own, other = both.iloc[most]
    return sentence(
        template, who=who, whom=whom, ahead=ahead, n=n, title=both.index[most], own=own, other=other
    )


def practice_profile_caption(practices: PracticeContrast) -> Caption:
    """Return the caption of the top quartile and the rest by practice."""
    plain = "Mean of each practice’s Do items as measured, 0 to 100"
    cut = "Mean of each practice’s Do items as measured, 0 to 100; quartiles of {criterion}"
    row = "{title} {top} against {rest} (95% interval of the difference {low} to {high})"
    frame = practices.frame.sort_values("difference", ascending=False, kind="stable")
    return caption_of(
        practices,
        _practices_apart(frame, practices.source),
        cut if practices.criterion else plain,
        "Dots of the top quartile and the rest by practice",
        clauses(row, frame),
        statistics="95% intervals by Welch; p adjusted for all practices (Holm)",
    )


def _practices_apart(frame: pd.DataFrame, source: Source) -> str:
    found = frame[(frame["p_holm"] < 0.05) & (frame["difference"] > 0)]
    if found.empty:
        return translated("No practice can be told to be done more in the top quartile than below it")
    first, k, n = found.iloc[0], len(found), len(frame)
    template = (
        "{title}: done more in the top quartile than below it, {top} against {rest}"
        if n == 1
        else "All {n} practices are done more in the top quartile than below it, most of all {name}: {top} against "
        "{rest}"
        if k == n
        else "{k} of {n} practices are done more in the top quartile than below it, most of all {name}: {top} against "
        "{rest}"
    )
    return sentence(template, first.to_dict(), k=k, n=n, name=within_sentence(str(first["title"]), source))


def quartile_bands_caption(bands: ScoreBands) -> Caption:
    """Return the caption of the spread of the scores."""
    row = "{title:t} ({section:t}) median {median}, middle half {q1} to {q3}, {who} {client}"
    if bands.client is None:
        row = "{title:t} ({section:t}) median {median}, middle half {q1} to {q3}"
    ends = bands.frame["low"].notna().any()
    return caption_of(
        bands,
        _half_or_client(bands),
        "{unit}; dark: the middle half, pale: 10% to 90% of {units}"
        if ends
        else "{unit}; the middle half of {units}",
        "Bands from the 10% to the 90% quantile by measure"
        if ends
        else "Bands of the middle half by measure",
        clauses(row, bands.frame, who=bands.client),
        statistics="quantiles {method:t}",
        counted=bands.frame["n"],
    )


def _half_or_client(bands: ScoreBands) -> str:
    """Return where the client stands, or between which scores half of the organizations lie: in Do and in Say."""
    rows = {str(r["measure"]): r for r in bands.frame.to_dict(orient="records")}
    row, say = rows.get("overall_do") or next(iter(rows.values())), rows.get("overall_say")
    if bands.client is not None:
        template, place = "{client} stands at the {place} percentile of {title:t}", ordinal(row["percentile"])
        return sentence(template, client=bands.client, place=place, title=row["title"])
    units = unit_words(bands.source).many
    if say is None or "overall_do" not in rows:
        return sentence("Half of the {units} score {q1:0} to {q3:0} on {title:t}", row, units=units)
    template = "Half of the {units} score {q1:0} to {q3:0} on {title:t}, but {low:0} to {high:0} on {say:t}"
    return sentence(template, row, units=units, low=say["q1"], high=say["q3"], say=say["title"])


def role_differences_caption(roles: RoleEffects) -> Caption:
    """Return the caption of the differences between roles of one organization."""
    part = roles.frame[roles.frame["field"] == roles.frame["field"].iloc[0]]
    part = roles.source.with_shown_options(part)
    reference = str(part["option"].iloc[-1])
    others = part[part["option"] != reference]
    gaps = others[others["facet"] == "gap"].sort_values("p", kind="stable")
    first = gaps.iloc[0].to_dict()
    title = "{option} against {reference}: within an organization, the gap looks {size} points of 100 wider"
    if not first["p"] * len(gaps) < 0.05:
        title = "No difference between roles in how they see the gap can be told"
    elif first["effect"] < 0:
        title = "{option} against {reference}: within an organization, the gap looks {size} points of 100 narrower"
    row = "{option} against {reference}, {facet:t}: {effect:+} ({low} to {high})"
    return caption_of(
        roles,
        sentence(title, first, reference=reference, size=abs(first["effect"])),
        "Difference between colleagues of one organization, points of 100, with 95% intervals",
        "Dots with intervals for Say, Do and gap by role",
        clauses(row, others, reference=reference),
        size="{n} respondents of {n_organizations} organizations, {which_wave}",
        statistics="an effect for every organization; intervals clustered by organization; the title names the surest "
        "difference of the gap, if it is one after Bonferroni’s adjustment for the options",
    )


def sector_change_caption(index: SectorIndex) -> Caption:
    """Return the caption of an index by sector; an AnalysisError where no sector may be shown."""
    wave, frame = index.source.waves[-1], index.frame
    shown = (frame["wave"] == wave) & frame["scope"].isin(["all", "sector"]) & frame["low"].notna()
    if not shown.any():
        raise AnalysisError("There is nothing to draw: no sector has enough people in the latest wave.")
    table = frame[shown].sort_values(["scope", "score"], ascending=[True, False], kind="stable")
    table = table.assign(name=[index.source.shown_option(index.field, name) for name in table["name"]])
    changes = index.changes[index.changes["scope"] == "all"] if len(index.changes) else index.changes
    return caption_of(
        index,
        _leading_sector(table, index.index.title),
        "{index.title}, 0 to 100, wave {latest}, with 95% intervals",
        "Dots with intervals by sector, hollow marks for the wave before",
        clauses("{name:t} {score} ({low} to {high})", table),
        size="{n} respondents",
        statistics="" if changes.empty else "all organizations {change:+} since {before} ({low} to {high})",
        n=int(table["n"].iloc[0]),
        latest=wave,
        **{name: changes[name].iloc[-1] for name in ("change", "before", "low", "high") if len(changes)},
    )


def _leading_sector(table: pd.DataFrame, title: str) -> str:
    sectors, whole = (table[table["scope"] == scope] for scope in ("sector", "all"))
    if sectors.empty:
        return sentence("{title}: {score}", title=title, score=whole["score"].iloc[0])
    first, last = sectors.iloc[0], sectors.iloc[-1]
    template = "{title}: highest in {name} ({score}), lowest in {last} ({least})"
    if len(sectors) == 1:
        template = "{title} in {name}: {score}"
    return sentence(template, first.to_dict(), title=title, last=last["name"], least=last["score"])


def trend_caption(trends: Trends) -> Caption:
    """Return the caption of the scores from wave to wave."""
    shown = trends.waves[trends.waves["measure"].isin(followed_measures(trends.waves))].dropna(
        subset=["score"]
    )
    first, last = trends.last_change
    return caption_of(
        trends,
        _last_change(trends, shown),
        "Mean scores, 0 to 100, with 95% intervals",
        "Lines from wave to wave"
        if shown["facet"].nunique() < 2
        else "Lines of Say and Do from wave to wave, the gap between them shaded",
        clauses("{measure:t} {wave}: {score} ({low} to {high}, n = {n})", shown),
        size="{people} that took part in {first} and {last}",
        statistics="a change is no effect of anything by itself",
        first=first,
        last=last,
        people=unit_words(trends.source).quantity(int(shown.loc[shown["wave"] == last, "n"].max())),
    )


def _last_change(trends: Trends, shown: pd.DataFrame) -> str:
    """Return from where to where the gap, or else the first measure, went between the last two waves."""
    before, after = trends.last_change
    changes = trends.changes[(trends.changes["before"] == before) & (trends.changes["after"] == after)]
    gap = changes[changes["facet"] == "gap"]
    none = "No change of the {what} from {before} to {after} can be told"
    rise = "{measure:t} rose from {start} in {before} to {end} in {after}"
    fall = "{measure:t} fell from {start} in {before} to {end} in {after}"
    if len(gap):
        none = "No change of the gap from {before} to {after} can be told"
        rise = "The gap widened from {start} points of 100 in {before} to {end} in {after}"
        fall = "The gap narrowed from {start} points of 100 in {before} to {end} in {after}"
    row = (gap if len(gap) else changes[changes["measure"] == shown["measure"].iloc[0]]).iloc[0].to_dict()
    score = shown[shown["measure"] == row["measure"]].set_index("wave")["score"]
    template = none if not (row["low"] > 0 or row["high"] < 0) else rise if row["change"] > 0 else fall
    what = within_sentence(translated(str(row["measure"])), trends.source).removeprefix("the ")
    return sentence(template, row, what=what, start=score.get(before), end=score.get(after))
