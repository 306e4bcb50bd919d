r"""Formulas in text: found as MathJax finds them in JupyterLab, and kept between two marks until the text is read."""

from __future__ import annotations

import re
from collections.abc import Iterator

START, END = "\ue000", "\ue001"
"""The marks: characters that no font has a meaning for."""

INLINE = (
    r"\$(?:(?![\s$])(?:\\.|[^$`\\\n]|\n(?!\s*\n))+?(?:(?<!\s)|(?<=\\\s))|\s(?:\\.|[^$`\\\n])+?\s)\$(?![\d$])"
)
"""A formula between single dollars; two amounts of money in a line are none."""

ENVIRONMENT = r"\\begin\{(?P<name>[A-Za-z]+\*?)\}.*?\\end\{(?P=name)\}"
"""A formula in an environment of LaTeX."""

_FORMULA = re.compile(rf"\$\$.+?\$\$|\\\[.+?\\\]|\\\(.+?\\\)|{ENVIRONMENT}|{INLINE}", re.DOTALL)
_MARKED = re.compile(f"{START}(.*?){END}", re.DOTALL)


def mark_formulas(words: str) -> str:
    r"""Return text with its formulas between the marks.

    Examples
    --------
    >>> mark_formulas("from $5 to $10"), mark_formulas("$x$").strip(START + END)
    ('from $5 to $10', '$x$')
    """
    return _FORMULA.sub(rf"{START}\g<0>{END}", words) if "$" in words or "\\" in words else words


def unmarked(words: str | None) -> str:
    """Return text without the marks; "" for none."""
    return (words or "").replace(START, "").replace(END, "")


def split_formulas(words: str) -> Iterator[tuple[str, bool | None]]:
    r"""Yield the parts of marked text; a formula without what stands around it, and whether it stands apart.

    Examples
    --------
    >>> list(split_formulas(mark_formulas(r"a $x$ \[y\]")))
    [('a ', None), ('x', False), (' ', None), ('y', True), ('', None)]
    """
    for number, part in enumerate(_MARKED.split(words)):
        if number % 2 == 0:
            yield part, None
        elif part.startswith("\\begin"):
            yield part, True
        else:
            size = 1 if part.startswith("$") and not part.startswith("$$") else 2
            yield part[size:-size], part.startswith(("$$", "\\["))
