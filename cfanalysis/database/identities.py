"""Names and their numbers in the database: organizations, waves, instruments.

A name is compared without case and extra spaces; its organization is found, or made. A name that stands for another
organization (an alias) stays a row of its own: which organization it counts for follows from the organizations files
that count on the day (`cfanalysis.database.snapshot`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, Table, func, insert, select

from cfanalysis.core.text_folding import fold_text
from cfanalysis.database.schema import about, erasures, instruments, organizations, waves
from cfanalysis.survey.instrument import Instrument

NUMBERED = re.compile(r"row \d+")
"""How the cleaning names respondents that have no id."""

NUMBERED_ORGANIZATION = re.compile(r"respondent \d+")
"""How it names the units of a survey whose respondents have neither id nor organization."""


def organization_key(name: str, instrument: Instrument, number: int) -> str:
    """Return the key under which an organization is kept; that of a numbered unit is unique to its import.

    Parameters
    ----------
    name
        The organization's name.
    instrument
        Its unit of analysis says whether names may be numbers of respondents.
    number
        The import's number.
    """
    if instrument.unit == "respondent" and NUMBERED_ORGANIZATION.fullmatch(name):
        return f"{name}\t{number}"
    return fold_text(name)


def next_number(connection: Connection, table: Table) -> int:
    """Return the lowest number above all those in use.

    Parameters
    ----------
    connection
        An open connection.
    table
        A table with a column ``id``.
    """
    return int(connection.scalar(select(func.coalesce(func.max(table.c.id), 0)))) + 1  # type: ignore[arg-type]


def organization_numbers(connection: Connection, names: Mapping[str, str]) -> dict[str, int]:
    """Return the number of each organization, made where it is new.

    Parameters
    ----------
    connection
        Of a writer.
    names
        Key -> name as written.
    """
    known = dict(connection.execute(select(organizations.c.key, organizations.c.id)).all())
    first = next_number(connection, organizations)
    new = [key for key in names if key not in known]
    rows = [{"id": first + k, "key": key, "name": names[key]} for k, key in enumerate(new)]
    if rows:
        connection.execute(insert(organizations), rows)
    known.update({key: first + k for k, key in enumerate(new)})
    return {key: known[key] for key in names}


def wave_numbers(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Return the number of each wave; new waves are added.

    Parameters
    ----------
    connection
        An open transaction.
    names
        Names of waves.

    Returns
    -------
    dict
        Name -> number, of all waves of the database.
    """
    known = dict(connection.execute(select(waves.c.name, waves.c.id)).all())
    for name in names:
        if name not in known:
            known[name] = next_number(connection, waves)
            connection.execute(insert(waves), {"id": known[name], "name": name})
    return known


def instrument_number(connection: Connection, instrument: Instrument, text: bytes, *, file: str) -> int:
    """Return the number of an instrument's version; a new version is added.

    Parameters
    ----------
    connection
        An open transaction.
    instrument
        The instrument.
    text
        The bytes of its file, which identify the version.
    file
        The name of its file.
    """
    digest = hashlib.sha256(text).hexdigest()
    found = connection.scalar(select(instruments.c.id).where(instruments.c.sha256 == digest))
    if found is not None:
        return int(found)
    number = next_number(connection, instruments)
    row = {
        "id": number,
        "name": instrument.id,
        "version": instrument.version,
        "title": instrument.title,
        "file": file,
        "sha256": digest,
        "text": text.decode("utf-8"),
        "items": json.dumps([item.id for item in instrument.rated_items]),
    }
    connection.execute(insert(instruments), row)
    return number


def salted_digest(connection: Connection, key: str) -> str:
    """Return the salted hash by which an erased name is recognized.

    Parameters
    ----------
    connection
        An open connection.
    key
        The organization's key.
    """
    salt = connection.scalar(select(about.c.value).where(about.c.key == "salt"))
    return hmac.new(
        bytes.fromhex(str(salt)), key.encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hexdigest()


def erased_keys(connection: Connection, keys: Collection[str]) -> set[str]:
    """Return those of some organizations that were erased and not admitted again.

    Parameters
    ----------
    connection
        An open connection.
    keys
        Keys of organizations.
    """
    statement = select(erasures.c.digest).where(erasures.c.readmitted_at.is_(None))
    gone = set(connection.scalars(statement))
    return {key for key in keys if salted_digest(connection, key) in gone} if gone else set()
