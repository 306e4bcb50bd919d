"""A rehearsal in the warm parent: what every report would make for itself alone is made once, before it is forked.

These are compiled checks: of the program, not of any data. Pages have theirs in `html.prepare_page`.
"""

from __future__ import annotations


def rehearse() -> None:
    """Compile the checks of notebooks."""
    import nbformat

    output = nbformat.v4.new_output("stream", name="stdout", text="")  # type: ignore[no-untyped-call]
    cells = [nbformat.v4.new_code_cell("", outputs=[output]), nbformat.v4.new_markdown_cell("")]  # type: ignore[no-untyped-call]
    notebook = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook, relax_add_props=True)  # as nbconvert's exporters do
