"""The result: a verdict with everything that must be printed beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cfanalysis.statistics.effects import Estimate

METHOD_VERSION = "1"
"""Changes when the same data would get another number."""

LEAST_ORGANIZATIONS = 40
"""Below this many organizations the numbers are described, not tested."""

DETECTABLE = 2.8
"""Standard errors that an effect must measure to be found with 80 % power at the 5 % level (1.96 + .84)."""

Judgement = Literal["supported", "scale-dependent", "contradicted", "inconclusive", "descriptive"]
Mode = Literal["criterion", "composite"]


@dataclass(frozen=True)
class Verdict:
    """Whether the gap is wider below the top quartile, and all that was found.

    Parameters
    ----------
    verdict
        `supported`: wider on every scale that was tried. `scale-dependent`: wider in scale points, but not on
        both latent metrics, so a ceiling can have made it. `contradicted`: narrower on both latent metrics.
        `inconclusive`: none of these. `descriptive`: not tested (fewer than 40 organizations, or composite
        mode).
    mode
        `criterion`: quartiles cut on something that holds no gap item; `composite`: on the overall score.
    criterion
        What the quartiles were cut on, in words.
    n, n_top, top_share
        Organizations, those in the top quartile (the mean over halvings, if there are any), and their share.
    delta
        Mean gap of the rest minus mean gap of the top quartile, scale points; percentile bootstrap interval.
    delta_say, delta_do
        Mean Say (Do) of the top quartile minus that of the rest; ``delta = delta_do - delta_say``.
    ceiling_benchmark
        The delta that the ends of the scale alone would give: m0 of metric B (of metric A where B does not
        exist); in composite mode the mean delta of the simulated null, None where none can be simulated.
    excess
        ``delta - ceiling_benchmark``.
    theta_a
        Do's latent slope on the criterion minus Say's, every item's latent standard deviation 1.
    theta_b
        The same in ceiling-free scale points per standard deviation of the criterion; None where Say and Do
        are answered on different grids.
    ceiling_benchmark_a, excess_a
        The ceiling benchmark of metric A, and the excess over it.
    hedges_g, cliffs_delta
        Effect sizes of the gap, rest against top; g is None where the gap does not vary.
    smallest_detectable
        The smallest delta that would be found with 80 % power: 2.8 standard errors, scale points.
    correlation_difference
        Composite mode: latent inter-item correlation within Do minus that within Say.
    unit
        `points`, or `percent` of each item's range where the answer grids differ.
    repetitions, seed
        Of the bootstrap.
    halvings
        Random halvings of the respondents that were averaged; 1 where there are none.
    left_out
        Organizations that lacked an item or the criterion.
    notes
        What a reader must know besides, in sentences.
    method_version
        Version of the method.
    """

    verdict: Judgement
    mode: Mode
    criterion: str
    n: int
    n_top: int
    top_share: float
    delta: Estimate
    delta_say: Estimate
    delta_do: Estimate
    ceiling_benchmark: Estimate | None
    excess: Estimate | None
    theta_a: Estimate | None
    theta_b: Estimate | None
    cliffs_delta: Estimate
    hedges_g: Estimate | None
    smallest_detectable: float | None
    repetitions: int
    seed: int
    ceiling_benchmark_a: Estimate | None = None
    excess_a: Estimate | None = None
    correlation_difference: Estimate | None = None
    unit: Literal["points", "percent"] = "points"
    halvings: int = 1
    left_out: int = 0
    notes: tuple[str, ...] = ()
    method_version: str = METHOD_VERSION

    def as_dict(self) -> dict[str, object]:
        """Return all fields ready for JSON; estimates as objects, what does not exist as None."""
        fields: dict[str, object] = {}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, Estimate):
                value = value.as_dict()
            fields[name] = list(value) if isinstance(value, tuple) else value
        return fields


def judgement(
    n: int, *, mode: Mode, delta: Estimate, theta_a: Estimate | None, theta_b: Estimate | None
) -> Judgement:
    """Return the verdict: the first that applies.

    Examples
    --------
    >>> above, around = Estimate(2.0, low=1.0, high=3.0), Estimate(1.0, low=-1.0, high=3.0)
    >>> judgement(100, mode="criterion", delta=above, theta_a=above, theta_b=above)
    'supported'
    >>> judgement(100, mode="criterion", delta=above, theta_a=around, theta_b=above)
    'scale-dependent'
    >>> judgement(39, mode="criterion", delta=above, theta_a=above, theta_b=above)
    'descriptive'
    """
    if n < LEAST_ORGANIZATIONS or mode == "composite":
        return "descriptive"
    if _above(delta) and _above(theta_a) and _above(theta_b):
        return "supported"
    if _below(theta_a) and _below(theta_b):
        return "contradicted"
    return "scale-dependent" if _above(delta) else "inconclusive"


def _above(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.low is not None and estimate.low > 0


def _below(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.high is not None and estimate.high < 0
