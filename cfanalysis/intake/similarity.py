"""How similar a text of a file is to the texts by which something is known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from cfanalysis.intake.folding import comparable_text

ALIKE, LIKELY = 0.6, 0.75
"""The least similarity, 0 to 1, at which a column name is proposed, and a label."""


def alike(text: str, names: Iterable[tuple[str, str]], *, least: float = ALIKE) -> tuple[str, float]:
    """Return the name most similar to a text, and their similarity (Ratcliff and Obershelp), 0 to 1.

    Parameters
    ----------
    text
        A column name or a cell.
    names
        Pairs of a name and the text that it is compared by.
    least
        The least similarity.

    Returns
    -------
    tuple of str and float
        ``("", 0.0)`` where no name is similar enough.

    Examples
    --------
    >>> alike("agreee", [("Disagree", "Disagree"), ("Agree", "Agree")])
    ('Agree', 0.91)
    """
    best, best_score = "", 0.0
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(comparable_text(text)[:300])
    for name, known in names:
        matcher.set_seq1(comparable_text(known)[:300])
        floor = max(best_score, least)
        if matcher.real_quick_ratio() < floor or matcher.quick_ratio() < floor:
            continue
        score = round(matcher.ratio(), 2)
        if score >= floor and score > best_score:
            best, best_score = name, score
    return best, best_score
