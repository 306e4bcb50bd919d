"""The dumbbell by its geometry."""

from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.figure import Figure

from cfanalysis.charts import say_do_dumbbell
from cfanalysis.core.errors import AnalysisError
from cfanalysis.theme.style import THEME

GROUPS = ("Top quartile", "Rest")
ROWS = [
    ("Leadership", "Top quartile", 81.0, 78.0, 30),
    ("Leadership", "Rest", 80.0, 62.5, 90),
    ("People", "Top quartile", 70.0, 74.5, 30),
    ("People", "Rest", 71.0, 71.0, 90),
]


def marks(axes, kind):
    """Return x of the marks of each group: Say is hollow, Do is filled."""
    hollow = kind == "say"
    lines = [line for line in axes.lines if line.get_marker() not in ("None", "none", None, "")]
    data = [line for line in lines if line.get_transform() == axes.transData]
    paper = THEME.paper
    return [list(line.get_xdata()) for line in data if (line.get_markerfacecolor() == paper) == hollow]


def test_say_and_do_stand_at_their_scores(made):
    """Each group's hollow marks stand at its Say, the filled ones at its Do, in the order of the frame."""
    axes = say_do_dumbbell(made.profile(ROWS, GROUPS))
    assert marks(axes, "say") == [[81.0, 70.0], [80.0, 71.0]]
    assert marks(axes, "do") == [[78.0, 74.5], [62.5, 71.0]]


def test_bars_join_say_and_do(made):
    """A bar goes from Say to Do, also where Do is above Say."""
    axes = say_do_dumbbell(made.profile(ROWS, GROUPS))
    bars = [line for line in axes.lines if len(line.get_xdata()) == 6]
    xs = np.array(bars[0].get_xdata(), dtype=float)
    assert xs[[0, 1, 3, 4]].tolist() == [81.0, 78.0, 70.0, 74.5]
    assert math.isnan(xs[2])


def test_gaps_are_written_with_their_sign(made, looks):
    """The gap column shows Say minus Do with one decimal, negative with a minus sign, equal as 0.0."""
    texts = looks.texts(say_do_dumbbell(made.profile(ROWS, GROUPS)).figure)
    assert {"3.0", "17.5", "−4.5", "0.0"} <= set(texts)


def test_dimensions_stand_from_top_to_bottom_in_the_order_of_the_frame(made):
    """The y axis runs downwards and the ticks are the dimensions."""
    axes = say_do_dumbbell(made.profile(ROWS, GROUPS))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Leadership", "People"]
    first, second = axes.get_yticks()
    bottom, top = axes.get_ylim()
    assert top == 0
    assert top < first < second < bottom


def test_n_stands_beside_each_group(made, looks):
    """The key shows the number of organizations of each group, but none for one organization's own row."""
    rows = [("People", "Alder Logistics", 70.0, 60.0, 1), ("People", "Top quartile", 70.0, 65.0, 1200)]
    texts = looks.texts(say_do_dumbbell(made.profile(rows, ("Alder Logistics", "Top quartile"))).figure)
    assert "Alder Logistics" in texts
    assert "Top quartile (n = 1,200)" in texts


def test_differing_n_is_shown_as_a_range(made, looks):
    """Where dimensions rest on different numbers of organizations, the key shows the lowest and highest."""
    rows = [("People", "Rest", 70.0, 60.0, 28), ("Products", "Rest", 70.0, 65.0, 30)]
    assert "Rest (n = 28–30)" in looks.texts(say_do_dumbbell(made.profile(rows, ("Rest",))).figure)


def test_groups_differ_in_colour_and_shape(made):
    """Three groups have three shapes; only the first is in the accent."""
    groups = ("Alder Logistics", "Top quartile", "Benchmark median")
    axes = say_do_dumbbell(made.dimensions(["People"], groups))
    dots = [line for line in axes.lines if line.get_zorder() == 4 and line.get_transform() == axes.transData]
    assert len({line.get_marker() for line in dots}) == 3
    assert [line.get_color() == THEME.accent for line in dots] == [True, False, False]


def test_missing_scores_are_said(made, looks):
    """A group without scores says so, one with only Do shows it, and neither has a gap."""
    nan = float("nan")
    rows = [
        ("People", "Top quartile", nan, nan, 30),
        ("People", "Rest", nan, 71.0, 90),
        ("Products", "Rest", 71.0, 60.0, 90),
    ]
    texts = looks.texts(say_do_dumbbell(made.profile(rows, GROUPS)).figure)
    assert texts.count("no data") == 2
    assert texts.count("–") == 3
    assert "71.0" in texts


def test_say_and_do_are_named_once_apart_from_each_other(made, looks):
    """The names stand above the first dumbbell, Do to the left where Do is the lower one."""
    for do in (81.0, 80.9, 40.0):
        figure = say_do_dumbbell(made.profile([("People", "Rest", 81.0, do, 9)], ("Rest",))).figure
        boxes = [(text, box) for text, box in looks.boxes(figure) if text in ("Say", "Do")]
        (_, say), (_, low) = sorted(boxes, key=lambda entry: entry[0] == "Do")
        assert low.x1 < say.x0


def test_scores_are_compared_on_given_limits(made):
    """Given limits are kept, and widened only as far as a score lies outside."""
    profile = made.profile(ROWS, GROUPS)
    assert say_do_dumbbell(profile, limits=(50, 100)).get_xlim() == (50, 100)
    assert say_do_dumbbell(profile, limits=(65, 100)).get_xlim() == (62.5, 100)


def test_small_differences_do_not_fill_the_plot(made):
    """The score axis spans at least 15 points, and no tick lies outside of 0 to 100."""
    axes = say_do_dumbbell(made.profile([("People", "Rest", 99.5, 99.0, 9)], ("Rest",)))
    low, high = axes.get_xlim()
    assert high - low >= 15
    assert max(axes.get_xticks()) <= 100


def test_height_follows_the_rows(made):
    """A figure of its own is as high as its dimensions need."""
    few, many = (say_do_dumbbell(made.dimensions(list(names), GROUPS)).figure for names in ("AB", "ABCDEFGH"))
    assert many.get_figheight() > 1.8 * few.get_figheight()


def test_long_names_are_wrapped_not_shortened(made):
    """Every word of a long dimension name is there, in lines within a third of the width."""
    name = "Employee satisfaction mirrored in customer satisfaction across all regions"
    axes = say_do_dumbbell(made.dimensions([name], GROUPS))
    label = axes.get_yticklabels()[0].get_text()
    assert label.split() == name.split()
    assert "\n" in label


def test_composes_into_a_given_axes(made):
    """Given an Axes, it is drawn there and returned, within the place that it had."""
    figure = Figure(figsize=(10, 4))
    left, right = figure.subplots(1, 2)
    place = left.get_position()
    assert say_do_dumbbell(made.profile(ROWS, GROUPS), ax=left) is left
    now = left.get_position()
    assert place.x0 <= now.x0 < now.x1 <= place.x1
    assert place.y0 <= now.y0 < now.y1 <= place.y1
    assert not right.lines


def test_result_is_not_changed(made, unchanged):
    """Drawing leaves the result's frame as it was."""
    profile = made.profile(ROWS, GROUPS)
    unchanged(profile, lambda: say_do_dumbbell(profile))


def test_nothing_to_draw_is_an_error(made):
    """A profile without rows is refused."""
    with pytest.raises(AnalysisError, match="nothing to draw"):
        say_do_dumbbell(made.profile([], GROUPS))
