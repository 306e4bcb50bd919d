"""The latent contrast of a sample and of every sample that lacks one organization.

The ranks of the criterion, with their normal scores, and the membership of the top quartile stay as they
are: only then is the jackknife consistent. Everything else is computed anew without the organization, from the
thresholds to the mean and standard deviation (0 and 1) of the remaining scores.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import partial

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them

from cfanalysis.statistics.claim_test.evidence import Booleans, Evidence, Floats
from cfanalysis.statistics.claim_test.latent import Metric, Slopes, expected_gap, slopes, sparing_quadrature
from cfanalysis.statistics.effects import Estimate

MANY = 300
"""Organizations from which on halvings are computed side by side; NumPy leaves the interpreter free meanwhile."""


@dataclass(frozen=True, eq=False)
class Replicates:
    """Statistics of the whole sample (first) and without each organization, shape (n + 1,) each.

    `delta` and its facets are in scale points; `theta_a` is `beta_do` minus `beta_say`, `theta_b` is `b_do`
    minus `b_say`; `m0` and `m0_a` are the ceiling benchmarks of metrics B and A, `excess` and `excess_a` what
    `delta` is above them. Metric B is NaN where it does not exist.
    """

    delta: Floats
    delta_say: Floats
    delta_do: Floats
    beta_say: Floats
    beta_do: Floats
    theta_a: Floats
    b_say: Floats
    b_do: Floats
    theta_b: Floats
    m0: Floats
    excess: Floats
    m0_a: Floats
    excess_a: Floats


@dataclass(frozen=True)
class LatentContrast:
    """Every statistic of `Replicates` with its jackknife standard error and t(n - 2) interval.

    None stands for a statistic that does not exist: metric B on different answer grids.
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
    m0: Estimate | None
    excess: Estimate | None
    m0_a: Estimate
    excess_a: Estimate


def latent_contrast(evidence: Evidence) -> LatentContrast:
    """Return the latent contrast of the evidence; with halvings, the mean over them.

    The jackknife deletes an organization from all halvings at once.

    Examples
    --------
    >>> from cfanalysis.statistics.claim_test.evidence import gather
    >>> shares = np.random.default_rng(3).random((50, 4, 1)) * [1, 0.6, 0.3]
    >>> contrast = latent_contrast(gather(shares, np.arange(50), ["say", "say", "do", "do"]))
    >>> contrast.theta_a.se < 0.2
    True
    """
    with ThreadPoolExecutor(_threads(evidence)) as pool:
        parts = list(pool.map(partial(leave_one_out, evidence), range(len(evidence.shares))))
    estimates = {
        field.name: jackknife_estimate(np.mean([getattr(part, field.name) for part in parts], axis=0))
        for field in fields(Replicates)
    }
    return LatentContrast(**estimates)  # type: ignore[arg-type]  # None only where metric B does not exist


def _threads(evidence: Evidence) -> int:
    """Return on how many threads halvings are computed; small ones are done before they would be shared out."""
    if evidence.n < MANY:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def jackknife_estimate(values: Floats) -> Estimate | None:
    """Return the estimate of a whole sample (first value) from its leave-one-out values (the others).

    Without standard error where a leave-one-out value does not exist; None where the first does not.

    Examples
    --------
    >>> mean_of_1_to_4 = np.array([2.5, 3.0, 8 / 3, 7 / 3, 2.0])
    >>> round(jackknife_estimate(mean_of_1_to_4).se, 6)
    0.645497
    """
    whole, others = float(values[0]), values[1:]
    if not np.isfinite(whole):
        return None
    if not np.isfinite(others).all():
        return Estimate(whole)
    n = others.size
    se = float(np.sqrt((n - 1) / n * np.sum((others - others.mean()) ** 2)))
    reach = float(scipy.special.stdtrit(n - 2, 0.975)) * se
    p = float(2 * scipy.special.stdtr(n - 2, -abs(whole) / se)) if se > 0 else None
    return Estimate(whole, low=whole - reach, high=whole + reach, se=se, p=p)


def leave_one_out(evidence: Evidence, halving: int) -> Replicates:
    """Return all statistics for the sample and for each sample that lacks one organization."""
    shares, top = evidence.shares[halving], evidence.top[halving]
    scores = _Scores.without_each(evidence.scores[halving])
    latent = _slopes(shares, scores, evidence)
    say, do = evidence.facet_means(halving)
    delta_say, delta_do = (_without_each(values, top) for values in (say, do))
    delta = delta_do - delta_say
    m0_a = _benchmark(latent, scores, top, evidence, metric="a")
    m0 = (
        _benchmark(latent, scores, top, evidence, metric="b")
        if np.isfinite(latent.b_say[0])
        else np.full(len(m0_a), np.nan)
    )
    return Replicates(
        delta=delta,
        delta_say=delta_say,
        delta_do=delta_do,
        beta_say=latent.beta_say,
        beta_do=latent.beta_do,
        theta_a=latent.beta_do - latent.beta_say,
        b_say=latent.b_say,
        b_do=latent.b_do,
        theta_b=latent.b_do - latent.b_say,
        m0=m0,
        excess=delta - m0,
        m0_a=m0_a,
        excess_a=delta - m0_a,
    )


@dataclass(frozen=True, eq=False)
class _Scores:
    """Normal scores z (n,), and by what they are standardized in each of the n + 1 samples, (n + 1, 1)."""

    z: Floats
    mean: Floats
    sd: Floats

    @classmethod
    def without_each(cls, z: Floats) -> _Scores:
        less = z.size - 1
        mean = (z.sum() - z) / less
        variance = (z @ z - z * z) / less - mean**2
        sd = np.sqrt(np.where(variance > 1e-12, variance, np.nan))  # without it, all others may tie
        return cls(z, np.append(0.0, mean)[:, None], np.append(1.0, sd)[:, None])

    def standardized(self, values: Floats) -> Floats:
        """Return scores as each of the n + 1 samples sees them, shape (n + 1, m)."""
        return np.asarray((values - self.mean) / self.sd)


def _slopes(shares: Floats, scores: _Scores, evidence: Evidence) -> Slopes:
    """Return the slopes of the whole sample and of the n samples without one organization."""
    n, less = len(shares), len(shares) - 1
    items = shares.sum(axis=2)
    p, p_less = shares.mean(axis=0), (shares.sum(axis=0) - shares) / less
    products = items.T @ scores.z
    v = products / n
    v_less = (products - items * scores.z[:, None]) / less
    v_less -= (items.sum(axis=0) - items) / less * scores.mean[1:]
    layout = evidence.exists, evidence.is_do, evidence.one_grid
    whole = slopes(p[None], v[None], n, *layout)
    others = slopes(p_less, v_less / scores.sd[1:], less, *layout)
    return Slopes(
        *(np.concatenate([getattr(whole, f.name), getattr(others, f.name)]) for f in fields(Slopes))
    )


def _without_each(values: Floats, top: Booleans) -> Floats:
    """Return mean(top) - mean(rest) of the sample and without each organization."""
    return _group_mean(values, top) - _group_mean(values, ~top)


def _group_mean(values: Floats, group: Booleans) -> Floats:
    """Return a group's mean in the sample and without each organization, the group's or not."""
    size, total = group.sum(), values[group].sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        others = (total - np.where(group, values, 0.0)) / (size - group)
    return np.concatenate([[total / size], others])


def _benchmark(s: Slopes, scores: _Scores, top: Booleans, evidence: Evidence, *, metric: Metric) -> Floats:
    """Return the ceiling benchmark m0: rest minus top of the gap expected under equal rise."""
    is_do = evidence.is_do
    weight = evidence.unit * np.where(is_do, -1 / is_do.sum(), 1 / (~is_do).sum())

    def levels(z: Floats) -> Floats:
        each = np.eye(is_do.size)
        return np.asarray(
            expected_gap(s.whole, z[None], metric=metric, exists=evidence.exists, weight=each)[0]
        )

    (nodes_top, share_top), (nodes_rest, share_rest) = (
        sparing_quadrature(scores.z[group], levels) for group in (top, ~top)
    )
    own = np.append(0.0, scores.z)[:, None]
    both = np.append(nodes_top, nodes_rest)
    nodes = scores.standardized(np.hstack([np.tile(both, (own.size, 1)), own]))
    expected = expected_gap(s, nodes, metric=metric, exists=evidence.exists, weight=weight)
    in_top, in_rest = expected[:, : nodes_top.size] @ share_top, expected[:, nodes_top.size : -1] @ share_rest
    itself = expected[:, -1]
    return _without_itself(in_rest, itself, ~top) - _without_itself(in_top, itself, top)


def _without_itself(mean: Floats, itself: Floats, group: Booleans) -> Floats:
    """Return a group's mean in each replicate, the organization that the replicate lacks taken out."""
    size = group.sum()
    lacks = np.concatenate([[False], group])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(lacks, (size * mean - itself) / (size - 1), mean)
