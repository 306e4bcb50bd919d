"""Bad input: one clear message or a labelled result, in bounded time and memory, and never half a study."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from cfanalysis.core.errors import CfAnalysisError, IntakeError
from cfanalysis.core.unfinished import UNFINISHED
from cfanalysis.intake import ReadingOptions, read
from cfanalysis.intake.cleaning import clean
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import open_study
from cfanalysis.survey.instrument import Instrument, parse_instrument

from .test_intake import HEADER, written

GOOD = "A,r{0},2024,{1},2,3,4,5,4,words"


def rows(*organizations: str, each: int = 2) -> list[str]:
    """Rows of answers of some organizations."""
    return [
        f"{name},r{name}{k},2024,{1 + (k + i) % 5},2,3,4,{1 + (i % 5)},{1 + i % 5},"
        for i, name in enumerate(organizations)
        for k in range(each)
    ]


def refused(path: Path, instrument: Instrument) -> str:
    """The message with which a file is refused, by reading or by cleaning."""
    with pytest.raises(IntakeError) as caught:
        clean(read(path, instrument), instrument)  # type: ignore[arg-type]
    return str(caught.value)


def test_two_header_rows_are_noticed(tmp_path: Path, tiny: Instrument) -> None:
    """A second row of names that the instrument does not know is an error that names the row."""
    second = "Response,,,Open text,Open text,Open text,Open text,Open text,Open text,Open text"
    file = written(tmp_path / "a.csv", HEADER, second, *rows("A", "B"))
    assert "Row 2 looks like a second row of column names" in refused(file, tiny)


def test_a_second_header_row_with_the_items_texts_is_understood(tmp_path: Path, tiny: Instrument) -> None:
    """Ids above, texts below: both are column names, and that is said."""
    texts = ",".join(["", "", "", *(f'"{item.text}"' for item in tiny.items)])
    raw = read(written(tmp_path / "a.csv", HEADER, texts, *rows("A", "B")), tiny)
    assert raw.frame.index[0] == 3
    assert "column names in rows 1 to 2" in raw.notes[0]


def test_files_pasted_one_below_the_other_are_read(tmp_path: Path, tiny: Instrument) -> None:
    """A row that repeats the column names is dropped and logged; the rows below it are answers like any others."""
    file = written(tmp_path / "a.csv", HEADER, *rows("A", "B"), HEADER, *rows("C"))
    responses, log = clean(read(file, tiny), tiny)  # type: ignore[arg-type]
    assert set(responses["organization"]) == {"A", "B", "C"}
    assert log.rows_dropped == {"header_row": 1}
    assert log.changes[["rule", "row"]].to_numpy().tolist() == [["header_row", 6]]


def test_column_names_that_were_decided_are_known_again(tmp_path: Path, tiny: Instrument) -> None:
    """Headers that a column map explains are recognized where they are repeated."""
    header = HEADER.replace("s1,d1,d2,s2,d3", "first,second,third,fourth,fifth")
    decided = dict(
        zip(("first", "second", "third", "fourth", "fifth"), ("s1", "d1", "d2", "s2", "d3"), strict=True)
    )
    file = written(tmp_path / "a.csv", header, *rows("A"), header, *rows("B"))
    _, log = clean(read(file, tiny, options=ReadingOptions(columns=decided)), tiny)  # type: ignore[arg-type]
    assert log.rows_dropped == {"header_row": 1}


def test_pasted_files_with_other_columns_are_refused(tmp_path: Path, tiny: Instrument) -> None:
    """Column names in another order further down would put answers under other items: an error names the row."""
    other = HEADER.replace("s1,d1", "d1,s1")
    file = written(tmp_path / "a.csv", HEADER, *rows("A", "B"), other, *rows("C"))
    assert "Row 6 repeats the column names in another order" in refused(file, tiny)


def test_answers_that_are_column_names_are_answers(tmp_path: Path, tiny_file: Path) -> None:
    """Columns that an export numbers 1, 2, 3 do not make answers column names."""
    text = tiny_file.read_text(encoding="utf-8")
    for number, item in enumerate(("s1", "d1", "d2", "s2", "d3"), start=1):
        text = text.replace(f"{{id: {item},", f'{{id: {item}, source: ["{number}"],')
    numbered = parse_instrument(text)
    file = written(
        tmp_path / "a.csv", HEADER.replace("s1,d1,d2,s2,d3", "1,2,3,4,5"), "A,r1,2024,1,2,3,4,5,4,"
    )
    responses, _ = clean(read(file, numbered), numbered)  # type: ignore[arg-type]
    assert responses[["s1", "d1", "d2", "s2", "d3"]].to_numpy().tolist() == [[1, 2, 3, 4, 5]]


def test_another_surveys_file_is_refused(tmp_path: Path, tiny: Instrument) -> None:
    """None of its columns is an item; the message shows both sides."""
    file = written(tmp_path / "a.csv", "Timestamp,How old are you?,Film", "1,30,Alien")
    assert "None of the columns is an item of the instrument 'tiny'" in refused(file, tiny)


def test_mixed_labels_and_numbers_are_one_answer(tmp_path: Path, tiny: Instrument) -> None:
    """Labels and codes side by side are understood; each label that was read is in the log."""
    file = written(
        tmp_path / "a.csv", HEADER, "A,r1,2024,Agree,4,3,4,5,4,", "A,r2,2024,4,Strongly agree,3,4,5,4,"
    )
    responses, log = clean(read(file, tiny), tiny)  # type: ignore[arg-type]
    assert responses["s1"].tolist() == [4, 4]
    assert log.cells_changed == {"label": 2}


def test_an_item_twice_is_refused(tmp_path: Path, tiny: Instrument) -> None:
    """Two columns of one item, under whatever names: both headers are shown."""
    file = written(tmp_path / "a.csv", HEADER + ",We intend it.", "A,r1,2024,1,2,3,4,5,4,,5")
    assert "'s1' stands in 2 columns: column 4 ('s1'), column 11 ('We intend it.')" in refused(file, tiny)


def test_all_organizations_tied_have_no_verdict_but_a_study(tmp_path: Path, tiny_file: Path) -> None:
    """Where the criterion is the same everywhere there are no quartiles: the study says why there is no verdict."""
    lines = [f"{name},r{k},2024,5,2,3,4,5,4," for name in "ABCDEFGH" for k in range(3)]
    study = prepare(written(tmp_path / "a.csv", HEADER, *lines), tiny_file, tmp_path / "study")
    assert study.verdict["verdict"] in ("none", "descriptive")
    assert study.verdict.get("reason") or study.verdict["n"] == 8


@pytest.mark.parametrize("count", [1, 2, 3])
def test_fewer_organizations_than_quartiles_make_a_study(count: int, tmp_path: Path, tiny_file: Path) -> None:
    """One, two or three organizations are a study whose verdict says that there are too few."""
    file = written(tmp_path / "a.csv", HEADER, *rows(*"ABC"[:count], each=4))
    study = prepare(file, tiny_file, tmp_path / "study")
    assert len(study.clients) == count
    assert study.verdict["verdict"] in ("none", "descriptive")
    assert study.verdict["verdict"] == "descriptive" or study.verdict["reason"]


def test_a_wave_without_half_of_its_items_is_said(tmp_path: Path, tiny_file: Path) -> None:
    """Items that nobody answered in one wave are named in the log; the wave stays."""
    early = [f"A,r{k},2024,1,2,3,4,5,4," for k in range(4)]
    late = [f"A,r{k},2025,1,2,3,,5,," for k in range(4)]
    study = prepare(written(tmp_path / "a.csv", HEADER, *early, *late), tiny_file, tmp_path / "study")
    assert "wave 2025: nobody answered 2 of 6 items: s2, p1" in study.cleaning_log["notes"]
    assert set(study.survey.shares["wave"]) == {"2024", "2025"}


def test_a_wave_of_which_nothing_is_left_is_said(tmp_path: Path, tiny: Instrument) -> None:
    """Where one wave lacks so many items that all its rows are dropped, that is said beside the rows in the log."""
    late = [f"A,r{k},2025,,,,,,4," for k in range(4)]
    file = written(tmp_path / "a.csv", HEADER, *rows("A", "B"), *late)
    _, log = clean(read(file, tiny), tiny)  # type: ignore[arg-type]
    assert log.rows_dropped == {"too_few_answers": 4}
    assert "wave 2025: none of its 4 rows is left: too_few_answers 4" in log.notes


def test_a_column_on_another_scale_is_refused(tmp_path: Path, tiny: Instrument) -> None:
    """Most of a column outside the scale is no dirt: the error names the column, the values and the scale."""
    lines = [f"A,r{k},2024,{6 + k % 3},2,3,4,5,4," for k in range(13)]
    raw = read(written(tmp_path / "a.csv", HEADER, *lines), tiny)
    with pytest.raises(IntakeError, match=r"s1: '6' \(5 cells\), '7' \(4 cells\), .*'agreement', 1 to 5"):
        clean(raw, tiny)  # type: ignore[arg-type]


def test_a_table_is_refused_by_its_width_alone(tmp_path: Path, tiny: Instrument) -> None:
    """A table of another kind may be as wide as it likes, and one with the items in it is read."""
    extra = ",".join(f"x{i}" for i in range(17_000))  # wider than a sheet can be
    assert "None of the columns" in refused(written(tmp_path / "a.csv", extra, extra), tiny)
    wide = written(tmp_path / "b.csv", f"{HEADER},{extra}", f"A,r1,2024,1,2,3,4,5,4,,{extra}")
    assert len(read(wide, tiny).frame) == 1


def test_huge_cells_are_read_or_named(tmp_path: Path, tiny: Instrument) -> None:
    """A comment of a megabyte is kept, and cut in the log; a row beyond the block is one message."""
    comment = "x" * 1_000_000
    file = written(tmp_path / "a.csv", HEADER, f"A,r1,2024,1,2,3,4,5,4, {comment}")
    responses, log = clean(read(file, tiny), tiny)  # type: ignore[arg-type]
    assert responses["why"].tolist() == [comment]
    assert len(json.dumps(log.as_dict())) < 10_000
    file = written(tmp_path / "b.csv", HEADER, "A,r1,2024,1,2,3,4,5,4," + "x" * 40_000_000)
    assert "not a regular table" in refused(file, tiny)


def test_a_quotation_mark_that_is_never_closed_is_named(tmp_path: Path, tiny: Instrument) -> None:
    """The rest of the file in one cell is not taken for an answer."""
    file = written(tmp_path / "a.csv", HEADER, 'A,r1,2024,1,2,3,4,5,4,"open', *rows("A", "B"))
    assert "not a regular table" in refused(file, tiny)


def test_zero_bytes_are_no_text(tmp_path: Path, tiny: Instrument) -> None:
    """Zero bytes in the head are refused; one in a cell far below is no answer and logged."""
    (tmp_path / "a.csv").write_bytes(f"{HEADER}\nA,r1,2024,1,2,\0,4,5,4,\n".encode())
    assert "not a readable survey file" in refused(tmp_path / "a.csv", tiny)
    lines = [f"A,r{i},2024,1,2,3,4,5,4,{'x' * 50}" for i in range(2000)]
    (tmp_path / "b.csv").write_bytes("\n".join([HEADER, *lines, "A,z,2024,1,2,\0,4,5,4,"]).encode())
    _, log = clean(read(tmp_path / "b.csv", tiny), tiny)  # type: ignore[arg-type]
    assert log.changes.query("kind == 'changed'")[["row", "column"]].to_numpy().tolist() == [[2002, "d2"]]


def test_a_zip_bomb_is_not_opened(tmp_path: Path, tiny: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that would unpack to a gigabyte is refused by the archive's own directory; nothing is unpacked."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as stream:
            for _ in range(200):
                stream.write(b"0" * (1 << 20))
    monkeypatch.setattr("zlib.decompressobj", lambda *_: pytest.fail("unpacked"))
    assert "unpack to far more" in refused(path, tiny)


def test_formulas_count_by_their_saved_results_or_are_named(tmp_path: Path, tiny: Instrument) -> None:
    """A formula without a saved result would look like a missing answer: its cell is named."""
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    book.active.append(["A", "r1", 2024, 1, 2, "=1+2", 4, 5, 4, None])
    book.save(tmp_path / "a.xlsx")
    assert "F2" in refused(tmp_path / "a.xlsx", tiny)


def test_formulas_in_text_are_texts(tmp_path: Path, tiny: Instrument) -> None:
    """In CSV a formula is a text: as an answer it is none, as a name it is a name."""
    file = written(tmp_path / "a.csv", HEADER, '"=HYPERLINK(""x"")",r1,2024,=1+2,2,3,4,5,4,', *rows("A"))
    responses, log = clean(read(file, tiny), tiny)  # type: ignore[arg-type]
    assert '=HYPERLINK("x")' in set(responses["organization"])
    assert log.cells_changed["not_an_answer"] == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this platform")
def test_a_full_disk_is_one_message_and_leaves_nothing(
    tmp_path: Path, sample_file: Path, instrument_file: Path
) -> None:
    """The system's limit on file sizes stops the writing: one message, no study, no trace."""
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000));"
        "from cfanalysis.cli import main; main(sys.argv[1:])"
    )
    out = tmp_path / "out" / "study"
    command = [
        sys.executable,
        "-B",  # or Python would keep what it compiles cut off at the limit, and every later process would read it
        "-c",
        code,
        "prepare",
        sample_file,
        "--instrument",
        instrument_file,
        "--out",
        out,
    ]
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "The output cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(out.parent.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="no kill -9 on this platform")
def test_a_killed_prepare_leaves_no_study_and_the_next_one_clears_up(
    tmp_path: Path, sample_file: Path, instrument_file: Path
) -> None:
    """Killed at whatever moment: either the whole study is there or none, and what was left is cleared away."""
    out = tmp_path / "out" / "study"
    code = "import sys; from pathlib import Path; from cfanalysis.study.preparation import prepare;" + (
        "prepare(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), replace=True)"
    )
    for moment in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(sample_file), str(instrument_file), str(out)]
        )
        deadline = time.monotonic() + 60
        while (
            not list(tmp_path.glob(f"out/{UNFINISHED}*/*"))
            and process.poll() is None
            and time.monotonic() < deadline
        ):
            time.sleep(0.01)
        time.sleep(0.15 * moment)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if out.exists():
            open_study(out)
    prepare(sample_file, instrument_file, out, replace=True)
    assert [p.name for p in out.parent.iterdir()] == ["study"]


def test_no_message_is_longer_than_a_page(tmp_path: Path, tiny: Instrument) -> None:
    """Thousands of problems are counted, not all printed."""
    header = ",".join(f"s{i}1" for i in range(3000))
    with pytest.raises(CfAnalysisError) as caught:
        read(written(tmp_path / "a.csv", f"{HEADER.replace('d1', 'q')},{header}", "A"), tiny)
    assert len(str(caught.value)) < 4000
