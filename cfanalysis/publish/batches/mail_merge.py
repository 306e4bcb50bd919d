"""The table for a mail merge: whom each report is for and which file to attach, one row a report that is to be sent."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from cfanalysis.core.files import atomic_file
from cfanalysis.core.spreadsheets import escape_formula
from cfanalysis.publish.batches.ledger import LedgerEntry

MAIL_MERGE = "mail_merge.csv"
_COLUMNS = ("client", "file", "title", "language", "date", "edition", "status", "made", "notice")


def write_mail_merge(folder: Path, entries: Iterable[LedgerEntry]) -> None:
    """Write the table into a batch's folder.

    Parameters
    ----------
    folder
        The folder.
    entries
        The ledger's entries.

    Raises
    ------
    OutputError
        The table cannot be written.
    """
    with atomic_file(folder / MAIL_MERGE) as aside, aside.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for entry in sorted((e for e in entries if e.state != "gone"), key=lambda e: e.name.casefold()):
            row = (entry.name, _file(entry), entry.title, entry.language, entry.date)
            writer.writerow(
                map(escape_formula, (*row, str(entry.edition), entry.state, entry.made, entry.notice))
            )


def _file(entry: LedgerEntry) -> str:
    """Return the file to attach: the PDF, or else the first format; "" where the report is not out."""
    suffixes = sorted(entry.files, key=lambda suffix: suffix != "pdf")
    return f"{entry.file}.{suffixes[0]}" if suffixes else ""
