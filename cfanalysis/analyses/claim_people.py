"""What the claim's arrays are made from: respondents, shares, and what is known of organizations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.analyses.respondents import keyed_answers
from cfanalysis.scoring.means import WhichWave, one_wave, organizations_only
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.claim_test.respondent_traits import Respondents, Traits, traits_of
from cfanalysis.survey.instrument import Instrument, Item
from cfanalysis.survey.survey_data import Survey


def people_of(survey: Survey, rows: NDArray[np.intp], group: NDArray[np.intp], n: int) -> Respondents:
    """Return the respondents, what they answered to the gap's items, and what the instrument asks about them.

    Parameters
    ----------
    survey
        The evidence, with responses.
    rows, group
        Which respondents, and the organization of each (`cfanalysis.analyses.respondents.respondent_rows`).
    n
        Number of organizations.
    """
    instrument = survey.instrument
    responses = survey.raw_responses if survey.raw_responses is not None else pd.DataFrame()
    answers = np.empty((rows.size, len(instrument.gap_items)), dtype=np.int8, order="F")
    for k, item in enumerate(instrument.gap_items):
        keyed = keyed_answers(responses[item.id], item, instrument)[rows]
        answers[:, k] = np.where(keyed < len(instrument.scale_of(item.id).categories), keyed, -1)
    names: list[tuple[str, str]] = []
    has = [np.zeros((rows.size, 0), dtype=np.int8)]
    for field in instrument.respondent_fields:
        if field.id in responses:
            codes, labels = pd.factorize(responses[field.id].iloc[rows], sort=True)
            codes = np.where(codes < 0, len(labels), codes)  # not stated
            traits = traits_of(field.title, codes, [*map(str, labels), ""])
            names += traits.names
            has.append(traits.has)
    return Respondents(answers, group, n, Traits(tuple(names), np.hstack(has)))


def answers_by_item(shares: pd.DataFrame, items: Sequence[Item], names: list[str]) -> Floats:
    """Return the number of answers to each item, shape (organizations, items).

    Parameters
    ----------
    shares
        Answer shares.
    items
        The columns of the result.
    names
        The organizations, in the order of its rows.
    """
    table = shares.pivot_table(index="organization", columns="item", values="n", aggfunc="first")
    return table.reindex(index=names, columns=[item.id for item in items]).to_numpy(dtype=float)


class Parents(NamedTuple):
    """What parents of organizations are called, and the parent of each organization; empty for one without."""

    title: str
    names: tuple[str, ...]


def parents_of(survey: Survey, names: list[str], wave: WhichWave) -> Parents | None:
    """Return the parents of the organizations; None where no field says so.

    Parameters
    ----------
    survey
        The evidence.
    names
        The organizations, in the order of the result.
    wave
        Whether each organization's first or latest wave counts.
    """
    field = survey.instrument.parent_field
    if field is None or field.id not in survey.organizations:
        return None
    own = organizations_only(one_wave(survey.organizations, survey.source.waves, wave))
    facts = own.drop_duplicates("organization").set_index("organization")[field.id]
    return Parents(field.title, tuple(facts.reindex(names).fillna("").astype(str)))


def criterion_outcome(survey: Survey) -> pd.DataFrame | None:
    """Return the outcome that is the criterion, one row per organization and wave; None where there is none."""
    name = survey.instrument.criterion_outcome
    if survey.outcomes is None or name is None:
        return None
    return survey.outcomes[survey.outcomes["outcome"] == name].dropna(subset=["value"])


def item_shares_above(
    shares: pd.DataFrame, items: Sequence[Item], instrument: Instrument, names: list[str]
) -> Floats:
    """Return the shares of answers above each category but the last, shape (organizations, items, options - 1).

    An organization without the item has NaN.

    Parameters
    ----------
    shares
        Answer shares.
    items
        The items, in the order of the result.
    instrument
        What the survey asks.
    names
        The organizations, in the order of the result.
    """
    owner, found = pd.factorize(shares["organization"])
    item, asked = pd.factorize(shares["item"])
    k = pd.Index([i.id for i in items]).get_indexer(asked)[item]
    j = pd.Index(names).get_indexer(found)[owner]
    own = (k >= 0) & (j >= 0)
    scales = [instrument.scale_of(i.id) for i in items]
    first = np.array([scale.min for scale in scales])
    table = np.full((len(names), len(items), max(len(scale.categories) for scale in scales)), np.nan)
    category = shares["category"].to_numpy()[own] - first[k[own]]
    table[j[own], k[own], category] = shares["share"].to_numpy()[own]
    above = np.clip(1 - np.cumsum(table, axis=2)[:, :, :-1], 0, 1)
    for place, scale in enumerate(scales):
        above[:, place, len(scale.categories) - 1 :] = np.nan
    return np.asarray(above)
