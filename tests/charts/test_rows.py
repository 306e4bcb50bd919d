"""The charts of rows by their geometry: where marks stand, how long bars are, what is written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from cfanalysis import charts
from cfanalysis.charts.tones import text_colour_on
from cfanalysis.core.errors import AnalysisError, ParameterError
from cfanalysis.theme.brand import blend, contrast_ratio
from cfanalysis.theme.style import THEME, apply_theme, preset

from . import results


def dots(axes, marker):
    """Return x of the marks of a shape that stand in the plot, top to bottom."""
    lines = [
        line for line in axes.lines if line.get_marker() == marker and line.get_transform() == axes.transData
    ]
    return [round(float(x), 6) for line in lines for x in line.get_xdata()]


def spans(axes):
    """Return the ends of horizontal lines."""
    found = []
    for lines in axes.collections:
        if isinstance(lines, LineCollection):
            for (x0, y0), (x1, y1) in lines.get_segments():
                if y0 == y1:
                    found.append((round(float(x0), 6), round(float(x1), 6)))
    return found


def bars(axes):
    """Return the rectangles in the plot as (left, width, colour), top to bottom, left to right."""
    found = [p for p in axes.get_children() if isinstance(p, Rectangle) and p is not axes.patch]
    data = [p for p in found if p.get_transform() == p.get_patch_transform() + axes.transData]
    data.sort(key=lambda p: (round(p.get_y(), 3), p.get_x()))
    return [(round(p.get_x(), 6), round(p.get_width(), 6), to_hex(p.get_facecolor())) for p in data]


def test_aspects_stand_at_their_gaps_with_intervals():
    """The top quartile's round marks and the rest's square ones, each with its interval, 0 within the axis."""
    axes = charts.gap_by_aspect(results.aspects(2))
    assert dots(axes, "o") == [20.0, 19.7]
    assert dots(axes, "s") == [25.0, 24.7]
    assert {(17.0, 23.0), (22.0, 28.0)} <= set(spans(axes))
    assert axes.get_xlim()[0] < 0


def test_negative_gaps_stand_left_of_zero(looks):
    """Where Do is above Say the mark is left of 0 and its number has a minus sign."""
    axes = charts.gap_by_aspect(results.aspects(2, negative=True))
    assert dots(axes, "o") == [-10.0, -10.3]
    assert "−10.0" in looks.texts(axes.figure)
    assert axes.get_xlim()[1] > 0


def test_groups_of_aspects_show_their_n(looks):
    """The key names both groups with the number of organizations."""
    texts = looks.texts(charts.gap_by_aspect(results.aspects(2)).figure)
    assert {"Top quartile (n = 30)", "Rest (n = 90)"} <= set(texts)


def test_roles_are_set_against_the_last_option(looks):
    """The reference has no row; each other role names it."""
    axes = charts.role_differences(results.roles(1))
    assert "against Front line" in axes.get_yticklabels()[0].get_text().replace("\n", " ")
    assert len(axes.get_yticks()) == 1
    assert {"−6.0", "+3.0", "+9.0"} <= set(looks.texts(axes.figure))


def test_practices_stand_by_their_difference(looks):
    """The largest difference comes first, whatever the order of the frame."""
    axes = charts.practice_profile(results.practices(3))
    first = axes.get_yticklabels()[0].get_text().replace("\n", " ")
    assert first.endswith(" 2")
    texts = looks.texts(axes.figure)
    assert [t for t in texts if t.startswith("+1")] == ["+14.8", "+12.0", "+11.6"]


def test_profile_shows_one_measure_of_each_group(made):
    """Do by default, Say or the gap when asked for."""
    profile = made.profile(
        [("People", "Top quartile", 81.0, 78.0, 30), ("People", "Rest", 80.0, 62.5, 90)], results.GROUPS
    )
    assert dots(charts.dimension_profile(profile), "o") == [78.0]
    assert dots(charts.dimension_profile(profile, measure="say"), "s") == [80.0]
    assert dots(charts.dimension_profile(profile, measure="gap"), "s") == [17.5]


def test_radar_needs_three_dimensions(made):
    """With fewer there is no area; the message names the dot plot."""
    with pytest.raises(AnalysisError, match="dot plot"):
        charts.dimension_profile(made.dimensions(["A", "B"], results.GROUPS), radar=True)


def test_answers_are_split_at_the_neutral_one():
    """Half of the neutral answers lie on either side of 0, in the scale's order."""
    axes = charts.likert_bars(results.answers(1))
    lefts, widths = zip(*[(x, w) for x, w, _ in bars(axes)], strict=True)
    neutral = widths[2]
    assert lefts[2] == pytest.approx(-neutral / 2)
    assert lefts[0] == pytest.approx(-neutral / 2 - widths[1] - widths[0])
    assert sum(widths) == pytest.approx(1)


def test_neutral_answers_stand_aside_or_are_dropped():
    """Aside they begin right of the longest bar; dropped they are not drawn, and shares keep their base."""
    aside = bars(charts.likert_bars(results.answers(1), neutral="aside"))
    lefts, widths = zip(*[(x, w) for x, w, _ in aside], strict=True)
    assert lefts[2] == pytest.approx(0)
    assert lefts[4] > lefts[3] + widths[3]
    dropped = bars(charts.likert_bars(results.answers(1), neutral="drop"))
    assert len(dropped) == 4
    assert sum(w for _, w, _ in dropped) == pytest.approx(1 - widths[4])


def test_any_centre_parts_the_answers():
    """Between two categories nothing is neutral; a scale of four has its centre there by itself."""
    halves = bars(charts.likert_bars(results.answers(1), centre=4.5))
    assert [x for x, _, _ in halves][-1] == pytest.approx(0)
    four = bars(charts.likert_bars(results.answers(1, shares=(0.1, 0.2, 0.3, 0.4))))
    assert [x for x, _, _ in four][2] == pytest.approx(0)
    with pytest.raises(ParameterError, match="one side"):
        charts.likert_bars(results.answers(1), centre=5)


def test_answers_are_ordered_by_agreement():
    """Most agreement first, or most disagreement, or as given."""
    result = results.answers(4)

    def ends(**options):
        labels = charts.likert_bars(result, **options).get_yticklabels()
        return [label.get_text().split()[-1] for label in labels]

    assert ends(order="given") == ends(order="agreement") == ["1", "2", "3", "4"]
    assert ends(order="disagreement") == ["4", "3", "2", "1"]


@pytest.mark.parametrize("accent", ["#0b6e75", "#ffd400", "#7f7f7f", "#c0c0c0"])
def test_letters_on_tones_can_be_read(accent):
    """Whatever the brand's colour, letters on any of its tones reach 4.5:1."""
    theme = THEME.replace(accent=accent)
    for share in np.linspace(0, 1, 41):
        tone = blend(theme.paper, accent, float(share))
        assert contrast_ratio(text_colour_on(tone, theme), tone) >= 4.5


def test_bands_run_from_the_low_to_the_high_quantile():
    """The pale band from 10 to 90 %, the dark one between the quartiles, the client's mark on them."""
    axes = charts.quartile_bands(results.bands(1, client="Alder"))
    assert {(x, w) for x, w, _ in bars(axes)} == {(40.0, 40.0), (50.0, 20.0)}
    assert dots(axes, "o") == [75.0]


def test_bands_without_a_client_have_no_mark(looks):
    """In public nobody is marked."""
    axes = charts.quartile_bands(results.bands(2))
    assert all(np.isnan(dots(axes, "o")))
    assert "Percentile" not in looks.texts(axes.figure)


def test_heat_table_has_a_number_in_every_cell(looks):
    """Each cell shows its gap with its sign; a missing one shows a dash on paper."""
    axes = charts.pair_heat_table(results.pairs(3))
    texts = looks.texts(axes.figure)
    assert {"10.0", "−10.1", "30.0"} <= set(texts)
    assert texts.count("–") == 1
    assert len(bars(axes)) == 15
    tones = {round(w, 2) for _, w, _ in bars(axes)}
    assert tones == {0.96}


def test_heat_is_stronger_for_wider_gaps_and_brown_below_zero():
    """The tone of the widest gap is darker than that of the narrowest; negative ones have another hue."""
    cells = bars(charts.pair_heat_table(results.pairs(2)))
    first, last, negative = cells[0][2], cells[4][2], cells[9][2]
    assert contrast_ratio(last, THEME.paper) > contrast_ratio(first, THEME.paper)
    red, _, blue = (int(negative[i : i + 2], 16) for i in (1, 3, 5))
    assert red > blue


def test_shares_are_lengths_from_zero():
    """Bars begin at 0 and are as long as the share in per cent, the most seen sign first."""
    axes = charts.warning_sign_bars(results.signs(3))
    assert [(x, w) for x, w, _ in bars(axes)] == [(0, 50.0), (0, 45.0), (0, 40.0)]
    assert axes.get_xlim()[0] == 0
    assert (45.0, 55.0) in spans(axes)


def test_best_outcome_stands_at_the_top():
    """Impressed above satisfied above disappointed."""
    axes = charts.expectation_bars(results.outcomes())
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "Impressed",
        "Satisfied",
        "Disappointed",
    ]
    assert [w for _, w, _ in bars(axes)] == [19.0, 64.0, 17.0]


def test_benchmark_is_marked_beside_a_clients_bars(looks):
    """A client's sign has no interval below the minimum, but the benchmark's share."""
    texts = looks.texts(charts.warning_sign_bars(results.client_signs(2)).figure)
    assert "Benchmark" in texts
    assert texts.count("30%") >= 2
    assert "95% interval" not in texts


def test_strip_is_cut_at_the_shares(looks):
    """Pieces are as long as the shares, low to high, and add up to the whole."""
    axes = charts.level_strip(results.levels())
    pieces = [(x, w) for x, w, _ in bars(axes)]
    assert [w for _, w in pieces] == pytest.approx([0.16, 0.48, 0.36])
    assert pieces[2][0] == pytest.approx(0.64)
    assert "Organizations: 16 (16%)" in looks.texts(axes.figure)


def test_sectors_stand_by_their_index_and_small_ones_are_left_out(looks):
    """The whole first, then the highest; a sector without interval is not shown; changes have signs."""
    axes = charts.sector_change(results.sectors(4))
    names = [label.get_text().replace("\n", " ").split()[-1] for label in axes.get_yticklabels()]
    assert names == ["organizations", "3", "2", "1"]
    assert looks.texts(axes.figure).count("+2.0") == 4


def test_an_index_of_one_wave_has_no_column_of_changes(looks):
    """Where there is no wave before, the index stands alone, without dashes for changes."""
    result = results.sectors(2)
    result.source = replace(result.source, waves=("2025",))
    result.frame, result.changes = result.frame[result.frame["wave"] == "2025"], result.changes.head(0)
    texts = looks.texts(charts.sector_change(result).figure)
    assert "Index" in texts
    assert "–" not in texts


@pytest.mark.parametrize("size", ["blog", "square"])
def test_columns_of_numbers_leave_the_plot_a_share_of_the_width(size):
    """Where long labels and three columns would squeeze the plot, the last columns are left out."""
    with apply_theme(preset(size)):
        axes = charts.sector_change(results.sectors(9))
    assert axes.get_position().width >= 0.2


def test_no_organization_is_named_in_a_sector_chart(looks):
    """Rows of single organizations in the result are never drawn."""
    result = results.sectors(2)
    row = result.frame.iloc[[1]].assign(scope="organization", name="Secret Ltd")
    result.frame = results.pd.concat([result.frame, row, row.assign(wave="2025")])
    assert "Secret Ltd" not in " ".join(looks.texts(charts.sector_change(result).figure))


def test_trend_shows_means_intervals_and_the_gap(looks):
    """Say and Do at their scores in each wave, named at the end; the gap between them is written."""
    axes = charts.trend(results.waves(2))
    marks = {
        line.get_marker(): list(line.get_ydata()) for line in axes.lines if line.get_linestyle() == "None"
    }
    assert marks == {"o": [60.0, 61.0], "s": [80.0, 80.0]}
    texts = looks.texts(axes.figure)
    assert {"Gap 20.0", "Gap 19.0", "Do 61.0", "Say 80.0"} <= set(texts)


def test_trend_names_stand_apart_where_lines_end_together(looks):
    """Two lines that end at one score have their names below each other."""
    figure = charts.trend(results.waves(3, equal=True)).figure
    assert looks.problems(figure) == []


def test_unknown_measure_is_refused():
    """The message names it."""
    with pytest.raises(AnalysisError, match="Profit"):
        charts.trend(results.waves(2), measures=("Profit",))


def test_classes_are_as_high_as_their_counts():
    """Bars stand at their classes; those below 0 have the finding's colour."""
    axes = charts.gap_histogram(results.spread())
    pieces = sorted(bars(axes))
    assert [(x, w) for x, w, _ in pieces][:2] == [(-0.2, 0.2), (0.0, 0.2)]
    assert pieces[0][2] == blend(THEME.paper, THEME.finding, 0.7)
    assert pieces[1][2] == blend(THEME.paper, THEME.accent, 0.7)


@pytest.mark.parametrize(
    ("chart", "result"),
    [
        (charts.gap_by_aspect, results.aspects(0)),
        (charts.role_differences, results.roles(0)),
        (charts.practice_profile, results.practices(0)),
        (charts.likert_bars, results.answers(0)),
        (charts.quartile_bands, results.bands(0)),
        (charts.pair_heat_table, results.pairs(0)),
        (charts.warning_sign_bars, results.signs(0)),
        (charts.trend, results.waves(0)),
        (charts.gap_histogram, results.spread((0,))),
    ],
)
def test_nothing_to_draw_is_an_error(chart, result):
    """A result without rows is refused in words."""
    with pytest.raises(AnalysisError, match="nothing to draw"):
        chart(result)
