"""Waves that are lost entirely: the log has every row, but someone must take notice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cfanalysis.intake.cleaning.state import CleaningState
from cfanalysis.intake.cleaning.text_column import Booleans

_SHOWN = 10


def empty_wave_notes(work: CleaningState, there: Booleans) -> Iterator[str]:
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
    for code in gone[:_SHOWN]:
        own = work.rows[there & (waves.codes == code)]
        dropped = [(e.rule, int(np.isin(e.rows, own).sum())) for e in work.log.entries if e.kind == "dropped"]
        why = ", ".join(f"{rule} {n:,}" for rule, n in dropped if n)
        yield f"wave {waves.values[int(code)].as_py()[:40]}: none of its {before[code]:,} rows is left: {why}"
    if len(gone) > _SHOWN:
        yield f"{len(gone) - _SHOWN:,} more waves of which no row is left"
