"""Made-up surveys with a known truth: what the verdict is calibrated on, and studies are planned with.

An organization has a level on each facet: a slope on the criterion, a part common to both facets, and a part
of its own. Its respondents answer each item from that level with a lean of their own and noise, cut at the
thresholds of the item. In a *null* world both facets rise equally with the criterion, in one metric at least;
everything else (ceilings, spreads, noise, thresholds, halo) may differ, and none of it may be taken for the claim.

The *effect* d is what a researcher would compute where there are no ceilings: the difference of the gap between
the rest and the top quartile, in standard deviations of the gap of organizations.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cfanalysis.statistics.claim_test.evidence import Floats

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


def _sizes(world: World, random: np.random.Generator) -> NDArray[np.int64]:
    """Return the respondents of each organization, at least one."""
    if not world.unequal:
        return np.full(world.n, world.respondents)
    return np.maximum(1, random.integers(1, max(2, 2 * world.respondents), size=world.n, endpoint=True))
