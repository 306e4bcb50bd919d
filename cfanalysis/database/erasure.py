"""Erasing a client: all its data are deleted, and the erasure is recorded without its name.

Gone are its answers, respondents, facts, outcomes, spellings and aliases, the link from the tokens of norms to its
name, and what the logs and file names say of it.
What stays is the day, the number of rows and a salted hash of its name, by which a later file that holds the client
again is recognized; who has the database and guesses a name can check the guess. SQLite overwrites what is deleted.
Studies and reports are not in the database's reach (`cfanalysis.database.study_erasure`,
`cfanalysis.publish.client_batches.client_erasure`), nor are backups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, text, update

from cfanalysis.core.text_folding import fold_text
from cfanalysis.database.aliases import find_organization, stored_aliases
from cfanalysis.database.connection import Database
from cfanalysis.database.database_errors import translated_errors
from cfanalysis.database.database_url import is_file
from cfanalysis.database.history import change_moment, counting_imports
from cfanalysis.database.identities import next_number, salted_digest
from cfanalysis.database.logs import compress_log, decompress_log
from cfanalysis.database.norm_rows import delete_members, norm_tables
from cfanalysis.database.redaction import redact_log, redact_settings, redact_text
from cfanalysis.database.schema import (
    aliases,
    erasures,
    facts,
    import_organizations,
    imports,
    metadata,
    organizations,
    outcomes,
    profiles,
    respondents,
    responses,
)


@dataclass(frozen=True)
class Erasure:
    """What was erased: the moment, rows of answers (and how many of them no longer counted), people, imports."""

    erased_at: str
    responses: int
    former_responses: int
    respondents: int
    outcomes: int
    imports: tuple[int, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {**asdict(self), "imports": list(self.imports)}


def erase_client(database: Database, name: str, *, now: datetime | None = None) -> Erasure:
    """Erase everything of a client.

    Parameters
    ----------
    database
        An open database.
    name
        The organization; names that stand for it are erased with it.
    now
        The moment; None takes the clock.

    Raises
    ------
    DatabaseError
        There is no such client.
    """
    with database.write_transaction() as connection:
        numbers, keys = find_client_keys(connection, name)
        moment = change_moment(connection, now or datetime.now(UTC))
        erased = _erase(connection, numbers, keys, moment)
    _sweep(database)
    return erased


def find_client_keys(connection: Connection, name: str) -> tuple[list[int], list[str]]:
    """Return the numbers and keys of a client, including every name that stands or ever stood for it.

    Parameters
    ----------
    connection
        An open connection.
    name
        The client's name or an alias; case and extra spaces do not matter.

    Raises
    ------
    DatabaseError
        There is none; the nearest names are given.
    """
    key_of = dict(connection.execute(select(organizations.c.key, organizations.c.id)).all())
    ever = select(aliases.c.key, aliases.c.organization_id).order_by(aliases.c.import_id)
    stands_for = dict(connection.execute(ever).all())
    present = stored_aliases(connection, counting_imports(connection))
    stands_for |= {key: number for key, (number, _) in present.items()}
    number = stands_for.get(fold_text(name)) or find_organization(connection, name)[0]
    numbers, keys, more = {number}, set[str](), {fold_text(name)}
    while more:
        more = {k for held in (key_of, stands_for) for k, n in held.items() if n in numbers} - keys
        keys |= more
        numbers |= {key_of[k] for k in more if k in key_of}
    return sorted(numbers), sorted(keys)


def _erase(connection: Connection, numbers: Sequence[int], keys: Sequence[str], moment: str) -> Erasure:
    """Delete the rows, write down that it was done, and clean the logs."""
    holding = select(import_organizations.c.import_id).where(
        import_organizations.c.organization_id.in_(numbers)
    )
    holders = sorted(set(connection.scalars(holding)))
    first = connection.scalar(select(func.min(imports.c.imported_at)).where(imports.c.id.in_(holders)))
    people = select(respondents.c.id).where(respondents.c.organization_id.in_(numbers))
    of_people = responses.c.import_id.in_(holders) & responses.c.respondent_id.in_(people)
    facts_used = connection.scalars(select(responses.c.profile_id).where(of_people).distinct()).all()
    joined = responses.join(imports, responses.c.import_id == imports.c.id)
    held = select(func.count(), func.count(responses.c.respondent_id.distinct())).select_from(joined)
    former = connection.execute(held.where(of_people, imports.c.ended_at.is_not(None))).one()[0]
    # The file that replaces another one has the same people.
    persons = connection.execute(held.where(of_people, imports.c.replaced_by.is_(None))).one()[1]
    gone = connection.execute(delete(responses).where(of_people)).rowcount
    connection.execute(delete(respondents).where(respondents.c.organization_id.in_(numbers)))
    _delete_unused_profiles(connection, list(facts_used))
    results = connection.execute(delete(outcomes).where(outcomes.c.organization_id.in_(numbers))).rowcount
    for table in (facts, import_organizations):
        connection.execute(delete(table).where(table.c.organization_id.in_(numbers)))
    connection.execute(
        delete(aliases).where(or_(aliases.c.organization_id.in_(numbers), aliases.c.key.in_(keys)))
    )
    connection.execute(delete(organizations).where(organizations.c.id.in_(numbers)))
    delete_members(connection, keys)
    _scrub_imports(connection, keys)
    rows = [
        {
            "id": next_number(connection, erasures) + k,
            "erased_at": moment,
            "digest": salted_digest(connection, key),
            "first_at": first,
            "rows": gone if k == 0 else 0,
        }
        for k, key in enumerate(keys)
    ]
    connection.execute(insert(erasures), rows)
    return Erasure(moment, gone, former, persons, results, tuple(holders))


def _delete_unused_profiles(connection: Connection, candidates: list[int]) -> None:
    """Delete combinations of facts that no answers have any more."""
    for start in range(0, len(candidates), 500):
        part = candidates[start : start + 500]
        used: Select[Any] = select(responses.c.profile_id).where(responses.c.profile_id.in_(part))
        connection.execute(delete(profiles).where(profiles.c.id.in_(part), profiles.c.id.not_in(used)))


def _scrub_imports(connection: Connection, keys: Sequence[str]) -> None:
    """Take the names out of the logs, file names and recipes of all imports."""
    columns = (imports.c.id, imports.c.file, imports.c.recipe, imports.c.log)
    for number, file, recipe, log in connection.execute(select(*columns)).all():
        before = decompress_log(log)
        after, name = redact_log(before, keys), redact_text(file, keys)
        how = redact_settings(recipe, keys)
        if (after, name, how) != (before, file, recipe):
            changed = {"file": name, "recipe": how, "log": compress_log(after)}
            connection.execute(update(imports).where(imports.c.id == number).values(changed))


def _sweep(database: Database) -> None:
    """Make sure that deleted data do not survive in the write-ahead log, or in dead rows."""
    with translated_errors(database.url), database.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        if is_file(database.url):
            held = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if held:
                database.say(
                    "Another process is reading the database: deleted rows stay in its write-ahead log "
                    f"({database.place}-wal) until the last one closes it."
                )
            return
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in [*metadata.sorted_tables, *norm_tables(connection)]:
            connection.execute(text(f"VACUUM (FULL) {table.name}"))
