"""The first steps with your own export: name it, check it, see which column is which, make a study of it.

`survey_export` holds what you say about a file; each later step takes it and shows what it found, or makes the study.
Nothing here decides anything that the commands ``check``, ``map`` and ``prepare`` would not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cfanalysis import __version__
from cfanalysis.core.blocks import Column, KeyFigure, KeyFigures, Notice, Table, table_columns
from cfanalysis.core.errors import IntakeError, OutputError, StudyError, shorten
from cfanalysis.core.files import atomic_file, sha256
from cfanalysis.core.formatting import decimal, whole_number
from cfanalysis.core.language import translated
from cfanalysis.core.templates import plural, sentence
from cfanalysis.intake import ReadingOptions, read_columns
from cfanalysis.intake.cleaning.file_check import RULE_DESCRIPTIONS, check_file
from cfanalysis.intake.column_map import UNDECIDED, column_map, load_map, map_text
from cfanalysis.intake.columns import ListedColumn
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.reading_options import IGNORE
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.workspace import find_file, find_study, prepared_folder
from cfanalysis.survey.instrument import Instrument, find_instrument, load_instrument

_SHOWN = 12


@dataclass(frozen=True)
class SurveyExport:
    """A survey's export, what was asked, and what is known about its columns.

    Parameters
    ----------
    file
        The export.
    instrument_file
        What was asked.
    instrument
        The same, read.
    options
        How the file is to be read.
    """

    file: Path
    instrument_file: Path
    instrument: Instrument
    options: ReadingOptions


def survey_export(file: str, instrument: str, *, columns: str = "") -> SurveyExport:
    """Return an export with what was asked.

    Parameters
    ----------
    file
        The export, seen from the workspace's folder, e.g. ``"data/answers.csv"``.
    instrument
        The name of an instrument that ships, or a file.
    columns
        A column map (see `write_column_map`); empty for none.

    Raises
    ------
    CfAnalysisError
        There is no such file, or the instrument or the map are not right.

    Examples
    --------
    >>> survey_export("data/sample/customer_focus_responses.csv", "customer_focus").instrument.id
    'customer_focus'
    """
    described = find_instrument(find_file(instrument))
    asked = load_instrument(described)
    options = load_map(find_file(columns), asked) if columns else ReadingOptions()
    return SurveyExport(find_file(file), described, asked, options)


def export_figures(export: SurveyExport) -> KeyFigures:
    """Return what was found: the file, and what was asked.

    Raises
    ------
    IntakeError
        The file is missing or empty, or its columns cannot be read.
    """
    asked = export.instrument
    headers = _headers(export)
    columns = translated("published tables")
    if headers is not None:
        columns = plural(len(headers), "{n} column", "{n} columns")
    size = _bytes(export.file.stat().st_size)
    version = sentence("instrument {id}, version {version}", id=asked.id, version=asked.version)
    rated, every = sentence("{n} rated", n=len(asked.rated_items)), sentence("{n} in all", n=len(asked.items))
    given = KeyFigure(translated("File"), shorten(export.file.name, limit=60), f"{size}, {columns}")
    questionnaire = KeyFigure(translated("Asked"), asked.title, version)
    return KeyFigures((given, questionnaire, KeyFigure(translated("Items"), rated, every)))


def findings_table(export: SurveyExport) -> Table | Notice:
    """Check the export and return what is wrong with it, counted by rule, each with its first place."""
    found = check_file(export.file, export.instrument, options=export.options)
    if not found.findings:
        text = "Nothing is wrong: {n} rows were read and all of them are understood."
        return Notice(plural(found.rows, "Nothing is wrong: the row that was read is understood.", text))
    counts: dict[str, int] = {}
    first: dict[str, Finding] = {}
    for finding in found.findings:
        counts[finding.rule] = counts.get(finding.rule, 0) + finding.n
        first.setdefault(finding.rule, finding)
    about = {rule: translated(RULE_DESCRIPTIONS[rule]) for rule in counts}
    rows = [
        (
            about[rule][0].upper() + about[rule][1:],
            whole_number(n),
            shorten(first[rule].place, limit=60) or translated("file"),
            _value(first[rule], export),
        )
        for rule, n in counts.items()
    ]
    note = sentence(
        "Rows read: {n}. Preparing the study changes, flags or drops what is listed here, and logs it; nothing is "
        "guessed. To change a cell, correct the export and run again.",
        n=found.rows,
    )
    place = table_columns(("First place", "Value there"), left=2)
    columns = [*table_columns(("What was found", "n")), *place]
    return Table(translated("What the check found, counted by rule"), columns, rows, note)


def column_table(export: SurveyExport) -> Table | Notice:
    """Return which columns were recognized, which are not used, and which are to be decided."""
    headers = _headers(export)
    if headers is None:
        text = "The file holds published frequency tables: there are no columns to recognize."
        return Notice(translated(text))
    decided = export.options.columns
    entries = [
        e | {"is": decided.get(c.position, decided.get(c.code, decided.get(c.name, e["is"])))}
        for c, e in zip(headers, column_map(headers, export.instrument), strict=True)
    ]
    undecided = [e for e in entries if e["is"] == UNDECIDED]
    ignored = [e["column"] for e in entries if e["is"] == IGNORE]
    known = [e["is"] for e in entries if e["is"] not in (UNDECIDED, IGNORE)]
    missing = [i.id for i in export.instrument.rated_items if i.id not in known]
    rows = [
        (translated("Recognized"), whole_number(len(known)), _some(known)),
        (translated("Not used"), whole_number(len(ignored)), _some(ignored)),
        *(
            (translated("To be decided"), "1", f"{shorten(e['column'], limit=60)}: {e['proposal']}?")
            for e in undecided[:_SHOWN]
        ),
        (translated("Rated items without a column"), whole_number(len(missing)), _some(missing)),
    ]
    note = translated(
        "Columns are recognized by the instrument's names and texts; what only resembles one is not taken."
    )
    columns = [Column(translated("Columns"), "left"), Column("n"), Column(translated("Which"), "left")]
    return Table(translated("Which column is which"), columns, rows, note)


def write_column_map(export: SurveyExport, name: str) -> Path:
    """Write what each column holds to a YAML file, to be edited and named as `survey_export`'s `columns`.

    Parameters
    ----------
    export
        The export.
    name
        The file, seen from the workspace's folder, e.g. ``"data/columns.yaml"``.

    Raises
    ------
    OutputError
        The file exists already: it may hold decisions.
    IntakeError
        The file holds frequency tables.
    """
    place = find_file(name)
    if place.exists():
        raise OutputError(
            "The file exists already and may hold your decisions.",
            where=place,
            next_step="Choose another name.",
        )
    headers = read_columns(export.file, export.instrument, options=export.options)
    text = map_text(column_map(headers, export.instrument), export.instrument, file=export.file.name)
    with atomic_file(place) as aside:
        aside.write_text(text, encoding="utf-8")
    return place


def prepare_own_study(export: SurveyExport, study: str) -> Study:
    """Return the study of that name, made from the export; made again if the export has changed.

    Parameters
    ----------
    export
        The export.
    study
        A name, or a folder.

    Raises
    ------
    StudyError
        A study of that name was made from another file.
    CfAnalysisError
        The export is not right.
    """
    folder = prepared_folder() / study if len(Path(study).parts) == 1 else Path(study)
    if not (folder / "manifest.json").is_file():
        return prepare(export.file, export.instrument_file, folder, options=export.options)
    existing = find_study(str(folder))
    before = {entry["name"]: entry["sha256"] for entry in existing.manifest["inputs"]}
    if export.file.name not in before:
        raise StudyError(
            f"There is a study {existing.name!r} of another file.",
            where=existing.folder,
            value=", ".join(before),
            next_step="Give the study another name.",
        )
    inputs = {p.name: sha256(p) for p in (export.file, export.instrument_file) if p.is_file()}
    current = existing.manifest["versions"]["cfanalysis"] == __version__
    if current and before == inputs and not export.options.columns:
        return existing
    return prepare(export.file, export.instrument_file, folder, options=export.options, replace=True)


def _headers(export: SurveyExport) -> list[ListedColumn] | None:
    """Return the columns; None where the file holds frequency tables."""
    try:
        return read_columns(export.file, export.instrument, options=export.options)
    except IntakeError as error:
        if export.instrument.frequency_tables is not None:
            return None
        raise error


def _value(finding: Finding, export: SurveyExport) -> str:
    """Return what the column holds; never open answers, and never a respondent's code."""
    free = {item.id for item in export.instrument.items if item.role == "open"} | {"respondent"}
    return "" if finding.column in free else shorten(finding.value, limit=40)


def _some(names: Iterable[str]) -> str:
    every = [shorten(name, limit=40) for name in names]
    more, first = len(every) - _SHOWN, ", ".join(every[:_SHOWN])
    return sentence("{first} and {n} more", first=first, n=more) if more > 0 else first or translated("none")


def _bytes(size: int) -> str:
    """Return a file's size in readable units.

    Examples
    --------
    >>> _bytes(900), _bytes(1_460_000)
    ('900 bytes', '1.5 MB')
    """
    if size < 10_000:
        return sentence("{n} bytes", n=size)
    return f"{decimal(size / 1e3, 0)} kB" if size < 1e6 else f"{decimal(size / 1e6)} MB"
