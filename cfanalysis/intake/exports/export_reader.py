"""From the table of an export to raw answers: one way for all readers.

1. The reader says how the table is laid out (`Layout`).
2. Columns are matched to items by their names (`header_names`, then `cfanalysis.intake.columns`); personal ones stay
out. 3. The columns that are wanted are read, and no other.
4. Rows that the tool marks are noted, choices become answers, two moments become seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cfanalysis.core.errors import CfAnalysisError, IntakeError
from cfanalysis.intake.columns import ListedColumn, header_meanings, recognized_columns
from cfanalysis.intake.exports.export_layout import ExportColumn, Layout, Tool
from cfanalysis.intake.exports.export_tables import ExportTable, Laid, SheetTable, TextTable, candidate_tables
from cfanalysis.intake.exports.header_names import header_names
from cfanalysis.intake.exports.multiple_choice import items_without_column
from cfanalysis.intake.exports.raw_answers import Origin, raw_answers
from cfanalysis.intake.exports.reading_plan import reading_plan
from cfanalysis.intake.header import nameless
from cfanalysis.intake.reader import RawAnswers
from cfanalysis.intake.reading_options import DETECT_ALL, ReadingOptions
from cfanalysis.survey.instrument import Instrument


class TableReader:
    """What the readers of tables with one row per respondent share: each finds its table, and says what columns are."""

    name: str
    about: str

    def table(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL) -> Laid:
        """Return the table in a file, and how it is laid out."""
        raise NotImplementedError

    def columns(
        self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL
    ) -> list[ListedColumn]:
        """Return the columns that the user may have to decide about."""
        return listed_columns(self.table(path, instrument, options)[1].columns, instrument, options)

    def read(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL) -> RawAnswers:
        """Read the columns that are wanted; see `read` in the package."""
        table, layout = self.table(path, instrument, options)
        return read_table(table, layout, instrument, options, reader=self.name, file=path.name)


class ExportReader(TableReader):
    """A reader whose exports are text or workbooks.

    Parameters
    ----------
    reader
        What knows the tool's layouts.
    """

    def __init__(self, reader: Tool) -> None:
        self._reader = reader
        self.name = reader.name
        self.about = reader.about

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether the first rows are laid out as this tool does."""
        try:
            return self._find_layout(path, instrument, DETECT_ALL, look=True) is not None
        except CfAnalysisError:
            return False

    def table(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL) -> Laid:
        """Return the first table of the file that is laid out as this tool does, and its layout."""
        found = self._find_layout(path, instrument, options)
        if found is None:
            raise IntakeError(
                f"This does not look like {self.about}.",
                where=path.name,
                next_step="Leave --reader out to let the file be recognized, or export it again.",
            )
        return found

    def _find_layout(
        self, path: Path, instrument: Instrument, options: ReadingOptions, *, look: bool = False
    ) -> tuple[TextTable | SheetTable, Layout] | None:
        known = header_meanings(instrument, options.columns)
        for table in candidate_tables(path, instrument, options, look=look):
            layout = self._reader.layout(table.rows, known)
            if layout is not None:
                # A row of answers with a cell too many does not make a column.
                width = max(map(len, table.rows[: layout.depth]), default=0)
                narrow = [row[:width] for row in table.rows]
                layout = self._reader.layout(narrow, known) or layout
                names = [next(iter(column.names), "") for column in layout.columns]
                place = f"column names in row {table.above + 1}" if table.above else ""
                said = (layout.detected, place, nameless(names, narrow[layout.depth :]))
                return table, replace(layout, detected=", ".join(filter(None, said)))
        return None


def read_table(
    table: ExportTable,
    layout: Layout,
    instrument: Instrument,
    options: ReadingOptions,
    *,
    reader: str,
    file: str,
) -> RawAnswers:
    """Return the raw answers of a table: those of its columns that are wanted, and no other.

    Parameters
    ----------
    table, layout
        The table, and what its columns are.
    instrument, options
        As of `read` in the package.
    reader, file
        What it is read as, and the file's name.

    Raises
    ------
    IntakeError
        The columns do not fit the instrument, or there are no rows.
    """
    plan = reading_plan(layout.columns, instrument, options, where=table.where)
    names = plan.matched.names
    places = {place: names.get(place, "") for place in plan.places(layout)}
    needed = {item.id for item in instrument.rated_items} | {"organization"}
    reach = 1 + max((place for place, name in names.items() if name in needed), default=0)
    frame = table.frame(layout.depth, len(layout.columns), places, reach)
    if frame.empty:
        raise IntakeError("The file has column names and no answers.", where=table.where)
    detected, notes, problems = (layout.detected, *table.detected), tuple(table.notes), tuple(table.problems)
    origin = Origin(reader, file, table.where, detected, notes, problems)
    return raw_answers({place: frame[place] for place in places}, layout, plan, instrument, options, origin)


def listed_columns(
    columns: Sequence[ExportColumn], instrument: Instrument, options: ReadingOptions
) -> list[ListedColumn]:
    """Return the columns that someone may have to decide about, without those that only the tool uses.

    Parameters
    ----------
    columns
        All columns, in order.
    instrument
        What the survey asks.
    options
        The user's decisions about columns.
    """
    named = header_names(columns, instrument, options)
    matched = recognized_columns(named.headers, instrument, options.columns)
    settled = {place for place, column in enumerate(columns) if column.use is not None}
    settled |= {p for absent in items_without_column(columns, matched, instrument) for p in absent.columns}
    doubts = {problem.column: problem.proposal for problem in named.problems}
    return [
        ListedColumn(header, place + 1, next(iter(columns[place].codes), ""), doubts.get(header, ""))
        for place, header in enumerate(named.headers)
        if place in matched or place not in settled
    ]
