"""A result's chart with one's own words, colours and style."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import pytest
import seaborn as sns
from matplotlib import pyplot
from matplotlib.colors import to_hex

import cfanalysis as cf
from cfanalysis.core.errors import ParameterError
from cfanalysis.jupyter.study_result import StudyResult
from cfanalysis.study.prepared_study import Study
from cfanalysis.theme.own_style import style_theme, with_palette
from cfanalysis.theme.style import THEME


@pytest.fixture(autouse=True)
def style_of_its_own() -> Iterator[None]:
    """Finds no figures, and leaves matplotlib's style and figures as they were."""
    pyplot.close("all")
    with mpl.rc_context():
        yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def slope(sample_study: Study) -> StudyResult[Any]:
    return cf.gap_slope(sample_study)


def written(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_the_finding_is_the_title(slope: StudyResult[Any]) -> None:
    """Without words of one's own the title is the finding, as the command writes it; pyplot shows the figure."""
    axes = slope.plot()
    assert slope.caption.title in " ".join(written(axes))
    assert pyplot.gcf() is axes.figure


def test_a_given_axes_and_title_are_taken(slope: StudyResult[Any]) -> None:
    """The chart stands in the place of the Axes that is given, under the title that is given."""
    _, places = pyplot.subplots(1, 2, figsize=(12, 5))
    axes = slope.plot(ax=places[0], title="Mine")
    assert axes is places[0]
    assert "Mine" in written(axes)
    assert axes.get_position().x1 < 0.5
    assert len(pyplot.get_fignums()) == 1


@pytest.mark.parametrize("analysis", ["gap_slope", "quartile_gaps"])
def test_organizations_stand_out_by_name(sample_study: Study, analysis: str) -> None:
    """The dot of a named organization is drawn over the others, at its place, with its name as the study writes it."""
    result = getattr(cf, analysis)(sample_study)
    row = result.per_hundred().organizations.iloc[7]
    axes = result.plot(highlight=row["organization"].upper())
    assert row["organization"] in written(axes)
    dot = next(line for line in axes.lines if line.get_zorder() == 6)
    assert dot.get_color() == THEME.finding
    assert row["gap"] in (*dot.get_xdata(), *dot.get_ydata())


def test_rows_stand_out_by_their_labels(sample_study: Study) -> None:
    """The label of a named row takes the finding's colour; a name that the chart does not show is refused."""
    profile = cf.say_do_profile(sample_study)
    axes = profile.plot(highlight=["Processes"])
    colours = {text.get_text(): text.get_color() for text in axes.texts}
    assert colours["Processes"] == THEME.finding
    assert colours["People"] == THEME.ink
    with pytest.raises(ParameterError, match="processes"):
        profile.plot(highlight="Proceses")


def test_colours_come_from_a_palette(slope: StudyResult[Any]) -> None:
    """The first colour is that of what the chart is about; seaborn's names, lists and roles are taken."""
    axes = slope.plot(palette=["#112233", "#445566"])
    faces = {to_hex(mark.get_facecolor()[0]) for mark in axes.collections if len(mark.get_facecolor())}
    assert {"#112233", "#445566"} <= faces
    assert with_palette(THEME, "colorblind").accent == to_hex(sns.color_palette("colorblind")[0])
    assert with_palette(THEME, {"finding": "black"}).replace(finding=THEME.finding) == THEME
    for wrong in ("no-such", ["#12345"], {"accents": "red"}, []):
        with pytest.raises(ParameterError):
            with_palette(THEME, wrong)


def test_the_style_of_the_user_is_drawn_in(slope: StudyResult[Any]) -> None:
    """With no theme, colours, grounds and sizes are those that seaborn or a style sheet has set."""
    sns.set_theme(style="darkgrid", palette="deep")
    axes: Any = slope.plot(theme=None)
    assert to_hex(axes.get_facecolor()) == to_hex(mpl.rcParams["axes.facecolor"])
    assert style_theme().accent == to_hex(sns.color_palette("deep")[0])
    small = style_theme().label
    sns.set_theme(context="poster")
    assert style_theme().label > small
    pyplot.style.use("dark_background")
    dark = slope.plot(theme=None)
    assert to_hex(dark.figure.get_facecolor()) == "#000000"
    assert to_hex(slope.plot().figure.get_facecolor()) == THEME.paper
