"""The blocks on data quality: summary, key figures, charts and notes, one call for one cell."""

from __future__ import annotations

from cfanalysis.analyses.cleaning_record import CleaningRecord
from cfanalysis.analyses.item_quality import ItemQuality
from cfanalysis.analyses.participation import Participation
from cfanalysis.core.blocks import KeyFigure, KeyFigures, Prose, escape_markdown
from cfanalysis.core.errors import shorten
from cfanalysis.core.formatting import percent, whole_number
from cfanalysis.core.language import message_pair, translated
from cfanalysis.core.templates import plural, retold, sentence

_SHOWN = 6


def quality_figures(record: CleaningRecord, items: ItemQuality, people: Participation) -> KeyFigures:
    """Return the key figures: rows, changes, missing answers, units.

    Parameters
    ----------
    record
        What cleaning changed.
    items
        Missing answers of each item.
    people
        Who took part.
    """
    units = translated("Respondents" if people.unit == "respondent" else "Organizations")
    few = (
        sentence("{n:d} with fewer than {minimum:d} respondents", n=people.n_below, minimum=people.minimum)
        if people.unit == "organization" and not people.published
        else ""
    )
    last = KeyFigure(units, whole_number(people.n), few)
    if record.published or items.missing is None:
        tables = translated("published frequency tables")
        return KeyFigures((KeyFigure(translated("Items"), whole_number(len(items.frame)), tables), last))
    shown = (
        (translated("Rows used"), whole_number(record.rows_out), sentence("of {n:d}", n=record.rows_in)),
        (
            translated("Cells changed"),
            whole_number(record.cells_changed),
            sentence("{n:d} rows flagged", n=record.rows_flagged),
        ),
        (
            translated("No answer"),
            percent(items.missing, 1),
            sentence("don't know {share:1%}", share=items.dont_know),
        ),
    )
    return KeyFigures((*(KeyFigure(*each) for each in shown), last))


def reading_notes(record: CleaningRecord) -> Prose:
    """Return what was detected while reading, and what of the file was not used."""
    notes = (", ".join(map(retold, note.split(", "))) for note in record.notes)
    lines = list(map(escape_markdown, notes))
    if record.ignored_columns:
        names = ", ".join(
            escape_markdown(shorten(name, limit=30)) for name in record.ignored_columns[:_SHOWN]
        )
        more = len(record.ignored_columns) - _SHOWN
        forms = (
            message_pair(
                "{n} column not used, because the instrument does not ask for them: {names} and {more:d} more",
                "{n} columns not used, because the instrument does not ask for them: {names} and {more:d} more",
            )
            if more > 0
            else message_pair(
                "{n} column not used, because the instrument does not ask for them: {names}",
                "{n} columns not used, because the instrument does not ask for them: {names}",
            )
        )
        lines.append(plural(len(record.ignored_columns), *forms, names=names, more=more))
    lines += [
        sentence("In an auxiliary file, without a counterpart: {entry}", entry=escape_markdown(text))
        for text in record.unmatched[:_SHOWN]
    ]
    listed = "\n".join(f"- {line}" for line in lines)
    return Prose(listed or translated("Nothing was noted while reading."))
