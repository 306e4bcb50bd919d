"""What the people answer: latent values from the documented truth, then codes of the instrument's scales."""

from __future__ import annotations

import numpy as np

from cfanalysis.study.sample.draws import Draws, Floats, Integers
from cfanalysis.study.sample.population import Population
from cfanalysis.study.sample.truth import Truth
from cfanalysis.survey.instrument import Instrument, Item

BLANK_CODE = -1
TEN = 10


def draw_answers(instrument: Instrument, population: Population, draws: Draws, truth: Truth) -> Integers:
    """Return the answers as given, before errors are put into the file.

    Parameters
    ----------
    instrument
        What the survey asks.
    population
        Who answers, and when.
    draws
        The random numbers.
    truth
        The true parameters of the sample.

    Returns
    -------
    numpy.ndarray
        Shape (rows, rated items), codes of the items' scales as they stand in a file (not reverse-keyed);
        don't-know codes included; `BLANK_CODE` where there is no answer.
    """
    items = instrument.rated_items
    halo = draws.normal("halo", len(population.person_organization), sd=truth.halo_sd)[population.row_person]
    codes = np.full((len(population.row_person), len(items)), BLANK_CODE, dtype=np.int64)
    contacts = _contacts(population, halo, draws, truth)
    latent = _GapModel(instrument, population, draws, truth)
    counted = 0
    for k, item in enumerate(items):
        if item.role == "expectation":
            codes[:, k] = contacts[:, counted]
            counted += 1
        elif item.role == "warning_sign":
            codes[:, k] = _warning(item, population, draws, truth)
        else:
            value = latent(item) if item.role == "gap" else _rating(item, population, draws, truth)
            codes[:, k] = _on_scale(instrument, item, value + halo + _noise(item, population, draws, truth))
    return _with_gaps(instrument, codes, population, draws, truth)


class _GapModel:
    """Latent values of the gap items, without halo and noise (formula: `cfanalysis.study.sample.truth`)."""

    def __init__(self, instrument: Instrument, population: Population, draws: Draws, truth: Truth) -> None:
        count = len(population.organizations)
        self._population, self._draws, self._truth = population, draws, truth
        self._dimensions = {d.id: number for number, d in enumerate(instrument.dimensions)}
        self._common = draws.normal("organization", count, sd=truth.organization_sd)
        self._facet = {f: draws.normal(f"organization {f}", count, sd=truth.facet_sd) for f in ("say", "do")}
        shape = (count, len(self._dimensions))
        self._dimension = draws.normal("organization dimension", *shape, sd=truth.dimension_sd)

    def __call__(self, item: Item) -> Floats:
        truth, population = self._truth, self._population
        say, dimension = item.facet == "say", self._dimensions[item.dimension or ""]
        j = population.row_organization
        level = truth.say_level if say else truth.do_level
        by_dimension = truth.say_dimension if say else truth.do_dimension
        slope = truth.say_slope if say else truth.do_slope
        improvement = truth.say_improvement if say else truth.do_improvement
        role = np.array(truth.say_role if say else truth.do_role)
        performance = population.organizations["performance"].to_numpy()
        organization = self._common + self._facet[item.facet or ""] + self._dimension[:, dimension]
        latent: Floats = (
            level
            + by_dimension[dimension]
            + _item_effect(item, self._draws, truth)
            + (slope * performance + organization)[j]
            + improvement * population.row_wave
            + role[population.row_role]
        )
        return latent


def _rating(item: Item, population: Population, draws: Draws, truth: Truth) -> Floats:
    """Latent values of performance and level items, without halo and noise."""
    performance = population.organizations["performance"].to_numpy()
    if item.role == "level":
        place = ("low", "moderate", "high").index(item.level or "low")
        level, slope = truth.level_levels[place], truth.level_slopes[place]
        return level + _item_effect(item, draws, truth) + (slope * performance)[population.row_organization]
    own = draws.normal("organization performance", len(performance), sd=truth.performance_sd)
    latent: Floats = (
        truth.performance_level
        + _item_effect(item, draws, truth)
        + (truth.performance_slope * performance + own)[population.row_organization]
        + truth.performance_improvement * population.row_wave
        + np.array(truth.performance_role)[population.row_role]
    )
    return latent


def _warning(item: Item, population: Population, draws: Draws, truth: Truth) -> Integers:
    """Return 1 (yes) where the latent value is above 0: a probit in standard deviations."""
    performance = population.organizations["performance"].to_numpy()
    latent = (
        truth.warning_level
        + 2 * _item_effect(item, draws, truth)
        + (truth.warning_slope * performance)[population.row_organization]
        + draws.normal(f"noise {item.id}", len(population.row_person))
    )
    return (latent > 0).astype(np.int64)


def _contacts(population: Population, halo: Floats, draws: Draws, truth: Truth) -> Integers:
    """Return how many of ten customers were disappointed, satisfied and impressed: shape (rows, 3)."""
    performance = population.organizations["performance"].to_numpy()
    mean = (truth.contact_slope * performance)[population.row_organization] + halo
    latent = mean[:, None] + draws.normal("contacts", len(mean), TEN)
    low, high = truth.contact_cuts
    disappointed, impressed = (latent < low).sum(axis=1), (latent >= high).sum(axis=1)
    return np.stack([disappointed, TEN - disappointed - impressed, impressed], axis=1).astype(np.int64)


def _item_effect(item: Item, draws: Draws, truth: Truth) -> float:
    return float(draws.normal(f"item {item.id}", 1, sd=truth.item_sd)[0])


def _noise(item: Item, population: Population, draws: Draws, truth: Truth) -> Floats:
    return draws.normal(f"noise {item.id}", len(population.row_person), sd=truth.noise_sd)


def _on_scale(instrument: Instrument, item: Item, latent: Floats) -> Integers:
    """Round to whole points and cut off at the ends of the scale; turn a reverse-keyed item round."""
    scale = instrument.scale_of(item.id)
    code = np.clip(np.floor(latent + 0.5), scale.min, scale.max).astype(np.int64)
    return scale.min + scale.max - code if item.reverse else code


def _with_gaps(
    instrument: Instrument, codes: Integers, population: Population, draws: Draws, truth: Truth
) -> Integers:
    """Return the codes with don't-knows and blanks put in; the counts of contacts go together."""
    share = {
        "gap": truth.dont_know_gap,
        "performance": truth.dont_know_performance,
        "level": truth.dont_know_level,
        "warning_sign": truth.dont_know_warning,
        "expectation": truth.dont_know_contacts,
    }
    factor = np.array(truth.dont_know_role)[population.row_role]
    result = codes.copy()
    for k, item in enumerate(instrument.rated_items):
        stream = item.role if item.role == "expectation" else item.id
        unknown = draws.uniform(f"don't know {stream}", len(codes)) < share[item.role] * factor
        result[unknown, k] = instrument.scale_of(item.id).dont_know.codes[0]
        result[draws.uniform(f"missing {stream}", len(codes)) < truth.missing, k] = BLANK_CODE
    return result
