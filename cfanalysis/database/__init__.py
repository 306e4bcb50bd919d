"""The benchmark database: answers are added file by file, and stay.

One SQLite file, or a database of a PostgreSQL server, holds the cleaned answers of all clients and waves, with the
files they came from and when. A study is made from it as it is made from a file; as of a day, too, so that an old
report can be made again. How it works: ``docs/database.md``; what lies in which table: `cfanalysis.database.schema`.
"""

from cfanalysis.database.connection import Database as Database
from cfanalysis.database.connection import open_database as open_database
from cfanalysis.database.corrections import CorrectionOptions as CorrectionOptions
from cfanalysis.database.database_errors import DatabaseError as DatabaseError
from cfanalysis.database.imports import ImportResult as ImportResult
from cfanalysis.database.imports import import_files as import_files
from cfanalysis.database.schema import SCHEMA as SCHEMA
from cfanalysis.database.study_from_database import prepare_from_database as prepare_from_database
