"""What each respondent answered, on 0 to 100: where intervals and splits among people come from.

Scores of an organization are means of item means and come from the answer shares. The same on one person is the mean of
the items that the person answered; its spread among an organization's people shows how certain the organization's score
is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cfanalysis.scoring.means import answer_points
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.effects.one_sample import mean_estimate
from cfanalysis.survey.confidentiality import may_show_distribution
from cfanalysis.survey.instrument import Index, Instrument, Item, Minima

FACETS_AND_GAP = ("say", "do", "gap")
MIN_ANSWERED = 0.5


def item_points(responses: pd.DataFrame, instrument: Instrument, items: Sequence[Item]) -> pd.DataFrame:
    """Return each respondent's answers in points of the items' scales, reverse-keyed items turned.

    Parameters
    ----------
    responses
        One row per respondent and wave, in raw codes.
    instrument
        What the survey asks.
    items
        Rated items.

    Returns
    -------
    DataFrame
        As from `item_answers`; "don't know" and what is not on the scale are missing.
    """
    columns = {}
    for item in items:
        scale = instrument.scale_of(item.id)
        if item.id not in responses:
            columns[item.id] = np.full(len(responses), np.nan)
            continue
        code = responses[item.id].to_numpy(dtype=float, na_value=np.nan)
        code = np.where((code < scale.min) | (code > scale.max), np.nan, code)
        columns[item.id] = scale.min + scale.max - code if item.reverse else code
    return pd.DataFrame(columns, index=responses.index)


def item_answers(responses: pd.DataFrame, instrument: Instrument, items: Sequence[Item]) -> pd.DataFrame:
    """Return each respondent's answers on 0 to 100, reverse-keyed items turned; "don't know" is missing.

    Parameters
    ----------
    responses
        One row per respondent and wave.
    instrument
        What the survey asks.
    items
        Rated items.

    Returns
    -------
    DataFrame
        One column per item id, rows and index as in `responses`; an item that the file lacks is missing.
    """
    points = item_points(responses, instrument, items)
    scales = [instrument.scale_of(item.id) for item in items]
    low, width = np.array([s.min for s in scales]), np.array([s.max - s.min for s in scales])
    return points.sub(low).mul(100).div(width)


def mean_answered(answers: pd.DataFrame) -> pd.Series:
    """Return each row's mean over what was answered, missing where less than the share `MIN_ANSWERED` was.

    Parameters
    ----------
    answers
        One row per respondent, one column per item, missing where not answered.
    least
        Share (0-1) of the items that must be answered.
    """
    return answers.mean(axis=1).where(answers.notna().mean(axis=1) >= MIN_ANSWERED)


def facet_scores(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return Say, Do and gap of each respondent (0-100), missing where less than half of a facet was answered.

    Parameters
    ----------
    responses
        Cleaned responses, one row per respondent.
    instrument
        What the survey asks.
    """
    scores = pd.DataFrame(index=responses.index)
    for facet in ("say", "do"):
        items = [item for item in instrument.gap_items if item.facet == facet]
        scores[facet] = mean_answered(item_answers(responses, instrument, items))
    return scores.assign(gap=scores["say"] - scores["do"])


def index_answers(responses: pd.DataFrame, instrument: Instrument, index: Index) -> pd.Series:
    """Return an index of each respondent, missing where less than half of its items was answered.

    Parameters
    ----------
    responses
        Cleaned responses, one row per respondent.
    instrument
        What the survey asks.
    index
        An index of the instrument.
    """
    items = [instrument.item(i) for i in index.items]
    answers = item_answers(responses, instrument, items)
    counted = {}
    for item in items:
        points, score = answer_points(instrument, index, item.id), answers[item.id].to_numpy(float)
        place = np.rint(np.nan_to_num(score) / 100 * (len(points) - 1)).astype(int)
        counted[item.id] = np.where(np.isfinite(score), points[place], np.nan)
    return mean_answered(pd.DataFrame(counted, index=answers.index))


def respondent_values(
    people: pd.DataFrame,
    instrument: Instrument,
    key: tuple[str, str, str],
    facets: pd.DataFrame | None = None,
) -> pd.Series:
    """Return Say, Do, gap or an index of each respondent (0-100), missing where too little was answered.

    Parameters
    ----------
    people
        Cleaned responses, one row per respondent.
    instrument
        What the survey asks.
    key
        Scope, name and facet of the measure, as in the score table.
    facets
        From `facet_scores`, where they are known already.
    """
    scope, name, facet = key
    if scope == "index":
        return index_answers(people, instrument, instrument.index(name))
    return (facet_scores(people, instrument) if facets is None else facets)[facet]


def lowest_value(key: tuple[str, str, str], instrument: Instrument) -> float:
    """Return the lowest value that a measure can have.

    Parameters
    ----------
    key
        Scope, name and facet of the measure, as in the score table.
    instrument
        What the survey asks.
    """
    return instrument.index(key[1]).lowest if key[0] == "index" else -100.0 if key[2] == "gap" else 0.0


def with_respondent_interval(
    official: float, values: pd.Series, *, minima: Minima, lowest: float = 0.0, highest: float = 100.0
) -> Estimate:
    """Return an organization's score with the interval that its respondents' values give.

    The score is the mean of item means, which differs a little from the mean over respondents where items were left
    out; it keeps its place, and the interval (Student's t over respondents) is laid around it.

    Parameters
    ----------
    official
        The organization's score.
    values
        The respondents' scores, in the same unit; missing values are ignored.
    minima
        The fewest respondents whose spread is shown.
    lowest, highest
        Ends of the scale, which the interval does not leave.

    Returns
    -------
    Estimate
        Without interval where fewer respondents have a score than the minimum, or only one.
    """
    known = values.dropna().to_numpy(dtype=float)
    spread = mean_estimate(known) if may_show_distribution(known.size, minima) else Estimate(official)
    if spread.low is None or spread.high is None:
        return Estimate(official)
    reach = (spread.high - spread.low) / 2
    found = Estimate(official, low=official - reach, high=official + reach, se=spread.se)
    return found.cut_to(lowest, highest)


def with_intervals(
    scores: pd.DataFrame,
    people: pd.DataFrame | None,
    *,
    minima: Minima,
    lowest: Mapping[str, float] | None = None,
    highest: float = 100.0,
) -> pd.DataFrame:
    """Return an organization's scores with ``low`` and ``high`` by their respondents (`with_respondent_interval`).

    Parameters
    ----------
    scores
        One row per measure, its name the index, with ``score``.
    people
        The respondents' values, one column per measure; None where they may not be spread out: no intervals.
    minima
        The fewest respondents whose spread is shown.
    lowest
        Lowest value of the measures for which it is not 0.
    highest
        Highest value of all.
    """
    ends = [
        with_respondent_interval(
            float(scores["score"].loc[name]),
            people[name],
            minima=minima,
            lowest=(lowest or {}).get(str(name), 0.0),
            highest=highest,
        ).ends
        if people is not None
        else (np.nan, np.nan)
        for name in scores.index
    ]
    return scores.assign(low=[low for low, _ in ends], high=[high for _, high in ends])
