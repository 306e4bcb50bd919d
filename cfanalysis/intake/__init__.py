"""How answers come in: a file of a survey tool becomes raw answers, or published frequency tables.

Each layout of files is a *dialect*, one module here behind one small interface (`Dialect`): it says whether
it recognizes a file, and reads it. `read` picks the dialect by the file's content, or takes the one that is
given. A new dialect is one new file and one line in `DIALECTS`.
"""

from __future__ import annotations

from pathlib import Path

from cfanalysis.errors import IntakeError, nearest
from cfanalysis.instrument import Instrument
from cfanalysis.intake.delimited import DelimitedResponses
from cfanalysis.intake.dialect import Dialect, FrequencyCounts, RawAnswers
from cfanalysis.intake.frequency_workbook import FrequencyWorkbook
from cfanalysis.intake.workbook import WorkbookResponses

__all__ = ["DIALECTS", "Dialect", "FrequencyCounts", "RawAnswers", "read"]

DIALECTS: tuple[Dialect, ...] = (FrequencyWorkbook(), WorkbookResponses(), DelimitedResponses())


def read(path: Path, instrument: Instrument, *, dialect: str | None = None) -> RawAnswers | FrequencyCounts:
    """Read a survey file.

    Parameters
    ----------
    path
        The file as it was exported or published.
    instrument
        What the survey asks.
    dialect
        Name of a dialect; None recognizes it by the content.

    Returns
    -------
    RawAnswers or FrequencyCounts
        One row per respondent, or one per organization, item and category.

    Raises
    ------
    IntakeError
        The file is missing, empty, of no known dialect, or not what the instrument asks.
    """
    if not path.is_file():
        folder = path.parent
        names = [p.name for p in folder.iterdir() if p.is_file()] if folder.is_dir() else []
        raise IntakeError(
            "There is no such file." if not path.exists() else "This is not a file.",
            where=path,
            allowed=", ".join(nearest(path.name, names)) or None,
            next_step="Give the path of the survey's export.",
        )
    if path.stat().st_size == 0:
        raise IntakeError("The file is empty.", where=path, next_step="Export the answers again.")
    return _dialect(path, instrument, dialect).read(path, instrument)


def _dialect(path: Path, instrument: Instrument, name: str | None) -> Dialect:
    known = {d.name: d for d in DIALECTS}
    if name is not None:
        if name not in known:
            raise IntakeError("There is no such dialect.", value=name, allowed=", ".join(known))
        return known[name]
    for dialect in DIALECTS:
        if dialect.recognizes(path, instrument):
            return dialect
    raise IntakeError(
        "This is not a survey file that can be read.",
        where=path,
        allowed="; ".join(d.about for d in DIALECTS),
        next_step="Export the answers as CSV or Excel.",
    )
