"""The robustness table: each analysis against a hand-made or an independent computation."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.regression.linear_model import OLS

from cfanalysis.analyses.claim_data import claim_data
from cfanalysis.analyses.forest_rows import robustness_forest
from cfanalysis.analyses.robustness import Robustness, change_within, robustness
from cfanalysis.analyses.robustness.catalogue import ANALYSES, TELLING
from cfanalysis.analyses.robustness.congruence import response_surface
from cfanalysis.analyses.robustness.continuous import exact_quantile_slope, hc3_fit, restricted_cubic_spline
from cfanalysis.analyses.robustness.cumulative_logit import cumulative_logit, wild_cluster_quantile
from cfanalysis.analyses.robustness.halo import tipping_point
from cfanalysis.analyses.robustness.models import mixed_model
from cfanalysis.analyses.robustness.robustness_input import (
    AnalysisResult,
    RobustnessInput,
    mean_over_halvings,
)
from cfanalysis.core.blocks import Notice
from cfanalysis.core.errors import AnalysisError
from cfanalysis.reports import robustness_report as robustness_pages
from cfanalysis.reports.robustness_report import change_table
from cfanalysis.survey.survey_data import Survey

from .surveys import INSTRUMENT, made_instrument, made_survey, published, survey_of

IDS = {analysis.id for analysis in ANALYSES}


def material_of(survey: Survey, **options: object) -> RobustnessInput:
    data = claim_data(survey, seed=2026, **options)  # type: ignore[arg-type]
    return RobustnessInput(survey, data, data.evidence, "latest", 200, 2026)


def result_of(survey: Survey, name: str) -> AnalysisResult:
    """The result of one analysis of the table, without the others."""
    return next(analysis for analysis in ANALYSES if analysis.id == name).run(material_of(survey))


@pytest.fixture(scope="module")
def made() -> Robustness:
    """A true effect, two waves, six respondents at most."""
    return robustness(made_survey(waves=2), repetitions=200)


def test_every_analysis_of_the_method_is_there(made: Robustness) -> None:
    """All rows that the method lists are computed or said to be not possible; the polynomial needs an outcome."""
    found = {row.id for row in made.rows} | {row.id for row in made.not_possible}
    # The verdict's own criterion needs no row beside it, the gap predicts nothing, nothing is known of respondents.
    assert found == IDS - {"other_respondents", "polynomial", "same_mix"}
    assert made.not_possible == ()
    assert all(row.removes and row.cannot and row.n == 60 for row in made.rows)


def test_eight_rows_are_the_most_telling(made: Robustness) -> None:
    """Eight of the preferred analyses, in the order of the table."""
    names = [row.id for row in made.telling]
    assert len(names) == 8
    assert set(names) <= set(TELLING)
    assert names == [row.id for row in made.rows if row.id in names]


def test_a_true_effect_shows_in_every_analysis(made: Robustness) -> None:
    """Where Do truly rises more, every interval lies above 0; performance that does not change tells of no change."""
    assert all(row.low is None or row.low > 0 for row in made.rows if row.id != "change")
    assert (made.specifications.frame["low"] > 0).mean() > 0.9


def test_the_naive_comparison_finds_what_is_not_there() -> None:
    """A ceiling on Say makes Do vary more: cut on the overall score, a gap appears; off the ceiling there is none."""
    null = made_survey(effect=0.0, lead=1.4, slope=0.5, organizations=150)
    for name in ("overall_score", "item_split_half"):
        assert low_of(null, name) > 0
    assert low_of(null, "beyond_ceiling") < 0


def low_of(survey: Survey, name: str) -> float:
    low = result_of(survey, name).estimate.low
    assert low is not None
    return low


def test_a_quantile_line_that_goes_in_circles_is_solved_exactly() -> None:
    """Iterations that stop at their limit are noticed, solved as a linear program, and said."""
    assert "solved exactly" in result_of(published(made_survey()), "quantile_50").detail
    x = np.arange(9.0)
    assert exact_quantile_slope(2 * x + np.array([0, 9, 0, 0, -5, 0, 0, 7, 0]), x, 0.5) == pytest.approx(2)


def test_an_organization_that_stands_alone_has_no_hc3() -> None:
    """A group of one has a residual of 0 whatever it says: refused in words, no division by 0."""
    design = np.column_stack([np.ones(5), [1.0, 0, 0, 0, 0]])
    with pytest.raises(AnalysisError, match="alone decides"):
        hc3_fit(np.arange(5.0), design)


def test_frequency_tables_say_what_needs_respondents() -> None:
    """Without respondents mixed and ordinal models are listed as not possible, the rest is there."""
    tables = robustness(published(made_survey()), repetitions=200)
    lacking = {row.id for row in tables.not_possible}
    assert lacking == {"mixed", "mixed_facet", "proportional_odds", "other_respondents", "other_wave"}
    assert tables.odds.empty
    table = robustness_pages.not_possible_table(tables)
    assert not isinstance(table, Notice)
    assert all(row[1].startswith("not possible: ") for row in table.rows)


def test_composite_mode_leaves_what_describes() -> None:
    """On the overall score alone, only the circular analyses are made."""
    bare = made_instrument(INSTRUMENT.replace("criterion: performance\n", ""))
    found = robustness(made_survey(instrument=bare), repetitions=200)
    assert {row.id for row in found.rows} == {
        "raw", "beyond_ceiling", "overall_score", "item_split_half", "leave_one_dimension_out", "ranks",
    }  # fmt: skip
    assert found.specifications.frame["circular"].all()
    assert "cannot test the claim" in str(robustness_pages.robustness_summary(found))


@pytest.mark.parametrize("organizations", [5, 12])
def test_small_studies_get_rows_or_reasons(organizations: int) -> None:
    """With few organizations every row has finite numbers, or stands among those that are not possible."""
    small = robustness(made_survey(organizations=organizations), repetitions=200)
    for row in small.rows:
        assert math.isfinite(row.estimate)
        assert row.low is None or math.isfinite(row.low)
    assert "nan" not in robustness_pages.robustness_table(small).text().lower().split()


def test_the_straight_line_is_hc3() -> None:
    """The row is the OLS slope on normal scores with HC3, turned round, times the distance of rest and top."""
    survey = published(made_survey())
    material = material_of(survey)
    gap, z, top = material.gaps[0], material.scores[0], material.evidence.halvings[0].top
    fit = OLS(gap, np.column_stack([np.ones_like(z), z])).fit(cov_type="HC3")
    slope = result_of(survey, "slope").estimate
    apart = z[top].mean() - z[~top].mean()
    assert slope.estimate == pytest.approx(-fit.params[1] * apart)
    assert slope.low == pytest.approx(slope.estimate - stats.t.ppf(0.975, 58) * fit.bse[1] * apart)


def test_the_line_over_groups_is_the_jackknife_over_them() -> None:
    """Where groups of organizations are alike the covariance is that of leaving out each group; alone it is HC3."""
    rng = np.random.default_rng(8)
    groups, z = np.arange(60) % 12, rng.normal(size=60)
    y = z + rng.normal(size=12)[groups] + rng.normal(size=60)
    design = np.column_stack([np.ones_like(z), z])
    whole = OLS(y, design).fit().params
    left = [OLS(y[groups != g], design[groups != g]).fit().params - whole for g in range(12)]
    fit = hc3_fit(y, design, groups=groups)
    assert fit.cov_params() == pytest.approx(np.transpose(left) @ left)
    assert fit.bse[1] == pytest.approx(np.sqrt(fit.cov_params()[1, 1]))
    assert hc3_fit(y, design, groups=np.arange(60)).bse == pytest.approx(hc3_fit(y, design).bse)
    with pytest.raises(AnalysisError, match="One group alone"):
        hc3_fit(y, np.column_stack([design, groups == 3]).astype(float), groups=groups)


def test_spline_is_linear_outside_of_its_knots() -> None:
    """A restricted cubic spline has no curvature beyond the outer knots; ties of knots are refused."""
    basis = restricted_cubic_spline(np.array([10.0, 11.0, 12.0]), np.array([0.0, 1.0, 2.0, 5.0]))
    assert np.allclose(np.diff(basis, n=2, axis=0), 0)
    with pytest.raises(AnalysisError, match="too many ties"):
        restricted_cubic_spline(np.arange(3.0), np.array([0.0, 0.0, 1.0]))


def test_proportional_odds_agree_with_statsmodels() -> None:
    """Slope and thresholds are OrderedModel's."""
    random = np.random.default_rng(3)
    z = random.normal(size=300)
    x = np.digitize(0.8 * z + random.logistic(size=300), [-1.5, 0.0, 1.0])
    ours = cumulative_logit(x.astype(float), z, np.arange(300), clusters=300)
    model = OrderedModel(x, z[:, None], distr="logit")
    theirs = model.fit(method="bfgs", disp=False)
    assert ours.slope == pytest.approx(theirs.params[0], abs=1e-4)
    assert np.allclose(ours.thresholds, model.transform_threshold_params(theirs.params[1:])[1:-1], atol=1e-4)
    assert ours.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)
    assert ours.influence.sum() == pytest.approx(0, abs=1e-6)
    # Single answers as clusters: the sandwich variance is near that of the model, which is true.
    assert math.sqrt((ours.influence**2).sum()) == pytest.approx(theirs.bse[0], rel=0.1)


def test_copied_respondents_do_not_make_the_interval_narrower() -> None:
    """Four copies of every answer in one cluster leave the cluster-robust variance as it was."""
    random = np.random.default_rng(4)
    z, cluster = random.normal(size=80), np.arange(80)
    x = np.round(np.clip(3 + z + random.normal(size=80), 1, 5))
    once = cumulative_logit(x, z, cluster, clusters=80)
    copied = cumulative_logit(np.repeat(x, 4), np.repeat(z, 4), np.repeat(cluster, 4), clusters=80)
    assert copied.slope == pytest.approx(once.slope, abs=1e-6)
    assert (copied.influence**2).sum() == pytest.approx((once.influence**2).sum(), rel=1e-4)


def test_an_item_without_variation_is_not_fitted() -> None:
    """A constant item and a constant criterion are refused."""
    with pytest.raises(AnalysisError, match="does not vary"):
        cumulative_logit(np.ones(5), np.arange(5.0), np.arange(5), clusters=5)


def test_few_clusters_get_a_wild_bootstrap() -> None:
    """With few clusters the interval reaches further than 1.96 standard errors, and the row says why."""
    random = np.random.default_rng(1)
    assert wild_cluster_quantile(random.normal(size=8), seed=1) > 2.0
    assert wild_cluster_quantile(random.normal(size=2000), seed=1) == pytest.approx(1.96, abs=0.12)
    detail = result_of(made_survey(organizations=24), "proportional_odds").detail
    assert "wild cluster bootstrap" in detail


def test_a_mixed_model_that_stops_wrong_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log-likelihood that is not finite is no fit, whatever the optimizer says."""

    class Fit:
        converged, llf = True, float("nan")
        fe_params = bse_fe = np.ones(4)

    class Model:
        def __init__(self, *_: object, **__: object) -> None: ...

        def fit(self, **_: object) -> Fit:
            return Fit()

    monkeypatch.setattr("statsmodels.regression.mixed_linear_model.MixedLM", Model)
    with pytest.raises(AnalysisError, match="did not converge"):
        mixed_model(material_of(made_survey()), facet_varies=False)


def test_the_mixed_model_agrees_with_the_gap_where_everybody_has_as_many_respondents() -> None:
    """Balanced, the interaction is the slope of the gap on the criterion."""
    survey = made_survey(respondents=4)
    assert survey.raw_responses is not None
    first = survey.raw_responses["organization"].eq("O000")
    balanced = survey_of(survey.raw_responses[~first].reset_index(drop=True), survey.instrument)
    material = material_of(balanced, kind="same respondents")
    mixed = mixed_model(material, facet_varies=True).estimate
    z = material.scores[0]
    slope = np.polyfit(z, material.gaps[0], 1)[0]
    assert mixed.estimate == pytest.approx(-slope * material.distances[0], abs=1e-3)


def test_the_tipping_point_is_the_halo_that_was_put_in() -> None:
    """A halo of known strength in criterion and Do, and nothing else, is found by the formula."""
    random = np.random.default_rng(5)
    n, r = 4000, 0.6
    halo, own = random.normal(size=(2, n))
    criterion = math.sqrt(1 - r * r) * random.normal(size=n) + r * halo
    do = r * halo + math.sqrt(1 - r * r) * own
    levels = np.column_stack([random.normal(size=(n, 2)), np.column_stack([do, do])])
    above = (levels[:, :, None] > np.array([-1.5, -0.5, 0.5, 1.5])).astype(float)
    survey = published(made_survey())
    base = claim_data(survey)
    data = replace(
        base,
        above=above,
        criterion=criterion,
        items=tuple(i for i in base.items if i.id in ("s1", "s2", "d1", "d2")),
        organizations=tuple(str(i) for i in range(n)),
        counts=None,
    )
    found = tipping_point(RobustnessInput(survey, data, data.evidence, "latest", 200, 1))
    assert found.estimate.estimate == pytest.approx(r, abs=0.03)


def test_nothing_to_explain_away() -> None:
    """Where the latent contrast is not above 0 there is no tipping point, and the reason is given."""
    with pytest.raises(AnalysisError, match="no wider gap that a halo could explain away"):
        result_of(made_survey(effect=-0.5), "halo")


def test_polynomial_regression_stands_only_beside_an_outcome() -> None:
    """With an external outcome the gap is a predictor, and the line of incongruence is reported."""
    survey = made_survey(organizations=80)
    named = made_instrument(INSTRUMENT + "criterion_outcome: loyalty\n")
    outcomes = survey.organizations[["organization", "wave", "n"]].assign(outcome="loyalty")
    outcomes["value"] = np.random.default_rng(1).normal(size=len(outcomes))
    found = robustness(replace(survey, instrument=named, outcomes=outcomes), repetitions=200)
    assert found.row("polynomial") is not None
    assert found.criterion.endswith("an external outcome")


def test_change_within_organizations_is_that_of_first_differences() -> None:
    """Two waves: the slope of the change of the gap on the change of the criterion, waves apart; by hand."""
    survey = published(changing_survey(organizations=50))
    found = change_within(survey)
    data = [claim_data(survey, wave=wave) for wave in ("first", "latest")]
    frames = []
    for one in data:
        only = one.evidence.halvings[0]
        z = (only.criterion - only.criterion.mean()) / only.criterion.std()
        names = [one.organizations[i] for i in one.evidence.kept]
        frames.append(pd.DataFrame({"gap": only.say - only.do, "z": z}, index=names))
    change = frames[1] - frames[0].reindex(frames[1].index)
    assert found.slope.estimate == pytest.approx(np.polyfit(change["z"], change["gap"], 1)[0])
    assert found.gap_change.estimate == pytest.approx(change["gap"].mean())
    assert (found.n, found.waves) == (50, ("2024", "2025"))


def test_change_finds_what_changes_and_not_what_lasts() -> None:
    """Do that follows performance shows in changes; a lasting halo on Do and performance does not."""
    followed = change_within(changing_survey(follows=0.8))
    lasting = change_within(changing_survey(follows=0.0, halo=0.8))
    assert followed.implied.low is not None
    assert followed.implied.low > 0
    assert lasting.implied.low is not None
    assert lasting.implied.low < 0.1
    assert "+" in str(change_table(followed).rows[2][1])
    with pytest.raises(AnalysisError, match="one wave only"):
        change_within(made_survey())


def changing_survey(*, organizations: int = 120, follows: float = 0.8, halo: float = 0.0) -> Survey:
    """Two waves in which performance changes; Do follows it, and a lasting halo moves Do and the rating of it."""
    random = np.random.default_rng(7)
    instrument, size, frames = made_instrument(), 6, []
    lasting = halo * random.normal(size=organizations)
    place = np.repeat(np.arange(organizations), size)
    for wave in ("2024", "2025"):
        truth = random.normal(size=organizations)
        level = {"say": np.zeros(organizations), "do": follows * truth + lasting, "None": truth + lasting}
        frame = pd.DataFrame({"organization": [f"O{i:03d}" for i in place], "wave": wave, "sector": "north"})
        frame["respondent"] = [f"R{i}" for i in range(place.size)]
        for item in instrument.rated_items:
            answer = 3 + level[str(item.facet)][place] + 0.6 * random.normal(size=place.size)
            answer = np.clip(np.round(answer), 1, 5)
            frame[item.id] = pd.array((6 - answer if item.reverse else answer).astype(int), dtype="Int8")
        frames.append(frame)
    return survey_of(pd.concat(frames, ignore_index=True), instrument)


def test_response_surface_by_hand() -> None:
    """An outcome of S - D has the slope 2 along the line of incongruence, and no curvature."""
    random = np.random.default_rng(2)
    s, d = random.normal(size=(2, 200))
    slope, se, bend = response_surface(s, d, s - d + 0.1 * random.normal(size=200))
    assert slope == pytest.approx(2, abs=4 * se)
    assert se < 0.1
    assert bend > 0.001


def test_a_failed_fit_is_no_number() -> None:
    """An estimate or a standard error that is not a number is an error, never averaged in."""
    with pytest.raises(AnalysisError, match="no finite estimate"):
        mean_over_halvings([(1.0, 0.1), (float("nan"), 0.1)], df=10)


def test_specifications_cover_all_combinations(made: Robustness) -> None:
    """Criteria x cuts x waves x weights, sorted; those cut on the overall score are marked."""
    curve = made.specifications
    assert len(curve.frame) == 3 * 6 * 2 * 2
    assert curve.frame["estimate"].is_monotonic_increasing
    assert set(curve.frame.loc[curve.frame["circular"], "criterion"]) == {"overall score"}
    raw = curve.frame.query("criterion == 'other respondents' and cut == '75%' and wave == 'latest'")
    own = made.row("raw")
    assert own is not None
    assert raw.query("weights == 'organizations'")["estimate"].iloc[0] == pytest.approx(own.estimate)


def test_items_are_adjusted_by_benjamini_and_hochberg(made: Robustness) -> None:
    """Every item has a slope with interval; adjusted p values are not below the raw ones."""
    odds = made.odds
    assert list(odds["item"]) == ["s1", "s2", "s3", "s4", "d1", "d2", "d3", "d4"]
    assert (odds["adjusted_p"] >= odds["p"] - 1e-12).all()
    assert (odds["low"] < odds["slope"]).all()


def test_forest_rows_share_a_unit_under_a_heading(made: Robustness) -> None:
    """The verdict's own contrast comes first and strong; other units have headings of their own."""
    rows = robustness_forest(made, telling=False).frame
    assert rows["strong"].tolist()[:3] == [True, True, False]
    assert rows.groupby("group")["unit"].nunique().max() == 1
    assert "correlation" not in set(rows["unit"])
