"""By which character the cells of a text file are divided."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence

from cfanalysis.core.errors import AmbiguousFileError, IntakeError
from cfanalysis.core.language import message

DELIMITERS = {
    ",": message("comma"), ";": message("semicolon"), "\t": message("tab"), "|": message("bar"),
}  # fmt: skip


def delimiter_of(
    lines: Sequence[str], known: Callable[[Sequence[str]], int], *, where: str, given: str | None = None
) -> str:
    r"""Return the delimiter of a text's first lines.

    It is the one by which the most of the instrument's columns are found; where none is found by any, the one
    that divides the first line into the most cells.

    Parameters
    ----------
    lines
        The first lines of the file.
    known
        How many of a row's cells name something that the instrument knows.
    where
        The file's name, for messages.
    given
        What the user says: one character, ``"tab"`` or another name of `DELIMITERS`.

    Raises
    ------
    IntakeError
        Two delimiters fit equally well, or the one that is given is no single character.

    Examples
    --------
    >>> delimiter_of(["a;b,c", "1;2"], lambda row: sum(cell in "ab" for cell in row), where="f.csv")
    ';'
    """
    if given is not None:
        return given_delimiter(given)
    score: dict[str, tuple[int, int]] = {}
    for delimiter in DELIMITERS:
        rows = [row for row in _rows(lines, delimiter) if len(row) > 1]
        if rows:
            score[delimiter] = (max(known(row) for row in rows), len(rows[0]))
    best = max(score.values(), default=(0, 0))
    choices = [d for d, s in score.items() if s == best]
    if len(choices) > 1:
        raise AmbiguousFileError(
            "The delimiter of the file is ambiguous.",
            where=where,
            value=lines[0][:200],
            allowed=", ".join(DELIMITERS[d] for d in choices),
            next_step=f"Specify it: --delimiter {DELIMITERS[choices[0]]}",
        )
    return choices[0] if choices else ","


def given_delimiter(text: str) -> str:
    """Return the delimiter that the user names: one character, or a name of `DELIMITERS`.

    Raises
    ------
    IntakeError
        It is no single character.
    """
    by_name = {name: d for d, name in DELIMITERS.items()} | {"\\t": "\t"}
    delimiter = by_name.get(text.lower(), text)
    if len(delimiter) != 1 or delimiter in '"\r\n' or not delimiter.isascii():
        raise IntakeError(
            "This cannot be a delimiter.",
            value=text,
            allowed=f"one character, or {', '.join(DELIMITERS.values())}",
        )
    return delimiter


def _rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return rows
    return rows
