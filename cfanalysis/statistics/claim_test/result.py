"""The result: a verdict with everything that must be printed beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cfanalysis.statistics.effects import Estimate

METHOD_VERSION = "2"
"""Changes when the same data would get another number."""

MIN_ORGANIZATIONS = 40
"""Below this many organizations the numbers are described, not tested."""

LEAST_GROUPS = 8
"""Below this many groups of organizations, too."""

DETECTABLE = 2.8
"""Standard errors that an effect must measure to be found with 80 % power at the 5 % level (1.96 + .84)."""

MARGIN = 0.05
"""Differences within this share of the scale's length do not matter: one person in five, one option apart on 1-5."""

Judgement = Literal[
    "supported",
    "supported if",
    "contradicted",
    "contradicted if",
    "scale-dependent",
    "reversed",
    "no difference",
    "inconclusive",
    "descriptive",
]
Mode = Literal["criterion", "composite"]
Metric = Literal["theta_a", "theta_b", "theta_l", "theta_c"]


@dataclass(frozen=True)
class Verdict:
    """Whether the gap is wider below the top quartile, and all that was found.

    Where something is known of respondents, the numbers are standardized for who answered.

    Parameters
    ----------
    verdict
        See `judgement`.
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
    theta_l
        The same as theta_a where the spread of answers may change with the criterion; None with one threshold.
    theta_c
        The same per true standard deviation between organizations; None where that cannot be told from chance.
    hedges_g, cliffs_delta
        Effect sizes of the gap, rest against top; g is None where the gap does not vary.
    smallest_detectable
        The smallest difference that would be found with 80 % power: 2.8 standard errors of the widest metric, points.
    correlation_difference
        Composite mode: latent inter-item correlation within Do minus that within Say.
    unit
        `points`, or `percent` of each item's range where the answer grids differ.
    repetitions, seed
        Of the bootstrap.
    halvings
        Random halvings of the respondents that were averaged; 1 where there are none.
    left_out, left_out_reasons
        Organizations that could not be used, and how many for which reason.
    complete
        Organizations complete in a halving, the mean over halvings.
    groups, grouped_by
        Groups of organizations that were drawn and left out together, and what they are.
    raw
        Where something is known of respondents: the verdict and the estimates as they are, not standardized.
    standardized_for, not_standardized_for
        Facts about respondents that were made equal, and what of them could not be.
    points
        The metrics as differences between rest and top quartile, in the unit of delta.
    margin
        Differences within it do not matter, in the unit of delta.
    small
        Whether delta and every metric lie within the margin (90 % intervals).
    between
        Share of the latent variance of Say and of Do that lies between organizations.
    scale
        By how much more the spread of answers changes with performance in Do and in Say (metric L).
    without_c
        Why theta_c does not exist; empty where it does.
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
    correlation_difference: Estimate | None = None
    unit: Literal["points", "percent"] = "points"
    halvings: int = 1
    left_out: int = 0
    notes: tuple[str, ...] = ()
    method_version: str = METHOD_VERSION
    theta_l: Estimate | None = None
    theta_c: Estimate | None = None
    left_out_reasons: dict[str, int] = field(default_factory=dict)
    complete: float = 0.0
    groups: int = 0
    grouped_by: str = ""
    raw: dict[str, Estimate | str | None] | None = None
    standardized_for: tuple[str, ...] = ()
    not_standardized_for: tuple[str, ...] = ()
    points: dict[str, Estimate] = field(default_factory=dict)
    margin: float = 0.0
    small: bool = False
    between: tuple[float, float] | None = None
    scale: tuple[float, float] | None = None
    without_c: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return all fields ready for JSON; estimates as objects, what does not exist as None.

        Numbers have ten digits, the same on any processor: the last ones of a sum depend on how it is added up.
        """
        return {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}


def _plain(value: object) -> object:
    """Return a value as JSON has it."""
    if isinstance(value, Estimate):
        return _plain(value.as_dict())
    if isinstance(value, float):
        return float(f"{round(value, 12) + 0.0:.10g}")
    if isinstance(value, tuple):
        return [_plain(own) for own in value]
    return {key: _plain(own) for key, own in value.items()} if isinstance(value, dict) else value


def judgement(
    *, tested: bool, delta: Estimate, metrics: Mapping[str, Estimate | None], equal: bool = False
) -> Judgement:
    """Return the verdict: the first that applies.

    - `descriptive`: not tested, for want of organizations, of groups, or of a criterion apart from the gap's items.
    - `supported`: delta's interval and that of every metric lie above 0. `supported if`: the same, but nothing tells
      whether Say and Do tell organizations apart equally well (no metric C).
    - `contradicted` (`contradicted if`): every metric's interval lies below 0.
    - `scale-dependent`: delta's interval lies above 0. `reversed`: below 0.
    - `no difference`: everything lies within the margin.
    - `inconclusive`: none of these.

    Parameters
    ----------
    tested
        Whether there is enough to test.
    delta
        Rest minus top.
    metrics
        Those of the latent contrast; None for one that does not exist. One without interval counts as holding 0.
    equal
        Whether delta and every metric lie within the margin.

    Examples
    --------
    >>> above, around = Estimate(2.0, low=1.0, high=3.0), Estimate(1.0, low=-1.0, high=3.0)
    >>> judgement(tested=True, delta=above, metrics={"theta_a": above, "theta_l": above, "theta_c": above})
    'supported'
    >>> judgement(tested=True, delta=above, metrics={"theta_a": above, "theta_l": above, "theta_c": None})
    'supported if'
    >>> judgement(tested=True, delta=above, metrics={"theta_a": above, "theta_l": above, "theta_c": around})
    'scale-dependent'
    """
    if not tested:
        return "descriptive"
    known = [metric for metric in metrics.values() if metric is not None]
    certain = metrics.get("theta_c") is not None and metrics.get("theta_l") is not None
    if above(delta) and known and all(map(above, known)):
        return "supported" if certain else "supported if"
    if known and all(map(below, known)):
        return "contradicted" if certain else "contradicted if"
    if above(delta):
        return "scale-dependent"
    if below(delta):
        return "reversed"
    return "no difference" if equal else "inconclusive"


def above(estimate: Estimate | None) -> bool:
    """Return whether an interval lies above 0."""
    return estimate is not None and estimate.low is not None and estimate.low > 0


def below(estimate: Estimate | None) -> bool:
    """Return whether an interval lies below 0."""
    return estimate is not None and estimate.high is not None and estimate.high < 0


def within(estimate: Estimate | None, margin: float) -> bool:
    """Return whether an interval lies within a margin on both sides of 0.

    Parameters
    ----------
    estimate
        The estimate; one that does not exist, or has no interval, lies within no margin.
    margin
        The bound on both sides, exclusive, in the unit of the estimate.
    """
    if estimate is None or estimate.low is None or estimate.high is None:
        return False
    return -margin < estimate.low and estimate.high < margin
