"""Responses as delimited text: one row per respondent below the column names.

Encoding, delimiter and decimal sign are detected and reported, or given. The file is read in blocks by pyarrow; a
file with rows of unequal length is read once more to know which they are (`cfanalysis.intake.odd_rows`).
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from cfanalysis.core.errors import AmbiguousFileError, IntakeError
from cfanalysis.intake.columnar import compact_frame
from cfanalysis.intake.columns import SUBMITTED
from cfanalysis.intake.delimiter import DELIMITERS, delimiter_of
from cfanalysis.intake.encoding import Encoding, text_encoding
from cfanalysis.intake.folding import comparable_text
from cfanalysis.intake.header import MAX_HEADER_ROWS, SEARCHED, Header, find_header
from cfanalysis.intake.odd_rows import OddRow, refuse_odd_rows, trailing_blanks_left_out
from cfanalysis.intake.reading_options import ReadingOptions
from cfanalysis.survey.instrument import Instrument

_BLOCK = 1 << 22
"""Bytes that are read at a time; characters in which the column names are looked for."""

_LONGEST = 1 << 24
"""Bytes that a row may have: a file with a row beyond a block is read again in blocks of this size."""

_PLAIN = ("respondent", "seconds", SUBMITTED)
_TOO_LONG = ("straddling", "out of sync")


def is_text(path: Path) -> bool:
    """Return whether the file's head is text: no zero bytes but those of UTF-16."""
    with path.open("rb") as stream:
        head = stream.read(65_536)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    pairs = max(len(head) // 2, 1)
    zeros = sorted((head[0::2].count(0) / pairs, head[1::2].count(0) / pairs))
    binary = head.startswith((b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0", b"%PDF"))
    return not binary and (zeros == [0, 0] or (zeros[0] < 0.1 and zeros[1] > 0.4))


def text_headers(path: Path) -> list[str]:
    """Return the cells of a text file's first row, by whichever delimiter gives the most; nothing is decoded."""
    with path.open("rb") as stream:
        line = stream.readline(65_536).decode("utf-8-sig", errors="ignore").replace("\0", "")
    cells = (next(csv.reader([line], delimiter=d), []) for d in DELIMITERS)
    with suppress(csv.Error):
        return max(cells, key=len, default=[])
    return []


def text_head(path: Path, encoding: str, errors: str = "strict") -> str:
    """Return the beginning of a text.

    Parameters
    ----------
    path
        The file.
    encoding
        Its encoding, as Python calls it.
    errors
        What becomes of bytes that do not fit, as of `open`.

    Raises
    ------
    IntakeError
        The file is not text in this encoding.
    """
    try:
        with path.open(encoding=encoding, errors=errors, newline="") as stream:
            return stream.read(_BLOCK)
    except UnicodeError as error:
        raise AmbiguousFileError(
            "The file is not text in this encoding.",
            where=path.name,
            value=error,
            next_step="Specify it: --encoding NAME, or save it as 'CSV UTF-8'.",
        ) from None


def text_layout(
    path: Path, instrument: Instrument, known: dict[str, str], options: ReadingOptions
) -> tuple[Encoding, str, Header]:
    """Return encoding, delimiter and header of a text file.

    Parameters
    ----------
    path
        The file.
    instrument
        Helps to tell encodings apart.
    known
        Folded names that the instrument knows, and what each names.
    options
        Encoding and delimiter, where the user gave them.
    """
    encoding = text_encoding(path, instrument, options.encoding)
    rows, delimiter = _first_rows(path, encoding, known, options)
    return encoding, delimiter, find_header(rows, known)


def _first_rows(
    path: Path, encoding: Encoding, known: dict[str, str], options: ReadingOptions
) -> tuple[list[list[str]], str]:
    """Return the cells of the file's first rows, and the delimiter."""
    head = text_head(path, encoding.name)
    lines = list(islice(StringIO(head, newline=""), SEARCHED))
    if not lines or not lines[0].strip():
        raise IntakeError("The first row is empty; it should hold the column names.", where=path.name)

    def count(row: object) -> int:
        return len({known[comparable_text(cell)] for cell in row if comparable_text(cell) in known})  # type: ignore[attr-defined]

    delimiter = delimiter_of(lines, count, where=path.name, given=options.delimiter)
    rows: list[list[str]] = []
    try:
        rows.extend(
            islice(csv.reader(StringIO(head, newline=""), delimiter=delimiter), SEARCHED + MAX_HEADER_ROWS)
        )
    except csv.Error as error:
        # A cell of extreme length among the first answers does not hide the column names above it.
        if not rows:
            raise IntakeError(
                "The column names cannot be read.",
                where=path.name,
                value=error,
                next_step="Look for a quotation mark that is not closed, and for cells of extreme length.",
            ) from None
    return rows, delimiter


class TextRows:
    """One reading of the rows below the column names."""

    def __init__(
        self,
        path: Path,
        encoding: Encoding,
        delimiter: str,
        header: Header,
        names: Mapping[int, str],
        *,
        reach: int | None = None,
    ) -> None:
        self._path, self._encoding, self._delimiter = path, encoding, delimiter
        self._header, self._names = header, names
        self._reach = len(header.names) if reach is None else reach
        self._irregular: dict[int, str] = {}
        self._block = _BLOCK
        self.notes: list[str] = []

    def frame(self) -> pd.DataFrame:
        """Return the rows, columns by place; rows of unequal length are found by reading the file once more."""
        first = self._header.first + self._header.depth + 1
        self._refuse_open_quotation()
        sources, threads = {f"f{place}": place for place in self._names}, True
        while True:
            try:
                frame = compact_frame(self._batches(threads=threads), sources, first_row=first)
                return frame if threads else self._repair(frame, first)
            except _LongRow:
                self._block = _LONGEST
            except _Irregular:
                threads = False

    def _refuse_open_quotation(self) -> None:
        """Refuse a file that ends within quotation marks: its last cell would have swallowed the rest."""
        with self._path.open("rb") as binary:
            marks = sum(chunk.count(b'"') for chunk in iter(lambda: binary.read(_BLOCK), b""))
        if marks % 2 == 0:
            return
        end = "\x00end"
        last: deque[tuple[int, list[str]]] = deque(maxlen=1)
        with self._path.open(encoding=self._encoding.name, newline="") as stream:
            try:
                rows = csv.reader(chain(stream, ["\n", end]), delimiter=self._delimiter)
                last.extend(enumerate(rows, start=1))
            except UnicodeError:
                return  # reading names the bytes that do not fit the encoding
            except csv.Error:
                pass  # a cell of extreme length has swallowed the rest, too
        if not last or last[0][1] != [end]:
            row = last[0][0] if last else 1
            raise self._unreadable(ValueError(f"row {row}: a quotation mark is opened and not closed"))

    def _batches(self, *, threads: bool) -> Iterator[pa.RecordBatch]:
        irregular = False

        def met(row: Any) -> str:
            nonlocal irregular
            irregular = True
            if row.number is not None:
                self._irregular[row.number] = row.text
            return "error" if threads else "skip"

        columns = [f"f{i}" for i in range(len(self._header.names))]
        kinds = {
            f"f{place}": pa.string() if name in _PLAIN else pa.dictionary(pa.int32(), pa.string())
            for place, name in self._names.items()
        }
        try:
            yield from arrow_csv.open_csv(
                self._path,
                read_options=arrow_csv.ReadOptions(
                    use_threads=threads,
                    block_size=self._block,
                    column_names=columns,
                    skip_rows_after_names=self._header.first + self._header.depth,
                    encoding=self._encoding.name.removesuffix("-sig"),
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self._delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=met,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=kinds, include_columns=list(kinds), strings_can_be_null=False
                ),
            )
        except (pa.ArrowInvalid, UnicodeError) as error:
            if threads and irregular:
                raise _Irregular from None
            if self._block < _LONGEST and any(word in str(error) for word in _TOO_LONG):
                raise _LongRow from None
            raise self._unreadable(error) from None

    def _unreadable(self, error: Exception) -> IntakeError:
        text = str(error)
        if any(word in text for word in _TOO_LONG):
            text = (
                f"a row of more than {_LONGEST >> 20} MB, or a quotation mark that is opened and not closed"
            )
        return IntakeError(
            "The file is not a regular table.",
            where=self._path.name,
            value=text,
            allowed=f"{len(self._header.names)} cells in each row, in one encoding ({self._encoding.description})",
            next_step="Correct the row listed, or export the file again.",
        )

    def _repair(self, frame: pd.DataFrame, first: int) -> pd.DataFrame:
        """Return the frame with the rows of unequal length put in their places."""
        width = len(self._header.names)
        repaired: dict[int, list[str]] = {}
        short, odd = [], []
        for number, text in sorted(self._irregular.items()):
            cells = next(csv.reader(StringIO(text, newline=""), delimiter=self._delimiter))
            row = OddRow(number, len(cells), text)
            if any(cell.strip() for cell in cells[width:]) or text.count('"') % 2:
                odd.append(row)
            elif len(cells) < width and any(map(str.strip, cells)):
                short.append(row)
            cells += [""] * (width - len(cells))
            repaired[number] = [cells[i] for i in self._names]
        if odd or not trailing_blanks_left_out(short, len(frame) + len(repaired), self._reach):
            refuse_odd_rows(sorted([*odd, *short]), width, self._path.name)
        if short:
            self.notes.append(
                f"{self._path.name}: {len(short):,} rows end before their last columns, which are blank"
            )
        rows = pd.RangeIndex(first, first + len(frame) + len(repaired), name="row")
        added = pd.DataFrame.from_dict(repaired, orient="index", columns=list(frame.columns), dtype="str")
        regular = frame.set_axis(rows[~rows.isin(added.index)]).astype("str")
        return pd.concat([regular, added]).sort_index().set_axis(rows)


class _Irregular(Exception):  # noqa: N818 - a signal between two readings, not an error
    """The rows are of unequal length."""


class _LongRow(Exception):  # noqa: N818 - likewise
    """A row is longer than a block."""
