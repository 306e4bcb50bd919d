"""Choices in one cell: divided by semicolons, bars, line breaks or commas, the longest known choice first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cfanalysis.intake.folding import comparable_text

COMMA, HARD, SOFT = ",", ";|", ";|,"
"""What divides the choices of a cell: commas only where no cell of the column has another sign, or where commas alone
make whole cells of choices."""


def cells_choices(
    cells: Sequence[str], choices: Mapping[str, Sequence[str]], joiners: Sequence[str] = ()
) -> dict[str, set[str]]:
    r"""Return for each cell the items whose choice stands in it, the longest choice first.

    Parameters
    ----------
    cells
        Distinct cells of the column.
    choices
        Item -> spellings of its choice.
    joiners
        What stands between choices, where the tool has a mark of its own.

    Examples
    --------
    >>> found = cells_choices(["Mail, also by post;", "Mail;Phone;"], {"m": ["Mail"], "p": ["Phone"]})
    >>> [sorted(items) for items in found.values()]
    [[], ['m', 'p']]
    """
    known = sorted(
        (
            (comparable_text(text), item)
            for item, texts in choices.items()
            for text in texts
            if comparable_text(text)
        ),
        key=lambda pair: -len(pair[0]),
    )
    lines = {cell: comparable_text(re.sub(r"[\r\n]+", ";", _unlisted(cell))) for cell in cells}
    if joiners:
        marks = "".join(re.escape(joiner.strip()) or r"\s" for joiner in joiners)
        return {cell: _picked(line, known, marks)[0] for cell, line in lines.items()}
    found = {cell: _picked(line, known, SOFT) for cell, line in lines.items()}
    commas = any(
        len(items) > 1 and not _says(rest)
        for items, rest in (_picked(x, known, COMMA) for x in lines.values())
    )
    if not commas and any(sign in rest for _, rest in found.values() for sign in HARD):
        found = {cell: _picked(line, known, HARD) for cell, line in lines.items()}
    if all(len(items) < 2 for items, _ in found.values()):
        found = {cell: _together(line, known) or found[cell] for cell, line in lines.items()}
    return {cell: items for cell, (items, _) in found.items()}


def _unlisted(cell: str) -> str:
    """Return a cell without the brackets and quotation marks of a list: ``["Mail", "Phone"]``."""
    text = cell.strip()
    return text[1:-1].replace('"', "").strip() if text[:1] + text[-1:] == "[]" else text


def _together(line: str, known: Sequence[tuple[str, str]]) -> tuple[set[str], str] | None:
    """Return the items of a line that is choices and signs and nothing else, whatever divides them."""
    items = set()
    for text, item in known:
        line, n = re.subn(rf"(?<!\w){re.escape(text)}(?!\w)", "", line)
        items |= {item} if n else set()
    return None if _says(line) else (items, line)


def _says(text: str) -> bool:
    return any(map(str.isalnum, text))


def _picked(line: str, known: Sequence[tuple[str, str]], marks: str) -> tuple[set[str], str]:
    """Return the items whose choice stands between marks in a line, and what is left of the line."""
    items = set()
    for text, item in known:
        pattern = rf"(?:(?<=[{marks}])|(?<=[{marks}]\s)|^){re.escape(text)}[\s.:*]*(?=[{marks}]|$)"
        line, n = re.subn(pattern, "", line)
        items |= {item} if n else set()
    return items, line
