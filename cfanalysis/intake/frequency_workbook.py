"""Published frequency tables in an Excel workbook: a table for each item, a row for each organization.

The instrument's ``frequency_tables`` says how the tables look: the header row's first cell, the columns
with counts, which row names are totals. An item has a sheet of its own, named by its export id, or a block on a
sheet with several tables; its text must stand above the header, so that an item whose number moved between years
is an error and not another item's numbers. Names broken over lines, non-breaking spaces and footnote marks are
smoothed before names are compared; a name without any figures is a heading or a footnote, and the table ends at the
next header or the sheet's end. Where a figure of a row is withheld (`cfanalysis.intake.frequency_checks`),
the item is missing for that organization.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake.excel import is_workbook, open_workbook
from cfanalysis.intake.findings import Finding, refuse_findings
from cfanalysis.intake.folding import comparable_text, is_placeholder
from cfanalysis.intake.frequency_checks import (
    UNKNOWN,
    Suppressed,
    count_of,
    is_withheld,
    refuse_unanswered,
    shares_of,
    withheld_texts,
)
from cfanalysis.intake.reader import FrequencyCounts
from cfanalysis.intake.reading_options import DETECT_ALL, ReadingOptions
from cfanalysis.survey.instrument import FrequencyTables, Instrument, Item, Scale

_Rows = list[list[str]]
_COLUMNS = ["organization", "wave", "kind", "item", "n", "n_dont_know", "place", "category", "share"]


class _Block(NamedTuple):
    """A table on a sheet: the rows above its header row, and the rows from there on."""

    sheet: str
    above: _Rows
    first: int
    rows: _Rows


class _Layout(NamedTuple):
    """How many header rows a table has, and its columns by what they hold."""

    depth: int
    categories: dict[int, int]
    valid: int | None
    dont_know: tuple[int, ...]

    @property
    def columns(self) -> tuple[int, ...]:
        """All columns that hold figures."""
        return (*self.categories, *(() if self.valid is None else (self.valid,)), *self.dont_know)


class FrequencyWorkbookReader:
    """Excel with one frequency table a sheet."""

    name = "frequency_workbook"
    about = "Excel (.xlsx) with published frequency tables, as the instrument describes"

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether the instrument describes frequency tables and the file is a workbook."""
        return instrument.frequency_tables is not None and is_workbook(path)

    def read(
        self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL
    ) -> FrequencyCounts:
        """Read the sheets of all items of the instrument."""
        tables = instrument.frequency_tables
        if tables is None:
            raise IntakeError(
                f"The instrument {instrument.id!r} does not describe frequency tables.",
                where=path.name,
                next_step="Add a section frequency_tables to the instrument.",
            )
        with open_workbook(path) as book:
            titles = [title for title in book.titles if options.sheet in (None, title)]
            wanted = {name for item in instrument.rated_items for name in (item.id, *item.source)}
            # Where items have sheets of their own, the other sheets are not read.
            chosen = [title for title in titles if title in wanted] or titles
            blocks = [b for t in chosen for b in _blocks(t, list(book.rows(t)), tables)]
        read = _Reading(instrument, tables)
        for item in instrument.rated_items:
            read.item(item, blocks)
        if not options.lenient:
            refuse_findings(
                read.problems,
                "The tables do not fit the instrument:",
                where=path.name,
                allowed=f"for each item of {instrument.id!r} a sheet with its text above the table",
                next_step="Check that file and instrument are of the same year, and correct what is named; "
                "marks of withheld figures stand in the instrument (frequency_tables: suppressed).",
                line=lambda finding: f"{finding.place}: {finding.problem}",
            )
        frame = pd.DataFrame(read.rows, columns=_COLUMNS)
        if frame.empty and not read.problems:
            refuse_unanswered(frame, path.name)
        unknown = {cell.item for cell in read.suppressed if cell.column == "n_dont_know"}
        frame.loc[frame["item"].isin(unknown), "n_dont_know"] = 0
        size = f"{frame['item'].nunique():,} frequency tables of {frame['organization'].nunique():,} rows"
        return FrequencyCounts(
            frame,
            path.name,
            self.name,
            (f"{path.name}: {size}",),
            tuple(read.problems),
            tuple(read.suppressed),
        )


def _blocks(sheet: str, rows: _Rows, tables: FrequencyTables) -> Iterator[_Block]:
    """Yield the tables of a sheet; a sheet without a header row is a block without rows."""
    starts = [
        i for i, row in enumerate(rows) if row and comparable_text(row[0]) == comparable_text(tables.header)
    ]
    figures = [i for i, row in enumerate(rows) if row and row[0].strip() and sum(map(bool, row[1:])) > 1]
    ends_above = {i: max((k for k in figures if k < i and k not in starts), default=-1) + 1 for i in starts}
    # A header that is repeated with no text above it goes on with the table before.
    starts = [i for i in starts if i == starts[0] or any(map(any, rows[ends_above[i] : i]))]
    if not starts:
        yield _Block(sheet, rows, 0, [])
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        yield _Block(sheet, rows[ends_above[start] : start], start, rows[start:end])


def _block_of(item: Item, blocks: list[_Block]) -> _Block | None:
    """Return the table of an item: on its own sheet, or the one block above which its text stands."""
    for name in (*item.source, item.id):
        own = [block for block in blocks if block.sheet == name]
        if len(own) == 1:
            return own[0]
        if own:
            blocks = own
            break
    fitting = [block for block in blocks if _words(item.text) in _words(_above(block))]
    if len(fitting) > 1:
        sheets = ", ".join(f"{b.sheet} row {b.first + 1}" for b in fitting)
        raise IntakeError(
            f"the text of item {item.id!r} stands above {len(fitting)} tables", where=f"sheet {sheets}"
        )
    return fitting[0] if fitting else None


class _Reading:
    """What is read of the tables: the rows of `FrequencyCounts`, withheld cells, and all that is wrong."""

    def __init__(self, instrument: Instrument, tables: FrequencyTables) -> None:
        self._instrument, self._tables = instrument, tables
        self._totals = {comparable_text(name) for name in tables.totals}
        self._withheld = withheld_texts(instrument)
        self.rows: list[dict[str, object]] = []
        self.suppressed: list[Suppressed] = []
        self.problems: list[Finding] = []

    def item(self, item: Item, blocks: list[_Block]) -> None:
        """Read the table of an item."""
        try:
            block = _block_of(item, blocks)
            if block is None:
                if not item.optional:
                    raise IntakeError(
                        f"there is no sheet for item {item.id!r}",
                        where=f"sheet {' or '.join(item.source or (item.id,))}",
                    )
                return
            layout = _layout(block, item, self._instrument.scale_of(item.id), self._tables)
        except IntakeError as error:
            sheet = str(error.where or "").removeprefix("sheet ")
            self.problems.append(Finding("no_table", error.problem, item.id, sheet=sheet))
            return
        seen: set[str] = set()
        for row, cells in enumerate(block.rows[layout.depth :], start=block.first + layout.depth + 1):
            name = organization_name(cells[0] if cells else "", marks=self._tables.marks)
            name = "" if is_placeholder(name) else name
            found = {i: cells[i] if i < len(cells) else "" for i in layout.columns}
            figures = any(c.strip() and (name or not is_withheld(c, self._withheld)) for c in found.values())
            if name and figures and comparable_text(name) != comparable_text(self._tables.header):
                self._organization(item, layout, name, found, (block.sheet, row), seen)
            elif figures and not name and seen:
                problem = f"figures of item {item.id!r} stand in a row without a name"
                self.problems.append(Finding("no_organization", problem, item.id, row, sheet=block.sheet))

    def _organization(
        self,
        item: Item,
        layout: _Layout,
        name: str,
        cells: dict[int, str],
        at: tuple[str, int],
        seen: set[str],
    ) -> None:
        """Read a row of a table."""
        place = f"sheet {at[0]}, row {at[1]}"
        if name in seen:
            problem = f"{name!r} occurs twice for item {item.id!r}"
            self.problems.append(Finding("twice", problem, item.id, at[1], name, sheet=at[0]))
            return
        seen.add(name)
        hidden = {i for i, cell in cells.items() if is_withheld(cell, self._withheld)}
        for i in sorted(hidden):
            column = "n_dont_know" if i in layout.dont_know else item.id
            self.suppressed.append(
                Suppressed(name, self._tables.wave, item.id, *at, cells[i].strip(), column)
            )
        if hidden - set(layout.dont_know):
            return
        try:
            fixed = {
                "organization": name,
                "wave": self._tables.wave,
                "kind": "total" if comparable_text(name) in self._totals else "organization",
                "item": item.id,
                "n": UNKNOWN if layout.valid is None else count_of(cells[layout.valid], place),
                "n_dont_know": sum(
                    count_of(cells[i], place)
                    for i in layout.dont_know
                    if cells[i].strip() and i not in hidden
                ),
                "place": place,
            }
            shares = shares_of({c: cells[i] for i, c in layout.categories.items()}, place)
        except IntakeError as error:
            problem = f"{name}, {item.id}: {error.problem}"
            self.problems.append(
                Finding("not_a_figure", problem, item.id, at[1], str(error.value), sheet=at[0])
            )
            return
        self.rows += [{**fixed, "category": category, "share": share} for category, share in shares.items()]


def _above(block: _Block) -> str:
    return " ".join(cell for row in block.above for cell in row if cell.strip())


def _layout(block: _Block, item: Item, scale: Scale, tables: FrequencyTables) -> _Layout:
    """Return how the table is laid out; an `IntakeError` where it is not this item's."""
    where = f"sheet {block.sheet}"
    if not block.rows:
        raise IntakeError(
            f"item {item.id!r} has 0 header rows that begin with {tables.header!r}", where=where
        )
    if _words(item.text) not in _words(_above(block)):
        raise IntakeError(f"the text of item {item.id!r} does not stand above the table", where=where)
    spellings = {comparable_text(s): c for c in scale.categories for s in scale.spellings(c)}
    unknown = {comparable_text(label) for label in scale.dont_know.labels}
    known = {*spellings, *unknown, comparable_text(tables.count)} - {""}
    cells, depth = _column_names(block, known, tables.marks)
    categories = {i: spellings[cell] for i, cell in cells.items() if cell in spellings}
    if sorted(categories.values()) != list(scale.categories):
        raise IntakeError(
            f"the columns of item {item.id!r} are not the answers of its scale {item.scale!r}", where=where
        )
    counts = [i for i, cell in cells.items() if cell == comparable_text(tables.count)]
    if len(counts) != 1 and tables.count:
        raise IntakeError(f"there is no column {tables.count!r} for item {item.id!r}", where=where)
    return _Layout(
        depth,
        categories,
        counts[0] if tables.count else None,
        tuple(i for i, c in cells.items() if c in unknown),
    )


def _column_names(block: _Block, known: set[str], marks: str) -> tuple[dict[int, str], int]:
    """Return what is known of the header's cells, by column, and in how many rows they stand.

    Where names are merged over columns, the lower row has those that count, and the upper one the rest.
    """
    rows = [[comparable_text(cell).strip(marks).strip() for cell in row] for row in block.rows[:2]]
    lower = {i for i, cell in enumerate(rows[1]) if cell in known} if len(rows) > 1 else set()
    named = {i: cell for i, cell in enumerate(rows[0]) if cell in known}
    return {**named, **{i: rows[1][i] for i in lower}}, 2 if lower else 1


def organization_name(cell: str, *, marks: str) -> str:
    r"""Return an organization's name with single spaces and without footnote marks.

    Parameters
    ----------
    cell
        The cell's text.
    marks
        The characters that mark footnotes.

    Examples
    --------
    >>> organization_name("†Marine\nCorps\u00a0", marks="†*")
    'Marine Corps'
    """
    return " ".join(cell.split()).strip(marks).strip()


def _words(text: str) -> str:
    """Return the text's letters and digits: typographic quotes and spacing differ between sheets."""
    return re.sub(r"[^\w]+", " ", text.casefold()).strip()
