"""Any notebook over the rows of a table: one report a row, its parameters in the row's columns.

What the notebook shows about whom is its own affair, so the pages say that nobody has checked it; they carry this in
their stamp. A notebook may read more than its parameters name, so a row is made again at each call, unless what is
out is to be kept (`resume`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

from cfanalysis.core.errors import IntakeError, ParameterError, problem_list
from cfanalysis.core.language import spoken_language
from cfanalysis.core.resources import notebook_settings
from cfanalysis.publish.batches.batch import Backend, BatchEvent, BatchPlan, ReportOrder
from cfanalysis.publish.batches.destinations import Destination
from cfanalysis.publish.batches.folder_batch import local_backend, write_batch
from cfanalysis.publish.batches.ledger import LedgerEntry, lock_folder
from cfanalysis.publish.execution.other_kernel import Kernel
from cfanalysis.publish.execution.parameters import notebook_parameters, parse_parameters
from cfanalysis.publish.execution.resource_limits import TIMEOUT
from cfanalysis.publish.provenance import UNCHECKED, parameters_hash

Rows = dict[str, dict[str, Any]]
"""The parameters of each report, by its name."""

ParameterRows = Sequence[tuple[str, Mapping[str, Any]]]
"""Rows of a table as they were read, each with its place in the file."""

_NAME = "name"


class RowSource:
    """Brings an order for each row.

    Parameters
    ----------
    rows
        Parameters by name.
    inputs
        What else all reports are made from, for the stamp.
    """

    working = 0

    def __init__(self, rows: Rows, inputs: Mapping[str, str]) -> None:
        self._rows = rows
        self._inputs = {**inputs, **UNCHECKED}

    def begin(self, names: Sequence[str], folder: Path, take: Callable[[BatchEvent], None]) -> None:
        """Bring all of them."""
        for number, name in enumerate(names):
            own = folder.resolve() / f"row-{number:06d}"
            own.mkdir()
            order = ReportOrder(name, self._rows[name], {}, discard=own)
            files = {key: str(path.resolve()) for key, path in order.places.items()}
            take(replace(order, inputs={"given": parameters_hash(files), **self._inputs}))

    def order_done(self, order: ReportOrder) -> None:
        """Do nothing: all are there."""


def write_row_reports(
    notebook: Path,
    rows: Rows,
    place: Destination,
    *,
    formats: Sequence[str] = ("html", "pdf"),
    jobs: int = 2,
    brand: Path | None = None,
    resume: bool = False,
    timeout: float = TIMEOUT,
    kernel: Kernel | None = None,
    date: str = "",
    maker: Callable[[BatchPlan], Backend] | None = None,
    watch: Callable[[LedgerEntry], None] = lambda _: None,
) -> list[LedgerEntry]:
    """Write a report of each row; one that fails does not stop the others.

    Parameters
    ----------
    notebook
        The notebook; its cells run in this process's working directory.
    rows
        From `named_rows`.
    place
        Where the reports, the ledger and ``index.html`` go.
    formats, brand
        As for `cfanalysis.publish.single_report.publish`.
    jobs
        How many at once.
    resume
        Whether what is out from the same notebook and parameters is kept.
    timeout
        Seconds that a cell may take.
    kernel
        The kernel of the cells; None for this Python's own.
    date
        The date of the reports, as ``2025-03-11``; "" for that of the notebook's metadata.
    maker
        What makes them, from the plan; this machine if None.
    watch
        Called with each ledger entry as it is settled.

    Raises
    ------
    OutputError
        The place cannot be written, or another batch is writing there.
    """
    plan = BatchPlan(
        notebook,
        tuple(formats),
        brand,
        timeout=timeout,
        cwd=Path.cwd(),
        again=not resume,
        kernel=kernel,
        given={name: {"date": date} for name in rows if date},
        imprint={"date": date},
        language=spoken_language(notebook_settings(notebook).get("language", "")) or "",
    )
    with lock_folder(place.folder):
        backend = maker(plan) if maker else local_backend(plan, jobs, len(rows))
        title = f"Reports of {notebook.name}"
        supply = RowSource(rows, {"kernel": kernel.name} if kernel else {})
        return write_batch(plan, place, backend, supply, list(rows), watch, title=title)


def allowed_columns(notebook: Path, pattern: str | None, kernel: Kernel | None = None) -> list[str]:
    """Return the columns that a table of rows may have: the notebook's parameters, and what names need.

    Parameters
    ----------
    notebook
        The notebook.
    pattern, kernel
        As for `named_rows`.
    """
    known = notebook_parameters(notebook, kernel)
    return [*known, *sorted({_NAME, *_names_in(pattern)} - known.keys())]


def named_rows(
    notebook: Path,
    lines: ParameterRows | None,
    common: Mapping[str, str],
    pattern: str | None = None,
    kernel: Kernel | None = None,
) -> Rows:
    """Return the parameters of each report, by its name.

    Parameters
    ----------
    notebook
        The notebook, which says what parameters there are, and of which types.
    lines
        The rows of a table, each with its place; None for one report.
    common
        Parameters that all rows have.
    pattern
        The name of a report, with columns and parameters in braces, e.g. ``"{region} {year}"``. By default the column
        ``name``, or else all values of the row.
    kernel
        The kernel of the cells, which says in what language the parameters are written; None for this Python's own.

    Raises
    ------
    ParameterError
        What all rows have does not fit: a parameter, its value, or the pattern.
    IntakeError
        A row holds a value of another type, or two reports have one name: all such rows are named.
    """
    known = notebook_parameters(notebook, kernel)
    defaults = {p.name: p.default for p in known.values()}
    for_all = parse_parameters(notebook, common, kernel)
    columns = dict.fromkeys(column for _, line in lines or () for column in line)
    if twice := [name for name in common if name in columns]:
        raise ParameterError(
            "The parameter is given for all rows, and the table has a column of its name.", value=twice[0]
        )
    absent = [field for field in _names_in(pattern) if field not in {**defaults, **columns}]
    if absent:
        raise ParameterError(
            "The pattern of names has what is neither a column nor a parameter.",
            value=absent[0],
            allowed=", ".join({**columns, **defaults}),
        )
    if lines is None:
        return {_row_name(pattern, {**defaults, **common}, {}) or notebook.stem: for_all}
    found: Rows = {}
    problems = []
    for where, line in lines:
        given = {key: value for key, value in line.items() if key in known}
        try:
            row = for_all | parse_parameters(notebook, given, kernel)
            name = _row_name(pattern, {**defaults, **common, **line}, line)
            if not name or name in found:
                raise ParameterError(f"Two rows have the name {name!r}." if name else "The row has no name.")
            found[name] = row
        except ParameterError as error:
            problems.append(f"{where}: {' '.join(str(error).split())}")
    if problems:
        raise IntakeError(
            problem_list("Rows of the table do not fit:", problems),
            next_step="Correct the table; --name '{column} {column}' makes names unique.",
        )
    return found


def _fields(pattern: str | None) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(Formatter().parse(pattern or ""))
    except ValueError as error:
        raise ParameterError(
            "The pattern of names cannot be read.", value=pattern, allowed="text with {column} in it"
        ) from error


def _names_in(pattern: str | None) -> list[str]:
    return [field for _, field, _, _ in _fields(pattern) if field is not None]


def _row_name(pattern: str | None, values: Mapping[str, Any], line: Mapping[str, Any]) -> str:
    if pattern is None:
        return str(line.get(_NAME) or " ".join(str(value) for value in line.values()))
    try:
        return "".join(
            text + (str(values[field]) if field is not None else "") for text, field, _, _ in _fields(pattern)
        ).strip()
    except KeyError as error:
        raise ParameterError(f"The pattern of names has {error}, which the row lacks.") from None
