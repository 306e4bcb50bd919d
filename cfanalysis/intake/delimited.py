"""Responses as delimited text: one header row, one row per respondent.

The encoding is UTF-8 (with or without a byte order mark); the delimiter is the one of comma, semicolon, tab
and bar that the header row holds most often.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from cfanalysis.errors import IntakeError
from cfanalysis.instrument import Instrument
from cfanalysis.intake.columns import match_columns
from cfanalysis.intake.dialect import RawAnswers

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


class DelimitedResponses:
    """CSV and its relatives."""

    name = "delimited"
    about = "CSV with one header row and one row per respondent"

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether the file's head is text."""
        with path.open("rb") as stream:
            head = stream.read(65_536)
        return b"\x00" not in head and not head.startswith(b"PK\x03\x04")

    def read(self, path: Path, instrument: Instrument) -> RawAnswers:
        """Read the whole file; see `read` in the package."""
        header, delimiter = _header(path)
        matched = match_columns(header, instrument, where=path.name)
        try:
            table = pd.read_csv(
                path,
                sep=delimiter,
                header=None,
                skiprows=0,
                dtype=str,
                keep_default_na=False,
                skip_blank_lines=False,
                encoding="utf-8-sig",
                names=range(len(header)),
            )
        except (pd.errors.ParserError, UnicodeDecodeError) as error:
            raise IntakeError(
                "The file is not a regular table.",
                where=path.name,
                value=error,
                allowed=f"{len(header)} columns in each row, divided by {DELIMITERS[delimiter]}",
                next_step="Correct the row that is named, or export the file again.",
            ) from None
        frame = table.iloc[1:][sorted(matched.names)].rename(columns=matched.names).fillna("")
        if frame.empty:
            raise IntakeError("The file has a header and no answers.", where=path.name)
        frame.index = pd.RangeIndex(2, 2 + len(frame), name="row")
        notes = (f"{path.name}: UTF-8, divided by {DELIMITERS[delimiter]}, {len(frame)} rows",)
        return RawAnswers(frame, path.name, self.name, matched.ignored, notes)


def _header(path: Path) -> tuple[list[str], str]:
    """Return the header row's cells and the delimiter."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            start = stream.tell()
            line = stream.readline(1_000_000)
            if not line.strip():
                raise IntakeError("The first row is empty; it should hold the column names.", where=path.name)
            delimiter = max(DELIMITERS, key=line.count)
            stream.seek(start)
            return next(csv.reader(stream, delimiter=delimiter, strict=True)), delimiter
    except UnicodeDecodeError as error:
        raise IntakeError(
            "The file is not UTF-8 text.",
            where=f"{path.name}, byte {error.start}",
            allowed="UTF-8, with or without a byte order mark",
            next_step="Save it as 'CSV UTF-8'.",
        ) from None
    except csv.Error as error:
        raise IntakeError("The header row cannot be read.", where=path.name, value=error) from None
