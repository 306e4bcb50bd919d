"""What a client's report says of figures that are not shown, of unequal benchmarks, and of reversed items."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cfanalysis.analyses.client_report import client_profile
from cfanalysis.analyses.priorities import Priorities, priorities
from cfanalysis.analyses.score_bands import client_bands
from cfanalysis.analyses.trends import client_trend
from cfanalysis.charts.captions.client_captions import client_bands_caption
from cfanalysis.charts.captions.score_captions import say_do_dumbbell_caption
from cfanalysis.core.errors import AnalysisError
from cfanalysis.reports import client as pages
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import ClientExtract

from .test_client_report import blocks_of
from .test_client_truth import ASKED, answers, extract_of, small_client

MIXED = (
    ASKED.replace('waves: ["2024", "2025"]', 'waves: ["2023", "2024", "2025"]')
    .replace("criterion: performance", "criterion: recommend")
    .replace("text: Do one.,", "text: Do one., reverse: true,")
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Organizations, four of which lack an item; clients without enough answers to one item; one of three waves."""
    folder = tmp_path_factory.mktemp("shown")
    everybody = answers(30)
    everybody.loc[everybody["organization"] < "Organization 04", "s4"] = ""
    base = answers(2, 8).head(6).assign(sector="Large")
    waves = [
        base.head(n).assign(organization="Waves", wave=wave)
        for wave, n in (("2023", 6), ("2024", 6), ("2025", 4))
    ]
    clients = [small_client(5, 1, "nps"), small_client(5, 1, "d1").assign(organization="Few")]
    frame = pd.concat([everybody, *clients, *waves], ignore_index=True)
    frame.to_csv(folder / "answers.csv", index=False)
    (folder / "asked.yaml").write_text(MIXED, encoding="utf-8")
    return prepare(folder / "answers.csv", folder / "asked.yaml", folder / "study")


@pytest.fixture(scope="module")
def found(study: Study, tmp_path_factory: pytest.TempPathFactory) -> list[Priorities]:
    """Strengths and opportunities of twenty clients."""
    folder = tmp_path_factory.mktemp("found")
    made = [
        priorities(extract_of(study, f"Organization {number:02}", folder / str(number)), repetitions=5)
        for number in range(5, 25)
    ]
    return [each for each in made if each is not None]


def text_of(extract: ClientExtract) -> str:
    return "\n".join(map(str, blocks_of(extract)))


def test_a_quartile_of_an_index_that_is_not_shown_is_not_shown(study: Study, tmp_path: Path) -> None:
    """Four of five answered the criterion: neither it nor the client's quartile of it stands anywhere."""
    extract = extract_of(study, "Client 5-1", tmp_path)
    assert extract.quartile is None
    assert "**top quartile**" not in text_of(extract)
    assert extract_of(study, "Organization 05", tmp_path / "other").quartile is not None


def test_the_gap_of_the_only_dimension_that_is_shown_is_not_called_the_gap(
    study: Study, tmp_path: Path
) -> None:
    """Two items hidden leave one dimension: the chart's title names it, the overall gap being another."""
    profile = client_profile(extract_of(study, "Few", tmp_path))
    own = profile.frame[profile.frame["group"] == "Few"]
    assert len(own) < len(study.survey.instrument.gap_dimensions)
    assert f"the gap is {own['gap'].iloc[0]}" not in say_do_dumbbell_caption(profile).title
    if len(own) == 1:
        assert own["title"].iloc[0] in say_do_dumbbell_caption(profile).title


@pytest.mark.parametrize("facet", ["say", "do"])
def test_halves_of_dimensions_are_no_profile(facet: str, study: Study, tmp_path: Path) -> None:
    """Where each dimension lacks one facet, the report is made without it, and nobody else's takes its place."""
    extract = extract_of(study, "Organization 05", tmp_path)
    hidden = (extract.scores["scope"] == "dimension") & extract.scores["facet"].isin([facet, "gap"])
    half = replace(extract, scores=extract.scores[~hidden].reset_index(drop=True))
    with pytest.raises(AnalysisError, match="no dimension completely"):
        client_profile(half)
    assert pages.profile_or_none(half) is None
    assert blocks_of(half)


def test_where_measures_rest_on_different_organizations_the_range_is_printed(
    study: Study, tmp_path: Path
) -> None:
    """Say lacks the organizations that left an item out; the note under the scores says from how many to how many."""
    extract = extract_of(study, "Organization 05", tmp_path)
    n = extract.benchmark.query("scope in ['overall', 'index']")["n"]
    assert n.min() < n.max()
    assert f"mean of {n.min():.0f}–{n.max():.0f} organizations" in text_of(extract)


def test_a_chart_with_a_net_promoter_score_says_its_range(study: Study, tmp_path: Path) -> None:
    """The score runs from -100; where none is drawn nothing is said of it."""
    caption = client_bands_caption(
        client_bands(extract_of(study, "Organization 05", tmp_path)), benchmark="all"
    )
    assert "Recommendation from −100 to 100" in caption.measure
    few = client_bands(extract_of(study, "Client 5-1", tmp_path / "few"))
    assert "−100" not in client_bands_caption(few, benchmark="all").measure


def test_reversed_statements_are_explained_wherever_they_stand(study: Study, tmp_path: Path) -> None:
    """A strength whose title is the reversed statement reads as its contrary: the table says that it is turned."""
    extract = extract_of(study, "Organization 05", tmp_path)
    found = priorities(extract, repetitions=20)
    assert found is not None
    for rows, table in (
        (found.strengths, pages.strengths_table(found, extract)),
        (found.opportunities, pages.opportunities_table(found, extract)),
    ):
        assert ("are turned" in str(table)) == bool(rows["reverse"].any())
    assert found.frame["reverse"].any()


def test_an_intention_counts_only_for_the_practice_it_was_asked_with(found: list[Priorities]) -> None:
    """Of an item without a pair the dimension's Say is no intention on its subject."""
    kinds = set()
    for each in found:
        lone = each.frame[~each.frame["paired"]]
        assert len(lone)
        kinds |= {*lone.loc[lone["strength"] > 0, "strength_kind"]}
        kinds |= {*lone.loc[lone["opportunity"] > 0, "opportunity_kind"]}
    assert len(found) == 20
    assert kinds <= {"do", "gap"}


def test_no_opportunity_is_told_only_where_nothing_falls_short(found: list[Priorities]) -> None:
    """A small importance does not make a shortfall of several tenths disappear."""
    for each in found:
        short = each.frame["opportunity"] / each.frame["importance"] > 0.05
        rest = each.frame[short & ~each.frame["item"].isin(each.strengths["item"] if each.above else [])]
        assert len(each.opportunities) == min(3, len(rest))


def test_changes_between_different_waves_name_them(study: Study, tmp_path: Path) -> None:
    """Say changes up to the last wave, an index only up to the one before, which had enough answers."""
    extract = extract_of(study, "Waves", tmp_path)
    found = client_trend(extract)
    assert found is not None
    assert found.changes["after"].nunique() == 2
    text = str(pages.trend_table(found, extract))
    assert "Say (2024 to 2025)" in text
    assert "(2023 to 2024)" in text
    assert np.isfinite(found.changes["change"]).all()
