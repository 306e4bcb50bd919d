"""A high chart of rows in bands, so that it goes on over the end of a page instead of leaving the page half empty.

The first band is the chart's head (title, key, axis), which stands on each page; at least four rows of one line, or
two of several lines, stand before and after each break. A band is the picture with another window,
without what lies outside of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import pairwise
from math import inf

from lxml import etree

_Span = tuple[float, float]
HIGH = 190.0  # points: a lower picture is never cut
_TOGETHER = 4  # rows of one line at least, before and after each break
_FEWEST = 2  # rows at least, where they are high
_HIGH_ROWS = 25.0  # points of the mean row: more than one line
_ENOUGH = 60.0  # points of these rows together
_STEP = 2  # rows between places for a break
_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_SMOOTH = re.compile(r"[MLCQzZ\d\s.,e-]*")
_SLACK = 12.0  # points around a band: as high as the letters that may reach into it


def svg_bands(svg: bytes, row_ends: Sequence[object]) -> list[tuple[bytes, float]]:
    """Return the bands of a chart, each with its height as a share of its width; none where it is to stay whole.

    Parameters
    ----------
    svg
        The chart, its coordinates in points.
    row_ends
        Where its first row begins and where each ends, in points from the top.
    """
    root = etree.fromstring(svg)
    box = [float(number) for number in _NUMBER.findall(root.get("viewBox", ""))]
    ends = sorted(y for y in row_ends if isinstance(y, (int, float)) and box and 0 < y < box[-1])
    if len(box) != 4 or box[2] <= 0 or box[3] < HIGH or len(ends) <= 2 * _FEWEST:
        return []
    places = [at for at in range(1, len(ends)) if _is_enough(ends[: at + 1]) and _is_enough(ends[at:])]
    if not places:
        return []
    cuts = [0.0, ends[0], *(ends[at] for at in places[::_STEP]), box[3]]
    spans = [_span(element) for element in _drawn(root)]
    return [(_band(root, box, spans, top, bottom), (bottom - top) / box[2]) for top, bottom in pairwise(cuts)]


def _is_enough(ends: Sequence[float]) -> bool:
    """Return whether rows may stand alone at a break: where the first begins and each ends."""
    rows = len(ends) - 1
    height = ends[-1] - ends[0]
    return rows >= _TOGETHER or (rows >= _FEWEST and height >= max(_ENOUGH, rows * _HIGH_ROWS))


def _band(root: etree._Element, box: list[float], spans: Sequence[_Span], top: float, bottom: float) -> bytes:
    band = deepcopy(root)
    for element, (first, last) in zip(_drawn(band), spans, strict=True):
        parent = element.getparent()
        if parent is not None and (last < top or first > bottom):
            parent.remove(element)
    height = bottom - top
    band.set("viewBox", f"{box[0]:g} {top:.2f} {box[2]:g} {height:.2f}")
    band.set("width", f"{box[2]:g}pt")
    band.set("height", f"{height:.2f}pt")
    return bytes(etree.tostring(band))


def _drawn(root: etree._Element) -> list[etree._Element]:
    """Return the marks and texts of a picture."""
    hidden = (f"{_SVG}defs", f"{_SVG}clipPath")
    marks = root.iter(f"{_SVG}text", f"{_SVG}path", f"{_SVG}use")
    return [mark for mark in marks if getattr(mark.getparent(), "tag", None) not in hidden]


def _span(element: etree._Element) -> _Span:
    """Return between which heights an element may be seen; everywhere where that is not known."""
    ys, slack = list(_heights(element)), 0.0 if element.tag == f"{_SVG}text" else _SLACK
    return (min(ys) - slack, max(ys) + slack) if ys else (-inf, inf)


def _heights(element: etree._Element) -> Iterator[float]:
    """Yield the heights at which an element lies; none where they are not known."""
    if element.get("transform"):
        return
    path = element.get("d", "")
    if path and _SMOOTH.fullmatch(path):
        yield from map(float, _NUMBER.findall(path)[1::2])
    elif element.get("y"):
        yield from map(float, _NUMBER.findall(element.get("y", ""))[:1])
