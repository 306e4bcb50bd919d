"""Forest and specification curve by their geometry."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cfanalysis.charts import forest, specification_curve
from cfanalysis.charts.plot import figure_of
from cfanalysis.charts.spots import row_ends
from cfanalysis.core.errors import AnalysisError
from cfanalysis.survey.survey_data import Source
from cfanalysis.theme.style import THEME, apply_theme, preset

from . import results

SOURCE = Source("sample", "Made Survey", ("2024",), synthetic=True)
COLUMNS = ["group", "label", "estimate", "low", "high", "unit", "n", "strong"]


def rows_of(*rows: tuple[object, ...]) -> SimpleNamespace:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    about = {"measure": "Rest minus top", "criterion": "Performance", "n": 60, "source": SOURCE}
    return SimpleNamespace(frame=frame, **about, signed=True)


ROWS = (
    ("Verdict", "Raw", 0.2, 0.1, 0.3, "points", 60, True),
    ("Verdict", "Beyond", 0.1, -0.1, 0.3, "points", 60, False),
    ("Ranks", "Cliff's delta", 0.4, 0.2, 0.6, "difference of probabilities", 60, False),
)


def marks(axes):
    """Return the places of single marks: estimate by estimate."""
    return [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines if len(line.get_xdata()) == 1]


def test_marks_stand_at_their_estimates():
    """In the first unit x is the estimate; rows go down in order."""
    found = marks(forest(rows_of(*ROWS)))
    assert [x for x, _ in found[:2]] == [0.2, 0.1]
    ys = [y for _, y in found]
    assert ys == sorted(ys)


def test_another_unit_has_its_own_scale_and_the_same_zero():
    """The mark of the other unit keeps its sign and lies within the plot."""
    axes = forest(rows_of(*ROWS))
    x, _ = marks(axes)[2]
    low, high = axes.get_xlim()
    assert low < 0 < x < high


def test_numbers_are_written_with_their_intervals():
    """Estimate and interval stand in words, with three decimals where they are narrow."""
    axes = forest(rows_of(*ROWS, ("Small", "Narrow", 0.04, 0.03, 0.05, "odds", 60, False)))
    texts = {text.get_text() for text in axes.texts}
    assert {"+0.20 (0.10 to 0.30)", "+0.10 (−0.10 to 0.30)", "+0.040 (0.030 to 0.050)"} <= texts


def test_a_row_without_interval_is_a_mark_alone():
    """No interval, no bar, no empty brackets."""
    axes = forest(rows_of(("", "Alone", 0.2, np.nan, np.nan, "points", 60, False)))
    assert "+0.20" in {text.get_text() for text in axes.texts}


def test_one_heading_has_one_unit():
    """Two units under one heading cannot share an axis."""
    with pytest.raises(AnalysisError, match="different units"):
        forest(rows_of(*ROWS[:2], ("Verdict", "Other", 0.1, 0.0, 0.2, "odds", 60, False)))


def test_nothing_to_draw():
    """An empty table is refused in words."""
    with pytest.raises(AnalysisError, match="nothing to draw"):
        forest(rows_of())


def curve_of(frame: pd.DataFrame) -> SimpleNamespace:
    options = {"criterion": ("other respondents", "overall score"), "cut": ("67%", "75%")}
    curve = SimpleNamespace(frame=frame, options=options, unit="points")
    return SimpleNamespace(specifications=curve, source=SOURCE)


def specifications() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "criterion": ["other respondents", "overall score", "other respondents", "overall score"],
            "cut": ["67%", "67%", "75%", "75%"],
            "estimate": [0.1, 0.2, 0.3, 0.4],
            "low": [0.0, 0.1, 0.2, 0.3],
            "high": [0.2, 0.3, 0.4, 0.5],
            "circular": [False, True, False, True],
        }
    )


def test_estimates_rise_from_left_to_right_and_choices_stand_below():
    """Column by column; a mark in the row of each option that was chosen, none in the others."""
    axes = specification_curve(curve_of(specifications()))
    places = {
        (round(x), round(float(y), 3))
        for line in axes.lines
        if line.get_linestyle() == "None"
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }
    # Four estimates, and for each column one mark in either choice.
    assert len(places) == 4 + 2 * 4
    assert {x for x, _ in places} == {0, 1, 2, 3}


def test_circular_specifications_are_hollow():
    """What cuts on the overall score is drawn in grey and hollow."""
    axes = specification_curve(curve_of(specifications()))
    faces = {line.get_markerfacecolor() for line in axes.lines if line.get_linestyle() == "None"}
    assert {THEME.accent, THEME.paper} <= faces


def test_no_specification():
    """Without any specification nothing is drawn."""
    with pytest.raises(AnalysisError, match="no specification"):
        specification_curve(curve_of(specifications().iloc[:0]))


def test_rows_are_left_out_rather_than_letters_made_too_small(looks):
    """Sixty estimates in a picture of a given height: first and last are shown, and how many are not is said."""
    for size in ("slide", "thumbnail"):
        with apply_theme(preset(size)) as theme:
            axes = forest(results.estimates(60))
        shown = len(marks(axes))
        said = [text for text in looks.texts(axes.figure) if "not shown" in text]
        assert said == [f"… {60 - shown} of 60 rows are not shown here …"]
        letters = [text.get_fontsize() for text in axes.texts if text.get_text().strip()]
        assert min(letters) >= theme.smallest * 0.999


def test_choices_are_left_out_where_the_height_is_short(looks):
    """The curve stays; choices that do not fit are counted, and a thumbnail shows the curve alone."""
    with apply_theme(preset("slide")):
        texts = looks.texts(specification_curve(results.specifications(30)).figure)
    assert any("choices are not shown" in text for text in texts)
    with apply_theme(preset("thumbnail")):
        texts = looks.texts(specification_curve(results.specifications(3)).figure)
    assert not {"Criterion", "Cut", "Wave"} & set(texts)


def test_shares_have_no_signs(looks):
    """Where nothing can lie below 0 a plus sign says nothing."""
    rows = rows_of(*ROWS)
    rows.signed = False
    texts = looks.texts(forest(rows).figure)
    assert "0.20 (0.10 to 0.30)" in texts


def test_each_part_of_a_chart_that_goes_on_over_a_page_has_its_axis() -> None:
    """The axis of several sections stands above them, where each part has it; a section with its own is not cut."""
    points = [(group, f"Row {i}", 0.2, 0.1, 0.3, "points", 60, False) for group in "AB" for i in range(3)]
    odds = [("Odds", f"Row {i}", 0.4, 0.2, 0.6, "odds", 60, False) for i in range(3)]
    axes = forest(rows_of(*points, *odds))
    assert len(row_ends(figure_of(axes))) == 1 + len(points) + 1
    tops = [text.xy[1] for text in axes.texts if text.get_text() in ("0.05", "points")]
    assert tops == [0.0, 0.0]
    assert len(row_ends(figure_of(forest(rows_of(*points[:3], *odds))))) == 1 + 2
