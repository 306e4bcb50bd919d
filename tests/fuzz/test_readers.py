"""Mutated survey files: whatever is done to a table, it is read with every row accounted for, or refused in words.

`CFANALYSIS_FUZZ` sets the number of files (``make fuzz`` takes 10,000); the ordinary tests take a few.
"""

from __future__ import annotations

import io
import os
import random
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from cfanalysis.core.errors import CfAnalysisError
from cfanalysis.intake import FrequencyCounts, RawAnswers, ReadingOptions, read
from cfanalysis.intake.cleaning import FLAG_RULES, RULES, CleaningLog, clean
from cfanalysis.intake.cleaning.file_check import check_file
from cfanalysis.intake.cleaning.published_tables import clean_tables
from cfanalysis.scoring.shares import count_shares, published_shares
from cfanalysis.survey.instrument import Instrument, parse_instrument
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

from ..conftest import TINY
from ..test_frequency_tables import TEXT as PUBLISHED

EXAMPLES = int(os.environ.get("CFANALYSIS_FUZZ", "36"))
FUZZ = settings(
    max_examples=max(EXAMPLES // 2, 20),
    database=None,
    print_blob=True,
)
pytestmark = pytest.mark.fuzz

KEYS = ("organization", "wave", "column")
HEADER = [
    "Company",
    "respondent",
    "wave",
    "seconds",
    "sector",
    "s1",
    "d1",
    "d2",
    "s2",
    "d3",
    "Performance",
    "why",
]
ODD = (
    "4.0", "1e3", "nan", "inf", "-inf", "1_0", "４", "=1+2", "'", '"', '""', 'a"b', "a,b;c\td|e", "a\nb", "\r", "\0",
    "1.234", "1,234", "Älder", "الدر", "회사", "\u200b", "\ufeff", "\ud7ff", "#REF!", "TRUE", "1" * 400,
)  # fmt: skip
USUAL = (
    "",
    " ",
    "1",
    "5",
    "3",
    "9",
    "0",
    "6",
    "-99",
    "n/a",
    "Agree",
    "strongly  agree",
    "Don't know",
    "agreee",
    "4,0",
)
CELLS = st.one_of(
    st.sampled_from(USUAL), st.sampled_from(ODD), st.text(max_size=6), st.integers(-200, 200).map(str)
)
ROW = st.lists(CELLS, min_size=len(HEADER), max_size=len(HEADER))
GOOD = st.builds(
    lambda n, a: [
        f"Firm {n % 5}",
        f"r{n}",
        ("2024", "2025")[n % 2],
        str(60 + n),
        "Retail",
        *map(str, a),
        "fine words",
    ],
    st.integers(0, 40),
    st.lists(st.integers(1, 5), min_size=6, max_size=6),
)
TABLE = st.lists(st.one_of(GOOD, GOOD, ROW), min_size=0, max_size=14)
KINDS = (
    "none, drop column, double column, rename, swap header, blank row, short row, long row, title above, "
    "second header, double row, shuffle, no header, trailing blanks, footnote, header again, header turned"
)
MUTATION = st.tuples(st.sampled_from(KINDS.split(", ")), st.integers(0, 10_000))


def mutated(rows: list[list[str]], mutations: list[tuple[str, int]]) -> list[list[str]]:
    """The table with its header, changed as the mutations say; the numbers say where."""
    table = [list(HEADER), *(list(row) for row in rows)]
    for kind, number in mutations:
        place, column = number % max(len(table), 1), number % len(HEADER)
        if kind == "drop column":
            table = [row[:column] + row[column + 1 :] for row in table]
        elif kind == "double column":
            table = [[*row, *row[column : column + 1]] for row in table]
        elif kind == "rename" and table and column < len(table[0]):
            table[0][column] = ("s11", "Performanc", "", "We intend it.", "company ", "x" * 3000)[number % 6]
        elif kind == "swap header" and table:
            table[0] = table[0][::-1]
        elif kind in ("blank row", "footnote"):
            table.insert(place, [""] * len(HEADER) if kind == "blank row" else ["* weighted"])
        elif kind in ("short row", "long row") and table:
            table[place] = (
                table[place][: number % 9] if kind == "short row" else [*table[place], "", "x"[: number % 2]]
            )
        elif kind == "title above":
            table.insert(0, ["Survey of 2024", ""])
        elif kind == "second header":
            table.insert(1, ["Response", "", *["Open-Ended"] * (number % 9)])
        elif kind == "double row" and table:
            table.insert(place, list(table[place]))
        elif kind in ("header again", "header turned") and table:
            table.insert(place, table[0][:: 1 if kind == "header again" else -1])
        elif kind == "shuffle":
            random.Random(number).shuffle(table)
        elif kind == "no header":
            table = table[1:]
        elif kind == "trailing blanks":
            table = [[*row, *[""] * (number % 4)] for row in table]
    return table


def holds(path: Path, instrument: Instrument, options: ReadingOptions, drop: list[str]) -> None:
    """A file is refused with a message, or read with every row accounted for."""
    found = check_file(path, instrument, options=options)
    assert all(len(f.text) < 2500 for f in found.findings)
    try:
        raw = read(path, instrument, options=options)
        assert isinstance(raw, RawAnswers)
        responses, log = clean(raw, instrument, drop=drop)
    except CfAnalysisError as error:
        refusal = str(error)
    else:
        accounted(raw, responses, log, instrument)
        return
    assert len(refusal) < 6000
    assert found.findings


def accounted(raw: RawAnswers, responses: pd.DataFrame, log: CleaningLog, instrument: Instrument) -> None:
    """Every row is in the responses or dropped, every answer on the scale, every entry about a row of the file."""
    assert len(raw.frame) == log.rows_in == log.rows_out + sum(log.rows_dropped.values())
    assert log.rows_out == len(responses) > 0
    assert set(log.changes["rule"]) <= set(RULES)
    assert set(log.changes["row"]) <= set(raw.frame.index)
    for item in instrument.rated_items:
        assert set(responses[item.id].dropna()) <= {1, 2, 3, 4, 5, DONT_KNOW_CODE}
    assert not responses.duplicated(["organization", "respondent", "wave"]).any()
    shares = count_shares(responses, instrument)
    assert (
        shares.groupby(["organization", "wave", "item"])["share"].sum() - 1
    ).abs().max() < 1e-9 or shares.empty
    assert log.as_dict()["rows_in"] == len(raw.frame)


OPTIONS = st.builds(
    ReadingOptions,
    encoding=st.sampled_from([None, None, None, "utf-8", "cp949", "utf-16"]),
    delimiter=st.sampled_from([None, None, None, ",", "tab"]),
    decimal=st.sampled_from([None, None, ".", ","]),
)
DROPS = st.lists(st.sampled_from(FLAG_RULES), max_size=2)


@FUZZ
@given(
    rows=TABLE,
    mutations=st.lists(MUTATION, max_size=3),
    delimiter=st.sampled_from([",", ",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "cp949", "utf-16-le"]),
    quoting=st.sampled_from(["minimal", "none", "all"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    cut=st.one_of(st.none(), st.none(), st.integers(0, 600)),
    options=OPTIONS,
    drop=DROPS,
)
def test_text_files(  # type: ignore[no-untyped-def]
    rows, mutations, delimiter, encoding, quoting, end, cut, options, drop
) -> None:
    """Text in any encoding, delimiter, quoting and line end, with cells, rows and columns gone wrong, or cut short."""

    def quoted(cell: str) -> str:
        if quoting == "none" or (quoting == "minimal" and not set(cell) & {delimiter, '"', "\n", "\r"}):
            return cell
        return '"' + cell.replace('"', '""') + '"'

    table = mutated(rows, mutations)
    text = end.join(delimiter.join(map(quoted, row)) for row in table) + end
    data = text.encode(encoding, errors="replace")[:cut]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(data)
        holds(path, parse_instrument(TINY), options, drop)


VALUES = st.one_of(
    CELLS.filter(lambda t: not any(ord(c) < 32 and c not in "\t\n\r" for c in t) and not t.startswith("=")),
    st.integers(-5, 12),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.booleans(),
    st.none(),
    st.datetimes(),
)


@FUZZ
@given(
    rows=st.lists(st.one_of(GOOD, st.lists(VALUES, max_size=14)), max_size=8),
    mutations=st.lists(MUTATION, max_size=2),
    sheets=st.integers(1, 2),
    damage=st.one_of(
        st.none(),
        st.none(),
        st.tuples(st.integers(0, 40), st.integers(0, 5000), st.binary(min_size=1, max_size=4)),
    ),
    drop=DROPS,
)
def test_workbooks(rows, mutations, sheets, damage, drop) -> None:  # type: ignore[no-untyped-def]
    """Workbooks with any values, several sheets, and damage within their parts."""
    book = openpyxl.Workbook()
    for row in mutated(rows, mutations):
        book.active.append(
            [None if isinstance(v, str) and ILLEGAL_CHARACTERS_RE.search(v) else v for v in row]
        )
    if sheets == 2:
        book.create_sheet("notes").append(["nothing", "here"])
    stream = io.BytesIO()
    book.save(stream)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(stream.getvalue() if damage is None else damaged(stream.getvalue(), *damage))
        holds(path, parse_instrument(TINY), ReadingOptions(), drop)


def damaged(data: bytes, part: int, place: int, put: bytes) -> bytes:
    """The workbook with some bytes of one part (or of the archive itself) overwritten."""
    if part % 4 == 0:
        at = place % max(len(data), 1)
        return data[:at] + put + data[at + len(put) :]
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w") as new:
        names = old.namelist()
        for name in names:
            content = old.read(name)
            if name == names[part % len(names)]:
                at = place % max(len(content), 1)
                content = content[:at] + put + content[at + len(put) :]
            new.writestr(name, content)
    return result.getvalue()


WITHHELD = st.sampled_from(("*", "<5", "n<10", "—"))
FIGURES = st.one_of(
    st.sampled_from(
        ("25", "75", "50", "100", "0", "*", "<5", "n<10", "—", "", "1,5", "0.5", "x", "-1", "40 %", "1e9")
    ),
    st.integers(0, 120).map(str),
    st.text(max_size=4),
)
LINE = st.tuples(
    st.sampled_from(("Alder", "Birch", "ALDER", "Älder", "All", "", "=1+2")),
    st.sampled_from(("", "2024", "2025")),
    st.sampled_from(("say", "do", "Q1", "We deliver.", "sya", "")),
    st.sampled_from(("Yes", "No", "1", "0", "Don't know", "Perhaps", "")),
    FIGURES,
    FIGURES,
)


@FUZZ
@given(
    whole=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 100)), min_size=1, max_size=6),
    marks=st.lists(
        st.tuples(st.integers(0, 40), st.integers(3, 5), st.one_of(WITHHELD, FIGURES)), max_size=2
    ),
    lines=st.one_of(st.just([]), st.lists(LINE, max_size=3)),
    measure=st.sampled_from(("share", "percent", "count")),
    wide=st.booleans(),
)
def test_published_tables(whole, marks, lines, measure, wide) -> None:  # type: ignore[no-untyped-def]
    """Frequency tables, long or as sheets: refused in words, or shares that sum to 1 and nothing withheld in them."""
    table = {(f"Org {number}", item): yes for number, yes in whole for item in ("say", "do")}
    with tempfile.TemporaryDirectory() as folder:
        if wide:
            rows = [[name, item, "", str(yes), str(100 - yes), "30"] for (name, item), yes in table.items()]
            path = sheets(marked([*rows, *map(list, lines)], marks), Path(folder) / "a.xlsx")
        else:
            parts = {"share": lambda yes: yes / 100, "percent": float, "count": float}[measure]
            rows = [
                [name, "2024", item, code, f"{parts(share):.4g}", "30"]
                for (name, item), yes in table.items()
                for code, share in (("1", yes), ("0", 100 - yes))
            ]
            header = ["organization", "wave", "item", "category", measure, "n"]
            path = Path(folder) / "a.csv"
            lined = [
                ";".join(r).replace("\n", " ") for r in [header, *marked([*rows, *map(list, lines)], marks)]
            ]
            path.write_text("\n".join(lined), encoding="utf-8")
        published_holds(path, parse_instrument(PUBLISHED))


def marked(rows: list[list[str]], marks: list[tuple[int, int, str]]) -> list[list[str]]:
    """The rows with some of their figures replaced."""
    for number, column, text in marks:
        rows[number % len(rows)][column] = text
    return rows


def sheets(rows: list[list[str]], path: Path) -> Path:
    """A workbook with one sheet an item: organization, two shares and a count in each row."""
    book = openpyxl.Workbook()
    for title, text, item in (("Q1", "We promise.", "say"), ("Q2", "We deliver.", "do")):
        sheet = book.create_sheet(title)
        sheet.append([text])
        sheet.append(["Agency", "Yes", "No", "Number"])
        for row in rows:
            if item in row[1:3]:
                cells = [row[0], *row[3:]]
                sheet.append(
                    [None if ILLEGAL_CHARACTERS_RE.search(c) or c.startswith("=") else c for c in cells]
                )
    book.save(path)
    return path


def published_holds(path: Path, instrument: Instrument) -> None:
    """Published tables are refused with a message, or read with every withheld figure in the log."""
    found = check_file(path, instrument)
    assert all(len(f.text) < 2500 for f in found.findings)
    try:
        counts = read(path, instrument)
        assert isinstance(counts, FrequencyCounts)
        cleaned, log = clean_tables(counts, instrument)
        shares = published_shares(cleaned, instrument)
    except CfAnalysisError as error:
        refusal = str(error)
    else:
        withheld_is_absent(counts, shares, log)
        return
    assert len(refusal) < 6000
    assert found.findings


def withheld_is_absent(counts: FrequencyCounts, shares: pd.DataFrame, log: CleaningLog) -> None:
    """Each withheld cell is in the log, and its item has no shares."""
    changes = log.changes
    withheld = changes[changes["rule"].str.startswith("suppressed")]
    assert len(withheld) == len(counts.suppressed)
    lost = set(zip(*(withheld.loc[withheld["rule"] == "suppressed", c] for c in KEYS), strict=True))
    assert not lost & set(zip(*(shares[c] for c in ("organization", "wave", "item")), strict=True))
    assert (
        shares.empty
        or (shares.groupby(["organization", "wave", "item"])["share"].sum() - 1).abs().max() < 1e-9
    )
