"""The respondents behind the claim's arrays, and the parents of organizations."""

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
from cfanalysis.survey.instrument import Item
from cfanalysis.survey.survey_data import Survey


def people_of(
    survey: Survey,
    rows: NDArray[np.intp],
    group: NDArray[np.intp],
    n: int,
) -> Respondents:
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
