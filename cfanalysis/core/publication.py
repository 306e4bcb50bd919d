"""What a publishing run tells its processes: whose brand, where the numbers of figures go, where the notebook lies.

A process that runs a report's cells or makes its pages is told, also that there is no brand. A notebook that somebody
runs by hand is told nothing: it uses the brand of the workspace that it lies in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Publication:
    """What is told; plain texts, as it travels as JSON.

    Parameters
    ----------
    brand
        The path of the brand file; empty for the house's own look.
    numbers
        The folder that takes the numbers of each figure as CSV; empty where nobody wants them.
    notebooks
        The folder of the notebook, with the files that its author keeps beside it.
    page
        Whether a web page is made, for which charts are drawn for phones, too.
    language
        The language of texts and numbers (`cfanalysis.core.language`); empty for the notebook's own, or English.
    """

    brand: str = ""
    numbers: str = ""
    notebooks: str = ""
    page: bool = True
    language: str = ""


_told: Publication | None = None


def current_publication() -> Publication | None:
    """Return what this process was told; None outside a publishing run."""
    return _told


def set_publication(*told: Any, **named: Any) -> None:
    """Tell this process, for as long as it lasts.

    Parameters
    ----------
    *told, **named
        The fields of `Publication`.
    """
    global _told
    _told = Publication(*told, **named)


@contextmanager
def use_publication(publication: Publication | None) -> Iterator[None]:
    """Tell this process for the duration of a block."""
    global _told
    former, _told = _told, publication
    try:
        yield
    finally:
        _told = former
