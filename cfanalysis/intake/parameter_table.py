"""Tables of parameters for a notebook: one row a report, one column a parameter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cfanalysis.core.errors import IntakeError, nearest
from cfanalysis.core.yaml_files import read_yaml
from cfanalysis.intake.named_columns import read_named_columns
from cfanalysis.survey.instrument.instrument_file import load_instrument
from cfanalysis.survey.instrument.shipped_instruments import find_instrument

_YAML = (".yaml", ".yml")


def read_parameter_table(table: Path, allowed: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of a table that say something, each with its place; empty cells are left out.

    Parameters
    ----------
    table
        CSV, Excel, Parquet, or YAML with a list of mappings.
    allowed
        The columns that it may have.

    Raises
    ------
    IntakeError
        The table cannot be read, has another column (the nearest is named) or no row.
    """
    if table.suffix.lower() in _YAML:
        read = read_yaml(table, kind="table of parameters", error=IntakeError)
        if not isinstance(read, list) or not all(isinstance(line, dict) for line in read):
            raise IntakeError(
                "The file is no table.", where=table, allowed="a list of mappings: - region: north"
            )
        lines = [(f"entry {n}", {str(k): v for k, v in line.items()}) for n, line in enumerate(read, 1)]
        others = sorted({key for _, line in lines for key in line} - set(allowed))
    else:
        columns = {name: (name,) for name in allowed}
        any_one = load_instrument(
            find_instrument(Path("customer_focus"))
        )  # its language helps with encodings
        nameless = any_one.model_copy(update={"columns": {}})
        frame, others = read_named_columns(table, nameless, columns, needed=())
        lines = [
            (f"row {number}", {str(k): v for k, v in row.items() if v != ""})
            for number, row in zip(frame.index, frame.to_dict("records"), strict=True)
        ]
    if others:
        alike = nearest(others[0], allowed)
        raise IntakeError(
            "The notebook has no parameter of a column's name.",
            where=table,
            value=", ".join(others),
            allowed=", ".join(allowed),
            next_step=f"Did you mean {alike[0]}?" if alike else "A column that --name uses may stand, too.",
        )
    if not lines:
        raise IntakeError("The table has no row.", where=table)
    return lines
