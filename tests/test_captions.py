"""What is written with a chart: one caption for each, from whole sentences."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import replace

import pandas as pd
import pytest

from cfanalysis import charts
from cfanalysis.analyses.say_do_profile import TOP_QUARTILE, SayDoProfile
from cfanalysis.charts.captions import CAPTIONS, Caption
from cfanalysis.charts.captions.forest_captions import forest_caption
from cfanalysis.charts.captions.score_captions import dimension_profile_caption, say_do_dumbbell_caption
from cfanalysis.core.templates import sentence, table_rows
from cfanalysis.theme.text_width import line_width

from .charts import results
from .conftest import ROOT

CAPTION = Caption(
    "The gap is wide", "Points", "Dots", [f"row {k}" for k in range(8)], "Source: x.", "n = 8", "mean 2"
)


def test_every_chart_has_a_caption() -> None:
    """None is left to a page that would have to write its own."""
    assert set(CAPTIONS) == {chart for chart in vars(charts).values() if inspect.isfunction(chart)}


def test_subtitle_tells_as_much_as_is_asked_for() -> None:
    """The measure; n, too; the statistics, too; an empty part leaves no trace."""
    assert [CAPTION.subtitle(level) for level in ("none", "short", "full")] == [
        "Points",
        "Points; n = 8",
        "Points; n = 8; mean 2",
    ]
    assert replace(CAPTION, size="").subtitle("full") == "Points; mean 2"


def test_alternative_text_is_short_and_the_description_whole() -> None:
    """Rows as far as 250 characters reach, and how many more there are; the description holds all and the source."""
    assert CAPTION.alt.endswith("Dots: " + "; ".join(f"row {k}" for k in range(8)) + ".")
    long = replace(CAPTION, rows=[f"a row with {k} and more words" for k in range(90)])
    assert re.search(r"; and \d+ more\.$", long.alt)
    for caption in (long, replace(long, title="word " * 99), replace(long, picture="word " * 99)):
        assert len(caption.alt) <= 250
    assert "; a row with 89 and" in long.description
    assert CAPTION.description.endswith("row 6; row 7. Points; n = 8; mean 2. Source: x.")


def test_an_author_replaces_words_but_not_that_data_are_synthetic() -> None:
    """Title, subtitle and source are the author's in picture and alternative text; an empty one is left out."""
    made_up = replace(CAPTION, source="Source: x. Synthetic data.")
    own = made_up.with_words(title="Is it wide?", subtitle="", source="Me")
    assert own.texts("full") == {"title": "Is it wide?", "subtitle": "", "source": "Me. Synthetic data."}
    assert own.alt.startswith("Is it wide? Dots: ")
    assert made_up.with_words() == made_up


def profile(n: int, **fields: object) -> SayDoProfile:
    """A profile of n dimensions in two groups, some fields of which are others."""
    rows = [
        (f"d{k}", f"Dimension {k}", group, 80.0 - k, 60.0 + k + lead, 20.0 - 2 * k - lead, 30)
        for k in range(n)
        for group, lead in ((TOP_QUARTILE, 10), ("Rest", 0))
    ]
    frame = pd.DataFrame(rows, columns=["dimension", "title", "group", "say", "do", "gap", "n"])
    whole = SayDoProfile(frame, (TOP_QUARTILE, "Rest"), "Performance", "latest", 60, results.SOURCE)
    return replace(whole, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["{0}", "{client}", "a } b", "100% {", "a | b"])
def test_names_from_data_are_never_taken_for_places_in_a_sentence(name: str) -> None:
    """Braces and separators in a title, a group or a criterion stand as they are."""
    frame = profile(2).frame.assign(title=name)
    for write in (say_do_dumbbell_caption, dimension_profile_caption):
        caption = write(profile(2, frame=frame, criterion=name))
        assert name in caption.title
        assert name in caption.measure
        assert name in caption.alt
    assert table_rows("{title} | {n}", frame)[0] == (name, "30")


def test_a_profile_of_one_dimension_or_one_group_has_its_own_sentence() -> None:
    """One dimension is not called the widest, one group is not compared, and no number gives no finding."""
    assert "widest" in say_do_dumbbell_caption(profile(2)).title
    one = "The gap is 10.0 points of 100 in the top quartile and 20.0 below it"
    assert say_do_dumbbell_caption(profile(1)).title == one
    most = "rates Do higher than the rest in every dimension, most so in Dimension 0: 70.0 against 60.0"
    assert dimension_profile_caption(profile(2)).title == f"The top quartile {most}"
    alone = profile(2, groups=(TOP_QUARTILE,))
    assert dimension_profile_caption(alone).title == "Do is highest in Dimension 1: 71.0"
    empty = profile(2, frame=profile(2).frame.assign(do=float("nan")))
    assert dimension_profile_caption(empty).title == "Do by dimension"


def test_an_estimate_without_interval_says_none() -> None:
    """Neither NaN nor a dash stands for the ends that do not exist."""
    rows = results.estimates(3)
    rows.frame.loc[rows.frame.index[0], ["low", "high"]] = float("nan")
    alt = forest_caption(rows).alt
    assert not re.search(r"nan|–", alt)
    assert sentence("{label} {estimate:+2};", rows.frame.iloc[0].to_dict()) in alt


def test_no_page_writes_the_words_of_a_chart() -> None:
    """Outside the captions' home nothing gives a figure its title, subtitle or alternative text; it may drop them."""
    found = []
    for path in (ROOT / "cfanalysis").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("figure", "Figure"):
                written = {k.arg for k in node.keywords if getattr(k.value, "value", True)}
                words = written & {"title", "subtitle", "alt"}
                found += [path.name for _ in words if path.name != "exhibit.py"]
    assert not found


def test_a_line_is_as_wide_as_its_letters() -> None:
    """Without a font the usual widths count; with one, the font's own."""
    assert round(line_width("12,345"), 2) == 3.3
    assert line_width("abc", lambda letter: 2.0) == 6
