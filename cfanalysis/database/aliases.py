"""Names that stand for another organization: as organizations files say, or as somebody decided, name by name.

A decision (``database alias``) is kept as a small import of its own, so that it counts from its day on, is listed and
can be removed like any file. A name that was decided to be an organization of its own is an alias of itself. Whatever
an alias leads to is followed to its end; of two that lead to each other the later one holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from cfanalysis.core.errors import nearest
from cfanalysis.core.text_folding import fold_text
from cfanalysis.database.database_errors import DatabaseError
from cfanalysis.database.history import Import, change_moment, counting_imports
from cfanalysis.database.identities import erased_keys, next_number
from cfanalysis.database.logs import compress_log
from cfanalysis.database.schema import aliases, facts, import_organizations, imports, organizations
from cfanalysis.intake.cleaning import CleaningLog
from cfanalysis.intake.cleaning.log import Proposal
from cfanalysis.intake.cleaning.organizations import names_alike

_SEE = "See who is there: cfanalysis database show"
DECISION = json.dumps({"decision": "alias"})
"""How an alias that was decided stands in ``imports.recipe``."""


def stored_aliases(connection: Connection, imported: Sequence[Import]) -> dict[str, tuple[int, str]]:
    """Return for each alias (by its key) its organization's number and name as it was written.

    Parameters
    ----------
    connection
        An open connection.
    imported
        The imports that count, oldest first; later ones override earlier ones.
    """
    numbers = [i.id for i in imported if i.kind == "organizations"]
    statement = select(aliases.c.key, aliases.c.organization_id, aliases.c.name, organizations.c.key)
    statement = statement.join(organizations, aliases.c.organization_id == organizations.c.id)
    statement = statement.where(aliases.c.import_id.in_(numbers))
    said: dict[str, tuple[int, str, str]] = {}
    for key, number, name, target in connection.execute(
        statement.order_by(aliases.c.import_id, aliases.c.key)
    ):
        if _end(said, target)[2] == key != target:
            said.pop(target, None)
        said[key] = (number, name, target)
    return {key: _end(said, key)[:2] for key in said}


def _end(said: dict[str, tuple[int, str, str]], key: str) -> tuple[int, str, str]:
    """Return where an alias leads to in the end."""
    found = (0, "", key)
    while found[2] in said and found != said[found[2]]:
        found = said[found[2]]
    return found


def proposed_aliases(connection: Connection) -> list[Proposal]:
    """Return which organizations of the answers that count may be one, and nobody has decided about."""
    counting = counting_imports(connection)
    decided = stored_aliases(connection, counting)
    table = import_organizations
    names = (
        select(organizations.c.key, func.max(organizations.c.name), func.sum(table.c.rows))
        .join(table, table.c.organization_id == organizations.c.id)
        .where(table.c.import_id.in_([i.id for i in counting if i.kind == "responses"]))
        .group_by(organizations.c.key)
    )
    of_files = [i.id for i in counting if i.kind == "organizations"]
    listed = connection.scalars(select(facts.c.name).where(facts.c.import_id.in_(of_files)))
    found = [(key, name, int(n)) for key, name, n in connection.execute(names).all() if "\t" not in key]
    return names_alike({name: n for key, name, n in found if key not in decided}, set(map(fold_text, listed)))


def find_organization(connection: Connection, name: str, *, next_step: str = _SEE) -> tuple[int, str]:
    """Return the number of an organization and its name as it was first written; aliases are not followed.

    Parameters
    ----------
    connection
        An open connection.
    name
        Its name; case and extra spaces do not matter.
    next_step
        What to do where there is none.

    Raises
    ------
    DatabaseError
        There is none; the nearest names are given.
    """
    columns = (organizations.c.id, organizations.c.name)
    found = connection.execute(select(*columns).where(organizations.c.key == fold_text(name))).first()
    if found is None:
        names = list(connection.scalars(select(organizations.c.name)))
        raise DatabaseError(
            "There is no such client in the database.",
            value=name,
            allowed=", ".join(nearest(name, names)) or None,
            next_step=next_step,
        )
    return found.id, found.name


def decide_alias(connection: Connection, name: str, organization: str, *, now: datetime) -> int | None:
    """Record that a name stands for an organization from now on; None where it does already.

    Parameters
    ----------
    connection
        Of a writer.
    name
        The name; it need not have answers yet.
    organization
        The organization, or an alias of it; the name itself says that it is an organization of its own.
    now
        The present moment.

    Returns
    -------
    int or None
        The number of the import that holds the decision.

    Raises
    ------
    DatabaseError
        There is no such organization, or the name was erased.
    """
    key, counting = fold_text(name), counting_imports(connection)
    known = stored_aliases(connection, counting)
    step = _SEE
    if connection.scalar(select(func.count()).where(organizations.c.key == key)):
        step = f'Import what holds it first, or decide: cfanalysis database alias "{organization}" "{name}"'
    found = known.get(fold_text(organization))
    number, target = found or find_organization(connection, organization, next_step=step)
    if key in (fold_text(organization), fold_text(target)):  # its own, or the two change places
        number, target = find_organization(connection, organization)
    if known.get(key, (0, ""))[0] == number:
        return None
    if not key or erased_keys(connection, {key}):
        raise DatabaseError(
            "A client of this name was erased." if key else "An alias needs a name.",
            value=name,
            next_step="Import the file that holds it with --readmit NAME" if key else None,
        )
    made, text = next_number(connection, imports), f"{name} = {target}"
    row = {
        "id": made,
        "kind": "organizations",
        "file": text,
        "bytes": len(text.encode("utf-8", "surrogatepass")),
        "sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        "recipe": DECISION,
        "instrument_id": max(i.instrument_id for i in counting),
        "imported_at": change_moment(connection, now),
        "rows_in": 0,
        "rows_kept": 0,
        "rows_numbered": 0,
        "log": compress_log(CleaningLog().as_dict()),
    }
    connection.execute(insert(imports), row)
    connection.execute(
        insert(aliases), {"import_id": made, "key": key, "organization_id": number, "name": target}
    )
    return made
