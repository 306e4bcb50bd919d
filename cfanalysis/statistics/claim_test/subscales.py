"""The contrast of many parts of a gap at once: dimensions, pairs, single items against the other facet.

A part is some Say items against some Do items. All parts are judged on the same organizations, the same
criterion and the same resamples as the whole, so that they can be compared; and as everything in them is a sum
over items, the thresholds and covariances of all items are computed once and added up part by part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.claim_test.contrast import percentile_estimate
from cfanalysis.statistics.claim_test.discrimination import shares_between
from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.groups import jackknife_estimate
from cfanalysis.statistics.claim_test.jackknife import (
    METRICS,
    mean_latent,
    metric_ways,
    of_all_halvings,
)
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
    theta_a, theta_b, theta_l, theta_c
        Latent contrast on each metric, jackknife; None where it does not exist.
    p
        Of "there is no contrast that is there in points and on every metric", see `agreed_p`.
    """

    delta: Estimate
    theta_a: Estimate | None
    theta_b: Estimate | None
    theta_l: Estimate | None
    theta_c: Estimate | None
    p: float | None


def part_contrasts(
    evidence: Evidence,
    parts: Sequence[tuple[Sequence[int], Sequence[int]]],
    *,
    latent: bool = True,
    repetitions: int = 2000,
    seed: int = 1,
) -> list[PartContrast]:
    """Return the contrast of each part, standardized for who answered as the verdict is.

    Parameters
    ----------
    evidence
        Checked shares and criterion (`cfanalysis.statistics.claim_test.evidence.checked_evidence`).
    parts
        For each part the places of its Say items and of its Do items.
    latent
        Whether the metrics are computed; not in composite mode, where they say nothing of performance.
    repetitions, seed
        Of the bootstrap; the same seed as the verdict's gives the same resamples.

    Returns
    -------
    list of PartContrast
        In the order of `parts`.

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
    deltas = recut_differences(
        [evidence.spread(h.shares.sum(axis=2) @ weights, h) for h in evidence.halvings],
        [evidence.spread(h.criterion, h) for h in evidence.halvings],
        group=evidence.group,
        mix=mix,
        repetitions=repetitions,
        seed=seed,
    )
    metrics = _metrics(evidence, who, say > 0, do > 0) if latent else [{} for _ in parts]
    return [_contrast(delta, found) for delta, found in zip(deltas, metrics, strict=True)]


def _contrast(delta: Estimate, found: dict[Metric, Estimate | None]) -> PartContrast:
    a, b, location, c = (found.get(name) for name in METRICS)
    return PartContrast(delta, a, b, location, c, agreed_p(delta, [a, b, location, c]))


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
) -> list[Estimate]:
    """Return rest minus top for many values, with percentile intervals; averaged over halvings.

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
    list of Estimate
        One for each part, in the unit of the values.

    Examples
    --------
    >>> gaps = [np.array([[2.0], [3.0], [2.0], [1.0], [1.0]])]
    >>> recut_differences(gaps, [np.arange(5.0)], repetitions=100, seed=1)[0].estimate  # 7/3 - 1
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
    return [
        percentile_estimate(float(estimate), row)
        for estimate, row in zip(whole, np.concatenate(draws, axis=1), strict=True)
    ]


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
) -> list[dict[Metric, Estimate | None]]:
    """Return each part's metrics; the sets of items that several parts share are computed once."""
    sets, place = np.unique(np.hstack([say, do]), axis=1, return_inverse=True)

    def of_halving(number: int) -> tuple[Slopes, Latent]:
        mix = None if who is None else who.of_halving(evidence, number)
        sample = JackknifeSample(evidence, evidence.halvings[number])
        found = sample.standardized(sample.latent(), who, mix)
        return slopes(found, sets), found.whole

    halvings = of_all_halvings(evidence, of_halving)
    shift = second_order_shift(mean_latent([whole for _, whole in halvings]), sets)
    between = shares_between(evidence, sets, who)
    found = []
    for own_say, own_do in zip(*np.split(place.ravel(), 2), strict=True):
        ways = metric_ways([s for s, _ in halvings], shift, between, say=own_say, do=own_do)
        found.append({name: jackknife_estimate(values) for name, values in ways.items()})
    return found
