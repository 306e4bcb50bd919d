"""Expected errors: cells tagged ``raises-exception`` show one, and the notebook goes on.

Papermill takes every error in an executed notebook as a failure. So expected errors are removed while papermill checks,
and put back afterwards.
"""

from __future__ import annotations

from typing import Any

_EXPECTED = "cfanalysis_meant_outputs"


def hide_expected_errors(notebook: Any) -> None:
    """Hide the outputs of cells that were expected to raise an error."""
    for cell in notebook.cells:
        if "raises-exception" in cell.metadata.get("tags", []):
            cell.metadata[_EXPECTED] = cell.get("outputs", [])
            cell.outputs = []


def restore_expected_errors(notebook: Any) -> None:
    """Put them back."""
    for cell in notebook.cells:
        if _EXPECTED in cell.metadata:
            cell.outputs = cell.metadata.pop(_EXPECTED)


def expect_none(cell: Any) -> None:
    """Note that a cell's error was not expected, whatever its tags say: the loss of its process."""
    cell.metadata["tags"] = [tag for tag in cell.metadata.get("tags", []) if tag != "raises-exception"]
