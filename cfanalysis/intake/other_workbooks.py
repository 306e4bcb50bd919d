"""Workbooks of other kinds than .xlsx: OpenDocument (.ods), binary Excel (.xlsb, .xls), and web pages named .xls.

Survey tools and office programs write them all. The first are read with calamine, whole sheets at once; a web page is
read by its tables.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

MOST_CELLS = 50_000_000
"""Cells that a sheet may have; it is held in memory."""

_ERROR = "cannot be read: "
_CHILD = f"""
import json, sys
from python_calamine import CalamineWorkbook, SheetTypeEnum
try:
    book = CalamineWorkbook.from_path(sys.argv[1])
    sheets = {{}}
    for name in (s.name for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet):
        sheet = book.get_sheet_by_name(name)
        cells = sheet.total_height * sheet.total_width
        if cells > {MOST_CELLS}:
            raise ValueError(f"sheet {{name!r}} has {{cells:,}} cells, and {MOST_CELLS:,} are allowed")
        sheets[name] = sheet.to_python(False)
    json.dump(sheets, sys.stdout, default=lambda v: v.isoformat() if hasattr(v, "isoformat") else str(v))
except BaseException as error:
    sys.exit(f"{_ERROR}{{type(error).__name__}}: {{error}}")
"""

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
    """A workbook read with calamine, in a process of its own: a damaged file can end the process that reads it."""

    def __init__(self, path: Path, text: Callable[[object], str]) -> None:
        sheets = _sheets(path, path.stat().st_mtime_ns)
        if isinstance(sheets, str):
            raise ValueError(sheets)
        self._sheets = sheets
        self._text, self.titles = text, list(self._sheets)

    def rows(self, title: str) -> Iterator[list[str]]:
        """Yield the rows of a sheet as texts."""
        for row in self._sheets[title]:
            yield [self._text(value) for value in row]


@lru_cache(maxsize=1)
def _sheets(path: Path, state: int) -> dict[str, list[list[object]]] | str:
    """Return the rows of each sheet, or why there are none; every reader looks at the same ones."""
    done = subprocess.run([sys.executable, "-c", _CHILD, str(path)], capture_output=True, check=False)
    if done.returncode:
        lines = done.stderr.decode(errors="replace").splitlines()
        return next((line for line in reversed(lines) if line.startswith(_ERROR)), "it is damaged")[:200]
    found: dict[str, list[list[object]]] = json.loads(done.stdout)
    return found


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
