"""What is to be said aloud of a file because it is hardly dirt: a column that cannot be read, a wave that is lost.

Cell by cell and row by row all of it stands in the log; but where most of a column is no answer, or nothing is left of
a wave, the file or the instrument is another one than was thought, and somebody must look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cfanalysis.intake.answers import Answer
from cfanalysis.intake.cleaning.state import Work
from cfanalysis.intake.cleaning.texts import Booleans, Texts
from cfanalysis.survey.instrument import Scale

FEWEST = 10
SHOWN = 10
LOST = ("out_of_range", "not_an_answer")


def unread_column(
    item: str, column: Texts, read: Sequence[Answer], rows: Booleans, scale: Scale
) -> list[str]:
    """Return a remark where more than half of a column's values are no answers.

    Parameters
    ----------
    item
        The column.
    column
        Its texts.
    read
        What each distinct text means.
    rows
        The rows that count.
    scale
        The item's.
    """
    lost = np.array([answer.rule in LOST for answer in read], dtype=bool)
    if not lost.any():
        return []
    count = np.bincount(column.codes[rows], minlength=len(read))
    given = int(count.sum() - count[column.among([""])].sum())
    n = int(count[lost].sum())
    if n < FEWEST or 2 * n <= given:
        return []
    often = column.values[int(np.argmax(np.where(lost, count, -1)))].as_py()
    return [
        f"{item}: {n:,} of {given:,} values are no answers, most often {often[:40]!r}; its scale is {scale.min} to "
        f"{scale.max}"
    ]


def lost_waves(work: Work, there: Booleans) -> Iterator[str]:
    """Yield the waves of which no row is left.

    Parameters
    ----------
    work
        The rows after all rules.
    there
        The rows with an organization.
    """
    waves = work.table["wave"]
    before, after = (
        np.bincount(waves.codes[rows], minlength=len(waves.values)) for rows in (there, work.kept)
    )
    gone = np.flatnonzero((before > 0) & (after == 0))
    for code in gone[:SHOWN]:
        own = work.rows[there & (waves.codes == code)]
        dropped = [(e.rule, int(np.isin(e.rows, own).sum())) for e in work.log.entries if e.kind == "dropped"]
        why = ", ".join(f"{rule} {n:,}" for rule, n in dropped if n)
        yield f"wave {waves.values[int(code)].as_py()[:40]}: none of its {before[code]:,} rows is left: {why}"
    if len(gone) > SHOWN:
        yield f"{len(gone) - SHOWN:,} more waves of which no row is left"
