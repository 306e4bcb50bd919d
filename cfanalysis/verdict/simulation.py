"""Made-up surveys with a known truth: what the verdict is calibrated on, and what a study is planned with.

An organization has a level on each facet: a slope on the criterion, a part common to both facets, and a part
of its own. Its respondents answer each item from that level with a lean of their own and noise, cut at the
thresholds of the item. In a *null* world both facets rise equally with the criterion, in one metric at least;
everything else (ceilings, spreads, noise, thresholds, halo) may differ, and none of it may be taken for the claim.

The *effect* d is what a researcher would compute where there are no ceilings: the difference of the gap between
the rest and the top quartile, in standard deviations of the gap of organizations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from cfanalysis.effects import welch
from cfanalysis.errors import AnalysisError
from cfanalysis.quartiles import in_top
from cfanalysis.verdict.criterion import criterion_verdict
from cfanalysis.verdict.evidence import Floats
from cfanalysis.verdict.result import Verdict

CUTS = (-1.5, -0.5, 0.5, 1.5)
"""Thresholds of an item on five options, in latent standard deviations of the noise."""

TOP_BELOW_REST = 1.6949
"""Mean normal score of the top quarter (1.2711) minus that of the rest (-.4237)."""

WITHIN_QUARTILE = 1 - 0.75 * 0.25 * TOP_BELOW_REST**2
"""Variance of normal scores that is left within top and rest."""


@dataclass(frozen=True)
class World:
    """How answers come about. The defaults are a null world in which Say and Do are alike.

    Parameters
    ----------
    n
        Organizations.
    items
        Items in all; half are Say.
    respondents
        Of each organization.
    unequal
        Whether organizations have from one to twice as many respondents, instead of the same number.
    slope
        Latent rise of both facets per standard deviation of the criterion, in standard deviations of the noise.
    effect
        d, by which Do rises more than Say; 0 in a null world.
    say_level, do_level
        Distance of the answers from the middle of the scale; 1.5 is a strong ceiling, .75 a mild one.
    say_spread, do_spread
        Standard deviation of the organizations' own part.
    common
        Standard deviation of the part common to both facets.
    say_noise, do_noise
        Standard deviation of an answer's noise.
    say_cuts
        Distances between Say's thresholds, Do's being 1.
    halo
        Standard deviation of a respondent's lean, which enters all his answers and the criterion.
    """

    n: int = 250
    items: int = 20
    respondents: int = 1
    unequal: bool = False
    slope: float = 0.3
    effect: float = 0.0
    say_level: float = 0.0
    do_level: float = 0.0
    say_spread: float = 0.3
    do_spread: float = 0.3
    common: float = 0.4
    say_noise: float = 1.0
    do_noise: float = 1.0
    say_cuts: float = 1.0
    halo: float = 0.0

    @property
    def facets(self) -> list[str]:
        """The facet of each item, Say first."""
        return ["say"] * (self.items // 2) + ["do"] * (self.items - self.items // 2)

    @property
    def extra_slope(self) -> float:
        """By how much Do's slope exceeds Say's for the effect d.

        With extra slope s the gap of an organization is ``-s z`` plus the rest, of variance v; so d is
        ``1.69 s / sqrt(v + .46 s^2)``, solved for s.
        """
        answers = self.items / 2 * self.respondents
        v = self.say_spread**2 + self.do_spread**2 + (self.say_noise**2 + self.do_noise**2) / answers
        return float(self.effect * np.sqrt(v / (TOP_BELOW_REST**2 - WITHIN_QUARTILE * self.effect**2)))


@dataclass(frozen=True)
class Claims:
    """What was concluded from one simulated survey.

    Parameters
    ----------
    verdict
        Of the test.
    naive
        Whether quartiles of the overall score, compared by Welch's test, would have been published as a wider gap
        below the top quartile (p < .05).
    delta_se
        Standard error of delta, scale points.
    """

    verdict: str
    naive: bool
    delta_se: float


@dataclass(frozen=True)
class Power:
    """What a study of this size can find.

    Parameters
    ----------
    power
        Share of simulated studies whose verdict is `supported`.
    low, high
        Its 95 % interval (Clopper and Pearson): how exactly it is known from so many simulations.
    wider
        Share in which delta's interval is above 0, whatever the metrics say.
    smallest_detectable
        Smallest delta found with 80 % power: 2.8 mean standard errors, scale points.
    world
        What was simulated.
    simulations, seed
        How often, and from which random numbers.
    """

    power: float
    low: float
    high: float
    wider: float
    smallest_detectable: float
    world: World
    simulations: int
    seed: int


def simulated_survey(world: World, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the cumulative shares (n, items, 4) and the criterion (n,) of one made-up survey.

    Examples
    --------
    >>> shares, criterion = simulated_survey(World(n=50, items=4), np.random.default_rng(1))
    >>> shares.shape, criterion.shape
    ((50, 4, 4), (50,))
    """
    is_do = np.array(world.facets) == "do"
    sizes = _sizes(world, random)
    member = np.repeat(np.arange(world.n), sizes)
    z = random.normal(size=world.n)
    slope = world.slope + world.extra_slope * is_do
    spread = np.where(is_do, world.do_spread, world.say_spread)
    own = random.normal(size=(world.n, 2))[:, is_do.astype(int)]
    level = np.where(is_do, world.do_level, world.say_level) + random.uniform(-0.4, 0.4, size=world.items)
    organization = level + np.outer(z, slope) + world.common * random.normal(size=(world.n, 1)) + spread * own
    lean = world.halo * random.normal(size=member.size)
    noise = np.where(is_do, world.do_noise, world.say_noise) * random.normal(size=(member.size, world.items))
    latent = organization[member] + lean[:, None] + noise
    cuts = np.outer(np.where(is_do, 1.0, world.say_cuts), CUTS)
    sums = np.zeros((world.n, world.items, len(CUTS)))
    for c in range(len(CUTS)):
        np.add.at(sums[:, :, c], member, (latent > cuts[:, c]).astype(float))
    leaning = np.bincount(member, weights=lean) / sizes
    return sums / sizes[:, None, None], z + leaning


def claims(world: World, *, seed: int, repetitions: int = 1000) -> Claims:
    """Return what one simulated survey leads to: the verdict, and the naive comparison beside it."""
    shares, criterion = simulated_survey(world, np.random.default_rng(seed))
    verdict = criterion_verdict(shares, criterion, world.facets, repetitions=repetitions, seed=seed)
    return Claims(verdict.verdict, naive_claim(shares, world.facets), _delta_se(verdict))


def naive_claim(shares: Floats, facets: list[str]) -> bool:
    """Return whether the obvious computation claims a wider gap below the top quartile of the overall score."""
    is_do = np.array(facets) == "do"
    items = shares.sum(axis=2)
    gap = items[:, ~is_do].mean(axis=1) - items[:, is_do].mean(axis=1)
    top = in_top(items.mean(axis=1))
    test = welch(gap[~top], gap[top])
    return test.estimate > 0 and test.p is not None and test.p < 0.05


def power(
    n: int,
    respondents: int,
    items: int,
    effect: float,
    *,
    ceiling: Literal["none", "mild", "strong"] = "mild",
    simulations: int = 200,
    seed: int = 1,
) -> Power:
    """Return the power of the verdict for a planned study, by simulation.

    Parameters
    ----------
    n
        Organizations, at least 40: below, the verdict is descriptive.
    respondents
        Of each organization.
    items
        Gap items in all, half Say and half Do, at least 2.
    effect
        Expected difference of the gap between rest and top quartile, in standard deviations of the gap (.2 small,
        .5 medium, .8 large), above 0 where the gap is wider below the top.
    ceiling
        How near the end of the scale the answers to Say lie.
    simulations
        Made-up studies, at least 20; 200 know a power of .8 to about .06.
    seed
        Of the random numbers.

    Returns
    -------
    Power

    Raises
    ------
    AnalysisError
        A number outside what is said above.

    Examples
    --------
    >>> study = power(200, respondents=3, items=8, effect=1.0, simulations=20)
    >>> study.power > 0.7
    True
    """
    for name, value, least in (
        ("organizations", n, 40),
        ("respondents", respondents, 1),
        ("items", items, 2),
        ("simulations", simulations, 20),
    ):
        if value < least:
            raise AnalysisError(f"Too few {name} to plan with.", value=value, allowed=f"at least {least}")
    if not 0 <= effect <= 2:
        raise AnalysisError("The expected effect is out of range.", value=effect, allowed="0 to 2")
    level = {"none": 0.0, "mild": 0.75, "strong": 1.5}
    if ceiling not in level:
        raise AnalysisError("This ceiling is unknown.", value=ceiling, allowed=", ".join(level))
    world = World(n=n, items=items, respondents=respondents, effect=effect, say_level=level[ceiling])
    found = list(_simulated(world, simulations, seed))
    supported = sum(claim.verdict == "supported" for claim in found)
    interval = stats.binomtest(supported, simulations).proportion_ci(0.95)
    return Power(
        power=supported / simulations,
        low=float(interval.low),
        high=float(interval.high),
        wider=sum(claim.verdict in ("supported", "scale-dependent") for claim in found) / simulations,
        smallest_detectable=2.8 * float(np.mean([claim.delta_se for claim in found])),
        world=world,
        simulations=simulations,
        seed=seed,
    )


def null_worlds() -> dict[str, World]:
    """Return the worlds without a true effect on which the verdict is calibrated, by name."""
    alike = World()
    ceiling = replace(alike, say_level=1.5)
    return {
        "facets alike": alike,
        "Do varies more": replace(alike, do_spread=0.9),
        "mild ceiling on Say": replace(alike, say_level=0.75),
        "strong ceiling on Say": ceiling,
        "strong ceiling, no link to performance": replace(ceiling, slope=0.0),
        "strong ceiling, Do varies more": replace(ceiling, do_spread=0.9),
        "Say noisier": replace(alike, say_noise=1.5),
        "Do noisier": replace(alike, do_noise=1.5),
        "Say's thresholds closer": replace(alike, say_cuts=0.7),
        "Say's thresholds wider": replace(alike, say_cuts=1.4),
        "halo": replace(alike, halo=0.5),
        "halo and strong ceiling": replace(ceiling, halo=0.5),
    }


def _simulated(world: World, simulations: int, seed: int) -> Iterator[Claims]:
    for child in np.random.SeedSequence(seed).generate_state(simulations):
        yield claims(world, seed=int(child))


def _sizes(world: World, random: np.random.Generator) -> NDArray[np.int64]:
    """Return the respondents of each organization, at least one."""
    if not world.unequal:
        return np.full(world.n, world.respondents)
    return np.maximum(1, random.integers(1, max(2, 2 * world.respondents), size=world.n, endpoint=True))


def _delta_se(verdict: Verdict) -> float:
    return float("nan") if verdict.delta.se is None else verdict.delta.se
