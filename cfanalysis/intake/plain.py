"""Tables of no tool: text, a workbook's sheet, Parquet, with one row of column names and one row per respondent.

Where the column names stand is found by the names that the instrument knows (`cfanalysis.intake.header`); all that
follows is the same as for the exports of survey tools (`cfanalysis.intake.exports.export_reader`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cfanalysis.intake.columns import header_meanings
from cfanalysis.intake.delimited import is_text, text_layout
from cfanalysis.intake.excel import is_workbook, open_workbook, sheet_with_answers
from cfanalysis.intake.exports.export_layout import ExportColumn, Layout
from cfanalysis.intake.exports.export_reader import TableReader
from cfanalysis.intake.exports.export_tables import ExportTable, Laid, SheetTable, TextTable
from cfanalysis.intake.header import Header
from cfanalysis.intake.parquet import ParquetTable, is_parquet
from cfanalysis.intake.reading_options import DETECT_ALL, ReadingOptions
from cfanalysis.survey.instrument import Instrument


class PlainTable(TableReader):
    """A reader of tables that no tool is known by.

    Parameters
    ----------
    name, about
        As of a `Reader`.
    recognizes
        Whether a file is of this kind.
    found
        The table in a file, and its column names.
    """

    def __init__(
        self,
        name: str,
        about: str,
        recognizes: Callable[[Path], bool],
        found: Callable[[Path, Instrument, dict[str, str], ReadingOptions], tuple[ExportTable, Header]],
    ) -> None:
        self.name, self.about, self._recognizes, self.found = name, about, recognizes, found

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether the file is of this kind."""
        return self._recognizes(path)

    def table(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL) -> Laid:
        """Return the table in the file, and its column names."""
        table, header = self.found(path, instrument, header_meanings(instrument, options.columns), options)
        columns = tuple(ExportColumn((name,) if name.strip() else ()) for name in header.names)
        return table, Layout(columns, header.first + header.depth, header.description)


def _text(
    path: Path, instrument: Instrument, known: dict[str, str], options: ReadingOptions
) -> tuple[ExportTable, Header]:
    encoding, delimiter, header = text_layout(path, instrument, known, options)
    return TextTable(path, encoding, delimiter, []), header


def _sheet(
    path: Path, instrument: Instrument, known: dict[str, str], options: ReadingOptions
) -> tuple[ExportTable, Header]:
    with open_workbook(path) as book:
        sheet, header = sheet_with_answers(book, known, options.sheet, path)
    return SheetTable(path, sheet, []), header


def _parquet(
    path: Path, instrument: Instrument, known: dict[str, str], options: ReadingOptions
) -> tuple[ExportTable, Header]:
    table = ParquetTable(path)
    return table, Header(table.names, 0, 0)


PLAIN = (
    PlainTable(
        "workbook", "Excel with one row of column names and one row per respondent", is_workbook, _sheet
    ),
    PlainTable("parquet", "Parquet with one row per respondent", is_parquet, _parquet),
    PlainTable("delimited", "CSV with one row of column names and one row per respondent", is_text, _text),
)
