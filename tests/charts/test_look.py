"""No text meets another or leaves the figure, at any size, for hard data; and the stand-ins are true."""

from __future__ import annotations

import dataclasses

import pytest
from matplotlib.figure import Figure

from cfanalysis.analyses.gap_slope import GapSlope
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.analyses.say_do_profile import SayDoProfile
from cfanalysis.charts import gap_against_performance, quartile_gap, say_do_dumbbell
from cfanalysis.theme.style import apply_theme, preset

CLIENT = "Łódź & Škoda Société Générale de Transport, Entreposage et Distribution $5 to $6 (formerly Alder)"
PRACTICES = (
    "Shared vision and service values",
    "Communicated commitment",
    "Every function matters",
    "Training of managers, supervisors and employees",
    "Support functions that reinforce service",
    "The pivotal role of managers and supervisors",
    "Employee satisfaction mirrored in customer satisfaction",
    "Processes aligned to a quality experience",
    "Service performance standards",
    "Proactive service recovery",
    "Recognition",
    "Listening to customers and measuring processes by it",
)
TITLE = "The top quartile does what it says; below it, the gap is twice as wide in all four dimensions"
SIZES = ("document", "blog", "social", "print", "slide", "thumbnail")


def hard_cases(made):
    """Return charts with data that are hard to draw."""
    nan = float("nan")
    groups = ("Top quartile", "Rest")
    close = [
        ("Leadership", "Top quartile", 70.0, 70.0, 30),
        ("Leadership", "Rest", 70.0, 70.4, 90),
        ("Processes", "Top quartile", 100.0, 0.0, 30),
        ("Processes", "Rest", 60.0, 75.5, 90),
        ("People", "Top quartile", nan, 50.0, 30),
        ("Products", "Rest", nan, nan, 90),
    ]
    one_group = made.dimensions(["Leadership", "People", "Products"], ("All organizations",), (12,))
    yield "close", say_do_dumbbell, made.profile(close, groups)
    yield "long names", say_do_dumbbell, made.dimensions(PRACTICES, (CLIENT, *groups))
    yield "one group", say_do_dumbbell, one_group
    for n, step, without in ((4, 0, ""), (120, 0.2, "Lower middle"), (40, 0, "Top"), (500, 0, "")):
        table = made.organizations(n, step=step, without=without)
        yield f"{n} gaps", quartile_gap, made.gaps(table)
        yield f"{n} slope", gap_against_performance, made.slope(table)


@pytest.mark.parametrize("size", SIZES)
def test_no_text_overlaps_or_is_cut_off(made, looks, size):
    """At every preset all texts of all charts stand apart from each other and within the figure."""
    for name, chart, result in hard_cases(made):
        with apply_theme(preset(size)):
            axes = chart(result, title=TITLE)
        assert looks.problems(axes.figure) == [], name


def test_no_text_overlaps_in_small_multiples(made, looks):
    """Six charts in one figure keep their texts to their own places."""
    figure = Figure(figsize=(14, 9))
    table = made.organizations(60)
    charts = (
        (say_do_dumbbell, made.dimensions(PRACTICES[:4], ("Top quartile", "Rest"))),
        (quartile_gap, made.gaps(table)),
        (gap_against_performance, made.slope(table)),
    )
    for axes, (chart, result) in zip(figure.subplots(2, 3).ravel(), charts * 2, strict=True):
        chart(result, ax=axes)
    assert looks.problems(figure) == []


def test_composes_into_a_subfigure(made, looks):
    """A chart stands in a subfigure as in a figure."""
    figure = Figure(figsize=(12, 5))
    left, right = figure.subfigures(1, 2)
    gap_against_performance(made.slope(made.organizations(60)), ax=left.subplots())
    quartile_gap(made.gaps(made.organizations(60)), ax=right.subplots())
    assert looks.problems(figure) == []


def test_an_axes_made_before_the_theme_gets_its_font(made):
    """All that is written in a given Axes is in the theme's font, though the Axes is older."""
    figure = Figure()
    axes = say_do_dumbbell(made.dimensions(["People"], ("Rest",)), ax=figure.subplots())
    families = {label.get_fontfamily()[0] for label in (*axes.get_xticklabels(), *axes.texts)}
    assert families == {"IBM Plex Sans", "IBM Plex Sans SmBld"}


def test_title_subtitle_and_caption_stand_at_one_left_edge(made, looks):
    """All three begin at the same place, the figure's margin."""
    axes = quartile_gap(made.gaps(made.organizations(40)), title="The finding", subtitle="The measure")
    lefts = [
        box.x0
        for text, box in looks.boxes(axes.figure)
        if text.startswith(("The finding", "The meas", "Source"))
    ]
    assert len(lefts) == 3
    assert max(lefts) - min(lefts) < 1.5


def test_synthetic_data_say_so_whatever_the_source(made, looks):
    """By default the source stands below; without it, that data are synthetic is still said."""
    result = made.slope(made.organizations(40))
    assert "Synthetic data." in " ".join(looks.texts(gap_against_performance(result).figure))
    assert "Synthetic data." in " ".join(looks.texts(gap_against_performance(result, source="").figure))
    assert "Source" not in " ".join(looks.texts(gap_against_performance(result, source="").figure))


@pytest.mark.parametrize(
    ("stand_in", "real"), [("profile", SayDoProfile), ("gaps", QuartileGaps), ("slope", GapSlope)]
)
def test_what_is_drawn_here_has_the_fields_of_real_results(made, stand_in, real):
    """Every field of the results drawn in these tests is one that the analyses fill."""
    table = made.organizations(8)
    result = (
        made.dimensions(["People"], ("Rest",)) if stand_in == "profile" else getattr(made, stand_in)(table)
    )
    assert set(vars(result)) <= {field.name for field in dataclasses.fields(real)}
