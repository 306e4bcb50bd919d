"""Criterion mode: the test of the claim on a criterion that holds no item of the gap (Algorithm D)."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from cfanalysis.statistics.claim_test.contrast import REPETITIONS, SEED, check_bootstrap, contrast_estimates
from cfanalysis.statistics.claim_test.evidence import Evidence, constant_items, gather
from cfanalysis.statistics.claim_test.jackknife import LatentContrast, latent_contrast
from cfanalysis.statistics.claim_test.resampling import recut, resamples, stacked, the_sample
from cfanalysis.statistics.claim_test.result import DETECTABLE, LEAST_ORGANIZATIONS, Verdict, judgement
from cfanalysis.statistics.effects import Estimate


def criterion_verdict(
    cumulative: ArrayLike | Sequence[ArrayLike],
    criterion: ArrayLike,
    facets: ArrayLike,
    *,
    same_grid: bool = True,
    label: str = "criterion",
    repetitions: int = REPETITIONS,
    seed: int = SEED,
) -> Verdict:
    """Return whether the Say-Do gap is wider below the top quartile of a criterion.

    Parameters
    ----------
    cumulative
        Shares of answers above each option, lowest option first, after reverse keying: ``E[j, k, c]`` of shape
        organizations x items x (options - 1). Items with fewer options are padded with NaN, or the items are
        given as a list of arrays organizations x (options - 1). An organization that lacks an item (NaN) is
        left out and counted. With a criterion from other respondents of the same organizations: a stack of
        random halvings, one more axis in front; every statistic is the mean over them.
    criterion
        Performance of each organization, shape (organizations,), or (halvings, organizations); more is better.
        It must hold no item of the gap.
    facets
        ``say`` or ``do`` for each item.
    same_grid
        False where Say and Do have as many options but not the same answers; then metric B does not exist.
        Different numbers of options are seen without being told.
    label
        What the criterion is, in words; printed with the verdict.
    repetitions, seed
        Of the bootstrap.

    Returns
    -------
    Verdict

    Raises
    ------
    AnalysisError
        Shapes that do not fit, impossible shares, one facet only, a facet without any variation, a criterion
        that is missing, made of the gap's items or so tied that nobody is below its top quartile.

    Examples
    --------
    Do rises with performance and Say does not:

    >>> import numpy as np
    >>> random = np.random.default_rng(1)
    >>> performance = random.normal(size=200)
    >>> level = random.normal(size=(200, 6)) + np.outer(performance, [0, 0, 0, 1, 1, 1])
    >>> answers_above = (level[:, :, None] > [-1.5, -0.5, 0.5, 1.5]).astype(float)
    >>> result = criterion_verdict(answers_above, performance, ["say"] * 3 + ["do"] * 3, repetitions=500)
    >>> result.verdict, round(result.theta_a.estimate, 1)
    ('supported', 0.7)
    """
    check_bootstrap(repetitions=repetitions, confidence=0.95)
    evidence = gather(cumulative, criterion, facets, same_grid=same_grid)
    latent = latent_contrast(evidence)
    contrast = recut_contrast(evidence, repetitions=repetitions, seed=seed)
    delta = contrast["delta"]
    top = evidence.top
    return Verdict(
        verdict=judgement(
            evidence.n, mode="criterion", delta=delta, theta_a=latent.theta_a, theta_b=latent.theta_b
        ),
        mode="criterion",
        criterion=label,
        n=evidence.n,
        n_top=round(float(top.sum(axis=1).mean())),
        top_share=float(top.mean()),
        delta=delta,
        delta_say=contrast["delta_say"],
        delta_do=contrast["delta_do"],
        ceiling_benchmark=latent.m0 or latent.m0_a,
        excess=latent.excess or latent.excess_a,
        theta_a=latent.theta_a,
        theta_b=latent.theta_b,
        cliffs_delta=contrast["cliffs_delta"],
        hedges_g=contrast.get("hedges_g"),
        smallest_detectable=None if delta.se is None else DETECTABLE * delta.se,
        repetitions=repetitions,
        seed=seed,
        ceiling_benchmark_a=latent.m0_a,
        excess_a=latent.excess_a,
        unit="points" if evidence.one_grid else "percent",
        halvings=evidence.shares.shape[0],
        left_out=evidence.left_out,
        notes=tuple(_notes(evidence, latent, delta)),
    )


def recut_contrast(evidence: Evidence, *, repetitions: int, seed: int) -> dict[str, Estimate]:
    """Return the contrasts in scale points with intervals of the re-cutting bootstrap, averaged over halvings."""
    say, do = zip(*(evidence.facet_means(h) for h in range(len(evidence.shares))), strict=True)
    criterion = list(evidence.criterion)
    sample = recut(say, do, criterion, the_sample(evidence.n))
    draws = stacked(
        recut(say, do, criterion, counts)
        for counts in resamples(evidence.n, repetitions=repetitions, seed=seed)
    )
    return contrast_estimates(sample, draws, confidence=0.95)


def _notes(evidence: Evidence, latent: LatentContrast, delta: Estimate) -> list[str]:
    """Return what a reader must know besides the numbers."""
    notes = []
    if evidence.left_out:
        notes.append(f"{evidence.left_out} organization(s) lack an item or the criterion and were left out.")
    if evidence.n < LEAST_ORGANIZATIONS:
        notes.append(
            f"{evidence.n} organizations are fewer than {LEAST_ORGANIZATIONS}: described, not tested."
        )
    if not evidence.one_grid:
        notes.append(
            "Say and Do are not all answered on one grid: theta_b does not exist, 'supported' is out of reach, "
            "and gaps are in percent of each item's range."
        )
    elif latent.theta_b is None:
        notes.append(
            "No item's answers cross two thresholds: theta_b does not exist, 'supported' is out of reach."
        )
    if constant := int(constant_items(evidence).sum()):
        notes.append(f"{constant} item(s) have the same answer in every organization and say nothing.")
    if delta.low is None:
        notes.append(
            "The criterion has so many ties that many resamples have nobody below the top quartile: delta has "
            "no interval."
        )
    if latent.theta_a.se is None:
        notes.append("The latent contrast hangs on a single organization and has no interval.")
    return notes
