"""Results with known numbers to draw, and the boxes of what was drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from cfanalysis.charts.captions import CAPTIONS, Caption
from cfanalysis.statistics.effects import Estimate
from cfanalysis.survey.survey_data import Source
from cfanalysis.theme.style import THEME

SOURCE = Source("sample", "Customer Focus Self Assessment", ("2024", "2025"), synthetic=True)
QUARTILES = ("Top", "Upper middle", "Lower middle", "Bottom")
CRITERION = "Performance against competitors"


@pytest.fixture(autouse=True)
def captions_of_stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of results that are made up here, which lack what captions are written from, the source alone is written."""

    def caption(write: Callable[[Any], Caption], result: Any) -> Caption:
        made_up = isinstance(result, SimpleNamespace)
        return Caption("", "", "", (), result.source.caption) if made_up else write(result)

    for chart, write in CAPTIONS.items():
        monkeypatch.setitem(CAPTIONS, chart, partial(caption, write))


def say_do_profile(
    rows: Sequence[tuple[str, str, float, float, int]], groups: Sequence[str]
) -> SimpleNamespace:
    """Return a profile from rows of dimension, group, say, do, n."""
    frame = pd.DataFrame(rows, columns=["title", "group", "say", "do", "n"])
    frame = frame.assign(dimension=frame["title"].str.lower(), gap=frame["say"] - frame["do"])
    return SimpleNamespace(
        frame=frame, groups=tuple(groups), criterion=CRITERION, wave="latest", n=120, source=SOURCE
    )


def many_dimensions(
    titles: Sequence[str], groups: Sequence[str], counts: Sequence[int] = (30, 90, 120)
) -> SimpleNamespace:
    """Return a profile with made-up but fixed scores for each dimension and group."""
    random = np.random.default_rng(1)
    rows = []
    for title in titles:
        for group, n in zip(groups, counts, strict=False):
            say = 80 + random.normal(0, 4)
            rows.append((title, group, say, say - 12 + random.normal(0, 5), n))
    return say_do_profile(rows, groups)


def gaps_from(table: pd.DataFrame) -> SimpleNamespace:
    """Return quartile gaps for a table of quartile, criterion and gap."""
    rows = []
    for name in QUARTILES:
        own = table.loc[table["quartile"] == name, "gap"]
        mean, half = own.mean(), 0.1 if len(own) > 1 else float("nan")
        rows.append((name, len(own), 4.0, 4.0 - mean, mean, mean - half, mean + half))
    is_top = table["quartile"] == "Top"
    delta = float(table.loc[~is_top, "gap"].mean() - table.loc[is_top, "gap"].mean())
    return SimpleNamespace(
        frame=pd.DataFrame(rows, columns=["quartile", "n", "say", "do", "gap", "low", "high"]),
        organizations=table.assign(organization=[f"Organization {i}" for i in range(len(table))]),
        delta=Estimate(delta, delta - 0.15, delta + 0.15, 0.07, 0.01),
        unit="points",
        n=len(table),
        criterion=CRITERION,
        wave="latest",
        source=SOURCE,
    )


def slope_from(table: pd.DataFrame) -> SimpleNamespace:
    """Return a slope for a table of quartile, criterion and gap: a line from 0.8 to 0.2."""
    grid = np.linspace(table["criterion"].min(), table["criterion"].max(), 50)
    line = np.linspace(0.8, 0.2, 50)
    return SimpleNamespace(
        organizations=table.assign(organization=[f"Organization {i}" for i in range(len(table))]),
        line=pd.DataFrame({"criterion": grid, "gap": line, "low": line - 0.1, "high": line + 0.1}),
        slope=Estimate(-0.15, -0.21, -0.09, 0.03, 0.01),
        cut=float(table["criterion"].quantile(0.75)),
        doses=doses_from(table),
        unit="points",
        outcome=False,
        criterion=CRITERION,
        wave="first",
        n=len(table),
        source=SOURCE,
    )


def doses_from(table: pd.DataFrame) -> pd.DataFrame:
    """Return the quartiles' means with an interval of 0.1 on either side, none for a single organization."""
    means = table.groupby("quartile", sort=False).agg(
        criterion=("criterion", "mean"), gap=("gap", "mean"), n=("gap", "size")
    )
    half = means["n"].gt(1).map({True: 0.1, False: np.nan})
    return means.assign(low=means["gap"] - half, high=means["gap"] + half).reset_index()


def organizations(n: int, *, step: float = 0.0, without: str = "") -> pd.DataFrame:
    """Return n organizations; gaps rounded to `step` give ties; one quartile may be missing."""
    random = np.random.default_rng(7)
    criterion = np.sort(random.normal(60, 14, n).clip(0, 100))
    gap = 0.5 - 0.01 * (criterion - 60) + random.normal(0, 0.35, n)
    if step:
        gap = np.round(gap / step) * step
    names = np.array(QUARTILES[::-1])[np.minimum(np.arange(n) * 4 // n, 3)]
    table = pd.DataFrame({"quartile": names, "criterion": criterion, "gap": gap})
    return table[table["quartile"] != without].reset_index(drop=True)


@cache
def renderer_at(dpi: float, hinting: str) -> RendererAgg:
    """Return what measures texts at a resolution: one for all figures, as what it has measured is kept."""
    return RendererAgg(1, 1, dpi)


def text_boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """Return each text that is seen, with its box in pixels."""
    renderer = renderer_at(figure.dpi, mpl.rcParams["text.hinting"])
    for axes in figure.axes:  # which places tick labels, as a drawing would
        axes.get_tightbbox(renderer, bbox_extra_artists=axes.child_axes)
    boxes = [
        (text.get_text(), text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if isinstance(text, Text) and text.get_visible() and text.get_text().strip()
    ]
    return [(text, box) for text, box in boxes if box.width > 0]


def text_problems(figure: Figure) -> list[str]:
    """Return which texts leave the figure, overlap, or meet a mark; boxes hold room above and below the letters."""
    found, whole = text_boxes(figure), figure.bbox
    texts = [text for text, _ in found]
    boxes = np.array([box.extents for _, box in found]).reshape(-1, 4)
    out = [
        f"{texts[i]!r} leaves the figure"
        for i in np.flatnonzero(
            (boxes[:, :2] < np.array([whole.x0, whole.y0]) - 0.5).any(axis=1)
            | (boxes[:, 2:] > np.array([whole.x1, whole.y1]) + 0.5).any(axis=1)
        )
    ]
    wide = np.minimum.outer(boxes[:, 2], boxes[:, 2]) - np.maximum.outer(boxes[:, 0], boxes[:, 0])
    high = np.minimum.outer(boxes[:, 3], boxes[:, 3]) - np.maximum.outer(boxes[:, 1], boxes[:, 1])
    heights = boxes[:, 3] - boxes[:, 1]
    meets = (wide > 0.5) & (high > 0.2 * np.minimum.outer(heights, heights))
    out += [
        f"{texts[i]!r} overlaps {texts[j]!r}" for i, j in zip(*np.nonzero(np.triu(meets, 1)), strict=True)
    ]
    return out + marks_met(figure, texts, boxes)


def marks_met(figure: Figure, texts: list[str], boxes: np.ndarray) -> list[str]:
    """Return which texts meet a dot, an interval or the edge of a bar; hairlines and axes pass below texts."""
    if not len(boxes):
        return []
    height = boxes[:, 3] - boxes[:, 1]
    letters = boxes + np.stack([0 * height + 1, 0.28 * height, 0 * height - 1, -0.22 * height], axis=1)
    problems = []
    artists = figure.findobj()
    for kind, marks in (
        ("dot", dot_boxes(artists, figure.dpi)),
        ("interval", interval_boxes(artists)),
        ("bar", bar_boxes(artists, {axes.patch for axes in figure.axes} | {figure.patch})),
    ):
        for x0, y0, x1, y1 in marks:
            wide = np.minimum(letters[:, 2], x1) - np.maximum(letters[:, 0], x0)
            high = np.minimum(letters[:, 3], y1) - np.maximum(letters[:, 1], y0)
            meets = (wide > 0.5) & (high > 0.5)
            if kind == "bar":  # a number may stand within its bar, not across the bar's end
                meets &= (letters[:, 0] < x0 - 0.5) | (letters[:, 2] > x1 + 0.5)
            problems += [
                f"{texts[i]!r} meets the {kind} at {x0:.0f}, {y0:.0f}" for i in np.flatnonzero(meets)
            ]
    return problems


def dot_boxes(artists: list[Artist], dpi: float) -> list[tuple[float, float, float, float]]:
    """Return the boxes of all dots, a tenth smaller, as a dot's corners are empty."""
    found = []
    for line in artists:
        if (
            not isinstance(line, Line2D)
            or line.get_marker() in ("None", None, "", " ")
            or not line.get_visible()
            or not len(line.get_xdata())
        ):
            continue
        half = 0.4 * line.get_markersize() * dpi / 72
        places = line.get_transform().transform(
            np.column_stack([line.get_xdata(), line.get_ydata()]).astype(float)
        )
        found += [(x - half, y - half, x + half, y + half) for x, y in places if np.isfinite([x, y]).all()]
    return found


def interval_boxes(artists: list[Artist]) -> list[tuple[float, float, float, float]]:
    """Return horizontal lines that are thicker than hairlines: the intervals."""
    several = [artist for artist in artists if isinstance(artist, LineCollection)]
    pieces = [(lines, ends) for lines in several for ends in lines.get_segments()]
    pieces += [
        (line, line.get_xydata())
        for line in artists
        if isinstance(line, Line2D)
        and line.get_linestyle() == "-"
        and line.get_linewidth() > 0.8
        and len(line.get_xdata()) == 2
    ]
    found = []
    for lines, ends in pieces:
        (x0, y0), (x1, y1) = lines.get_transform().transform(np.asarray(ends, dtype=float))[[0, -1]]
        if len(ends) == 2 and abs(y0 - y1) < 0.01:
            found.append((min(x0, x1), y0 - 0.5, max(x0, x1), y1 + 0.5))
    return found


def bar_boxes(artists: list[Artist], grounds: set[Artist]) -> list[tuple[float, float, float, float]]:
    """Return the rectangles that stand for numbers."""
    return [
        tuple(bar.get_window_extent().extents)
        for bar in artists
        if isinstance(bar, Rectangle)
        and bar not in grounds
        and bar.get_visible()
        and bar.get_width()
        and to_hex(bar.get_facecolor()) != THEME.tint
    ]


def seen(figure: Figure) -> list[str]:
    """Return the texts of a figure."""
    return [text for text, _ in text_boxes(figure)]


@pytest.fixture
def made() -> SimpleNamespace:
    """Builders of results with known numbers."""
    return SimpleNamespace(
        profile=say_do_profile,
        dimensions=many_dimensions,
        organizations=organizations,
        gaps=gaps_from,
        slope=slope_from,
        source=SOURCE,
    )


@pytest.fixture
def looks() -> SimpleNamespace:
    """What can be seen of a figure."""
    return SimpleNamespace(problems=text_problems, texts=seen, boxes=text_boxes)


@pytest.fixture
def unchanged() -> Callable[[Any, Callable[[], object]], None]:
    """Run something and check that the frames of a result are as before."""

    def check(result: Any, action: Callable[[], object]) -> None:
        frames = {name: value for name, value in vars(result).items() if isinstance(value, pd.DataFrame)}
        before = {name: frame.copy(deep=True) for name, frame in frames.items()}
        action()
        for name, frame in frames.items():
            pd.testing.assert_frame_equal(frame, before[name])

    return check
