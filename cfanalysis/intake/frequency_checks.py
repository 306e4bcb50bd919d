"""Figures in published tables: counts, shares, and the marks of a publisher who withholds them.

Publishers suppress figures about few people: a star, a dash, ``<5``, ``n<10``. Such a cell is no zero, and its figure
is not worked out from the others, which would undo what protects people: the item is missing for that organization,
and the log says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake.answers import parse_number
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.folding import PLACEHOLDERS, comparable_text
from cfanalysis.survey.instrument import Instrument

_MARKS = "* ** *** .. ... : suppressed withheld [c] [low] [u] [x] [z]"
WITHHELD_MARKS = PLACEHOLDERS | frozenset(_MARKS.split())
"""What stands, alone in a cell or before a per cent sign, where a figure is withheld or not available."""

_BELOW = re.compile(r"n?\s*[<≤]\s*=?\s*\d+(?:[.,]\d+)?\s*%?")
UNKNOWN = -1
"""The number of answers where the publisher does not say it."""

ITEM_KEY = ["organization", "wave", "item"]
COMPLETE = 0.005


class Suppressed(NamedTuple):
    """A cell in which a figure is withheld: whose it is, where it stands, and what stands there.

    `column` is the item, which is missing for that organization; or ``"n_dont_know"`` where nothing but the number of
    don't knows is withheld: then those of the item are not known for any organization, because their sum would be
    wrong.
    """

    organization: str
    wave: str
    item: str
    sheet: str
    row: int
    value: str
    column: str


def withheld_texts(instrument: Instrument) -> frozenset[str]:
    """Return the folded texts that stand for a withheld or unavailable figure."""
    tables = instrument.frequency_tables
    own = () if tables is None else tables.suppressed
    return frozenset({comparable_text(text) for text in (*WITHHELD_MARKS, *own, *instrument.missing)} - {""})


def is_withheld(cell: str, texts: Collection[str]) -> bool:
    """Return whether a cell stands for a figure that is withheld.

    Parameters
    ----------
    cell
        What stands in the table.
    texts
        As from `withheld_texts`.

    Examples
    --------
    >>> [is_withheld(cell, {"*", "-", "."}) for cell in ("*", " — ", ". %", "<5", "n < 10", "< 0.5 %", "0", "")]
    [True, True, True, True, True, True, False, False]
    """
    text = comparable_text(cell.replace("%", " "))
    return text in texts or _BELOW.fullmatch(text) is not None


def count_of(cell: str, place: str) -> int:
    """Return a number of answers: digits, possibly with thousands separators.

    Parameters
    ----------
    cell
        The cell's text.
    place
        Where it stands, for the message.

    Raises
    ------
    IntakeError
        The cell is not a count.
    """
    digits = re.sub(r"[\s,.\u2019'](?=\d{3}\b)", "", cell.strip())
    if not digits.isdecimal() or not digits.isascii():
        raise IntakeError(f"{cell!r} is not a count", where=place, value=cell)
    return int(digits)


def shares_of(cells: Mapping[int, str], place: str) -> dict[int, float]:
    """Return the shares (0-1) of a row's categories, given as fractions or percentages, with or without a percent sign.

    Parameters
    ----------
    cells
        Category -> the cell's text.
    place
        Where the row stands, for messages.

    Raises
    ------
    IntakeError
        A cell is not a share.

    Examples
    --------
    >>> shares_of({1: "60,5 %", 2: "39,5 %"}, "row 1")
    {1: 0.605, 2: 0.395}
    >>> shares_of({1: "60", 2: "40"}, "row 1")
    {1: 0.6, 2: 0.4}
    """
    values: dict[int, float] = {}
    signed = 0
    for category, cell in cells.items():
        text = re.sub(r"\s", "", cell)
        signed += text.endswith("%")
        value = parse_number(text.removesuffix("%"), decimal="," if "," in text else ".")
        if value is None or not 0 <= value <= 100:
            raise IntakeError(
                f"{cell!r} is not a share", where=f"{place} (allowed: 0 % to 100 %, or 0 to 1)", value=cell
            )
        values[category] = value
    percent = signed == len(values) or (signed == 0 and sum(values.values()) > 2)
    if signed and not percent:
        raise IntakeError(
            "a row mixes shares with and without a percent sign", where=place, value=", ".join(cells.values())
        )
    return {category: round(value / 100, 12) if percent else value for category, value in values.items()}


def uneven_sums(frame: pd.DataFrame, instrument: Instrument) -> Iterator[Finding]:
    """Yield the rows whose shares do not sum to 1; rows without answers have no shares.

    Parameters
    ----------
    frame
        As of `cfanalysis.intake.reader.FrequencyCounts`.
    instrument
        Its ``frequency_tables`` say how far the sum of rounded shares may be from 1.
    """
    tables = instrument.frequency_tables
    tolerance = COMPLETE if tables is None else tables.tolerance
    sums = frame.groupby(ITEM_KEY, sort=False).agg(
        total=("share", "sum"), n=("n", "first"), place=("place", "first")
    )
    wrong = sums[((sums["total"] - 1).abs() > tolerance + 1e-12) & rows_with_answers(sums)]
    for (organization, _, item), total, place in zip(
        wrong.index, wrong["total"], wrong["place"], strict=True
    ):
        sheet, _, row = str(place).rpartition(", row ")
        found = f"{100 * float(total):.1f} %"
        yield Finding(
            "uneven_sum",
            f"{organization}, {item} ({place}): {found}",
            str(item),
            int(row) if row.isdecimal() else None,
            found,
            sheet=sheet.removeprefix("sheet "),
        )


def rows_with_answers(frame: pd.DataFrame) -> pd.Series:
    """Return which rows have answers: n above 0, or not said by the publisher."""
    return frame["n"] != 0


def refuse_unanswered(frame: pd.DataFrame, file: str) -> None:
    """Refuse published tables without any answers, or with nothing but totals.

    Parameters
    ----------
    frame
        Published answer shares, as in `FrequencyCounts`.
    file
        The file, for the message.

    Raises
    ------
    IntakeError
        No row has answers, or all rows with answers are totals.
    """
    if rows_with_answers(frame).any() and not (frame["kind"] == "organization").any():
        raise IntakeError(
            "The tables have totals and no organization.",
            where=file,
            value=", ".join(map(str, frame["organization"].unique()[:8])),
            next_step="Check that the file holds the table by organizations, and what the instrument calls a total "
            "(frequency_tables: totals).",
        )
    if not rows_with_answers(frame).any():
        raise IntakeError(
            "No row of the tables has answers: all are withheld or count nobody.",
            where=file,
            next_step="Check that these are the published figures, and how withheld ones are marked.",
        )
