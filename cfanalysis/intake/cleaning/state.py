"""The rows while they are cleaned: columns of texts, the answers read from them, which rows are kept, and the log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.intake.accepted_values import EVERYTHING
from cfanalysis.intake.cleaning.log import MAX_LISTED, CleaningLog, Proposal
from cfanalysis.intake.cleaning.text_column import Booleans, TextColumn
from cfanalysis.intake.folding import comparable_text
from cfanalysis.intake.similarity import LIKELY, alike
from cfanalysis.survey.instrument import Instrument

PROPOSED = 200
"""How many distinct values of a column are looked at for near misses."""


@dataclass
class CleaningState:
    """What is known of the rows while they are cleaned."""

    instrument: Instrument
    log: CleaningLog
    rows: pd.Index
    kept: Booleans
    table: dict[str, TextColumn]
    decimal: str = "."
    answers: dict[str, NDArray[np.int8]] = field(default_factory=dict)
    seconds: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    submitted: pd.Series | None = None
    given: Collection[str] = ()
    odd: dict[str, list[str]] = field(default_factory=dict)
    accepted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    def accepts(self, column: str, value: str) -> bool:
        """Return whether a value of a column is accepted as it is read; see `RawAnswers.accepted`.

        Parameters
        ----------
        column
            The column.
        value
            The value as it stands in the file.
        """
        values = self.accepted.get(column, frozenset())
        return EVERYTHING in values or comparable_text(value) in values

    def title(self, column: str) -> str:
        """Return what a column is called in the file."""
        return self.titles.get(column, column)

    def change(self, column: str, changes: Mapping[str, str], rule: str) -> None:
        """Replace values of a column, and log it for the rows that are kept.

        Parameters
        ----------
        column
            The column.
        changes
            Old value -> new value.
        rule
            The rule of the cleaning log.
        """
        if changes:
            self.log_changes(column, self.table[column], changes, rule)
            self.table[column] = self.table[column].replace_values(changes)

    def log_changes(self, name: str, column: TextColumn, changes: Mapping[str, str], rule: str) -> None:
        """Log that values of a column are read as others in the rows that are kept; very many by value.

        Parameters
        ----------
        name
            The column's name.
        column
            The column as it was.
        changes
            Old value -> new value.
        rule
            The rule of the cleaning log.
        """
        hit = column.where(column.among(changes)) & self.kept
        n = np.count_nonzero(hit)
        if n > MAX_LISTED:
            self.log.add_values(rule, name, column.frequencies(hit), changes)
        elif n:
            before = column.texts(hit).tolist()
            self.log.add(rule, self.rows[hit], name, before, [changes[text] for text in before])

    def drop(self, hit: Booleans, rule: str) -> None:
        """Drop rows, and log them.

        Parameters
        ----------
        hit
            Which rows to drop, shape (rows,).
        rule
            The rule of the cleaning log.
        """
        dropped = hit & self.kept
        self.log.add(rule, self.rows[dropped], "*", "row", "dropped", kind="dropped")
        self.kept &= ~dropped

    def proposals(
        self, subject: str, column: str, wrong: Mapping[str, int], choices: tuple[str, ...]
    ) -> None:
        """Propose corrections for values that were not understood but resemble an allowed one.

        Parameters
        ----------
        subject
            What kind of correction it is.
        column
            The column.
        wrong
            Values that were not understood, with their frequencies.
        choices
            What is allowed in the column.
        """
        for text in sorted(wrong, key=lambda t: (-wrong[t], t))[:PROPOSED]:
            near, score = alike(text[:PROPOSED], [(choice, choice) for choice in choices], least=LIKELY)
            if near:
                self.log.proposals.append(
                    Proposal(subject, column, text[:PROPOSED], near, score, wrong[text])  # type: ignore[arg-type]
                )
