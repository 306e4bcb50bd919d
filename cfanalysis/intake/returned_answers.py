"""Answers to the page of a questionnaire as they come back: a folder of files and mails, or one of them.

A file is a table as respondents download it (also several rows, or a spreadsheet's own file); a mail is a saved
message (``.eml``, ``.mbox``) or its text, with the answers in it or attached. Of a respondent who sent answers more
than once, the last count. A file in which no answers can be read, or only half of them, is named, and nothing is read:
leaving it out is for people to decide. Names of files may be names of people: they stand in messages alone.
"""

from __future__ import annotations

import csv
import mailbox
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from cfanalysis.core.errors import CfAnalysisError, IntakeError, problem_list
from cfanalysis.core.files import files_within
from cfanalysis.intake.columns import SUBMITTED, header_meanings
from cfanalysis.intake.delimited import is_text, text_headers
from cfanalysis.intake.exports.export_layout import ExportColumn, Layout
from cfanalysis.intake.exports.export_reader import TableReader, read_table
from cfanalysis.intake.exports.export_tables import ExportTable, TextTable
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.folding import comparable_text
from cfanalysis.intake.plain import PLAIN
from cfanalysis.intake.reader import RawAnswers
from cfanalysis.intake.reading_options import DETECT_ALL, ReadingOptions
from cfanalysis.intake.returned_text import answers_in_text, holds_answers, possible_texts
from cfanalysis.survey.instrument import Instrument

_HEAD = 1 << 16
_CUT = "The file ends before the answers do."
_MAIL = re.compile(rb"From \S|(?:[A-Za-z][A-Za-z-]*: .*\r?\n(?:[ \t].*\r?\n)*)+\r?\n", re.MULTILINE)
_OWN_ID = re.compile(r"r[0-9a-f]{16}")
"""The id that the page gives to a respondent: 64 random bits."""


class _Row(dict[str, str]):
    """The answers of a respondent, and the name of the file in which they came."""

    file = ""


@dataclass
class ReturnedTable:
    """The answers of all files as one table; a row is numbered as if they stood below each other."""

    where: str
    columns: list[str]
    rows: list[_Row]
    detected: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)

    def frame(
        self, depth: int, width: int, names: Mapping[int, str], reach: int | None = None
    ) -> pd.DataFrame:
        """Return columns by their places."""
        index = pd.RangeIndex(2, 2 + len(self.rows), name="row")
        texts = {place: [row.get(self.columns[place], "") for row in self.rows] for place in names}
        return pd.DataFrame(texts, index=index, dtype="str")


class QuestionnaireReader(TableReader):
    """The reader of what comes back from the page of ``cfanalysis questionnaire``."""

    name = "questionnaire"
    about = "answers to the page of cfanalysis questionnaire: a folder of files and mails, or one of them"

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether this is a folder, a mail, a text of answers, or a file that the page has written."""
        if path.is_dir() or not is_text(path):
            return path.is_dir()
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
        text = next(possible_texts(head[: _HEAD // 2 * 2]), "")
        return _is_page_file(text_headers(path)) or holds_answers(text) or _is_mail(path, head)

    def table(
        self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL
    ) -> tuple[ReturnedTable, Layout]:
        """Return the answers of all files as one table."""
        files = list(files_within(path))
        where = f"{path.name}/" if path.is_dir() else path.name
        found: list[_Row] = []
        problems = []
        for file in files:
            try:
                for row in _file_answers(file, instrument, options):
                    found.append(_Row(row))
                    found[-1].file = _name(file, path)
            except CfAnalysisError as error:
                problems.append(f"{_name(file, path)}: {error.problem} {error.value or ''}".rstrip())
            except (csv.Error, UnicodeError):
                problems.append(f"{_name(file, path)}: {_CUT}")
            except OSError as error:
                problems.append(f"{_name(file, path)}: {error.strerror or error}")
        if problems or not found:
            raise IntakeError(
                problem_list(f"{len(problems):,} of {len(files):,} files hold no whole answers:", problems)
                if problems
                else "There are no files of answers.",
                where=path,
                allowed="files that respondents downloaded, and their mails, saved as .eml, .mbox or .txt",
                next_step="Ask for those answers again, or move what is no answer to another place; "
                "an export of a survey tool is given by its own path.",
            )
        rows = _last_of_each(found)
        below = sum(file.parent != path for file in files) if path.is_dir() else 0
        said = [f"{len(files):,} files", f"{below:,} of them in folders within it" if below else ""]
        repeated = len(found) - len(rows)
        said.append(f"{repeated:,} sent more than once, of which the last count" if repeated else "")
        columns = list(dict.fromkeys(name for row in rows for name in row))
        table = ReturnedTable(where, columns, rows, tuple(filter(None, said)))
        return table, Layout(tuple(ExportColumn((name,) if name else ()) for name in columns), 1, "")

    def read(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL) -> RawAnswers:
        """Read all answers; the waves are those that the pages were made for."""
        table, layout = self.table(path, instrument, options)
        raw = read_table(table, layout, instrument, options, reader=self.name, file=path.name)
        files = {row: answers.file for row, answers in enumerate(table.rows, 2)} if path.is_dir() else {}
        waves = {comparable_text(str(wave)) for wave in raw.frame.get("wave", ())} - {""}
        return replace(raw, accepted={"wave": frozenset(waves)}, files=files)


def _name(file: Path, folder: Path) -> str:
    return file.name if file == folder else file.relative_to(folder).as_posix()


def _file_answers(file: Path, instrument: Instrument, options: ReadingOptions) -> list[dict[str, str]]:
    """Return the answers in one file, one row for each respondent.

    Raises
    ------
    CfAnalysisError
        There are none in it, or they are not whole.
    """
    if not file.is_file() or not file.stat().st_size:
        raise IntakeError("The file is empty." if file.is_file() else "This is no file.")
    if is_text(file):
        data = file.read_bytes()
        if _is_mail(file, data[:_HEAD]):
            return [row for mail in _mails(file, data) for row in _mail_answers(mail, instrument, options)]
        if found := answers_in_text(possible_texts(data)):
            return _of_instrument(found, instrument)
        if _is_page_file(text_headers(file)) and not data.rstrip(b"\0").endswith((b"\n", b"\r")):
            raise IntakeError(_CUT)
    return _table_answers(file, instrument, options)


def _is_mail(file: Path, head: bytes) -> bool:
    """Return whether a file is a message, or a box of messages."""
    return file.suffix.lower() in (".eml", ".mbox") or bool(
        _MAIL.match(head) and re.search(rb"^(MIME-Version|Message-ID|Received|Subject): ", head, re.I | re.M)
    )


def _mails(file: Path, data: bytes) -> Iterator[Message]:
    if not data.startswith(b"From "):
        yield message_from_bytes(data)
        return
    box = mailbox.mbox(file, create=False)
    try:
        yield from box
    finally:
        box.close()


def _mail_answers(mail: Message, instrument: Instrument, options: ReadingOptions) -> list[dict[str, str]]:
    """Return the answers that are attached to a mail, or else stand in its text."""
    parts = [part for part in mail.walk() if not part.is_multipart()]
    with TemporaryDirectory() as folder:
        found: list[dict[str, str]] = []
        for number, part in enumerate(parts):
            name = (part.get_filename() or "").lower()
            if name.endswith(".csv") or part.get_content_type() == "text/csv":
                attached = Path(folder) / f"{number}.csv"
                attached.write_bytes(_content(part))
                found += _file_answers(attached, instrument, options)
    for part in parts:
        if not found and part.get_content_maintype() == "text":
            texts = possible_texts(_content(part), part.get_content_charset() or "")
            found = _of_instrument(answers_in_text(texts), instrument)
    if not found:
        raise IntakeError("The mail holds no answers.")
    return found


def _content(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _of_instrument(found: list[dict[str, str]], instrument: Instrument) -> list[dict[str, str]]:
    """Return answers to an instrument, without its id; refuse answers to another."""
    for row in found:
        if (name := row.pop("Answers")) != instrument.id:
            raise IntakeError("These are answers to another instrument.", value=name)
    return found


def _is_page_file(headers: Sequence[str]) -> bool:
    return {"respondent", "seconds", SUBMITTED} <= set(headers)


def _table_answers(file: Path, instrument: Instrument, options: ReadingOptions) -> list[dict[str, str]]:
    """Return the rows of a table, columns named as the instrument does."""
    reader = next((plain for plain in PLAIN if plain.recognizes(file, instrument)), None)
    if reader is None:
        raise IntakeError("This is neither a mail nor a table.")
    table, layout = reader.table(file, instrument, options)
    known = header_meanings(instrument)
    headers = [next(iter(column.names), "").strip() for column in layout.columns]
    names = [known.get(comparable_text(header), header) for header in headers]
    if not {item.id for item in instrument.items} & set(names):
        raise IntakeError("No answers to this instrument are in it.")
    if len(set(filter(None, names))) < len([*filter(None, names)]):
        raise IntakeError("Two columns have the same meaning.")
    rows = [dict(zip(names, row, strict=True)) for row in _records(table, layout) if any(map(str.strip, row))]
    if not rows:
        raise IntakeError(_CUT)
    return rows


def _records(table: ExportTable, layout: Layout) -> list[list[str]]:
    """Return the rows of a small table; what is for tables of millions of rows takes longer for one."""
    width = len(layout.columns)
    if not isinstance(table, TextTable):
        return (
            table.frame(layout.depth, width, dict.fromkeys(range(width), ""))
            .astype("str")
            .to_numpy()
            .tolist()
        )
    text = StringIO(table.path.read_bytes().decode(table.encoding.name), newline="")
    records = [*csv.reader(text, delimiter=table.delimiter, strict=True)][layout.depth :]
    if any(len(record) not in (0, width) for record in records):
        raise IntakeError(_CUT)
    return records


def _last_of_each(rows: list[_Row]) -> list[_Row]:
    """Return the rows without those that the same respondent sent again later."""
    last: dict[str, tuple[str, int]] = {}
    for place, row in enumerate(rows):
        name = row.get("respondent", "")
        if _OWN_ID.fullmatch(name):
            last[name] = max(last.get(name, ("", -1)), (row.get(SUBMITTED, ""), place))
    kept = {place for _, place in last.values()}
    return [r for p, r in enumerate(rows) if p in kept or r.get("respondent", "") not in last]
