"""Tones between the theme's colours, and letters that can be read on them.

Tones run from paper to one of the theme's two strong colours, which stay apart for the colour-blind (blue-green
against brown). Which letters stand on a tone is chosen by contrast, never by hand: one of ink, paper and black
always reaches 4.5:1, because black and white meet at 4.58:1; where ink and paper are neither, as on dark pages, black
or white does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cfanalysis.theme.brand import blend, contrast_ratio
from cfanalysis.theme.style import Theme

_BLACK_AND_WHITE = ("#000000", "#ffffff")
STRONGEST = 0.62
"""Share of the strong colour in the strongest cell: ink can still be read on it."""


def text_colour_on(ground: str, theme: Theme) -> str:
    """Return the colour of letters on a ground: ink or paper, the one with more contrast; else black or white.

    Parameters
    ----------
    ground
        The colour behind the letters, ``#rrggbb``.
    theme
        The theme that sets ink and paper.

    Examples
    --------
    >>> text_colour_on("#ffffff", Theme()) == Theme().ink, text_colour_on("#1b2a3a", Theme())
    (True, '#ffffff')
    """
    pairs = ((theme.ink, theme.paper), _BLACK_AND_WHITE)
    own, plain = (max(pair, key=lambda colour: contrast_ratio(colour, ground)) for pair in pairs)
    return own if contrast_ratio(own, ground) >= 4.5 else plain


def diverging_tones(places: Sequence[int], theme: Theme) -> list[str]:
    """Return a tone for each place: below 0 towards the finding's colour, above towards the accent, 0 grey.

    Parameters
    ----------
    places
        Whole numbers, the farther from 0 the stronger.
    theme
        The look.

    Examples
    --------
    >>> tones = diverging_tones([-1, 0, 1], Theme())
    >>> tones[0] == Theme().finding, tones[2] == Theme().accent
    (True, True)
    """
    most = max((abs(place) for place in places), default=0) or 1
    tones = []
    for place in places:
        share = 0.2 + 0.8 * (abs(place) / most) ** 1.25
        strong = theme.finding if place < 0 else theme.accent
        tones.append(blend(theme.paper, strong, share) if place else blend(theme.rule, theme.muted, 0.12))
    return tones


def value_tone(value: float, low: float, high: float, theme: Theme) -> str:
    """Return the tone of a value: paper at 0, the accent's at `high`, the finding's at `low` where that is below 0.

    Parameters
    ----------
    value
        The value.
    low, high
        Smallest and largest value of the scale of tones.
    theme
        The theme that sets its colours.

    Returns
    -------
    str
        ``#rrggbb``; a value beyond the scale has the tone of its end.

    Examples
    --------
    >>> value_tone(0.0, -5, 20, Theme()) == Theme().paper
    True
    """
    most = max(abs(low) if low < 0 else 0.0, abs(high)) or 1.0
    share = float(np.clip(abs(value) / most, 0, 1)) * STRONGEST
    return blend(theme.paper, theme.finding if value < 0 else theme.accent, share)
