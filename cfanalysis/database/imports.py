"""Importing files: each only once, and all files of one call or none.

A file is recognized by its hash and its reading settings. The same file changes nothing. A file with the name of one
that counts already is taken for its correction, if it holds the same organizations and waves by half at least: from
now on the former does not count. Everything is read and cleaned before the database is locked for writing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, update

from cfanalysis.core.text_folding import fold_text
from cfanalysis.database.aliases import DECISION, proposed_aliases, stored_aliases
from cfanalysis.database.auxiliary_rows import write_facts, write_outcomes
from cfanalysis.database.connection import Database
from cfanalysis.database.corrections import (
    NO_CORRECTION,
    CorrectionOptions,
    ExistingImport,
    duplicate_notes,
    existing_import,
    replaced_imports,
)
from cfanalysis.database.database_errors import DatabaseError
from cfanalysis.database.history import change_moment, counting_imports, end_import, find_import
from cfanalysis.database.identities import (
    erased_keys,
    instrument_number,
    next_number,
    organization_key,
    organization_numbers,
    salted_digest,
)
from cfanalysis.database.import_changes import OrganizationChange, copied_import, import_changes
from cfanalysis.database.logs import compress_log
from cfanalysis.database.redaction import redact_log, redact_text
from cfanalysis.database.row_writer import WrittenRows, write_responses
from cfanalysis.database.schema import erasures, imports
from cfanalysis.database.source_files import (
    FileContent,
    SourceFile,
    SourceKind,
    read_content,
    reading_settings,
    source_file,
)
from cfanalysis.intake import ReadingOptions
from cfanalysis.intake.reading_options import DETECT_ALL
from cfanalysis.survey.instrument import Instrument, find_instrument, load_instrument


@dataclass(frozen=True)
class ImportResult:
    """The outcome of importing one file.

    Parameters
    ----------
    number
        Of its import; where nothing was done, of the import that has it.
    kind, file
        What it is.
    status
        ``imported``; ``unchanged``: it is there already; ``superseded``: it was there, and a later file replaced it.
    rows_in, rows
        Rows of the file, and rows stored.
    organizations, waves
        What it is about.
    replaced
        The imports that it replaced.
    changes
        What it changed, by organization and wave.
    notes
        What is to be said of it.
    alike
        Names of the file that may be another organization's, or another name its: ``value, proposal, n``.
    rows_dropped, cells_changed
        What the cleaning did, by rule.
    """

    number: int
    kind: str
    file: str
    status: str
    rows_in: int = 0
    rows: int = 0
    organizations: int = 0
    waves: tuple[str, ...] = ()
    replaced: tuple[int, ...] = ()
    changes: tuple[OrganizationChange, ...] = ()
    notes: tuple[str, ...] = ()
    alike: tuple[dict[str, Any], ...] = ()
    rows_dropped: dict[str, int] = field(default_factory=dict)
    cells_changed: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        changes = [
            {**asdict(c), "cells": [x._asdict() for x in c.cells], "reason": c.reason} for c in self.changes
        ]
        found = asdict(replace(self, changes=())) | {"changes": changes}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in found.items()}


def import_files(
    database: Database,
    instrument_file: Path,
    *,
    answers: Path | None = None,
    outcomes: Path | None = None,
    organizations: Path | None = None,
    reader: str | None = None,
    options: ReadingOptions = DETECT_ALL,
    plan: CorrectionOptions = NO_CORRECTION,
    readmit: Collection[str] = (),
    dry_run: bool = False,
    now: datetime | None = None,
) -> list[ImportResult]:
    """Import a file of answers and the auxiliary files with it.

    Parameters
    ----------
    database
        An open database.
    instrument_file
        What was asked.
    answers, outcomes, organizations
        The files; at least one.
    reader, options
        How the answers are to be read.
    plan
        What was said about corrections (`cfanalysis.database.corrections.CorrectionOptions`).
    readmit
        Erased clients that may come back.
    dry_run
        True to find out what would change, and change nothing.
    now
        The moment of the import; None takes the clock.

    Raises
    ------
    CfAnalysisError
        A file is not right, or it is not clear whether it corrects another. Nothing was changed.
    """
    instrument_file = find_instrument(instrument_file)
    instrument, text = load_instrument(instrument_file), instrument_file.read_bytes()
    how = reading_settings(reader, options)
    given: list[tuple[SourceKind, Path | None]] = [
        ("organizations", organizations),
        ("outcomes", outcomes),
        ("responses", answers),
    ]
    sources = [
        source_file(kind, path, how, hashlib.sha256(text).hexdigest())
        for kind, path in given
        if path is not None
    ]
    if not sources:
        raise DatabaseError(
            "There is no file to import.", next_step="Give a file of answers, or an auxiliary file."
        )
    with database.read_transaction() as connection:
        before = {s.kind: existing_import(connection, s, plan) for s in sources}
        # Decisions hold when a study is made, so that they can be undone.
        listed = [i for i in counting_imports(connection) if i.recipe != DECISION]
        names = {key: name for key, (_, name) in stored_aliases(connection, listed).items()}
    contents: dict[str, FileContent] = {}
    for source in sources:
        if before[source.kind] is None:
            content = read_content(source, instrument, reader=reader, options=options, aliases=names)
            contents[source.kind] = content
            names |= content.aliases
    if not contents:
        return [_nothing_done(source, before[source.kind]) for source in sources]
    with database.write_transaction() as connection:
        work = _Import(connection, instrument, text, instrument_file.name, now or datetime.now(UTC), plan)
        work.readmit(readmit)
        made = [work.import_file(source, contents.get(source.kind)) for source in sources]
        if dry_run:
            connection.rollback()
        return made


def _nothing_done(source: SourceFile, known: ExistingImport | None) -> ImportResult:
    """Return the outcome of a file that was imported already."""
    number, status, note = (0, "unchanged", "") if known is None else known
    return ImportResult(number, source.kind, source.path.name, status, notes=(note,))


@dataclass
class _Import:
    """The writing of one call, in one transaction."""

    connection: Connection
    instrument: Instrument
    text: bytes
    instrument_file: str
    now: datetime
    plan: CorrectionOptions

    def readmit(self, names: Collection[str]) -> None:
        """Readmit erased clients."""
        for name in names:
            hit = update(erasures).where(
                erasures.c.digest == salted_digest(self.connection, fold_text(name)),
                erasures.c.readmitted_at.is_(None),
            )
            done = self.connection.execute(hit.values(readmitted_at=change_moment(self.connection, self.now)))
            if not done.rowcount:
                raise DatabaseError(
                    "No client of this name was erased.", value=name, next_step="Check the spelling."
                )

    def import_file(self, source: SourceFile, content: FileContent | None) -> ImportResult:
        """Import one file, unless it has been imported already."""
        # Another process may have brought it in while this one read.
        known = existing_import(self.connection, source, self.plan)
        if known is not None or content is None:
            return _nothing_done(source, known)
        number = next_number(self.connection, imports)
        keys = {
            n: organization_key(n, self.instrument, number)
            for n in sorted(content.table["organization"].unique())
        }
        gone = erased_keys(self.connection, {*keys.values(), *map(fold_text, content.aliases)})
        kept = replace(
            content,
            table=content.table[~content.table["organization"].map(keys).isin(gone)],
            aliases={a: n for a, n in content.aliases.items() if not {fold_text(a), fold_text(n)} & gone},
        )
        if not len(kept.table):
            raise DatabaseError(
                "Every organization of the file was erased; nothing was imported.",
                where=source.path,
                next_step="Readmit one by name: --readmit NAME",
            )
        organization = self._numbers({name: key for name, key in keys.items() if key not in gone})
        replaced = replaced_imports(
            self.connection, source, self.instrument, self.plan, organization, kept.table
        )
        row = self._row(source, number, content, gone)
        self.connection.execute(insert(imports), row)
        made = self._write(source.kind, number, kept, organization)
        notes = list(content.log.notes)
        if kept_out := len(content.table) - len(kept.table):
            notes.append(f"{kept_out:,} rows of {len(gone)} erased client(s) were kept out")
        self.connection.execute(
            update(imports)
            .where(imports.c.id == number)
            .values(rows_kept=made.rows, rows_numbered=made.numbered)
        )
        for former in replaced:
            end_import(self.connection, former, row["imported_at"], why="replaced", by=number)
        if source.kind == "responses":
            notes += duplicate_notes(self.connection, number, numbered=made.numbered > 0)
            if not replaced and not self.plan.separate:
                self._refuse_copy(source, number)
        waves = sorted(kept.table["wave"].unique()) if "wave" in kept.table else []
        return ImportResult(
            number,
            source.kind,
            source.path.name,
            "imported",
            content.log.rows_in,
            len(kept.table),
            int(kept.table["organization"].nunique()),
            tuple(self.instrument.wave_order([w for w in waves if w])),
            tuple(replaced),
            tuple(import_changes(self.connection, number)),
            tuple(notes),
            self._alike(kept.table["organization"]),
            content.log.rows_dropped,
            content.log.cells_changed,
        )

    def _refuse_copy(self, source: SourceFile, number: int) -> None:
        """Refuse answers that another import has already: these people would count twice."""
        if copied := copied_import(self.connection, number):
            former, same, rows = copied
            raise DatabaseError(
                "The file repeats answers that are in the database, and has no ids by which people are known again.",
                where=source.path,
                value=f"{same:,} of {rows:,} rows of import {former}, {find_import(self.connection, former).file}",
                next_step=f"Say what it is: --replaces {former} (its correction) or --separate (other people).",
            )

    def _alike(self, names: pd.Series) -> tuple[dict[str, Any], ...]:
        """Return which proposals of aliases concern these names."""
        own = {fold_text(name) for name in names.unique()}
        return tuple(
            {"value": p.value, "proposal": p.proposal, "n": p.n}
            for p in proposed_aliases(self.connection)
            if own & {fold_text(p.value), fold_text(p.proposal)}
        )

    def _numbers(self, keys: Mapping[str, str]) -> dict[str, int]:
        """Return the number of each organization by its name."""
        numbers = organization_numbers(self.connection, {key: name for name, key in keys.items()})
        return {name: numbers[key] for name, key in keys.items()}

    def _row(self, source: SourceFile, number: int, content: FileContent, gone: set[str]) -> dict[str, Any]:
        log = content.log.as_dict()
        return {
            "id": number,
            "kind": source.kind,
            "file": redact_text(source.path.name, gone),
            "bytes": source.bytes,
            "sha256": source.sha256,
            "recipe": source.reading_settings,
            "instrument_id": instrument_number(
                self.connection, self.instrument, self.text, file=self.instrument_file
            ),
            "imported_at": change_moment(self.connection, self.now),
            "rows_in": content.log.rows_in,
            "rows_kept": 0,
            "rows_numbered": 0,
            "log": compress_log(redact_log(log, gone) if gone else log),
        }

    def _write(
        self, kind: SourceKind, number: int, kept: FileContent, organization: dict[str, int]
    ) -> WrittenRows:
        table = kept.table
        if kind == "responses":
            return write_responses(self.connection, number, table, kept.log, self.instrument, organization)
        if kind == "outcomes":
            write_outcomes(self.connection, number, table, organization)
        else:
            write_facts(self.connection, number, table, kept.aliases, organization)
        return WrittenRows(len(table), 0)
