"""Who answers: organizations, the people in them, and the rows that they leave in the file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.study.sample.draws import Draws, Floats, Integers
from cfanalysis.study.sample.organization_names import organization_names
from cfanalysis.study.sample.truth import Truth
from cfanalysis.survey.instrument import Instrument

_LARGEST = 40
SMALLEST = 1

# By position in the options of the fields: size bands, countries, and for each role (leader, manager, front
# line) its functions. Made up to look plausible; no analysis depends on them.
_SIZE_CUTS = (-1.1, -0.2, 0.6, 1.3)
_COUNTRIES = (0.07, 0.08, 0.05, 0.09, 0.07, 0.04, 0.06, 0.03, 0.04, 0.03, 0.17, 0.24, 0.03)
_FUNCTIONS = (
    (0.46, 0.14, 0.08, 0.12, 0.06, 0.08, 0.03, 0.03),
    (0.05, 0.20, 0.19, 0.24, 0.09, 0.10, 0.06, 0.07),
    (0.01, 0.18, 0.34, 0.24, 0.06, 0.07, 0.03, 0.07),
)
_CUSTOMER_FACING = (0.45, 0.93, 0.96, 0.35, 0.15, 0.15, 0.06, 0.12)
_LEADER_SHARE, _MANAGER_SHARE = 0.14, 0.27


@dataclass(frozen=True)
class Population:
    """Organizations, people and rows, each referring to the one before by position.

    Parameters
    ----------
    organizations
        One row per organization: organization, sector, size_band, country, performance (the true P), waves
        (tuple of wave positions), people (respondents in each wave).
    person_organization, person_role, person_function, person_facing
        Shape (people,): positions of organization, role, function and customer_facing.
    row_person, row_wave
        Shape (rows,): positions of person and wave, in the order of the file.
    """

    organizations: pd.DataFrame
    person_organization: Integers
    person_role: Integers
    person_function: Integers
    person_facing: Integers
    row_person: Integers
    row_wave: Integers

    @property
    def row_organization(self) -> Integers:
        """Shape (rows,): position of the row's organization."""
        return self.person_organization[self.row_person]

    @property
    def row_role(self) -> Integers:
        """Shape (rows,): position of the role of the row's respondent."""
        return self.person_role[self.row_person]


def draw_population(instrument: Instrument, count: int, draws: Draws, truth: Truth) -> Population:
    """Return organizations with their people and rows.

    Parameters
    ----------
    instrument
        The options of its fields give sectors, sizes and countries.
    count
        Number of organizations.
    draws
        The random numbers.
    truth
        The true parameters of the sample.
    """
    organizations = _organizations(instrument, count, draws, truth)
    people, both = organizations["people"].to_numpy(), organizations["waves"].map(len).to_numpy() == 2
    newcomers = np.where(both, np.round(truth.turnover * people), 0).astype(np.int64)
    owner = np.repeat(np.arange(count), people + newcomers)
    first = np.concatenate([[0], np.cumsum(people + newcomers)[:-1]])
    place = np.arange(len(owner)) - first[owner]
    # In the first wave the first `people` persons answer, in the second the last `people`: the rest returns.
    in_wave = [place < people[owner], place >= newcomers[owner]]
    takes_part = [np.array([w in waves for waves in organizations["waves"]])[owner] for w in (0, 1)]
    person = np.concatenate([np.flatnonzero(in_wave[w] & takes_part[w]) for w in (0, 1)])
    wave = np.concatenate([np.full((in_wave[w] & takes_part[w]).sum(), w) for w in (0, 1)])
    order = np.lexsort((draws.uniform("file order", len(person)), wave))
    role, function, facing = _facts(len(owner), draws)
    return Population(organizations, owner, role, function, facing, person[order], wave[order])


def _organizations(instrument: Instrument, count: int, draws: Draws, truth: Truth) -> pd.DataFrame:
    options = {field.id: field.options for field in instrument.organization_fields}
    sector = draws.permutation("sectors", count) % len(options["sector"])
    size = draws.normal("sizes", count)
    people = np.clip(np.round(truth.size_median * np.exp(truth.size_spread * size)), SMALLEST, _LARGEST)
    band = np.searchsorted(_SIZE_CUTS, 0.7 * size + 0.7 * draws.normal("size bands", count))
    country = draws.category("countries", np.tile(np.array(_COUNTRIES), (count, 1)))
    shift = np.array(truth.sector_shift)
    spread = np.sqrt(1 - np.mean(shift**2))
    return pd.DataFrame(
        {
            "organization": organization_names(sector, draws),
            "sector": np.array(options["sector"], dtype=object)[sector],
            "size_band": np.array(options["size_band"], dtype=object)[band],
            "country": np.array(options["country"], dtype=object)[country],
            "performance": np.round(shift[sector] + spread * draws.normal("performance", count), 6),
            "waves": _waves(count, draws, truth),
            "people": people.astype(np.int64),
        }
    )


def _waves(count: int, draws: Draws, truth: Truth) -> list[tuple[int, ...]]:
    """Return the waves of each organization: both, or the first alone, or the second alone."""
    number = draws.uniform("waves", count)
    first_only = truth.both_waves + (1 - truth.both_waves) / 2
    return [(0, 1) if u < truth.both_waves else (0,) if u < first_only else (1,) for u in number]


def _facts(count: int, draws: Draws) -> tuple[Integers, Integers, Integers]:
    """Return role, function and customer contact of each person, as positions of the fields' options."""
    number = draws.uniform("roles", count)
    role = np.searchsorted([_LEADER_SHARE, _LEADER_SHARE + _MANAGER_SHARE], number, side="right")
    weights: Floats = np.array(_FUNCTIONS)[role]
    function = draws.category("functions", weights)
    facing = draws.uniform("customer contact", count) >= np.array(_CUSTOMER_FACING)[function]
    return role.astype(np.int64), function, facing.astype(np.int64)
