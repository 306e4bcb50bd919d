"""Published frequency tables in an Excel workbook: a table for each item, a row for each organization.

The instrument's ``frequency_tables`` says how the tables look: the header row's first cell, the columns
with counts, which row names are totals. An item has a sheet of its own, named by its export id, or a block on a
sheet with several tables; its text must stand above the header, so that an item whose number moved between years
is an error and not another item's numbers. Names broken over lines, non-breaking spaces and footnote marks are
smoothed before names are compared; a name without any figures is a heading or a footnote, and the table ends at the
first row without a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from cfanalysis.errors import IntakeError
from cfanalysis.instrument import FrequencyTables, Instrument, Item, Scale
from cfanalysis.intake.answers import number
from cfanalysis.intake.columns import folded
from cfanalysis.intake.dialect import FrequencyCounts
from cfanalysis.intake.options import DETECTED, ReadingOptions
from cfanalysis.intake.workbook import is_workbook, opened, sheet_texts

Rows = list[list[str]]


class _Block(NamedTuple):
    """A table on a sheet: the rows above its header row, and the rows from there on."""

    sheet: str
    above: Rows
    first: int
    rows: Rows


class _Layout(NamedTuple):
    """How many header rows a table has, and its columns by what they hold."""

    depth: int
    categories: dict[int, int]
    valid: int
    dont_know: tuple[int, ...]


class FrequencyWorkbook:
    """Excel with one frequency table a sheet."""

    name = "frequency_workbook"
    about = "Excel (.xlsx) with published frequency tables, as the instrument describes"

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether the instrument describes frequency tables and the file is a workbook."""
        return instrument.frequency_tables is not None and is_workbook(path)

    def read(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECTED) -> FrequencyCounts:
        """Read the sheets of all items of the instrument."""
        tables = instrument.frequency_tables
        if tables is None:
            raise IntakeError(
                f"The instrument {instrument.id!r} does not describe frequency tables.",
                where=path.name,
                next_step="Add a section frequency_tables to the instrument.",
            )
        with opened(path) as book:
            titles = [s.title for s in book.worksheets if options.sheet in (None, s.title)]
            wanted = {name for item in instrument.rated_items for name in (item.id, *item.source)}
            # Where items have sheets of their own, the other sheets are not read.
            chosen = [title for title in titles if title in wanted] or titles
            blocks = [b for t in chosen for b in _blocks(t, sheet_texts(book, t), tables)]
        problems: list[str] = []
        rows: list[dict[str, object]] = []
        for item in instrument.rated_items:
            try:
                rows.extend(_item_rows(item, blocks, instrument, tables))
            except IntakeError as error:
                problems.append(f"{error.problem} ({error.where})")
        if problems:
            raise IntakeError(
                "\n  - ".join(["The tables do not fit the instrument:", *problems[:20]]),
                where=path.name,
                allowed=f"for each item of {instrument.id!r} a sheet with its text above the table",
                next_step="Check that file and instrument are of the same year.",
            )
        frame = pd.DataFrame(rows)
        size = f"{frame['item'].nunique()} frequency tables of {frame['organization'].nunique()} rows"
        return FrequencyCounts(frame, path.name, self.name, (f"{path.name}: {size}",))


def _blocks(sheet: str, rows: Rows, tables: FrequencyTables) -> Iterator[_Block]:
    """Yield the tables of a sheet; a sheet without a header row is a block without rows."""
    starts = [i for i, row in enumerate(rows) if row and folded(row[0]) == folded(tables.header)]
    if not starts:
        yield _Block(sheet, rows, 0, [])
    ends = [*starts[1:], len(rows)]
    above = 0
    for start, end in zip(starts, ends, strict=True):
        yield _Block(sheet, rows[above:start], start, rows[start:end])
        named = [i for i in range(start, end) if rows[i] and rows[i][0].strip()]
        blank = next((i for i in range(start + 1, end) if not any(map(str.strip, rows[i]))), end)
        above = min(blank, (named[-1] if named else start) + 1)


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


def _item_rows(
    item: Item, blocks: list[_Block], instrument: Instrument, tables: FrequencyTables
) -> Iterator[dict[str, object]]:
    """Yield an item's shares, one dict per organization and category."""
    block = _block_of(item, blocks)
    if block is None:
        if item.optional:
            return
        raise IntakeError(
            f"there is no sheet for item {item.id!r}", where=f"sheet {' or '.join(item.source or (item.id,))}"
        )
    scale = instrument.scale_of(item.id)
    layout = _layout(block, item, scale, tables)
    totals = {folded(name) for name in tables.totals}
    seen: set[str] = set()
    for place, row in enumerate(block.rows[layout.depth :], start=block.first + layout.depth + 1):
        name = organization_name(row[0] if row else "", marks=tables.marks)
        if not name:
            if seen:
                return
            continue
        cells = {
            i: row[i] if i < len(row) else "" for i in (*layout.categories, layout.valid, *layout.dont_know)
        }
        if not any(cell.strip() for cell in cells.values()):
            continue
        if name in seen:
            raise IntakeError(
                f"{name!r} stands twice for item {item.id!r}", where=f"sheet {block.sheet}, row {place}"
            )
        seen.add(name)
        where = f"sheet {block.sheet}, row {place}"
        fixed = {
            "organization": name,
            "wave": tables.wave,
            "kind": "total" if folded(name) in totals else "organization",
            "item": item.id,
            "n": count_of(cells[layout.valid], where),
            "n_dont_know": sum(count_of(cells[i], where) for i in layout.dont_know if cells[i].strip()),
            "place": where,
        }
        for category, share in shares_of({c: cells[i] for i, c in layout.categories.items()}, where).items():
            yield {**fixed, "category": category, "share": share}


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
    spellings = {folded(s): c for c in scale.categories for s in scale.spellings(c)}
    unknown = {folded(label) for label in scale.dont_know.labels}
    known = {*spellings, *unknown, folded(tables.count)}
    cells, depth = _column_names(block, known, tables.marks)
    categories = {i: spellings[cell] for i, cell in cells.items() if cell in spellings}
    if sorted(categories.values()) != list(scale.categories):
        raise IntakeError(
            f"the columns of item {item.id!r} are not the answers of its scale {item.scale!r}", where=where
        )
    counts = [i for i, cell in cells.items() if cell == folded(tables.count)]
    if len(counts) != 1:
        raise IntakeError(f"there is no column {tables.count!r} for item {item.id!r}", where=where)
    return _Layout(depth, categories, counts[0], tuple(i for i, c in cells.items() if c in unknown))


def _column_names(block: _Block, known: set[str], marks: str) -> tuple[dict[int, str], int]:
    """Return what is known of the header's cells, by column, and in how many rows they stand.

    Where names are merged over columns, the lower row has those that count, and the upper one the rest.
    """
    rows = [[folded(cell).strip(marks).strip() for cell in row] for row in block.rows[:2]]
    lower = {i for i, cell in enumerate(rows[1]) if cell in known} if len(rows) > 1 else set()
    named = {i: cell for i, cell in enumerate(rows[0]) if cell in known}
    return {**named, **{i: rows[1][i] for i in lower}}, 2 if lower else 1


def organization_name(cell: str, *, marks: str) -> str:
    r"""Return an organization's name: white space smoothed, footnote marks removed.

    Examples
    --------
    >>> organization_name("†Marine\nCorps\u00a0", marks="†*")
    'Marine Corps'
    """
    return " ".join(cell.split()).strip(marks).strip()


def _words(text: str) -> str:
    """Return the text's letters and digits: typographic quotes and spacing differ between sheets."""
    return re.sub(r"[^\w]+", " ", text.casefold()).strip()


def count_of(cell: str, place: str) -> int:
    """Return a number of answers: digits, perhaps divided into thousands; an `IntakeError` where it is none."""
    digits = re.sub(r"[\s,.\u2019'](?=\d{3}\b)", "", cell.strip())
    if not digits.isdecimal() or not digits.isascii():
        raise IntakeError(f"{cell!r} is not a count", where=place)
    return int(digits)


def shares_of(cells: dict[int, str], place: str) -> dict[int, float]:
    """Return the shares (0-1) of a row's categories: fractions, percentages with a sign, or numbers to 100 without.

    Examples
    --------
    >>> shares_of({1: "60,5 %", 2: "39,5 %"}, "row 1")
    {1: 0.605, 2: 0.395}
    >>> shares_of({1: "60", 2: "40"}, "row 1")
    {1: 0.6, 2: 0.4}
    """
    values: dict[int, float] = {}
    signed = 0
    for category, cell in cells.items():
        text = re.sub(r"\s", "", cell)
        signed += text.endswith("%")
        value = number(text.removesuffix("%"), decimal="," if "," in text else ".")
        if value is None or not 0 <= value <= 100:
            raise IntakeError(f"{cell!r} is not a share", where=f"{place} (allowed: 0 % to 100 %, or 0 to 1)")
        values[category] = value
    percent = signed == len(values) or (signed == 0 and sum(values.values()) > 2)
    if signed and not percent:
        raise IntakeError("shares with and without a per cent sign stand in one row", where=place)
    return {category: round(value / 100, 12) if percent else value for category, value in values.items()}
