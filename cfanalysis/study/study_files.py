"""The files of a study, the same bytes for the same content."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from cfanalysis import __version__
from cfanalysis.core.files import sha256, total_size
from cfanalysis.intake.cleaning import CleaningLog
from cfanalysis.scoring.score_table import score_table
from cfanalysis.study.prepared_study import STUDY_FORMAT
from cfanalysis.survey.survey_data import Survey

GROUP = 100_000
"""Rows of a row group."""


def write_tables(folder: Path, survey: Survey) -> None:
    """Write the tables of a study as Parquet.

    Parameters
    ----------
    folder
        The study's folder.
    survey
        What is written.
    """
    survey.shares.to_parquet(folder / "shares.parquet", index=False)
    survey.organizations.to_parquet(folder / "organizations.parquet", index=False)
    score_table(survey.shares, survey.instrument).to_parquet(folder / "scores.parquet", index=False)
    if survey.outcomes is not None:
        survey.outcomes.to_parquet(folder / "outcomes.parquet", index=False)
    if survey.raw_responses is not None:
        write_in_groups(survey.raw_responses, folder / "responses.parquet")


def write_in_groups(table: pd.DataFrame, path: Path) -> None:
    """Write a long table as Parquet in groups of rows, so that it is never in memory twice.

    Parameters
    ----------
    table
        The table; its index is not written.
    path
        The file.
    """
    schema = pa.Table.from_pandas(table[:1], preserve_index=False).schema
    with parquet.ParquetWriter(path, schema) as writer:
        for start in range(0, len(table), GROUP):
            part = table[start : start + GROUP]
            writer.write_table(pa.Table.from_pandas(part, schema=schema, preserve_index=False))


def input_entry(path: Path) -> dict[str, Any]:
    """Return how an input file stands in the manifest."""
    return {"name": path.name, "bytes": total_size(path), "sha256": sha256(path)}


def manifest(folder: Path, inputs: list[dict[str, Any]], survey: Survey) -> dict[str, Any]:
    """Return what the study was made from, without the time and place of its making: equal input, equal bytes.

    Parameters
    ----------
    folder
        The study's folder with all other files; their hashes are listed.
    inputs
        Each source file and how it was read.
    survey
        The content of the study.

    Returns
    -------
    dict
        The content of the manifest, for JSON.
    """
    return {
        "format": STUDY_FORMAT,
        "instrument": {"id": survey.instrument.id, "version": survey.instrument.version},
        "inputs": inputs,
        "waves": list(survey.source.waves),
        "synthetic": survey.source.synthetic,
        "versions": {
            "cfanalysis": __version__,
            **{n: version(n) for n in ("numpy", "pandas", "pyarrow", "scipy")},
        },
        "files": {p.name: sha256(p) for p in sorted(folder.iterdir())},
    }


def write_log(path: Path, log: CleaningLog) -> None:
    """Write the cleaning log as JSON, each change on its own line: there may be very many.

    Parameters
    ----------
    path
        The file.
    log
        The log.
    """
    content = log.summary
    number = -1
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="\n") as stream:
        stream.write(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False).removesuffix("\n}"))
        stream.write(',\n "changes": [')
        for number, change in enumerate(log.iter_changes()):
            stream.write(f"{',' if number else ''}\n  {encode(change)}")
        stream.write("\n ]\n}\n" if number >= 0 else "]\n}\n")


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a small JSON file.

    Parameters
    ----------
    path
        The file.
    content
        What it holds; NaN and infinity are refused.
    """
    path.write_text(
        json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8"
    )
