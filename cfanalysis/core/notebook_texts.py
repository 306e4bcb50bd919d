"""The text cells and the title of a notebook in another language, as far as they are those that ship."""

from __future__ import annotations

from typing import Any

from cfanalysis.core.language import SOURCE, current_language, spoken_language, translated, use_language


def translate_notebook(read: Any) -> list[int]:
    """Put a notebook's title and text cells into the reader's language; return the cells that stay as they are.

    Parameters
    ----------
    read
        The notebook, which is changed: a dictionary in nbformat 4, in English or in the language that its settings
        name. A cell that its author wrote or edited stays.

    Returns
    -------
    list of int
        The numbers of text cells, from 1, that have no translation; none where no cell has one, for that is a
        notebook of somebody's own.
    """
    settings, code = read["metadata"].get("cfanalysis", {}), current_language().code
    written = settings.get("language", SOURCE)
    if code == written:
        return []
    with use_language(spoken_language(str(written)) or SOURCE):
        sources = current_language().sources()
    known = {*sources, *current_language().sources().values()}
    cells = [
        (number, cell)
        for number, cell in enumerate(read["cells"], start=1)
        if cell["cell_type"] == "markdown"
    ]
    left = []
    for number, cell in cells:
        source = "".join(cell["source"])
        cell["source"] = translated(sources.get(source, source))
        if source not in known and any(map(str.isalpha, source)):
            left.append(number)
    if len(left) == len(cells):
        return []
    title = str(settings.get("title", ""))
    read["metadata"]["cfanalysis"] = {
        **settings, "language": code, "title": translated(sources.get(title, title))
    }  # fmt: skip
    return left
