"""The blocks on data quality: summary, key figures, charts and notes, one call for one cell."""

from __future__ import annotations

from cfanalysis.analyses.cleaning_record import CleaningRecord
from cfanalysis.analyses.item_quality import ItemQuality
from cfanalysis.analyses.participation import Participation
from cfanalysis.core.blocks import KeyFigure, KeyFigures, Prose, escape_markdown
from cfanalysis.core.errors import shorten
from cfanalysis.core.formatting import percent
from cfanalysis.reports.data_quality.quality_sentences import number_with_noun

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
    units = "Respondents" if people.unit == "respondent" else "Organizations"
    few = (
        f"{people.n_below:,} with fewer than {people.minimum} respondents"
        if people.unit == "organization"
        else ""
    )
    last = KeyFigure(units, f"{people.n:,}", "" if people.published else few)
    if record.published or items.missing is None:
        return KeyFigures((KeyFigure("Items", f"{len(items.frame):,}", "published frequency tables"), last))
    return KeyFigures(
        (
            KeyFigure("Rows used", f"{record.rows_out:,}", f"of {record.rows_in:,}"),
            KeyFigure("Cells changed", f"{record.cells_changed:,}", f"{record.rows_flagged:,} rows flagged"),
            KeyFigure("No answer", percent(items.missing, 1), f"don't know {percent(items.dont_know, 1)}"),
            last,
        )
    )


def reading_notes(record: CleaningRecord) -> Prose:
    """Return what was detected while reading, and what of the file was not used."""
    lines = [f"- {escape_markdown(note)}" for note in record.notes]
    if record.ignored_columns:
        names = ", ".join(
            escape_markdown(shorten(name, limit=30)) for name in record.ignored_columns[:_SHOWN]
        )
        more = len(record.ignored_columns) - _SHOWN
        lines.append(
            f"- {number_with_noun(len(record.ignored_columns), 'column')} not used, because the "
            "instrument does not "
            f"ask for them: {names}" + (f" and {more} more" if more > 0 else "")
        )
    lines += [
        f"- In an auxiliary file, without a counterpart: {escape_markdown(text)}"
        for text in record.unmatched[:_SHOWN]
    ]
    return Prose("\n".join(lines) or "Nothing was noted while reading.")
