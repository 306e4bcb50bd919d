"""A study from the database: the evidence of a day becomes a study, as `prepare` makes one from a file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from cfanalysis.core.errors import ParameterError, nearest
from cfanalysis.database.aliases import DECISION, stored_aliases
from cfanalysis.database.connection import open_database
from cfanalysis.database.database_errors import DatabaseError
from cfanalysis.database.history import Import, counting_imports, last_change, moment_of
from cfanalysis.database.logs import Content, StoredLog, decompress_log, merge_logs, with_dropped_rows
from cfanalysis.database.packed_answers import has_any_flag
from cfanalysis.database.row_reader import StoredRows, stored_rows
from cfanalysis.database.row_writer import profile_columns
from cfanalysis.database.schema import instruments
from cfanalysis.database.snapshot import auxiliary_frames, current_names, responses_frame
from cfanalysis.database.source_files import constant_values
from cfanalysis.intake.cleaning import FLAG_RULES
from cfanalysis.study.preparation import AuxiliaryFiles, CleanAnswers, prepare_cleaned
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.instrument import Instrument, parse_instrument


def prepare_from_database(
    place: str | None,
    out: Path,
    *,
    as_of: str | None = None,
    instrument: str | None = None,
    replace: bool = False,
    drop: Collection[str] = (),
    now: datetime | None = None,
) -> Study:
    """Make a study from a benchmark database.

    Parameters
    ----------
    place
        The database's path or URL; None takes the workspace's own.
    out
        The study's folder; its name becomes the study's.
    as_of
        A day: the benchmark as it stood at its end (UTC). None: as it stands.
    instrument
        The instrument's id, where the database holds answers to several.
    replace
        Whether an existing study of that name may be replaced.
    drop
        Flags whose rows are left out (`cfanalysis.intake.cleaning.FLAG_RULES`).
    now
        The present; None takes the clock.

    Raises
    ------
    CfAnalysisError
        There is no such database, nothing counted on that day, or a client that counted on it was erased.
    """
    with open_database(place) as database, database.read_transaction() as connection:
        moment = moment_of(connection, as_of, now=now or datetime.now(UTC))
        found = database_snapshot(connection, moment, instrument=instrument, drop=drop)
    return prepare_cleaned(found, out, replace=replace)


def database_snapshot(
    connection: Connection,
    moment: str | None = None,
    *,
    instrument: str | None = None,
    drop: Collection[str] = (),
) -> CleanAnswers:
    """Return the evidence that counted at a moment.

    Parameters
    ----------
    connection
        An open connection.
    moment
        A moment in the past; None for the present.
    instrument
        The instrument's id; None if the database has answers to one only.
    drop
        Flags whose rows are dropped.

    Raises
    ------
    DatabaseError
        There are no answers, or answers to several instruments and none was chosen.
    ParameterError
        `drop` names something that is no flag.
    """
    for name in drop:
        if name not in FLAG_RULES:
            raise ParameterError(
                "There is no such flag to drop rows by.", value=name, allowed=", ".join(FLAG_RULES)
            )
    imports = _of_instrument(counting_imports(connection, moment), instrument)
    versions = instrument_versions(connection, imports)
    answers = [i for i in imports if i.kind == "responses"]
    row, wanted = versions[answers[-1].instrument_id]
    called = current_names(connection, imports)
    rows: list[tuple[Import, StoredRows]] = []
    logs: list[tuple[str, Content]] = []
    for entry in answers:
        stored, notes = stored_rows(connection, entry.id, versions[entry.instrument_id][1], wanted)
        log = decompress_log(entry.log)
        log["notes"] = [*log["notes"], *notes]
        stored, log = _without_flagged(stored, log, drop)
        rows.append((entry, stored))
        logs.append((f"import {entry.id}", log))
    items = {item.id: item.scale is not None for item in wanted.items}
    table, doubled = responses_frame(rows, called, profile_columns(wanted), items)
    del rows
    logs = [
        (name, _without_duplicates(log, doubled[e.id])) for (name, log), e in zip(logs, answers, strict=True)
    ]
    waves = [str(wave) for wave in table["wave"].unique()]
    outcomes, facts = auxiliary_frames(connection, imports, called, waves)
    aliases = {key: name for key, (_, name) in stored_aliases(connection, imports).items()}
    beside = AuxiliaryFiles(outcomes, facts, aliases, _side_notes(imports))
    text = str(row.text).encode("utf-8")
    whole, date = StoredLog.of(merge_logs(logs)), last_change(connection, moment)[:10]
    return CleanAnswers(wanted, text, _inputs(imports, row), table, whole, beside, date)


def _of_instrument(imports: Sequence[Import], wanted: str | None) -> list[Import]:
    """Return the imports of one instrument."""
    names = list(dict.fromkeys(i.instrument for i in imports if i.kind == "responses"))
    if not names:
        raise DatabaseError(
            "The database holds no answers.",
            next_step="Import some: cfanalysis database import FILE --instrument FILE",
        )
    if wanted is None and len(names) > 1:
        raise DatabaseError(
            "The database holds answers to several instruments; say which.",
            allowed=", ".join(names),
            next_step="Choose one by its id: --instrument ID",
        )
    if wanted is not None and wanted not in names:
        raise DatabaseError(
            "The database holds no answers to this instrument.",
            value=wanted,
            allowed=", ".join(nearest(wanted, names) or names),
        )
    return [i for i in imports if i.instrument == (wanted or names[0]) or i.recipe == DECISION]


def instrument_versions(
    connection: Connection, imports: Sequence[Import]
) -> dict[int, tuple[Row[Any], Instrument]]:
    """Return the versions of instruments that imports came with: by number, how it is stored and what it asks.

    Parameters
    ----------
    connection
        An open connection.
    imports
        The imports.
    """
    numbers = {i.instrument_id for i in imports}
    rows = connection.execute(select(instruments).where(instruments.c.id.in_(numbers))).all()
    return {r.id: (r, _stored_instrument(r.text, r.file)) for r in rows}


@lru_cache(maxsize=16)
def _stored_instrument(text: str, file: str) -> Instrument:
    """Return an instrument as it is stored; an import asks for the same ones again and again."""
    return parse_instrument(text, name=file)


def _without_flagged(stored: StoredRows, log: Content, drop: Collection[str]) -> tuple[StoredRows, Content]:
    """Return rows without those that have one of some flags."""
    for rule in [name for name in FLAG_RULES if name in drop]:
        hit = has_any_flag(stored.flags, [rule])
        stored = stored.without(hit)
        log = with_dropped_rows(log, int(hit.sum()), f"{rule}: {int(hit.sum()):,} rows left out", rule=rule)
    return stored, log


def _without_duplicates(log: Content, rows: int) -> Content:
    return with_dropped_rows(
        log, rows, f"{rows:,} rows left out, as a later import has the same respondents for the same wave"
    )


def _side_notes(imports: Sequence[Import]) -> tuple[str, ...]:
    """Return the notes of the auxiliary files, organizations first, as `prepare` has them."""
    return tuple(
        note
        for kind in ("organizations", "outcomes")
        for i in imports
        if i.kind == kind
        for note in decompress_log(i.log)["notes"]
    )


def _inputs(imports: Sequence[Import], instrument: Row[Any]) -> list[dict[str, Any]]:
    """Return the files that the study is made from: answers, instrument, outcomes, organizations."""
    files: dict[str, list[dict[str, Any]]] = {
        "responses": [],
        "instrument": [],
        "outcomes": [],
        "organizations": [],
    }
    for i in imports:
        files[i.kind].append(
            {"name": i.file, "bytes": i.bytes, "sha256": i.sha256, **constant_values(i.recipe)}
        )
    size = len(str(instrument.text).encode("utf-8"))
    files["instrument"].append({"name": instrument.file, "bytes": size, "sha256": instrument.sha256})
    return [entry for part in files.values() for entry in part]
