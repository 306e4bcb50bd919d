"""Results with known numbers to draw, and the boxes of what was drawn."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from cfanalysis.effects import Estimate
from cfanalysis.survey import Source

SOURCE = Source("sample", "Customer Focus Self Assessment", ("2024", "2025"), synthetic=True)
QUARTILES = ("Top", "Upper middle", "Lower middle", "Bottom")
CRITERION = "Performance against competitors"


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


def text_boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """Return each text that is seen, with its box in pixels."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = [
        (text.get_text(), text.get_window_extent(canvas.get_renderer()))
        for text in figure.findobj(Text)
        if isinstance(text, Text) and text.get_visible() and text.get_text().strip()
    ]
    return [(text, box) for text, box in boxes if box.width > 0]


def text_problems(figure: Figure) -> list[str]:
    """Return which texts leave the figure and which overlap; boxes hold room above and below the letters."""
    boxes, whole = text_boxes(figure), figure.bbox
    problems = [
        f"{text!r} leaves the figure"
        for text, box in boxes
        if min(box.x0 - whole.x0, whole.x1 - box.x1, box.y0 - whole.y0, whole.y1 - box.y1) < -0.5
    ]
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        if wide > 0.5 and high > 0.2 * min(a.height, b.height):
            problems.append(f"{one!r} overlaps {other!r}")
    return problems


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
