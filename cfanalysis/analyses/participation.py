"""Who answered: respondents of each organization, their roles, the waves, and how long it took.

How many respondents an organization has decides what may be shown about it and how sure its means are. Sizes
are those of each organization's latest wave; an organization is counted, never named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.core.language import SOURCE, message, use_language
from cfanalysis.core.templates import sentence
from cfanalysis.scoring.means import one_wave, organizations_only
from cfanalysis.survey.confidentiality import may_show_distribution
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import Source, Survey

EDGES = (1, 2, 5, 10, 20, 50, 100, 200, 500)
MAX_CLASSES = 9
MAX_OPTIONS = 10
OTHER, NOT_SAID = "other", message("not said")
_QUANTILES = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}


@dataclass(frozen=True)
class Participation:
    """Who answered.

    Parameters
    ----------
    waves
        One row per wave: ``wave, organizations, respondents`` (missing for published tables), ``returning``
        (organizations that took part in the wave before, too; missing in the first), ``n_items`` (rated
        items that anybody answered), ``absent`` (titles of the others).
    sizes
        One row per class of respondents in an organization's latest wave, smallest first: ``label, low,
        high`` (NaN where the class is open), ``organizations, respondents, below`` (whether the class is
        below the minimum).
    fields
        One row per option of each fact about respondents: ``field, title, option, respondents, share,
        organizations`` (with at least one), ``shown`` (with at least the minimum). Empty where there are
        none.
    durations
        One row per wave with known durations: ``wave, n, n_unknown, p5, p25, median, p75, p95`` (seconds).
    n, n_below
        Organizations, and those with fewer respondents than the minimum.
    respondents
        Median of respondents of an organization.
    minimum
        The fewest respondents of whom a distribution may be shown.
    unit
        ``"organization"`` or ``"respondent"``.
    published
        True where frequency tables came in; respondents are then the most valid answers to one item.
    source
        Where the data come from.
    """

    waves: pd.DataFrame
    sizes: pd.DataFrame
    fields: pd.DataFrame
    durations: pd.DataFrame
    n: int
    n_below: int
    respondents: float
    minimum: int
    unit: str
    published: bool
    source: Source


def participation(survey: Survey) -> Participation:
    """Return respondents and their facts by organization and wave."""
    instrument = survey.instrument
    organizations = organizations_only(survey.organizations)
    n = one_wave(organizations, survey.source.waves, "latest")["n"]
    minimum = instrument.minima.respondents
    return Participation(
        waves=_waves(survey, organizations),
        sizes=_sizes(n, minimum),
        fields=_fields(survey.raw_responses, instrument),
        durations=_durations(survey),
        n=len(n),
        n_below=int((~n.map(lambda k: may_show_distribution(int(k), instrument.minima))).sum()),
        respondents=float(n.median()),
        minimum=minimum,
        unit=instrument.unit,
        published=survey.raw_responses is None,
        source=survey.source,
    )


def _waves(survey: Survey, organizations: pd.DataFrame) -> pd.DataFrame:
    rows = []
    before: set[str] = set()
    for number, wave in enumerate(survey.source.waves):
        here = organizations[organizations["wave"] == wave]
        names = set(here["organization"])
        answered = set(survey.shares.loc[survey.shares["wave"] == wave, "item"])
        absent = tuple(i.title for i in survey.instrument.rated_items if i.id not in answered)
        respondents = pd.NA if survey.raw_responses is None else int(here["n"].sum())
        returning = len(names & before) if number else pd.NA
        rows.append((wave, len(names), respondents, returning, len(answered), absent))
        before = names
    columns = ["wave", "organizations", "respondents", "returning", "n_items", "absent"]
    return pd.DataFrame(rows, columns=columns).astype({"respondents": "Int64", "returning": "Int64"})


def _sizes(n: pd.Series, minimum: int) -> pd.DataFrame:
    """Return how many organizations have how many respondents, in classes of which the minimum is an edge."""
    edges = _edges(int(n.min()), int(n.max()), minimum)
    place = np.digitize(n, edges) - 1
    rows = []
    for number, (low, high) in enumerate(pairwise([*edges, np.inf])):
        chosen = n[place == number]
        last = float(high - 1) if np.isfinite(high) else np.nan
        count = (len(chosen), int(chosen.sum()), bool(low < minimum))
        with use_language(SOURCE):
            label = class_label({"low": low, "high": last})
        rows.append((label, float(low), last, *count))
    columns = ["label", "low", "high", "organizations", "respondents", "below"]
    return pd.DataFrame(rows, columns=columns)


def _edges(low: int, high: int, minimum: int) -> list[int]:
    """Return the classes' lower ends: 1, 2, 5, 10 and so on, coarser where they would be many."""
    fine = sorted({*EDGES, *(k * 10**e for e in range(3, 9) for k in (1, 2, 5)), minimum})
    coarse = sorted({1, minimum, *(10**e for e in range(1, 9))})
    for steps in (fine, coarse):
        first = max(e for e in steps if e <= max(low, 1))
        edges = [e for e in steps if first <= e <= high]
        if len(edges) <= MAX_CLASSES:
            break
    return edges


def class_label(size: Mapping[Any, Any]) -> str:
    """Return what a class of numbers of respondents is called, from its ``low`` and ``high``."""
    if np.isnan(size["high"]):
        return sentence("{low:0} or more", size)
    return sentence("{low:0}" if size["high"] == size["low"] else "{low:0} to {high:0}", size)


def _fields(responses: pd.DataFrame | None, instrument: Instrument) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for field in instrument.respondent_fields if responses is not None else ():
        if responses is None or not responses[field.id].ne("").any():
            continue
        values = _grouped(responses[field.id], field.options)
        for option, count in values.value_counts(sort=False).items():
            each = responses[values == option].groupby(["organization", "wave"]).size()
            most = each.groupby("organization").max()
            enough = most.map(lambda k: may_show_distribution(int(k), instrument.minima))
            counts = (int(count), float(count / len(responses)), len(most), int(enough.sum()))
            rows.append((field.id, field.title, option, *counts))
    columns = ["field", "title", "option", "respondents", "share", "organizations", "shown"]
    return pd.DataFrame(rows, columns=columns)


def _grouped(values: pd.Series, options: tuple[str, ...]) -> pd.Series:
    """Return a fact's values as an ordered category: its options, or the most frequent values."""
    found = values[values != ""].value_counts()
    named = [str(o) for o in (options or found.index[:MAX_OPTIONS]) if o in found.index]
    words = values.where(values.isin(named), OTHER).mask(values == "", NOT_SAID)
    order = [*named, *(w for w in (OTHER, NOT_SAID) if (words == w).any())]
    return pd.Series(pd.Categorical(words, categories=order), index=values.index)


def _durations(survey: Survey) -> pd.DataFrame:
    columns = ["wave", "n", "n_unknown", *_QUANTILES]
    if survey.raw_responses is None:
        return pd.DataFrame(columns=columns)
    rows = []
    for wave in survey.source.waves:
        seconds = survey.raw_responses.loc[survey.raw_responses["wave"] == wave, "seconds"]
        known = seconds.dropna().astype("float64")
        if len(known):
            points = {name: float(known.quantile(q)) for name, q in _QUANTILES.items()}
            rows.append({"wave": wave, "n": len(known), "n_unknown": len(seconds) - len(known), **points})
    return pd.DataFrame(rows, columns=columns)
