"""Whether a file has been imported already, corrects another one, or counts people twice.

Nothing is guessed where answers could be lost: a file of the same name with other organizations is refused until the
user says what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import Connection, and_, func, select

from cfanalysis.database.database_errors import DatabaseError
from cfanalysis.database.history import Import, counting_imports, find_import
from cfanalysis.database.schema import import_organizations, imports, responses
from cfanalysis.database.source_files import SourceFile
from cfanalysis.survey.instrument import Instrument

HALF = 0.5
"""The least share of a former import's organizations and waves that its correction must hold, too."""


class ExistingImport(NamedTuple):
    """A file that needs no import: the import that has it, its status, and a sentence."""

    number: int
    status: str
    note: str


@dataclass(frozen=True)
class CorrectionOptions:
    """What the user says about corrections.

    Parameters
    ----------
    replaces
        The import of answers that the file corrects, whatever its name.
    separate
        True: a file of the same name is not corrected by this one.
    again
        True to import a file once more that a later one replaced.
    """

    replaces: int | None = None
    separate: bool = False
    again: bool = False


NO_CORRECTION = CorrectionOptions()


def existing_import(
    connection: Connection, source: SourceFile, plan: CorrectionOptions
) -> ExistingImport | None:
    """Return why a file needs no import, or None if it needs one.

    Parameters
    ----------
    connection
        An open connection.
    source
        The file, and how it is read.
    plan
        What the user says about corrections.
    """
    same = and_(
        imports.c.kind == source.kind,
        imports.c.sha256 == source.sha256,
        imports.c.recipe == source.reading_settings,
    )
    found = connection.execute(select(imports).where(same).order_by(imports.c.id.desc())).all()
    for row in found:
        if row.ended_at is None:
            return ExistingImport(
                row.id, "unchanged", f"is already in the database, as import {row.id}; nothing was changed"
            )
    replaced = [row for row in found if row.ended_why == "replaced"]
    if replaced and not plan.again and plan.replaces is None:
        row = replaced[0]
        note = (
            f"was import {row.id}, which import {row.replaced_by} replaced; nothing was changed "
            "(--again imports it once more)"
        )
        return ExistingImport(row.id, "superseded", note)
    return None


def replaced_imports(
    connection: Connection,
    source: SourceFile,
    instrument: Instrument,
    plan: CorrectionOptions,
    organization: Mapping[str, int],
    table: pd.DataFrame,
) -> list[int]:
    """Return the numbers of the imports that a file replaces.

    Parameters
    ----------
    connection
        An open connection.
    source
        The file, and how it is read.
    instrument
        What the survey asks; only imports of the same instrument are replaced.
    plan
        What the user says about corrections.
    organization
        Name in the file -> number of the organization.
    table
        The file's rows, with ``organization`` and perhaps ``wave``.

    Raises
    ------
    DatabaseError
        It is not clear whether it corrects one.
    """
    counting = [i for i in counting_imports(connection, kind=source.kind) if i.instrument == instrument.id]
    if plan.replaces is not None and source.kind == "responses":
        return [_named_import(connection, plan.replaces, source)]
    # The same answers read in another way are never another source.
    same = [i.id for i in counting if i.sha256 == source.sha256]
    if same or plan.separate:
        return same
    named = [i for i in counting if i.file == source.path.name]
    if not named:
        return []
    pairs = _pairs(organization, table)
    likely = [i for i in named if _shared_fraction(connection, i, pairs) >= HALF]
    if not likely:
        former = named[-1]
        raise DatabaseError(
            "A file of this name is already in the database, but with other organizations or waves.",
            where=source.path,
            value=f"import {former.id} of {former.imported_at[:10]}",
            next_step=f"Specify what it is: --replaces {former.id} (its correction) or --separate (another file).",
        )
    return [i.id for i in likely]


def _named_import(connection: Connection, number: int, source: SourceFile) -> int:
    """Return the import that the user named, if it can be replaced."""
    former = find_import(connection, number)
    if former.kind != source.kind or former.ended_at is not None:
        what = f"{former.kind}" if former.ended_at is None else f"{former.kind}, {former.ended_why}"
        raise DatabaseError(
            "This import cannot be replaced by the file.",
            value=f"import {number}: {what}",
            allowed=f"an import of {source.kind} that counts",
            next_step="List them: cfanalysis database list",
        )
    return number


def _pairs(organization: Mapping[str, int], table: pd.DataFrame) -> set[tuple[int, str]]:
    """Return the organizations and waves of a table."""
    waves = table["wave"] if "wave" in table else pd.Series("", index=table.index)
    distinct = pd.DataFrame({"organization": table["organization"], "wave": waves}).drop_duplicates()
    return {(organization[o], w) for o, w in zip(distinct["organization"], distinct["wave"], strict=True)}


def _shared_fraction(connection: Connection, former: Import, pairs: set[tuple[int, str]]) -> float:
    """Return which share of a former import's organizations and waves is among the pairs."""
    table = import_organizations
    statement = select(table.c.organization_id, table.c.wave).where(table.c.import_id == former.id)
    own = {(int(o), str(w)) for o, w in connection.execute(statement)}
    return len(own & pairs) / len(own) if own else 1.0


def duplicate_notes(connection: Connection, number: int, *, numbered: bool) -> list[str]:
    """Return notes on respondents who are also in another import that counts.

    Parameters
    ----------
    connection
        An open connection.
    number
        The import's number.
    numbered
        Whether respondents of the file have no ids of their own but are numbered.
    """
    new, old = import_organizations.alias(), import_organizations.alias()
    statement = (
        select(old.c.import_id, func.count())
        .join(imports, and_(imports.c.id == old.c.import_id, imports.c.ended_at.is_(None)))
        .join(new, and_(new.c.organization_id == old.c.organization_id, new.c.wave == old.c.wave))
        .where(new.c.import_id == number, old.c.import_id != number, imports.c.kind == "responses")
        .group_by(old.c.import_id)
        .order_by(old.c.import_id)
    )
    notes: list[str] = []
    for former, pairs in connection.execute(statement).all():
        notes += _duplicate_note(connection, number, former, pairs, numbered)
    return notes


def _duplicate_note(
    connection: Connection, number: int, former: int, pairs: int, numbered: bool
) -> list[str]:
    """Return the notes on one other import."""
    notes: list[str] = []
    new, old = responses.alias(), responses.alias()
    same = and_(new.c.respondent_id == old.c.respondent_id, new.c.wave_id == old.c.wave_id)
    count: Any = connection.scalar(
        select(func.count())
        .select_from(new.join(old, same))
        .where(new.c.import_id == number, old.c.import_id == former)
    )
    if count:
        notes.append(
            f"{count:,} respondents are also in import {former} for the same wave: this file's answers count"
        )
    if numbered and find_import(connection, former).rows_numbered:
        notes.append(
            f"import {former} has answers of {pairs} of the same organizations and waves, without respondents' ids: "
            "people may count twice; if this file corrects it, undo this import (cfanalysis database remove "
            f"{number}) and give --replaces {former}"
        )
    return notes
