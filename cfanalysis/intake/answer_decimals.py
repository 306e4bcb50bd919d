"""Which decimal sign the numbers among the answers have."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cfanalysis.intake.decimals import DecimalSign, decimal_sign
from cfanalysis.survey.instrument import Instrument


def answers_decimal(
    frame: pd.DataFrame, instrument: Instrument, *, where: str, given: DecimalSign | None = None
) -> tuple[DecimalSign, str]:
    """Return the decimal sign of items and durations, and how it was found, in words.

    Parameters
    ----------
    frame
        One row per respondent, cells as text.
    instrument
        Says which columns are items.
    where
        The file, for messages.
    given
        The sign that the user gave; None detects it.

    Raises
    ------
    IntakeError
        As for `decimal_sign`.
    """
    return decimal_sign(_texts(frame, instrument), where=where, given=given)


def _texts(frame: pd.DataFrame, instrument: Instrument) -> Iterator[str]:
    for name in ("seconds", *(item.id for item in instrument.rated_items)):
        if name in frame:
            column = frame[name]
            distinct = (
                column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column.unique()
            )
            yield from map(str, distinct)
