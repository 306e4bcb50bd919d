"""What is to be imported: the files of one call, read and cleaned before the database is touched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from cfanalysis.core.errors import IntakeError
from cfanalysis.core.files import sha256, total_size
from cfanalysis.intake import RawAnswers, ReadingOptions, read
from cfanalysis.intake.cleaning import CleaningLog, clean
from cfanalysis.intake.constants import normalize_options
from cfanalysis.study.preparation import read_auxiliary_files
from cfanalysis.survey.instrument import Instrument

SourceKind = Literal["organizations", "outcomes", "responses"]


@dataclass(frozen=True)
class SourceFile:
    """A file to import: what it holds, and how it is recognized later."""

    kind: SourceKind
    path: Path
    bytes: int
    sha256: str
    reading_settings: str


@dataclass(frozen=True)
class FileContent:
    """The content of a file: its table, for organizations their aliases, and the log."""

    table: pd.DataFrame
    log: CleaningLog
    aliases: dict[str, str]


def source_file(kind: SourceKind, path: Path, how: Mapping[str, Any], instrument_digest: str) -> SourceFile:
    """Return a file with its hash and its reading settings.

    Parameters
    ----------
    kind
        What the file holds.
    path
        The file.
    how
        The reading settings that the user gave; only answers have any.
    instrument_digest
        The hash of the instrument that the file is read with.

    Raises
    ------
    IntakeError
        It cannot be read.
    """
    try:
        size, digest = total_size(path), sha256(path)
    except OSError as error:
        raise IntakeError(
            "The file cannot be read.", where=path, value=error.strerror or error, next_step="Check the path."
        ) from None
    said = {k: v for k, v in how.items() if v} if kind == "responses" else {}
    recipe = json.dumps({"instrument": instrument_digest, **said}, sort_keys=True)
    return SourceFile(kind, path, size, digest, recipe)


def reading_settings(reader: str | None, options: ReadingOptions) -> dict[str, Any]:
    """Return the settings for reading answers.

    Parameters
    ----------
    reader
        Name of a reader; None where the user gave none.
    options
        The user's other settings.
    """
    return {"reader": reader, **asdict(normalize_options(options))}


def constant_values(recipe: str) -> dict[str, str]:
    """Return what was given for every row of a file, by column: its organization, its wave.

    Examples
    --------
    >>> constant_values('{"instrument": "9f2c", "organization": "Alderbarrow Pumps"}')
    {'organization': 'Alderbarrow Pumps'}
    """
    said = json.loads(recipe)
    return {name: said[name] for name in ("organization", "wave") if name in said}


def read_content(
    source: SourceFile,
    instrument: Instrument,
    *,
    reader: str | None,
    options: ReadingOptions,
    aliases: Mapping[str, str],
) -> FileContent:
    """Return the content of a file; answers are cleaned.

    Parameters
    ----------
    source
        The file.
    instrument
        What the survey asks.
    reader
        Name of a reader; None recognizes it by the content.
    options
        How the file is to be read; what is None is detected.
    aliases
        Alias -> name of the organization.

    Raises
    ------
    IntakeError
        The file is not right, holds frequency tables, or was changed while it was read.
    """
    content = _read(source, instrument, reader, options, aliases)
    if sha256(source.path) != source.sha256:
        raise IntakeError(
            "The file was changed while it was read; nothing was imported.",
            where=source.path,
            next_step="Try again.",
        )
    return content


def _read(
    source: SourceFile,
    instrument: Instrument,
    reader: str | None,
    options: ReadingOptions,
    aliases: Mapping[str, str],
) -> FileContent:
    if source.kind != "responses":
        beside = read_auxiliary_files(instrument, **{source.kind: source.path})
        (table,) = (table for table in (beside.outcomes, beside.facts) if table is not None)
        return FileContent(table, CleaningLog(len(table), len(table), notes=beside.notes), beside.aliases)
    raw = read(source.path, instrument, reader=reader, options=options)
    if not isinstance(raw, RawAnswers):
        raise IntakeError(
            "The database keeps answers of respondents; this file holds published frequency tables.",
            where=source.path,
            next_step="Make a study from it: cfanalysis prepare FILE --instrument INSTRUMENT --out FOLDER",
        )
    responses, log = clean(raw, instrument, aliases=aliases)
    return FileContent(responses, log, {})
