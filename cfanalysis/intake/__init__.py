"""Reading survey files: the export of a survey tool becomes raw answers, or published frequency tables.

Each layout of files is a *reader*, one module here behind one small interface (`Reader`): it says whether
it recognizes a file, and reads it. `read` picks the reader by the file's content, or takes the one that is
given. A new reader is one new file and one line in `READERS`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cfanalysis.core.errors import IntakeError, nearest
from cfanalysis.intake.accepted_values import accepted_values
from cfanalysis.intake.columns import SUBMITTED, ListedColumn, asks_for_submission
from cfanalysis.intake.constants import add_constant_columns, normalize_options, refuse_constants
from cfanalysis.intake.exports import EXPORTS
from cfanalysis.intake.frequency_long import LongFrequencyReader
from cfanalysis.intake.frequency_workbook import FrequencyWorkbookReader
from cfanalysis.intake.personal_columns import without_personal_columns
from cfanalysis.intake.plain import PLAIN
from cfanalysis.intake.reader import FrequencyCounts, RawAnswers, Reader, ResponseReader
from cfanalysis.intake.reading_options import DETECT_ALL, ReadingOptions
from cfanalysis.intake.returned_answers import QuestionnaireReader
from cfanalysis.survey.instrument import Instrument

__all__ = ["READERS", "FrequencyCounts", "RawAnswers", "Reader", "ReadingOptions", "read", "read_columns"]

READERS: tuple[Reader, ...] = (
    QuestionnaireReader(),
    FrequencyWorkbookReader(),
    LongFrequencyReader(),
    *EXPORTS,
    *PLAIN,
)


def read(
    path: Path, instrument: Instrument, *, reader: str | None = None, options: ReadingOptions = DETECT_ALL
) -> RawAnswers | FrequencyCounts:
    """Read a survey file.

    Parameters
    ----------
    path
        The file as it was exported or published.
    instrument
        What the survey asks.
    reader
        Name of a reader; None recognizes it by the content.
    options
        Encoding, delimiter and the like, where they are not to be detected; the organization or wave of all rows, where
        the file has no such column.

    Returns
    -------
    RawAnswers or FrequencyCounts
        One row per respondent, or one per organization, item and category.

    Raises
    ------
    IntakeError
        The file is missing, empty, of no known reader, or not what the instrument asks.
    """
    options = normalize_options(options)
    accepted = accepted_values(instrument, options)
    chosen = _reader(_readable(path), instrument, reader)
    refuse_constants(chosen, path, options)
    raw = chosen.read(path, instrument, options)
    if not isinstance(raw, RawAnswers):
        return replace(raw, accepted=accepted)
    raw = add_constant_columns(_with_submission(raw, instrument), options)
    raw = replace(raw, accepted={**raw.accepted, **accepted})
    return without_personal_columns(raw, instrument, options)


def _with_submission(raw: RawAnswers, instrument: Instrument) -> RawAnswers:
    """Return the answers with the moments of submission beside them, unless the instrument asks for that column."""
    if SUBMITTED not in raw.frame or asks_for_submission(instrument):
        return raw
    return replace(raw, frame=raw.frame.drop(columns=SUBMITTED), submitted=raw.frame[SUBMITTED])


def read_columns(
    path: Path, instrument: Instrument, *, reader: str | None = None, options: ReadingOptions = DETECT_ALL
) -> list[ListedColumn]:
    """Return the columns of a file with one row per respondent.

    Parameters
    ----------
    path
        The file.
    instrument
        What the survey asks.
    reader
        Name of a reader; None recognizes it by the content.
    options
        How the file is to be read, as for `read`.

    Raises
    ------
    IntakeError
        As for `read`, or the file holds frequency tables.
    """
    return response_reader(path, instrument, reader).columns(path, instrument, options)


def response_reader(path: Path, instrument: Instrument, reader: str | None = None) -> ResponseReader:
    """Return the reader of a file with one row per respondent.

    Parameters
    ----------
    path
        The file.
    instrument
        What the survey asks.
    reader
        Name of a reader; None recognizes it by the content.

    Raises
    ------
    IntakeError
        The file is missing, empty, of no known reader, or holds frequency tables.
    """
    chosen = _reader(_readable(path), instrument, reader)
    if isinstance(chosen, ResponseReader):
        return chosen
    raise IntakeError(
        "The file holds frequency tables; there are no columns to map.",
        where=path.name,
        next_step="Describe the tables in the instrument: frequency_tables.",
    )


def _readable(path: Path) -> Path:
    """Return the path of a file that is there and not empty, or of a folder."""
    if not path.is_file() and not path.is_dir():
        folder = path.parent
        names = [p.name for p in folder.iterdir()] if folder.is_dir() else []
        raise IntakeError(
            "This is neither a file nor a folder." if path.exists() else "There is no such file.",
            where=path,
            allowed=", ".join(nearest(path.name, names)) or None,
            next_step="Give the path of the survey's export, or of a folder of answers.",
        )
    if path.is_file() and _is_empty(path):
        raise IntakeError("The file is empty.", where=path, next_step="Export the answers again.")
    return path


def _is_empty(path: Path) -> bool:
    """Return whether the file is empty or contains nothing but zero bytes, as after an interrupted copy."""
    with path.open("rb") as stream:
        return not any(part.strip(b"\0") for part in iter(lambda: stream.read(1 << 20), b""))


def _reader(path: Path, instrument: Instrument, name: str | None) -> Reader:
    known = {d.name: d for d in READERS}
    if name is not None:
        if name not in known:
            raise IntakeError("There is no such reader.", value=name, allowed=", ".join(known))
        if path.is_dir() and name != QuestionnaireReader.name:
            raise IntakeError("This reader reads one file, and this is a folder.", where=path, value=name)
        return known[name]
    for reader in READERS:
        if reader.recognizes(path, instrument):
            return reader
    raise IntakeError(
        "This is not a readable survey file.",
        where=path,
        allowed="an export as CSV, Excel (.xlsx, .xlsb, .xls), OpenDocument (.ods), Parquet, SPSS or Stata",
        next_step=_way_out(path),
    )


def _way_out(path: Path) -> str:
    """Return what to do with a file of no known reader, by how it begins."""
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(b"PK\x03\x04"):
        return "It is an archive: unpack it, and give the file with the answers."
    if head.startswith(b"%PDF"):
        return "It is a PDF, which holds no table: export the answers as CSV or Excel."
    return "Export the answers from the survey tool as CSV or Excel."
