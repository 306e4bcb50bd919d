"""Reading survey files: what is matched, what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import RawAnswers, ReadingOptions, read
from cfanalysis.intake.cleaning import clean
from cfanalysis.survey.instrument import Instrument, parse_instrument

from .conftest import TINY

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
            ["'s1' stands in 2 columns", "missing column 'd1'"],
        ),
        (
            [HEADER.replace("Performance", "Performanc"), "A,r1,2024,1,2,3,4,5,4,"],
            ["unknown item 'Performanc'", "Performance"],
        ),
        (
            ["colour,taste", "red,sweet"],
            ["None of the columns is an item of the instrument 'tiny'", "colour, taste"],
        ),
        ([HEADER], ["column names and no answers"]),
        (
            [HEADER, "A,r1,2024,1,2,3,4,5,4,x,1,2"],
            ["more or fewer cells", "row 2 has 12 cells for 10 column names"],
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


def test_only_what_was_not_found_can_be_meant(tmp_path: Path, tiny: Instrument) -> None:
    """A column that resembles an item which is there under its own name is another column: ignored, and listed."""
    raw = read(written(tmp_path / "a.csv", HEADER + ",Performanc,s11", "A,r1,2024,1,2,3,4,5,4,,1,2"), tiny)
    assert isinstance(raw, RawAnswers)
    assert raw.ignored == ("Performanc", "s11")


def test_a_missing_file_names_the_nearest(tmp_path: Path, tiny: Instrument) -> None:
    """A file that does not exist: the one with the nearest name is proposed."""
    written(tmp_path / "answers_2025.csv", HEADER)
    with pytest.raises(IntakeError, match=r"There is no such file(.|\n)*answers_2025\.csv"):
        read(tmp_path / "answer_2025.csv", tiny)


def test_an_empty_file_and_a_folder_are_refused(tmp_path: Path, tiny: Instrument) -> None:
    """An empty file says so; a folder is read as the files in it."""
    (tmp_path / "empty.csv").touch()
    with pytest.raises(IntakeError, match="The file is empty"):
        read(tmp_path / "empty.csv", tiny)
    with pytest.raises(
        IntakeError, match=r"1 of 1 files hold no whole answers(.|\n)*empty\.csv: The file is empty"
    ):
        read(tmp_path, tiny)


def test_what_is_no_text_and_no_workbook_is_refused(tmp_path: Path, tiny: Instrument) -> None:
    """Bytes that are neither a table nor a workbook, and a broken workbook."""
    (tmp_path / "a.bin").write_bytes(bytes(range(256)))
    with pytest.raises(IntakeError, match="not a readable survey file"):
        read(tmp_path / "a.bin", tiny)
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(IntakeError, match="not a readable workbook"):
        read(tmp_path / "a.xlsx", tiny)


def test_an_unknown_reader_lists_the_known_ones(tmp_path: Path, tiny: Instrument) -> None:
    """A reader that is given and unknown is an error that names the choices."""
    with pytest.raises(IntakeError, match=r"no such reader(.|\n)*delimited"):
        read(written(tmp_path / "a.csv", HEADER), tiny, reader="qualtrix")


@pytest.mark.parametrize(
    ("encoding", "name", "said"),
    [
        ("utf-16", "Älder Größe", "UTF-16"),
        ("utf-16-le", "Älder Größe", "UTF-16 (little-endian"),
        ("utf-16-be", "Älder Größe", "UTF-16 (big-endian"),
        ("cp1252", "Älder Größe", "cp1252 (Western European"),
        ("latin-1", "Café Élan", "cp1252 (Western European"),
        ("cp949", "한국 고객 센터", "cp949 (Korean"),
        ("cp1251", "Компания Альдер", "cp1251 (Cyrillic"),
    ],
)
def test_other_encodings_are_detected_and_said(
    tmp_path: Path, tiny: Instrument, encoding: str, name: str, said: str
) -> None:
    """UTF-16 with or without a mark and the usual code pages; what was found stands in the notes."""
    file = written(tmp_path / "a.csv", HEADER, f"{name},r1,2024,1,2,3,4,5,4,{name}", encoding=encoding)
    raw = read(file, tiny)
    assert raw.frame["organization"].tolist() == [name]
    assert said in raw.notes[0]


def test_the_instruments_own_words_settle_the_encoding(tmp_path: Path) -> None:
    """Bytes that several pages can read are read by the page in which the instrument's labels appear."""
    text = TINY.replace("Strongly agree}", "Zgadzam się całkowicie}")
    line = "Firma,r1,2024,Zgadzam się całkowicie,2,3,4,5,4,"
    raw = read(written(tmp_path / "a.csv", HEADER, line, encoding="cp1250"), parse_instrument(text))
    assert raw.frame["s1"].tolist() == ["Zgadzam się całkowicie"]
    assert "cp1250" in raw.notes[0]


def test_an_ambiguous_encoding_names_the_choices(tmp_path: Path, tiny: Instrument) -> None:
    """Where bytes alone do not tell and no language does, the user chooses; the error shows each reading."""
    greek = parse_instrument(TINY.replace("id: tiny", "id: tiny\nlanguage: el"))
    file = written(tmp_path / "a.csv", HEADER, "Señor,r1,2024,1,2,3,4,5,4,", encoding="cp1252")
    with pytest.raises(IntakeError, match=r"encoding of the file is ambiguous(.|\n)*cp1252(.|\n)*--encoding"):
        read(file, greek)
    raw = read(file, greek, options=ReadingOptions(encoding="cp1252"))
    assert raw.frame["organization"].tolist() == ["Señor"]
    with pytest.raises(IntakeError, match="no such character encoding"):
        read(file, tiny, options=ReadingOptions(encoding="cp99999"))


def test_an_ambiguous_delimiter_names_the_choices(tmp_path: Path, tiny: Instrument) -> None:
    """A header that two delimiters divide equally well is not guessed at."""
    lines = ["one;two,three", "1;2,3"]
    with pytest.raises(IntakeError, match=r"delimiter of the file is ambiguous(.|\n)*comma, semicolon"):
        read(written(tmp_path / "a.csv", *lines), tiny)


def test_a_comma_in_a_header_does_not_decide_the_delimiter(tmp_path: Path, tiny: Instrument) -> None:
    """The delimiter is the one by which the instrument's columns are found, not the commonest character."""
    header = HEADER.replace(",", ";") + ';"a, b, c, d, e, f, g, h, i, j, k, l"'
    raw = read(written(tmp_path / "a.csv", header, "A;r1;2024;1;2;3;4;5;4;;x"), tiny)
    assert "divided by semicolon" in raw.notes[0]


def test_the_decimal_sign_is_detected_given_or_ambiguous(tmp_path: Path, tiny: Instrument) -> None:
    """A decimal comma is understood and said; 1,234 alone may be thousands and is refused."""
    header = HEADER.replace(",", ";") + ";seconds"
    file = written(tmp_path / "a.csv", header, "A;r1;2024;1,0;2;3;4;5;4;;612,5")
    raw = read(file, tiny)
    assert isinstance(raw, RawAnswers)
    assert (raw.decimal, "decimal comma" in raw.notes[0]) == (",", True)
    responses, _ = clean(raw, tiny)
    assert responses[["s1", "seconds"]].iloc[0].tolist() == [1, 612.5]
    file = written(tmp_path / "b.csv", header, "A;r1;2024;1;2;3;4;5;4;;1,234")
    with pytest.raises(IntakeError, match=r"decimal sign of the file is ambiguous(.|\n)*point, comma"):
        read(file, tiny)
    assert read(file, tiny, options=ReadingOptions(decimal=",")).decimal == ","  # type: ignore[union-attr]


def test_rows_that_end_before_their_blank_last_columns_are_read(tmp_path: Path, tiny: Instrument) -> None:
    """Where a program leaves out blank cells behind the last item, rows are filled up; row numbers stay right."""
    short = [f"{name},r{name},2024,1,2,3,4,5,4" for name in "ACD"]
    file = written(tmp_path / "a.csv", HEADER, short[0], "B,r2,2024,1,2,3,4,5,4,x", "", *short[1:])
    raw = read(file, tiny)
    assert raw.frame["organization"].to_dict() == {2: "A", 3: "B", 4: "", 5: "C", 6: "D"}
    assert raw.frame["why"].tolist() == ["", "x", "", "", ""]
    assert "3 rows end before their last columns, which are blank" in raw.notes[1]


def test_titles_above_the_column_names_are_passed_over(tmp_path: Path, tiny: Instrument) -> None:
    """The names may stand lower; rows are still counted from the top of the file."""
    file = written(tmp_path / "a.csv", "Survey of 2024,,", ",,", HEADER, "A,r1,2024,1,2,3,4,5,4,")
    raw = read(file, tiny)
    assert raw.frame.index.tolist() == [4]
    assert "column names in row 3" in raw.notes[0]


def book_of(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


ANSWERS = ["A", "r1", 2024, 1, 2, 3, 4, 5, 4, None]


def test_the_sheet_with_the_items_is_found(tmp_path: Path, tiny: Instrument) -> None:
    """A sheet of notes before the answers does not matter; two sheets of answers are a question to the user."""
    answers = [HEADER.split(","), ANSWERS]
    raw = read(book_of(tmp_path / "a.xlsx", Notes=[["about", "this"]], Data=answers), tiny)
    assert "sheet 'Data'" in raw.notes[0]
    both = book_of(tmp_path / "b.xlsx", First=answers, Second=answers)
    with pytest.raises(IntakeError, match=r"Several sheets(.|\n)*First, Second(.|\n)*--sheet"):
        read(both, tiny)
    assert "sheet 'Second'" in read(both, tiny, options=ReadingOptions(sheet="Second")).notes[0]
    with pytest.raises(IntakeError, match=r"no such sheet(.|\n)*Second"):
        read(both, tiny, options=ReadingOptions(sheet="Secnd"))


def test_names_under_merged_cells_are_joined(tmp_path: Path, tiny: Instrument) -> None:
    """A name may be spread over two rows, the upper cell standing for all columns below it."""
    text = TINY.replace("We intend it.,", "Leadership - Intend,").replace("We do it.,", "Leadership - Do,")
    upper = ["Company", "respondent", "wave", "Leadership", None, "d2", "s2", "d3", "Performance", "why"]
    lower = [None, None, None, "Intend", "Do", None, None, None, None, None]
    raw = read(book_of(tmp_path / "a.xlsx", Data=[upper, lower, ANSWERS]), parse_instrument(text))
    assert raw.frame.loc[3, ["organization", "s1", "d1"]].tolist() == ["A", "1", "2"]


def test_parquet_gives_the_same_answers_as_csv(tmp_path: Path, tiny: Instrument) -> None:
    """Numbers, texts, categories and missing cells of a Parquet file become the texts of the CSV."""
    columns = {
        "Company": pd.Categorical(["A", "B"]),
        "respondent": ["r1", "r2"],
        "wave": [2024, 2025],
        "s1": pd.array([1, None], dtype="Int8"),
        "d1": [2.0, float("nan")],
        "d2": ["3", "Agree"],
        "s2": pd.array([True, False]).astype(int),
        "d3": [5, 5],
        "Performance": [4, 4],
        "why": [None, "x"],
    }
    pd.DataFrame(columns).to_parquet(tmp_path / "a.parquet")
    csv = written(tmp_path / "a.csv", HEADER, "A,r1,2024,1,2,3,1,5,4,", "B,r2,2025,,,Agree,0,5,4,x")
    found = read(tmp_path / "a.parquet", tiny).frame.astype(str)
    assert found.to_numpy().tolist() == read(csv, tiny).frame.astype(str).to_numpy().tolist()
    (tmp_path / "b.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-20])
    with pytest.raises(IntakeError, match="not a readable Parquet file"):
        read(tmp_path / "b.parquet", tiny)


def test_a_korean_export_is_read(real_data: Path) -> None:
    """A real CP949 file: the instrument's Korean column names settle the encoding."""
    first = (real_data / "kservqual" / "kiosk_cp949.csv").read_bytes().split(b"\r\n")[0].decode("cp949")
    column = next(iter(csv.reader([first])))[3]
    text = TINY.replace("unit: organization", "").replace("id: tiny", "id: tiny\nunit: respondent", 1)
    for item in ("s1", "d1", "d2", "s2", "d3", "p1"):
        text = text.replace(f"id: {item}, ", f"id: {item}, optional: true, ")
    text = text.replace("id: s1, ", f"id: s1, source: ['{column}'], ")
    raw = read(real_data / "kservqual" / "kiosk_cp949.csv", parse_instrument(text))
    assert "cp949 (Korean; 1 of the instrument's names" in raw.notes[0]
    assert len(raw.frame) == 211
