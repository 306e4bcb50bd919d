"""Criterion mode: the test of the claim on a criterion that holds no item of the gap (Algorithm D)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from cfanalysis.core.language import message
from cfanalysis.statistics.claim_test.contrast import (
    BOOTSTRAP_REPETITIONS,
    BOOTSTRAP_SEED,
    RecutContrast,
    check_bootstrap,
    recut_contrast,
)
from cfanalysis.statistics.claim_test.evidence import Evidence, checked_evidence, constant_items
from cfanalysis.statistics.claim_test.jackknife import METRICS, Benchmarks, LatentContrast, latent_contrast
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.claim_test.respondent_traits import Respondents
from cfanalysis.statistics.claim_test.result import (
    DETECTABLE,
    LEAST_GROUPS,
    MARGIN,
    MIN_ORGANIZATIONS,
    Judgement,
    Verdict,
    judgement,
    within,
)
from cfanalysis.statistics.claim_test.standardized import standardization
from cfanalysis.statistics.effects import Estimate

LEAST_BETWEEN = 0.01
"""Share of the latent variance below which questions do not tell organizations apart."""

_WEAK = {
    (True, True): message("the Say and the Do questions do not tell organizations apart at all"),
    (True, False): message("the Say questions do not tell organizations apart at all"),
    (False, True): message("the Do questions do not tell organizations apart at all"),
    (False, False): message("the Say or Do questions do not tell organizations apart at all"),
}
"""Why metric C does not exist, by whether the questions of Say and of Do fail."""


def criterion_verdict(
    cumulative: ArrayLike | Sequence[ArrayLike],
    criterion: ArrayLike,
    facets: ArrayLike,
    *,
    same_grid: bool = True,
    groups: ArrayLike | None = None,
    people: Respondents | None = None,
    counts: ArrayLike | None = None,
    margin: float = MARGIN,
    label: str = "criterion",
    repetitions: int = BOOTSTRAP_REPETITIONS,
    seed: int = BOOTSTRAP_SEED,
) -> Verdict:
    """Return whether the Say-Do gap is wider below the top quartile of a criterion.

    Parameters
    ----------
    cumulative
        Shares of answers above each option, lowest option first, after reverse keying: ``E[j, k, c]`` of shape
        organizations x items x (options - 1). Items with fewer options are padded with NaN, or the items are
        given as a list of arrays organizations x (options - 1). An organization that lacks an item (NaN) is
        left out and counted. With a criterion from other respondents of the same organizations: a stack of
        random halvings, one more axis in front; each uses the organizations that are complete in it, and every
        statistic is the mean over them.
    criterion
        Performance of each organization, shape (organizations,), or (halvings, organizations); more is better.
        It must hold no item of the gap.
    facets
        ``say`` or ``do`` for each item.
    same_grid
        False where Say and Do have as many options but not the same answers; then metric B does not exist.
        Different numbers of options are seen without being told.
    groups
        The parent of each organization, shape (organizations,); empty where there is none.
    people
        All respondents, with what is known of them: for metric C and to standardize for who answered.
    counts
        Without them, the number of answers behind the shares of each item, shape (organizations, items).
    margin
        Share of the scale's length within which a difference does not matter.
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
    Do rises with performance and Say does not; nothing is known of single respondents:

    >>> import numpy as np
    >>> random = np.random.default_rng(1)
    >>> performance = random.normal(size=200)
    >>> level = random.normal(size=(200, 6)) + np.outer(performance, [0, 0, 0, 1, 1, 1])
    >>> answers_above = (level[:, :, None] > [-1.5, -0.5, 0.5, 1.5]).astype(float)
    >>> result = criterion_verdict(answers_above, performance, ["say"] * 3 + ["do"] * 3, repetitions=500)
    >>> result.verdict, round(result.theta_a.estimate, 1)
    ('supported if', 0.7)
    """
    check_bootstrap(repetitions)
    evidence = checked_evidence(
        cumulative, criterion, facets, same_grid=same_grid, groups=groups, people=people, counts=counts
    )
    return verdict_on_evidence(evidence, margin=margin, label=label, repetitions=repetitions, seed=seed)


def verdict_on_evidence(
    evidence: Evidence,
    *,
    margin: float = MARGIN,
    label: str = "criterion",
    repetitions: int = BOOTSTRAP_REPETITIONS,
    seed: int = BOOTSTRAP_SEED,
    found: RecutContrast | None = None,
) -> Verdict:
    """Return the verdict on arrays that have been checked; see `criterion_verdict`.

    Parameters
    ----------
    evidence
        The checked arrays.
    margin
        Share of the scale's length within which a difference does not matter.
    label
        What the verdict calls the criterion.
    repetitions
        Resamples of the bootstrap.
    seed
        Seed of the bootstrap.
    found
        The contrast of this bootstrap, where it is known already.
    """
    conclusion = conclude(
        evidence, margin=margin, repetitions=repetitions, seed=seed, benchmark="first", found=found
    )
    latent, contrast = conclusion.latent, conclusion.contrast
    scales = (latent.scale_say, latent.scale_do)
    raw: dict[str, Estimate | str | None] | None = None
    if latent.raw:
        raw = {"verdict": conclusion.raw, "delta": contrast["raw"], **latent.raw}
    composition = evidence.composition
    return Verdict(
        verdict=conclusion.verdict,
        mode="criterion",
        criterion=label,
        n=evidence.n,
        n_top=round(evidence.n_top),
        top_share=evidence.top_share,
        delta=contrast["delta"],
        delta_say=contrast["delta_say"],
        delta_do=contrast["delta_do"],
        ceiling_benchmark=latent.m0 or latent.m0_a,
        excess=latent.excess or latent.excess_a,
        theta_a=latent.theta_a,
        theta_b=latent.theta_b,
        theta_l=latent.theta_l,
        theta_c=latent.theta_c,
        cliffs_delta=contrast["cliffs_delta"],
        hedges_g=contrast.get("hedges_g"),
        smallest_detectable=conclusion.detectable,
        repetitions=repetitions,
        seed=seed,
        unit="points" if evidence.one_grid else "percent",
        halvings=len(evidence.halvings),
        left_out=sum(evidence.left_out.values()),
        left_out_reasons=evidence.left_out,
        complete=float(np.mean([h.members.size for h in evidence.halvings])),
        groups=evidence.groups,
        raw=raw,
        standardized_for=() if composition is None else composition.fields,
        not_standardized_for=() if composition is None else composition.dropped,
        points=conclusion.points,
        margin=margin * evidence.length,
        small=conclusion.small,
        between=latent.between,
        scale=None if None in scales else tuple(e.estimate for e in scales if e),  # type: ignore[arg-type]
        without_c=_without_c(evidence, latent),
        notes=tuple(_notes(evidence, latent, contrast["delta"])),
    )


@dataclass(frozen=True)
class Conclusion:
    """The verdict and what it rests on.

    Parameters
    ----------
    verdict, raw
        See `cfanalysis.statistics.claim_test.result.judgement`; raw of the numbers as measured, not standardized.
    latent, contrast
        The latent contrast, and the contrasts in scale points by name.
    points
        The metrics as differences between rest and top quartile, in the unit of delta.
    small
        Whether delta and every metric lie within the margin.
    """

    verdict: Judgement
    raw: Judgement
    latent: LatentContrast
    contrast: dict[str, Estimate]
    points: dict[str, Estimate]
    small: bool

    @property
    def detectable(self) -> float | None:
        """The smallest difference that would be found with 80 % power, in the unit of delta."""
        errors = [e.se for e in (self.contrast["delta"], *self.points.values())]
        known = [se for se in errors if se is not None]
        return DETECTABLE * max(known) if self.contrast["delta"].se is not None else None


def conclude(
    evidence: Evidence,
    *,
    margin: float = MARGIN,
    repetitions: int = BOOTSTRAP_REPETITIONS,
    seed: int = BOOTSTRAP_SEED,
    benchmark: Benchmarks = "none",
    found: RecutContrast | None = None,
) -> Conclusion:
    """Return the verdict on the evidence, standardized for who answered where that is known.

    Parameters
    ----------
    evidence
        The checked arrays.
    margin, repetitions, seed
        As for `criterion_verdict`.
    benchmark
        Which ceiling benchmark is computed, too.
    found
        As for `verdict_on_evidence`.
    """
    who = standardization(evidence)
    latent = latent_contrast(evidence, who, benchmark=benchmark)
    if found is None:
        mix = None if who is None else who.mix(evidence)
        found = recut_contrast(evidence, mix=mix, repetitions=repetitions, seed=seed)
    contrast, inner, _ = found
    factors = points_per_unit(evidence, latent.sigma, latent.between)
    metrics: dict[str, Estimate | None] = {name: getattr(latent, name) for name in METRICS}
    known = {name: metric for name, metric in metrics.items() if metric is not None}
    reach = margin * evidence.length
    small = within(inner, reach) and all(
        name in factors and within(scale_estimate(latent.inner[name], factors[name]), reach) for name in known
    )
    tested = evidence.least >= MIN_ORGANIZATIONS and evidence.groups >= LEAST_GROUPS
    verdict = judgement(tested=tested, delta=contrast["delta"], metrics=metrics, equal=small)
    raw = judgement(tested=tested, delta=contrast["raw"], metrics=latent.raw or metrics)
    points = {
        name: scale_estimate(metric, factors[name]) for name, metric in known.items() if name in factors
    }
    return Conclusion(verdict, raw, latent, contrast, points, small)


def scale_estimate(estimate: Estimate, factor: float) -> Estimate:
    """Return an estimate converted to another unit.

    Parameters
    ----------
    estimate
        An estimate; its bounds and standard error may be None and stay so.
    factor
        What the values are multiplied by; below 0 turns the interval round.
    """
    low, high = (None if bound is None else bound * factor for bound in (estimate.low, estimate.high))
    if factor < 0:
        low, high = high, low
    se = None if estimate.se is None else estimate.se * abs(factor)
    return replace(estimate, estimate=estimate.estimate * factor, low=low, high=high, se=se)


def points_per_unit(
    evidence: Evidence, sigma: float | None, between: Sequence[float] | Floats | None
) -> dict[str, float]:
    """Return by what each metric is multiplied to be a difference between rest and top in the unit of delta.

    Parameters
    ----------
    evidence
        The checked arrays.
    sigma
        Mean latent standard deviation of the items in the unit of delta; None or NaN with one threshold.
    between
        Shares of the latent variance of Say and of Do between organizations; None where they are not known.
    """
    distance = float(np.mean([h.scores[h.top].mean() - h.scores[~h.top].mean() for h in evidence.halvings]))
    factors: dict[str, float] = {"theta_b": distance}
    if sigma is not None and np.isfinite(sigma):
        factors["theta_a"] = factors["theta_l"] = distance * sigma
        if between is not None and sum(between) > 0:
            factors["theta_c"] = distance * sigma * float(np.sqrt(np.mean(between)))
    return factors


def _without_c(evidence: Evidence, latent: LatentContrast) -> str:
    """Return why metric C does not exist, as the end of a sentence; empty where it does."""
    if latent.theta_l is None:
        return message("the questions have two answers only, and more are needed")
    if latent.theta_c is not None:
        return ""
    if evidence.people is None and evidence.counts is None:
        return message("it is not known how many answered")
    if latent.between is None:
        return message("no organization has a second respondent")
    say, do = (share <= LEAST_BETWEEN for share in latent.between)
    return _WEAK[bool(say), bool(do)]


def _notes(evidence: Evidence, latent: LatentContrast, delta: Estimate) -> Iterator[str]:
    """Yield what a reader must know besides the numbers."""
    n, least, groups = evidence.n, evidence.least, evidence.groups
    if evidence.left_out:
        each = message("{reason:s}: {n:d}", context="stored")
        yield message("{n:d} organization(s) could not be used ({reasons:s}).", context="stored").format(
            n=sum(evidence.left_out.values()),
            reasons="; ".join(each.format(reason=reason, n=n) for reason, n in evidence.left_out.items()),
        )
    if least < n:
        yield message(
            "Each halving uses the organizations that are complete in it, {least:d} of {n:d} or more.",
            context="stored",
        ).format(least=least, n=n)
    if least < MIN_ORGANIZATIONS:
        yield message(
            "{n:d} organizations are fewer than {least:d}: described, not tested.", context="stored"
        ).format(n=least, least=MIN_ORGANIZATIONS)
    if groups < min(LEAST_GROUPS, n):
        yield message(
            "{n:d} groups are fewer than {least:d}: described, not tested.", context="stored"
        ).format(n=groups, least=LEAST_GROUPS)
    if not evidence.one_grid:
        yield message(
            "Say and Do are not all answered on one grid: nothing can be said in ceiling-free points, and gaps are in "
            "percent of each item's range."
        )
    elif latent.theta_b is None:
        yield message(
            "No item's answers cross two thresholds, so nothing can be said in ceiling-free points."
        )
    if constant := int(constant_items(evidence).sum()):
        yield message(
            "{n:d} item(s) have the same answer in every organization and say nothing.", context="stored"
        ).format(n=constant)
    if delta.low is None:
        yield message(
            "The criterion has so many ties that many resamples have nobody below the top quartile: delta has no "
            "interval."
        )
    if latent.theta_a.se is None:
        yield message("The latent contrast hangs on a single organization and has no interval.")
