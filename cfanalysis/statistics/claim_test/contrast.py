"""The quartile contrast: how much wider the gap is below the top quartile, with honest intervals.

This is the description that stands beside the verdict, not the verdict: it says what the gap is in each
quartile and how uncertain that is. Whether a ceiling alone could give it, `criterion_verdict` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.resampling import (
    Mix,
    Recut,
    concatenate,
    recut,
    resamples,
    sample_counts,
    standardized_gap,
)
from cfanalysis.statistics.claim_test.standardized import standardization
from cfanalysis.statistics.claim_test.tails import Floats
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.quartiles import QUARTILES, quartile_groups

BOOTSTRAP_REPETITIONS = 5000
"""Resamples of the organization bootstrap."""

BOOTSTRAP_SEED = 1
"""Seed of the organization bootstrap unless another is given."""

MIN_USABLE = 0.95
"""Share of resamples in which a statistic must exist, else it gets no interval."""


@dataclass(frozen=True)
class QuartileMean:
    """One quartile: organizations, facet means, and the gap with its bootstrap interval (scale points).

    `low` and `high` are None where the quartile is empty in more than 5 % of the resamples.
    """

    quartile: str
    n: int
    say: float
    do: float
    gap: float
    low: float | None
    high: float | None


class RecutContrast(NamedTuple):
    """What one bootstrap of the evidence says.

    Parameters
    ----------
    estimates
        The contrasts by name with 95 % intervals, as from `contrast_estimates`.
    inner
        `delta` with its 90 % interval.
    quartiles
        The four quartiles, best first; none where they were not asked for.
    """

    estimates: dict[str, Estimate]
    inner: Estimate
    quartiles: tuple[QuartileMean, ...] = ()


def recut_contrast(
    evidence: Evidence,
    *,
    mix: Mix | None = None,
    quartiles: bool = False,
    repetitions: int = BOOTSTRAP_REPETITIONS,
    seed: int = BOOTSTRAP_SEED,
) -> RecutContrast:
    """Return the contrasts in scale points, averaged over halvings, with bootstrap intervals.

    The quartiles are cut again in each resample.

    Parameters
    ----------
    evidence
        The checked arrays.
    mix
        Who answered, to standardize for it; None for raw contrasts.
    quartiles
        Whether the means of all four quartiles are wanted, too, from the same resamples.
    repetitions
        Number of resamples.
    seed
        Seed of the resamples.
    """
    say, do, criterion = (
        [evidence.spread(getattr(h, name), h) for h in evidence.halvings]
        for name in ("say", "do", "criterion")
    )
    sample = recut(say, do, criterion, sample_counts(evidence.n), mix=mix, quartiles=quartiles)
    draws = concatenate(
        recut(say, do, criterion, counts, mix=mix, quartiles=quartiles)
        for counts in resamples(evidence.n, repetitions=repetitions, seed=seed, group=evidence.group)
    )
    sizes = _quartile_sizes(evidence)
    return RecutContrast(
        contrast_estimates(sample, draws, confidence=0.95),
        contrast_estimates(sample, draws, confidence=0.9)["delta"],
        _quartile_means(sample, draws, sizes=sizes, confidence=0.95) if quartiles else (),
    )


class OrganizationGaps(NamedTuple):
    """The organizations of the evidence as a chart shows them: one value each.

    Parameters
    ----------
    criterion, gap
        Means over the halvings, shape (n,); the gap standardized for who answered where that is known.
    quartile
        The quartile of each by its mean criterion, shape (n,); as many in each as on average over the halvings.
    """

    criterion: Floats
    gap: Floats
    quartile: tuple[str, ...]


def quartile_contrast_on_evidence(
    evidence: Evidence, *, repetitions: int = BOOTSTRAP_REPETITIONS, seed: int = BOOTSTRAP_SEED
) -> RecutContrast:
    """Return the verdict's contrast with the four quartiles, from the verdict's own resamples.

    Parameters
    ----------
    evidence
        The checked arrays.
    repetitions, seed
        Of the bootstrap; those of a verdict give its delta and interval.
    """
    who = standardization(evidence)
    mix = None if who is None else who.mix(evidence)
    return recut_contrast(evidence, mix=mix, quartiles=True, repetitions=repetitions, seed=seed)


def organization_gaps(evidence: Evidence) -> OrganizationGaps:
    """Return criterion, gap and quartile of each organization."""
    criterion = np.nanmean([evidence.spread(h.criterion, h) for h in evidence.halvings], axis=0)
    quartile = np.empty(evidence.n, dtype=object)
    sizes = list(_quartile_sizes(evidence).values())
    quartile[np.argsort(-criterion, kind="stable")] = np.repeat(QUARTILES, sizes)
    gap = np.nanmean(standardized_gaps(evidence), axis=0)
    return OrganizationGaps(criterion, gap, tuple(map(str, quartile)))


def standardized_gaps(evidence: Evidence) -> list[Floats]:
    """Return the gaps in each halving, shape (n,), as if all organizations had the same mix of respondents."""
    who = standardization(evidence)
    mix = None if who is None else who.mix(evidence)
    usual = None if mix is None else mix.effects(sample_counts(evidence.n))[0]
    means = [None] * len(evidence.halvings) if mix is None else mix.means
    return [
        standardized_gap(evidence.spread(h.say, h), evidence.spread(h.do, h), own, usual)
        for h, own in zip(evidence.halvings, means, strict=True)
    ]


def _quartile_sizes(evidence: Evidence) -> dict[str, int]:
    """Return how many organizations each quartile has on average over the halvings; together all of them."""
    cuts = [quartile_groups(h.criterion).labels for h in evidence.halvings]
    above = [round(float(np.mean([np.isin(own, QUARTILES[:k]).sum() for own in cuts]))) for k in (1, 2, 3)]
    return dict(zip(QUARTILES, np.diff([0, *above, evidence.n]).tolist(), strict=True))


def contrast_estimates(sample: Recut, draws: Recut, *, confidence: float) -> dict[str, Estimate]:
    """Return the contrasts of a sample (one row) with percentile intervals and SE from its resamples.

    Keys are `delta`, `delta_say`, `delta_do`, `raw`, `hedges_g`, `cliffs_delta`; a contrast that does not exist (g
    where the gap does not vary) has no key.

    Parameters
    ----------
    sample
        The contrasts of the sample itself: one row.
    draws
        The same contrasts in each resample.
    confidence
        Level of the intervals, e.g. .95.
    """
    names = ("delta", "delta_say", "delta_do", "raw", "hedges_g", "cliffs_delta")
    estimates = {
        name: percentile_estimate(getattr(sample, name)[0], getattr(draws, name), confidence=confidence)
        for name in names
    }
    return {name: estimate for name, estimate in estimates.items() if np.isfinite(estimate.estimate)}


def check_bootstrap(repetitions: int) -> None:
    """Raise an AnalysisError for fewer than 100 resamples."""
    if repetitions < 100:
        raise AnalysisError(
            "Too few resamples for an interval.", value=repetitions, allowed="at least 100, usually 5000"
        )


def _quartile_means(
    sample: Recut, draws: Recut, *, sizes: Mapping[str, int], confidence: float
) -> tuple[QuartileMean, ...]:
    """Return the quartiles that are not empty, best first."""
    means = []
    for column, name in enumerate(QUARTILES):
        if sizes[name]:
            gap = percentile_estimate(sample.gap[0, column], draws.gap[:, column], confidence=confidence)
            say, do = float(sample.say[0, column]), float(sample.do[0, column])
            means.append(QuartileMean(name, sizes[name], say, do, gap.estimate, gap.low, gap.high))
    return tuple(means)


def percentile_estimate(estimate: float, draws: Floats, *, confidence: float = 0.95) -> Estimate:
    """Return an estimate with its percentile interval, SE and p; without these where too many resamples lack it.

    The p value is twice the share of resamples on the rarer side of 0 (each side counting one more).

    Parameters
    ----------
    estimate
        The value in the sample itself.
    draws
        The value in each resample, shape (resamples,); NaN where it does not exist.
    confidence
        Level of the interval.
    """
    usable = draws[np.isfinite(draws)]
    if usable.size < MIN_USABLE * draws.size:
        return Estimate(float(estimate), confidence=confidence)
    low, high = np.quantile(usable, [(1 - confidence) / 2, (1 + confidence) / 2])
    beyond = min(int((usable <= 0).sum()), int((usable >= 0).sum()))
    p = min(1.0, 2 * (1 + beyond) / (1 + usable.size))
    se = float(usable.std(ddof=1))
    return Estimate(float(estimate), low=float(low), high=float(high), se=se, p=p, confidence=confidence)
