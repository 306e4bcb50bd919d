"""Whose reports are asked for: names, a list in a file, or all; the benchmark; a personal note for each.

A list is a text file with one name a line, or a table (CSV, Excel, Parquet) with a column ``client`` and, where the
consultant has something to say, a column ``note``. Names are compared without case and extra spaces; one that the
study lacks is an error that gives the nearest, before anything is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cfanalysis.core.errors import ParameterError, StudyError
from cfanalysis.core.language import known_language, languages
from cfanalysis.core.text_folding import fold_text
from cfanalysis.study.benchmark import ALL_ORGANIZATIONS, check_benchmark

if TYPE_CHECKING:
    import pandas as pd

    from cfanalysis.study.prepared_study import Study

_TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".parquet")
"""Suffixes of lists that are tables; any other file has one name a line."""

_COLUMNS = {"client": ("client", "organization", "name"), "note": ("note",), "language": ("language", "lang")}


@dataclass(frozen=True)
class ReportSelection:
    """Whose reports are asked for.

    Parameters
    ----------
    study
        The study's folder or name.
    clients
        Organizations of it; None for all, unless a list names some.
    limit
        Only so many of them; None for all.
    benchmark
        What they are compared with: ``"all"`` organizations, or those with the client's value of an organization
        field, e.g. ``"sector"``.
    norm
        The norm, as for `cfanalysis.study.benchmark.norm_benchmark.client_benchmark`.
    file
        A list of clients, with or without notes.
    notes
        A table of clients and notes; clients may be missing.
    comments
        The decisions on open answers (`cfanalysis.study.comment_review`).
    inline_notes, inline_quotes, inline_languages
        Notes, quotes as `cfanalysis.study.comment_review.quotes_text` writes them, and languages, by client.
    language
        The language of the reports; "" for the instrument's. One that a list says of a client goes before it.
    notebook
        The notebook; None for the workspace's ``client_report.ipynb``, or the one that ships.
    resumed
        Whether names that the study has no longer are left out and noted as gone, not refused.
    date
        The date of the reports, as ``2025-03-11``; "" for that of the study's data.
    """

    study: str
    clients: Sequence[str] | None = None
    limit: int | None = None
    benchmark: str = ALL_ORGANIZATIONS
    norm: str | None = None
    file: Path | None = None
    notes: Path | None = None
    comments: Path | None = None
    inline_notes: Mapping[str, str] = field(default_factory=dict)
    inline_quotes: Mapping[str, str] = field(default_factory=dict)
    inline_languages: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    notebook: Path | None = None
    resumed: bool = False
    date: str = ""

    @property
    def dated(self) -> dict[str, str]:
        """The date, if one was asked for."""
        return {"date": self.date} if self.date else {}


@dataclass(frozen=True)
class ResolvedSelection:
    """The selection, by the study's own names.

    Parameters
    ----------
    clients
        Names, each once.
    notes
        Notes by name.
    quotes
        The open answers that were let pass, by name: ``question, text``.
    norm
        The norm as it was asked for.
    languages
        The languages that were asked for, by name.
    gone
        Names that the study has no longer.
    """

    clients: tuple[str, ...]
    notes: Mapping[str, str]
    quotes: Mapping[str, pd.DataFrame]
    norm: str | None = None
    languages: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()


def resolve_selection(study: Study, wanted: ReportSelection) -> ResolvedSelection:
    """Return the organizations and notes that are asked for, as the study names them.

    Parameters
    ----------
    study
        The study.
    wanted
        The selection as it was asked for.

    Raises
    ------
    StudyError
        The study lacks some of the names: all these are named. A list cannot be read, or names nobody.
    ParameterError
        The instrument has no such field for a benchmark.
    """
    from cfanalysis.study.comment_review import approved_quotes, read_quotes
    from cfanalysis.study.prepared_study import find_clients

    check_benchmark(wanted.benchmark, (f.id for f in study.survey.instrument.organization_fields))
    notes, spoken = dict(wanted.inline_notes), dict(wanted.inline_languages)
    names = None if wanted.clients is None else list(wanted.clients)
    here, gone = study.client_of_name, tuple[str, ...]()
    if wanted.resumed:
        gone = tuple(name for name in names or [] if fold_text(name) not in here)
        names = [name for name in names or [] if name not in gone]
        notes = {name: note for name, note in notes.items() if fold_text(name) in here}
        spoken = {name: code for name, code in spoken.items() if fold_text(name) in here}
    if wanted.file is not None:
        listed = read_list(wanted.file, study)
        names = [*(names or []), *(name for name, *_ in listed)]
        notes |= {name: note for name, note, _ in listed if note}
        spoken |= {name: code for name, _, code in listed if code}
    if wanted.notes is not None:
        listed = read_list(wanted.notes, study, needed=("client", "note"))
        notes |= {name: note for name, note, _ in listed if note}
        spoken |= {name: code for name, _, code in listed if code}
    clients = study.clients if names is None else list(dict.fromkeys(find_clients(study, names)))
    by_name = dict(zip(find_clients(study, notes), notes.values(), strict=True))
    codes = dict(zip(find_clients(study, spoken), map(known_language, spoken.values()), strict=True))
    if wanted.language:
        codes = {**dict.fromkeys(clients, known_language(wanted.language)), **codes}
    quotes = {
        here.get(fold_text(name), name): read_quotes(text) for name, text in wanted.inline_quotes.items()
    }
    if wanted.comments is not None:
        quotes |= approved_quotes(wanted.comments, study)
    return ResolvedSelection(tuple(clients[: wanted.limit]), by_name, quotes, wanted.norm, codes, gone)


def read_list(file: Path, study: Study, *, needed: Sequence[str] = ("client",)) -> list[tuple[str, str, str]]:
    """Return the clients that a file names, as the study calls them, each with its note and language ("" for none).

    Parameters
    ----------
    file
        One name a line (empty lines and those that begin with # are left out), or a table.
    study
        Whose clients they are; its instrument's language helps to find a table's encoding.
    needed
        Columns that a table must have.

    Raises
    ------
    CfAnalysisError
        The file cannot be read, lacks a column, or names nobody, or somebody whom the study does not have.
    """
    from cfanalysis.study.prepared_study import find_clients

    if file.suffix.lower() in _TABLES or "note" in needed:
        from cfanalysis.intake.named_columns import read_named_columns

        table, _ = read_named_columns(
            file, study.survey.instrument, _COLUMNS, needed=needed, with_lines=("note",)
        )
        table = table.reindex(columns=list(_COLUMNS), fill_value="")
        found = [
            (row, name, note, _language(code, file, row))
            for row, name, note, code in table[list(_COLUMNS)].itertuples(name=None)
            if name
        ]
    else:
        found = [(row, name, "", "") for row, name in _lines(file)]
    if not found:
        raise StudyError("The file names no client.", where=file, next_step="Write one name on each line.")
    rows, names, notes, codes = zip(*found, strict=True)
    return list(zip(find_clients(study, names, file=file, rows=rows), notes, codes, strict=True))


def _language(code: str, file: Path, row: int) -> str:
    """Return the language that a list says of a client; "" where it says none.

    Raises
    ------
    StudyError
        There is no catalog for it.
    """
    try:
        return code and known_language(code)
    except ParameterError as error:
        raise StudyError(
            "The list asks for a language that reports are not written in.", where=f"{file.name}, row {row}",
            value=code, allowed=", ".join(languages()),
        ) from error  # fmt: skip


def _lines(file: Path) -> list[tuple[int, str]]:
    """Return the names in a text file, each with the number of its line."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError("The file of clients cannot be read.", where=file, value=error) from error
    numbered = enumerate(map(str.strip, lines), start=1)
    return [(number, line) for number, line in numbered if line and not line.startswith("#")]
