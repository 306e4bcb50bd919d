"""Composite mode: only the overall score exists, so the claim can be described but not tested (Algorithm C).

With quartiles cut on the overall score, the contrast of the gap compares the variances of Say and Do (Oldham
1962), and a ceiling on Say produces it by itself. What can be said is how far the contrast exceeds the one that
equal facets with the same answers would show. That null is simulated: the same thresholds, the same latent
correlation between the facets, and within both facets the mean of the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import ArrayLike

from cfanalysis.core.language import message
from cfanalysis.statistics.claim_test.contrast import (
    BOOTSTRAP_REPETITIONS,
    BOOTSTRAP_SEED,
    check_bootstrap,
    recut_contrast,
)
from cfanalysis.statistics.claim_test.evidence import Evidence, checked_evidence, overall_score
from cfanalysis.statistics.claim_test.groups import jackknife_estimate
from cfanalysis.statistics.claim_test.latent import thresholds
from cfanalysis.statistics.claim_test.latent_correlation import latent_correlations
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.claim_test.result import DETECTABLE, MARGIN, MIN_ORGANIZATIONS, Verdict
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.quartiles import DECIMALS, top_order

_SIMULATIONS = 999
"""Simulated data sets of the null."""

_CELLS = 2_000_000
"""Data sets x organizations x items held in memory at once."""

LABEL = message("Describes; cannot test the performance claim: quartiles are cut on the gap's own items.")


def composite_verdict(
    cumulative: ArrayLike | Sequence[ArrayLike],
    facets: ArrayLike,
    *,
    score: ArrayLike | None = None,
    respondents: float = 1,
    same_grid: bool = True,
    groups: ArrayLike | None = None,
    label: str = "overall score",
    simulations: int = _SIMULATIONS,
    repetitions: int = BOOTSTRAP_REPETITIONS,
    seed: int = BOOTSTRAP_SEED,
) -> Verdict:
    """Return how much wider the gap is below the top quartile of the overall score; always `descriptive`.

    Parameters
    ----------
    cumulative, facets, same_grid, groups
        As for `criterion_verdict`, without halvings.
    score
        The overall score that the quartiles are cut on, shape (organizations,); None for the mean of all items.
    respondents
        Typical number of respondents of an organization (the harmonic mean): how much of an item's noise its
        mean still carries in the simulated null.
    label
        What the score is, in words.
    simulations
        Data sets of the null.
    repetitions, seed
        Of the bootstrap; the seed is also that of the simulation.

    Returns
    -------
    Verdict
        `ceiling_benchmark` is the mean contrast of the null, `excess` what delta is above it, its `p` the share of
        null contrasts at least as far from their mean. `correlation_difference` is the latent inter-item correlation
        within Do minus that within Say. The thetas do not exist.

    Raises
    ------
    AnalysisError
        As for `criterion_verdict`, but for a score of the gap's items.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> level = random.normal(size=(100, 1)) + random.normal(size=(100, 6))
    >>> answers_above = (level[:, :, None] > [-1.5, -0.5, 0.5, 1.5]).astype(float)
    >>> result = composite_verdict(answers_above, ["say"] * 3 + ["do"] * 3, simulations=99, repetitions=200)
    >>> result.verdict, result.excess.p > 0.05
    ('descriptive', True)
    """
    check_bootstrap(repetitions)
    criterion = overall_score(cumulative) if score is None else score
    evidence = checked_evidence(
        cumulative, criterion, facets, same_grid=same_grid, composite=True, groups=groups
    )
    contrast = recut_contrast(evidence, repetitions=repetitions, seed=seed).estimates
    delta = contrast["delta"]
    correlations = latent_correlations(evidence.halvings[0].shares, evidence.exists, evidence.is_do)
    r = [float(values[0]) for values in correlations]
    benchmark, excess = _null_comparison(delta.estimate, evidence, r, respondents, simulations, seed)
    return Verdict(
        verdict="descriptive",
        mode="composite",
        criterion=label,
        n=evidence.n,
        n_top=round(evidence.n_top),
        top_share=evidence.top_share,
        delta=delta,
        delta_say=contrast["delta_say"],
        delta_do=contrast["delta_do"],
        ceiling_benchmark=benchmark,
        excess=excess,
        theta_a=None,
        theta_b=None,
        cliffs_delta=contrast["cliffs_delta"],
        hedges_g=contrast.get("hedges_g"),
        smallest_detectable=None if delta.se is None else DETECTABLE * delta.se,
        repetitions=repetitions,
        seed=seed,
        correlation_difference=jackknife_estimate(correlations.do - correlations.say),
        unit="points" if evidence.one_grid else "percent",
        left_out=sum(evidence.left_out.values()),
        left_out_reasons=evidence.left_out,
        complete=float(evidence.n),
        groups=evidence.groups,
        margin=MARGIN * evidence.length,
        notes=tuple(_notes(evidence, benchmark)),
    )


def null_contrasts(
    evidence: Evidence, within: float, between: float, *, respondents: float, simulations: int, seed: int
) -> Floats:
    """Return delta of simulated data sets in which Say and Do differ by their thresholds alone.

    An item's latent variable is a part common to all items, a part of its facet, and a part of its own.

    Parameters
    ----------
    within, between
        Latent correlation of two items of one facet, and of two facets.
    """
    random = np.random.default_rng(seed)
    tau = np.where(
        evidence.exists, thresholds(evidence.halvings[0].shares.mean(axis=0), evidence.n)[0], np.inf
    )
    within = min(max(within, 0.0), 0.95)
    common = float(np.clip(between, -within, within))
    deltas = []
    for levels in _levels(random, evidence, within, common, simulations):
        items = _answers(random, levels, tau, own=1 - within, respondents=respondents) * evidence.unit
        deltas.append(_deltas(items, evidence.is_do))
    return np.concatenate(deltas)


def _levels(
    random: np.random.Generator, evidence: Evidence, within: float, common: float, simulations: int
) -> Iterator[Floats]:
    """Yield the latent levels of both facets, shape (data sets, n, 2), Say first."""
    rows = max(1, _CELLS // (evidence.n * evidence.is_do.size))
    for first in range(0, simulations, rows):
        shape = (min(rows, simulations - first), evidence.n, 2)
        shared = random.normal(size=(*shape[:2], 1)) * np.sqrt(abs(common)) * [1, np.sign(common) or 1]
        facets = shared + random.normal(size=shape) * np.sqrt(within - abs(common))
        yield facets[:, :, evidence.is_do.astype(int)]


def _answers(
    random: np.random.Generator, levels: Floats, tau: Floats, *, own: float, respondents: float
) -> Floats:
    """Return item means of simulated organizations: one respondent exactly, several by the normal limit."""
    steps = np.zeros(levels.shape)
    if respondents <= 1:
        latent = levels + random.normal(size=levels.shape) * np.sqrt(own)
        for c in range(tau.shape[1]):
            steps += latent > tau[:, c]
        return steps
    squares = np.zeros(levels.shape)
    for c in range(tau.shape[1]):
        above = scipy.special.ndtr((levels - tau[:, c]) / np.sqrt(own))
        steps += above
        squares += (2 * c + 1) * above
    noise = np.sqrt(np.maximum(squares - steps**2, 0) / respondents)
    top = np.isfinite(tau).sum(axis=1)
    return np.clip(steps + noise * random.normal(size=levels.shape), 0, top)


def _deltas(items: Floats, is_do: np.ndarray) -> Floats:
    """Return delta of each data set, quartiles cut on the mean of all items."""
    gap = items[:, :, ~is_do].mean(axis=2) - items[:, :, is_do].mean(axis=2)
    total = np.round(items.mean(axis=2), DECIMALS)
    cut = np.sort(total, axis=1)[:, top_order(total.shape[1], 0.75)]
    top = total >= cut[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        rest = (gap * ~top).sum(axis=1) / (~top).sum(axis=1)
    deltas = rest - (gap * top).sum(axis=1) / top.sum(axis=1)
    return np.asarray(deltas[np.isfinite(deltas)])


def _null_comparison(
    delta: float, evidence: Evidence, r: list[float], respondents: float, simulations: int, seed: int
) -> tuple[Estimate | None, Estimate | None]:
    """Return the benchmark and the excess over it, None where the latent correlations do not exist."""
    if not np.isfinite(r).all():
        return None, None
    null = null_contrasts(
        evidence, (r[0] + r[1]) / 2, r[2], respondents=respondents, simulations=simulations, seed=seed
    )
    if null.size == 0:
        return None, None
    m0 = float(null.mean())
    as_far = int((np.abs(null - m0) >= abs(delta - m0)).sum())
    return Estimate(m0), Estimate(delta - m0, p=(1 + as_far) / (1 + null.size))


def _notes(evidence: Evidence, benchmark: Estimate | None) -> list[str]:
    notes = [LABEL]
    if evidence.left_out:
        lost = message("{n:d} organization(s) lack an item or the score and were left out.", context="stored")
        notes.append(lost.format(n=sum(evidence.left_out.values())))
    if evidence.n < MIN_ORGANIZATIONS:
        few = message("{n:d} organizations are fewer than {least:d}.", context="stored")
        notes.append(few.format(n=evidence.n, least=MIN_ORGANIZATIONS))
    if benchmark is None:
        notes.append(
            message(
                "No latent correlation reproduces the answers (a facet has one item, or too little varies): there is "
                "no benchmark to compare with."
            )
        )
    return notes
