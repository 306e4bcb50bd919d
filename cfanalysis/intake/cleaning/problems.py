"""What makes the answers of a file unreadable as a whole, where single cells and rows could be cleaned.

Each check of the cleaning lists what it finds as a `ContentProblem`; `refuse_problems` raises them all as one error.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import NamedTuple

from cfanalysis.core.errors import IntakeError

PROBLEM_RULES = {
    "recurrent_value": "a value that is no answer stands in the items again and again",
    "contradiction": "a label has another number than on the scale, and other answers are numbers alone",
    "fraction": "fractions stand where the scale has whole numbers: means of people, or recoded answers",
    "summary_row": "a row is named as a total or a mean",
    "lost_digits": "ids were shortened by a spreadsheet",
    "repeated_respondent": "many rows repeat a respondent with other answers",
    "unknown_wave": "the instrument does not list this wave",
}
_SHOWN = 20


class ContentProblem(NamedTuple):
    """What is wrong: the rule, the column, a sentence, what to do about it; a row, a value and its number of cells."""

    rule: str
    column: str
    problem: str
    way_out: str
    row: int | None = None
    value: str = ""
    n: int = 1


def acceptance(column: str, value: str) -> str:
    """Return the option by which the user accepts a value.

    Parameters
    ----------
    column
        The column; ``*`` for all.
    value
        The value as it stands in the file.

    Examples
    --------
    >>> acceptance("organization", "Total"), acceptance("s1", "5 - Top")
    ('--accept organization=Total', "--accept 's1=5 - Top'")
    """
    return f"--accept {shlex.quote(f'{column}={value}')}"


def refuse_problems(problems: Sequence[ContentProblem], file: str) -> None:
    """Raise one error for all problems, if there are any.

    Parameters
    ----------
    problems
        What is wrong with the content.
    file
        The file, for the message.

    Raises
    ------
    IntakeError
        There is a problem.
    """
    if problems:
        lines = [f"{problem.problem}. {problem.way_out}" for problem in problems[:_SHOWN]]
        more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise IntakeError(
            "\n  - ".join(["The answers cannot be read correctly:", *lines, *more]),
            where=file,
            next_step="Correct the file or the instrument, or accept the values that are meant; "
            "cfanalysis check FILE --instrument INSTRUMENT lists everything that is wrong.",
        )
