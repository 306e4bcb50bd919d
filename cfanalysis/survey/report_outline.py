"""A consultant's own form of the client report: which sections, in which order, with which titles and texts.

The outline is ``report.yaml`` beside the notebook of the client report. It changes what the shipped notebook shows; a
report without one has all sections in their usual order. A paragraph may depend on a score: it is printed where the
client's score, as printed, lies above or below a number or the benchmark, and nowhere that the score is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from cfanalysis.core.errors import PublishError, nearest, problem_list
from cfanalysis.core.model_files import FileKind
from cfanalysis.core.resources import notebook_folder, outline_file
from cfanalysis.core.yaml_files import read_text
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import ClientExtract

SectionId = Literal[
    "summary", "participation", "standing", "dimensions", "pairs", "extremes", "importance", "practices", "levels",
    "expectations", "warning_signs", "customers", "roles", "waves", "comments", "action", "items", "numbers",
    "method", "glossary",
]  # fmt: skip
Measure = Literal["say", "do", "gap", "index", "practice", "warning_sign", "item", "respondents"]
NEEDED: tuple[SectionId, ...] = ("participation", "method")
"""Sections that every report has: who answered, with what is not shown of few people, and how the report was made."""

_OVERALL = "overall"
_BENCHMARK = "benchmark"
Text = Annotated[str, Field(min_length=1, max_length=6000)]
Title = Annotated[str, Field(min_length=1, max_length=120)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Condition(_Part):
    """When a paragraph is printed: where a measure lies above, below, or between limits.

    Parameters
    ----------
    measure
        ``say``, ``do`` or ``gap`` (0 to 100, of `name`: ``overall``, a dimension or a pair), ``index``, ``practice``,
        ``item`` (0 to 100), ``warning_sign`` (per cent who see it), or ``respondents`` (a number of people).
    name
        Its id in the instrument.
    above, below
        Limits, a number or ``benchmark``; what is equal to a limit is neither above nor below.
    """

    measure: Measure
    name: str = _OVERALL
    above: float | Literal["benchmark"] | None = None
    below: float | Literal["benchmark"] | None = None

    @model_validator(mode="after")
    def _has_a_limit(self) -> Condition:
        if self.above is None and self.below is None:
            raise ValueError("no limit", "above, below, or both: a number, or benchmark")
        return self

    def values(self, extract: ClientExtract) -> tuple[float, float] | None:
        """Return the client's score and the benchmark's mean, as printed; None where the score is not shown."""
        if self.measure == "respondents":
            return float(extract.n), float("nan")
        facet = self.measure if self.measure in ("say", "do", "gap") else "all"
        table = extract.benchmark_comparison
        hit = table[(table["name"] == self.name) & (table["facet"] == facet)]
        scopes = ("overall", "dimension", "pair") if facet != "all" else (self.measure,)
        rows = [row for scope in scopes for row in hit[hit["scope"] == scope].to_dict(orient="records")]
        return (float(rows[0]["score"]), float(rows[0]["benchmark"])) if rows else None

    def holds(self, extract: ClientExtract) -> bool:
        """Return whether the client's score is shown and lies within the limits."""
        found = self.values(extract)
        if found is None:
            return False
        score, benchmark = found
        low, high = (benchmark if limit == _BENCHMARK else limit for limit in (self.above, self.below))
        return (low is None or score > float(low)) and (high is None or score < float(high))

    def words(self, instrument: Instrument) -> str:
        """Return the condition in words, e.g. "the gap of Leadership is above 15"."""
        limits = [
            f"{side} {'the benchmark' if limit == _BENCHMARK else f'{float(limit):g}'}"
            for side, limit in (("above", self.above), ("below", self.below))
            if limit is not None
        ]
        title = _names(instrument, self.measure).get(self.name, self.name)
        subject = {
            "gap": f"the gap of {title}",
            "say": f"Say of {title}",
            "do": f"Do of {title}",
            "respondents": "the number of respondents",
            "warning_sign": f"the per cent who see the sign {title}",
        }.get(self.measure, f"the score of {title}")
        return f"{subject} is {' and '.join(limits)}"


class Paragraph(_Part):
    """A text, and when it is printed; always without a condition."""

    text: Text
    when: Condition | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        return {"text": given} if isinstance(given, str) else given


class OutlineSection(_Part):
    """A section of the report.

    Parameters
    ----------
    id
        Which of the report's; None for one of the consultant's own, which has a title and a text.
    title
        Its heading in place of the usual one.
    text
        What stands below the heading in place of the usual sentence.
    paragraphs
        What stands at its end.
    """

    id: SectionId | None = None
    title: Title | None = None
    text: Text | None = None
    paragraphs: tuple[Paragraph, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_id(cls, given: Any) -> Any:
        return {"id": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _is_something(self) -> OutlineSection:
        if self.id is None and (self.title is None or not (self.text or self.paragraphs)):
            raise ValueError(
                "neither an id, nor a title with a text", "the id of a section, or a title and a text"
            )
        return self


class Outline(_Part):
    """The form of a client report.

    Parameters
    ----------
    format
        1.
    title
        What kind of report it is, below the client's name.
    introduction
        What stands before the first section.
    sections
        The sections in their order; what is not named is left out. Empty: all, in their usual order.
    glossary
        Words and what they mean, the report's last section where `sections` does not place it.
    meaningful_change
        Points of 100 from which a change from one time to the next is large enough to matter, by default a twentieth.
    """

    format: Literal[1]
    title: Title | None = None
    introduction: Text | None = None
    sections: tuple[OutlineSection, ...] = ()
    glossary: dict[str, Text] = {}
    meaningful_change: float = Field(default=5, gt=0, le=100)

    @field_validator("sections")
    @classmethod
    def _are_whole(cls, sections: tuple[OutlineSection, ...]) -> tuple[OutlineSection, ...]:
        ids = [section.id for section in sections if section.id is not None]
        if twice := [i for n, i in enumerate(ids) if i in ids[:n]]:
            raise ValueError(f"{twice[0]} twice", "each section once")
        if sections and (lacking := [i for i in NEEDED if i not in ids]):
            raise ValueError(
                f"no {lacking[0]}",
                f"{' and '.join(NEEDED)} among them: a report says who answered and how it was made",
            )
        return sections

    def section(self, section_id: str) -> OutlineSection | None:
        """Return a section's form; None where it is left out."""
        if not self.sections:
            return OutlineSection.model_validate({"id": section_id})
        found = next((section for section in self.sections if section.id == section_id), None)
        last = section_id == "glossary" and bool(self.glossary)
        return OutlineSection(id="glossary") if found is None and last else found


USUAL_OUTLINE = Outline(format=1)
"""The report as it ships."""


def load_outline(path: Path) -> Outline:
    """Read an outline.

    Raises
    ------
    PublishError
        It cannot be read, or is not one: each wrong field is named.
    """
    return _parsed(read_text(path, kind=_FILE.name, error=PublishError), path)


def report_outline(instrument: Instrument, folder: Path | None = None) -> Outline:
    """Return the form of the reports of an instrument: that beside the notebook, else the usual one.

    Parameters
    ----------
    instrument
        What the survey asks.
    folder
        The folder of the report's notebook; by default that of the notebook that is running.

    Raises
    ------
    PublishError
        The outline is wrong, or a condition names what the instrument does not ask.
    """
    path = outline_file(notebook_folder() if folder is None else folder)
    if path is None:
        return USUAL_OUTLINE
    outline = load_outline(path)
    if problems := list(_unknown_names(outline, instrument)):
        raise PublishError(
            problem_list(f"The {_FILE.name} does not fit the instrument {instrument.id!r}:", problems),
            where=path,
            next_step=f"Correct the names; {_FILE.guide} describes the file.",
        )
    return outline


def _unknown_names(outline: Outline, instrument: Instrument) -> Iterator[str]:
    for section in outline.sections:
        for paragraph in section.paragraphs:
            if (when := paragraph.when) is None or when.measure == "respondents":
                continue
            known = _names(instrument, when.measure)
            if when.name not in known:
                near = ", ".join(nearest(when.name, known) or list(known)[:20]) or "none"
                place, wanted = section.id or section.title, f"{when.measure} {when.name!r}"
                yield f"{place}: the instrument has no {wanted}; allowed: {near}"


def _names(instrument: Instrument, measure: Measure) -> dict[str, str]:
    """Return what a measure can be of: title by id."""
    if measure in ("say", "do", "gap"):
        pairs = {pair.id: pair.do.title for pair in instrument.pairs}
        overall = {_OVERALL: "all statements"} if instrument.gap_items else {}
        return {**pairs, **{d.id: d.title for d in instrument.gap_dimensions}, **overall}
    if measure == "warning_sign":
        return {item.id: item.title for item in instrument.select(role="warning_sign")}
    if measure == "index":
        return {index.id: index.title for index in instrument.indices}
    if measure == "practice":
        return {practice.id: practice.title for practice in instrument.practices}
    return {item.id: item.title for item in instrument.rated_items}


@lru_cache(maxsize=4)
def _parsed(text: str, path: Path) -> Outline:
    return _FILE.parse(Outline, text, path)


def _fields() -> dict[str, Any]:
    """Return the fields of an outline by name."""
    paragraph = {"text": None, "when": dict.fromkeys(Condition.model_fields)}
    section = {**dict.fromkeys(OutlineSection.model_fields), "paragraphs": paragraph}
    return {**dict.fromkeys(Outline.model_fields), "sections": section}


_FILE = FileKind("outline of the report", "docs/report_files.md", PublishError, _fields())
