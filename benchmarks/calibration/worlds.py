"""The worlds on which the verdict is calibrated, by a name that says what is special about each.

Unless said: 100 organizations with six respondents, 12 items on five options, a mild ceiling on Say, performance
measured from outside. Null worlds hold no difference between Say and Do but for what their name says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cfanalysis.statistics.claim_test.null_models import SimulationModel

MILD = SimulationModel(say_level=0.75)
STRONG = replace(MILD, say_level=1.5)
ROLES: dict[str, Any] = {"role_do": 0.6, "role_mix": 0.7}
WEAK: dict[str, Any] = {"say_loading": 0.7}
GROWS, SHRINKS = {"growth": 0.25}, {"growth": -0.25}


def null_worlds() -> dict[str, SimulationModel]:
    """Return the worlds without a true difference that a computation can tell from one."""
    found = {f"mild ceiling, n = {n}": replace(MILD, n=n) for n in (40, 60, 100, 250)}
    found |= {f"strong ceiling, n = {n}": replace(STRONG, n=n) for n in (40, 100, 250)}
    found |= {f"facets alike, n = {n}": SimulationModel(n=n) for n in (100, 250)}
    found |= _version_1() | _discrimination() | _who_answered() | _spread() | _parents() | _more()
    return found


def _version_1() -> dict[str, SimulationModel]:
    """Return what the first version was calibrated on: 20 items, one respondent in each organization."""
    alike = SimulationModel(n=250, items=20, respondents=1)
    ceiling = replace(alike, say_level=1.5)
    return {
        "one respondent: Do varies more": replace(alike, do_spread=0.9),
        "one respondent: strong ceiling": ceiling,
        "one respondent: strong ceiling, no link to performance": replace(ceiling, slope=0.0),
        "one respondent: strong ceiling, Do varies more": replace(ceiling, do_spread=0.9),
        "one respondent: Do noisier": replace(alike, do_noise=1.5),
        "one respondent: Say's thresholds closer": replace(alike, say_cuts=0.7),
        "one respondent: Say's thresholds wider": replace(alike, say_cuts=1.4),
        "one respondent: lean of persons, criterion theirs": replace(alike, lean=0.5, criterion="same"),
        "one respondent: lean and strong ceiling, criterion theirs": replace(
            ceiling, lean=0.5, criterion="same"
        ),
        "six respondents, 40 items, strong ceiling, n = 250": replace(STRONG, n=250, items=40),
    }


def _discrimination() -> dict[str, SimulationModel]:
    """Return worlds in which the items of one facet tell organizations apart less."""
    weak = replace(MILD, **WEAK)
    found = {f"Say loads .7, n = {n}": replace(weak, n=n) for n in (40, 100, 250)}
    found |= {f"Do loads .7, n = {n}": replace(MILD, n=n, do_loading=0.7) for n in (100, 250)}
    return found | {
        "Say loads .5, n = 250": replace(weak, n=250, say_loading=0.5),
        "Say noisier and cut wider by 1.4": replace(MILD, say_noise=1.4, say_cuts=1.4),
        "Say loads .7, strong ceiling, n = 250": replace(weak, n=250, say_level=1.5),
        "Say loads .7, criterion's reliability .5, n = 250": replace(weak, n=250, reliability=0.5),
        "Say loads .7, 2 respondents, n = 500": replace(weak, n=500, respondents=2),
        "Say loads .7, 1 to 400 respondents": replace(weak, respondents=1, largest=400),
        "Say loads .7, criterion from others": replace(weak, criterion="others"),
        "Say loads .7, roles mixed": replace(weak, **ROLES),
        "Say loads .7, 20 parents, n = 250": replace(weak, n=250, parents=20),
        "Say's own spread .6, n = 250": replace(MILD, n=250, say_spread=0.6),
    }


def _who_answered() -> dict[str, SimulationModel]:
    """Return worlds in which more leaders answer in good organizations."""
    mixed = replace(MILD, **ROLES)
    found = {f"roles mixed, n = {n}": replace(mixed, n=n) for n in (40, 100, 250)}
    return found | {
        "roles mixed, also on Say (.3)": replace(mixed, role_say=0.3),
        "roles and contact mixed": replace(mixed, contact_do=0.3),
        "roles mixed, strong ceiling, n = 250": replace(mixed, n=250, say_level=1.5),
        "roles mixed, 2 respondents, n = 250": replace(mixed, n=250, respondents=2),
        "roles mixed most strongly": replace(mixed, role_mix=0.95),
        "roles mixed, 15 % missing": replace(mixed, missing=0.15),
        "roles mixed, 20 parents": replace(mixed, parents=20),
        "roles mixed, criterion from others": replace(mixed, criterion="others"),
        "roles without effect, mixed": replace(mixed, role_do=1e-9),
    }


def _spread() -> dict[str, SimulationModel]:
    """Return worlds in which answers spread more, or less, in well performing organizations."""
    found = {}
    for name, change in (("grows", GROWS), ("shrinks", SHRINKS)):
        for n in (100, 250):
            levels = {"": (0.75, 0.0), ", Say +1 Do -.5": (1.0, -0.5), ", Say -.5 Do +1": (-0.5, 1.0)}
            for which, (say, do) in levels.items():
                world = SimulationModel(n=n, say_level=say, do_level=do, **change)
                found[f"spread {name}{which}, n = {n}"] = world
    return found


def _parents() -> dict[str, SimulationModel]:
    """Return worlds in which organizations belong to parents."""
    return {
        f"{parents} parents, n = {n}": replace(MILD, n=n, parents=parents)
        for parents in (8, 20)
        for n in (100, 250)
    }


def _more() -> dict[str, SimulationModel]:
    """Return other scales, sizes, leans, shapes."""
    return {
        "7 points, strong ceiling": replace(STRONG, options=7),
        "11 points, strong ceiling": replace(STRONG, options=11),
        "1 to 3 respondents": replace(MILD, respondents=1, largest=3),
        "1 to 400 respondents": replace(MILD, respondents=1, largest=400),
        "lean of persons, criterion from others": replace(MILD, lean=0.6, criterion="others"),
        "lean of persons on Do alone, criterion from others": replace(
            MILD, lean=0.6, lean_say=0.0, criterion="others"
        ),
        "lean and extremity, strong ceiling": replace(STRONG, lean=0.8, extremity=0.4),
        "skewed noise, strong ceiling": replace(STRONG, skewness="noise"),
        "skewed organizations, strong ceiling": replace(STRONG, skewness="organizations"),
        "floor on Do, strong": replace(MILD, say_level=0.0, do_level=-1.5),
        "4 items": replace(MILD, items=4),
        "30 % missing": replace(MILD, missing=0.3),
    }


def both_worlds() -> dict[str, SimulationModel]:
    """Return worlds without a true difference in which weaker items and a changing spread come together."""
    return {
        "Say loads .7 and spread grows, n = 250": replace(MILD, n=250, **WEAK, **GROWS),
        "Do loads .7 and spread shrinks, n = 250": replace(MILD, n=250, do_loading=0.7, **SHRINKS),
        "Say loads .7 and spread grows, n = 100": replace(MILD, **WEAK, **GROWS),
    }


def alike_worlds() -> dict[str, SimulationModel]:
    """Return worlds without a true difference that no computation can tell from one (docs/method.md)."""
    return {
        "halo of whole organizations on Do and criterion": replace(
            MILD, organization_halo=0.3, criterion="others"
        ),
        "one respondent, Say loads .7": replace(MILD, respondents=1, **WEAK),
        "one respondent, Say noisier, n = 250": SimulationModel(
            n=250, items=20, respondents=1, say_noise=1.5
        ),
        "lean of persons on Do alone, criterion theirs": replace(
            MILD, lean=0.6, lean_say=0.0, criterion="same", respondents=2
        ),
        "Say loads .7 and says what its organization's image is, n = 250": replace(
            MILD, n=250, say_error=0.3, **WEAK
        ),
        "roles mixed but not recorded": replace(MILD, recorded=False, **ROLES),
    }


def true_worlds() -> dict[str, SimulationModel]:
    """Return worlds in which the claim is true."""
    found = {}
    for n in (60, 100, 250):
        for d in (0.35, 0.59, 0.98):
            found[f"d = {d:.2f}, n = {n}".replace("0.", ".")] = replace(MILD, n=n, effect=d)
    for n in (60, 100):
        found[f"d = .59, roles mixed, n = {n}"] = replace(MILD, n=n, effect=0.59, **ROLES)
    large = replace(MILD, effect=0.98)
    return found | {
        "d = .59, roles mixed but not recorded, n = 100": replace(MILD, effect=0.59, recorded=False, **ROLES),
        "d = .98, strong ceiling, n = 100": replace(large, say_level=1.5),
        "d = .98, criterion's reliability .5, n = 100": replace(large, reliability=0.5),
        "d = .98, 1 to 3 respondents, n = 100": replace(large, respondents=1, largest=3),
        "d = .98, 1 to 400 respondents, n = 100": replace(large, respondents=1, largest=400),
        "d = .98, 20 parents, n = 100": replace(large, parents=20),
        "d = .98, one respondent, n = 100": replace(large, respondents=1),
        "d = .98, criterion from others, n = 100": replace(large, criterion="others"),
    }
