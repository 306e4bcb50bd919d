"""What the files beside a client report's notebook say, in lines for their author."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cfanalysis.core.errors import shorten
from cfanalysis.core.resources import OUTLINE
from cfanalysis.reports.client.client_sections import SECTIONS
from cfanalysis.reports.client.sections import is_asked
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.recommendations import Purpose, instrument_recommendations
from cfanalysis.survey.report_outline import USUAL_OUTLINE, report_outline

_SHOWN = 90  # characters of a text


def report_file_lines(folder: Path, instrument: Instrument) -> Iterator[str]:
    """Yield what a report takes from the files beside its notebook.

    Parameters
    ----------
    folder
        The folder of the notebook.
    instrument
        What the survey asks.

    Raises
    ------
    InstrumentError
        A file is wrong; the message says where.
    """
    yield from _outline_lines(folder, instrument)
    yield from _recommendation_lines(folder, instrument)


def _outline_lines(folder: Path, instrument: Instrument) -> Iterator[str]:
    outline = report_outline(instrument, folder)
    if outline is USUAL_OUTLINE:
        yield f"no {OUTLINE}: all sections, in their usual order"
        return
    if outline.introduction:
        yield f"introduction: {shorten(outline.introduction, limit=_SHOWN)}"
    named = {section.id for section in outline.sections}
    others = (outline.section(name) for name in SECTIONS if name not in named)
    shown = [
        section
        for section in (*outline.sections, *others)
        if section and (outline.glossary or section.id != "glossary")
    ]
    for number, section in enumerate(shown, start=1):
        kind = SECTIONS[section.id] if section.id else None
        asked = kind is None or kind.topic is None or is_asked(instrument, kind.topic)
        title = section.title or (kind.title if kind else "")
        yield f"{number:>2}. {title}{'' if asked else ' (never printed: the survey does not ask about it)'}"
        for paragraph in section.paragraphs:
            when = paragraph.when
            case = f"where {when.words(instrument)} (and that is shown)" if when else "always"
            yield f"    {case}: {shorten(paragraph.text, limit=_SHOWN)}"
    if left := [
        one.title for name, one in SECTIONS.items() if name != "glossary" and not outline.section(name)
    ]:
        yield f"left out: {'; '.join(left)}"


def _recommendation_lines(folder: Path, instrument: Instrument) -> Iterator[str]:
    library = instrument_recommendations(instrument, folder)
    if library is None:
        yield f"recommendations: none for the instrument {instrument.id!r}; reports recommend nothing"
        return
    parts = ("items", "practices", "dimensions", "levels", "warning_signs")
    counts = (
        f"{sum(len(a.improve) + len(a.keep) for a in getattr(library, part).values())} by {part.replace('_', ' ')}"
        for part in parts
        if getattr(library, part)
    )
    yield f"recommendations for {instrument.id}: {', '.join(counts)}"
    practices = [item for item in instrument.gap_items if item.facet == "do"]
    purposes: tuple[tuple[Purpose, str], ...] = (("improve", "as an opportunity"), ("keep", "as a strength"))
    for purpose, about in purposes:
        bare = [item.id for item in practices if not any(library.of_item(item, purpose))]
        if bare:
            yield f"nothing is recommended {about} for {len(bare)} of {len(practices)} Do items: {', '.join(bare)}"
