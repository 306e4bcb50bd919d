"""The contrast of many parts of a gap at once: dimensions, pairs, single items against the other facet.

A part is some Say items against some Do items. All parts are judged on the same organizations, the same
criterion and the same resamples as the whole, so that they can be compared; and as everything in them is a sum
over items, the thresholds and covariances of all items are computed once and added up part by part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import NDArray

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.claim_test.contrast import percentile_estimate
from cfanalysis.statistics.claim_test.criterion_mode import points_per_unit, scale_estimate
from cfanalysis.statistics.claim_test.discrimination import shares_between
from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.groups import jackknife_estimate
from cfanalysis.statistics.claim_test.jackknife import METRICS, mean_latent, metric_ways, of_all_halvings
from cfanalysis.statistics.claim_test.jackknife_sample import JackknifeSample
from cfanalysis.statistics.claim_test.latent import Latent, Slopes, slopes
from cfanalysis.statistics.claim_test.layout import Booleans, Floats
from cfanalysis.statistics.claim_test.location import second_order_shift
from cfanalysis.statistics.claim_test.resampling import Mix, resamples, sample_counts
from cfanalysis.statistics.claim_test.result import Metric
from cfanalysis.statistics.claim_test.standardized import Standardization, standardization
from cfanalysis.statistics.claim_test.tails import Counts, Tails, weighted_sums
from cfanalysis.statistics.effects import Estimate


@dataclass(frozen=True)
class PartContrast:
    """Rest against top in one part of the gap.

    Parameters
    ----------
    delta
        Gap of the rest minus gap of the top quartile (the unit of the verdict), re-cutting bootstrap.
    metrics
        Latent contrast on each metric that exists, as rest minus top in the unit of delta; jackknife.
    p
        Of "there is no contrast that is there in points and on every metric", see `agreed_p`.
    """

    delta: Estimate
    metrics: dict[Metric, Estimate]
    p: float | None


def part_contrasts(
    evidence: Evidence,
    parts: Sequence[tuple[Sequence[int], Sequence[int]]],
    *,
    families: Sequence[Sequence[int]] = (),
    latent: bool = True,
    repetitions: int = 2000,
    seed: int = 1,
) -> tuple[list[PartContrast], list[float | None]]:
    """Return the contrast of each part, standardized for who answered as the verdict is, and whether parts differ.

    Parameters
    ----------
    evidence
        Checked shares and criterion (`cfanalysis.statistics.claim_test.evidence.checked_evidence`).
    parts
        For each part the places of its Say items and of its Do items.
    families
        Which parts are compared with each other: places in `parts`.
    latent
        Whether the metrics are computed; not in composite mode, where they say nothing of performance.
    repetitions, seed
        Of the bootstrap; the same seed as the verdict's gives the same resamples.

    Returns
    -------
    contrasts
        In the order of `parts`.
    equal
        For each family p of "the contrast is the same in all of its parts": the largest over points and metrics, as a
        ceiling can make parts differ in points. None without metrics, or with too many parts for so few organizations.

    Raises
    ------
    AnalysisError
        A part without Say or without Do items.
    """
    if any(not say or not do for say, do in parts):
        raise AnalysisError("A part of the gap has no Say or no Do items.")
    say, do = (_members([part[facet] for part in parts], evidence.is_do.size) for facet in (0, 1))
    weights = (say / say.sum(axis=0) - do / do.sum(axis=0)) * evidence.unit[:, None]
    who = standardization(evidence)
    mix = None
    if who is not None:
        products = np.tensordot(who.composition.products.sum(axis=3), weights, axes=(2, 0))
        mix = who.mix(evidence)._replace(products=products)
    deltas, draws = recut_differences(
        [evidence.spread(h.shares.sum(axis=2) @ weights, h) for h in evidence.halvings],
        [evidence.spread(h.criterion, h) for h in evidence.halvings],
        group=evidence.group,
        mix=mix,
        repetitions=repetitions,
        seed=seed,
    )
    if not latent:
        return [PartContrast(delta, {}, None) for delta in deltas], [None] * len(families)
    ways, factors = _metrics(evidence, who, say > 0, do > 0)
    found = [{name: jackknife_estimate(values) for name, values in own.items()} for own in ways]
    contrasts = [
        PartContrast(
            delta,
            {
                name: scale_estimate(e, unit[name])
                for name, e in own.items()
                if e is not None and name in unit
            },
            agreed_p(delta, list(own.values())),
        )
        for delta, own, unit in zip(deltas, found, factors, strict=True)
    ]
    return contrasts, [_equal_p(list(family), deltas, draws, ways, evidence.groups) for family in families]


def _equal_p(
    family: list[int], deltas: list[Estimate], draws: Floats, ways: list[dict[Metric, Floats]], groups: int
) -> float | None:
    """Return p of "these parts are alike", the largest over points and all metrics; None where it cannot be told."""
    drawn = draws[family][:, np.isfinite(draws[family]).all(axis=0)]
    whole = np.array([deltas[place].estimate for place in family])
    found = [equality_p(whole, np.cov(drawn), groups - 1)]
    for name in METRICS:
        rows = [ways[place][name][-1] for place in family if name in ways[place]]
        values = np.array(rows) if len(rows) == len(family) else np.full((1, 1), np.nan)
        if np.isfinite(values).all():
            covariance = np.cov(values[:, 1:]) * (groups - 1) ** 2 / groups
            found.append(equality_p(values[:, 0], covariance, groups - 1))
    known = [p for p in found if p is not None]
    return max(known) if len(known) == len(found) else None


def equality_p(estimates: Floats, covariance: Floats, df: int) -> float | None:
    """Return p of "all these estimates are of one value" (Hotelling 1931).

    Parameters
    ----------
    estimates
        Shape (k,), k at least 2; they may go together.
    covariance
        Of the estimates, shape (k, k).
    df
        Degrees of freedom of the covariance.

    Returns
    -------
    float or None
        None where there are fewer than five degrees of freedom for each estimate.

    References
    ----------
    Hotelling, H. (1931). The generalization of Student's ratio. Annals of Mathematical Statistics 2.

    Examples
    --------
    Of two it is Student's test, of their difference with variance 1 + 1:

    >>> round(equality_p(np.array([0.0, 2.0]), np.eye(2), 20), 4)
    0.1727
    """
    if df < 5 * estimates.size:
        return None
    steps = np.diff(np.eye(estimates.size), axis=0)
    difference, spread = steps @ estimates, steps @ covariance @ steps.T
    k = int(np.linalg.matrix_rank(spread, hermitian=True))
    statistic = float(difference @ np.linalg.pinv(spread, hermitian=True) @ difference)
    return float(scipy.special.fdtrc(k, df - k + 1, statistic * (df - k + 1) / (k * df))) if k else None


def agreed_p(delta: Estimate, metrics: Sequence[Estimate | None]) -> float | None:
    """Return the p value of an effect that must show in scale points and on every metric that exists.

    The largest of their two-sided p values, and 1 where their signs differ or one has no interval
    (intersection-union test; Berger 1982).

    Parameters
    ----------
    delta
        The effect in scale points.
    metrics
        The same effect on each metric; None where a metric does not exist.

    Returns
    -------
    float or None
        None where no metric exists.

    Examples
    --------
    >>> points = Estimate(0.3, p=0.02)
    >>> agreed_p(points, [Estimate(0.2, p=0.01), Estimate(0.1, p=0.04)])
    0.04
    >>> agreed_p(points, [Estimate(0.2, p=0.01), Estimate(-0.1, p=0.04)])
    1.0
    """
    known = [metric for metric in metrics if metric is not None]
    if not known:
        return None
    every = [delta, *known]
    if len({e.estimate > 0 for e in every}) > 1:
        return 1.0
    return max(1.0 if e.p is None else float(e.p) for e in every)


def recut_differences(
    values: Sequence[Floats],
    criterion: Sequence[Floats],
    *,
    top: float = 0.75,
    rest: float = 0.75,
    weights: Floats | None = None,
    group: NDArray[np.intp] | None = None,
    mix: Mix | None = None,
    repetitions: int,
    seed: int,
) -> tuple[list[Estimate], Floats]:
    """Return rest minus top for many values, averaged over halvings, with percentile intervals, and in each resample.

    Organizations are resampled, ranked and cut again each time.

    Parameters
    ----------
    values
        For each halving the organizations' values, shape (n, parts).
    criterion
        For each halving the criterion, rounded, shape (n,); NaN for an organization that does not count in it.
    top
        Share of organizations below the cut of the top group.
    rest
        Share below the cut under which the rest lies: the same, or .25 for the bottom quartile.
    weights
        What each organization counts, shape (n,); None for once.
    group
        The group of each organization, if groups are drawn.
    mix
        Who answered, with products for each value (n, q, parts), if that is to be made equal.
    repetitions, seed
        Of the bootstrap.

    Returns
    -------
    estimates
        One for each part, in the unit of the values.
    draws
        Shape (parts, repetitions).

    Examples
    --------
    >>> gaps = [np.array([[2.0], [3.0], [2.0], [1.0], [1.0]])]
    >>> recut_differences(gaps, [np.arange(5.0)], repetitions=100, seed=1)[0][0].estimate  # 7/3 - 1
    1.3333333333333335
    """
    n = len(criterion[0])
    means = [np.zeros((n, 0))] * len(values) if mix is None else mix.means
    groups = [
        _Groups(np.hstack([v, m]), c, top=top, rest=rest, weights=weights)
        for v, c, m in zip(values, criterion, means, strict=True)
    ]
    parts = values[0].shape[1]

    def averaged(counts: Counts) -> Floats:
        sums = np.split(weighted_sums(np.vstack([g.fixed for g in groups]), counts), len(groups))
        found = np.mean([g.differences(s, counts) for g, s in zip(groups, sums, strict=True)], axis=0)
        if mix is None:
            return np.asarray(found)
        return np.asarray(found[:parts] - np.einsum("qb,bqp->pb", found[parts:], mix.effects(counts)))

    whole = averaged(sample_counts(n))[:, 0]
    draws = [averaged(c) for c in resamples(n, repetitions=repetitions, seed=seed, group=group)]
    drawn = np.concatenate(draws, axis=1)
    return [percentile_estimate(float(e), row) for e, row in zip(whole, drawn, strict=True)], drawn


class _Groups:
    """Top group and rest of one halving, made ready for any resamples; arguments as of `recut_differences`."""

    def __init__(
        self, values: Floats, criterion: Floats, *, top: float, rest: float, weights: Floats | None
    ) -> None:
        there = np.isfinite(criterion)
        weight = there.astype(float) if weights is None else np.where(there, weights, 0.0)
        weighed = np.vstack([np.where(there, values.T, 0.0) * weight, weight, there])
        self._tails = Tails(criterion, weighed, (top,) if top == rest else (top, rest))
        self._whole = weighed

    @property
    def fixed(self) -> Floats:
        """What is summed over all organizations, then what `Tails` wants summed."""
        return np.vstack([self._whole, self._tails.fixed])

    def differences(self, sums: Floats, counts: Counts) -> Floats:
        """Return mean(rest) - mean(top) of each value in each resample, (parts, b); NaN where a group is empty."""
        whole = sums[: len(self._whole)]
        tails = self._tails.of(sums[len(whole) :], counts)
        top, above_rest = tails[0], tails[-1]
        below = whole - above_rest.sums
        with np.errstate(invalid="ignore", divide="ignore"):
            found = below[:-2] / below[-2] - top.sums[:-2] / top.sums[-2]
        return np.where((above_rest.drawn < whole[-1]) & (top.drawn > 0), found, np.nan)


def _members(parts: Sequence[Sequence[int]], items: int) -> Floats:
    """Return which items belong to each part, shape (items, parts), 0 or 1."""
    members = np.zeros((items, len(parts)))
    for number, places in enumerate(parts):
        members[list(places), number] = 1.0
    return members


def _metrics(
    evidence: Evidence, who: Standardization | None, say: Booleans, do: Booleans
) -> tuple[list[dict[Metric, Floats]], list[dict[str, float]]]:
    """Return each part's metrics in each way, and their units; sets of items that several parts share come once."""
    sets, place = np.unique(np.hstack([say, do]), axis=1, return_inverse=True)

    def of_halving(number: int) -> tuple[Slopes, Latent]:
        mix = None if who is None else who.of_halving(evidence, number)
        sample = JackknifeSample(evidence, evidence.halvings[number])
        found = sample.standardized(sample.latent(), who, mix)
        return slopes(found, sets), found.whole

    halvings = of_all_halvings(evidence, of_halving)
    latent = mean_latent([whole for _, whole in halvings])
    shift, between = second_order_shift(latent, sets), shares_between(evidence, sets, who)
    found, units = [], []
    for part, (own_say, own_do) in enumerate(zip(*np.split(place.ravel(), 2), strict=True)):
        found.append(metric_ways([s for s, _ in halvings], shift, between, say=own_say, do=own_do))
        sigma = float(np.mean((latent.sigma[0] * evidence.unit)[say[:, part] | do[:, part]]))
        apart = None if between is None else between[:, 0, [own_say, own_do]].mean(axis=0)
        units.append(points_per_unit(evidence, sigma, apart))
    return found, units
