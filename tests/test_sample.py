from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from cfanalysis.core.errors import OutputError, ParameterError
from cfanalysis.study.sample import FATES, SAMPLE_ORGANIZATIONS, TRUTH, Sample, sample_responses, write_sample
from cfanalysis.study.sample.draws import Draws
from cfanalysis.survey.instrument import Instrument, load_instrument

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "data" / "sample" / "customer_focus_responses.csv"
DOCUMENT = (ROOT / "docs" / "sample.md").read_text(encoding="utf-8")
KINDS = tuple(FATES)
WHOLE_ROW = ("too_few_answers", "straight_liner", "duplicate", "blank_row")


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    """Return our own questionnaire."""
    return load_instrument(ROOT / "data" / "instruments" / "customer_focus.yaml")


@pytest.fixture(scope="module")
def sample() -> Sample:
    """Return the sample that ships."""
    return sample_responses()


@pytest.fixture(scope="module")
def large() -> Sample:
    """Return a sample of a thousand organizations."""
    return sample_responses(organizations=1000, seed=3)


@pytest.fixture(scope="module")
def scores(sample: Sample, instrument: Instrument) -> pd.DataFrame:
    """Return the clean answers as favourable points, don't-knows missing, beside the facts."""
    frame = sample.clean
    answers = frame[[i.id for i in instrument.rated_items]].replace("", None).astype(float)
    for item in instrument.rated_items:
        scale = instrument.scale_of(item.id)
        valid = answers[item.id].where(answers[item.id].between(scale.min, scale.max))
        answers[item.id] = scale.min + scale.max - valid if item.reverse else valid
    return pd.concat([frame[["organization", "respondent", "wave", "role"]], answers], axis=1)


def facet_mean(scores: pd.DataFrame, instrument: Instrument, facet: str) -> pd.Series:
    """Return each respondent's mean over the items of a facet."""
    return scores[[i.id for i in instrument.gap_items if i.facet == facet]].mean(axis=1)


def pieces(sample: Sample, kind: str) -> pd.DataFrame:
    """Return the planted pieces of a kind."""
    return sample.planted[sample.planted["kind"] == kind]


def line(sample: Sample, row: int) -> pd.Series:
    """Return a row of the file by its number, the header being row 1."""
    return sample.frame.iloc[row - 2]


def test_the_shipped_file_is_what_the_generator_writes(tmp_path: Path) -> None:
    """The defaults give, byte for byte, the one CSV in data/sample: below 2 MB, UTF-8, lines ending in LF."""
    written = write_sample(tmp_path / "again.csv")
    content = SHIPPED.read_bytes()
    assert (tmp_path / "again.csv").read_bytes() == content
    assert len(content) < 2_000_000
    assert b"\r" not in content
    assert content.decode("utf-8").count("\n") == len(written.frame) + 1
    assert [p.name for p in SHIPPED.parent.glob("*.csv")] == [SHIPPED.name]


def test_the_same_seed_gives_the_same_sample_and_another_one_does_not() -> None:
    """All of a sample follows from its arguments."""
    first, again, other = (sample_responses(organizations=12, seed=s) for s in (5, 5, 6))
    pd.testing.assert_frame_equal(first.frame, again.frame)
    pd.testing.assert_frame_equal(first.planted, again.planted)
    assert not first.frame.equals(other.frame)


def test_the_columns_are_the_instruments(sample: Sample, instrument: Instrument) -> None:
    """Reserved columns, the fields, then the items in their order."""
    fields = [f.id for f in (*instrument.organization_fields, *instrument.respondent_fields)]
    reserved = ["respondent", "organization", "wave", "seconds", "origin"]
    assert list(sample.frame.columns) == [*reserved, *fields, *(i.id for i in instrument.items)]
    assert not sample.frame.isna().any().any()


def test_every_row_says_synthetic(sample: Sample) -> None:
    """Made-up data is marked in each row that is not wholly blank."""
    blank = (sample.frame == "").all(axis=1)
    assert set(sample.frame.loc[~blank, "origin"]) == {"synthetic"}
    assert blank.sum() == len(pieces(sample, "blank_row"))


def test_a_sample_needs_an_organization_and_a_seed() -> None:
    """Arguments that make no sample are refused by name, with what is allowed."""
    with pytest.raises(ParameterError, match=r"organizations is too small[\s\S]*found:   0[\s\S]*1 or more"):
        sample_responses(organizations=0)
    with pytest.raises(ParameterError, match=r"seed is too small[\s\S]*found:   -1[\s\S]*0 or more"):
        sample_responses(seed=-1)


def test_nothing_is_left_where_the_sample_cannot_be_written(tmp_path: Path) -> None:
    """A place that is a file is an error that names it."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        write_sample(tmp_path / "file" / "sample.csv", organizations=2)


@pytest.mark.parametrize("organizations", [1, 2, 9])
def test_the_smallest_samples_are_whole(organizations: int) -> None:
    """Few organizations still make a file with its record."""
    small = sample_responses(organizations=organizations)
    assert len(small.organizations) == organizations
    assert set(small.clean["organization"]) == set(small.organizations["organization"])


def test_a_sample_may_have_a_thousand_organizations(large: Sample) -> None:
    """All of them answer."""
    assert large.clean["organization"].nunique() == 1000


def test_draws_of_one_name_do_not_depend_on_others() -> None:
    """Each quantity has a stream of its own."""
    alone = Draws(1).normal("halo", 5)
    draws = Draws(1)
    draws.uniform("other", 100)
    assert (draws.normal("halo", 5) == alone).all()
    assert (draws.normal("noise", 5) != alone).all()


def test_organizations_and_their_respondents(sample: Sample) -> None:
    """120 organizations, 1 to 40 respondents in a wave, most organizations in both waves."""
    answered = sample.clean
    sizes = answered.groupby(["organization", "wave"]).size()
    waves = answered.groupby("organization")["wave"].nunique()
    assert answered["organization"].nunique() == SAMPLE_ORGANIZATIONS
    assert (sizes.min(), sizes.max()) == (1, 40)
    assert sizes.median() < sizes.mean()
    assert set(answered["wave"]) == {"2024", "2025"}
    assert 0.7 < (waves == 2).mean() < 0.95


def test_names_are_told_apart(large: Sample) -> None:
    """No two organizations of a large sample have the same name, not even in another case."""
    names = large.organizations["organization"]
    assert names.str.casefold().nunique() == 1000


def test_fields_hold_the_instruments_options(sample: Sample, instrument: Instrument) -> None:
    """All options of sector, size and role occur, and nothing else; facts do not change within a unit."""
    answered = sample.clean
    for field in (*instrument.organization_fields, *instrument.respondent_fields):
        found = set(answered[field.id])
        assert found <= set(field.options) if field.id == "country" else found == set(field.options)
    assert (answered.groupby("organization")["sector"].nunique() == 1).all()
    assert (answered.groupby("respondent")["role"].nunique() == 1).all()


def test_each_respondent_answers_once_in_a_wave(sample: Sample) -> None:
    """Without the planted duplicates no respondent stands twice in a wave, and some return."""
    answered = sample.clean
    assert not answered.duplicated(["respondent", "wave"]).any()
    assert answered["respondent"].duplicated().mean() > 0.2


def test_one_to_three_rows_in_a_hundred_are_dirty(sample: Sample) -> None:
    """Every kind of dirt occurs, no row has two pieces, and most rows have none."""
    assert set(sample.planted["kind"]) == set(KINDS)
    assert sample.planted["row"].is_unique
    dirt = sample.planted[sample.planted["kind"] != "personal_detail"]
    assert 0.01 < len(dirt) / len(sample.frame) < 0.03


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in WHOLE_ROW])
def test_planted_cells_stand_in_the_file(sample: Sample, kind: str) -> None:
    """The cell named in the record holds what the record says, in the row of that respondent."""
    for piece in pieces(sample, kind).to_dict("records"):
        row = line(sample, piece["row"])
        assert row[piece["column"]] == piece["dirty"]
        assert (row["respondent"], row["wave"]) == (piece["respondent"], piece["wave"])


def test_changed_cells_are_dirty_and_have_a_clean_value(sample: Sample, instrument: Instrument) -> None:
    """What cleaning must change differs from its clean value, which is an answer or nothing."""
    changed = sample.planted[sample.planted["fate"] == "changed"]
    assert (changed["dirty"] != changed["clean"]).all()
    rated = {item.id for item in instrument.rated_items}
    for piece in changed[changed["column"].isin(rated)].to_dict("records"):
        scale = instrument.scale_of(piece["column"])
        codes = {str(c) for c in (*scale.categories, *scale.dont_know.codes)}
        assert piece["clean"] in codes | {""}


def test_duplicates_come_before_the_complete_row(sample: Sample, instrument: Instrument) -> None:
    """The less complete attempt stands above the complete one and agrees with it where it answers."""
    rated = [item.id for item in instrument.rated_items]
    planted = pieces(sample, "duplicate")
    for piece in planted.to_dict("records"):
        same = sample.frame[
            (sample.frame["respondent"] == piece["respondent"]) & (sample.frame["wave"] == piece["wave"])
        ]
        assert len(same) == 2
        earlier, later = (same.iloc[n][rated] for n in (0, 1))
        assert same.index[0] == piece["row"] - 2
        given = earlier != ""
        assert given.sum() < (later != "").sum()
        assert (earlier[given] == later[given]).all()


def test_rows_with_too_few_answers_have_few(sample: Sample, instrument: Instrument) -> None:
    """Such a row answers at most ten items, less than half of each facet."""
    for piece in pieces(sample, "too_few_answers").to_dict("records"):
        row = line(sample, piece["row"])
        for facet in ("say", "do"):
            ids = [i.id for i in instrument.gap_items if i.facet == facet]
            assert (row[ids] != "").mean() < instrument.minima.answered_share


def test_straight_liners_and_speeders_are_those_planted(sample: Sample, instrument: Instrument) -> None:
    """Nobody else gives one answer to all five-point items, reverse-keyed ones too, or takes under 90 s."""
    graded = [i.id for i in instrument.rated_items if len(instrument.scale_of(i.id).categories) == 5]
    alike = sample.clean[graded].nunique(axis=1) == 1
    assert sorted(alike[alike].index) == sorted(pieces(sample, "straight_liner")["row"])
    seconds = pd.to_numeric(sample.clean["seconds"])
    assert sorted(seconds[seconds < 90].index) == sorted(pieces(sample, "speeder")["row"])


def test_names_and_addresses_in_comments_are_those_planted(sample: Sample) -> None:
    """E-mail addresses and telephone numbers stand only in recorded comments, and are of reserved kinds."""
    comments = sample.frame["one_thing"]
    traced = comments[comments.str.contains(r"@|\d{3}[- ]\d{4}")]
    assert set(traced.index + 2) <= set(pieces(sample, "personal_detail")["row"])
    assert not traced.empty
    assert traced.str.contains(r"@example\.(?:com|org|net)|555-01\d\d|7946 0\d{3}").all()


def test_comments_are_varied(sample: Sample) -> None:
    """Nearly half of the respondents write something, in some hundred ways."""
    written = sample.clean["one_thing"].loc[lambda c: c != ""]
    assert 0.4 < len(written) / len(sample.clean) < 0.55
    assert written.nunique() > 150


def test_say_is_above_do_and_near_its_ceiling(scores: pd.DataFrame, instrument: Instrument) -> None:
    """Say is rated higher than Do, by about its latent lead less what the ceiling takes."""
    say, do = (facet_mean(scores, instrument, f).mean() for f in ("say", "do"))
    assert 4.0 < say < 4.4
    assert 0.5 < say - do < TRUTH.say_level - TRUTH.do_level + 0.05
    answers = scores[[i.id for i in instrument.gap_items if i.facet == "say"]].stack()
    assert 0.3 < (answers == 5).mean() < 0.55


def test_the_gap_is_narrower_where_performance_is_high(
    sample: Sample, scores: pd.DataFrame, instrument: Instrument
) -> None:
    """Organizations in the top quartile of true performance have the narrower gap."""
    gap = facet_mean(scores, instrument, "say") - facet_mean(scores, instrument, "do")
    by_organization = gap.groupby(scores["organization"]).mean()
    truth = sample.organizations.set_index("organization")["performance"].reindex(by_organization.index)
    top = truth >= truth.quantile(0.75)
    assert by_organization[~top].mean() - by_organization[top].mean() > 0.1


@pytest.mark.parametrize("facet", ["say", "do"])
def test_slopes_on_performance_are_the_documented_ones(
    facet: str, large: Sample, instrument: Instrument
) -> None:
    """Without the ends of the scale the answers rise with performance as the truth says.

    On items far from an end a rating rises by its latent slope: the level is moved by comparing shares of
    answers above 3 for Do, and above 4 for Say, through the normal distribution with the documented spread.
    """
    answers = large.clean[[i.id for i in instrument.gap_items if i.facet == facet and not i.reverse]]
    numbers = answers.replace("", None).astype(float).where(lambda x: x <= 5)
    cut = 4 if facet == "say" else 3
    above = (numbers > cut).where(numbers.notna()).astype(float)
    truth = large.organizations.set_index("organization")["performance"]
    p = large.clean["organization"].map(truth)
    high, low = p > p.quantile(0.67), p < p.quantile(0.33)
    parts = (TRUTH.noise_sd, TRUTH.halo_sd, TRUTH.organization_sd, TRUTH.facet_sd, TRUTH.dimension_sd)
    spread = np.sqrt(sum(sd**2 for sd in parts))
    probit = norm.ppf(above[high].mean()) - norm.ppf(above[low].mean())
    slope = float(np.mean(probit)) * spread / (p[high].mean() - p[low].mean())
    assert slope == pytest.approx(TRUTH.say_slope if facet == "say" else TRUTH.do_slope, abs=0.06)


def test_performance_items_rise_with_true_performance(
    sample: Sample, scores: pd.DataFrame, instrument: Instrument
) -> None:
    """The criterion measures P: correlated well, not perfectly."""
    items = [i.id for i in instrument.select(role="performance")]
    rated = scores[items].mean(axis=1).groupby(scores["organization"]).mean()
    truth = sample.organizations.set_index("organization")["performance"].reindex(rated.index)
    assert 0.7 < rated.corr(truth) < 0.95


def test_leaders_see_more_than_the_front_line(scores: pd.DataFrame, instrument: Instrument) -> None:
    """Leaders rate what is done higher than managers, and managers higher than the front line."""
    do = facet_mean(scores, instrument, "do").groupby(scores["role"]).mean()
    assert do["Leader"] > do["Manager"] > do["Front line"]


def test_the_second_wave_is_a_little_better(scores: pd.DataFrame, instrument: Instrument) -> None:
    """Among returning respondents Do rises a little from wave to wave."""
    do = facet_mean(scores, instrument, "do")
    both = do.groupby([scores["respondent"], scores["wave"]]).mean().unstack().dropna()
    change = (both["2025"] - both["2024"]).mean()
    assert 0.03 < change < 0.17


def test_the_widest_gap_is_in_processes(scores: pd.DataFrame, instrument: Instrument) -> None:
    """Dimensions differ as documented."""
    means = scores[[i.id for i in instrument.gap_items]].mean()
    gaps: dict[str, float] = {}
    for item in instrument.gap_items:
        same = instrument.select(role="gap", facet=item.facet, dimension=item.dimension)
        share = means[item.id] / len(same) * (1 if item.facet == "say" else -1)
        gaps[str(item.dimension)] = gaps.get(str(item.dimension), 0.0) + share
    assert max(gaps, key=lambda d: gaps[d]) == "processes"
    assert min(gaps, key=lambda d: gaps[d]) == "products"


def test_contacts_add_up_to_ten(scores: pd.DataFrame, instrument: Instrument) -> None:
    """Disappointed, satisfied and impressed customers are ten together wherever all are counted."""
    counts = scores[[i.id for i in instrument.select(role="expectation")]].dropna()
    assert len(counts) > 1500
    assert (counts.sum(axis=1) == 10).all()


def test_signs_levels_and_contacts_go_with_performance(
    sample: Sample, scores: pd.DataFrame, instrument: Instrument
) -> None:
    """Warning signs are rarer, high levels and impressed customers commoner where performance is high."""
    truth = sample.organizations.set_index("organization")["performance"]
    p = scores["organization"].map(truth)
    signs = scores[[i.id for i in instrument.select(role="warning_sign")]].mean(axis=1)
    high = scores[[i.id for i in instrument.items if i.level == "high"]].mean(axis=1)
    impressed = scores[instrument.select(role="expectation")[2].id]
    assert signs.corr(p) < -0.2
    assert high.corr(p) > 0.3
    assert impressed.corr(p) > 0.2
