"""Values accepted although they look wrong: ``COLUMN=VALUE`` in ``--accept``, a map, or an instrument's ``missing``.

A value of a rated item that is accepted is missing; a name of an organization, a respondent's id or a wave that is
accepted is what it says. ``*`` as the column stands for every rated item, as the value for every value.
"""

from __future__ import annotations

import shlex

from cfanalysis.core.errors import IntakeError, nearest
from cfanalysis.intake.columns import RESERVED, header_meanings
from cfanalysis.intake.folding import comparable_text
from cfanalysis.intake.reading_options import ReadingOptions
from cfanalysis.survey.instrument import Instrument

EVERYTHING = "*"


def accepted_values(instrument: Instrument, options: ReadingOptions) -> dict[str, frozenset[str]]:
    """Return the values accepted in each column, in the form of `comparable_text`.

    Parameters
    ----------
    instrument
        Its ``missing`` lists values accepted in every such file.
    options
        Its ``accept`` lists the values that the user accepts, as ``COLUMN=VALUE``.

    Raises
    ------
    IntakeError
        A text is not ``COLUMN=VALUE``, or there is no such column.

    Examples
    --------
    >>> from pathlib import Path
    >>> from cfanalysis.survey.instrument import load_instrument
    >>> options = ReadingOptions(accept=("organization=Total", "*=6"))
    >>> values = accepted_values(load_instrument(Path("customer_focus")), options)
    >>> values["organization"], values["*"]
    (frozenset({'total'}), frozenset({'6'}))
    """
    known = header_meanings(instrument, options.columns)
    found: dict[str, set[str]] = {}
    for text in (*instrument.missing, *options.accept):
        column, mark, value = text.partition("=")
        name = EVERYTHING if column.strip() == EVERYTHING else known.get(comparable_text(column), "")
        if mark and name:
            found.setdefault(name, set()).add(comparable_text(value))
        elif text in options.accept:
            names = [EVERYTHING, *RESERVED, *(item.id for item in instrument.rated_items)]
            near = nearest(column, names) or names[:6]
            raise IntakeError(
                "This cannot be accepted: there is no such column.",
                value=text,
                allowed=f"COLUMN=VALUE with a column such as {', '.join(near)}",
                next_step=f"For example: --accept '{near[0]}={value or 'VALUE'}'",
            )
    return {name: frozenset(values) for name, values in found.items()}


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
