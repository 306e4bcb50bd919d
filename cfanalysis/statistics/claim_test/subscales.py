"""The contrast of many parts of a gap at once: dimensions, pairs, single items against the other facet.

A part is some Say items against some Do items. All parts are judged on the same organizations, the same
criterion and the same resamples as the whole, so that they can be compared; and as everything in them is a sum
over items, the thresholds and covariances of all items are computed once and added up part by part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.claim_test.evidence import Evidence, Floats
from cfanalysis.statistics.claim_test.jackknife import jackknife_estimate
from cfanalysis.statistics.claim_test.latent import item_sigma, thresholds
from cfanalysis.statistics.claim_test.resampling import resamples, the_sample
from cfanalysis.statistics.claim_test.tails import Counts, Tails, weighted_sums
from cfanalysis.statistics.effects import Estimate

LEAST_USABLE = 0.95
"""Share of resamples in which a difference must exist, else it gets no interval."""


@dataclass(frozen=True)
class PartContrast:
    """Rest against top in one part of the gap.

    Parameters
    ----------
    delta
        Gap of the rest minus gap of the top quartile (the unit of the verdict), re-cutting bootstrap.
    theta_a, theta_b
        Latent contrast on both metrics, delete-one-organization jackknife; None where it does not exist.
    p
        Of "there is no contrast off the ends of the scale": the larger p of the two thetas, as both must be there,
        and 1 where their signs differ; None where neither exists.
    """

    delta: Estimate
    theta_a: Estimate | None
    theta_b: Estimate | None
    p: float | None


def part_contrasts(
    evidence: Evidence,
    parts: Sequence[tuple[Sequence[int], Sequence[int]]],
    *,
    latent: bool = True,
    repetitions: int = 2000,
    seed: int = 1,
) -> list[PartContrast]:
    """Return the contrast of each part.

    Parameters
    ----------
    evidence
        Checked shares and criterion (`cfanalysis.statistics.claim_test.evidence.gather`).
    parts
        For each part the places of its Say items and of its Do items.
    latent
        Whether the thetas are computed; not in composite mode, where they say nothing of performance.
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
    deltas = recut_differences(
        [shares.sum(axis=2) @ weights for shares in evidence.shares],
        list(evidence.criterion),
        repetitions=repetitions,
        seed=seed,
    )
    thetas = _thetas(evidence, say, do) if latent else [(None, None)] * len(parts)
    return [PartContrast(delta, a, b, agreed_p(a, b)) for delta, (a, b) in zip(deltas, thetas, strict=True)]


def agreed_p(theta_a: Estimate | None, theta_b: Estimate | None) -> float | None:
    """Return the p value of an effect that must be there on both metrics (intersection-union test; Berger 1982).

    Examples
    --------
    >>> agreed_p(Estimate(0.2, p=0.01), Estimate(0.1, p=0.04)), agreed_p(Estimate(0.2, p=0.01), Estimate(-0.1, p=0.04))
    (0.04, 1.0)
    """
    known = [theta for theta in (theta_a, theta_b) if theta is not None and theta.p is not None]
    if not known:
        return None
    if len({theta.estimate > 0 for theta in known}) > 1:
        return 1.0
    return max(float(theta.p) for theta in known if theta.p is not None)


def recut_differences(
    values: Sequence[Floats],
    criterion: Sequence[Floats],
    *,
    top: float = 0.75,
    rest: float = 0.75,
    weights: Floats | None = None,
    repetitions: int,
    seed: int,
) -> list[Estimate]:
    """Return rest minus top for many values, with percentile intervals; averaged over halvings.

    Organizations are resampled, ranked and cut anew each time.

    Parameters
    ----------
    values
        For each halving the organizations' values, shape (n, parts).
    criterion
        For each halving the criterion, rounded, shape (n,).
    top
        Share of organizations below the cut of the top group.
    rest
        Share below the cut under which the rest lies: the same, or .25 for the bottom quartile.
    weights
        What each organization counts, shape (n,); None for once.
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
    groups = [
        _Groups(v, c, top=top, rest=rest, weights=weights) for v, c in zip(values, criterion, strict=True)
    ]

    def averaged(counts: Counts) -> Floats:
        sums = np.split(weighted_sums(np.vstack([g.fixed for g in groups]), counts), len(groups))
        return np.asarray(
            np.mean([g.differences(s, counts) for g, s in zip(groups, sums, strict=True)], axis=0)
        )

    whole = averaged(the_sample(n))[:, 0]
    draws = np.concatenate([averaged(c) for c in resamples(n, repetitions=repetitions, seed=seed)], axis=1)
    return [_percentile(float(estimate), row) for estimate, row in zip(whole, draws, strict=True)]


class _Groups:
    """Top group and rest of one halving, made ready for any resamples; arguments as of `recut_differences`."""

    def __init__(
        self, values: Floats, criterion: Floats, *, top: float, rest: float, weights: Floats | None
    ) -> None:
        weight = np.ones(len(criterion)) if weights is None else weights
        weighed = np.vstack([values.T * weight, weight])
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
            found = below[:-1] / below[-1] - top.sums[:-1] / top.sums[-1]
        return np.where(above_rest.drawn < len(counts), found, np.nan)


def _members(parts: Sequence[Sequence[int]], items: int) -> Floats:
    """Return which items belong to each part, shape (items, parts), 0 or 1."""
    members = np.zeros((items, len(parts)))
    for number, places in enumerate(parts):
        members[list(places), number] = 1.0
    return members


def _thetas(evidence: Evidence, say: Floats, do: Floats) -> list[tuple[Estimate | None, Estimate | None]]:
    """Return theta_a and theta_b of each part, the mean over halvings."""
    halvings = [_part_slopes(evidence, halving, say, do) for halving in range(len(evidence.shares))]
    theta_a, theta_b = (np.mean([part[metric] for part in halvings], axis=0) for metric in (0, 1))
    return [
        (jackknife_estimate(theta_a[:, i]), jackknife_estimate(theta_b[:, i])) for i in range(say.shape[1])
    ]


def _part_slopes(evidence: Evidence, halving: int, say: Floats, do: Floats) -> tuple[Floats, Floats]:
    """Return theta_a and theta_b of each part in the sample and without each organization, (n + 1, parts)."""
    shares, z = evidence.shares[halving], evidence.scores[halving]
    n = len(shares)
    parts = []
    for p, v, size in (_whole(shares, z), _without_each(shares, z)):
        tau, phi, clipped = thresholds(p, size)
        phi = np.where(evidence.exists, phi, 0.0)
        a = phi.sum(axis=2)
        sigma = item_sigma(tau, phi, clipped) if evidence.one_grid else np.full(a.shape, np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            parts.append([(v @ do) / (m @ do) - (v @ say) / (m @ say) for m in (a, a / sigma)])
    both = [np.concatenate([whole, others]) for whole, others in zip(*parts, strict=True)]
    return tuple(np.where(np.isfinite(m), m, np.nan).reshape(n + 1, -1) for m in both)  # type: ignore[return-value]


def _whole(shares: Floats, z: Floats) -> tuple[Floats, Floats, int]:
    """Return mean shares (1, K, C), covariances with the scores (1, K), and n."""
    return shares.mean(axis=0)[None], (shares.sum(axis=2).T @ z / len(z))[None], len(z)


def _without_each(shares: Floats, z: Floats) -> tuple[Floats, Floats, int]:
    """Return the same without each organization; its scores keep their ranks and are standardized anew."""
    less = len(z) - 1
    items = shares.sum(axis=2)
    mean = (z.sum() - z) / less
    sd = np.sqrt((z @ z - z * z) / less - mean**2)
    v = (items.T @ z - items * z[:, None]) / less - (items.sum(axis=0) - items) / less * mean[:, None]
    return (shares.sum(axis=0) - shares) / less, v / sd[:, None], less


def _percentile(estimate: float, draws: Floats) -> Estimate:
    """Return an estimate with its percentile interval, or without where too many resamples lack it."""
    usable = draws[np.isfinite(draws)]
    if usable.size < LEAST_USABLE * draws.size:
        return Estimate(estimate)
    low, high = np.quantile(usable, [0.025, 0.975])
    return Estimate(estimate, low=float(low), high=float(high), se=float(usable.std(ddof=1)))
