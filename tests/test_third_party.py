"""Studies of others, described with ids and labels of our own: each number beside an independent computation.

The data are not ours and not in the repository; the tests skip where they are absent.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.analyses.cleaning_record import cleaning_record
from cfanalysis.analyses.item_quality import item_quality
from cfanalysis.analyses.participation import participation
from cfanalysis.analyses.quartile_gaps import quartile_gaps
from cfanalysis.cli.summaries import study_summary, summary_text
from cfanalysis.core.blocks import Notice
from cfanalysis.core.errors import AnalysisError
from cfanalysis.reports import data_quality as quality_pages
from cfanalysis.reports.common.page_blocks import study_masthead
from cfanalysis.scoring.say_do_gap import say_do_gaps
from cfanalysis.statistics.reliability import cronbach_alpha
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study

from .test_cli import run

INSTRUMENTS = Path(__file__).parent / "instruments"


FILES = {
    "kservqual": "kservqual/kiosk_cp949.csv",
    "mobi": "ecsi/mobi.csv",
    "lq2002": "multilevel/lq2002.csv",
    "corp_rep": "reputation/corp_rep_data.csv",
}


class Prepared(dict[str, Study]):
    """The studies, each prepared when it is first asked for."""

    def __init__(self, real_data: Path, folder: Path) -> None:
        self.real_data, self.folder = real_data, folder

    def __missing__(self, name: str) -> Study:
        file = self.real_data / FILES[name]
        self[name] = prepare(file, INSTRUMENTS / f"{name}.yaml", self.folder / name)
        return self[name]


@pytest.fixture(scope="module")
def prepared(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The four studies."""
    return Prepared(real_data, tmp_path_factory.mktemp("third_party"))


@pytest.fixture(scope="module")
def kiosks(real_data: Path) -> pd.DataFrame:
    return pd.read_csv(real_data / "kservqual" / "kiosk_cp949.csv", encoding="cp949")


def test_kservqual_drops_those_who_answered_no_pair(prepared: Prepared) -> None:
    """211 rows came in; the four who answered no pair are dropped and in the log; 207 units are left."""
    record = cleaning_record(prepared["kservqual"].cleaning_log, prepared["kservqual"].survey)
    assert (record.rows_in, record.rows_out) == (211, 207)
    assert dict(zip(record.drop_rules["rule"], record.drop_rules["n"], strict=True)) == {"too_few_answers": 4}
    assert len(prepared["kservqual"].clients) == 207
    assert len(record.ignored_columns) == 163 - 48 - 4 - 2


def test_kservqual_gap_is_the_mean_of_its_24_pairs(prepared: Prepared, kiosks: pd.DataFrame) -> None:
    """Each unit's gap is the mean of its expectations minus the mean of its perceptions."""
    survey = prepared["kservqual"].survey
    say = kiosks[[c for c in kiosks if "기대 설문" in c]].dropna()
    do = kiosks[[c for c in kiosks if "인지 설문" in c]].dropna()
    assert say.shape == do.shape == (207, 24)
    expected = (say.mean(axis=1) - do.mean(axis=1)).rename(index=lambda i: f"respondent {i + 2}")
    gaps = say_do_gaps(survey.shares, survey.instrument).set_index("organization")["gap"]
    np.testing.assert_allclose(gaps.sort_index(), expected.sort_index(), atol=1e-12)
    assert len(survey.instrument.pairs) == 24
    assert len(say_do_gaps(survey.shares, survey.instrument, scope="pair")) == 24 * 207


def test_kservqual_contrast(prepared: Prepared, kiosks: pd.DataFrame) -> None:
    """Rest minus top, quartiles of the four outcome items on 1 to 5, ties up."""
    gaps = quartile_gaps(prepared["kservqual"].survey, repetitions=100)
    whole = kiosks.dropna(subset=list(kiosks.columns[158:162]))
    outcome = whole[whole.columns[158:162]].sum(axis=1)
    gap = whole[[c for c in kiosks if "기대 설문" in c]].mean(axis=1) - whole[
        [c for c in kiosks if "인지 설문" in c]
    ].mean(axis=1)
    top = outcome >= np.quantile(outcome, 0.75)
    assert gaps.verdict.n_top == top.sum()
    assert gaps.delta.estimate == pytest.approx(gap[~top].mean() - gap[top].mean(), abs=1e-12)


@pytest.mark.parametrize("name", ["kservqual", "mobi"])
def test_a_respondent_as_unit_is_said(prepared: Prepared, name: str) -> None:
    """The report says that each respondent is a unit and nowhere counts organizations."""
    study = prepared[name]
    record = cleaning_record(study.cleaning_log, study.survey)
    items, people = item_quality(study.survey), participation(study.survey)
    n = len(study.clients)
    summary = str(quality_pages.quality_summary(record, items, people))
    assert f"Each of the {n} respondents is a unit of its own" in summary
    assert isinstance(cf.participation(study).figure(), Notice)
    shown = [
        quality_pages.quality_figures(record, items, people),
        quality_pages.wave_table(people),
        quality_pages.field_table(people),
        study_masthead(study, "How good are the data?"),
    ]
    assert "rganizations" not in "\n".join(str(block) for block in shown)
    assert f"Respondents: {n}" in str(shown[0])
    assert f"{name}: {n} respondents, each a unit of its own, wave 1" in summary_text(study_summary(study))


def test_mobi_ties_are_true_ties(prepared: Prepared, real_data: Path) -> None:
    """The mean of three ratings ties exactly where their sum does: 78 of 250 are at or above the 75 % quantile."""
    data = pd.read_csv(real_data / "ecsi" / "mobi.csv")
    total = data[["CUSA1", "CUSA2", "CUSA3"]].sum(axis=1)
    gaps = quartile_gaps(prepared["mobi"].survey, repetitions=100)
    assert (gaps.n, gaps.verdict.n_top) == (250, 78)
    assert gaps.verdict.n_top == (total >= total.quantile(0.75)).sum()
    assert gaps.organizations["criterion"].round(9).nunique() == total.nunique()
    assert gaps.delta.estimate == pytest.approx(0.31814180651390, abs=1e-13)


def test_mobi_acsi_is_the_mean_on_0_to_100(prepared: Prepared, real_data: Path) -> None:
    """Unweighted ACSI of three ratings 1 to 10: 100 (mean - 1) / 9."""
    data = pd.read_csv(real_data / "ecsi" / "mobi.csv")
    mean = data[["CUSA1", "CUSA2", "CUSA3"]].mean(axis=1)
    scores = prepared["mobi"].scores.query("scope == 'index' and name == 'satisfaction_acsi'")
    np.testing.assert_allclose(np.sort(scores["score"]), np.sort(100 * (mean - 1) / 9), atol=1e-10)


def test_lq2002_asked_for_a_gap_says_why_not(prepared: Prepared) -> None:
    """Without Say and Do there is no gap, and the verdict says so; nothing else is kept from the study."""
    study = prepared["lq2002"]
    with pytest.raises(AnalysisError, match="no gap: no dimension holds both Say and Do"):
        say_do_gaps(study.survey.shares, study.survey.instrument)
    assert study.verdict["verdict"] == "none"
    assert study.verdict["reason"]
    assert len(study.clients) == 49


def test_lq2002_gets_no_report_on_what_it_does_not_ask(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without pairs and without a customer index, data quality and measurement are published, and it is said why."""
    made: list[str] = []
    monkeypatch.setattr(
        "cfanalysis.cli.analyze._publish", lambda file, *_, **__: made.append(file.stem) or []
    )
    code, _, said = run(capsys, "analyze", prepared["lq2002"].folder, "--out", tmp_path)
    assert (code, made) == (0, ["measurement", "data_quality"])
    assert "No verdict: The instrument 'lq2002' has no gap" in said


def test_lq2002_means_ends_and_sizes(prepared: Prepared, real_data: Path) -> None:
    """Two scales side by side: item means of a company, shares at the ends, and company sizes."""
    data = pd.read_csv(real_data / "multilevel" / "lq2002.csv")
    study = prepared["lq2002"]
    scores = study.scores.query("scope == 'item'").pivot(index="organization", columns="name", values="mean")
    expected = data.groupby(data["COMPID"].astype(str))[["LEAD01", "HOSTIL05"]].mean()
    np.testing.assert_allclose(
        scores.loc[expected.index, ["leadership_1", "hostility_5"]], expected.to_numpy(), atol=1e-12
    )
    items = item_quality(study.survey).frame.set_index("item")
    assert items.loc["leadership_1", "ceiling"] == pytest.approx((data["LEAD01"] == 5).mean())
    assert items.loc["hostility_5", "floor"] == pytest.approx((data["HOSTIL05"] == 0).mean())
    people = participation(study.survey)
    assert people.respondents == data.groupby("COMPID").size().median()
    assert people.sizes["respondents"].sum() == 2042
    assert people.sizes["organizations"].sum() == 49


def test_lq2002_reliability(prepared: Prepared, real_data: Path) -> None:
    """Alpha of the eleven leadership statements from the study's responses is that of the file."""
    data = pd.read_csv(real_data / "multilevel" / "lq2002.csv")[[f"LEAD{i:02d}" for i in range(1, 12)]]
    responses = prepared["lq2002"].survey.raw_responses
    assert responses is not None
    items = responses[[f"leadership_{i}" for i in range(1, 12)]].to_numpy(dtype=float)
    k, raw = 11, data.to_numpy(dtype=float)
    expected = k / (k - 1) * (1 - raw.var(axis=0, ddof=1).sum() / raw.sum(axis=1).var(ddof=1))
    assert cronbach_alpha(items).raw == pytest.approx(expected)


def test_corp_rep_sentinels_become_missing(prepared: Prepared, real_data: Path) -> None:
    """Each -99 of the columns that are used is in the log; none is an answer; the rest is unchanged."""
    data = pd.read_csv(real_data / "reputation" / "corp_rep_data.csv")
    study = prepared["corp_rep"]
    used = [*(f"cusl_{i}" for i in (1, 2, 3)), "cusa", "education"]
    record = cleaning_record(study.cleaning_log, study.survey)
    rules = record.rules.set_index("rule")
    assert rules.loc["missing_code", "n"] == int((data[used] == -99).to_numpy().sum()) == 20
    assert (record.rows_in, record.rows_out) == (344, 344)
    items = item_quality(study.survey).frame.set_index("item")
    for i in (1, 2, 3):
        assert items.loc[f"loyalty_{i}", "n_missing"] == (data[f"cusl_{i}"] == -99).sum()
    means = study.scores.query("scope == 'item' and name == 'loyalty_2'").set_index("organization")["mean"]
    valid = data[data["cusl_2"] != -99]
    expected = valid.groupby(valid["serviceprovider"].astype(str))["cusl_2"].mean()
    np.testing.assert_allclose(means.loc[expected.index], expected, atol=1e-12)
    assert sorted(study.clients) == ["1", "2", "3", "4"]
