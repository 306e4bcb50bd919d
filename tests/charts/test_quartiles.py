"""The estimation plot by its geometry."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection

from cfanalysis.charts import quartile_gap
from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.effects import Estimate
from cfanalysis.theme.style import THEME

TABLE = pd.DataFrame(
    {
        "quartile": ["Top", "Top", "Upper middle", "Upper middle", "Lower middle", "Bottom", "Bottom"],
        "criterion": [90.0, 80.0, 70.0, 65.0, 50.0, 40.0, 30.0],
        "gap": [0.2, 0.4, 0.5, 0.3, 0.6, -0.2, 1.4],
    }
)


def means(axes):
    """Return x of the means and of the difference, top to bottom."""
    marks = [line for line in axes.lines if line.get_marker() in ("o", "D")]
    assert [line.get_ydata()[0] for line in marks] == sorted(line.get_ydata()[0] for line in marks)
    return [round(float(line.get_xdata()[0]), 9) for line in marks]


def test_means_stand_at_the_gaps_top_quartile_first(made):
    """Four means stand at their gaps, from the top quartile down, and the difference below them."""
    assert means(quartile_gap(made.gaps(TABLE)))[:4] == [0.3, 0.4, 0.6, 0.6]


def test_difference_is_measured_from_the_top_quartile(made):
    """The difference stands at the top quartile's mean plus Delta, and its axis has 0 at that mean."""
    gaps = made.gaps(TABLE)
    gaps.delta = Estimate(0.25, 0.05, 0.45)
    axes = quartile_gap(gaps)
    assert means(axes)[4] == pytest.approx(0.3 + 0.25)
    below = axes.child_axes[0]
    axes.figure.draw_without_rendering()
    low, high = axes.get_xlim()
    assert below.get_xlim() == pytest.approx((low - 0.3, high - 0.3))
    assert "0" in [label.get_text() for label in below.get_xticklabels()]


def test_intervals_end_at_low_and_high(made):
    """Each interval is a line from low to high; a single organization has none."""
    axes = quartile_gap(made.gaps(TABLE))
    lines = [
        line.get_xdata() for line in axes.lines if line.get_marker() == "None" and line.get_zorder() == 3
    ]
    ends = [tuple(np.round(np.asarray(x, dtype=float), 9)) for x in lines]
    assert ends[:3] == [(0.2, 0.4), (0.3, 0.5), (0.5, 0.7)]
    assert len(ends) == 4


def test_every_organization_is_a_dot_at_its_gap(made):
    """Dots keep their gap exactly; steps aside change the row's place only."""
    axes = quartile_gap(made.gaps(TABLE))
    swarms = [
        np.asarray(c.get_offsets())[:, 0].tolist() for c in axes.collections if isinstance(c, PathCollection)
    ]
    assert swarms == [[0.2, 0.4], [0.3, 0.5], [0.6], [-0.2, 1.4]]


def test_n_mean_and_interval_are_written(made, looks):
    """Beside each quartile stand n, the mean and its interval; beside the difference its sign."""
    texts = looks.texts(quartile_gap(made.gaps(TABLE)).figure)
    assert {"Top", "Upper middle", "Lower middle", "Bottom", "Difference", "rest − top"} <= set(texts)
    assert texts.count("n = 2") == 3
    assert texts.count("n = 1") == 1
    assert {"0.30", "0.20 to 0.40", "95% interval"} <= set(texts)
    assert "+0.22" in texts


def test_narrow_intervals_are_written_with_three_digits(made, looks):
    """The numbers have as many digits as the difference needs, as in the sentences."""
    gaps = made.gaps(TABLE)
    gaps.delta = Estimate(0.046, 0.004, 0.07)
    texts = looks.texts(quartile_gap(gaps).figure)
    assert {"+0.046", "0.004 to 0.070", "0.300"} <= set(texts)


def test_empty_quartile_is_said(made, looks):
    """A quartile without organizations keeps its row, without marks."""
    axes = quartile_gap(made.gaps(TABLE[TABLE["quartile"] != "Lower middle"]))
    texts = looks.texts(axes.figure)
    assert {"Lower middle", "no organizations", "–"} <= set(texts)
    assert len(means(axes)) == 4


def test_without_a_top_quartile_there_is_no_difference(made, looks):
    """Where the top quartile is empty the difference shows a dash and no axis."""
    axes = quartile_gap(made.gaps(TABLE[TABLE["quartile"] != "Top"]))
    assert not axes.child_axes
    assert "rest − top" in looks.texts(axes.figure)


def test_estimate_without_interval_is_drawn_alone(made, looks):
    """A difference that has no interval is still a mark and a number."""
    gaps = made.gaps(TABLE)
    gaps.delta = Estimate(0.25)
    axes = quartile_gap(gaps)
    assert means(axes)[4] == pytest.approx(0.55)
    assert "+0.25" in looks.texts(axes.figure)


def test_zero_and_every_value_lie_within_the_axis(made):
    """The gap axis holds 0, every dot and every interval."""
    low, high = quartile_gap(made.gaps(TABLE)).get_xlim()
    assert low < -0.2
    assert high > 1.4


def test_only_the_top_quartile_is_in_the_accent(made):
    """The top quartile's mean has the accent, the other quartiles grey, the difference its own colour."""
    axes = quartile_gap(made.gaps(TABLE))
    colours = [line.get_color() for line in axes.lines if line.get_marker() in ("o", "D")]
    assert colours == [THEME.accent, *[THEME.muted] * 3, THEME.finding]


def test_no_organizations_in_an_extract_still_shows_the_means(made):
    """Without rows of organizations (a client's extract) the means and the difference are drawn."""
    gaps = made.gaps(TABLE)
    gaps.organizations = gaps.organizations.iloc[:0]
    assert len(means(quartile_gap(gaps))) == 5


def test_result_is_not_changed(made, unchanged):
    """Drawing leaves the result's frames as they were."""
    gaps = made.gaps(TABLE)
    unchanged(gaps, lambda: quartile_gap(gaps))


def test_nothing_to_draw_is_an_error(made):
    """A result without quartiles is refused."""
    gaps = made.gaps(TABLE)
    gaps.frame = gaps.frame.iloc[:0]
    with pytest.raises(AnalysisError, match="nothing to draw"):
        quartile_gap(gaps)
