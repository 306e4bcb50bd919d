"""Titles of charts say what the verdict says, and one contrast is the same number wherever it stands."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest

from cfanalysis.analyses.claim import claim_verdict
from cfanalysis.analyses.claim_parts import claim_parts
from cfanalysis.analyses.contrast_specifications import contrast_specifications
from cfanalysis.analyses.gap_slope import GapSlope, gap_slope
from cfanalysis.analyses.pair_gaps import pair_gaps
from cfanalysis.analyses.practices import practice_contrast
from cfanalysis.analyses.quartile_gaps import QuartileGaps, quartile_gaps
from cfanalysis.analyses.robustness import robustness
from cfanalysis.analyses.robustness.catalogue import ANALYSES
from cfanalysis.analyses.say_do_profile import say_do_profile
from cfanalysis.charts.captions import CAPTIONS
from cfanalysis.charts.captions.gap_captions import gap_against_performance_caption, quartile_gap_caption
from cfanalysis.charts.gallery import CHARTS, chart_result
from cfanalysis.statistics.claim_test.result import Judgement
from cfanalysis.statistics.effects import Estimate
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import Survey

from . import surveys

ABOVE, AROUND, BELOW = Estimate(0.2, 0.1, 0.3), Estimate(0.1, -0.1, 0.3), Estimate(-0.2, -0.3, -0.1)
CLAIMS = ("wider", "narrower")


@pytest.fixture(scope="module")
def survey() -> Survey:
    """A survey of two waves in which the gap is wider below the top quartile."""
    return surveys.made_survey(waves=2)


@pytest.fixture(scope="module")
def gaps(survey: Survey) -> QuartileGaps:
    return quartile_gaps(survey)


@pytest.fixture(scope="module")
def slope(survey: Survey) -> GapSlope:
    return gap_slope(survey)


def title_in(gaps: QuartileGaps, state: Judgement, delta: Estimate) -> str:
    """The title of the quartile chart where the verdict is another."""
    changed = replace(gaps, delta=delta, verdict=replace(gaps.verdict, verdict=state))
    return quartile_gap_caption(changed.per_hundred()).title


@pytest.mark.parametrize("state", get_args(Judgement))
def test_every_state_has_a_title_that_names_both_groups(gaps: QuartileGaps, state: Judgement) -> None:
    """The top quartile and what lies below it, whatever the verdict; numbers are points of 100."""
    for delta in (ABOVE, AROUND, BELOW):
        title = title_in(gaps, state, delta)
        assert "top quartile" in title
        assert re.search(r"below it|than in it|in it$|and the rest|top one", title), title
        assert re.search(r"\d points of 100 wider", title) or not re.search(r"\d", title), title


BELOW_IT = "the Say-Do gap is 5.0 points of 100 wider below the top quartile than in it"
IN_IT = "the Say-Do gap is 5.0 points of 100 wider in the top quartile than below it"


@pytest.mark.parametrize(
    ("state", "delta", "title"),
    [
        ("supported", ABOVE, f"T{BELOW_IT[1:]}"),
        (
            "scale-dependent",
            ABOVE,
            f"In points {BELOW_IT}, which the answer scale or the questions alone could make",
        ),
        ("reversed", BELOW, f"In points {IN_IT}"),
        (
            "inconclusive",
            AROUND,
            "Whether the Say-Do gap differs between the top quartile and the rest cannot be told",
        ),
        (
            "contradicted",
            AROUND,
            "Off the ends of the scale the Say-Do gap is wider in the top quartile than below it",
        ),
        ("descriptive", BELOW, f"Among those who took part {IN_IT}"),
    ],
)
def test_a_title_says_what_the_verdict_says(
    gaps: QuartileGaps, state: Judgement, delta: Estimate, title: str
) -> None:
    """Wider where it is supported, in points where only points show it, nothing where nothing can be told."""
    assert title_in(gaps, state, delta).startswith(title)


@pytest.mark.parametrize("state", get_args(Judgement))
def test_a_line_is_told_only_where_the_verdict_goes_that_way(slope: GapSlope, state: Judgement) -> None:
    """A falling line is no finding where the verdict denies one, nor a rising line where it supports the claim."""
    falling = state in ("supported", "supported if", "scale-dependent", "descriptive")
    rising = state in ("reversed", "contradicted", "contradicted if", "descriptive")
    for line, told in ((BELOW, falling), (ABOVE, rising), (AROUND, False)):
        changed = replace(slope, slope=line, verdict=replace(slope.verdict, verdict=state))
        title = gap_against_performance_caption(changed.per_hundred()).title
        assert any(word in title for word in CLAIMS) == told, title
        assert "performance" in title


def test_one_contrast_has_one_interval_wherever_it_stands(
    sample_study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In verdict, quartiles, parts and robustness table; as measured, in the specification curve, too."""
    survey = sample_study.survey
    verdict, gaps = claim_verdict(survey), quartile_gaps(survey)
    ends = (verdict.delta.estimate, *verdict.delta.ends)
    assert (gaps.delta.estimate, *gaps.delta.ends) == ends
    whole = claim_parts(survey).of("overall")[0].delta
    assert (whole.estimate, *whole.ends) == pytest.approx(ends)
    rows = [
        analysis for analysis in ANALYSES if analysis.id in ("raw", "same_mix")
    ]  # others are not compared
    monkeypatch.setattr("cfanalysis.analyses.robustness.robustness_table.ANALYSES", rows)
    monkeypatch.setattr("cfanalysis.analyses.robustness.robustness_table.item_odds", lambda _: None)
    table = robustness(survey)
    own = table.row("same_mix")
    assert own is not None
    assert (own.estimate, *own.as_estimate.ends) == pytest.approx(ends)
    rest = gaps.frame.iloc[1:]
    mean = (rest["gap"] * rest["n"]).sum() / rest["n"].sum()
    assert mean - gaps.frame["gap"].iloc[0] == pytest.approx(verdict.delta.estimate, abs=0.002)
    raw = table.row("raw")
    curve = contrast_specifications(survey).specifications.frame
    same = curve.query("criterion == 'other respondents' and cut == '75%' and wave == 'latest'")
    same = same[same["weights"] == "organizations"].iloc[0]
    assert raw is not None
    as_measured = [25 * value for value in (raw.estimate, *raw.as_estimate.ends)]
    assert same[["estimate", "low", "high"]].tolist() == pytest.approx(as_measured)


def test_groups_are_the_same_in_every_chart(sample_study: Study) -> None:
    """The verdict's organizations and its top quartile, in the charts that describe, too."""
    survey = sample_study.survey
    verdict = claim_verdict(survey)
    profile, pairs, practices = say_do_profile(survey), pair_gaps(survey), practice_contrast(survey)
    assert {verdict.n} == {profile.n, pairs.n, practices.n}
    assert set(profile.frame.loc[profile.frame["group"] == "Top quartile", "n"]) == {verdict.n_top}
    assert set(pairs.frame.loc[pairs.frame["group"] == "Top", "n"]) == {verdict.n_top}
    assert set(practices.frame["n_top"]) == {verdict.n_top}


@pytest.mark.parametrize(("wave", "words"), [("latest", "latest wave"), ("first", "first wave")])
def test_every_subtitle_says_which_wave(
    survey: Survey, wave: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each chart of one wave of each organization says which, and shows that one; others show all waves."""
    monkeypatch.setattr("cfanalysis.analyses.contrast_specifications.CLAIM_REPETITIONS", 200)
    checked, known = 0, {}  # type: ignore[var-annotated]
    for name in ("say_do_dumbbell", "quartile_gap", "gap_against_performance", "gap_by_aspect", "likert_bars",
                 "quartile_bands", "pair_heat_table", "forest", "specification_curve", "gap_histogram"):  # fmt: skip
        result = chart_result(CHARTS[name], survey, wave=wave, known=known)  # type: ignore[arg-type]
        assert words in CAPTIONS[CHARTS[name].chart](result).subtitle("short"), name
        checked += 1
    assert checked == 10
    found = chart_result(CHARTS["quartile_gap"], survey, wave=wave, known=known)  # type: ignore[arg-type]
    assert found.delta.estimate == pytest.approx(25 * claim_verdict(survey, wave=wave).delta.estimate)  # type: ignore[arg-type]


def test_a_source_is_called_by_its_title(sample_study: Study) -> None:
    """A caption names the survey and its waves, not the folder that it lies in."""
    caption = replace(sample_study.survey.source, study="folder-7").caption
    assert "folder-7" not in caption
    assert sample_study.survey.source.title in caption
