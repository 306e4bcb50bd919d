"""What the charts draw beside the main analyses: answers, pairs, aspects, bands, the spread of the gap."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cfanalysis.analyses.answer_distribution import answer_distribution
from cfanalysis.analyses.aspect_gaps import aspect_gaps
from cfanalysis.analyses.gap_distribution import gap_distribution
from cfanalysis.analyses.gap_slope import gap_slope
from cfanalysis.analyses.pair_gaps import pair_gaps
from cfanalysis.analyses.quartile_gaps import quartile_gaps
from cfanalysis.analyses.score_bands import client_bands, score_bands
from cfanalysis.core.errors import AnalysisError
from cfanalysis.scoring.means import one_wave, organizations_only
from cfanalysis.scoring.say_do_gap import say_do_gaps
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import Source, Survey


def survey_of(
    tiny: Instrument, shares: dict[str, list[float]], *, item: str = "d1", total: str = ""
) -> Survey:
    """Return a survey in which each organization answers one item with the given shares."""
    rows = [
        (name, "2025", "total" if name == total else "organization", item, category, share, 10, 0)
        for name, line in shares.items()
        for category, share in enumerate(line, start=1)
    ]
    columns = ["organization", "wave", "kind", "item", "category", "share", "n", "n_dont_know"]
    frame = pd.DataFrame(rows, columns=columns)
    organizations = frame[["organization", "wave", "kind"]].drop_duplicates().assign(n=10)
    return Survey(tiny, frame, organizations, None, Source("tiny", "Tiny Survey", ("2025",)))


def test_answers_are_means_over_organizations(tiny):
    """Four organizations at 1 and one at 5: each counts once, totals and rounding do not."""
    shares = {f"O{i}": [1.0, 0, 0, 0, 0] for i in range(4)} | {
        "O4": [0, 0, 0, 0, 0.5],
        "All": [0, 0, 1.0, 0, 0],
    }
    result = answer_distribution(survey_of(tiny, shares, total="All"), items=["d1"])
    assert result.frame["share"].tolist() == [0.8, 0, 0, 0, 0.2]
    assert result.n == 5
    assert set(result.frame["n_answers"]) == {50}
    assert result.labels[0] == "Strongly disagree"


def test_too_few_organizations_show_no_answers(tiny):
    """Below the minimum of organizations nothing is shown."""
    shares = {f"O{i}": [1.0, 0, 0, 0, 0] for i in range(4)}
    with pytest.raises(AnalysisError, match="enough organizations"):
        answer_distribution(survey_of(tiny, shares), items=["d1"])


def test_gaps_of_pairs_are_means_of_the_quartiles_organizations(sample_study: Study) -> None:
    """The column of all is the mean over organizations with a gap and a criterion; n adds up over quartiles."""
    survey = sample_study.survey
    result = pair_gaps(survey)
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, "latest"))
    gaps = say_do_gaps(shares, survey.instrument, scope="pair")
    known = quartile_gaps(survey, repetitions=100).organizations["organization"]
    one = gaps[(gaps["name"] == "lead_vision") & gaps["organization"].isin(known)]
    row = result.frame.query("pair == 'lead_vision'").set_index("group")
    assert row.loc["All", "gap"] == pytest.approx(one["gap_score"].mean())
    assert row.loc["All", "n"] == row.loc[list(result.groups[1:]), "n"].sum() == len(one)


def test_aspects_have_intervals_by_students_t(sample_study: Study) -> None:
    """Mean and interval over organizations; the rest's widest gap stands first."""
    survey = sample_study.survey
    result = aspect_gaps(survey, scope="dimension")
    quartiles = quartile_gaps(survey, repetitions=100).organizations
    rest = quartiles.loc[quartiles["quartile"] != "Top", "organization"]
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, "latest"))
    gaps = say_do_gaps(shares, survey.instrument, scope="dimension")
    values = gaps[(gaps["name"] == "people") & gaps["organization"].isin(rest)]["gap_score"]
    low, high = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
    row = result.frame.query("aspect == 'people' and group == 'Rest'").iloc[0]
    assert (row["gap"], row["low"], row["high"]) == pytest.approx((values.mean(), low, high))
    widths = result.frame.query("group == 'Rest'")["gap"].tolist()
    assert widths == sorted(widths, reverse=True)


def test_bands_are_quantiles_and_a_client_stands_in_its_own(sample_study: Study, tmp_path) -> None:
    """Quantiles of the latest scores; from an extract the same ends, and the client's own score."""
    survey = sample_study.survey
    bands = score_bands(survey)
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, "latest"))
    do = say_do_gaps(shares, survey.instrument)["do_score"]
    row = bands.frame.set_index("measure").loc["overall_do"]
    wanted = np.quantile(do, [0.1, 0.25, 0.5, 0.75, 0.9])
    assert row[["low", "q1", "median", "q3", "high"]].tolist() == pytest.approx(wanted.tolist())
    client = sample_study.clients[0]
    own = client_bands(open_extract(cut_extract(sample_study, client, tmp_path / "extract")))
    mine = own.frame.set_index("measure").loc["overall_do"]
    assert own.client == client
    assert mine["low"] <= mine["q1"] <= mine["median"] <= mine["q3"] <= mine["high"]
    assert mine["median"] == pytest.approx(row["median"], abs=0.5)
    assert 0 <= mine["client"] <= 100


def test_classes_hold_every_gap_and_part_at_zero(sample_study: Study) -> None:
    """Counts add up to n, 0 is a border, and all classes are equally wide."""
    result = gap_distribution(sample_study.survey)
    assert result.frame["n"].sum() == result.n
    assert ((result.frame["low"] >= 0) | (result.frame["high"] <= 0)).all()
    widths = (result.frame["high"] - result.frame["low"]).round(9).unique()
    assert len(widths) == 1
    negative = result.frame.loc[result.frame["high"] <= 0, "n"].sum()
    assert negative / result.n == pytest.approx(result.share_negative)


def test_doses_are_the_quartiles_means(sample_study: Study) -> None:
    """The mean gap of each quartile is that of the quartile chart."""
    doses = gap_slope(sample_study.survey).doses.set_index("quartile")["gap"]
    frame = quartile_gaps(sample_study.survey, repetitions=100).frame.set_index("quartile")["gap"]
    assert doses.to_dict() == pytest.approx(frame.to_dict())
