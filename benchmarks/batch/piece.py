"""One process of `compare.py`: MODE and a JSON list of (extract, PDF) pairs.

``limit`` runs the notebook's code as a plain program, again and again in this one process, and sets the PDF.
``kernels`` executes the notebook on an ordinary kernel for each report.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_output

from cfanalysis.core.resources import notebook_file
from cfanalysis.publish.client_batches import NOTEBOOK
from cfanalysis.publish.execution.notebook_run import execute
from cfanalysis.publish.single_report import REPORT_FORMATS

SOURCE = notebook_file(NOTEBOOK)


def limit(items: list[tuple[str, str]]) -> None:
    """Run the cells as plain code; what each ends with becomes its output."""
    import ast

    from IPython.core.formatters import DisplayFormatter

    formatter = DisplayFormatter()
    notebook = nbformat.read(SOURCE, as_version=4)
    for extract, target in items:
        names: dict[str, Any] = {}
        for cell in (c for c in notebook.cells if c.cell_type == "code"):
            tree = ast.parse(cell.source)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "cell", "exec"), names)
            if "parameters" in cell.metadata.get("tags", []):
                names["extract"] = extract
            cell.outputs = []
            if last is not None:
                shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
                if shown is not None:
                    data, metadata = formatter.format(shown)
                    cell.outputs = [new_output("execute_result", data, metadata=metadata, execution_count=1)]
        with tempfile.TemporaryDirectory() as folder:
            executed = Path(folder) / "executed.ipynb"
            nbformat.write(notebook, executed)
            Path(target).write_bytes(REPORT_FORMATS["pdf"](executed, SOURCE))


def kernels(items: list[tuple[str, str]]) -> None:
    """Execute on an ordinary kernel."""
    for extract, target in items:
        with tempfile.TemporaryDirectory() as folder:
            executed = execute(
                SOURCE, {"extract": extract}, output=Path(folder) / "executed.ipynb", ordinary=True
            )
            Path(target).write_bytes(REPORT_FORMATS["pdf"](executed, SOURCE))


if __name__ == "__main__":
    {"limit": limit, "kernels": kernels}[sys.argv[1]](json.loads(sys.argv[2]))
