"""A folder of what respondents sent back: files of the page, mails, and what else gets into a folder."""

from __future__ import annotations

import json
import mailbox
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.core.files import sha256
from cfanalysis.database import import_files, open_database
from cfanalysis.intake import RawAnswers, read
from cfanalysis.intake.cleaning import clean
from cfanalysis.intake.cleaning.file_check import check_file
from cfanalysis.study.preparation import prepare
from cfanalysis.survey.instrument import Instrument

from .test_returned_text import TEXT, with_check

COLUMNS = ["organization", "respondent", "wave", "seconds", "submitted", "sector", "role"]
COLUMNS += ["s1", "d1", "d2", "s2", "d3", "p1", "why"]


def row(number: int, **other: Any) -> dict[str, str]:
    """The answers of one respondent."""
    some = ["Alder", f"r{number:016x}", "2026", "90", f"2026-11-30T10:{number:02d}:00Z", "Retail", "leader"]
    return (
        dict(zip(COLUMNS, [*some, "5", "4", "2", "4", "3", "2", f"Opinion; {number}"], strict=True)) | other
    )


def file(*rows: dict[str, str], delimiter: str = ",") -> str:
    """A table as the page writes it."""
    table = [COLUMNS, *(r.values() for r in rows)]
    cells = [delimiter.join(f'"{c}"' if re.search("[;,]", c) else c for c in r) for r in table]
    return "\r\n".join([*cells, ""])


def text(number: int, **other: str) -> str:
    """The text of a mail with the answers."""
    tokens = [f"{k}:{v.replace(';', chr(92) + '3b')};" for k, v in row(number, **other).items()]
    return with_check("\n".join(["Answers:tiny;", *tokens, "Check:CHECK;"]))


def mail(content: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Anna Berg <anna@example.org>", "My answers"
    message.set_content(content)
    return message.as_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Seven respondents' answers in six kinds of files, and what systems put beside them."""
    made = tmp_path / "answers"
    (made / "later").mkdir(parents=True)
    (made / "a.csv").write_text(file(row(1)), encoding="utf-8")
    (made / "a (1).csv").write_text(file(row(1, organization="Birch", submitted="2026-12-01T08:00:00Z")))
    (made / "again.csv").write_text("\ufeff" + file(row(2), row(3), delimiter=";"), encoding="utf-8")
    (made / "Anna Berg.eml").write_bytes(mail("Good morning,\n\n" + text(4)))
    (made / "copied.txt").write_text("> " + text(5).replace("\n", "\n> "), encoding="utf-16")
    box = mailbox.mbox(made / "Inbox.mbox")
    box.add(mail(text(6)))
    box.add(mail(text(4)))
    box.close()
    (made / "later" / "b.csv").write_text(file(row(7)), encoding="utf-8")
    for name in (".DS_Store", "Thumbs.db", "~$a.xlsx"):
        (made / name).write_bytes(b"\0\1\2")
    return made


def test_a_folder_is_one_table(folder: Path, tiny: Instrument) -> None:
    """Every respondent counts once, with the last answers, from whichever kind of file; all is reported."""
    raw = read(folder, tiny)
    assert isinstance(raw, RawAnswers)
    frame = raw.frame.set_index("respondent")
    assert sorted(frame.index) == [f"r{number:016x}" for number in range(1, 8)]
    assert frame.loc[f"r{1:016x}", "organization"] == "Birch"
    assert set(frame["s1"]) == {"5"}
    assert sorted(frame["why"]) == [f"Opinion; {number}" for number in range(1, 8)]
    assert "7 files, 1 of them in folders within it, 2 sent more than once" in raw.notes[0]


def test_the_same_folder_gives_the_same_study(folder: Path, tiny_file: Path, tmp_path: Path) -> None:
    """The manifest names the folder and its hash, and no file in it; a wave of the page is none to ask about."""
    studies = [prepare(folder, tiny_file, tmp_path / name / "study") for name in ("one", "two")]
    assert studies[0].manifest == studies[1].manifest
    assert studies[0].survey.source.waves == ("2026",)
    entry = studies[0].manifest["inputs"][0]
    assert (entry["name"], entry["sha256"]) == ("answers", sha256(folder))
    everything = b"".join(p.read_bytes() for p in (tmp_path / "one").rglob("*.json"))
    assert b"Anna" not in everything
    before = sha256(folder)
    (folder / ".hidden").write_text("x")
    assert sha256(folder) == before
    (folder / "later" / "b.csv").write_text(file(row(8)), encoding="utf-8")
    assert sha256(folder) != before


def test_a_folder_that_grows_corrects_its_import(folder: Path, tiny_file: Path, tmp_path: Path) -> None:
    """The database takes a folder once, and with more answers in it as a correction of the former."""
    with open_database(str(tmp_path / "b.sqlite"), create=True) as database:
        first = import_files(database, tiny_file, answers=folder)[0]
        same = import_files(database, tiny_file, answers=folder)[0]
        (folder / "new.txt").write_text(text(9), encoding="utf-8")
        more = import_files(database, tiny_file, answers=folder)[0]
    assert (first.rows, same.status, more.rows, more.replaced) == (7, "unchanged", 8, (first.number,))


WHOLE = file(row(9))
SPOILT: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("e.csv", lambda: b""),
    "zero bytes": ("e.csv", lambda: b"\0" * 500),
    "column names alone": ("e.csv", lambda: file().encode()),
    "cut within the names": ("e.csv", lambda: file().encode()[:40]),
    "cut within the answers": ("e.csv", lambda: WHOLE.encode()[:-30]),
    "cut within the last answer": ("e.csv", lambda: WHOLE.encode()[:-4]),
    "cut before the line ends": ("e.csv", lambda: WHOLE.encode()[:-2]),
    "cut within quotation marks": ("e.csv", lambda: WHOLE.replace(',"Op', ',"\nOp').encode()[:-8]),
    "a download under way": ("e.csv.crdownload", lambda: WHOLE.encode()[:-30]),
    "a workbook": ("e.xlsx", lambda: b"PK\x03\x04" + b"\0\1" * 90),
    "a PDF": ("e.pdf", lambda: b"%PDF-1.7\n" + b"\xff\0" * 90),
    "a picture": ("e.png", lambda: b"\x89PNG\r\n\x1a\n\0\0\0"),
    "a note": ("e.txt", lambda: b"Call Anna, she has not answered."),
    "another table": ("e.csv", lambda: b"organization,growth\nAlder,3\n"),
    "a mail without answers": ("e.eml", lambda: mail("I shall answer tomorrow.")),
    "a mail whose end is cut": ("e.eml", lambda: mail(text(9)[:-12])),
    "a mail that was changed": ("e.eml", lambda: mail(text(9).replace("s1:5", "s1:1"))),
    "no mail": ("e.eml", lambda: b"\xff\xfe\0\0nothing"),
    "another instrument's": ("e.txt", lambda: with_check(TEXT.replace("Answers:tiny", "Answers:other")).encode()),
    "a name twice": ("e.csv", lambda: WHOLE.replace(",d2,", ",d1,").encode()),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content"), SPOILT.values(), ids=SPOILT)
def test_a_file_that_is_no_whole_answer_is_named(
    name: str, content: Callable[[], bytes], folder: Path, tiny: Instrument
) -> None:
    """Nothing is read, and the message says which file it is and what to do."""
    (folder / "later" / name).write_bytes(content())
    with pytest.raises(IntakeError, match=re.escape(f"later/{name}: ")) as caught:
        read(folder, tiny)
    assert "1 of 8 files" in str(caught.value)
    assert "move what is no answer" in str(caught.value)


def test_all_spoilt_files_are_named_together(folder: Path, tiny: Instrument, tmp_path: Path) -> None:
    """Several files are one message; a folder without files, and one read by another reader, are errors, too."""
    for number in range(30):
        (folder / f"n{number}.txt").write_text("none", encoding="utf-8")
    with pytest.raises(IntakeError, match=r"30 of 37 files(?s:.)*n0.txt(?s:.)*and \d+ more"):
        read(folder, tiny)
    (tmp_path / "none").mkdir()
    with pytest.raises(IntakeError, match="no files of answers"):
        read(tmp_path / "none", tiny)
    with pytest.raises(IntakeError, match="this is a folder"):
        read(folder, tiny, reader="qualtrics")


def test_a_file_saved_by_a_spreadsheet_is_read(folder: Path, tiny: Instrument) -> None:
    """A respondent who opened the file in a spreadsheet may send a workbook, or a text in a page of Windows."""
    pd.DataFrame([row(8, organization="Zoë", wave=2026, s1=5)]).to_excel(folder / "answers.xlsx", index=False)
    western = file(row(9, organization="Zoë"), delimiter=";")
    (folder / "western.csv").write_text(western, encoding="cp1252")
    frame = read(folder, tiny).frame.set_index("respondent")  # type: ignore[union-attr]
    for number in (8, 9):
        found = frame.loc[f"r{number:016x}", ["organization", "wave", "s1", "why"]]
        assert found.tolist() == ["Zoë", "2026", "5", f"Opinion; {number}"]


def test_tables_of_different_columns_become_one(tmp_path: Path, tiny: Instrument) -> None:
    """Columns are put together by what they mean; what a file lacks is empty in its rows."""
    (tmp_path / "a.csv").write_text(file(row(1)), encoding="utf-8")
    lines = [
        "respondent;We intend it.;d1;d2;s2;d3;Performance;Company",
        "x1;3;3;3;3;3;3;Elm",
        "x1;3;3;3;3;3;3;Elm",
    ]
    (tmp_path / "b.csv").write_text("\n".join(lines), encoding="utf-8")
    raw = read(tmp_path, tiny)
    assert raw.frame["s1"].tolist() == ["5", "3", "3"]
    assert raw.frame["sector"].tolist() == ["Retail", "", ""]
    assert json.loads(raw.frame["organization"].to_json(orient="values")) == ["Alder", "Elm", "Elm"]


def test_what_is_wrong_in_a_folder_is_named_by_file(folder: Path, tiny: Instrument, tmp_path: Path) -> None:
    """Whoever checks or prepares a folder is told the file of a row; the study and its log hold no name of a file."""
    (folder / "total.csv").write_text(file(row(8, organization="Total")), encoding="utf-8")
    (folder / "wrong.csv").write_text(file(row(9, s1="Perhaps")), encoding="utf-8")
    found = {finding.rule: finding.files for finding in check_file(folder, tiny).findings}
    assert found["summary_row"] == "total.csv"
    assert found["not_an_answer"] == "wrong.csv"
    _, log = clean(read(folder, tiny), tiny, lenient=True)
    assert "wrong.csv" not in json.dumps(log.as_dict(), default=str)
    with pytest.raises(IntakeError, match=r"file total\.csv: row \d+: 'Total'"):
        clean(read(folder, tiny), tiny)
