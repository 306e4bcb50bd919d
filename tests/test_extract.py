"""A client's extract: its own rows, the benchmark's aggregates, nothing else."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cfanalysis.analyses.client_report import client_items, client_pairs, client_profile, client_standing
from cfanalysis.core.errors import ConfidentialityError, ParameterError, StudyError
from cfanalysis.study.benchmark.peers import study_benchmarks
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.study_measures import study_measures

from .conftest import ROOT, TINY
from .database_files import many, write_rows


@pytest.fixture(scope="module")
def folder(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_extract(sample_study, sample_study.clients[0], tmp_path_factory.mktemp("extract") / "one")


def test_no_other_organization_is_named_anywhere(sample_study: Study, folder: Path) -> None:
    """No byte of the extract holds another organization's name."""
    content = b"".join(p.read_bytes() for p in sorted(folder.iterdir()))
    own = sample_study.clients[0]
    assert own.encode() in content
    assert [name for name in sample_study.clients[1:] if name.encode() in content] == []


def test_benchmark_rows_are_aggregates_of_enough_organizations(folder: Path) -> None:
    """Every benchmark row rests on at least five organizations, deciles on twenty."""
    benchmark = open_extract(folder).benchmark
    assert (benchmark["n"] >= 5).all()
    assert benchmark.loc[benchmark["n"] < 20, "p50"].isna().all()


def test_scores_are_the_study_s(sample_study: Study, folder: Path) -> None:
    """The client's scores in the extract are those in the study, to the tenth that is printed."""
    extract = open_extract(folder)
    own = sample_study.scores[sample_study.scores["organization"] == extract.client]
    keys = ["wave", "scope", "name", "facet"]
    merged = extract.scores.merge(own, on=keys, suffixes=("", "_study"))
    assert len(merged) == len(own)
    terms = merged[merged["facet"] != "gap"]
    assert terms["score"].tolist() == pytest.approx(terms["score_study"].tolist(), abs=0.0501)
    assert merged["score"].tolist() == pytest.approx(merged["score_study"].tolist(), abs=0.1001)


def test_percentile_and_benchmark_by_hand(sample_study: Study, folder: Path) -> None:
    """The overall gap's percentile and mean are those of the latest gaps of those who count."""
    extract = open_extract(folder)
    scores = sample_study.scores.query("scope == 'overall' and facet == 'gap' and kind == 'organization'")
    latest = scores.sort_values("wave").groupby("organization")["score"].last()
    latest = latest[latest.index.isin(who_counts(sample_study, "overall", "gap"))]
    own = latest[extract.client]
    row = client_standing(extract).row("overall", "gap")
    assert row is not None
    assert row["percentile"] == pytest.approx(
        100 * ((latest < own).sum() + (latest == own).sum() / 2) / len(latest)
    )
    assert row["benchmark"] == pytest.approx(latest.mean(), abs=0.1001)
    assert row["n"] == len(latest)


def who_counts(study: Study, scope: str, facet: str) -> set[str]:
    """The organizations that count in a measure."""
    rows = study_benchmarks(study_measures(study)).all_organizations.membership.rows
    return set(rows.loc[(rows["scope"] == scope) & (rows["facet"] == facet), "organization"])


def test_results_for_the_report(folder: Path) -> None:
    """Profile, pairs and items come from the extract alone, complete and in order."""
    extract = open_extract(folder)
    profile = client_profile(extract)
    assert profile.groups == (extract.client, "Top quartile", "Benchmark mean")
    assert len(profile.frame) == 3 * len(extract.instrument.gap_dimensions)
    pairs = client_pairs(extract).frame
    assert pairs["score"].is_monotonic_decreasing
    assert (pairs["say"] - pairs["do"] - pairs["score"]).abs().max() < 1e-8
    items = client_items(extract).frame
    assert items["name"].tolist() == [
        i.id for i in extract.instrument.gap_items if i.id in set(items["name"])
    ]


def test_an_unknown_client_names_the_nearest(sample_study: Study, tmp_path: Path) -> None:
    """A client that does not exist: the nearest is proposed, nothing is written."""
    wrong = sample_study.clients[0][:-1]
    with pytest.raises(
        StudyError, match=rf"no client '{wrong}'(.|\n)*did you mean {sample_study.clients[0]}"
    ):
        cut_extract(sample_study, wrong, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_case_and_spaces_of_a_client_do_not_matter(sample_study: Study, tmp_path: Path) -> None:
    """The name is found however it is spaced or capitalized."""
    name = sample_study.clients[0]
    extract = open_extract(cut_extract(sample_study, f"  {name.upper()} ", tmp_path / "x"))
    assert extract.client == name


def test_two_cuts_are_the_same(sample_study: Study, folder: Path, tmp_path: Path) -> None:
    """An extract has the same bytes each time."""
    again = cut_extract(sample_study, sample_study.clients[0], tmp_path / "x")
    assert [p.read_bytes() for p in sorted(again.iterdir())] == [
        p.read_bytes() for p in sorted(folder.iterdir())
    ]


def test_what_is_no_extract_is_refused(tmp_path: Path) -> None:
    """A folder without an extract says so."""
    with pytest.raises(StudyError, match="not a client's extract"):
        open_extract(tmp_path)


def test_every_client_of_the_sample_has_a_standing(sample_study: Study, tmp_path: Path) -> None:
    """Single-respondent and incomplete clients give a standing too."""
    organizations = sample_study.survey.organizations.sort_values("n")
    for name in organizations["organization"].head(3):
        standing = client_standing(open_extract(cut_extract(sample_study, name, tmp_path / "x")))
        assert isinstance(standing.frame, pd.DataFrame)
        assert standing.n >= 1


def everything_in(folder: Path) -> str:
    """Every text and number of an extract's tables, as text, and its JSON."""
    parts = [pd.read_parquet(p).to_csv(index=False) for p in sorted(folder.glob("*.parquet"))]
    return "\n".join([*parts, (folder / "extract.json").read_text("utf-8")])


def test_no_other_organization_s_answers_are_in_an_extract(sample_study: Study, folder: Path) -> None:
    """Responses are the client's own, without ids; no open answer is there, not even the client's."""
    survey = sample_study.survey
    assert survey.raw_responses is not None
    client = sample_study.clients[0]
    content = everything_in(folder)
    own = survey.raw_responses[survey.raw_responses["organization"] == client]
    answers = {text for text in survey.raw_responses["one_thing"] if text}
    assert len(answers) > 100
    assert [text for text in answers if text in content] == []
    assert [i for i in survey.raw_responses["respondent"].unique() if i in content] == []
    extract = open_extract(folder)
    assert extract.raw_responses is not None
    assert len(extract.raw_responses) == len(own)
    assert "respondent" not in extract.raw_responses
    assert "seconds" not in extract.raw_responses


def test_aggregates_rest_on_enough_organizations(sample_study: Study, tmp_path: Path) -> None:
    """Also of peers: means of five at least, deciles of twenty, quartile means of five in the quartile."""
    extract = open_extract(
        cut_extract(sample_study, sample_study.clients[0], tmp_path / "x", benchmark="sector")
    )
    benchmark = extract.benchmark
    assert 5 <= extract.benchmark_facts.n < 20
    assert (benchmark["n"] >= 5).all()
    assert benchmark[["p10", "p50", "p90", "top", "bottom"]].isna().all(axis=None)
    assert (extract.trend["n"] >= 5).all()
    assert all(
        n >= 5
        for _, counts in extract.benchmark_facts.composition
        for option, n in counts
        if option != "others"
    )


def test_peers_share_the_client_s_sector(sample_study: Study, tmp_path: Path) -> None:
    """The peers' mean gap is that of the organizations of the client's sector, the client among them."""
    client = sample_study.clients[0]
    extract = open_extract(cut_extract(sample_study, client, tmp_path / "x", benchmark="sector"))
    organizations = sample_study.survey.organizations
    sector = organizations.loc[organizations["organization"] == client, "sector"].iloc[0]
    inside = set(organizations.loc[organizations["sector"] == sector, "organization"])
    scores = sample_study.scores.query("scope == 'overall' and facet == 'gap' and kind == 'organization'")
    latest = scores.sort_values("wave").groupby("organization")["score"].last()
    row = extract.benchmark.query("scope == 'overall' and facet == 'gap'").iloc[0]
    inside &= who_counts(sample_study, "overall", "gap")
    assert row["mean"] == pytest.approx(latest[latest.index.isin(inside)].mean(), abs=0.1001)
    assert extract.benchmark_facts.title == f"Sector: {sector}"


def test_peer_groups_are_checked(sample_study: Study, tmp_path: Path) -> None:
    """An unknown field names the known; too small a group is refused, and nothing is written."""
    with pytest.raises(ParameterError, match="no such benchmark"):
        cut_extract(sample_study, sample_study.clients[0], tmp_path / "x", benchmark="sektor")
    latest = sample_study.survey.organizations.drop_duplicates("organization")
    sizes = latest["country"].value_counts()
    rare = latest.loc[latest["country"] == sizes[sizes < 5].index[0], "organization"].iloc[0]
    with pytest.raises(ConfidentialityError, match="too small"):
        cut_extract(sample_study, rare, tmp_path / "x", benchmark="country")
    assert list(tmp_path.iterdir()) == []


def test_practices_and_signs_have_benchmark_and_percentile(folder: Path) -> None:
    """Further measures stand beside the scores in the same form."""
    extract = open_extract(folder)
    latest = extract.scores[extract.scores["wave"] == extract.wave]
    for scope in ("practice", "warning_sign", "level", "at_level", "expectation", "customer", "adjusted"):
        rows = latest[latest["scope"] == scope]
        assert len(rows)
        assert rows["percentile"].between(0, 100).all()
        assert set(rows["name"]) <= set(extract.benchmark.loc[extract.benchmark["scope"] == scope, "name"])


def test_between_a_study_and_an_extract_the_analyses_are_called_in_one_place() -> None:
    """Benchmarks and extracts take what `study/study_measures.py` has computed, and call no analysis themselves."""
    study = ROOT / "cfanalysis" / "study"
    files = [
        study / "study_measures.py",
        study / "client_extract.py",
        *sorted((study / "benchmark").glob("*.py")),
    ]
    calling = [f.name for f in files if "cfanalysis.analyses" in f.read_text(encoding="utf-8")]
    assert calling == ["study_measures.py"]


def test_how_files_are_read_is_nothing_to_a_report(tmp_path: Path) -> None:
    """Another wave, header, text for nothing, version or comment in the instrument gives the same extract."""
    later = TINY.replace('waves: ["2024"', '# another year\nwaves: ["2023", "2024"').replace(
        'version: "', 'version: "9'
    )
    later = later.replace("[Retail, Energy]", "[Retail, Energy], source: [Branche]").replace(
        "n/a]", 'n/a, "-"]'
    )
    later = later.replace("[Performance]", "[Performance, Q7]").replace("[Company]", "[Company, Firma]")
    cut = []
    for number, text in enumerate((TINY, later)):
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
        write_rows(tmp_path / "rows.csv", many(*"ABCDEFGH"))
        study = prepare(tmp_path / "rows.csv", tmp_path / f"{number}.yaml", tmp_path / f"study-{number}")
        cut.append(cut_extract(study, "A", tmp_path / f"extract-{number}"))
    one, other = ({p.name: p.read_bytes() for p in sorted(folder.iterdir())} for folder in cut)
    assert one == other
    assert open_extract(cut[0]).instrument.item("s1").pair is not None
