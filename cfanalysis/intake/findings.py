"""What is wrong with a file: one form for columns, tables, values and rows, whether it is refused or listed.

Readers and the cleaning list what they find as `Finding`; `prepare` refuses the file with all of them in one message,
`check` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from cfanalysis.core.errors import IntakeError, problem_list
from cfanalysis.core.language import message
from cfanalysis.core.templates import sentence

REFUSED_RULES = {
    "twice": "a column, or a row of a table, stands more than once",
    "resembles": "a column's name only resembles an item's",
    "missing": "a column that the instrument needs is missing",
    "contradicts": "a column is one item by its code and another by its text",
    "given": "a value is given for all rows, and a column of the file says it, too",
    "value_label": "a value's label does not name an answer",
    "no_table": "an item has no table, or the table is not the item's",
    "unknown_item": "the instrument has no such item",
    "unknown_category": "this is no answer of the item",
    "not_a_figure": "this is no share, percentage or count",
    "no_organization": "a row has no organization",
    "no_n": "the number of valid answers is missing",
    "uneven_sum": "the shares do not sum to 100 %",
    "recurrent_value": "a value that is no answer stands in the items again and again",
    "contradiction": "a label has another number than on the scale, and other answers are numbers alone",
    "fraction": "fractions stand where the scale has whole numbers: means of people, or recoded answers",
    "summary_row": "a row is named as a total or a mean",
    "lost_digits": "ids were shortened by a spreadsheet",
    "repeated_respondent": "many rows repeat a respondent with other answers",
    "unknown_wave": "the instrument does not list this wave, or it is none",
    "no_wave": "some rows have no wave, and others have one",
    "merged_cells": "a name stands in the first of several rows, and those below have none",
    "unreadable": "the file or a part of it cannot be read",
}
"""Rules by which a file is refused, each in a sentence."""


class Finding(NamedTuple):
    """One thing that is wrong: the rule, a sentence, where, what stands there, and what is proposed.

    `row` is None where a whole column or the file is meant; `n` counts the rows of a finding that stands for several;
    `sheet` is that of a published table, whose item is the column; `files` names those of a folder.
    """

    rule: str
    problem: str
    column: str = ""
    row: int | None = None
    value: str = ""
    proposal: str = ""
    n: int = 1
    sheet: str = ""
    files: str = ""

    @property
    def place(self) -> str:
        """Files, sheet, row and column, as far as they are known."""
        places = {
            message("file {name}"): self.files, message("sheet {name}"): self.sheet,
            message("row {name}"): self.row, message("column {name}"): self.column,
        }  # fmt: skip
        known = ((kind, name) for kind, name in places.items() if name not in ("", None))
        return ", ".join(sentence(kind, name=str(name)) for kind, name in known)

    @property
    def text(self) -> str:
        """The finding as one line."""
        value = f" {self.value!r}" if self.value else ""
        rows = f" ({self.n:,} rows)" if self.n > 1 else ""
        proposal = f"; proposal: {self.proposal}" if self.proposal else ""
        return f"{self.place or 'file'}: {self.rule}{value}{rows}: {self.problem.rstrip('.')}{proposal}"


def refuse_findings(
    findings: Collection[Finding],
    head: str,
    *,
    where: str,
    allowed: str | None = None,
    next_step: str,
    line: Callable[[Finding], str] = lambda finding: finding.problem,
) -> None:
    """Raise one error for all findings, if there are any.

    Parameters
    ----------
    findings
        What is wrong.
    head
        The sentence before them.
    where
        The file.
    allowed
        What would be right.
    next_step
        What the user can do.
    line
        Returns how a finding is written.

    Raises
    ------
    IntakeError
        There is a finding.
    """
    if findings:
        text = problem_list(head, [line(finding) for finding in findings], room=40, limit=1200)
        raise IntakeError(text, where=where, allowed=allowed, next_step=next_step)
