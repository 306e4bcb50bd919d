"""What is for clients or the public, and what is for research only and says so."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from cfanalysis.charts.gallery import CHARTS, norm_figures, published_chart
from cfanalysis.charts.gallery.chart_files import chart_result
from cfanalysis.charts.gallery.norm_figures import NormFigures
from cfanalysis.cli import cfanalysis
from cfanalysis.core.blocks import Figure
from cfanalysis.questionnaire import page_benchmark
from cfanalysis.reports.common.page_blocks import study_masthead
from cfanalysis.statistics.quartiles import QUARTILES
from cfanalysis.study.benchmark.aggregates import QUARTILE_COLUMNS
from cfanalysis.study.benchmark.norm_making import make_study_norm
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import Survey

from .test_client_truth import answers, study_with


def declared_public(survey: Survey) -> Survey:
    """Return a survey whose instrument says that the figures of organizations are public."""
    return replace(survey, instrument=survey.instrument.model_copy(update={"public": True}))


@pytest.mark.parametrize(("public", "research"), [(False, True), (False, False), (True, True)])
def test_a_research_report_says_on_its_first_page_that_it_is_not_for_clients(
    sample_study: Study, public: bool, research: bool
) -> None:
    """Not where all figures are public, and not the page of charts for publication."""
    survey = declared_public(sample_study.survey) if public else sample_study.survey
    study = replace(sample_study, survey=survey)
    notice = study_masthead(study, "Title", research=research).notice
    assert ("For research, not for clients" in notice) == (research and not public)
    assert "Synthetic data" in notice


@pytest.fixture(scope="module")
def written(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``cfanalysis charts`` writes of the sample when nothing is asked for by name."""
    folder = tmp_path_factory.mktemp("published")
    call = ["charts", str(sample_study.folder), "--format", "svg", "--jobs", "1", "--out", str(folder)]
    result = CliRunner().invoke(cfanalysis, call)
    assert result.exit_code == 0, result.output
    (line,) = [line for line in result.stderr.splitlines() if "not a norm's" in line]
    assert "forest" in line
    return folder


@pytest.fixture(scope="module")
def figures(sample_study: Study) -> NormFigures:
    """What charts of the sample for the public are drawn from."""
    return norm_figures(sample_study)


PUBLIC = sorted(name for name, kind in CHARTS.items() if kind.of_norm)


def test_without_a_name_only_charts_of_a_norm_are_written(written: Path) -> None:
    """Neither specification curve nor forest, no histogram, and no scatter with one point an organization."""
    assert sorted(path.stem for path in written.glob("*.svg")) == PUBLIC
    for path in written.glob("*.svg"):
        svg = path.read_text(encoding="utf-8")
        assert "Draft: these figures are of no published norm." in svg
        assert "For research" not in svg


def test_public_charts_count_whom_the_norm_counts(written: Path, figures: NormFigures) -> None:
    """Every number beside them is one of the printed benchmark, with its n: nothing is left to subtract."""
    table = figures.table
    signs = pd.read_csv(written / "warning_sign_bars.csv").merge(
        table[table["scope"] == "warning_sign"], left_on="sign", right_on="name", suffixes=("", "_norm")
    )
    assert len(signs) == 9
    assert (signs["n"] == signs["n_norm"]).all()
    assert (100 * signs["share"] - signs["mean"]).abs().max() < 1e-6
    assert signs[["low", "high"]].isna().all(axis=None)
    pairs = pd.read_csv(written / "pair_heat_table.csv")
    for group, column in {"All": "mean", **QUARTILE_COLUMNS}.items():
        both = pairs[pairs["group"] == group].merge(
            table[(table["scope"] == "pair") & (table["facet"] == "gap")],
            left_on="pair", right_on="name", suffixes=("", "_norm"),
        )  # fmt: skip
        assert len(both) == pairs["pair"].nunique()
        assert (both["gap"] - both[column]).abs().max() < 1e-6
    bands = pd.read_csv(written / "quartile_bands.csv").set_index("measure")
    say = table[(table["scope"] == "overall") & (table["facet"] == "say")].iloc[0]
    assert list(bands.loc["overall_say", ["low", "q1", "median", "q3", "high", "n"]]) == list(
        say[["p10", "p25", "p50", "p75", "p90", "n"]]
    )


@pytest.mark.parametrize("name", PUBLIC)
def test_a_chart_states_on_how_many_organizations_its_own_figures_rest(
    written: Path, sample_study: Study, figures: NormFigures, name: str
) -> None:
    """Not how many are in the norm: the fewest and the most of its rows, those of groups taken together."""
    rows = pd.read_csv(written / f"{name}.csv")
    if "group" in rows and name != "pair_heat_table":
        rows = rows.groupby("dimension", as_index=False)["n"].sum()
    if name == "pair_heat_table":
        rows = rows[rows["group"] == "All"]
    low, high = rows["n"].min(), rows["n"].max()
    stated = f"{low} organizations" if low == high else f"{low}–{high} organizations"
    chart = published_chart(name, sample_study.survey, figures=figures)
    assert isinstance(chart, Figure)
    assert stated in " ".join(re.sub("<[^>]*>", " ", chart.svg).split())
    assert stated in (written / f"{name}.description.txt").read_text("utf-8")


def test_the_rest_is_made_of_printed_quartile_means(written: Path, figures: NormFigures) -> None:
    """Who has the norm can work it out, so it adds nothing."""
    table = figures.table
    lower = [QUARTILE_COLUMNS[name] for name in QUARTILES[1:]]
    frame = pd.read_csv(written / "say_do_dumbbell.csv").query("group == 'Rest'").set_index("dimension")
    rows = table[(table["scope"] == "dimension") & (table["facet"] == "do")].set_index("name")
    sizes = rows[[f"n_{name}" for name in lower]].to_numpy()
    expected = (rows[lower].to_numpy() * sizes).sum(axis=1) / sizes.sum(axis=1)
    assert frame["do"].to_numpy() == pytest.approx(
        pd.Series(expected, rows.index).reindex(frame.index), abs=0.051
    )


@pytest.mark.parametrize("name", ["specification_curve", "gap_against_performance"])
def test_other_charts_are_made_by_name_and_say_that_they_are_for_research(
    sample_study: Study, figures: NormFigures, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On their face, on a page too; where the instrument says that all is public they do not."""
    monkeypatch.setattr("cfanalysis.analyses.contrast_specifications.CLAIM_REPETITIONS", 200)
    block = published_chart(name, sample_study.survey, figures=figures)
    assert isinstance(block, Figure)
    assert "For research, not for publication." in block.svg
    public = published_chart(name, declared_public(sample_study.survey))
    assert isinstance(public, Figure)
    assert "For research" not in public.svg


@pytest.mark.parametrize("option", [["--research"], ["--wave", "first"]])
def test_a_norm_is_refused_where_it_would_not_be_drawn(sample_study: Study, option: list[str]) -> None:
    """Nothing is drawn of other figures than were asked for."""
    call = ["charts", str(sample_study.folder), "--norm", "2026", *option]
    result = CliRunner().invoke(cfanalysis, call)
    assert result.exit_code == 2
    assert "--norm is for charts" in result.stderr


def test_charts_and_profile_name_the_waves_of_their_norm(tmp_path: Path) -> None:
    """A wave that comes into the study after the norm was published is not named beside the norm's figures."""
    prepared = tmp_path / "data" / "prepared"
    prepared.mkdir(parents=True)
    first = answers(24).assign(wave="2024")
    make_study_norm(study_with(prepared, first), "then", publish=True)
    shutil.rmtree(prepared / "study")
    later = first.assign(wave="2025", organization=first["organization"] + " again")
    study = study_with(prepared, pd.concat([first, later]))
    assert study.survey.source.waves == ("2024", "2025")
    figures = norm_figures(study)
    assert (figures.waves, page_benchmark(study, study.survey.instrument).waves) == (("2024",), ("2024",))
    drawn = chart_result(CHARTS["quartile_bands"], study.survey, figures=figures)
    assert drawn.source.caption == "Source: Made Survey, 2024."
