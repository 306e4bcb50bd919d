"""What a dialect says of an export: the names of each column, where the answers begin, which rows do not count.

A dialect looks at the first rows of a table, whatever file it stands in, and gives a `Layout`. All that follows is the
same for every dialect (`cfanalysis.intake.exports.reading`): columns are matched to items by their names, rows are
marked, seconds are computed, choices become answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

Use = Literal[
    "respondent", "seconds", "start", "end", "status", "channel", "submitted", "finished", "review", "event"
]
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Column:
    """One column of an export and the names it goes by.

    Parameters
    ----------
    codes
        What the tool calls it: question code, export id. Such a name is decisive.
    texts
        What was asked, whole.
    parts
        A part that may be the item's text by itself: the row of a grid, the choice of a question. The weakest name.
    use
        What it is for the tool, where it is no question.
    question, choice
        Of columns that belong to one question: its name, and the row or choice of this one.
    """

    codes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    use: Use | None = None
    question: str = ""
    choice: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the strongest first."""
        return (*self.codes, *self.texts, *self.parts)


class Mark(NamedTuple):
    """Rows that a tool marks: a rule of the cleaning, the columns to look at, and which texts there mean it.

    A row is marked where the test holds in every column of that use.
    """

    rule: str
    use: Use
    test: Callable[[str], bool]


@dataclass(frozen=True)
class Layout:
    """How the table of an export is laid out.

    Parameters
    ----------
    columns
        All columns, in order.
    depth
        Number of header rows; answers begin below.
    said
        How it was known, in words.
    marks
        Rows that do not count, or not fully.
    cells
        Texts that stand for others in columns of questions with several columns, e.g. ``checked`` for ``1``.
    joiners
        What stands between several choices in one cell.
    """

    columns: tuple[Column, ...]
    depth: int
    said: str
    marks: tuple[Mark, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    joiners: tuple[str, ...] = ()


class LayoutReader(Protocol):
    """One tool's exports."""

    name: str
    about: str

    def layout(self, rows: Rows, known: Mapping[str, str]) -> Layout | None:
        """Return how a table with these first rows is laid out, None where it is no export of this tool.

        Parameters
        ----------
        rows
            The first rows, as texts.
        known
            Folded names that the instrument knows, and what each names.
        """


def padded(rows: Rows) -> list[list[str]]:
    """Return rows filled up to the same number of cells."""
    width = max((len(row) for row in rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def distinct(*names: str) -> tuple[str, ...]:
    """Return the names that are not empty, each once."""
    return tuple(dict.fromkeys(name for name in names if name.strip()))


def joined_names(question: str, choice: str) -> tuple[str, ...]:
    """Return how a question and its row or choice are written as one text by one tool or another."""
    marks = (" - ", "-", ": ", " ")
    return distinct(*(f"{question}{mark}{choice}" for mark in marks), f"{question} [{choice}]")
