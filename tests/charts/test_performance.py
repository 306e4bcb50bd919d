"""The gap against performance by its geometry."""

from __future__ import annotations

import numpy as np
import pytest

from cfanalysis.charts import gap_against_performance
from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.effects import Estimate
from cfanalysis.theme.style import THEME


def dots(axes):
    """Return the places of the dots: the rest, then the top quartile."""
    return [np.asarray(c.get_offsets()) for c in axes.collections if len(c.get_offsets()) > 1]


def test_dots_stand_at_criterion_and_gap(made):
    """x is the criterion and y the gap; the top quartile is drawn last, over the rest."""
    table = made.organizations(40)
    rest, top = dots(gap_against_performance(made.slope(table)))
    expected = table.loc[table["quartile"] == "Top", ["criterion", "gap"]].to_numpy()
    assert sorted(map(tuple, top.tolist())) == sorted(map(tuple, expected.tolist()))
    assert len(rest) == 30


def test_line_and_band_are_those_of_the_result(made):
    """The line goes through the result's grid and the band lies around it."""
    slope = made.slope(made.organizations(40))
    axes = gap_against_performance(slope)
    line = next(line for line in axes.lines if line.get_color() == THEME.finding)
    assert np.allclose(line.get_ydata(), slope.line["gap"])
    assert np.allclose(line.get_xdata(), slope.line["criterion"])
    low, high = axes.get_ylim()
    assert low < slope.line["low"].min()
    assert high > slope.line["high"].max()


def test_slope_is_written_with_unit_and_interval(made, looks):
    """Beside the line stand the slope, its unit and its interval."""
    texts = looks.texts(gap_against_performance(made.slope(made.organizations(40))).figure)
    assert {"Slope −0.15", "points per SD", "95% interval", "−0.21 to −0.09"} <= set(texts)


def test_slope_without_interval(made, looks):
    """A slope that has no interval is written alone."""
    slope = made.slope(made.organizations(40))
    slope.slope = Estimate(0.02)
    texts = looks.texts(gap_against_performance(slope).figure)
    assert "Slope +0.02" in texts
    assert "95% interval" not in texts


def test_top_quartile_is_shaded_from_its_cut(made):
    """The shaded ground begins at the cut and ends at the end of the axis."""
    slope = made.slope(made.organizations(40))
    axes = gap_against_performance(slope)
    ground = axes.patches[0]
    assert ground.get_x() == pytest.approx(slope.cut)
    assert ground.get_x() + ground.get_width() == pytest.approx(axes.get_xlim()[1])


def test_criterion_and_source_are_written(made, looks):
    """The axis has the criterion; of what stands around the plot a chart without words of its caller has the source."""
    slope = made.slope(made.organizations(40))
    texts = looks.texts(gap_against_performance(slope).figure)
    assert slope.source.caption in texts
    assert "Performance against competitors (0–100)" in texts


def test_top_quartile_differs_in_shape_too(made):
    """The two sets of dots have different shapes, not only colours."""
    collections = gap_against_performance(made.slope(made.organizations(40))).collections
    rest, top = (c.get_paths()[0] for c in collections if len(c.get_offsets()) > 1)
    assert len(rest.vertices) != len(top.vertices)


def test_rows_without_gap_or_criterion_are_left_out(made):
    """An organization that lacks one of the two has no dot."""
    table = made.organizations(40)
    slope = made.slope(table)
    slope.organizations.loc[0, "gap"] = np.nan
    rest, top = dots(gap_against_performance(slope))
    assert len(rest) + len(top) == 39


def test_one_quartile_only(made):
    """All organizations in one quartile (all tied) are drawn without cuts."""
    table = made.organizations(12).assign(quartile="Top")
    assert len(dots(gap_against_performance(made.slope(table)))) == 1


def test_result_is_not_changed(made, unchanged):
    """Drawing leaves the result's frames as they were."""
    slope = made.slope(made.organizations(40))
    unchanged(slope, lambda: gap_against_performance(slope))


def test_nothing_to_draw_is_an_error(made):
    """A result without organizations is refused."""
    slope = made.slope(made.organizations(40))
    slope.organizations = slope.organizations.iloc[:0]
    with pytest.raises(AnalysisError, match="nothing to draw"):
        gap_against_performance(slope)
