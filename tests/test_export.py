"""A study as tidy files: what is written is what the study holds, and safe to open."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cfanalysis.cli.export import export
from cfanalysis.core.errors import OutputError, ParameterError
from cfanalysis.core.spreadsheets import (
    escape_formula,
    safe_frame,
    unescape_formula,
    write_csv,
    write_workbook,
)
from cfanalysis.intake.auxiliary_files import read_organizations
from cfanalysis.study.codebook import codebook_frame, label_frame
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study, open_study
from cfanalysis.study.tidy_export import export_study, export_tables, long_responses
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

NASTY = [
    *(
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =cmd|' /C calc'!A0",
        "\u200b=1",
        "'=1",
        "＝1",
        "\ttext",
    ),
]
HARMLESS = ["Alder & Sons", "-99", "+5", "-1.5", "'tis", "a=b", "", "3,5", "ok\nthen = no"]


@pytest.mark.parametrize("text", NASTY)
def test_texts_like_formulas_get_an_apostrophe(text: str) -> None:
    """Whatever a spreadsheet would take for a formula begins with an apostrophe, and comes back exactly."""
    assert escape_formula(text) == "'" + text
    assert unescape_formula(escape_formula(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_texts_and_plain_numbers_are_left_alone(text: str) -> None:
    """Names, sentences and numbers, negative ones too, are written as they are."""
    assert escape_formula(text) == unescape_formula(text) == text


@given(st.text(alphabet=st.sampled_from("=+-@'\t\r\n 1.a\u200b＝"), max_size=8) | st.text())
def test_neutralizing_loses_nothing(text: str) -> None:
    """Every text can be brought back, and no written text begins like a formula unless it is a number."""
    safe = escape_formula(text)
    assert unescape_formula(safe) == text
    assert safe == text or safe.startswith("'")


def test_numbers_stay_numbers_and_frames_are_not_changed() -> None:
    """Only texts and headers change; the frame that was given stays as it was."""
    frame = pd.DataFrame({"n": [-1, 2], "text": ["=1", "x"], "=h": pd.array([1, None], dtype="Int8")})
    before = frame.copy()
    safe = safe_frame(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert safe["n"].tolist() == [-1, 2]
    assert safe["text"].tolist() == ["'=1", "x"]
    assert list(safe) == ["n", "text", "'=h"]


def test_csv_and_workbook_hold_no_formula(tmp_path: Path) -> None:
    """No cell of a written file is a formula; texts come back through both formats."""
    frame = pd.DataFrame({"text": [*NASTY, *HARMLESS], "n": range(len(NASTY) + len(HARMLESS))})
    write_csv(frame, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    assert [unescape_formula(row[0]) for row in rows] == frame["text"].tolist()
    write_workbook({"t": frame}, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["t"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == frame["n"].tolist()
    assert cells[0].value == "'=1+1"


def test_workbook_bytes_do_not_depend_on_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workbooks of the same tables are the same, whenever they were written."""
    frame = pd.DataFrame({"a": ["x", None], "b": [None, 1.5]})
    write_workbook({"t": frame}, tmp_path / "one.xlsx")
    monkeypatch.setattr("time.time", lambda: 2e9)
    write_workbook({"t": frame}, tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    values = [
        [c.value for c in row] for row in openpyxl.load_workbook(tmp_path / "one.xlsx")["t"].iter_rows()
    ]
    assert values == [["a", "b"], ["x", None], [None, 1.5]]


def test_a_table_larger_than_a_sheet_is_refused(tmp_path: Path) -> None:
    """The message says how large a sheet is and names CSV."""
    with pytest.raises(OutputError, match=r"larger than a sheet of Excel[\s\S]*--format csv"):
        write_workbook({"t": pd.DataFrame(columns=range(20_000))}, tmp_path / "t.xlsx")


@pytest.fixture(scope="module")
def tiny_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Three respondents of two organizations; one name and one comment look like formulas."""
    from .conftest import TINY

    folder = tmp_path_factory.mktemp("export")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (folder / "tiny.csv").write_text(
        "Company,sector,respondent,wave,s1,d1,d2,s2,d3,p1,why\n"
        "=Acme,Retail,r1,2024,5,4,2,5,4,3,@home\n"
        "=Acme,Retail,r2,2024,4,9,1,5,3,2,\n"
        "Beta,Energy,r3,2024,Agree,3,,4,3,3,-\n",
        encoding="utf-8",
    )
    return prepare(folder / "tiny.csv", folder / "tiny.yaml", folder / "prepared" / "tiny")


def test_export_round_trip(tiny_study: Study, tmp_path: Path) -> None:
    """Read again from CSV, every table holds what the study holds: texts, numbers, don't-knows and blanks."""
    files = export_study(tiny_study, tmp_path / "out", long=True)
    tables = export_tables(tiny_study, long=True)
    assert {f.name for f in files} == {f"{name}.csv" for name in tables} | {"codebook.md"}
    for name, frame in tables.items():
        read = pd.read_csv(
            tmp_path / "out" / f"{name}.csv", keep_default_na=False, na_values=[""], dtype=object
        )
        assert list(read) == list(frame)
        for column in frame:
            found = read[column].map(lambda v: v if pd.isna(v) else unescape_formula(v))
            expected = frame[column]
            if pd.api.types.is_numeric_dtype(expected.dtype):
                numbers = pd.to_numeric(found).astype("float64")
                pd.testing.assert_series_equal(numbers, expected.astype("float64"), check_names=False)
            else:
                assert found.astype("object").fillna("").tolist() == expected.fillna("").astype(str).tolist()
    raw = (tmp_path / "out" / "raw_responses.csv").read_text(encoding="utf-8")
    assert "'=Acme" in raw
    assert "'@home" in raw


@pytest.mark.parametrize("file", ["raw_responses.csv", "tiny.xlsx"])
def test_an_export_prepared_again_is_the_same_study(tiny_study: Study, tmp_path: Path, file: str) -> None:
    """Names, comments, don't knows and blanks come back as they were; each apostrophe taken off is in the log."""
    export_study(tiny_study, tmp_path / "out", formats=["csv", "xlsx"], long=True)
    (tmp_path / "tiny.yaml").write_bytes((tiny_study.folder / "instrument.yaml").read_bytes())
    again = prepare(tmp_path / "out" / file, tmp_path / "tiny.yaml", tmp_path / "tiny")
    for table in ("raw_responses", "shares", "organizations"):
        pd.testing.assert_frame_equal(getattr(again.survey, table), getattr(tiny_study.survey, table))
    pd.testing.assert_frame_equal(again.scores, tiny_study.scores)
    assert again.cleaning_log["cells_changed"] == {"formula_mark": 4, "short_answer": 0}
    assert (again.cleaning_log["rows_in"], again.cleaning_log["rows_out"]) == (3, 3)


def test_exported_shares_prepared_again_are_the_same(tiny_study: Study, tmp_path: Path) -> None:
    """The export's shares are after reverse keying; read as a frequency table, they are not turned once more."""
    export_study(tiny_study, tmp_path / "out")
    (tmp_path / "tiny.yaml").write_bytes((tiny_study.folder / "instrument.yaml").read_bytes())
    again = prepare(tmp_path / "out" / "shares.csv", tmp_path / "tiny.yaml", tmp_path / "tiny")
    pd.testing.assert_frame_equal(again.survey.shares, tiny_study.survey.shares)
    assert "turned already" in again.cleaning_log["notes"][0]


def test_an_exported_organizations_file_names_the_same_organizations(
    tiny_study: Study, tmp_path: Path
) -> None:
    """Auxiliary files lose the apostrophe, too: facts find their organizations again."""
    export_study(tiny_study, tmp_path / "out")
    assert "'=Acme" in (tmp_path / "out" / "organizations.csv").read_text(encoding="utf-8")
    facts, _, _ = read_organizations(tmp_path / "out" / "organizations.csv", tiny_study.survey.instrument)
    assert facts["organization"].tolist() == ["=Acme", "Beta"]


def test_long_responses_turn_reverse_keyed_items(tiny_study: Study, tiny: Instrument) -> None:
    """One row an answer; a reverse-keyed 2 on 1 to 5 is keyed 4; don't know has no answer; blanks no row."""
    responses = tiny_study.survey.raw_responses
    assert responses is not None
    table = long_responses(responses, tiny).set_index(["respondent", "item"])
    assert len(table) == 17
    assert (table.loc[("r1", "d2"), "answer"], table.loc[("r1", "d2"), "keyed"]) == (2, 4)
    assert table.loc[("r1", "d2"), "reverse"] == 1
    assert (table.loc[("r3", "s1"), "answer"], table.loc[("r3", "s1"), "keyed"]) == (4, 4)
    assert table.loc[("r2", "d1"), "dont_know"] == 1
    assert pd.isna(table.loc[("r2", "d1"), "keyed"])
    assert responses.loc[responses["respondent"] == "r2", "d1"].item() == DONT_KNOW_CODE


def test_codebook_names_every_variable(tiny_study: Study, tiny: Instrument) -> None:
    """Each column of the responses stands in the codebook, with scale, labels, keying and indices."""
    book = codebook_frame(tiny).set_index("variable")
    assert tiny_study.survey.raw_responses is not None
    assert list(book.index) == list(tiny_study.survey.raw_responses)
    assert book.loc["d2", "reverse"] == 1
    assert book.loc["s1", "answers"].startswith("1 = Strongly disagree; 2 = Disagree")
    assert (book.loc["s1", "facet"], book.loc["s1", "pair"], book.loc["s1", "dont_know"]) == (
        "say",
        "one",
        DONT_KNOW_CODE,
    )
    assert book.loc["p1", "indices"] == "performance"
    assert book.loc["p1", "asked_as"] == "Performance"
    assert book.loc["why", "kind"] == "open"
    assert book.loc["sector", "options"] == "Retail; Energy"
    labels = label_frame(tiny)
    assert labels.query("code == -128")["spelling"].tolist() == ["Don't know", "9"]


def test_sav_holds_labels(tiny_study: Study, tmp_path: Path) -> None:
    """The SPSS file has the texts of the items, the labels of the answers, and don't know as missing."""
    pyreadstat = pytest.importorskip("pyreadstat")
    export_study(tiny_study, tmp_path / "out", formats=["sav"])
    frame, meta = pyreadstat.read_sav(str(tmp_path / "out" / "raw_responses.sav"), user_missing=True)
    assert frame["s1"].tolist() == [5, 4, 4]
    assert frame["d1"].tolist() == [4, DONT_KNOW_CODE, 3]
    assert meta.column_names_to_labels["s1"] == "We intend it."
    assert meta.variable_value_labels["s1"][5] == "Strongly agree"
    assert meta.missing_ranges["d1"] == [{"lo": DONT_KNOW_CODE, "hi": DONT_KNOW_CODE}]


def test_export_replaces_only_a_former_export(tiny_study: Study, tmp_path: Path) -> None:
    """Without --replace nothing is overwritten; with it, a folder that is no export stays untouched."""
    out = tmp_path / "out"
    export_study(tiny_study, out)
    with pytest.raises(OutputError, match="exists already"):
        export_study(tiny_study, out)
    first = {p.name: p.read_bytes() for p in out.iterdir()}
    export_study(tiny_study, out, replace=True)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == first
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep me")
    with pytest.raises(OutputError, match="no earlier one of its kind"):
        export_study(tiny_study, mine, replace=True)
    assert [p.name for p in mine.iterdir()] == ["letter.txt"]


def test_an_unknown_format_is_named(tiny_study: Study, tmp_path: Path) -> None:
    """The message lists the formats; nothing is written."""
    with pytest.raises(ParameterError, match="csv, xlsx, sav"):
        export_study(tiny_study, tmp_path / "out", formats=["dta"])
    assert not (tmp_path / "out").exists()


def test_export_on_the_command_line(tiny_study: Study, tmp_path: Path) -> None:
    """With --verbose each written file is printed on a line."""
    result = CliRunner().invoke(
        export, [str(tiny_study.folder), "--out", str(tmp_path / "out"), "--format", "csv,xlsx", "--verbose"]
    )
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "tiny.xlsx").is_file()
    assert str(tmp_path / "out" / "codebook.csv") in result.output


def test_export_of_published_tables_has_no_responses(real_data: Path, tmp_path: Path) -> None:
    """A study of frequency tables is exported without responses; SPSS says why there is nothing to write."""
    from .conftest import ROOT

    study = prepare(
        real_data / "fevs" / "fevs_2023_govwide_report_by_agency.xlsx",
        ROOT / "data" / "instruments" / "fevs_2023.yaml",
        tmp_path / "fevs_2023",
    )
    assert "raw_responses" not in export_tables(open_study(study.folder))
    with pytest.raises(OutputError, match="frequency tables were published"):
        export_study(study, tmp_path / "out", formats=["sav"])
    assert not (tmp_path / "out").exists()
