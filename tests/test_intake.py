"""Reading survey files: what is matched, what is refused."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from cfanalysis.errors import IntakeError
from cfanalysis.instrument import Instrument
from cfanalysis.intake import RawAnswers, read

HEADER = "Company,respondent,wave,s1,d1,d2,s2,d3,Performance,why"


def written(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def test_columns_are_found_by_id_export_name_and_text(tmp_path: Path, tiny: Instrument) -> None:
    """A header names an item by its id, its export name or its text; case and spaces do not matter."""
    file = written(tmp_path / "a.csv", "COMPANY,S1,We  do it.,d2,s2,d3,performance", "Alder,1,2,3,4,5,4")
    raw = read(file, tiny)
    assert isinstance(raw, RawAnswers)
    assert list(raw.frame.columns) == ["organization", "s1", "d1", "d2", "s2", "d3", "p1"]
    assert raw.frame.loc[2].tolist() == ["Alder", "1", "2", "3", "4", "5", "4"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_delimiter_and_byte_order_mark_are_detected(
    tmp_path: Path, tiny: Instrument, delimiter: str, encoding: str
) -> None:
    """Comma, semicolon, tab and bar are told apart, with or without a byte order mark."""
    lines = [HEADER, "Älder,r1,2024,1,2,3,4,5,4,more"]
    file = written(tmp_path / "a.csv", *(line.replace(",", delimiter) for line in lines), encoding=encoding)
    raw = read(file, tiny)
    assert raw.frame["organization"].tolist() == ["Älder"]


def test_rows_are_counted_as_a_spreadsheet_counts(tmp_path: Path, tiny: Instrument) -> None:
    """The header is row 1, a blank line keeps its number, a quoted line break does not count."""
    file = written(
        tmp_path / "a.csv", HEADER, 'A,r1,2024,1,2,3,4,5,4,"two\nlines"', "", "B,r2,2024,1,2,3,4,5,4,"
    )
    frame = read(file, tiny).frame
    assert frame["organization"].to_dict() == {2: "A", 3: "", 4: "B"}


def test_excel_and_csv_give_the_same_answers(tmp_path: Path, tiny: Instrument) -> None:
    """A workbook with numbers reads as the CSV with the same content."""
    rows = [
        HEADER.split(","),
        ["A", "r1", 2024, 1, 2.0, 3, 4, 5, 4, None],
        ["B", "r2", 2024, 5, 5, 5, 5, 5, 5, "x"],
    ]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    lines = [",".join("" if c is None else str(c).removesuffix(".0") for c in row) for row in rows]
    csv = read(written(tmp_path / "a.csv", *lines), tiny).frame
    assert read(tmp_path / "a.xlsx", tiny).frame.equals(csv)


def test_columns_of_nothing_are_ignored_and_named(tmp_path: Path, tiny: Instrument) -> None:
    """A column that belongs to nothing in the instrument is left out and listed."""
    file = written(tmp_path / "a.csv", HEADER + ",Browser", "A,r1,2024,1,2,3,4,5,4,,Firefox")
    raw = read(file, tiny)
    assert isinstance(raw, RawAnswers)
    assert raw.ignored == ("Browser",)


@pytest.mark.parametrize(
    ("lines", "texts"),
    [
        ([HEADER.replace("d3,", ""), "A,r1,2024,1,2,3,4,4,"], ["missing column 'd3'"]),
        (
            [HEADER.replace("s1,d1", "s1,s1"), "A,r1,2024,1,2,3,4,5,4,"],
            ["'s1' stands 2 times", "missing column 'd1'"],
        ),
        ([HEADER + ",Performanc", "A,r1,2024,1,2,3,4,5,4,,1"], ["unknown item 'Performanc'", "Performance"]),
        (
            ["colour,taste", "red,sweet"],
            ["None of the columns is an item of the instrument 'tiny'", "colour, taste"],
        ),
        ([HEADER], ["a header and no answers"]),
        (
            [HEADER, "A,r1,2024,1,2,3,4,5,4,x,1,2"],
            ["not a regular table", "expected 10 cells in row 2, found 12"],
        ),
        (["", "A"], ["first row is empty"]),
    ],
)
def test_a_wrong_table_is_one_message(
    tmp_path: Path, tiny: Instrument, lines: list[str], texts: list[str]
) -> None:
    """What does not fit the instrument is named with place and next step, all together."""
    with pytest.raises(IntakeError) as caught:
        read(written(tmp_path / "a.csv", *lines), tiny)
    for text in [*texts, "a.csv"]:
        assert text in str(caught.value)


def test_a_missing_file_names_the_nearest(tmp_path: Path, tiny: Instrument) -> None:
    """A file that does not exist: the one with the nearest name is proposed."""
    written(tmp_path / "answers_2025.csv", HEADER)
    with pytest.raises(IntakeError, match=r"There is no such file(.|\n)*answers_2025\.csv"):
        read(tmp_path / "answer_2025.csv", tiny)


def test_an_empty_file_and_a_folder_are_refused(tmp_path: Path, tiny: Instrument) -> None:
    """An empty file says so; a folder is no file."""
    (tmp_path / "empty.csv").touch()
    with pytest.raises(IntakeError, match="The file is empty"):
        read(tmp_path / "empty.csv", tiny)
    with pytest.raises(IntakeError, match="not a file"):
        read(tmp_path, tiny)


def test_what_is_no_text_and_no_workbook_is_refused(tmp_path: Path, tiny: Instrument) -> None:
    """Bytes that are neither a table nor a workbook, a broken workbook, and another encoding."""
    (tmp_path / "a.bin").write_bytes(bytes(range(256)))
    with pytest.raises(IntakeError, match="not a survey file"):
        read(tmp_path / "a.bin", tiny)
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(IntakeError, match="not an Excel workbook"):
        read(tmp_path / "a.xlsx", tiny)
    written(tmp_path / "a.csv", HEADER.replace("why", "Größe"), encoding="latin-1")
    with pytest.raises(IntakeError, match="not UTF-8"):
        read(tmp_path / "a.csv", tiny)


def test_an_unknown_dialect_lists_the_known_ones(tmp_path: Path, tiny: Instrument) -> None:
    """A dialect that is given and unknown is an error that names the choices."""
    with pytest.raises(IntakeError, match=r"no such dialect(.|\n)*delimited"):
        read(written(tmp_path / "a.csv", HEADER), tiny, dialect="qualtrix")
