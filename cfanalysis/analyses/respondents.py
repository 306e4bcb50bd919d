"""The respondents behind the shares: their organizations, and their answers after reverse keying.

Everything that is drawn at random follows what was answered, never what organizations are called, so that renaming
an organization changes no number.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.scoring.means import WhichWave, in_one_wave, one_wave, organizations_only, text_codes
from cfanalysis.survey.instrument import Instrument, Item
from cfanalysis.survey.survey_data import Survey


def answer_order(shares: pd.DataFrame) -> list[str]:
    """Return the organizations ordered by what they answered.

    Seeded draws follow this order, so they are the same whatever the organizations are called; names decide
    only between organizations whose answers are the same.
    """
    owner, names = pd.factorize(shares["organization"], sort=True)
    item, items = pd.factorize(shares["item"], sort=True)
    value = shares["share"].to_numpy() * shares["n"].to_numpy() * shares["category"].to_numpy()
    cell, cells = owner * len(items) + item, len(names) * len(items)
    totals = np.bincount(cell, weights=value, minlength=cells).round(6)
    totals[np.bincount(cell, minlength=cells) == 0] = -1.0
    order = np.lexsort(totals.reshape(len(names), len(items)).T[::-1])
    return [str(name) for name in names.take(order)]


def respondent_rows(
    survey: Survey, wave: WhichWave, names: list[str]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows of responses that belong to one wave of each organization, and each one's organization.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.
    names
        The organizations, in the order in which they are wanted.

    Returns
    -------
    rows, group
        Places in `Survey.raw_responses`, organization by organization, within each by wave and respondent; and the
        place of each row's organization in `names`.

    Raises
    ------
    AnalysisError
        Only frequency tables were published.
    """
    if survey.raw_responses is None:
        raise AnalysisError(message("Frequency tables do not identify single respondents."))
    rows = np.flatnonzero(in_one_wave(survey.raw_responses, survey.source.waves, wave))
    owner, found = text_codes(survey.raw_responses["organization"])
    group = pd.Index(names).get_indexer(found)[owner[rows]]
    rows, group = rows[group >= 0], group[group >= 0]
    # Responses come sorted by organization, wave and respondent (see `cfanalysis.intake.cleaning.clean`).
    order = np.argsort(group.astype(np.min_scalar_type(len(names))), kind="stable")
    return rows[order], group[order]


def wave_respondents(survey: Survey, wave: WhichWave) -> tuple[pd.DataFrame, NDArray[np.intp], list[str]]:
    """Return the responses of one wave of each organization, each one's organization as a number, and the names.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        Only frequency tables were published.
    """
    if survey.raw_responses is None:
        raise AnalysisError(message("Frequency tables do not identify single respondents."))
    names = answer_order(organizations_only(one_wave(survey.shares, survey.source.waves, wave)))
    rows, group = respondent_rows(survey, wave, names)
    return survey.raw_responses.take(rows).reset_index(drop=True), group, names


def keyed_answers(answers: pd.Series, item: Item, instrument: Instrument) -> NDArray[np.int8]:
    """Return answers as 0 to options - 1 after reverse keying, the number of options standing for no answer.

    Parameters
    ----------
    answers
        Answers to the item as recorded, shape (n,).
    item
        The item.
    instrument
        What the survey asks.
    """
    scale = instrument.scale_of(item.id)
    width = len(scale.categories)
    code = answers.to_numpy(dtype="int16", na_value=-999) - scale.min
    keyed = width - 1 - code if item.reverse else code
    return np.where((keyed >= 0) & (keyed < width), keyed, width).astype(np.int8)
