"""What a client's report says in many states: texts to hold its sentences against, each made when first asked for.

A state is a client of a small survey, a client of the sample as it is, or one result of the latter changed in the one
respect that a sentence speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.analyses.client_participation import client_participation
from cfanalysis.analyses.client_report import client_profile, client_standing
from cfanalysis.analyses.client_roles import client_roles
from cfanalysis.analyses.customer_types import client_customer_types
from cfanalysis.analyses.index_standing import index_standing
from cfanalysis.analyses.open_answers import client_comments
from cfanalysis.analyses.performance_levels import client_level
from cfanalysis.analyses.practices import client_practices
from cfanalysis.analyses.priorities import priorities
from cfanalysis.analyses.say_do_profile import SayDoProfile
from cfanalysis.analyses.trends import client_trend
from cfanalysis.analyses.warning_signs import client_warning_signs
from cfanalysis.charts.captions import client_captions
from cfanalysis.charts.captions.caption import Caption
from cfanalysis.core.blocks import Figure
from cfanalysis.reports import client as pages
from cfanalysis.reports.client import client_sentences
from cfanalysis.reports.common.page_blocks import client_masthead, client_summary
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import OTHER_ORGANIZATIONS, BenchmarkFacts, ClientExtract

from .test_client_report import blocks_of
from .test_client_truth import answers, small_client, study_with

NAN = float("nan")


def known(found: Any) -> Any:
    """A result that there is."""
    assert found is not None
    return found


def text_of(*blocks: object) -> str:
    """Blocks as one line of text, figures with their alternative text and the texts in the picture."""
    parts = [str(block) for block in blocks]
    parts += [re.sub(r"<[^>]+>", " ", block.svg) for block in blocks if isinstance(block, Figure)]
    return " ".join(" ".join(parts).split())


def report_text(extract: ClientExtract) -> str:
    """Everything that a client's report says."""
    head = client_masthead(extract)
    return text_of(*blocks_of(extract), client_summary(client_standing(extract)), head.notice, head.footer)


def small_study(folder: Path) -> Study:
    """Organizations in a large and a small sector, and clients of one to six respondents."""
    two = small_client(6, 0).assign(organization="Two waves")
    clients = [
        *(small_client(n, missing) for n, missing in ((1, 0), (3, 0), (4, 4), (6, 0), (6, 2))),
        small_client(5, 1, "nps").assign(organization="One hidden"),
        *(two.assign(wave=wave) for wave in ("2024", "2025")),
    ]
    return study_with(folder, pd.concat([answers(), *clients], ignore_index=True))


class States:
    """The texts of every state, by name."""

    def __init__(self, sample: Study, folder: Path) -> None:
        self._sample, self._folder = sample, folder
        self._texts: dict[str, str] = {}
        self._small = small_study(folder)

    def text(self, name: str) -> str:
        """Return what is said in a state."""
        if name not in self._texts:
            maker: Callable[[States], str] = STATES[name]
            self._texts[name] = " ".join(maker(self).split())
        return self._texts[name]

    def small(self, client: str, benchmark: str = "all") -> ClientExtract:
        """Return the extract of a client of the small survey."""
        folder = self._folder / f"{client}-{benchmark}"
        if not folder.exists():
            cut_extract(self._small, client, folder, benchmark=benchmark)
        return open_extract(folder)

    def _of_sample(self, benchmark: str) -> ClientExtract:
        sizes = self._sample.survey.organizations.query("n >= 12").groupby("organization")["wave"].nunique()
        client = sizes.index[sizes == len(self._sample.survey.source.waves)][0]
        return open_extract(
            cut_extract(self._sample, client, self._folder / f"sample-{benchmark}", benchmark=benchmark)
        )

    @cached_property
    def whole(self) -> ClientExtract:
        """A client of the sample that answered everything, in both waves."""
        return self._of_sample("all")

    @cached_property
    def peers(self) -> ClientExtract:
        """The same beside its sector."""
        return self._of_sample("sector")

    @cached_property
    def bare(self) -> ClientExtract:
        """The same with scores of items of one wave alone, from published tables."""
        here = self.whole.scores[(self.whole.scores["wave"] == self.whole.wave)]
        return replace(
            self.published,
            scores=here[here["scope"] == "item"],
            source=replace(self.whole.source, waves=(self.whole.wave,)),
        )

    @property
    def published(self) -> ClientExtract:
        """The same as if only tables had been published."""
        return replace(self.whole, raw_responses=None, comments=self.whole.comments.iloc[:0])

    @property
    def alone(self) -> ClientExtract:
        """The same with nothing to compare it with."""
        return replace(
            self.whole,
            benchmark=self.whole.benchmark.iloc[:0],
            scores=self.whole.scores.assign(percentile=NAN, third=""),
            trend=self.whole.trend.iloc[:0],
            importance=self.whole.importance.iloc[:0],
        )

    def facts(self, **changes: Any) -> str:
        """The table of what the benchmark is made of, some facts being other."""
        facts: BenchmarkFacts = replace(self.whole.benchmark_facts, **changes)
        return text_of(pages.benchmark_table(replace(self.whole, benchmark_facts=facts)))

    def excluded(self, *rows: tuple[str, str, int]) -> str:
        """What is said of exclusions."""
        return text_of(pages.exclusions_text(replace(self.whole, exclusions=rows)))

    def first_page(self, **benchmark: float) -> str:
        """Strengths and opportunities where the benchmark's aggregates are other: ``top``, ``mean``."""
        extract = replace(self.whole, benchmark=self.whole.benchmark.assign(**benchmark))
        found = priorities(extract, repetitions=20)
        return text_of(pages.strengths_table(found, extract), pages.opportunities_table(found))

    @property
    def without_reversed(self) -> ClientExtract:
        """The same of a survey in which every statement is worded in one direction."""
        asked = self.whole.instrument
        items = tuple(item.model_copy(update={"reverse": False}) for item in asked.items)
        return replace(self.whole, instrument=asked.model_copy(update={"items": items}))

    @property
    def without_gap(self) -> ClientExtract:
        """The same of a survey that asks for nothing but its indices."""
        asked = self.whole.instrument
        items = tuple(item for item in asked.items if item.role == "performance")
        return replace(self.whole, instrument=asked.model_copy(update={"items": items, "dimensions": ()}))

    def not_comparable(self) -> str:
        """What is said of positions of which too few answered."""
        found = known(client_roles(self.whole))
        return client_sentences.roles_sentences(replace(found, contrast=found.contrast.iloc[:0]), self.whole)

    def roles(self, *, of: ClientExtract | None = None, **ends: tuple[float, float]) -> str:
        """What is said of the first position against the others, the intervals of their differences being given."""
        found = known(client_roles(self.whole))
        rows = [
            {"facet": f, "above": 60.0, "below": 50.0, "difference": 10.0, "low": low, "high": high}
            for f, (low, high) in {"say": (NAN, NAN), "do": (NAN, NAN), "gap": (NAN, NAN), **ends}.items()
        ]
        return client_sentences.roles_sentences(replace(found, contrast=pd.DataFrame(rows)), of or self.whole)

    def adjusted(self, score: float) -> str:
        """What is said of the Do score of the usual mix of positions, the client's own being 50."""
        found = known(client_roles(self.whole))
        row = {"facet": "do", "score": score, "raw": 50.0, "benchmark": 50.0, "percentile": 40.0}
        return text_of(pages.adjusted_text(replace(found, adjusted=pd.DataFrame([row]))))

    def sides(self, low: float, high: float) -> str:
        """What is said of inside and outside, the interval of their difference being given."""
        found = known(client_customer_types(self.whole))
        frame = found.frame.assign(low=low, high=high)
        return client_sentences.customer_types_sentence(replace(found, frame=frame))

    def level(self, **columns: Any) -> str:
        """What is said of the level, some columns of its table being other."""
        found = known(client_level(self.whole))
        found = replace(found, frame=found.frame.assign(**columns))
        return text_of(pages.level_text(found, self.whole))

    def answered(self, **changes: Any) -> str:
        """What is said of who answered, some of it being other."""
        found = client_participation(self.whole)
        return text_of(pages.participation_text(replace(found, **changes)))

    def comments(self, **changes: Any) -> str:
        """What is said of the first open question, some of it being other."""
        found = client_comments(self.whole)[0]
        return text_of(pages.comments_blocks((replace(found, **changes),), self.whole))

    def signs(self, present: int) -> str:
        """The caption of the warning signs, so many of which are seen by more than half."""
        found = known(client_warning_signs(self.whole))
        return words(client_captions.client_signs_caption(replace(found, n_present=present)))

    def trend(self, **columns: float) -> str:
        """The caption of the waves, columns of the changes being other."""
        found = known(client_trend(self.whole))
        return words(
            client_captions.client_trend_caption(replace(found, changes=found.changes.assign(**columns)))
        )

    def practices(self, **columns: float) -> str:
        """The caption of the practices, columns of their table being other."""
        found = client_practices(self.whole)
        return words(
            client_captions.client_practices_caption(replace(found, frame=found.frame.assign(**columns)))
        )

    def dimensions(self, *gaps: float) -> str:
        """The caption of the dimensions, which have these gaps, in turn."""
        found: SayDoProfile = client_profile(self.whole)
        own = found.frame[found.frame["group"] == found.groups[0]].head(len(gaps)).assign(gap=gaps)
        return words(
            client_captions.client_profile_caption(replace(found, frame=own, groups=found.groups[:1]))
        )

    def place(self, low: float, high: float) -> str:
        """The interval of a percentile."""
        found = known(index_standing(self.whole))
        return client_sentences.percentile_interval(replace(found, low=low, high=high))

    def summary(self, gap: float, **other: Any) -> str:
        """The summary where intention and practice are so far apart, here and in the benchmark."""
        found = client_standing(self.whole)
        frame = found.frame.copy()
        frame.loc[frame["facet"] == "gap", ["score", "benchmark"]] = gap
        return text_of(client_summary(replace(found, frame=frame.assign(**other))))


def words(caption: Caption) -> str:
    """Everything that a caption says."""
    return f"{caption.description} {caption.subtitle('full')}"


def strength(kind: str, own: float, other: float) -> str:
    """The sentence on a strength of a kind, and on a practice that is merely the highest."""
    row = {"strength_kind": kind, kind: own, f"{kind}_benchmark": other, "do": own, "do_benchmark": other}
    row |= {"gap": own, "gap_benchmark": other}
    sentence = client_sentences.strength_sentence if kind == "gap" else client_sentences.highest_sentence
    return sentence(pd.Series(row))


def opportunity(kind: str, own: float, other: float) -> str:
    """The sentence on an opportunity of a kind."""
    row = {"opportunity_kind": kind, kind: own, f"{kind}_best": other, "do": own, "say": other}
    row |= {"gap": round(other - own, 1)}
    return client_sentences.opportunity_sentence(pd.Series(row), "the top quartile")


def left_out(world: States) -> str:
    """Every line on something that was asked and cannot be shown."""
    p, own = pages, world.whole
    empty = client_practices(own)
    none = replace(empty, frame=empty.frame.iloc[:0])
    standing = client_standing(own)
    return text_of(
        p.level_text(None, own), p.signs_figure(None, own), p.expectation_figure(None, own), p.roles_text(None, own),
        p.customer_types_text(None, own), p.trend_figure(None, own), p.extremes_table(None, own),
        p.strengths_table(None, own), p.practice_figure(none, own), p.comments_blocks((), own),
        p.client_standing_table(replace(standing, frame=standing.frame.iloc[:0]), own),
    )  # fmt: skip


def questions(world: States, *, reverse: bool) -> str:
    """The questions for the team, the first opportunity being worded one way or the other."""
    found = known(priorities(world.whole, repetitions=20))
    return text_of(
        pages.questions(
            replace(found, opportunities=found.opportunities.assign(reverse=reverse)), world.whole
        )
    )


def nothing_falls_short(world: States) -> str:
    """The first page where there is no opportunity."""
    found = known(priorities(world.whole, repetitions=20))
    return text_of(pages.opportunities_table(replace(found, opportunities=found.opportunities.iloc[:0])))


def all_are_opportunities(world: States) -> str:
    """The first page of a survey of three subjects, all of which fall short."""
    found = known(priorities(world.whole, repetitions=20))
    none = replace(found, strengths=found.strengths.iloc[:0], above=False)
    return text_of(pages.strengths_table(none, world.whole))


STATES: dict[str, Callable[[States], str]] = {
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
    "included": lambda w: w.facts(included=True, left_out=0),
    "not included": lambda w: w.facts(included=False, left_out=2),
    "excluded": lambda w: w.excluded(("dropped", "too few answers", 2), ("flagged", "too fast", 1)),
    "only dropped": lambda w: w.excluded(("dropped", "too few answers", 2)),
    "not excluded": lambda w: w.excluded(),
    "all above": lambda w: w.first_page(mean=0.0, top=0.0),
    "all below": lambda w: w.first_page(mean=100.0, top=100.0),
    "no means": lambda w: w.first_page(mean=np.nan, top=np.nan),
    "nothing short": nothing_falls_short,
    "all opportunities": all_are_opportunities,
    "all hidden": lambda w: text_of(pages.client_item_table(replace(w.whole, scores=w.whole.scores.iloc[:0]), "say")),
    "all to name": lambda w: w.facts(waves=(("2025", 9), ("2024", 8)), composition=()),
    "nothing reversed": lambda w: text_of(pages.method_text(None, w.without_reversed)),
    "few to name": lambda w: w.facts(waves=(("2025", 9), (OTHER_ORGANIZATIONS, 3))),
    "indices alone": lambda w: text_of(pages.method_text(None, w.without_gap)),
    "not comparable": lambda w: w.not_comparable(),
    "no usual difference": lambda w: w.roles(of=replace(w.whole, role_effects=w.whole.role_effects.iloc[:0])),
    "first wider": lambda w: w.roles(gap=(2, 9), do=(2, 18)),
    "first narrower": lambda w: w.roles(gap=(-9, -2), do=(-2, 22)),
    "first like the others": lambda w: w.roles(gap=(-5, 5), do=(-2, 22)),
    "another mix": lambda w: w.adjusted(48.0),
    "the same mix": lambda w: w.adjusted(50.01),
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
    "many wrote": lambda w: w.comments(
        n=12, phrases=pd.DataFrame([{"phrase": "late", "count": 3}]), quotes=("Well.",)
    ),
    "wrote of no theme": lambda w: w.comments(n=12, themes=client_comments(w.whole)[0].themes.iloc[:0]),
    "no sign": lambda w: w.signs(0),
    "one sign": lambda w: w.signs(1),
    "two signs": lambda w: w.signs(2),
    "risen": lambda w: w.trend(change=5.0, low=2.0, high=8.0),
    "fallen": lambda w: w.trend(change=-5.0, low=-8.0, high=-2.0),
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
