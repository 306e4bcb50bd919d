"""What the verdict says about made-up surveys: its error rate, and the power of a planned study."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.claim_test.criterion_mode import conclude
from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.null_models import SimulationModel, simulated_evidence
from cfanalysis.statistics.claim_test.result import above
from cfanalysis.statistics.effects import welch
from cfanalysis.statistics.quartiles import in_top

ROLE, MIX = 0.6, 0.7
"""By how much leaders rate Do higher, and how their share goes with performance, in a plan with roles."""


@dataclass(frozen=True)
class SimulatedClaims:
    """What was concluded from one simulated survey.

    Parameters
    ----------
    verdict
        Of the test.
    raw
        Of the same numbers, not standardized for who answered.
    naive
        Whether quartiles of the overall score, compared by Welch's test, would have been published as a wider gap
        below the top quartile (p < .05).
    detectable
        The smallest difference that would be found, scale points.
    wider
        Whether delta's interval is above 0.
    """

    verdict: str
    raw: str
    naive: bool
    detectable: float
    wider: bool


@dataclass(frozen=True)
class Power:
    """What a study of this size can find.

    Parameters
    ----------
    power
        Share of simulated studies whose verdict is `supported`.
    low, high
        Its 95 % interval (Clopper and Pearson): how exactly it is known from so many simulations.
    supported_if
        Share whose verdict is `supported if`: all there is with one respondent for each organization.
    wider
        Share in which delta's interval is above 0, whatever the metrics say.
    smallest_detectable
        Smallest difference found with 80 % power: 2.8 mean standard errors of the widest metric, scale points.
    world
        What was simulated.
    simulations, seed
        How often, and from which random numbers.
    """

    power: float
    low: float
    high: float
    supported_if: float
    wider: float
    smallest_detectable: float
    world: SimulationModel
    simulations: int
    seed: int


def simulated_claims(world: SimulationModel, *, seed: int, repetitions: int = 500) -> SimulatedClaims:
    """Return what one simulated survey leads to: the verdict, and the naive comparison for contrast.

    Parameters
    ----------
    world
        How the survey's answers come about.
    seed
        Seed of the survey and of the bootstrap.
    repetitions
        Resamples of the bootstrap.
    """
    evidence = simulated_evidence(world, np.random.default_rng(seed))
    found = conclude(evidence, repetitions=repetitions, seed=seed)
    detectable = float("nan") if found.detectable is None else found.detectable
    return SimulatedClaims(
        found.verdict, found.raw, naive_claim(evidence), detectable, above(found.contrast["delta"])
    )


def naive_claim(evidence: Evidence) -> bool:
    """Return whether the obvious computation claims a wider gap below the top quartile of the overall score."""
    halving = evidence.halvings[0]
    gap = halving.say - halving.do
    top = in_top(halving.shares.sum(axis=2).mean(axis=1))
    test = welch(gap[~top], gap[top])
    return test.estimate > 0 and test.p is not None and test.p < 0.05


def simulated_power(
    n: int,
    respondents: int,
    items: int,
    effect: float,
    *,
    ceiling: Literal["none", "mild", "strong"] = "mild",
    roles: bool = False,
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
    roles
        Whether more leaders answer in good organizations, who rate Do higher, and roles are recorded.
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
    >>> study = simulated_power(200, respondents=3, items=8, effect=1.0, simulations=20)
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
    world = SimulationModel(
        n=n, items=items, respondents=respondents, effect=effect, say_level=level[ceiling]
    )
    if roles:
        world = replace(world, role_do=ROLE, role_mix=MIX)
    found = list(_simulate(world, simulations, seed))
    supported = sum(claim.verdict == "supported" for claim in found)
    interval = scipy.stats.binomtest(supported, simulations).proportion_ci(0.95)
    return Power(
        power=supported / simulations,
        low=float(interval.low),
        high=float(interval.high),
        supported_if=sum(claim.verdict == "supported if" for claim in found) / simulations,
        wider=sum(claim.wider for claim in found) / simulations,
        smallest_detectable=float(np.nanmean([claim.detectable for claim in found])),
        world=world,
        simulations=simulations,
        seed=seed,
    )


def _simulate(world: SimulationModel, simulations: int, seed: int) -> Iterator[SimulatedClaims]:
    for child in np.random.SeedSequence(seed).generate_state(simulations):
        yield simulated_claims(world, seed=int(child))
