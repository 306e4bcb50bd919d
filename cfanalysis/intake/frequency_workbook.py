"""Published frequency tables in an Excel workbook: a sheet for each item, a row for each organization.

The instrument's ``frequency_tables`` says how the tables look: the header row's first cell, the columns
with counts, which row names are totals. An item is found by its export id, the sheet's name, and its text
must stand above the header, so that an item whose number moved between years is an error and not another
item's numbers. Names broken over lines, non-breaking spaces and footnote marks are smoothed before names are
compared; the table ends at the first row without a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from cfanalysis.errors import IntakeError
from cfanalysis.instrument import FrequencyTables, Instrument, Item, Scale
from cfanalysis.intake.columns import folded
from cfanalysis.intake.dialect import FrequencyCounts
from cfanalysis.intake.options import DETECTED, ReadingOptions
from cfanalysis.intake.workbook import cell_text, is_workbook, opened

Rows = list[list[str]]


class _Layout(NamedTuple):
    """Where a sheet's table stands: header row, and columns by what they hold."""

    header: int
    categories: dict[int, int]
    valid: int
    dont_know: tuple[int, ...]


class FrequencyWorkbook:
    """Excel with one frequency table a sheet."""

    name = "frequency_workbook"
    about = "Excel (.xlsx) with one published frequency table a sheet, as the instrument describes"

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
            wanted = {name for item in instrument.rated_items for name in (item.id, *item.source)}
            sheets: dict[str, Rows] = {
                s.title: [[cell_text(v) for v in row] for row in s.iter_rows(values_only=True)]
                for s in book.worksheets
                if s.title in wanted
            }
        problems: list[str] = []
        rows: list[dict[str, object]] = []
        for item in instrument.rated_items:
            try:
                rows.extend(_item_rows(item, sheets, instrument, tables))
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


def _item_rows(
    item: Item, sheets: dict[str, Rows], instrument: Instrument, tables: FrequencyTables
) -> Iterator[dict[str, object]]:
    """Yield an item's shares, one dict per organization and category."""
    sheet = next((name for name in (*item.source, item.id) if name in sheets), None)
    if sheet is None:
        if item.optional:
            return
        raise IntakeError(
            f"there is no sheet for item {item.id!r}", where=f"sheet {' or '.join(item.source)}"
        )
    rows, scale = sheets[sheet], instrument.scale_of(item.id)
    layout = _layout(rows, item, scale, tables, sheet)
    totals = {folded(name) for name in tables.totals}
    seen: set[str] = set()
    for number, row in enumerate(rows[layout.header + 1 :], start=layout.header + 2):
        name = organization_name(row[0], marks=tables.marks)
        if not name:
            if seen:
                return
            continue
        if name in seen:
            raise IntakeError(
                f"{name!r} stands twice for item {item.id!r}", where=f"sheet {sheet}, row {number}"
            )
        seen.add(name)
        place = f"sheet {sheet}, row {number}"
        fixed = {
            "organization": name,
            "wave": tables.wave,
            "kind": "total" if folded(name) in totals else "organization",
            "item": item.id,
            "n": _count(row[layout.valid], place),
            "n_dont_know": sum(_count(row[i], place) for i in layout.dont_know if row[i].strip()),
            "place": place,
        }
        for column, category in layout.categories.items():
            yield {**fixed, "category": category, "share": _share(row[column], place)}


def _layout(rows: Rows, item: Item, scale: Scale, tables: FrequencyTables, sheet: str) -> _Layout:
    """Return where the table stands; an `IntakeError` where the sheet is not this item's."""
    headers = [i for i, row in enumerate(rows) if row and folded(row[0]) == folded(tables.header)]
    if len(headers) != 1:
        raise IntakeError(
            f"item {item.id!r} has {len(headers)} header rows that begin with {tables.header!r}",
            where=f"sheet {sheet}",
        )
    above = " ".join(folded(cell) for row in rows[: headers[0]] for cell in row if cell.strip())
    if _words(item.text) not in _words(above):
        raise IntakeError(
            f"the text of item {item.id!r} does not stand above the table", where=f"sheet {sheet}"
        )
    cells = [folded(cell) for cell in rows[headers[0]]]
    spellings = {folded(s): c for c in scale.categories for s in scale.spellings(c)}
    categories = {i: spellings[cell] for i, cell in enumerate(cells) if cell in spellings}
    if sorted(categories.values()) != list(scale.categories):
        raise IntakeError(
            f"the columns of item {item.id!r} are not the answers of its scale {item.scale!r}",
            where=f"sheet {sheet}",
        )
    counts = [i for i, cell in enumerate(cells) if cell.rstrip(tables.marks) == folded(tables.count)]
    if len(counts) != 1:
        raise IntakeError(f"there is no column {tables.count!r} for item {item.id!r}", where=f"sheet {sheet}")
    unknown = {folded(label) for label in scale.dont_know.labels}
    return _Layout(headers[0], categories, counts[0], tuple(i for i, c in enumerate(cells) if c in unknown))


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


def _count(cell: str, place: str) -> int:
    digits = re.sub(r"[\s,\u2019']", "", cell)
    if not digits.isdecimal():
        raise IntakeError(f"{cell!r} is not a count", where=place)
    return int(digits)


def _share(cell: str, place: str) -> float:
    text = re.sub(r"\s", "", cell)
    try:
        value = float(text.removesuffix("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value <= 1:
        raise IntakeError(f"{cell!r} is not a share", where=f"{place} (allowed: 0 % to 100 %, or 0 to 1)")
    return value
