"""A rehearsal in the warm parent: what every report would make for itself alone is made once, before it is forked.

These are compiled checks, templates and fonts: of the program, not of any data.
"""

from __future__ import annotations


def rehearse() -> None:
    """Make what every report needs."""
    import nbformat

    from cfanalysis.publish.html import prepare_page

    output = nbformat.v4.new_output("stream", name="stdout", text="")  # type: ignore[no-untyped-call]
    cells = [nbformat.v4.new_code_cell("", outputs=[output]), nbformat.v4.new_markdown_cell("")]  # type: ignore[no-untyped-call]
    notebook = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook, relax_add_props=True)  # as nbconvert's exporters do
    prepare_page()
