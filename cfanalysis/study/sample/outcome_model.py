"""Made-up outcomes of the made-up organizations, with known relations to their true performance.

Outcome o of organization j in wave t is ``level + slope P[j] + change t + noise``; P is the organization's true
performance (mean 0, variance 1). So one standard deviation of true performance goes with `slope` units of the outcome;
the relation to any score measured in the self assessment is weaker, because that score measures performance with
error. Truth: `OUTCOME_TRUTH`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from cfanalysis.core.resources import shipped_file
from cfanalysis.study.sample.draws import Draws
from cfanalysis.study.sample.generator import SAMPLE_ORGANIZATIONS, SAMPLE_SEED
from cfanalysis.study.sample.population import draw_population
from cfanalysis.study.sample.truth import TRUTH
from cfanalysis.survey.instrument import load_instrument
from cfanalysis.survey.survey_data import Survey

_ASSESSMENT = ("data", "instruments", "customer_focus.yaml")
_COLUMNS = ["organization", "wave", "outcome", "value", "n"]


class OutcomeTruth(NamedTuple):
    """How an outcome is drawn: in its own unit; lowest and highest value; how many it rests on."""

    level: float
    slope: float
    change: float
    noise: float
    low: float
    high: float
    n: int


OUTCOME_TRUTH = {
    "customer rating (0 to 100)": OutcomeTruth(68.0, 5.5, 0.5, 5.0, 0.0, 100.0, 120),
    "customer retention (%)": OutcomeTruth(82.0, 3.5, 0.0, 4.5, 0.0, 100.0, 400),
    "growth (%)": OutcomeTruth(4.0, 2.0, 0.0, 6.0, -60.0, 60.0, 1),
    "complaints per 1,000 customers": OutcomeTruth(24.0, -5.0, 0.0, 7.0, 0.0, 1000.0, 1000),
    "employee satisfaction (0 to 100)": OutcomeTruth(64.0, 4.0, 0.5, 6.0, 0.0, 100.0, 60),
}


def sample_outcomes(*, organizations: int = SAMPLE_ORGANIZATIONS, seed: int = SAMPLE_SEED) -> pd.DataFrame:
    """Return made-up outcomes: ``organization, wave, outcome, value, n``.

    Parameters
    ----------
    organizations, seed
        As for `cfanalysis.study.sample.sample_responses`; the same ones are the same organizations.

    Examples
    --------
    >>> frame = sample_outcomes(organizations=3)
    >>> len(frame), frame["outcome"].nunique()
    (30, 5)
    """
    draws = Draws(seed)
    instrument = load_instrument(shipped_file(*_ASSESSMENT))
    facts = draw_population(instrument, organizations, draws, TRUTH).organizations
    performance = facts["performance"].to_numpy(float)
    parts = []
    for name, truth in OUTCOME_TRUTH.items():
        for t, wave in enumerate(instrument.waves):
            noise = draws.normal(f"outcome {name} {wave}", len(facts), sd=truth.noise)
            value = np.clip(
                truth.level + truth.slope * performance + truth.change * t + noise, truth.low, truth.high
            )
            rows = {"organization": facts["organization"], "wave": wave, "outcome": name}
            parts.append(pd.DataFrame({**rows, "value": value.round(2), "n": truth.n}))
    return pd.concat(parts, ignore_index=True)[_COLUMNS]


def with_outcomes(survey: Survey) -> Survey:
    """Return the survey with outcomes: its own, else, where it is synthetic, the made-up ones of its organizations."""
    if survey.outcomes is not None or not survey.source.synthetic:
        return survey
    made = sample_outcomes()
    known = set(survey.organizations["organization"])
    outcomes = made[made["organization"].isin(known)].reset_index(drop=True)
    return survey if outcomes.empty else replace(survey, outcomes=outcomes)
