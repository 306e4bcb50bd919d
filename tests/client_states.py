"""What a client's report says in many states, by the name of the state: texts to hold its sentences against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from cfanalysis.analyses.client_report import client_standing
from cfanalysis.analyses.open_answers import client_comments
from cfanalysis.analyses.practices import client_practices
from cfanalysis.analyses.priorities import priorities
from cfanalysis.reports import client as pages
from cfanalysis.reports.client import first_page, priority_sentences
from cfanalysis.survey.survey_data import OTHER_ORGANIZATIONS

from .client_world import NAN, World, known, report_text, text_of


def strength(kind: str, own: float, other: float) -> str:
    """The sentence on a strength of a kind, and on a practice that is merely the highest."""
    row = {"strength_kind": kind, kind: own, f"{kind}_benchmark": other, "do": own, "do_benchmark": other}
    row |= {"gap": own, "gap_benchmark": other}
    sentence = priority_sentences.strength_sentence if kind == "gap" else priority_sentences.highest_sentence
    return sentence(pd.Series(row), "the top quartile")


def opportunity(kind: str, own: float, other: float) -> str:
    """The sentence on an opportunity of a kind."""
    row = {"opportunity_kind": kind, "do": own, "say": other, f"{kind}_best": other}
    row[kind] = round(other - own, 1) if kind == "gap" else own
    return priority_sentences.opportunity_sentence(pd.Series(row), "the top quartile")


def left_out(world: World) -> str:
    """Every line on something that was asked and cannot be shown."""
    p, own = pages, world.whole
    empty = client_practices(own)
    none = replace(empty, frame=empty.frame.iloc[:0])
    standing = client_standing(own)
    return text_of(
        p.level_text(None, own), p.signs_figure(None, own), p.expectation_figure(None, own), p.roles_text(None, own),
        p.customer_types_text(None, own), p.trend_figure(None, own), *p.extremes_tables(None, own).blocks,
        p.strengths_table(None, own), p.practice_figure(none, own), p.comments_blocks((), own),
        p.client_standing_table(replace(standing, frame=standing.frame.iloc[:0]), own),
    )  # fmt: skip


def opportunities(world: World, *, weighted: bool) -> str:
    """The opportunities, subjects being of different importance or not."""
    found = known(world.result(priorities, repetitions=20))
    return text_of(pages.opportunities_table(replace(found, weighted=weighted), world.whole))


def order(world: World, *, above: bool) -> str:
    """How sure the order is, some subjects being above the benchmark or none."""
    found = known(world.result(priorities, repetitions=20))
    return text_of(first_page.certainty_table(replace(found, above=above)))


def questions(world: World, *, reverse: bool) -> str:
    """The questions for the team, the first opportunity being worded one way or the other."""
    found = known(world.result(priorities, repetitions=20))
    return text_of(
        pages.questions(
            replace(found, opportunities=found.opportunities.assign(reverse=reverse)), world.whole
        )
    )


def nothing_falls_short(world: World, **changes: object) -> str:
    """The first page where there is no opportunity, some of what was found being other."""
    found = known(world.result(priorities, repetitions=20))
    none = replace(found, **{"opportunities": found.opportunities.iloc[:0], "above": True, **changes})  # type: ignore[arg-type]
    bare = replace(none, frame=none.frame.assign(do_benchmark=NAN)) if none.best == "nothing" else none
    return text_of(pages.opportunities_table(bare, world.whole))


def all_are_opportunities(world: World) -> str:
    """The first page of a survey of three subjects, all of which fall short."""
    found = known(world.result(priorities, repetitions=20))
    none = replace(found, strengths=found.strengths.iloc[:0], above=False)
    return text_of(pages.strengths_table(none, world.whole))


STATES: dict[str, Callable[[World], str]] = {
    "the sample": lambda w: report_text(w.whole),
    "peers": lambda w: report_text(w.peers),
    "published tables": lambda w: report_text(w.published),
    "bare": lambda w: report_text(w.bare),
    "no benchmark": lambda w: report_text(w.alone),
    "one respondent": lambda w: report_text(w.small("Client 1-0")),
    "three respondents": lambda w: report_text(w.small("Client 3-0")),
    "no overall": lambda w: report_text(w.small("Client 4-4")),
    "two hidden": lambda w: report_text(w.small("Client 6-2")),
    "one hidden": lambda w: report_text(w.small("One hidden")),
    "six respondents": lambda w: report_text(w.small("Client 6-0")),
    "two waves": lambda w: report_text(w.small("Two waves")),
    "many": lambda w: report_text(w.small("Organization 10")),
    "seven peers": lambda w: report_text(w.small("Organization 01", "sector")),
    "left out": left_out,
    "tables, left out": lambda w: text_of(pages.roles_text(None, w.published), pages.comments_blocks((), w.published)),
    "nothing goes with it": lambda w: w.importance(-0.1),
    "included": lambda w: w.facts(included=True, left_out=0),
    "not included": lambda w: w.facts(included=False, left_out=2),
    "of a norm": lambda w: w.facts(norm="2025", date="2025-11-30"),
    "of a renewed norm": lambda w: w.facts(norm="2025", date="2025-11-30", repeated=(("2024", 12),), as_of="2025"),
    "of former organizations": lambda w: w.facts(norm="2025", date="2025-11-30", as_of="2024"),
    "a draft": lambda w: w.head(draft=True),
    "no draft": lambda w: w.head(draft=False),
    "excluded": lambda w: w.excluded(("dropped", "too few answers", 2), ("flagged", "too fast", 1)),
    "only dropped": lambda w: w.excluded(("dropped", "too few answers", 2)),
    "not excluded": lambda w: w.excluded(),
    "all above": lambda w: w.first_page(mean=0.0, top=0.0),
    "all below": lambda w: w.first_page(mean=100.0, top=100.0),
    "no means": lambda w: w.first_page(mean=np.nan, top=np.nan),
    "nothing short": nothing_falls_short,
    "nothing short of peers": lambda w: nothing_falls_short(w, best="the benchmark"),
    "nothing short of intention": lambda w: nothing_falls_short(w, best="nothing"),
    "nothing short, no strength": lambda w: nothing_falls_short(w, above=False),
    "nothing short of peers, no strength": lambda w: nothing_falls_short(w, above=False, best="the benchmark"),
    "nothing short of intention, no strength": lambda w: nothing_falls_short(w, above=False, best="nothing"),
    "all opportunities": all_are_opportunities,
    "all hidden": lambda w: text_of(pages.client_item_table(replace(w.whole, scores=w.whole.scores.iloc[:0]), "say")),
    "dimensions in a spreadsheet": lambda w: text_of(pages.dimensions_table(w.whole)),
    "groups": lambda w: w.groups(),
    "groups, not all of which answered": lambda w: w.group_caption(NAN),
    "items in a spreadsheet": lambda w: text_of(pages.client_item_table(w.whole, "do", distribution=True)),
    "all to name": lambda w: w.facts(waves=(("2025", 9), ("2024", 8)), composition=()),
    "nothing reversed": lambda w: text_of(pages.method_text(None, w.without_reversed)),
    "few to name": lambda w: w.facts(waves=(("2025", 9), (OTHER_ORGANIZATIONS, 3))),
    "indices alone": lambda w: text_of(pages.method_text(None, w.without_gap)),
    "not comparable": lambda w: w.not_comparable(),
    "no usual difference": lambda w: w.roles(of=replace(w.whole, role_effects=w.whole.role_effects.iloc[:0])),
    "first lower": lambda w: w.roles(of=replace(w.whole, role_effects=w.whole.role_effects.assign(effect=-3.0))),
    "first wider": lambda w: w.roles(gap=(2, 9), do=(2, 18)),
    "first narrower": lambda w: w.roles(gap=(-9, -2), do=(-2, 22)),
    "first like the others": lambda w: w.roles(gap=(-5, 5), do=(-2, 22)),
    "another mix": lambda w: w.adjusted(48.0),
    "the same mix": lambda w: w.adjusted(50.01),
    "another mix, no place": lambda w: w.adjusted(48.0, NAN),
    "top, unweighted": lambda w: known(priorities(replace(w.whole, importance=w.whole.importance.iloc[:0]))).method,
    "of different importance": lambda w: opportunities(w, weighted=True),
    "all as important": lambda w: opportunities(w, weighted=False),
    "order with strengths": lambda w: order(w, above=True),
    "order without strengths": lambda w: order(w, above=False),
    "better inside": lambda w: w.sides(1.0, 9.0),
    "better outside": lambda w: w.sides(-9.0, -1.0),
    "inside like outside": lambda w: w.sides(-3.0, 4.0),
    "placed": lambda w: w.level(respondents=0.5, organizations=0.3),
    "not placed": lambda w: w.level(respondents=NAN, organizations=NAN),
    "invited": lambda w: w.answered(waves=pd.DataFrame([{"wave": "2025", "n": 12, "invited": 20, "rate": 0.6}])),
    "one group hidden": lambda w: w.answered(n_hidden=1),
    "two groups hidden": lambda w: w.answered(n_hidden=2),
    "no groups hidden": lambda w: w.answered(n_hidden=0),
    "nobody wrote": lambda w: w.comments(n=0),
    "few wrote": lambda w: w.comments(n=3),
    "one fits no theme": lambda w: w.comments(n=12, n_without_theme=1),
    "one was asked": lambda w: w.comments(n=1, n_respondents=1),
    "many wrote": lambda w: w.comments(
        n=12, phrases=pd.DataFrame([{"phrase": "late", "count": 3}]), quotes=("Well.",)
    ),
    "wrote of no theme": lambda w: w.comments(n=12, themes=w.result(client_comments)[0].themes.iloc[:0]),
    "signs seen": lambda w: w.advised(seen=True),
    "signs not seen": lambda w: w.advised(seen=False),
    "more to do": lambda w: w.further(fall_short=True),
    "nothing more": lambda w: w.further(fall_short=False),
    "no sign": lambda w: w.signs(0),
    "one sign": lambda w: w.signs(1),
    "two signs": lambda w: w.signs(2),
    "risen": lambda w: w.trend(change=5.0, low=2.0, high=8.0),
    "fallen": lambda w: w.trend(change=-5.0, low=-8.0, high=-2.0),
    "far apart": lambda w: w.apart(3.0, 9.0),
    "alike": lambda w: w.apart(9.0, 9.0),
    "two as far apart": lambda w: w.apart(9.0, 3.0, 9.0),
    "changed": lambda w: w.change(change=8.0, low=6.0, high=10.0),
    "changed little": lambda w: w.change(change=4.9, low=2.0, high=8.0),
    "perhaps changed": lambda w: w.change(low=NAN, high=NAN),
    "one perhaps changed": lambda w: w.change(change=1.0, low=[NAN, *[-1.0] * 4], high=[NAN, *[3.0] * 4]),
    "index changed": lambda w: w.change(change=8.0, low=[6.0, *[-1.0] * 4], high=10.0),
    "changed at times": lambda w: w.change(change=8.0, low=6.0, high=10.0, before=["a", *"bbbb"]),
    "changed before": lambda w: w.change(change=8.0, low=6.0, high=10.0, after="earlier"),
    "first time": lambda w: w.no_change(1),
    "unknown before": lambda w: w.no_change(2),
    "perhaps risen": lambda w: w.trend(change=5.0, low=-2.0, high=8.0),
    "unknown change": lambda w: w.trend(low=NAN, high=NAN),
    "with top quartile": lambda w: w.practices(score=60.0, benchmark=50.0, top=70.0),
    "without top quartile": lambda w: w.practices(score=60.0, benchmark=50.0, top=NAN),
    "widest": lambda w: w.dimensions(3.0, 9.0),
    "equally wide": lambda w: w.dimensions(9.0, 9.0),
    "one dimension": lambda w: w.dimensions(9.0),
    "practice ahead everywhere": lambda w: w.dimensions(-3.0, -9.0),
    "at the bottom": lambda w: w.place(10.0, 10.2),
    "at the top": lambda w: w.place(89.8, 90.0),
    "anywhere": lambda w: w.place(10.0, 90.0),
    "in the middle": lambda w: w.place(40.0, 60.0),
    "lower third": lambda w: w.third("lower"),
    "middle third": lambda w: w.third("middle"),
    "upper third": lambda w: w.third("upper"),
    "intention ahead": lambda w: w.summary(5.0),
    "practice ahead": lambda w: w.summary(-5.0),
    "level": lambda w: w.summary(0.01),
    "no place": lambda w: w.summary(5.0, percentile=NAN, third=""),
    "narrow": lambda w: strength("gap", 3.0, 12.0),
    "beyond narrow": lambda w: strength("gap", -3.0, 12.0),
    "practice above": lambda w: strength("do", 62.0, 50.0),
    "practice below": lambda w: strength("do", 38.0, 50.0),
    "practice level": lambda w: strength("do", 50.0, 50.0),
    "practice uncompared": lambda w: strength("do", 50.0, NAN),
    "gap": lambda w: opportunity("gap", 40.0, 55.0),
    "intention short": lambda w: opportunity("say", 40.0, 55.0),
    "asked plainly": lambda w: questions(w, reverse=False),
    "asked in reverse": lambda w: questions(w, reverse=True),
    "a note": lambda w: text_of(pages.personal_note("Dear Mia")),
    "no note": lambda w: text_of(*filter(None, [pages.personal_note(" ")])),
}  # fmt: skip
"""Every state by name."""


class States:
    """The text of every state, made when it is first asked for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._texts: dict[str, str] = {}

    def text(self, name: str) -> str:
        """Return what is said in a state."""
        if name not in self._texts:
            self._texts[name] = " ".join(STATES[name](self._world).split())
        return self._texts[name]
