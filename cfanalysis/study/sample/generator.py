"""The sample itself: who, what they answer, what goes wrong; and the file that it is written to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cfanalysis.core.errors import ParameterError
from cfanalysis.core.files import atomic_file
from cfanalysis.core.resources import shipped_file
from cfanalysis.study.sample.answer_model import BLANK_CODE, draw_answers
from cfanalysis.study.sample.comment_texts import sample_comments
from cfanalysis.study.sample.dirt import FIRST_ROW, plant_dirt
from cfanalysis.study.sample.draws import Draws, Integers
from cfanalysis.study.sample.population import Population, draw_population
from cfanalysis.study.sample.truth import TRUTH, Truth
from cfanalysis.survey.instrument import Instrument, load_instrument

SAMPLE_SEED = 20240607
SAMPLE_ORGANIZATIONS = 120
ORIGIN = "synthetic"
_MIN_SECONDS = 200


@dataclass(frozen=True)
class Sample:
    """A made-up survey of which everything is known.

    Parameters
    ----------
    frame
        The export: one row per respondent and wave, all cells texts, "" where there is nothing.
    planted
        One row for each piece of planted dirt: row (in the file, the header being row 1), organization,
        respondent, wave, column, kind, dirty, clean, fate ("changed", "dropped" or "kept").
    truth
        The parameters from which the answers were drawn.
    organizations
        One row per organization: organization, sector, size_band, country, performance (its true P).
    """

    frame: pd.DataFrame
    planted: pd.DataFrame
    truth: Truth
    organizations: pd.DataFrame

    @property
    def clean(self) -> pd.DataFrame:
        """What right cleaning leaves, before reverse keying: texts of codes, rows in the order of the file.

        The index holds the rows' numbers in the file. Don't-know codes are left as they are.
        """
        frame = self.frame.set_axis(range(FIRST_ROW, FIRST_ROW + len(self.frame)), axis="index")
        changed = self.planted[self.planted["fate"] == "changed"]
        for row, column, clean in changed[["row", "column", "clean"]].to_numpy().tolist():
            frame.loc[row, column] = clean
        return frame.drop(index=self.planted.loc[self.planted["fate"] == "dropped", "row"].tolist())


def sample_responses(*, organizations: int = SAMPLE_ORGANIZATIONS, seed: int = SAMPLE_SEED) -> Sample:
    """Return a synthetic survey; the same arguments give the same one, byte for byte.

    Parameters
    ----------
    organizations
        How many organizations, at least 1; each has 1 to 40 respondents in a wave.
    seed
        Not negative.

    Raises
    ------
    ParameterError
        `organizations` or `seed` is too small.

    Examples
    --------
    >>> sample_responses(organizations=3).clean["origin"].unique().tolist()
    ['synthetic']
    """
    for name, value, least in (("organizations", organizations, 1), ("seed", seed, 0)):
        if value < least:
            raise ParameterError(
                f"The sample's {name} is too small.", value=value, allowed=f"{least} or more"
            )
    asked = load_instrument(shipped_file("data", "instruments", "customer_focus.yaml"))
    draws = Draws(seed)
    population = draw_population(asked, organizations, draws, TRUTH)
    frame, planted = plant_dirt(_export(asked, population, draws, TRUTH), asked, draws)
    return Sample(frame, planted, TRUTH, population.organizations.drop(columns=["waves", "people"]))


def write_sample(path: Path, *, organizations: int = SAMPLE_ORGANIZATIONS, seed: int = SAMPLE_SEED) -> Sample:
    r"""Write a sample as a CSV file (UTF-8, lines end in ``\n``) and return it.

    Parameters
    ----------
    path
        The file; an existing one is overwritten.
    organizations
        Number of organizations.
    seed
        The same seed gives the same file.

    Raises
    ------
    ParameterError
        As for `sample_responses`.
    OutputError
        The file cannot be written.
    """
    sample = sample_responses(organizations=organizations, seed=seed)
    with atomic_file(path) as aside:
        sample.frame.to_csv(aside, index=False, encoding="utf-8", lineterminator="\n")
    return sample


def _export(instrument: Instrument, population: Population, draws: Draws, truth: Truth) -> pd.DataFrame:
    """Return the rows as an export would have them, before any dirt."""
    rated = [item.id for item in instrument.rated_items]
    answers = dict(zip(rated, _texts(draw_answers(instrument, population, draws, truth)).T, strict=True))
    written = sample_comments(len(population.row_person), truth.comment, draws)
    columns = _facts(instrument, population, draws, truth)
    for item in instrument.items:
        columns[item.id] = answers[item.id] if item.scale is not None else np.array(written, dtype=object)
    return pd.DataFrame(columns, dtype="str")


def _facts(
    instrument: Instrument, population: Population, draws: Draws, truth: Truth
) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.object_]]]:
    """Return the columns before the items: who, when, how long, whence, and the fields."""
    person, organization = population.row_person, population.row_organization
    positions = {
        "role": population.person_role,
        "function": population.person_function,
        "customer_facing": population.person_facing,
    }
    width = max(5, len(str(len(population.person_organization))))
    respondent = np.array([f"R{p + 1:0{width}d}" for p in range(len(population.person_organization))], object)
    columns = {
        "respondent": respondent[person],
        "organization": population.organizations["organization"].to_numpy(object)[organization],
        "wave": np.array(instrument.waves, dtype=object)[population.row_wave],
        "seconds": _seconds(len(person), draws, truth),
        "origin": np.full(len(person), ORIGIN, dtype=object),
    }
    for field in instrument.organization_fields:
        columns[field.id] = population.organizations[field.id].to_numpy(object)[organization]
    for field in instrument.respondent_fields:
        columns[field.id] = np.array(field.options, dtype=object)[positions[field.id][person]]
    return columns


def _seconds(count: int, draws: Draws, truth: Truth) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    spread = np.exp(draws.normal("seconds", count, sd=truth.seconds_spread))
    seconds = np.maximum(np.round(truth.seconds_median * spread), _MIN_SECONDS).astype(np.int64)
    return seconds.astype(str).astype(object)


def _texts(codes: Integers) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    """Return codes as texts, `BLANK_CODE` as "": by a table of the few codes that there are."""
    table = np.array(["", *map(str, range(codes.max() + 1))], dtype=object)
    return np.asarray(table[codes - BLANK_CODE], dtype=object)
