"""Small made-up surveys with a known truth, in memory: what the tests of the claim are run on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.scoring.shares import count_shares
from cfanalysis.survey.instrument import Instrument, parse_instrument
from cfanalysis.survey.survey_data import Source, Survey

INSTRUMENT = """
format: 1
id: made
title: Made Survey
version: "1"
scales:
  agreement: {min: 1, max: 5}
dimensions:
  - {id: lead, title: Leadership}
  - {id: proc, title: Processes}
practices:
  - {id: listening, title: Listening}
  - {id: recovery, title: Recovery}
items:
  - {id: s1, text: Say one., role: gap, facet: say, dimension: lead, pair: a, scale: agreement}
  - {id: s2, text: Say two., role: gap, facet: say, dimension: lead, scale: agreement}
  - {id: s3, text: Say three., role: gap, facet: say, dimension: proc, pair: b, scale: agreement}
  - {id: s4, text: Say four., role: gap, facet: say, dimension: proc, scale: agreement}
  - {id: d1, text: Do one., role: gap, facet: do, dimension: lead, pair: a, practices: [listening], scale: agreement}
  - {id: d2, text: Do two., role: gap, facet: do, dimension: lead, practices: [recovery], scale: agreement}
  - {id: d3, text: Do three., role: gap, facet: do, dimension: proc, pair: b, practices: [listening], scale: agreement}
  - {id: d4, text: Do four., role: gap, facet: do, dimension: proc, scale: agreement, reverse: true}
  - {id: p1, text: We win., role: performance, scale: agreement}
  - {id: p2, text: We grow., role: performance, scale: agreement}
organization_fields:
  - {id: sector, title: Sector}
waves: ["2024", "2025"]
indices:
  - {id: performance, title: Performance, items: [p1, p2]}
criterion: performance
"""


def made_instrument(text: str = INSTRUMENT) -> Instrument:
    """The instrument of the made-up surveys."""
    return parse_instrument(text)


def made_survey(
    *,
    organizations: int = 60,
    respondents: int = 4,
    slope: float = 0.4,
    effect: float = 0.6,
    lead: float = 0.0,
    own: float = 0.2,
    waves: int = 1,
    seed: int = 1,
    instrument: Instrument | None = None,
) -> Survey:
    """A survey in which Say rises with performance by `slope`, Do by `effect` more, Say lying `lead` higher.

    Each facet has a part of its own with standard deviation `own`, by which organizations differ whatever their
    performance. Latent answers have a noise of .8 and are rounded to the scale. Every organization has the same number
    of respondents, the first one two more.
    """
    instrument = instrument or made_instrument()
    random = np.random.default_rng(seed)
    truth = random.normal(size=organizations)
    sizes = np.full(organizations, respondents)
    sizes[0] += 2
    place = np.repeat(np.arange(organizations), sizes)
    frames = []
    for wave in ("2024", "2025")[:waves]:
        level = {
            "say": 3.0 + lead + slope * truth + own * random.normal(size=organizations),
            "do": 3.0 + (slope + effect) * truth + own * random.normal(size=organizations),
            "None": 3.0 + 0.7 * truth,
        }
        columns = {"organization": [f"O{i:03d}" for i in place], "wave": wave}
        frame = pd.DataFrame(columns).assign(respondent=[f"R{i}" for i in range(place.size)])
        frame["sector"] = ["north" if i % 2 else "south" for i in place]
        for item in instrument.rated_items:
            latent = level[str(item.facet)][place] + 0.8 * random.normal(size=place.size)
            answer = np.clip(np.round(latent), 1, 5)
            frame[item.id] = pd.array((6 - answer if item.reverse else answer).astype(int), dtype="Int8")
        frames.append(frame)
    return survey_of(pd.concat(frames, ignore_index=True), instrument)


def survey_of(responses: pd.DataFrame, instrument: Instrument) -> Survey:
    """A survey of responses."""
    keys = ["organization", "wave"]
    counts = responses.groupby(keys).size().rename("n").reset_index()
    sector = responses.groupby("organization")["sector"].first()
    facts = counts.assign(kind="organization", sector=counts["organization"].map(sector))
    waves = tuple(sorted(responses["wave"].unique()))
    source = Source("made", instrument.title, waves, synthetic=True)
    return Survey(instrument, count_shares(responses, instrument), facts, responses, source)


def published(survey: Survey) -> Survey:
    """The same survey as if only frequency tables had been published."""
    return Survey(survey.instrument, survey.shares, survey.organizations, None, survey.source)
