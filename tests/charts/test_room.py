"""Every chart of rows keeps its texts apart and within the figure, from 3 to 60 rows, at every preset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from cfanalysis import charts
from cfanalysis.theme.style import Preset, apply_theme, preset

from . import results

TITLE = "The top quartile does what it says; below it, the gap is twice as wide in all four dimensions"
UNLIKE = ("document", "slide", "thumbnail")  # of a free height; of a given one; without small texts
ALIKE = tuple(size for size in get_args(Preset) if size not in UNLIKE)
SIZES = (*UNLIKE, *(pytest.param(size, marks=pytest.mark.slow) for size in ALIKE))
OF_ROWS: dict[str, tuple[Callable[..., Any], Callable[[int], Any]]] = {
    "aspects": (charts.gap_by_aspect, results.aspects),
    "roles": (charts.role_differences, results.roles),
    "practices": (charts.practice_profile, results.practices),
    "client practices": (charts.practice_profile, results.client_practices),
    "answers": (charts.likert_bars, results.answers),
    "bands": (charts.quartile_bands, lambda n: results.bands(n, client="Alder " * 12)),
    "pairs": (charts.pair_heat_table, results.pairs),
    "signs": (charts.warning_sign_bars, results.signs),
    "client signs": (charts.warning_sign_bars, results.client_signs),
    "sectors": (charts.sector_change, results.sectors),
    "estimates": (charts.forest, results.estimates),
    "specifications": (charts.specification_curve, results.specifications),
}
OTHERS: dict[str, tuple[Callable[..., Any], Any]] = {
    "expectations": (charts.expectation_bars, results.outcomes()),
    "levels": (charts.level_strip, results.levels()),
    "an empty level": (charts.level_strip, results.levels((0.0, 0.99, 0.01))),
    "two waves": (charts.trend, results.waves(2)),
    "one wave": (charts.trend, results.waves(1)),
    "12 waves": (charts.trend, results.waves(12)),
    "equal lines": (charts.trend, results.waves(3, equal=True)),
    "spread": (charts.gap_histogram, results.spread()),
    "one class": (charts.gap_histogram, results.spread((60,), first=0.4)),
}


def small_letters(figure: Figure) -> set[float]:
    return {
        round(text.get_fontsize(), 3)
        for text in figure.findobj(Text)
        if isinstance(text, Text) and text.get_visible() and text.get_text().strip()
    }


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("n", [1, 12, 60, pytest.param(3, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", OF_ROWS)
def test_rows_have_room(looks, name, n, size):
    """No text meets another or leaves the figure, and no letter is below the preset's smallest."""
    chart, build = OF_ROWS[name]
    theme = preset(size)
    with apply_theme(theme):
        figure = chart(build(n), title=TITLE).figure
    assert looks.problems(figure) == []
    assert min(small_letters(figure)) >= theme.smallest * 0.999


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", OTHERS)
def test_others_have_room(looks, name, size):
    """The same holds for the charts that are not made of rows."""
    chart, result = OTHERS[name]
    with apply_theme(preset(size)):
        figure = chart(result, title=TITLE).figure
    assert looks.problems(figure) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("n", [15, 60])
def test_dumbbells_and_profiles_have_room_for_60_dimensions(looks, made, n, size):
    """Profiles of many dimensions and three groups fit every preset, with letters that can be read."""
    theme = preset(size)
    profile = made.dimensions(results.labels(n), ("Alder " * 12, *results.GROUPS))
    for chart in (charts.say_do_dumbbell, charts.dimension_profile):
        with apply_theme(theme):
            figure = chart(profile, title=TITLE).figure
        assert looks.problems(figure) == [], chart.__name__
        assert min(small_letters(figure)) >= theme.smallest * 0.999


@pytest.mark.parametrize("n", [3, 4, 8])
def test_radar_has_room(looks, made, n):
    """A radar's labels stand around it."""
    for size in get_args(Preset):
        with apply_theme(preset(size)):
            figure = charts.dimension_profile(
                made.dimensions(results.labels(n), results.GROUPS), radar=True
            ).figure
        assert looks.problems(figure) == [], size


def test_rows_that_do_not_fit_are_counted(looks):
    """Sixty rows in a picture of a given height: the first and the last are shown, and how many are not is said."""
    with apply_theme(preset("slide")):
        axes = charts.gap_by_aspect(results.aspects(60))
    shown = len(axes.get_yticks())
    said = [text for text in looks.texts(axes.figure) if "not shown" in text]
    assert 3 <= shown < 60
    assert said == [f"… {60 - shown} of 60 rows are not shown here …"]
    ends = [axes.get_yticklabels()[i].get_text().split()[-1] for i in (0, -1)]
    assert ends == ["1", "60"]


@pytest.mark.parametrize("name", [name for name in OF_ROWS if name not in ("estimates", "specifications")])
def test_all_rows_are_shown_where_the_height_is_free(name):
    """On a page or in a blog nothing is left out."""
    chart, build = OF_ROWS[name]
    axes = chart(build(60))
    assert len(axes.get_yticks()) == 60


def test_a_thumbnail_keeps_title_and_marks_only(looks):
    """No numbers, no subtitle, no source; but that data are synthetic stays."""
    with apply_theme(preset("thumbnail")):
        axes = charts.practice_profile(results.practices(4), title="Finding", subtitle="Measure and n")
    texts = " ".join(looks.texts(axes.figure))
    assert "Finding" in texts
    assert "Synthetic data." in texts
    assert "Measure" not in texts
    assert "Source" not in texts
    assert "+12.0" not in texts
    dots = [
        line for line in axes.lines if line.get_marker() == "o" and line.get_transform() == axes.transData
    ]
    assert len(dots[0].get_xdata()) == 4


def test_charts_compose_in_small_multiples(looks):
    """Several charts stand in one figure, each within its place."""
    figure = Figure(figsize=(14, 10))
    places = figure.subplots(3, 3).ravel()
    for axes, (name, (chart, build)) in zip(places, list(OF_ROWS.items())[:9], strict=True):
        assert chart(build(5), ax=axes) is axes, name
    assert looks.problems(figure) == []


@pytest.mark.parametrize("name", OF_ROWS)
def test_results_are_not_changed(name, unchanged):
    """Drawing leaves the result's frames as they were."""
    chart, build = OF_ROWS[name]
    result = build(5)
    unchanged(result, lambda: chart(result))


def test_values_that_are_missing_leave_no_mark(looks):
    """A row without values keeps its label; nothing is drawn in it."""
    result = results.aspects(3)
    result.frame.loc[result.frame["aspect"] == "a1", ["gap", "low", "high"]] = np.nan
    texts = looks.texts(charts.gap_by_aspect(result).figure)
    assert texts.count("–") == 2


def test_the_check_of_room_sees_what_it_should(looks):
    """A text planted on a dot, on an interval, or across a bar's end is reported."""
    dots = charts.forest(results.estimates(3))
    line = next(line for line in dots.lines if line.get_marker() == "o")
    dots.text(line.get_xdata()[0], line.get_ydata()[0], "planted", va="center", ha="center")
    found = " ".join(looks.problems(dots.figure))
    assert "'planted' meets the dot" in found
    assert "'planted' meets the interval" in found
    bars = charts.warning_sign_bars(results.signs(3))
    bars.text(50.0, bars.get_yticks()[0], "planted", va="center", ha="center")
    assert "'planted' meets the bar" in " ".join(looks.problems(bars.figure))
