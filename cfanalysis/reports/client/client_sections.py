"""The sections of a client's report: what each is called, what it means, and which blocks are in it.

A notebook shows a section with one call. The outline beside the notebook (`cfanalysis.survey.report_outline`) may give
it another title, text and place, add paragraphs, or leave it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from cfanalysis.analyses.client_answers import extremes
from cfanalysis.analyses.client_importance import client_importance
from cfanalysis.analyses.client_participation import client_participation
from cfanalysis.analyses.client_report import Standing, client_pairs, client_standing
from cfanalysis.analyses.client_roles import client_roles
from cfanalysis.analyses.customer_types import client_customer_types
from cfanalysis.analyses.expectation import client_expectation
from cfanalysis.analyses.index_standing import index_standing
from cfanalysis.analyses.open_answers import client_comments
from cfanalysis.analyses.performance_levels import client_level
from cfanalysis.analyses.practices import client_practices
from cfanalysis.analyses.priorities import Priorities, priorities
from cfanalysis.analyses.trends import client_trend
from cfanalysis.analyses.warning_signs import client_warning_signs
from cfanalysis.core.blocks import Block, Blocks, Prose, SectionMark, escape_markdown
from cfanalysis.core.errors import ParameterError, nearest
from cfanalysis.core.formatting import decimal
from cfanalysis.core.language import translated
from cfanalysis.reports.client import (
    advice,
    appendix,
    client_sentences,
    first_page,
    follow_up,
    practice,
    standing,
)
from cfanalysis.reports.client.own_words import own_words, personal_note
from cfanalysis.reports.client.sections import Topic, has_section
from cfanalysis.reports.common.page_blocks import client_masthead, client_summary, glossary
from cfanalysis.survey.report_outline import Outline, OutlineSection, Paragraph, report_outline
from cfanalysis.survey.survey_data import ClientExtract

Result = TypeVar("Result")
MaybeBlocks = Iterable[Block | Blocks | None]


@dataclass(frozen=True)
class SectionKind:
    """A section as it ships.

    Parameters
    ----------
    title
        Its heading.
    blocks
        What is in it.
    about
        A sentence of meaning below the heading.
    topic
        What it is about, where it depends on what was asked and may be shown.
    """

    title: str
    blocks: Callable[[ClientReport], MaybeBlocks]
    about: str = ""
    topic: Topic | None = None


@dataclass(frozen=True, eq=False)
class ClientReport:
    """One client's report.

    Parameters
    ----------
    extract
        The client's extract.
    note
        The consultant's note for this client.
    """

    extract: ClientExtract
    note: str = ""
    _results: dict[Callable[[ClientExtract], Any], Any] = field(default_factory=dict, init=False, repr=False)

    def result(self, analysis: Callable[[ClientExtract], Result]) -> Result:
        """Return the result of an analysis of the extract, which is made once."""
        if analysis not in self._results:
            self._results[analysis] = analysis(self.extract)
        found: Result = self._results[analysis]
        return found

    @cached_property
    def outline(self) -> Outline:
        """The form of the report."""
        return report_outline(self.extract.instrument)

    @property
    def standing(self) -> Standing:
        """The client's main measures beside the benchmark."""
        return self.result(client_standing)

    @property
    def found(self) -> Priorities | None:
        """Strengths and opportunities."""
        return self.result(priorities)

    def masthead(self) -> Blocks:
        """Return the head of the report, and the introduction where there is one."""
        words = self.outline.introduction
        introduction = self._own_text(words) if words else None
        return Blocks.of(client_masthead(self.extract, self.outline.title), introduction)

    def section(self, name: str) -> Blocks:
        """Return a section; nothing where the outline leaves it out, or the report has nothing to say in it.

        Raises
        ------
        ParameterError
            There is no such section; the nearest is named.
        """
        if name not in SECTIONS:
            near = ", ".join(nearest(name, SECTIONS)) or ", ".join(SECTIONS)
            raise ParameterError("A client's report has no such section.", value=name, allowed=near)
        form, kind = self.outline.section(name), SECTIONS[name]
        if form is None:
            return Blocks(())
        topic = kind.topic
        blocks = list(_flat(kind.blocks(self))) if topic is None or has_section(self.extract, topic) else []
        if blocks:
            about = self._own_text(form.text) if form.text else Prose(translated(kind.about))
            blocks = [*self._head(form, kind.title, about), *blocks, *self._paragraphs(form.paragraphs)]
        return Blocks((*blocks, *self._own_sections(form)))

    def _head(self, form: OutlineSection, title: str, about: Prose) -> Iterator[Block]:
        """Yield the mark, heading and text of a section."""
        sections = self.outline.sections
        if sections:
            yield SectionMark(next((n for n, one in enumerate(sections) if one is form), len(sections)))
        heading = escape_markdown(form.title) if form.title else translated(title)
        yield Prose(f"## {heading}\n\n{about.markdown}".strip())

    def _own_sections(self, form: OutlineSection) -> Iterator[Block]:
        """Yield the consultant's own sections between a section and the next one; with the first, those before it."""
        former: OutlineSection | None = next((one for one in self.outline.sections if one.id), None)
        for section in self.outline.sections:
            if section.id is not None:
                former = section
            elif former is form:
                yield from self._head(section, "", self._own_text(section.text or ""))
                yield from self._paragraphs(section.paragraphs)

    def _paragraphs(self, paragraphs: tuple[Paragraph, ...]) -> Iterator[Prose]:
        """Yield those of the consultant's paragraphs whose condition holds, with the numbers that they name."""
        for paragraph in paragraphs:
            if paragraph.when is None:
                yield self._own_text(paragraph.text)
            elif paragraph.when.holds(self.extract):
                score, benchmark = paragraph.when.values(self.extract) or (None, None)
                yield self._own_text(paragraph.text, score=decimal(score), benchmark=decimal(benchmark))

    def _own_text(self, text: str, **numbers: str) -> Prose:
        for name, value in {"client": self.extract.client, **numbers}.items():
            text = text.replace(f"{{{name}}}", value)
        return Prose(own_words(text))


def _flat(blocks: MaybeBlocks) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Blocks):
            yield from block.blocks
        elif block is not None:
            yield block


def _summary(report: ClientReport) -> MaybeBlocks:
    own = report.extract
    waves = report.result(client_trend)
    yield client_summary(
        report.standing,
        client_sentences.dimensions_sentence(report.result(standing.profile_or_none)),
        client_sentences.change_sentence(waves, own, report.outline.meaningful_change),
    )
    yield first_page.overview_figure(own)
    yield first_page.strengths_table(report.found, own)
    yield first_page.opportunities_table(report.found, own)
    yield personal_note(report.note)


def _participation(report: ClientReport) -> MaybeBlocks:
    who = client_participation(report.extract, report.result(client_roles))
    yield standing.participation_text(who)
    yield standing.participation_table(who)


def _standing(report: ClientReport) -> MaybeBlocks:
    own = report.extract
    yield standing.index_text(index_standing(own), own)
    yield standing.bands_figure(own)


def _practices(report: ClientReport) -> MaybeBlocks:
    profile = report.result(client_practices)
    yield practice.practice_figure(profile, report.extract)
    yield glossary(practice.meanings(profile))


def _levels(report: ClientReport) -> MaybeBlocks:
    level = report.result(client_level)
    yield practice.level_text(level, report.extract)
    yield practice.level_figure(level)
    yield advice.level_recommendations(level, report.extract)


def _warning_signs(report: ClientReport) -> MaybeBlocks:
    signs = report.result(client_warning_signs)
    yield practice.signs_figure(signs, report.extract)
    yield advice.sign_recommendations(signs, report.extract)


def _customers(report: ClientReport) -> MaybeBlocks:
    sides = client_customer_types(report.extract)
    yield practice.customer_types_text(sides, report.extract)
    yield practice.customer_types_table(sides)


def _roles(report: ClientReport) -> MaybeBlocks:
    roles = client_roles(report.extract)
    yield practice.roles_text(roles, report.extract)
    yield practice.groups_figure(roles, report.extract)
    yield practice.roles_table(roles)
    yield practice.adjusted_text(roles)


def _waves(report: ClientReport) -> MaybeBlocks:
    waves = report.result(client_trend)
    yield follow_up.trend_figure(waves, report.extract)
    yield follow_up.trend_table(waves, report.extract, report.outline.meaningful_change)


def _action(report: ClientReport) -> MaybeBlocks:
    yield follow_up.questions(report.found, report.extract)
    yield advice.further_recommendations(report.found, report.extract)
    yield follow_up.action_forms(report.found)
    yield follow_up.keep_forms(report.found)


def _items(report: ClientReport) -> MaybeBlocks:
    for facet in ("do", "say"):
        yield standing.likert_figure(report.extract, facet)


def _numbers(report: ClientReport) -> MaybeBlocks:
    own = report.extract
    yield standing.client_standing_table(report.standing, own)
    if has_section(own, "items"):
        yield standing.client_item_table(own, "do")
        yield standing.client_item_table(own, "say")
    if has_section(own, "practices"):
        yield practice.practice_table(report.result(client_practices))
    if has_section(own, "levels"):
        yield practice.level_table(report.result(client_level))
    if has_section(own, "warning_signs"):
        yield practice.signs_table(report.result(client_warning_signs))


def _method(report: ClientReport) -> MaybeBlocks:
    yield appendix.exclusions_text(report.extract)
    yield appendix.method_text(report.found, report.extract)
    yield first_page.certainty_table(report.found)
    if has_section(report.extract, "standing"):
        yield appendix.benchmark_table(report.extract)


def _glossary(report: ClientReport) -> MaybeBlocks:
    yield glossary(report.outline.glossary)


SECTIONS: dict[str, SectionKind] = {
    "summary": SectionKind("In short", _summary),
    "standing": SectionKind(
        "Where you stand",
        _standing,
        "Your scores, beside those of other organizations where they can be compared.",
        "standing",
    ),
    "dimensions": SectionKind(
        "Intention and practice by dimension",
        lambda r: [standing.dimension_gaps_table(r.extract)],
        "*Say* is what you intend for your customers, *Do* is what you do; between them lies the gap.",
        "dimensions",
    ),
    "pairs": SectionKind(
        "The same subject, said and done",
        lambda r: [standing.pairs_table(client_pairs(r.extract), r.extract)],
        "Each pair of statements asks for the intention and for the practice on one subject. A wide gap is a promise "
        "that is not kept yet; a narrow one shows where intention and practice go together.",
        "pairs",
    ),
    "extremes": SectionKind(
        "What stands out",
        lambda r: [standing.extremes_tables(extremes(r.extract), r.extract)],
        "What your people rate highest and lowest.",
        "items",
    ),
    "importance": SectionKind(
        "What matters most",
        lambda r: [standing.matters_figure(client_importance(r.found, r.extract))],
        "In what organizations that do well differ from others: an association, not an effect.",
        "items",
    ),
    "practices": SectionKind(
        "Practices of customer-focused organizations",
        _practices,
        "What organizations do that put their customers first, and how far your people see it done.",
        "practices",
    ),
    "levels": SectionKind(
        "How far you go for customers",
        _levels,
        "At the *low* level an organization helps customers to choose from what there is. At the *moderate* level it "
        "knows what they will need next. At the *high* level it helps them to what they had not thought possible.",
        "levels",
    ),
    "expectations": SectionKind(
        "Disappointed, satisfied, impressed",
        lambda r: [practice.expectation_figure(client_expectation(r.extract), r.extract)],
        "How contacts with customers ended, as your people remember them.",
        "expectations",
    ),
    "warning_signs": SectionKind(
        "Warning signs",
        _warning_signs,
        "Signs that customers do not come first: the fewer people see one, the better.",
        "warning_signs",
    ),
    "customers": SectionKind(
        "Inside and outside", _customers, "Whether colleagues are served as well as customers.", "customers"
    ),
    "participation": SectionKind("Who answered", _participation, "Whose view this report gives."),
    "roles": SectionKind(
        "By group of people",
        _roles,
        "The same organization can look different from different places in it.",
        "roles",
    ),
    "waves": SectionKind(
        "From wave to wave", _waves, "What has moved since the time before, and what may be chance.", "waves"
    ),
    "comments": SectionKind(
        "In your people's words",
        lambda r: [follow_up.comments_blocks(client_comments(r.extract), r.extract)],
        "What people wrote when they were asked in words of their own.",
        "comments",
    ),
    "action": SectionKind(
        "From results to action",
        _action,
        "Read these pages with your team. Begin with few things, name who does them, and say how customers will "
        "notice.",
        "standing",
    ),
    "items": SectionKind(
        "Every statement",
        _items,
        "How the answers spread: the same mean can hide agreement or dispute.",
        "items",
    ),
    "numbers": SectionKind("The numbers", _numbers, "What the charts show, in figures.", "standing"),
    "method": SectionKind(
        "How this report was made", _method, "What the figures rest on, and what they cannot say."
    ),
    "glossary": SectionKind("Words in this report", _glossary),
}
"""The sections by name, in their usual order."""
