"""The layout of an export: the names of each column, where the answers begin, which rows do not count.

A reader looks at the first rows of a table, whatever file it stands in, and gives a `Layout`. All that follows is the
same for every reader (`cfanalysis.intake.exports.export_reader`): columns are matched to items by their names, rows are
marked, seconds are computed, choices become answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar, Literal, NamedTuple

from cfanalysis.core.text_folding import fold_text
from cfanalysis.intake.exports.column_names import distinct_names
from cfanalysis.intake.folding import without_markup

Use = Literal[
    "respondent",
    "seconds",
    "start",
    "end",
    "status",
    "channel",
    "submitted",
    "finished",
    "review",
    "event",
    "instance",
    "own",
]
TableRows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class ExportColumn:
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
    words
        Folded texts that stand for others in this column, e.g. ``checked`` for ``1``.
    """

    codes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    use: Use | None = None
    question: str = ""
    choice: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

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


def marked(rule: str, use: Use, *texts: str) -> Mark:
    """Return the mark of rows in which one of some folded texts stands, numbers without a decimal nought.

    Parameters
    ----------
    rule
        The rule of the cleaning.
    use
        The columns to look at.
    texts
        What stands there.

    Examples
    --------
    >>> mark = marked("incomplete", "finished", "0", "no")
    >>> [mark.test(text) for text in ("0.0", "No", "1")]
    [True, True, False]
    """
    return Mark(rule, use, lambda text: fold_text(text).removesuffix(".0") in texts)


@dataclass(frozen=True)
class Layout:
    """How the table of an export is laid out.

    Parameters
    ----------
    columns
        All columns, in order.
    depth
        Number of header rows; answers begin below.
    detected
        How it was known, in words.
    marks
        Rows that do not count, or not fully.
    joiners
        What stands between several choices in one cell, where the tool has a mark of its own.
    unanswered
        What the tool writes where nothing was answered; it counts so for items whose scale does not hold it.
    escapes
        What the tool writes for characters that it cannot write, e.g. ``{newline}``.
    """

    columns: tuple[ExportColumn, ...]
    depth: int
    detected: str
    marks: tuple[Mark, ...] = ()
    joiners: tuple[str, ...] = ()
    unanswered: frozenset[str] = frozenset()
    escapes: Mapping[str, str] = field(default_factory=dict)


class Head(NamedTuple):
    """The first rows of a table, filled up to one width; the first of them without markup, and folded.

    `known`: folded names that the instrument knows, and what each names.
    """

    rows: list[list[str]]
    headers: list[str]
    lower: list[str]
    known: Mapping[str, str] = MappingProxyType({})


class Tool:
    """One tool's exports: what every reader shares. A new tool names its own columns, and how it writes the others.

    A table is an export of the tool where all of `signs` and at least `needed` of `uses` and `own` are headers.
    """

    name: ClassVar[str]
    about: ClassVar[str]
    uses: ClassVar[Mapping[str, Use]] = {}
    """What columns that the tool adds are for, by folded header."""
    own: ClassVar[Collection[str]] = ()
    """Other columns that the tool adds, by folded header."""
    signs: ClassVar[Collection[str]] = ()
    needed: ClassVar[int] = 3
    marks: ClassVar[tuple[Mark, ...]] = ()
    joiners: ClassVar[tuple[str, ...]] = ()
    unanswered: ClassVar[Collection[str]] = ()

    def layout(self, rows: TableRows, known: Mapping[str, str]) -> Layout | None:
        """Return how a table with these first rows is laid out, None where it is no export of this tool.

        Parameters
        ----------
        rows
            The first rows, as texts.
        known
            Folded names that the instrument knows, and what each names.
        """
        head = _head(tuple(map(tuple, rows)))._replace(known=known)
        return self.recognized(head) if head.lower else None

    def recognized(self, head: Head) -> Layout | None:
        """Return the layout of a table with this head, None where it is no export of this tool."""
        lower = set(head.lower)
        if not set(self.signs) <= lower or len(lower & {*self.uses, *self.own}) < self.needed:
            return None
        return self.laid_out(self.column(header, head) for header in head.headers)

    def column(self, header: str, head: Head) -> ExportColumn:
        """Return the description of one column.

        Parameters
        ----------
        header
            The column's name.
        head
            The head of the table.
        """
        use = self.uses.get(fold_text(header))
        if use is not None or fold_text(header) in self.own:
            return ExportColumn((header,), use=use or "own")
        return ExportColumn((), distinct_names(header))

    def laid_out(self, columns: Iterable[ExportColumn], depth: int = 1, about: str = "") -> Layout:
        """Return a layout, including what is the same in all exports of the tool.

        Parameters
        ----------
        columns
            All columns, in order.
        depth
            Number of header rows.
        about
            How the export was recognized, in words; empty for the tool's usual description.
        """
        said = about or self.about.split(" (")[0].removeprefix("a ").removeprefix("an ")
        return Layout(tuple(columns), depth, said, self.marks, self.joiners, frozenset(self.unanswered))


@lru_cache(maxsize=8)
def _head(rows: tuple[tuple[str, ...], ...]) -> Head:
    """Return the head of a table; every tool looks at the same one."""
    table = pad_rows(rows)
    headers = [without_markup(cell) for cell in table[0]] if table else []
    return Head(table, headers, [fold_text(h) for h in headers])


def pad_rows(rows: TableRows) -> list[list[str]]:
    """Return rows filled up to the same number of cells."""
    width = max((len(row) for row in rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]
