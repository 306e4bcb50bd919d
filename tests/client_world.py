"""Clients in many states, and what their reports say.

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

import pandas as pd

from cfanalysis.analyses.client_importance import client_importance
from cfanalysis.analyses.client_participation import client_participation
from cfanalysis.analyses.client_report import client_profile, client_standing
from cfanalysis.analyses.client_roles import client_roles, group_scores
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
from cfanalysis.core.language import current_language
from cfanalysis.reports import client as pages
from cfanalysis.reports.client import client_sentences
from cfanalysis.reports.common.page_blocks import client_masthead, client_summary
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import BenchmarkFacts, ClientExtract

from .test_client_report import section_blocks
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
    head, report = client_masthead(extract), pages.ClientReport(extract)
    return text_of(
        *section_blocks(report),
        pages.level_recommendations(report.result(client_level), extract) or "",
        pages.dimensions_table(extract) or "",
        client_summary(report.standing),
        head.notice,
        head.footer,
    )


def small_study(folder: Path) -> Study:
    """Organizations in a large and a small sector, and clients of one to six respondents."""
    two = small_client(6, 0).assign(organization="Two waves")
    clients = [
        *(small_client(n, missing) for n, missing in ((1, 0), (3, 0), (4, 4), (6, 0), (6, 2))),
        small_client(5, 1, "nps").assign(organization="One hidden"),
        *(two.assign(wave=wave) for wave in ("2024", "2025")),
    ]
    return study_with(folder, pd.concat([answers(), *clients], ignore_index=True))


class World:
    """Clients whose reports are read, and what is said of them where one result is other."""

    def __init__(self, sample: Study, folder: Path) -> None:
        self._folder = folder
        sizes = sample.survey.organizations.query("n >= 12").groupby("organization")["wave"].nunique()
        client = sizes.index[sizes == len(sample.survey.source.waves)][0]
        (
            self.whole,
            self.peers,
        ) = (  # a client that answered everything, in both waves; the same beside its sector
            open_extract(cut_extract(sample, client, folder / f"sample-{benchmark}", benchmark=benchmark))
            for benchmark in ("all", "sector")
        )
        self._small = small_study(folder)
        self._results: dict[Any, Any] = {}

    def result(self, analysis: Callable[..., Any], **options: Any) -> Any:
        """What an analysis finds in the whole extract, in the language of the moment."""
        key = analysis, tuple(options.items()), current_language().code
        if key not in self._results:
            self._results[key] = analysis(self.whole, **options)
        return self._results[key]

    def small(self, client: str, benchmark: str = "all") -> ClientExtract:
        """Return the extract of a client of the small survey."""
        folder = self._folder / f"{client}-{benchmark}"
        if not folder.exists():
            cut_extract(self._small, client, folder, benchmark=benchmark)
        return open_extract(folder)

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
        extract = replace(self.whole, benchmark_facts=facts)
        return text_of(pages.benchmark_table(extract), pages.method_text(None, extract))

    def head(self, *, draft: bool) -> str:
        """The head of a report that is a draft or none."""
        facts = replace(self.whole.benchmark_facts, draft=draft)
        return client_masthead(replace(self.whole, benchmark_facts=facts)).notice

    def advised(self, *, seen: bool) -> str:
        """What is recommended about the warning signs, which more than half see, or fewer."""
        found = known(self.result(client_warning_signs))
        found = replace(found, frame=found.frame.assign(present=seen))
        return text_of(*filter(None, [pages.sign_recommendations(found, self.whole)]))

    def further(self, *, fall_short: bool) -> str:
        """What else is recommended, where something falls short, or nothing."""
        found = known(self.result(priorities, repetitions=20))
        found = replace(found, opportunities=found.opportunities.head(3 * fall_short))
        return text_of(*filter(None, [pages.further_recommendations(found, self.whole)]))

    def excluded(self, *rows: tuple[str, str, int]) -> str:
        """What is said of exclusions."""
        return text_of(pages.exclusions_text(replace(self.whole, exclusions=rows)))

    def first_page(self, **benchmark: float) -> str:
        """Strengths and opportunities where the benchmark's aggregates are other: ``top``, ``mean``."""
        extract = replace(self.whole, benchmark=self.whole.benchmark.assign(**benchmark))
        found = priorities(extract, repetitions=20)
        return text_of(pages.strengths_table(found, extract), pages.opportunities_table(found, extract))

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
        found = known(self.result(client_roles))
        return client_sentences.roles_sentences(replace(found, contrast=found.contrast.iloc[:0]), self.whole)

    def roles(self, *, of: ClientExtract | None = None, **ends: tuple[float, float]) -> str:
        """What is said of the first position against the others, the intervals of their differences being given."""
        found = known(self.result(client_roles))
        rows = [
            {"facet": f, "above": 60.0, "below": 50.0, "difference": 10.0, "low": low, "high": high}
            for f, (low, high) in {"say": (NAN, NAN), "do": (NAN, NAN), "gap": (NAN, NAN), **ends}.items()
        ]
        return client_sentences.roles_sentences(replace(found, contrast=pd.DataFrame(rows)), of or self.whole)

    def adjusted(self, score: float, place: float = 40.0) -> str:
        """What is said of the Do score of the usual mix of positions, the client's own being 50, and its place."""
        found = known(self.result(client_roles))
        row = {
            "facet": "do",
            "score": score,
            "raw": 50.0,
            "percentile": place,
            "n_organizations": 24,
        }
        return text_of(pages.adjusted_text(replace(found, adjusted=pd.DataFrame([row]))))

    def sides(self, low: float, high: float) -> str:
        """What is said of inside and outside, the interval of their difference being given."""
        found = known(self.result(client_customer_types))
        frame = found.frame.assign(low=low, high=high)
        return client_sentences.customer_types_sentence(replace(found, frame=frame))

    def level(self, **columns: Any) -> str:
        """What is said of the level, some columns of its table being other."""
        found = known(self.result(client_level))
        found = replace(found, frame=found.frame.assign(**columns))
        return text_of(pages.level_text(found, self.whole))

    def answered(self, **changes: Any) -> str:
        """What is said of who answered, some of it being other."""
        found = client_participation(self.whole, self.result(client_roles))
        return text_of(pages.participation_text(replace(found, **changes)))

    def comments(self, **changes: Any) -> str:
        """What is said of the first open question, some of it being other."""
        found = self.result(client_comments)[0]
        return text_of(pages.comments_blocks((replace(found, **changes),), self.whole))

    def signs(self, present: int) -> str:
        """The caption of the warning signs, so many of which are seen by more than half."""
        found = known(self.result(client_warning_signs))
        seen = found.frame.assign(present=found.frame.index < present)
        return words(client_captions.client_signs_caption(replace(found, frame=seen)))

    def trend(self, **columns: float) -> str:
        """The caption of the waves, columns of the changes being other."""
        found = known(self.result(client_trend))
        return words(
            client_captions.client_trend_caption(replace(found, changes=found.changes.assign(**columns)))
        )

    def practices(self, **columns: float) -> str:
        """The caption of the practices, columns of their table being other."""
        found = self.result(client_practices)
        return words(
            client_captions.client_practices_caption(replace(found, frame=found.frame.assign(**columns)))
        )

    def dimensions(self, *gaps: float) -> str:
        """The caption of the dimensions, which have these gaps, in turn."""
        found: SayDoProfile = self.result(client_profile)
        own = found.frame[found.frame["group"] == found.groups[0]].head(len(gaps)).assign(gap=gaps)
        return words(
            client_captions.client_profile_caption(replace(found, frame=own, groups=found.groups[:1]))
        )

    def groups(self) -> str:
        """The picture of groups of people, two of them shown."""
        roles = known(self.result(client_roles))
        frame = roles.frame.assign(shown=True, do=50.0)
        return text_of(known(pages.groups_figure(replace(roles, frame=frame), self.whole)))

    def importance(self, correlation: float) -> str:
        """The caption of what goes with the criterion, all practices of which have this correlation."""
        extract = replace(self.whole, importance=self.whole.importance.assign(importance=correlation))
        rows = known(client_importance(priorities(extract, repetitions=20), extract))
        return words(client_captions.client_importance_caption(rows))

    def group_caption(self, gap: float) -> str:
        """The caption of groups of people by dimension, all of which have this score."""
        roles = known(self.result(client_roles))
        scores = known(
            group_scores(self.whole, replace(roles, frame=roles.frame.assign(shown=True, do=50.0)))
        )
        return words(
            client_captions.client_groups_caption(replace(scores, frame=scores.frame.assign(gap=gap)))
        )

    def apart(self, *gaps: float) -> str:
        """The sentence on the dimensions, which have these gaps, in turn."""
        found: SayDoProfile = self.result(client_profile)
        own = found.frame[found.frame["group"] == found.groups[0]].head(len(gaps)).assign(gap=gaps)
        return client_sentences.dimensions_sentence(replace(found, frame=own))

    def change(self, **columns: object) -> str:
        """The sentence and the table of what has changed, columns of the changes being other."""
        found = known(self.result(client_trend))
        found = replace(found, changes=found.changes.assign(**columns))
        told = client_sentences.change_sentence(found, self.whole, 5)
        return text_of(told, known(pages.trend_table(found, self.whole, 5)))

    def no_change(self, waves: int) -> str:
        """The sentence on what has changed where nothing can be compared: of one wave, or of more."""
        own = replace(self.whole, respondents=dict(list(self.whole.respondents.items())[:waves]))
        return client_sentences.change_sentence(None, own, 5)

    def place(self, low: float, high: float) -> str:
        """The interval of a percentile."""
        found = known(self.result(index_standing))
        return client_sentences.percentile_interval(replace(found, low=low, high=high))

    def third(self, third: str) -> str:
        """What is said of the index and of the gap where they lie in a third of the benchmark's organizations."""
        found, standing = known(self.result(index_standing)), self.result(client_standing)
        frame = standing.frame.assign(percentile=NAN, third=third)
        told = client_sentences.index_sentence(
            replace(found, percentile=None, third=third), "all organizations"
        )
        return text_of(told, client_summary(replace(standing, frame=frame)))

    def summary(self, gap: float, **other: Any) -> str:
        """The summary where intention and practice are so far apart, here and in the benchmark."""
        found = self.result(client_standing)
        frame = found.frame.copy()
        frame.loc[frame["facet"] == "gap", ["score", "benchmark"]] = gap
        return text_of(client_summary(replace(found, frame=frame.assign(**other))))


def words(caption: Caption) -> str:
    """Everything that a caption says."""
    return f"{caption.description} {caption.subtitle('full')}"
