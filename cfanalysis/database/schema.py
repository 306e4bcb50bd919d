"""The tables of the benchmark database.

Nothing that was imported is ever changed: a file makes one row in ``imports`` and rows of its own in the other
tables, and a corrected file makes new ones. What counts on a day follows from the imports alone: one counts from
`imported_at` until `ended_at`. Only erasing a client deletes rows.

========================  ====================================================================================
``cfanalysis_about``      the version of this layout, the salt of erased names
``instruments``           every version of an instrument that answers came with, as YAML, word for word
``imports``               one row a file: what it is, its hash, when it came in, when it ceased to count, its log
``organizations``         one row a name, compared without case and extra spaces
``import_organizations``  how a file spells an organization, and how many rows it has of it in each wave
``aliases``               names that stand for another organization, by the file that says so
``waves``                 names of waves
``respondents``           who answered: unique within an organization; a numbered one within its import
``profiles``              distinct combinations of facts that respondents of an import gave
``responses``             one row a respondent and wave: the rated answers packed (`packed_answers`); open answers
``outcomes``              outcomes of organizations
``facts``                 facts about organizations from organizations files
``erasures``              when a client was erased: no name, only its salted hash
========================  ====================================================================================

Moments are texts, ``2026-11-21T08:30:00.000000Z``, so that they sort and compare the same everywhere.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

SCHEMA = 2
"""The version of this layout; a database of another is refused."""

metadata = MetaData()


def _table(name: str, *parts: SchemaItem, **options: Any) -> Table:
    """Return a table of this layout."""
    return Table(name, metadata, *parts, **options)


about = _table(
    "cfanalysis_about",
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

instruments = _table(
    "instruments",
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, comment="the instrument's id"),
    Column("version", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("text", Text, nullable=False, comment="the YAML, word for word"),
    Column(
        "items", Text, nullable=False, comment="JSON: ids of the rated items in the order of packed answers"
    ),
)

imports = _table(
    "imports",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False, comment="responses, outcomes or organizations"),
    Column("file", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("recipe", Text, nullable=False, comment="JSON: how the file was read, where that was said"),
    Column("instrument_id", Integer, ForeignKey("instruments.id"), nullable=False),
    Column("imported_at", String(27), nullable=False),
    Column("ended_at", String(27), comment="from then on the import does not count"),
    Column("ended_why", String(20), comment="replaced or removed"),
    Column("replaced_by", Integer, ForeignKey("imports.id")),
    Column("rows_in", Integer, nullable=False, comment="rows of the file"),
    Column("rows_kept", Integer, nullable=False, comment="rows stored, at the time of the import"),
    Column("rows_numbered", Integer, nullable=False, comment="of these, rows without a respondent's id"),
    Column("log", LargeBinary, nullable=False, comment="the cleaning log as JSON, deflated (zlib)"),
)

organizations = _table(
    "organizations",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True, comment="the name without case and extra spaces"),
    Column("name", Text, nullable=False, comment="as first written"),
)

import_organizations = _table(
    "import_organizations",
    Column("import_id", Integer, ForeignKey("imports.id"), primary_key=True),
    Column("organization_id", Integer, ForeignKey("organizations.id"), primary_key=True),
    Column("wave", Text, primary_key=True, comment="empty where an auxiliary file does not say"),
    Column("name", Text, nullable=False),
    Column("rows", Integer, nullable=False),
)

aliases = _table(
    "aliases",
    Column("import_id", Integer, ForeignKey("imports.id"), primary_key=True),
    Column("key", Text, primary_key=True, comment="the alias without case and extra spaces"),
    Column("organization_id", Integer, ForeignKey("organizations.id"), nullable=False),
    Column("name", Text, nullable=False, comment="the organization as the file spells it"),
)

waves = _table(
    "waves",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, unique=True),
)

respondents = _table(
    "respondents",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("organization_id", Integer, ForeignKey("organizations.id"), nullable=False),
    Column("scope", Integer, nullable=False, comment="0, or the import within which the row was numbered"),
    Column("code", Text, nullable=False),
    UniqueConstraint("organization_id", "scope", "code"),
)

profiles = _table(
    "profiles",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("import_id", Integer, ForeignKey("imports.id"), nullable=False),
    Column("facts", Text, nullable=False, comment="JSON: origin and the instrument's fields"),
    Index("profiles_of_import", "import_id"),
)

responses = _table(
    "responses",
    Column("import_id", Integer, ForeignKey("imports.id"), primary_key=True),
    Column("respondent_id", Integer, ForeignKey("respondents.id"), primary_key=True),
    Column("wave_id", Integer, ForeignKey("waves.id"), primary_key=True),
    Column("profile_id", Integer, ForeignKey("profiles.id"), nullable=False),
    Column("seconds", Float(53)),
    Column(
        "flags",
        SmallInteger,
        nullable=False,
        default=0,
        comment="one bit a flag of the cleaning, see packed_answers",
    ),
    Column("answers", LargeBinary, nullable=False, comment="one byte an item, see packed_answers"),
    Column("texts", Text, comment="JSON: open answers by item"),
    sqlite_with_rowid=False,
)

outcomes = _table(
    "outcomes",
    Column("import_id", Integer, ForeignKey("imports.id"), primary_key=True),
    Column("row", Integer, primary_key=True, comment="row of the file"),
    Column("organization_id", Integer, ForeignKey("organizations.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("wave", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("value", Float(53), nullable=False),
    Column("n", BigInteger),
)

facts = _table(
    "facts",
    Column("import_id", Integer, ForeignKey("imports.id"), primary_key=True),
    Column("row", Integer, primary_key=True, comment="row of the file"),
    Column("organization_id", Integer, ForeignKey("organizations.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("facts", Text, nullable=False, comment="JSON: wave, invited and facts, in the file's order"),
)

erasures = _table(
    "erasures",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("erased_at", String(27), nullable=False),
    Column("digest", String(64), nullable=False, comment="HMAC-SHA-256 of the name's key, by the salt"),
    Column("first_at", String(27), comment="when the first of the rows came in"),
    Column("rows", Integer, nullable=False),
    Column("readmitted_at", String(27), comment="from then on imports may hold the client again"),
)
