"""Mutated exports of survey tools: each is read with every row accounted for, or refused in words.

The mutations know the structure: header rows, codes, texts and import ids, marks of tests, choices, value labels. What
is mutated is the common set of answers, as every tool writes it (`tests/export_files.py`). `CFANALYSIS_FUZZ` sets the
number of files (``make fuzz`` takes 10,000); the ordinary tests take a few.
"""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from cfanalysis.core.errors import CfAnalysisError
from cfanalysis.intake import READERS, RawAnswers, ReadingOptions, read, read_columns
from cfanalysis.intake.cleaning import FLAG_RULES, RULES, clean
from cfanalysis.intake.cleaning.file_check import check_file
from cfanalysis.intake.column_map import column_map
from cfanalysis.survey.instrument import Instrument, parse_instrument
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

from ..export_files import INSTRUMENT, Made, all_made, people, statistics_frame, text_of, written

EXAMPLES = int(os.environ.get("CFANALYSIS_FUZZ", "36"))
FUZZ = settings(
    max_examples=max(EXAMPLES * 9 // 10, 20),
    database=None,
    print_blob=True,
)
FEWER = settings(FUZZ, max_examples=max(EXAMPLES // 10, 10))
pytestmark = pytest.mark.fuzz

COMMON = parse_instrument(INSTRUMENT)
KINDS = dict(all_made(people()))
ODD = """|
| |1|5|9|0|6|-99|nan|Agree|strongly  agree|Don't know|agreee|4,0|Y|N/A|Checked|[not completed]|R_abcdefgh12345|#tag
|Complaints are hidden, Late, or wrong|a;b|"|=1+2|<b>We listen.</b>|We listen.|2025-13-45 99:00|1e400|Survey Preview
|{"ImportId":"QID1_1"}|{'ImportId': 'QID2', 'choiceId': '3'}|&amp;"""
NAMES = """s1|d1|w|w/hidden|page_9/s1|W[SQ003]|G.SQ001.|Status|Finished|submitdate|_uuid|Timestamp|Respondent ID
|record_id|redcap_event_name|Complete?|organization|wave|email|IPAddress|Latitude|[|]|[][]|a[b][c]|x___|___1
|(choice=)|w/|/|-|Response|We don't help.|How far do you agree, all in all? [We listen.]
|Which of these happen? - Nobody answers"""
CELLS = st.one_of(
    st.sampled_from([*ODD.split("|"), "a\nb", "\0", "\ufeff", "\u202e", "x" * 3000]),
    st.text(max_size=6),
    st.integers(-200, 200).map(str),
)
HEADERS = st.one_of(CELLS, st.sampled_from([name.strip() for name in NAMES.split("|")]))
MUTATIONS = (
    "cell, header, drop column, double column, swap columns, drop header row, double header row, swap header rows, "
    "drop row, double row, blank row, short row, long row, blank column, same column, title above, no answers, "
    "shuffle headers"
)
MUTATION = st.tuples(
    st.sampled_from(MUTATIONS.split(", ")), st.integers(0, 10_000), st.integers(0, 10_000), CELLS, HEADERS
)


def mutated(rows: list[list[str]], mutations: list[tuple[str, int, int, str, str]]) -> list[list[str]]:
    """The table changed as the mutations say; the numbers say where."""
    table = [list(row) for row in rows]
    for kind, i, j, cell, header in mutations:
        if not table or not table[0]:
            return table
        width = len(table[0])
        place, column, other, upper = i % len(table), j % width, i % width, i % min(3, len(table))
        if kind == "cell" and column < len(table[place]):
            table[place][column] = cell
        elif kind == "header" and column < len(table[upper]):
            table[upper][column] = header
        elif kind == "drop column":
            table = [row[:column] + row[column + 1 :] for row in table]
        elif kind == "double column":
            table = [[*row, *row[column : column + 1]] for row in table]
        elif kind == "swap columns":
            for row in table:
                if max(column, other) < len(row):
                    row[column], row[other] = row[other], row[column]
        elif kind == "drop header row":
            del table[upper]
        elif kind == "double header row":
            table.insert(upper, list(table[upper]))
        elif kind == "swap header rows":
            table[0], table[upper] = table[upper], table[0]
        elif kind == "drop row":
            del table[place]
        elif kind == "double row":
            table.insert(place, list(table[place]))
        elif kind == "blank row":
            table.insert(place, [""] * width)
        elif kind == "short row":
            table[place] = table[place][: j % 9]
        elif kind == "long row":
            table[place] = [*table[place], "", "x"[: j % 2]]
        elif kind in ("blank column", "same column"):
            for row in table[upper:]:
                if column < len(row):
                    row[column] = "" if kind == "blank column" else cell
        elif kind == "title above":
            table.insert(0, [cell])
        elif kind == "no answers":
            table = table[: j % 4]
        else:
            random.Random(i).shuffle(table[upper])
    return table


def holds(
    path: Path, instrument: Instrument, reader: str | None, options: ReadingOptions, drop: list[str]
) -> None:
    """A file is refused with a message, or read with every row accounted for; the same for its column names."""
    found = check_file(path, instrument, reader=reader, options=options)
    assert all(len(f.text) < 2500 for f in found.findings)
    refusals = []
    try:
        column_map(read_columns(path, instrument, reader=reader, options=options), instrument)
    except CfAnalysisError as error:
        refusals.append(str(error))
    try:
        raw = read(path, instrument, reader=reader, options=options)
        assert isinstance(raw, RawAnswers)
        responses, log = clean(raw, instrument, drop=drop)
    except CfAnalysisError as error:
        refusals.append(str(error))
        raw = None
    assert all(len(refusal) < 6000 for refusal in refusals)
    if raw is None:
        assert found.findings
        return
    assert len(raw.frame) == log.rows_in == log.rows_out + sum(log.rows_dropped.values())
    assert log.rows_out == len(responses) > 0
    assert set(log.changes["rule"]) <= set(RULES)
    assert set(log.changes["row"]) <= set(raw.frame.index)
    for item in instrument.rated_items:
        scale = instrument.scale_of(item.id)
        assert set(responses[item.id].dropna()) <= {*scale.categories, DONT_KNOW_CODE}
    assert not responses.duplicated(["organization", "respondent", "wave"]).any()


OPTIONS = st.builds(
    ReadingOptions,
    encoding=st.sampled_from([None] * 6 + ["utf-8", "cp949", "utf-16"]),
    delimiter=st.sampled_from([None] * 6 + [",", ";", "tab"]),
    decimal=st.sampled_from([None, None, ".", ","]),
    keep=st.sampled_from([(), (), ("tests",), ("personal",), ("tests", "personal")]),
)
DROPS = st.lists(st.sampled_from(FLAG_RULES), max_size=2)
READER = st.sampled_from([None] * 8 + [d.name for d in READERS])


@FUZZ
@given(
    kind=st.sampled_from(sorted(KINDS)),
    mutations=st.lists(MUTATION, max_size=4),
    end=st.sampled_from(["\n", "\n", "\r\n", "\r"]),
    cut=st.one_of(st.none(), st.none(), st.none(), st.integers(0, 4000)),
    reader=READER,
    options=OPTIONS,
    drop=DROPS,
)
def test_exports(kind, mutations, end, cut, reader, options, drop) -> None:  # type: ignore[no-untyped-def]
    """Text and workbooks of every tool, with headers, cells, rows and columns gone wrong, or cut short."""
    made: Made = KINDS[kind]
    rows = mutated(made.rows, mutations)
    if made.suffix == ".xlsx":
        rows = [
            [ILLEGAL_CHARACTERS_RE.sub("", c).encode("utf-8", "ignore").decode() for c in row] for row in rows
        ]
        rows = [["'" + c if c.startswith("=") else c[:1000] for c in row] for row in rows]
    made = made._replace(rows=rows)
    with tempfile.TemporaryDirectory() as folder:
        if made.suffix == ".xlsx":
            path = written(made, Path(folder))
        else:
            path = Path(folder) / f"a{made.suffix}"
            path.write_bytes(text_of(made, end).encode(made.encoding, "replace")[:cut])
        holds(path, COMMON, reader, options, drop)


VALUES = st.one_of(
    st.none(),
    st.integers(-3, 12).map(float),
    st.sampled_from([9.0, 99.0, 1.5, 1e300, -1e300, 5.0]),
    st.sampled_from(["", "Agree", "x" * 300, "ä", "Firm 1"]),
)
LABELS = st.dictionaries(
    st.integers(-2, 10).map(float),
    st.sampled_from(["Agree", "Strongly agree", "Disagree", "Don't know", "odd", "4", "", "Survey Preview"]),
    max_size=6,
)


@FEWER
@given(
    columns=st.lists(
        st.tuples(
            st.integers(0, 20),
            st.sampled_from(["keep", "drop", "values", "rename", "label"]),
            st.lists(VALUES, min_size=1, max_size=12),
            LABELS,
            st.sampled_from(["s1", "Status", "ResponseId", "Finished", "Q_SQ001", "x", "IPAddress", "w1_1"]),
        ),
        max_size=4,
    ),
    ranges=st.lists(st.tuples(st.integers(0, 20), st.integers(-2, 9), st.integers(0, 90)), max_size=2),
    program=st.sampled_from(["sav", "sav", "dta"]),
    damage=st.one_of(st.none(), st.none(), st.tuples(st.integers(0, 40), st.binary(min_size=1, max_size=3))),
    reader=READER,
    drop=DROPS,
)
def test_statistics_files(columns, ranges, program, damage, reader, drop) -> None:  # type: ignore[no-untyped-def]
    """SPSS and Stata files with other values, labels, names and declared missing values, or a damaged head."""
    frame, how = statistics_frame(people())
    texts, labels = dict(zip(frame, how["column_labels"], strict=True)), dict(how["variable_value_labels"])
    for place, what, values, value_labels, name in columns:
        column = list(frame)[place % len(frame.columns)]
        if what == "drop" and len(frame.columns) > 2:
            frame = frame.drop(columns=column)
        elif what == "rename" and name not in frame:
            frame = frame.rename(columns={column: name})
            texts[name], labels[name] = texts.pop(column), labels.pop(column, {})
        elif what == "values":
            cells = [values[i % len(values)] for i in range(len(frame))]
            text = any(isinstance(v, str) for v in cells)
            frame[column] = pd.Series(["" if v is None else str(v) for v in cells] if text else cells,
                                      dtype="str" if text else "float64")  # fmt: skip
        elif what == "label":
            labels[column] = value_labels
    numbers = [c for c in frame if pd.api.types.is_numeric_dtype(frame[c])]
    labels = {c: {k: v for k, v in labels[c].items() if v} for c in numbers if labels.get(c)}
    missing = {
        numbers[i % len(numbers)]: [{"lo": low, "hi": low + span}] for i, low, span in ranges if numbers
    }
    told = {"column_labels": [texts[c] for c in frame], "variable_value_labels": labels}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{program}"
        if program == "sav":
            pyreadstat.write_sav(frame, str(path), missing_ranges=missing, **told)
        else:
            whole = {c: {int(k): v for k, v in d.items()} for c, d in labels.items()}
            pyreadstat.write_dta(
                frame, str(path), column_labels=told["column_labels"], variable_value_labels=whole
            )
        if damage is not None:
            data, (at, put) = path.read_bytes(), damage
            path.write_bytes(data[:at] + put + data[at + len(put) :])
        holds(path, COMMON, reader, ReadingOptions(), drop)
