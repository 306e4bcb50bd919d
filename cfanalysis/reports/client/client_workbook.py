"""A client's figures as a spreadsheet: the tables of its report, a sheet each, formatted and safe.

Numbers are numbers: every table that the report prints is written from the same blocks, and a cell that is a plain
number, a percentage or a signed number becomes one, so that the figures on paper and in the sheet are the same. What
came from data is written as text, never as a formula. The same extract gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cfanalysis.analyses.client_answers import extremes
from cfanalysis.analyses.client_participation import client_participation
from cfanalysis.analyses.client_report import client_pairs, client_standing
from cfanalysis.analyses.client_roles import client_roles
from cfanalysis.analyses.customer_types import client_customer_types
from cfanalysis.analyses.open_answers import client_comments
from cfanalysis.analyses.performance_levels import client_level
from cfanalysis.analyses.practices import client_practices
from cfanalysis.analyses.priorities import priorities
from cfanalysis.analyses.trends import client_trend
from cfanalysis.analyses.warning_signs import client_warning_signs
from cfanalysis.core.blocks import Column, Table
from cfanalysis.core.files import atomic_file
from cfanalysis.core.formatting import MISSING
from cfanalysis.core.language import current_language, message, translated
from cfanalysis.core.spreadsheets import cell_text, excel_workbook
from cfanalysis.core.templates import sentence
from cfanalysis.reports import client
from cfanalysis.reports.common.page_blocks import client_masthead
from cfanalysis.survey.survey_data import ClientExtract

WIDEST, NARROWEST = 60, 9
_NUMBER = re.compile(r"([+\N{MINUS SIGN}-]?)(\d{1,3}(?:,\d{3})*|\d+)(?:\.(\d+))?(%?)")
_MARGIN = 2
_Style = Callable[..., Format]


def client_sheets(extract: ClientExtract) -> dict[str, list[Table]]:
    """Return the tables of a client's report by sheet; sheets without data are left out."""
    found, standing, roles = priorities(extract), client_standing(extract), client_roles(extract)
    sheets: dict[str, list[object]] = {
        translated("Summary"): [
            client.client_standing_table(standing, extract),
            client.strengths_table(found, extract),
            client.opportunities_table(found, extract),
        ],
        translated("Who answered"): [client.participation_table(client_participation(extract, roles))],
        translated("Dimensions"): [client.dimensions_table(extract)],
        translated("Pairs"): [client.pairs_table(client_pairs(extract), extract)],
        translated("Items"): [
            client.client_item_table(extract, facet, distribution=True) for facet in ("say", "do")
        ],
        translated("What stands out"): [*client.extremes_tables(extremes(extract), extract).blocks],
        translated("Practices"): [client.practice_table(client_practices(extract))],
        translated("Level"): [client.level_table(client_level(extract))],
        translated("Warning signs"): [client.signs_table(client_warning_signs(extract))],
        translated("People", context="sheet"): [
            client.roles_table(roles),
            client.customer_types_table(client_customer_types(extract)),
        ],
        translated("Trend"): [client.trend_table(client_trend(extract), extract)],
        translated("Open answers"): [client.themes_table(found) for found in client_comments(extract)],
        translated("Benchmark"): [client.benchmark_table(extract)],
    }
    tables = {
        name: [numeric_table(block) for block in blocks if isinstance(block, Table)]
        for name, blocks in sheets.items()
    }
    return {name: kept for name, kept in tables.items() if kept}


def numeric_table(table: Table) -> Table:
    """Return a table for a spreadsheet: a column of intervals or of distributions becomes a column for each number.

    Examples
    --------
    >>> table = Table("T", [Column(""), Column("95% interval")], [("Say", "4.1 to 6.0"), ("Do", "–")])
    >>> split = numeric_table(table)
    >>> [column.label for column in split.columns], split.rows[0]
    (['', '95% interval, from', '95% interval, to'], ('Say', '4.1', '6.0'))
    """
    columns: list[Column] = []
    cells: list[list[str]] = [[] for _ in table.rows]
    for i, column in enumerate(table.columns):
        parts = [_numbers(row[i]) if i else None for row in table.rows]
        sizes = {
            len(p) for p, row in zip(parts, table.rows, strict=True) if p and row[i] not in (MISSING, "")
        }
        plain = any(
            p is None and row[i] not in (MISSING, "") for p, row in zip(parts, table.rows, strict=True)
        )
        size = 1 if plain or len(sizes) != 1 else sizes.pop()
        ends = [message("{label}, from"), message("{label}, to")] if size == 2 else ["{label}, {k:d}"] * size
        labels = [sentence(end, label=column.label, k=k) for k, end in enumerate(ends, start=1)]
        columns += [replace(column, label=label) for label in (labels if size > 1 else [column.label])]
        for line, part, row in zip(cells, parts, table.rows, strict=True):
            line += [row[i]] if size == 1 else list(part or (MISSING,) * size)
    return replace(table, columns=columns, rows=[tuple(line) for line in cells])


def _numbers(text: str) -> tuple[str, ...] | None:
    """Return the numbers of a cell that holds nothing else; None for any other cell."""
    between = re.fullmatch(r"\{low\}(.+)\{high\}", translated("{low} to {high}"))
    ends = re.escape(between[1]) if between else " to "
    parts = tuple(re.split(rf"{ends}| · ", text))
    return parts if all(_number(part) for part in parts) else None


def _number(text: str) -> re.Match[str] | None:
    """Return the parts of a number that is written in the reader's language; None for anything else."""
    language = current_language()
    sign = language.percentage("")
    plain = f"{text.removesuffix(sign)}%" if text.endswith(sign) else text
    signs = {ord(language.symbol("decimal")): ".", ord(language.symbol("group")): ","}
    return _NUMBER.fullmatch(plain.translate(signs))


def write_client_workbook(
    extract: ClientExtract, path: Path, *, imprint: Sequence[Sequence[str]] = ()
) -> Path:
    """Write a client's figures as an Excel workbook.

    Parameters
    ----------
    extract
        The client's extract.
    path
        The file, ``.xlsx``; written whole or not at all.
    imprint
        Labels and values that say the edition, such as its date.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    head = client_masthead(extract)
    with atomic_file(path) as aside, excel_workbook(aside, title=f"{head.title}: {head.subtitle}") as book:
        book.set_size(1600, 1200)
        styles = _styles(book)
        _write_cover(
            book.add_worksheet(translated("Cover")),
            styles,
            [head.title, head.subtitle, head.notice],
            [*head.facts, *imprint],
        )
        for name, tables in client_sheets(extract).items():
            _write_sheet(book.add_worksheet(name), styles, tables)
    return path


def cell_number(text: str) -> tuple[float, str] | None:
    """Return a cell's number and its number format; None where the cell is no plain number.

    Examples
    --------
    >>> cell_number("+1,234.5"), cell_number("43%"), cell_number("12 to 15")
    ((1234.5, '+#,##0.0;-#,##0.0;0.0'), (0.43, '0%'), None)
    """
    match = _number(text)
    if match is None:
        return None
    sign, whole, fraction, percent = match.groups()
    value = float(whole.replace(",", "") + (f".{fraction}" if fraction else ""))
    value = -value if sign in ("-", "\N{MINUS SIGN}") else value
    digits = len(fraction or "")
    decimals = "." + "0" * digits if digits else ""
    if percent:
        return round(value / 100, digits + 2), f"0{decimals}%"
    plain = f"#,##0{decimals}"
    return value, f"+{plain};-{plain};0{decimals}" if sign == "+" else plain


def _styles(book: xlsxwriter.Workbook) -> _Style:
    """Return what gives a workbook's cell formats by their properties, each made once."""

    @cache
    def style(**properties: object) -> Format:
        return book.add_format({"font_name": "Calibri", "valign": "top", **properties})

    return style


def _write_cover(
    sheet: Worksheet, styles: _Style, lines: Sequence[str], facts: Sequence[Sequence[str]]
) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 70)
    sheet.write_string(0, 0, cell_text(lines[0]), styles(bold=True, font_size=20))
    for row, line in enumerate(lines[1:], start=1):
        sheet.write_string(row, 0, cell_text(line), styles(font_color="#5b6b7a"))
    for row, (label, value) in enumerate(facts, start=len(lines) + 1):
        sheet.write_string(row, 0, cell_text(label), styles(font_color="#5b6b7a"))
        sheet.write_string(row, 1, cell_text(value), styles(bold=True))


def _write_sheet(sheet: Worksheet, styles: _Style, tables: Sequence[Table]) -> None:
    """Write tables below each other; the first one's head stays in sight where it is the only one."""
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    widths: dict[int, int] = {}
    row = 0
    for table in tables:
        sheet.write_string(row, 0, cell_text(table.title), styles(bold=True, font_size=13))
        for column, head in enumerate(table.columns):
            style = styles(bold=True, bottom=1, text_wrap=True, align=head.align, font_color="#5b6b7a")
            sheet.write_string(row + 1, column, cell_text(head.label), style)
            widths[column] = max(widths.get(column, NARROWEST), min(len(head.label), 18) + _MARGIN)
        for number, cells in enumerate(table.rows, start=row + 2):
            bold = number - row - 2 in table.emphasis
            for column, text in enumerate(cells):
                _write_cell(sheet, styles, number, column, text, align=table.columns[column].align, bold=bold)
                widths[column] = max(widths[column], min(len(text) + _MARGIN, WIDEST))
        if len(tables) == 1:
            sheet.freeze_panes(row + 2, 1)
        row += len(table.rows) + 2
        sheet.write_string(row, 0, cell_text(table.note), styles(font_size=9, font_color="#5b6b7a"))
        row += 3
    for column, width in widths.items():
        sheet.set_column(column, column, width)


def _write_cell(
    sheet: Worksheet, styles: _Style, row: int, column: int, text: str, *, align: str, bold: bool
) -> None:
    """Write a number as a number, a dash as an empty cell, anything else as text."""
    number = cell_number(text) if column else None
    look = {"bold": True} if bold else {}
    if number is not None:
        sheet.write_number(row, column, number[0], styles(num_format=number[1], align=align, **look))
    elif text == MISSING:
        sheet.write_blank(row, column, None, styles(align=align, **look))
    else:
        sheet.write_string(row, column, cell_text(text), styles(text_wrap=True, align=align, **look))
