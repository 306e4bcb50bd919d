"""The client report cut short, for tests that look at how reports are made and not at what stands in them."""

from __future__ import annotations

from pathlib import Path

import nbformat

from cfanalysis.core.resources import shipped_file


def short_report(path: Path, *sections: str) -> Path:
    """Write the client report's notebook with its masthead and these of its sections alone."""
    notebook = nbformat.read(shipped_file("notebooks", "client_report.ipynb"), as_version=4)
    wanted = {f'report.section("{name}")' for name in sections}
    assert wanted <= {cell.source for cell in notebook.cells}
    notebook.cells = [c for c in notebook.cells if "report.section" not in c.source or c.source in wanted]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path
