"""What can go wrong for a user, each as one clear message.

Every error that a user can cause is a `CfAnalysisError`. Its text says what is wrong and, where they are
known, the place, the value found, what is allowed, and the next step, each on a line of its own. The command
line prints that text and nothing else; a traceback means a defect in the program.
"""

from __future__ import annotations

import errno
import os
import traceback
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sized
from difflib import get_close_matches
from heapq import nlargest
from itertools import accumulate, islice

_REFUSALS = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM),
    *(errno.EMFILE, errno.ENFILE, errno.EBUSY, errno.ENXIO),
}
_LONGEST_NAME = 80  # of two longer ones the likeness takes too long to find
_COMPARED = 50  # names at most: those that share the most letters with the one that was given


class CfAnalysisError(ValueError):
    """A problem that the user can solve.

    Parameters
    ----------
    problem
        What is wrong, one sentence.
    where
        The place: file, sheet, row, column, field.
    value
        The value found there.
    allowed
        What would be right.
    next_step
        What to do now.

    Examples
    --------
    >>> print(CfAnalysisError("The answer is outside the scale.", where="row 3, column Q1",
    ...                       value="9", allowed="1 to 5", next_step="Correct the file."))
    The answer is outside the scale.
      where:   row 3, column Q1
      found:   9
      allowed: 1 to 5
      next:    Correct the file.
    """

    exit_code = 1

    def __init__(
        self,
        problem: str,
        *,
        where: object = None,
        value: object = None,
        allowed: object = None,
        next_step: str | None = None,
    ) -> None:
        self.problem = problem
        self.where = where
        self.value = value
        self.allowed = allowed
        self.next_step = next_step
        details = [("where", where), ("found", value), ("allowed", allowed), ("next", next_step)]
        lines = [f"  {name + ':':<9}{shorten(text)}" for name, text in details if text is not None]
        super().__init__("\n".join([problem, *lines]))

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows below the cell: the message alone; the traceback with CFANALYSIS_DEBUG."""
        if os.environ.get("CFANALYSIS_DEBUG"):
            return traceback.format_exception(self)
        return [f"{type(self).__name__}: {self}"]


class InstrumentError(CfAnalysisError):
    """The instrument file does not describe a survey."""


class IntakeError(CfAnalysisError):
    """A file of answers, or another table, cannot be read as it should be."""


class AmbiguousFileError(IntakeError):
    """A file does not settle how it is to be read; an option of the command would."""


class StudyError(CfAnalysisError):
    """A study cannot be made, found or opened."""


class AnalysisError(CfAnalysisError):
    """The data do not allow the analysis that was asked for."""


class ConfidentialityError(CfAnalysisError):
    """The result may not be shown about so few people or organizations."""


class ParameterError(CfAnalysisError):
    """A notebook does not take the parameter, or not this value."""

    exit_code = 2


class OutputError(CfAnalysisError):
    """An output cannot be written."""


class PublishError(CfAnalysisError):
    """A notebook failed to execute, or its pages could not be made."""


def computer_error(error: BaseException) -> CfAnalysisError | None:
    """Return what the computer refused, in words: memory, processes, room, rights; None for any other error."""
    number = error.errno if isinstance(error, OSError) else None
    text = str(error)
    if isinstance(error, MemoryError) or number == errno.ENOMEM or "failed to map segment" in text:
        return CfAnalysisError(
            "The memory is used up, or a limit on it.",
            next_step="Close other programs or raise the limit (ulimit -v); where a command takes --jobs, lower it.",
        )
    if number == errno.EAGAIN or "can't start new thread" in text:
        return CfAnalysisError(
            "The computer allows no more processes or threads.",
            next_step="Close other programs or raise the limit (ulimit -u); where a command takes --jobs, lower it.",
        )
    if isinstance(error, OSError) and number in _REFUSALS:
        return OutputError(
            "The computer refuses to read or write.",
            where=error.filename or "standard output, or a file of the command",
            value=error.strerror,
            next_step="Make room, choose another place, or see to the rights; then run the command again.",
        )
    return None


def error_class(name: str) -> type[CfAnalysisError] | None:
    """Return the error of this module that has a name; None where there is none."""
    found = globals().get(name)
    return found if isinstance(found, type) and issubclass(found, CfAnalysisError) else None


def shorten(text: object, *, limit: int = 500) -> str:
    r"""Return the text on one line of at most `limit` characters, control characters made visible.

    Parameters
    ----------
    text
        Anything; its ``str`` is taken.
    limit
        The greatest number of characters; a longer text ends in an ellipsis.

    Examples
    --------
    >>> shorten("a" * 12, limit=8)
    'aaaaaaa…'
    >>> shorten("two\nlines")
    'two\\nlines'
    """
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def problem_list(
    head: str, problems: Iterable[str], *, total: int | None = None, room: int = 14, limit: int = 290
) -> str:
    """Return a head and the first problems below it, as many as fit into `room` lines of 100 characters.

    Parameters
    ----------
    head
        What they have in common.
    problems
        One sentence each; of a generator no more are made than there are lines, and one.
    total
        How many there are, where that is known without making them.
    room
        Lines.
    limit
        Characters of a problem; a longer one is cut.

    Examples
    --------
    >>> print(problem_list("Wrong:", ["one", "two", "three"], room=2))
    Wrong:
      - one
      - two
      - and 1 more
    """
    total = len(problems) if isinstance(problems, Sized) else total
    lines = [f"  - {shorten(problem, limit=limit)}" for problem in islice(problems, room + 1)]
    shown = bisect_right(list(accumulate(-(-len(line) // 100) for line in lines)), room)
    left = (total or len(lines)) - shown
    least = "" if total or len(lines) <= room else "at least "
    more = [f"  - and {least}{left:,} more"] if left else []
    return "\n".join([head, *lines[:shown], *more])


def nearest(word: str, choices: Iterable[str], *, limit: int = 3) -> list[str]:
    """Return the choices most similar to a word, best first (Ratcliff and Obershelp's measure).

    Parameters
    ----------
    word
        What was typed; upper and lower case are the same.
    choices
        What is allowed.
    limit
        The greatest number of choices returned.

    Returns
    -------
    list of str
        Empty where nothing is similar enough, or the word is too long to be a name.

    Examples
    --------
    >>> nearest("GSAA", ["GSA", "NASA", "EPA"])
    ['GSA']
    """
    if len(word) > _LONGEST_NAME:
        return []
    by_folded: dict[str, str] = {}
    for choice in choices:
        if len(choice) <= _LONGEST_NAME:
            by_folded.setdefault(choice.casefold(), choice)
    letters = Counter(word.casefold())
    shared = {c: (letters & Counter(c)).total() / (len(word) + len(c) + 1) for c in by_folded}
    alike = nlargest(_COMPARED, by_folded, key=shared.__getitem__)
    return [by_folded[m] for m in get_close_matches(word.casefold(), alike, n=limit, cutoff=0.6)]
