"""The text cells and the title of a notebook in another language, as far as they are those that ship."""

from __future__ import annotations

from typing import Any

from cfanalysis.core.language import SOURCE, current_language, translated


def translate_notebook(read: Any) -> list[int]:
    """Put a notebook's title and text cells into the reader's language; return the cells that stay as they are.

    Parameters
    ----------
    read
        The notebook, which is changed: a dictionary in nbformat 4. A cell that its author wrote or edited stays.

    Returns
    -------
    list of int
        The numbers of text cells, from 1, that have no translation; none where no cell has one, for that is a
        notebook of somebody's own.
    """
    settings, code = read["metadata"].get("cfanalysis", {}), current_language().code
    if code in (SOURCE, settings.get("language", SOURCE)):
        return []
    cells = [
        (number, cell)
        for number, cell in enumerate(read["cells"], start=1)
        if cell["cell_type"] == "markdown"
    ]
    left = []
    for number, cell in cells:
        source = "".join(cell["source"])
        words = translated(source)
        cell["source"] = words
        if words == source and any(map(str.isalpha, source)):
            left.append(number)
    if len(left) == len(cells):
        return []
    read["metadata"]["cfanalysis"] = {
        **settings, "language": code, "title": translated(str(settings.get("title", "")))
    }  # fmt: skip
    return left
