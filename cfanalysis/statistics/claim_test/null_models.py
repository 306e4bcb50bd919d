"""Made-up surveys with a known truth: what the verdict is calibrated on, and studies are planned with.

An organization has a level on each facet: a slope on performance, a part common to both facets, and a part
of its own. Its respondents answer each item from that level with a lean of their own and noise, cut at the
thresholds of the item. In a *null* world both facets rise equally with performance; everything else (ceilings,
discrimination, spread, who answers, halo, parents) may differ, and none of it may be taken for the claim.

The *effect* d is what a researcher would compute where there are no ceilings: the difference of the gap between
the rest and the top quartile, in standard deviations of the gap of organizations.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cfanalysis.statistics.claim_test.evidence import Evidence, checked_evidence
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.claim_test.respondent_traits import Respondents, Traits, mean_traits
from cfanalysis.statistics.claim_test.split_halves import HalfCounts, random_halves, shares_above

_CUTS = (-1.5, 1.5)
"""The lowest and the highest threshold of an item, in latent standard deviations of the noise."""

TOP_BELOW_REST = 1.6949
"""Mean normal score of the top quarter (1.2711) minus that of the rest (-.4237)."""

WITHIN_QUARTILE = 1 - 0.75 * 0.25 * TOP_BELOW_REST**2
"""Variance of normal scores that is left within top and rest."""

LEAST_NORMAL = 0.5
"""Propensity beyond which a respondent is a leader: about a third are."""


@dataclass(frozen=True)
class SimulationModel:
    """How answers come about. The defaults are a null world in which Say and Do are alike.

    Parameters
    ----------
    n
        Organizations.
    items
        Items in all; half are Say.
    options
        Answer options of an item.
    respondents
        Of each organization.
    largest
        Where it is above `respondents`: organizations have between `respondents` and so many, evenly on a log scale.
    slope
        Latent rise of both facets per standard deviation of performance, in standard deviations of the noise.
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
    say_loading, do_loading
        How much of an organization's differences shows in the answers.
    growth
        By how much the logarithm of the noise's spread rises with performance.
    lean
        Standard deviation of a respondent's lean, which enters all answers to Do and the rating of performance.
    lean_say
        How much of it enters the answers to Say.
    extremity
        Standard deviation of the logarithm of a respondent's spread.
    skewness
        Whether ``noise`` or ``organizations``' own parts are exponential instead of normal.
    role_do, role_say
        By how much leaders rate Do and Say higher.
    role_mix
        Correlation of an organization's propensity to have leaders answer with performance.
    contact_do
        The same for people with customer contact (a second field, as strongly mixed).
    recorded
        Whether it is recorded who is a leader.
    parents, parent_share
        Groups of organizations (0: none), and the share of variances that lies between them.
    reliability
        Of the criterion.
    criterion
        ``outcome``, or ratings by other respondents (``others``) or by the ``same``.
    organization_halo
        Standard deviation of a halo that a whole organization puts on Do and on the criterion.
    say_error
        Standard deviation of what an organization's wording or image adds to Say.
    missing
        Share of answers that are missing.
    """

    n: int = 100
    items: int = 12
    options: int = 5
    respondents: int = 6
    largest: int = 0
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
    say_loading: float = 1.0
    do_loading: float = 1.0
    growth: float = 0.0
    lean: float = 0.0
    lean_say: float = 1.0
    extremity: float = 0.0
    skewness: Literal["", "noise", "organizations"] = ""
    role_do: float = 0.0
    role_say: float = 0.0
    role_mix: float = 0.0
    contact_do: float = 0.0
    recorded: bool = True
    parents: int = 0
    parent_share: float = 0.5
    reliability: float = 1.0
    criterion: Literal["outcome", "others", "same"] = "outcome"
    organization_halo: float = 0.0
    say_error: float = 0.0
    missing: float = 0.0

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


def simulated_evidence(world: SimulationModel, random: np.random.Generator) -> Evidence:
    """Return the evidence of one simulated survey, in the form that the verdict takes.

    Parameters
    ----------
    world
        How its answers come about.
    random
        The source of random numbers.

    Examples
    --------
    >>> evidence = simulated_evidence(SimulationModel(n=50, items=4), np.random.default_rng(1))
    >>> evidence.n, evidence.halvings[0].shares.shape
    (50, (50, 4, 4))
    """
    population = _Population(world, random)
    answers, member = population.answers, population.member
    names = tuple((name, "yes") for name in population.fields)
    has = np.array([*population.fields.values()], dtype=np.int8).reshape(len(names), member.size).T
    people = Respondents(answers, member, world.n, Traits(names, has))
    if world.criterion == "others":
        masks = list(random_halves(member, seed=int(random.integers(2**31))))
        counts, width = HalfCounts(member, masks, groups=world.n), world.options
        shares = np.stack(
            [shares_above(counts.of(np.where(a < 0, width, a), width=width)) for a in answers.T], axis=2
        )
        criterion = np.stack([_mean_rating(population.ratings, member, ~mask, world.n) for mask in masks])
        means = [mean_traits(people.traits, member, world.n, mask) for mask in masks]
        people = replace(people, half_means=np.stack(means))
    else:
        shares = people.above(np.ones((world.items, world.options - 1), dtype=bool))
        every = np.ones(member.size, dtype=bool)
        same = _mean_rating(population.ratings, member, every, world.n)
        criterion = same if world.criterion == "same" else population.criterion
    return checked_evidence(shares, criterion, world.facets, groups=population.parents, people=people)


def _mean_rating(ratings: Floats, member: NDArray[np.intp], half: NDArray[np.bool_], n: int) -> Floats:
    """Return the mean rating of each organization's respondents in a half; NaN where nobody is."""
    with np.errstate(invalid="ignore"):
        return np.asarray(
            np.bincount(member[half], ratings[half], minlength=n) / np.bincount(member[half], minlength=n)
        )


class _Population:
    """Organizations and their respondents, drawn once."""

    def __init__(self, world: SimulationModel, random: np.random.Generator) -> None:
        self._world, self._random = world, random
        self.parents = random.integers(0, world.parents, world.n) if world.parents else None
        self.member = np.repeat(np.arange(world.n), self._sizes())
        z, halo = self._parted(), random.normal(size=world.n) * world.organization_halo
        noise = np.sqrt(1 / world.reliability - 1) * random.normal(size=world.n)
        self.criterion = z + halo + noise
        lean = world.lean * random.normal(size=self.member.size)
        # What a respondent rates: the organization's performance, his own lean, and noise of several items.
        self.ratings = self.criterion[self.member] + lean + 0.5 * random.normal(size=self.member.size)
        self.fields: dict[str, NDArray[np.intp]] = {}
        own = lean[:, None] * np.where(self._is_do, 1.0, world.lean_say)
        level = self._levels(z, halo)[self.member] + own + self._who_answered(z)
        self.answers = self._answers(level, np.exp(world.growth * z)[self.member])

    def _sizes(self) -> NDArray[np.int64]:
        """Return the respondents of each organization."""
        world = self._world
        if world.largest <= world.respondents:
            return np.full(world.n, world.respondents)
        low, high = np.log(world.respondents), np.log(world.largest + 1)
        return np.exp(self._random.uniform(low, high, world.n)).astype(np.int64)

    def _parted(self, *, skewed: bool = False) -> Floats:
        """Return a standard variable of each organization, partly its parent's."""
        own = self._standard(self._world.n, skewed=skewed)
        if self.parents is None:
            return own
        share = self._world.parent_share
        shared = self._random.normal(size=self._world.parents)[self.parents]
        return np.asarray(np.sqrt(share) * shared + np.sqrt(1 - share) * own)

    def _standard(self, shape: int | tuple[int, ...], *, skewed: bool) -> Floats:
        return self._random.exponential(size=shape) - 1 if skewed else self._random.normal(size=shape)

    def _levels(self, z: Floats, halo: Floats) -> Floats:
        """Return the level of each organization on each item, shape (n, items)."""
        world, skewed = self._world, self._world.skewness == "organizations"
        common = world.common * self._parted(skewed=skewed)
        say = world.slope * z + common + world.say_spread * self._parted(skewed=skewed)
        do = (world.slope + world.extra_slope) * z + common + world.do_spread * self._parted(skewed=skewed)
        say = world.say_loading * say + world.say_error * self._random.normal(size=world.n) + world.say_level
        do = world.do_loading * do + halo + world.do_level
        items = self._random.uniform(-0.4, 0.4, size=world.items)
        return np.asarray(np.where(self._is_do, do[:, None], say[:, None]) + items)

    def _who_answered(self, z: Floats) -> Floats:
        """Return what a respondent's role and contact add to each item, shape (respondents, items)."""
        world, random = self._world, self._random
        added = np.zeros((self.member.size, world.items))
        for name, do, say in (("role", world.role_do, world.role_say), ("contact", world.contact_do, 0.0)):
            if do or say:
                own = np.sqrt(1 - min(world.role_mix, 1) ** 2) * random.normal(size=world.n)
                drawn = (world.role_mix * z + own)[self.member] + random.normal(size=self.member.size)
                has = drawn > LEAST_NORMAL
                added += has[:, None] * np.where(self._is_do, do, say)
                if world.recorded:
                    self.fields[name] = has.astype(np.intp)
        return added

    def _answers(self, level: Floats, spread: Floats) -> NDArray[np.int8]:
        """Return the answers as steps above the lowest, -1 where missing, shape (respondents, items)."""
        world, random = self._world, self._random
        noise = np.where(self._is_do, world.do_noise, world.say_noise)
        drawn = self._standard(level.shape, skewed=world.skewness == "noise")
        personal = spread * np.exp(world.extremity * random.normal(size=spread.size))
        latent = level + noise * personal[:, None] * drawn
        cuts = np.linspace(*_CUTS, world.options - 1)
        scaled = latent / np.where(self._is_do, 1.0, world.say_cuts)
        answers = np.searchsorted(cuts, scaled).astype(np.int8)
        if world.missing:
            answers[random.random(answers.shape) < world.missing] = -1
        return np.asfortranarray(answers)

    @property
    def _is_do(self) -> NDArray[np.bool_]:
        return np.asarray(np.array(self._world.facets) == "do")
