"""The benchmark database: answers are added file by file, and stay.

One SQLite file, or a database of a PostgreSQL server, holds the cleaned answers of all clients and waves, with the
files they came from and when. A study is made from it as it is made from a file; as of a day, too, so that an old
report can be made again. How it works: ``docs/database.md``; what lies in which table: `cfanalysis.database.schema`.
"""

from __future__ import annotations

from cfanalysis.database.connection import Database, open_database
from cfanalysis.database.corrections import CorrectionOptions
from cfanalysis.database.database_errors import DatabaseError
from cfanalysis.database.imports import ImportResult, import_files
from cfanalysis.database.schema import SCHEMA
from cfanalysis.database.study_from_database import prepare_from_database

__all__ = [
    "SCHEMA",
    "CorrectionOptions",
    "Database",
    "DatabaseError",
    "ImportResult",
    "import_files",
    "open_database",
    "prepare_from_database",
]
