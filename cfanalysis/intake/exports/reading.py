"""From the table of an export to raw answers: one way for all dialects.

1. The dialect says how the table is laid out (`Layout`).
2. Columns are matched to items by their names (`naming`, then `cfanalysis.intake.columns`); personal ones stay out.
3. The columns that are wanted are read, and no other.
4. Rows that the tool marks are noted, choices become answers, two moments become seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cfanalysis.core.errors import CfAnalysisError, IntakeError
from cfanalysis.intake.columns import ListedColumn, known_names, meant
from cfanalysis.intake.exports.answering import Origin, answers
from cfanalysis.intake.exports.choices import absent_items
from cfanalysis.intake.exports.layout import Column, Layout, Tool
from cfanalysis.intake.exports.naming import named_columns
from cfanalysis.intake.exports.planning import planned
from cfanalysis.intake.exports.tables import ExportTable, Laid, SheetTable, TextTable, tables
from cfanalysis.intake.header import nameless
from cfanalysis.intake.options import DETECTED, ReadingOptions
from cfanalysis.intake.reader import RawAnswers
from cfanalysis.survey.instrument import Instrument


class TableReader:
    """What the readers of tables with one row per respondent share: each finds its table, and says what columns are."""

    name: str
    about: str

    def table(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECTED) -> Laid:
        """Return the table in a file, and how it is laid out."""
        raise NotImplementedError

    def columns(
        self, path: Path, instrument: Instrument, options: ReadingOptions = DETECTED
    ) -> list[ListedColumn]:
        """Return the columns about which there is something to decide."""
        return listed_columns(self.table(path, instrument, options)[1].columns, instrument, options)

    def read(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECTED) -> RawAnswers:
        """Read the columns that are wanted; see `read` in the package."""
        table, layout = self.table(path, instrument, options)
        return read_table(table, layout, instrument, options, dialect=self.name, file=path.name)


class Export(TableReader):
    """A dialect whose exports are text or workbooks.

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
            return self._laid_out(path, instrument, DETECTED, look=True) is not None
        except CfAnalysisError:
            return False

    def table(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECTED) -> Laid:
        """Return the first table of the file that is laid out as this tool does, and its layout."""
        found = self._laid_out(path, instrument, options)
        if found is None:
            raise IntakeError(
                f"This does not look like {self.about}.",
                where=path.name,
                next_step="Leave --dialect out to let the file be recognized, or export it again.",
            )
        return found

    def _laid_out(
        self, path: Path, instrument: Instrument, options: ReadingOptions, *, look: bool = False
    ) -> tuple[TextTable | SheetTable, Layout] | None:
        known = known_names(instrument, options.columns)
        for table in tables(path, instrument, options, look=look):
            layout = self._reader.layout(table.rows, known)
            if layout is not None:
                # A row of answers with a cell too many does not make a column.
                width = max(map(len, table.rows[: layout.depth]), default=0)
                narrow = [row[:width] for row in table.rows]
                layout = self._reader.layout(narrow, known) or layout
                names = [next(iter(column.names), "") for column in layout.columns]
                said = (layout.said, nameless(names, narrow[layout.depth :]))
                return table, replace(layout, said=", ".join(filter(None, said)))
        return None


def read_table(
    table: ExportTable,
    layout: Layout,
    instrument: Instrument,
    options: ReadingOptions,
    *,
    dialect: str,
    file: str,
) -> RawAnswers:
    """Return the raw answers of a table: those of its columns that are wanted, and no other.

    Parameters
    ----------
    table, layout
        The table, and what its columns are.
    instrument, options
        As of `read` in the package.
    dialect, file
        What it is read as, and the file's name.

    Raises
    ------
    IntakeError
        The columns do not fit the instrument, or there are no rows.
    """
    plan = planned(layout.columns, instrument, options, where=table.where)
    names = plan.matched.names
    once = {place for place, name in names.items() if list(names.values()).count(name) == 1}
    sources = {place: names[place] if place in once else f"column {place}" for place in plan.places(layout)}
    needed = {item.id for item in instrument.rated_items} | {"organization"}
    reach = 1 + max((place for place, name in names.items() if name in needed), default=0)
    frame = table.frame(layout.depth, len(layout.columns), sources, reach)
    if frame.empty:
        raise IntakeError("The file has column names and no answers.", where=table.where)
    texts = {place: frame[name] for place, name in sources.items()}
    origin = Origin(dialect, file, table.where, (layout.said, *table.said), tuple(table.notes))
    return answers(texts, layout, plan, instrument, options, origin)


def listed_columns(
    columns: Sequence[Column], instrument: Instrument, options: ReadingOptions
) -> list[ListedColumn]:
    """Return the columns about which there is something to decide: not those that only the tool has a use for."""
    named = named_columns(columns, instrument, options)
    matched = meant(named.headers, instrument, options.columns)
    settled = {place for place, column in enumerate(columns) if column.use is not None}
    settled |= {p for absent in absent_items(columns, matched, instrument) for p in absent.columns}
    doubts = {problem.column: problem.proposal for problem in named.problems}
    return [
        ListedColumn(header, place + 1, next(iter(columns[place].codes), ""), doubts.get(header, ""))
        for place, header in enumerate(named.headers)
        if place in matched or place not in settled
    ]
