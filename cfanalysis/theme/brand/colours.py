"""Colours of a brand: whether they can be read, and what lies between two of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

_GROUNDS = {"paper": "#ffffff", "panels": "#f3f6f8"}
MIN_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3


def contrast_ratio(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio").

    Parameters
    ----------
    one, other
        Colours as ``#rrggbb``; their order does not matter.

    Examples
    --------
    >>> contrast_ratio("#000000", "#ffffff")
    21.0
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a ``#rrggbb`` colour, 0 to 1 (WCAG 2.2)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def blend(one: str, other: str, share: float) -> str:
    """Return a colour between two others.

    Parameters
    ----------
    one, other
        Colours as ``#rrggbb``.
    share
        How much of the second colour, 0 to 1.

    Examples
    --------
    >>> blend("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _readable(colour: str) -> str:
    for ground, paper in _GROUNDS.items():
        contrast = contrast_ratio(colour, paper)
        if contrast < MIN_CONTRAST:
            raise ValueError(
                f"{colour}, whose contrast with the {ground} is {contrast:.1f}:1",
                f"a darker colour: a contrast of at least {MIN_CONTRAST}:1",
            )
    return colour.lower()


Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(_readable)]
