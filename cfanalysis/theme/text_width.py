"""How wide a line of text is: the widths of its letters, one after the other.

Charts give the letters' widths in the font that they draw with (`cfanalysis.charts.text_metrics`); where no font is at
hand, as when a table is fitted to the paper, those of an ordinary sans serif stand for them.
"""

from __future__ import annotations

from collections.abc import Callable

_NARROW, _WIDE = frozenset("iljtfrI.,:;|!'()[]{} -·"), frozenset("mwMW@%—…")


def usual_letter_width(letter: str) -> float:
    """Return about how wide a letter is in a sans serif like our text font, in em.

    Examples
    --------
    >>> usual_letter_width("5"), usual_letter_width("M")
    (0.6, 0.9)
    """
    if letter.isdigit():
        return 0.6
    if letter in _NARROW:
        return 0.3
    if letter in _WIDE:
        return 0.9
    return 0.67 if letter.isupper() else 0.56


def line_width(text: str, letter_width: Callable[[str], float] = usual_letter_width) -> float:
    """Return how wide a line of text is.

    Parameters
    ----------
    text
        One line.
    letter_width
        The width of a letter, in em.

    Returns
    -------
    float
        Em: font sizes.

    Examples
    --------
    >>> round(line_width("12,345"), 2)
    3.3
    """
    return sum(map(letter_width, text))
