"""Norms in the database: kept beside the answers, so that all workspaces of a database have the same.

A workspace's folder of norms is brought up to date from the database before a norm is made, and its norms and the
secrets of its organizations are kept there afterwards. Erasing a client deletes its secret.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    delete,
    insert,
    inspect,
    select,
)

from cfanalysis.core.files import atomic_folder
from cfanalysis.core.text_folding import fold_text
from cfanalysis.database.connection import Database
from cfanalysis.database.database_errors import DatabaseError
from cfanalysis.study.benchmark.norm import MEMBER, Members, norms, read_members, write_members

_tables = MetaData()

_norms = Table(
    "norms",
    _tables,
    Column("instrument", Text, primary_key=True, comment="the instrument's id"),
    Column("name", Text, primary_key=True),
    Column("content", String(64), nullable=False, comment="hash of what it says"),
    Column("files", LargeBinary, nullable=False, comment="the norm's folder, zipped"),
)
_members = Table(
    "norm_members",
    _tables,
    Column("instrument", Text, primary_key=True),
    Column("key", Text, primary_key=True, comment="the organization without case and extra spaces"),
    Column("name", Text, nullable=False, comment="as the studies spell it"),
    Column("secret", Text, nullable=False, comment="by which its tokens are found"),
)


def fetch_norms(database: Database, folder: Path) -> None:
    """Bring a workspace's norms of an instrument up to date: what the database has, and the folder lacks.

    Parameters
    ----------
    database
        An open database.
    folder
        The folder of norms, named after the instrument.

    Raises
    ------
    DatabaseError
        The workspace has published norms of its own beside the database's: another of one name, or one in which
        organizations count that the database knows by other secrets.
    """
    with database.read_transaction() as connection:
        if not norm_tables(connection):
            return
        rows = connection.execute(select(_norms).where(_norms.c.instrument == folder.name)).all()
        secrets = connection.execute(select(_members).where(_members.c.instrument == folder.name)).all()
    if not rows:
        return  # secrets without norms are those of drafts, and no one's tokens rest on them
    own = [norm for norm in norms(folder) if norm.published]
    here, kept = {norm.name: norm.content for norm in own}, read_members(folder).secret_by_name
    known = {fold_text(row.name): row.secret for row in secrets}
    apart = sorted(n for n, secret in kept.items() if known.get(fold_text(n), secret) != secret)
    if apart and (alone := sorted(set(here) - {row.name for row in rows})):
        # The tokens of one of both would match nobody, and nothing would be known of what its norms showed.
        raise DatabaseError(
            "The workspace published norms apart from the database's, with some of the same organizations.",
            where=database.place,
            value=f"{', '.join(alone)}: {len(apart)} organizations, among them {apart[0]}",
            next_step="What both show can be subtracted. Hand out reports against one of them alone: move "
            f"{folder} away if none of its norms was handed out, or else keep this workspace without the database.",
        )
    for row in rows:
        if here.get(row.name, row.content) != row.content:
            raise DatabaseError(
                "The database and the workspace have different published norms of one name.",
                where=database.place,
                value=row.name,
                next_step=f"Decide which was handed out, and move the other away: {folder / row.name}",
            )
        if row.name not in here:
            with atomic_folder(folder / row.name, replace=True) as aside:
                zipfile.ZipFile(io.BytesIO(row.files)).extractall(aside)
    shared = [norm for norm in norms(folder) if norm.name in {row.name for row in rows}]
    counted = frozenset().union(*(tokens for norm in shared for tokens in norm.counted.values()))
    left = {  # without those that were erased
        name: secret
        for name, secret in kept.items()
        if fold_text(name) not in known and Members(kept).token(name, MEMBER) not in counted
    }
    write_members(folder, Members({**left, **{row.name: row.secret for row in secrets}}))


def keep_norms(database: Database, folder: Path) -> None:
    """Keep the published norms of a workspace, and the secrets of its organizations, in the database.

    Parameters
    ----------
    database, folder
        As for `fetch_norms`.

    Raises
    ------
    DatabaseError
        Another workspace has published a norm in the meantime, of which these know nothing.
    """
    own = [norm for norm in norms(folder) if norm.published]
    members = read_members(folder).secret_by_name
    with database.write_transaction() as connection:
        _tables.create_all(connection)
        theirs = dict(
            connection.execute(
                select(_norms.c.name, _norms.c.content).where(_norms.c.instrument == folder.name)
            ).all()
        )
        new = [norm for norm in own if norm.name not in theirs]
        if set(theirs) - {norm.name for norm in own}:
            for norm in new:
                shutil.rmtree(folder / norm.name)
            raise DatabaseError(
                "Another norm was published in the meantime, of which this one knows nothing.",
                where=database.place,
                value=", ".join(sorted(set(theirs) - {norm.name for norm in own})),
                next_step="Make the norm again.",
            )
        rows = [
            {
                "instrument": folder.name,
                "name": n.name,
                "content": n.content,
                "files": _zipped(folder / n.name),
            }
            for n in new
        ]
        if rows:
            connection.execute(insert(_norms), rows)
        delete_members(connection, [fold_text(name) for name in members], folder.name)
        of_key = {fold_text(name): {"name": name, "secret": secret} for name, secret in members.items()}
        if of_key:
            secrets = [{"instrument": folder.name, "key": key, **both} for key, both in of_key.items()]
            connection.execute(insert(_members), secrets)


def delete_members(connection: Connection, keys: Sequence[str], instrument: str | None = None) -> None:
    """Delete the secrets of organizations: their tokens lead to no name any more.

    Parameters
    ----------
    connection
        Of a writer.
    keys
        Their names without case and extra spaces.
    instrument
        Of whose norms; None for all.
    """
    if _members not in norm_tables(connection):
        return
    wanted: list[ColumnElement[bool]] = [_members.c.key.in_(keys)]
    if instrument is not None:
        wanted.append(_members.c.instrument == instrument)
    connection.execute(delete(_members).where(*wanted))


def norm_tables(connection: Connection) -> list[Table]:
    """Return the tables of norms that a database has: none before the first norm."""
    return [table for table in (_norms, _members) if inspect(connection).has_table(table.name)]


def _zipped(folder: Path) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for path in sorted(folder.iterdir()):
            file.writestr(path.name, path.read_bytes())
    return stream.getvalue()
