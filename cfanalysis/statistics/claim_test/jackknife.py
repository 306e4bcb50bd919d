"""The latent contrast of a sample and of every sample that lacks one group of organizations.

The ranks of the criterion, with their normal scores, and the membership of the top quartile stay as they
are: only then is the jackknife consistent. Everything else is computed again without the group, from the
thresholds to the mean and standard deviation (0 and 1) of the remaining scores. A group is a parent with its
organizations, or a single organization.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple, TypeVar

import numpy as np

from cfanalysis.statistics.claim_test.discrimination import per_true_difference, shares_between
from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.groups import jackknife_estimate
from cfanalysis.statistics.claim_test.jackknife_sample import JackknifeSample
from cfanalysis.statistics.claim_test.latent import Latent, Slopes, slopes
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.claim_test.location import second_order_shift
from cfanalysis.statistics.claim_test.result import Metric
from cfanalysis.statistics.claim_test.standardized import Standardization
from cfanalysis.statistics.effects import Estimate

_Found = TypeVar("_Found")

MANY = 300
"""Organizations from which on halvings are computed side by side; NumPy leaves the interpreter free meanwhile."""

Benchmarks = Literal["both", "first", "none"]

METRICS: tuple[Metric, ...] = ("theta_a", "theta_b", "theta_l", "theta_c")


@dataclass(frozen=True)
class LatentContrast:
    """Every statistic of `leave_one_out` with its jackknife standard error and t interval (two less than groups).

    None stands for a statistic that does not exist: metric B on different answer grids, L with one threshold, C where
    nothing tells differences between organizations from chance.

    Parameters
    ----------
    between
        Share of the latent variance of Say and of Do that lies between organizations; None where it is not known.
    raw
        The metrics before they are standardized for who answered; None where they are not.
    inner
        The 90 % intervals of the metrics, by name.
    sigma
        Mean latent standard deviation of an item in the unit of the gap; None with one threshold.
    """

    delta: Estimate
    delta_say: Estimate
    delta_do: Estimate
    beta_say: Estimate
    beta_do: Estimate
    theta_a: Estimate
    b_say: Estimate | None
    b_do: Estimate | None
    theta_b: Estimate | None
    scale_say: Estimate | None
    scale_do: Estimate | None
    m0: Estimate | None
    excess: Estimate | None
    m0_a: Estimate | None
    excess_a: Estimate | None
    theta_l: Estimate | None
    theta_c: Estimate | None
    between: tuple[float, float] | None
    raw: dict[str, Estimate | None] | None
    inner: dict[str, Estimate]
    sigma: float | None


def latent_contrast(
    evidence: Evidence, standardization: Standardization | None = None, *, benchmark: Benchmarks = "both"
) -> LatentContrast:
    """Return the latent contrast of the evidence; with halvings, the mean over them.

    The jackknife deletes a group from all halvings at once.

    Parameters
    ----------
    evidence
        The checked arrays.
    standardization
        Of who answered; None for the numbers as they are.
    benchmark
        Which ceiling benchmarks are computed: of both metrics, of the first that exists (of B, else of A), or none.

    Examples
    --------
    >>> from cfanalysis.statistics.claim_test.evidence import checked_evidence
    >>> shares = np.random.default_rng(3).random((50, 4, 1)) * [1, 0.6, 0.3]
    >>> contrast = latent_contrast(checked_evidence(shares, np.arange(50), ["say", "say", "do", "do"]))
    >>> contrast.theta_a.se < 0.2
    True
    """
    halvings = of_all_halvings(evidence, partial(_of_halving, evidence, standardization, benchmark=benchmark))
    means = {name: np.mean([h.replicates[name] for h in halvings], axis=0) for name in halvings[0].replicates}
    whole = mean_latent([h.whole for h in halvings])
    shift = second_order_shift(whole, evidence.facets)
    between = shares_between(evidence, evidence.facets, standardization)
    ways = metric_ways([h.slopes for h in halvings], shift, between)
    raw = None
    if standardization is not None:
        as_measured = shares_between(evidence, evidence.facets)
        shift = second_order_shift(mean_latent([h.measured for h in halvings]), evidence.facets)
        raw = _estimates(metric_ways([h.raw for h in halvings], shift, as_measured))
    inner = _estimates(ways, confidence=0.9)
    sigma = float(np.mean(whole.sigma[0] * evidence.unit))
    return LatentContrast(
        **{**{name: jackknife_estimate(values) for name, values in means.items()}, **_estimates(ways)},  # type: ignore[arg-type]  # None only where it may be
        between=None if between is None else tuple(between[:, 0].mean(axis=0).tolist()),
        raw=raw,
        inner={name: estimate for name, estimate in inner.items() if estimate is not None},
        sigma=sigma if np.isfinite(sigma) else None,
    )


def _estimates(ways: Mapping[Metric, Floats], *, confidence: float = 0.95) -> dict[str, Estimate | None]:
    """Return the estimate of each metric; None for one that does not exist."""
    return {
        name: jackknife_estimate(ways[name], confidence=confidence) if name in ways else None
        for name in METRICS
    }


def of_all_halvings(evidence: Evidence, compute: Callable[[int], _Found]) -> list[_Found]:
    """Return what a function computes for each halving, in order; for many organizations in parallel threads.

    Parameters
    ----------
    evidence
        The checked arrays.
    compute
        Takes the number of a halving, from 0.
    """
    numbers = range(len(evidence.halvings))
    if (threads := _threads(evidence)) == 1:
        return [compute(number) for number in numbers]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(compute, numbers))


def mean_latent(wholes: list[Latent]) -> Latent:
    """Return the mean thresholds and covariances over halvings."""
    p, tau, phi, v, sigma = (
        np.asarray(np.mean([getattr(w, name) for w in wholes], axis=0))
        for name in ("p", "tau", "phi", "v", "sigma")
    )
    return Latent(p, tau, phi, v, sigma, wholes[0].one_grid)


def metric_ways(
    halvings: list[Slopes], shift: Floats, between: Floats | None, *, say: int = 0, do: int = 1
) -> dict[Metric, Floats]:
    """Return the contrast of two sets of items on each metric, in each way to compute it, (ways, groups + 1).

    Metric L has two ways, to first and to second order; C has one for each combination of the bounds of what lies
    between organizations, and their mean.

    Parameters
    ----------
    halvings
        The slopes of the sets in each halving.
    shift, between
        Metric L's second order (`second_order_shift`), and what lies between organizations (`shares_between`).
    say, do
        Which of the sets.
    """

    def contrast(values: Callable[[Slopes, int, int], Floats]) -> Floats:
        return np.asarray(np.mean([values(s, do, 1) - values(s, say, 0) for s in halvings], axis=0))

    location = contrast(lambda s, facet, _: s.location[:, facet])
    ways: dict[Metric, Floats] = {
        "theta_a": contrast(lambda s, facet, _: s.beta[:, facet])[None],
        "theta_b": contrast(lambda s, facet, _: s.b[:, facet])[None],
        "theta_l": location + np.array([[0.0], [shift[do] - shift[say]]]),
    }
    if between is not None:
        corners = [(own_say, own_do) for own_say in between[:, :, say] for own_do in between[:, :, do]]
        each = [
            contrast(
                lambda s, facet, side, c=corner: per_true_difference(  # type: ignore[misc]
                    s.location[:, facet] + shift[facet], s.beta[:, facet], c[side]
                )
            )
            for corner in corners
        ]
        ways["theta_c"] = np.stack([*each, np.mean(each, axis=0)])
    return ways


def _threads(evidence: Evidence) -> int:
    """Return on how many threads halvings are computed; small ones are done before they would be shared out."""
    if evidence.n < MANY or len(evidence.halvings) == 1:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def leave_one_out(
    evidence: Evidence,
    halving: int,
    standardization: Standardization | None = None,
    *,
    benchmark: Benchmarks = "both",
) -> dict[str, Floats]:
    """Return all statistics of a halving for the sample (first) and for each sample that lacks one group.

    Parameters
    ----------
    evidence
        The checked arrays.
    halving
        Its number, from 0.
    standardization
        Standardizes for who answered; None for raw statistics.
    benchmark
        Which ceiling benchmarks are computed: both, the first that exists (metric B before A), or none; others are
        NaN.

    Returns
    -------
    dict
        Shape (groups + 1,) each. `delta` and its facets are in scale points; `theta_a` is `beta_do` minus `beta_say`,
        `theta_b` is `b_do` minus `b_say`, `scale` how the spread of answers changes; `m0` and `m0_a` are the ceiling
        benchmarks of metrics B and A, `excess` and `excess_a` what `delta` is above them. Metric B is NaN where it
        does not exist.
    """
    return _of_halving(evidence, standardization, halving, benchmark=benchmark).replicates


class _OfHalving(NamedTuple):
    """The statistics of a halving, its facets' slopes and its sample's thresholds, standardized and as measured."""

    replicates: dict[str, Floats]
    slopes: Slopes
    whole: Latent
    raw: Slopes
    measured: Latent


def _of_halving(
    evidence: Evidence, standardization: Standardization | None, number: int, *, benchmark: Benchmarks
) -> _OfHalving:
    """Return the statistics of a halving."""
    sample = JackknifeSample(evidence, evidence.halvings[number])
    mix = None if standardization is None else standardization.of_halving(evidence, number)
    measured = sample.latent()
    found = sample.standardized(measured, standardization, mix)
    raw = slopes(measured, evidence.facets)
    s = raw if found is measured else slopes(found, evidence.facets)
    delta_say, delta_do = sample.contrasts(standardization, mix)
    replicates = {"delta": delta_do - delta_say, "delta_say": delta_say, "delta_do": delta_do}
    for name, values in (("beta", s.beta), ("b", s.b), ("scale", s.scale)):
        replicates |= {f"{name}_say": values[:, 0], f"{name}_do": values[:, 1]}
    replicates["theta_a"], replicates["theta_b"] = (values[:, 1] - values[:, 0] for values in (s.beta, s.b))
    wanted = benchmark != "none"
    for metric, name in (("b", ""), ("a", "_a")):
        m0 = sample.benchmark(found, s, metric) if wanted else np.full_like(delta_do, np.nan)
        replicates |= {f"m0{name}": m0, f"excess{name}": replicates["delta"] - m0}
        wanted = benchmark == "both" or (wanted and not np.isfinite(m0[0]))
    return _OfHalving(replicates, s, found.whole, raw, measured.whole)
