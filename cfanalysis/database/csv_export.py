"""The benchmark as tables for other tools: safe to open in a spreadsheet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from cfanalysis.core.files import export_folder
from cfanalysis.core.spreadsheets import write_csv
from cfanalysis.database.connection import Database
from cfanalysis.database.history import moment_of
from cfanalysis.database.overview import import_list
from cfanalysis.database.study_from_database import database_snapshot
from cfanalysis.study.preparation import CleanAnswers

_MARK = "imports.csv"
"""The file by which a folder is known as a former export."""


def export_database(
    database: Database,
    folder: Path,
    *,
    as_of: str | None = None,
    instrument: str | None = None,
    replace: bool = False,
    now: datetime | None = None,
) -> list[Path]:
    """Write what counts as CSV files: responses, organizations, aliases, outcomes, and the list of imports.

    Parameters
    ----------
    database
        An open database.
    folder
        Where the files go; made whole or not at all.
    as_of, instrument, now
        As of `cfanalysis.database.study_from_database.prepare_from_database`.
    replace
        Whether a former export in that folder may be replaced; any other folder never is.

    Raises
    ------
    CfAnalysisError
        Nothing counted on that day, or the folder exists and is no former export.
    """
    with database.read_transaction() as connection:
        moment = moment_of(connection, as_of, now=now or datetime.now(UTC))
        found = database_snapshot(connection, moment, instrument=instrument)
        listed = pd.DataFrame(import_list(connection))
    listed["waves"] = listed["waves"].map(" ".join)
    tables = {**_tables(found), "imports": listed}
    with export_folder(folder, mark=_MARK, replace=replace) as aside:
        for name, frame in tables.items():
            write_csv(frame, aside / f"{name}.csv")
        (aside / "instrument.yaml").write_bytes(found.text)
    return sorted(folder.iterdir())


def _tables(found: CleanAnswers) -> dict[str, pd.DataFrame]:
    """Return the tables that are there."""
    keys = ["organization", "wave"]
    counts = found.table.groupby(keys, sort=True).size().rename("respondents").reset_index()
    tables = {"raw_responses": found.table, "organizations": counts}
    if found.auxiliary.outcomes is not None:
        tables["outcomes"] = found.auxiliary.outcomes
    if found.auxiliary.facts is not None:
        tables["facts"] = found.auxiliary.facts
    if found.auxiliary.aliases:
        pairs = sorted(found.auxiliary.aliases.items())
        tables["aliases"] = pd.DataFrame(pairs, columns=["alias", "organization"])
    return tables
