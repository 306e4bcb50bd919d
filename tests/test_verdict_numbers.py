"""The numbers of the verdict, by hand and by plain loops."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import stats

from cfanalysis.statistics.claim_test.evidence import checked_evidence
from cfanalysis.statistics.claim_test.jackknife import latent_contrast
from cfanalysis.statistics.claim_test.latent import item_sigma, quadrature, sparing_quadrature, thresholds
from cfanalysis.statistics.claim_test.resampling import recut, resamples, sample_counts
from cfanalysis.statistics.claim_test.tails import Tails, running_counts, weighted_sums
from cfanalysis.statistics.quartiles import in_top, quartile_groups

from .verdict_surveys import survey


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    """The speed benchmark, whose plain loops say what the numbers must be."""
    file = Path(__file__).resolve().parents[1] / "benchmarks" / "verdict_speed.py"
    spec = importlib.util.spec_from_file_location("verdict_speed", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_latent_slope_of_one_threshold_by_hand() -> None:
    """Two options: a is the density at the threshold, v the covariance with the scores."""
    above = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 1], [1, 1]], dtype=float)
    evidence = checked_evidence(above[:, :, None], [1, 2, 3, 4, 5, 6], ["say", "do"])
    z = evidence.halvings[0].scores
    density = stats.norm.pdf(stats.norm.ppf(4 / 6))
    beta = [np.mean(above[:, k] * z) / density for k in (0, 1)]
    contrast = latent_contrast(evidence)
    assert contrast.beta_say.estimate == pytest.approx(beta[0])
    assert contrast.theta_a.estimate == pytest.approx(beta[1] - beta[0])
    assert contrast.theta_b is None


def test_thresholds_that_nobody_crossed_have_no_density() -> None:
    """The share is clipped to half an organization, the density is 0."""
    tau, phi, clipped = thresholds(np.array([0.0, 0.5, 1.0]), 50)
    assert clipped.tolist() == [0.01, 0.5, 0.99]
    np.testing.assert_allclose(tau, [stats.norm.ppf(0.99), 0, -stats.norm.ppf(0.99)], atol=1e-12)
    np.testing.assert_allclose(phi, [0, stats.norm.pdf(0), 0])


def test_sigma_recovers_the_spread_of_thresholds() -> None:
    """Thresholds 1/2, 3/2, 5/2, 7/2 seen with mean 2 and standard deviation 1.6."""
    tau = ((np.arange(4) + 0.5 - 2) / 1.6)[None, None]
    p = stats.norm.sf(tau)
    assert item_sigma(tau, stats.norm.pdf(tau), p)[0, 0] == pytest.approx(1.6)


def test_an_item_with_one_threshold_takes_the_median_spread_of_the_others() -> None:
    """Nothing of its own can be fitted."""
    tau = np.array([[[-0.5, 0.5], [-1.0, 1.0], [0.0, 3.0]]])
    phi = np.where(tau == 3.0, 0.0, stats.norm.pdf(tau))
    sigma = item_sigma(tau, phi, stats.norm.sf(tau))[0]
    assert sigma.tolist() == pytest.approx([1.0, 0.5, 0.75])


@pytest.mark.parametrize("n", [60, 400])
def test_quadrature_stands_for_the_mean_over_all_organizations(n: int) -> None:
    """24 nodes give the mean of a steep normal curve over normal scores to nine digits."""
    z = stats.norm.ppf((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    nodes, weights = quadrature(z)
    assert weights.sum() == pytest.approx(1.0)
    for slope in (0.3, 1.0):
        exact = stats.norm.cdf(slope * z - 0.7).mean()
        assert weights @ stats.norm.cdf(slope * nodes - 0.7) == pytest.approx(exact, abs=1e-9)


def test_the_vectorized_computation_is_the_plain_loop(benchmark: ModuleType) -> None:
    """Jackknife and bootstrap, one organization and one resample at a time: the same numbers."""
    for seed, options in ((1, 5), (2, 3), (3, 10)):
        evidence = checked_evidence(*benchmark.made_up(45, 6, options=options, seed=seed))
        assert benchmark.largest_difference(evidence, organizations=45, repetitions=40) < 1e-9


def test_the_bootstrap_does_not_depend_on_how_it_is_cut_into_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded by chunks; the random numbers are the same."""
    whole = np.concatenate(list(resamples(30, repetitions=50, seed=3)), axis=1)
    monkeypatch.setattr("cfanalysis.statistics.claim_test.resampling.RESAMPLING_CELLS", 100)
    parts = list(resamples(30, repetitions=50, seed=3))
    assert len(parts) == 17
    assert np.array_equal(np.concatenate(parts, axis=1), whole)
    assert (whole.sum(axis=0) == 30).all()


def test_a_resample_is_cut_as_its_own_sample_would_be() -> None:
    """Quartile means of a weighted sample equal those of the drawn organizations, ties and all."""
    random = np.random.default_rng(4)
    say, do, criterion = random.normal(size=25), random.normal(size=25), random.integers(0, 9, size=25) / 3
    counts = next(resamples(25, repetitions=60, seed=1))
    drawn = recut([say], [do], [np.round(criterion, 9)], counts, quartiles=True)
    for row, weights in enumerate(counts.T):
        index = np.repeat(np.arange(25), weights)
        labels = quartile_groups(criterion[index]).labels
        for column, name in enumerate(("Top", "Upper middle", "Lower middle", "Bottom")):
            members = index[labels == name]
            if members.size:
                assert drawn.gap[row, column] == pytest.approx((say - do)[members].mean())
            else:
                assert np.isnan(drawn.gap[row, column])


def test_the_quartile_contrast_by_hand() -> None:
    """Top 4 and 5: gaps 1 and 0; rest 3, 2, 2. Delta 7/3 - 1/2."""
    say, do = np.full(5, 5.0), np.array([2.0, 3, 3, 4, 5])
    sample = recut([say], [do], [np.arange(1.0, 6)], sample_counts(5), quartiles=True)
    assert sample.delta[0] == sample.delta_do[0] == pytest.approx(7 / 3 - 1 / 2)
    assert sample.delta_say[0] == pytest.approx(0)
    assert sample.gap[0].tolist() == [0.5, 2, 2, 3]


def test_a_constant_gap_has_no_hedges_g() -> None:
    """There is no standard deviation to measure by; the rest stands."""
    say = np.array([3.0, 4, 5, 2, 1])
    sample = recut([say], [say - 1], [np.arange(1.0, 6)], sample_counts(5))
    assert np.isnan(sample.hedges_g[0])
    assert sample.delta[0] == pytest.approx(0)
    assert sample.cliffs_delta[0] == 0


def test_few_nodes_do_where_curves_hardly_bend() -> None:
    """The fewest nodes that give the mean of every curve; all 24 where a curve is steep."""
    z = stats.norm.ppf((np.arange(1, 301) - 0.375) / 300.25)
    counted = {}
    for slope in (0.1, 1.0, 5.0):
        nodes, weights = sparing_quadrature(z, lambda x, s=slope: stats.norm.cdf(s * x[:, None] - [0.0, 0.7]))
        counted[slope] = len(nodes)
        if slope < 5:
            exact = stats.norm.cdf(slope * z - 0.7).mean()
            assert weights @ stats.norm.cdf(slope * nodes - 0.7) == pytest.approx(exact, abs=1e-12)
    assert counted[0.1] < counted[1.0] < counted[5.0] == 24


def test_halvings_side_by_side_are_the_halvings_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """From some size on halvings are computed on several threads, with the same numbers."""
    shares, criterion, facets = survey(50)
    evidence = checked_evidence(
        np.stack([shares, shares[::-1]]), np.stack([criterion, criterion[::-1]]), facets
    )
    alone = latent_contrast(evidence)
    monkeypatch.setattr("cfanalysis.statistics.claim_test.jackknife.MANY", 10)
    assert latent_contrast(evidence) == alone


@pytest.mark.parametrize("reach", [0.0, 0.5, 6.0, 1e9])
def test_a_cut_is_found_wherever_it_is_looked_for(reach: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cuts outside the range where they are expected are found, too, and with ties at their edges."""
    random = np.random.default_rng(2)
    n, values = 60, random.normal(size=(2, 60))
    criterion = np.round(random.normal(size=n), 1)
    counts = next(resamples(n, repetitions=300, seed=1))
    monkeypatch.setattr("cfanalysis.statistics.claim_test.tails.REACH", reach)
    tails = Tails(criterion, values, (0.75, 0.25))
    found = tails.of(weighted_sums(tails.fixed, counts), counts)
    for share, tail in zip((0.75, 0.25), found, strict=True):
        for column in range(300):
            drawn = np.repeat(np.arange(n), counts[:, column])
            members = drawn[in_top(criterion[drawn], share=share)]
            assert tail.drawn[column] == members.size
            assert np.allclose(tail.sums[:, column], values[:, members].sum(axis=1))


def test_few_resamples_of_many_organizations_are_counted_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Running counts row by row and all at once are the same."""
    counts, order = next(resamples(40, repetitions=70, seed=1)), np.random.default_rng(1).permutation(40)
    rows = running_counts(counts, order)
    monkeypatch.setattr("cfanalysis.statistics.claim_test.tails.FEW", 1000)
    assert np.array_equal(running_counts(counts, order), rows)
    assert (rows[-1] == 40).all()
