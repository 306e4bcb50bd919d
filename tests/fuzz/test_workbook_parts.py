"""Workbooks whose parts were changed as trees: sheets, rows, cells, styles, shared strings, relations, the archive.

Published tables and answers: each is read with what is withheld left out and every row accounted for, or refused.
"""

from __future__ import annotations

import datetime
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl.comments import Comment
from openpyxl.styles import Font

from cfanalysis.intake import ReadingOptions
from cfanalysis.survey.instrument import parse_instrument

from ..conftest import TINY
from ..test_frequency_tables import TEXT as PUBLISHED
from .mutations import SLOWER
from .test_readers import holds, published_holds

pytestmark = pytest.mark.fuzz


def workbook(sheets: dict[str, list[list[Any]]]) -> dict[str, bytes]:
    """The parts of a workbook with notes, merged cells, styles, formats, a hidden sheet, a formula and a date."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet["A2"].font = Font(bold=True)
        sheet["B3"].number_format = "0.0%"
        sheet["A3"].comment = Comment("as published", "Ann")
    notes = book.create_sheet("Notes")
    notes.append(["Note", datetime.datetime(2024, 5, 1), "=1+1"])
    notes.merge_cells("A1:C1")
    notes.sheet_state = "hidden"
    book.save(stream := io.BytesIO())
    with zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


AGENCIES = [[f"Org {n}", 25 + n, 75 - n, 30] for n in range(6)]
TABLES = workbook({
    "Q1": [["We promise."], ["Agency", "Yes", "No", "Number"], *AGENCIES, ["Small", "*", "*", 4]],
    "Q2": [["We deliver."], ["Agency", "Yes", "No", "Number"], *AGENCIES, ["All", 40, 60, 184]],
})  # fmt: skip
ANSWERS = workbook({
    "Answers": [
        ["Company", "respondent", "wave", "s1", "d1", "d2", "s2", "d3", "Performance", "why"],
        *([f"Firm {n % 3}", f"r{n}", "2024", n % 5 + 1, "Agree", 2, 3, None, 5, "because"] for n in range(12)),
    ]
})  # fmt: skip
VALUES = (
    "", "0", "-1", "1", "7", "99999", "1048577", "XFD1048576", "A0", "A1:XFD1048576", "s", "n", "b", "e", "str", "d",
    "inlineStr", "true", "nan", "1e999", "25%", "#REF!", "../x", "http://x", "x" * 5000, "Q1", "\u202e", "45000",
)  # fmt: skip
CHANGE = st.tuples(
    st.sampled_from(["drop", "double", "value", "attribute", "less", "rename", "swap", "nest", "many"]),
    st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from(VALUES),
)  # fmt: skip
ARCHIVE = st.sampled_from([None] * 6 + ["without", "twice", "empty", "other", "entities", "utf-16"])
PARTS = {"changes": st.lists(CHANGE, min_size=1, max_size=3), "archive": ARCHIVE}
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def changed(
    parts: dict[str, bytes], changes: list[tuple[str, int, int, int, str]], archive: str | None
) -> bytes:
    """The workbook with elements of its parts changed, and then the archive."""
    files = dict(parts)
    names = [name for name in files if name.endswith((".xml", ".rels"))]
    for kind, part, i, j, value in changes:
        name = names[part % len(names)]
        tree = etree.fromstring(files[name])
        elements = list(tree.iter(etree.Element))
        element, other = elements[i % len(elements)], elements[j % len(elements)]
        holder = element.getparent()
        if kind in ("drop", "double", "swap", "many") and holder is None:
            continue
        if kind == "drop":
            holder.remove(element)
        elif kind in ("double", "many"):
            for _ in range(1 if kind == "double" else 300):
                holder.append(etree.fromstring(etree.tostring(element)))
        elif kind == "value":
            element.text = value
        elif kind == "attribute":
            keys = list(element.attrib) or ["r"]
            element.set(keys[j % len(keys)], value)
        elif kind == "less" and element.attrib:
            del element.attrib[list(element.attrib)[j % len(element.attrib)]]
        elif kind == "rename":
            element.tag = other.tag
        elif kind == "swap":
            holder.insert(0, element)
        elif kind == "nest":
            element.append(etree.fromstring(etree.tostring(other)))
        files[name] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    at = names[sum(change[2] for change in changes) % len(names)]
    if archive == "without":
        del files[at]
    elif archive == "empty":
        files[at] = b""
    elif archive == "other":
        files[at] = files[names[0]]
    elif archive == "entities":
        files[at] = files[at].replace(b"?>", b"?>" + ENTITIES, 1)
    elif archive == "utf-16":
        files[at] = files[at].decode().replace("UTF-8", "UTF-16").encode("utf-16")
    with zipfile.ZipFile(stream := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
        if archive == "twice":
            with pytest.warns(UserWarning, match="Duplicate name"):
                made.writestr(at, files[at])
    return stream.getvalue()


@SLOWER
@given(**PARTS)
def test_parts_of_published_workbooks(changes, archive) -> None:  # type: ignore[no-untyped-def]
    """Frequency tables, a sheet for each question."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(changed(TABLES, changes, archive))
        published_holds(path, parse_instrument(PUBLISHED))


@SLOWER
@given(**PARTS)
def test_parts_of_workbooks_of_answers(changes, archive) -> None:  # type: ignore[no-untyped-def]
    """Answers, a row for each person."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(changed(ANSWERS, changes, archive))
        holds(path, parse_instrument(TINY), ReadingOptions(), [])
