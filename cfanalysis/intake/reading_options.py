"""Settings for reading a file, where its content does not tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

IGNORE, STATUS = "ignore", "status"

PERSONAL_COLUMNS, TEST_ROWS = "personal", "tests"
"""What is left out unless the user asks for it: personal data, and rows that the survey tool marks as
previews, tests or spam."""


@dataclass(frozen=True)
class ReadingOptions:
    """How a file is to be read; what is None is detected and reported.

    Parameters
    ----------
    encoding
        Name of a character encoding as Python knows it, e.g. ``"cp1252"``.
    delimiter
        One character, or ``"tab"``.
    decimal
        The decimal sign of numbers in texts.
    sheet
        Name of the workbook's sheet.
    columns
        What columns hold, decided by hand (`cfanalysis.intake.column_map`): header, or position counted from 1, ->
        id of an item or field, a reserved name, ``"status"`` or ``"ignore"``.
    expected
        The names that columns decided by their position must have, by position.
    labels
        Value labels of single columns, by header or position: folded label -> code.
    not_counted
        Values of a column of status whose rows do not count, by header or position.
    keep
        What is left out otherwise: `PERSONAL_COLUMNS`, `TEST_ROWS`.
    lenient
        True to read what can be read of a file whose columns do not fit, as ``check`` does.
    accept
        What is to be taken as it is read though it looks wrong, as ``COLUMN=VALUE``
        (`cfanalysis.intake.accepted_values`).
    organization, wave
        What stands for every row of a file that has no such column; where the file has it, that is an error.

    Examples
    --------
    >>> ReadingOptions(organization="Alderbarrow Pumps").constant_columns
    {'organization': 'Alderbarrow Pumps'}
    """

    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    sheet: str | None = None
    columns: dict[str | int, str] = field(default_factory=dict)
    expected: dict[int, str] = field(default_factory=dict)
    labels: dict[str | int, dict[str, str]] = field(default_factory=dict)
    not_counted: dict[str | int, tuple[str, ...]] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    lenient: bool = False
    accept: tuple[str, ...] = ()
    organization: str | None = None
    wave: str | None = None

    @property
    def constant_columns(self) -> dict[str, str]:
        """The values that stand for every row of the file, by column."""
        values = {"organization": self.organization, "wave": self.wave}
        return {name: value for name, value in values.items() if value is not None}


DETECT_ALL = ReadingOptions()
"""Everything is detected."""
