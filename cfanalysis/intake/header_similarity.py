"""How similar a column name is to a text by which an item or field is known."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from cfanalysis.intake.folding import comparable_text

ALIKE = 0.6
"""The least similarity, 0 to 1, at which a name is proposed."""


def alike(header: str, names: Sequence[tuple[str, str]]) -> tuple[str, float]:
    """Return the name most similar to a header, and their similarity (Ratcliff and Obershelp).

    Parameters
    ----------
    header
        A column name.
    names
        Pairs of a name and the text that it is compared by.

    Returns
    -------
    tuple of str and float
        ``("", 0.0)`` where the similarity is below `ALIKE`.
    """
    best, best_score = "", 0.0
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(comparable_text(header)[:300])
    for name, text in names:
        matcher.set_seq1(comparable_text(text)[:300])
        floor = max(best_score, ALIKE)
        if matcher.real_quick_ratio() < floor or matcher.quick_ratio() < floor:
            continue
        score = round(matcher.ratio(), 2)
        if score >= floor and score > best_score:
            best, best_score = name, score
    return best, best_score
