"""Workbooks of other kinds than .xlsx: OpenDocument (.ods), binary Excel (.xlsb, .xls), and web pages named .xls.

Survey tools and office programs write them all. The first are read with calamine, whole sheets at once; a web page is
read by its tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from cfanalysis.core.errors import IntakeError

MOST_CELLS = 200_000_000
"""Cells that a sheet may have; it is held in memory."""

_PAGE = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<div")


def kind_of(path: Path) -> str:
    """Return what kind of workbook a file is by its content: ``"calamine"``, ``"page"``, or "" for none of these."""
    with path.open("rb") as stream:
        head = stream.read(65_536)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "calamine"
    if head.startswith(b"PK\x03\x04"):
        named = b"application/vnd.oasis.opendocument.spreadsheet" in head[:200]
        try:
            with ZipFile(path) as archive:
                names = set(archive.namelist())
        except (BadZipFile, OSError, ValueError, NotImplementedError):
            names = set()
        known = named or path.suffix.lower() in (".ods", ".xlsb") or "xl/workbook.bin" in names
        return "calamine" if known or names >= {"content.xml", "META-INF/manifest.xml"} else ""
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n").lower()
    return "page" if text.startswith(_PAGE) and b"<t" in text else ""


class CalamineBook:
    """A workbook read with calamine."""

    def __init__(self, path: Path, text: Callable[[object], str]) -> None:
        from python_calamine import CalamineWorkbook

        self._book, self._text, self._where = guarded(CalamineWorkbook.from_path, str(path)), text, path.name
        self.titles = list(self._book.sheet_names)

    def rows(self, title: str) -> Iterator[list[str]]:
        """Yield the rows of a sheet as texts."""
        sheet = guarded(self._book.get_sheet_by_name, title)
        if sheet.total_height * sheet.total_width > MOST_CELLS:
            raise IntakeError(
                "The sheet is too large for this kind of workbook.",
                where=f"{self._where}, sheet {title!r}",
                value=f"{sheet.total_height:,} rows of {sheet.total_width:,} cells",
                allowed=f"{MOST_CELLS:,} cells",
                next_step="Save the sheet with the answers as .xlsx or CSV.",
            )
        for row in guarded(sheet.to_python, False):
            yield [self._text(value) for value in row]


class PageBook:
    """A web page whose tables are sheets, as survey tools and databases write them under the name .xls."""

    def __init__(self, path: Path) -> None:
        from lxml import html

        data = path.read_bytes()
        if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            data = _as_utf8(data)
            root = html.fromstring(data, parser=html.HTMLParser(encoding="utf-8", huge_tree=True))
        else:
            root = html.fromstring(data.decode("utf-16").encode(), parser=html.HTMLParser(encoding="utf-8"))
        tables = [table for table in root.iter("table") if next(table.iterancestors("table"), None) is None]
        self._tables = {f"Table {number}": table for number, table in enumerate(tables, start=1)}
        self.titles = list(self._tables)

    def rows(self, title: str) -> Iterator[list[str]]:
        """Yield the rows of a table as texts; a cell that spans several is followed by empty ones."""
        below: dict[int, int] = {}
        for row in self._tables[title].iter("tr"):
            cells: list[str] = []
            for cell in row.iterchildren("td", "th"):
                while below.get(len(cells), 0):
                    below[len(cells)] -= 1
                    cells.append("")
                wide, high = _span(cell.get("colspan")), _span(cell.get("rowspan"))
                below |= {len(cells) + i: high - 1 for i in range(wide) if high > 1}
                cells += [_cell_text(cell), *[""] * (wide - 1)]
            yield cells


def guarded(call: Callable[..., Any], *arguments: object) -> Any:
    """Return what a function of calamine returns; a panic of its Rust code, which is no Exception, becomes one."""
    try:
        return call(*arguments)
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise ValueError(str(error)) from None
        raise


def _as_utf8(data: bytes) -> bytes:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace").encode()
    return data


def _span(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdecimal() and int(text) else 1


def _cell_text(cell: Any) -> str:
    """Return a cell's text; a line break of the page is one of the text."""
    for line in cell.iter("br"):
        line.tail = "\n" + (line.tail or "")
    return "\n".join(" ".join(line.split()) for line in str(cell.text_content()).split("\n")).strip()
