"""Errors planted on purpose in the sample, each one recorded.

About two rows in a hundred get one piece of dirt of the kinds that real exports have. Every piece is recorded
with its place, what stands there and what cleaning should make of it, so that cleaning can be proved cell by
cell. Rows are taken only from organizations with at least four respondents in the wave, one piece a row, so
that no organization is lost and no piece hides another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from cfanalysis.study.sample.comment_texts import personal_comment
from cfanalysis.study.sample.draws import Draws
from cfanalysis.survey.instrument import Instrument

_Row = dict[str, str]
RowKey = tuple[float, int]
"""Where a row goes: its place in the clean file (or between two places), and a number that breaks ties."""

Fate = Literal["changed", "dropped", "kept"]

FIRST_ROW = 2
"""Number of the first row of answers in the file: the header is row 1, as in a spreadsheet."""

_MIN_RESPONDENTS = 4
_ROWS = 2000
_COLUMNS = ("row", "organization", "respondent", "wave", "column", "kind", "dirty", "clean", "fate")


@dataclass(frozen=True)
class Piece:
    """A row with a piece of dirt in it: the row as it is to stand in the file, and what to record."""

    row: _Row
    column: str
    dirty: str
    clean: str


@dataclass(frozen=True)
class _Entry:
    """A piece with the place of its row and the row as it was."""

    key: RowKey
    original: _Row
    kind: str
    piece: Piece


@dataclass(frozen=True)
class Ground:
    """What the planters need to know of the instrument: ids of items by use, and how codes may be written."""

    instrument: Instrument
    graded: tuple[str, ...]
    opinions: tuple[str, ...]
    open_item: str
    rated: tuple[str, ...]

    def answered(self, row: _Row, number: int) -> str:
        """Return the id of an opinion item that the row answers on the scale.

        Parameters
        ----------
        row
            Item id -> the cell's text.
        number
            Which of them: any whole number, taken modulo how many there are.
        """
        answered = [i for i in self.opinions if row[i].isdigit() and self._on_scale(i, int(row[i]))]
        return answered[number % len(answered)]

    def _on_scale(self, item_id: str, code: int) -> bool:
        return code in self.instrument.scale_of(item_id).categories


Planter = Callable[[_Row, Ground, int, int], Piece]


def _spaces(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    column = ground.instrument.respondent_fields[0].id if number % 4 == 1 else ground.answered(row, pick)
    dirty = (" {}", "{} ", "\u00a0{}", "  {}  ")[number % 4].format(row[column])
    return Piece({**row, column: dirty}, column, dirty, row[column])


def _label(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    column = ground.answered(row, pick)
    spellings = ground.instrument.scale_of(column).spellings(int(row[column]))[:4]  # English ones stand first
    dirty = (spellings[0], spellings[0].lower() + " ", spellings[0].upper(), spellings[-1])[number % 4]
    return Piece({**row, column: dirty}, column, dirty, row[column])


def _dont_know_label(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    column = ground.answered(row, pick)
    dont_know = ground.instrument.scale_of(column).dont_know
    label = dont_know.labels[number % len(dont_know.labels)]
    dirty = (label, label.upper(), f" {label}")[number % 3]
    return Piece({**row, column: dirty}, column, dirty, str(dont_know.codes[0]))


def _out_of_range(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    return _cell(row, ground.answered(row, pick), ("0", "6", "55")[number % 3])


def _not_a_number(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    if number % 3 == 2:
        return _cell(row, "seconds", "about ten minutes")
    return _cell(row, ground.answered(row, pick), ("see above", "good")[number % 3])


def _sentinel(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    return _cell(row, ground.answered(row, pick), "-99")


def _organization_spelling(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    name = row["organization"]
    dirty = (name.lower(), name.replace(" ", "  "), name.upper(), f" {name} ")[number % 4]
    return Piece({**row, "organization": dirty}, "organization", dirty, name)


def _too_few_answers(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    kept = ground.rated[: 5 + pick % 6]
    blank = {column: "" for column in (*ground.rated, ground.open_item) if column not in kept}
    return Piece({**row, **blank, "seconds": str(60 + pick % 60)}, "", f"answers to {len(kept)} items", "")


def _straight_liner(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    code = ("4", "3", "5")[number % 3]
    return Piece({**row, **dict.fromkeys(ground.graded, code)}, "", code, code)


def _speeder(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    dirty = str(25 + pick % 40)
    return Piece({**row, "seconds": dirty}, "seconds", dirty, dirty)


def _personal_detail(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    text = personal_comment(number)
    return Piece({**row, ground.open_item: text}, ground.open_item, text, text)


def _blank_organization(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    return Piece({**row, "organization": ""}, "organization", "", "")


def _duplicate(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    """Return the earlier, less complete attempt that is put in before the row."""
    given_up = 12 + pick % 8
    blank = dict.fromkeys((*ground.rated[-given_up:], ground.open_item), "")
    earlier = {**row, **blank, "seconds": str(max(int(row["seconds"]) * 3 // 4, 120))}
    return Piece(earlier, "", f"answers to {len(ground.rated) - given_up} items", "")


def _blank_row(row: _Row, ground: Ground, number: int, pick: int) -> Piece:
    return Piece(dict.fromkeys(row, ""), "", "", "")


def _cell(row: _Row, column: str, dirty: str) -> Piece:
    """Return a cell whose answer is lost: clean, it is blank."""
    return Piece({**row, column: dirty}, column, dirty, "")


# kind: (planter, pieces in 2000 rows, what cleaning does with it)
_KINDS: dict[str, tuple[Planter, int, Fate]] = {
    "spaces": (_spaces, 4, "changed"),
    "label": (_label, 4, "changed"),
    "dont_know_label": (_dont_know_label, 3, "changed"),
    "out_of_range": (_out_of_range, 3, "changed"),
    "not_a_number": (_not_a_number, 3, "changed"),
    "sentinel": (_sentinel, 2, "changed"),
    "organization_spelling": (_organization_spelling, 4, "changed"),
    "too_few_answers": (_too_few_answers, 3, "dropped"),
    "blank_organization": (_blank_organization, 2, "dropped"),
    "straight_liner": (_straight_liner, 3, "kept"),
    "speeder": (_speeder, 3, "kept"),
    "personal_detail": (_personal_detail, 8, "kept"),
    "duplicate": (_duplicate, 3, "dropped"),
    "blank_row": (_blank_row, 2, "dropped"),
}
_INSERTED = ("duplicate", "blank_row")
FATES: dict[str, Fate] = {kind: fate for kind, (_, _, fate) in _KINDS.items()}
"""What cleaning does with each kind: changes the cell, drops the row, or keeps it (and may flag it)."""


def plant_dirt(
    frame: pd.DataFrame, instrument: Instrument, draws: Draws
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frame with dirt in it, and the record of what was planted.

    Parameters
    ----------
    frame
        Clean rows of texts, one per respondent and wave.
    instrument
        What was asked.
    draws
        Streams "dirt ...".

    Returns
    -------
    frame : pandas.DataFrame
        A new frame; a few rows more than before.
    planted : pandas.DataFrame
        One row for each piece: row (in the file, the header being 1), organization (its right name),
        respondent, wave, column ("" where the whole row is meant), kind, dirty, clean, fate.
    """
    ground, targets = _ground(instrument), _targets(frame, draws)
    picks = draws.integer("dirt picks", 1_000_000, len(frame)).tolist()
    names = frame.columns.tolist()
    cells = zip(*(frame[name].to_numpy(dtype=object) for name in names), strict=True)
    clean_rows = (dict(zip(names, row, strict=True)) for row in cells)
    rows: dict[RowKey, _Row] = {(float(place), 0): row for place, row in enumerate(clean_rows)}
    record: list[_Entry] = []
    for kind, (planter, often, _) in _KINDS.items():
        for number in range(max(1, round(often * len(frame) / _ROWS))):
            if not targets:
                break
            place = targets.pop()
            original = rows[float(place), 0]
            piece = planter(original, ground, number, picks[place])
            earlier = picks[place] % 9 + 0.5 if kind in _INSERTED else 0.0
            key = (place - earlier, len(record) if earlier else 0)
            rows[key] = piece.row
            record.append(_Entry(key, original if kind != "blank_row" else piece.row, kind, piece))
    order = sorted(rows)
    texts = pd.DataFrame([rows[key] for key in order], columns=names, dtype="str")
    return texts, _record_frame(order, record)


def _ground(instrument: Instrument) -> Ground:
    rated = instrument.rated_items
    graded = [i for i in rated if len(instrument.scale_of(i.id).categories) == 5]
    return Ground(
        instrument=instrument,
        graded=tuple(i.id for i in graded),
        opinions=tuple(i.id for i in graded if i.role == "gap"),
        open_item=instrument.select(role="open")[0].id,
        rated=tuple(i.id for i in rated),
    )


def _targets(frame: pd.DataFrame, draws: Draws) -> list[int]:
    """Return the positions of rows that may get dirt, in random order, no two for one person."""
    company = frame.groupby(["organization", "wave"])["respondent"].transform("size")
    shuffled = draws.permutation("dirt rows", len(frame))
    enough = company.to_numpy() >= _MIN_RESPONDENTS
    people = frame["respondent"].to_numpy()
    seen: set[str] = set()
    targets = []
    for place in shuffled.tolist():
        if enough[place] and people[place] not in seen:
            seen.add(people[place])
            targets.append(place)
    return targets


def _record_frame(order: list[RowKey], record: list[_Entry]) -> pd.DataFrame:
    number = {key: FIRST_ROW + position for position, key in enumerate(order)}
    planted = [
        {
            "row": number[entry.key],
            "organization": entry.original["organization"],
            "respondent": entry.original["respondent"],
            "wave": entry.original["wave"],
            "column": entry.piece.column,
            "kind": entry.kind,
            "dirty": entry.piece.dirty,
            "clean": entry.piece.clean,
            "fate": FATES[entry.kind],
        }
        for entry in record
    ]
    return pd.DataFrame(planted, columns=list(_COLUMNS)).sort_values("row", ignore_index=True)
