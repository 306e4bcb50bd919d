"""Respondents behind the shares: whose answers they are, turned the right way, and cut into random halves.

Everything that is drawn at random follows what was answered, never what organizations are called, so that renaming
an organization changes no number.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.errors import AnalysisError
from cfanalysis.instrument import Instrument, Item
from cfanalysis.scoring import WhichWave, one_wave, ranked_only
from cfanalysis.survey import Survey

HALVINGS = 20
"""Random halvings of the respondents that are averaged."""

Floats = NDArray[np.float64]


def ordered_by_answers(shares: pd.DataFrame) -> list[str]:
    """Return the organizations ordered by what they answered.

    Seeded draws follow this order, so they are the same whatever the organizations are called; names decide
    only between organizations whose answers are the same.
    """
    keyed = shares.assign(value=shares["share"] * shares["n"] * shares["category"])
    totals = keyed.pivot_table(index="organization", columns="item", values="value", aggfunc="sum", sort=True)
    return [
        str(name)
        for name in totals.fillna(-1).round(6).sort_values(list(totals.columns), kind="stable").index
    ]


def respondents(survey: Survey, wave: WhichWave) -> tuple[pd.DataFrame, NDArray[np.intp], list[str]]:
    """Return the responses of one wave of each organization, each one's organization as a number, and the names.

    Raises
    ------
    AnalysisError
        Only frequency tables were published.
    """
    if survey.responses is None:
        raise AnalysisError("Frequency tables do not tell one respondent from another.")
    responses = one_wave(survey.responses, survey.source.waves, wave)
    names = ordered_by_answers(ranked_only(one_wave(survey.shares, survey.source.waves, wave)))
    order = responses["organization"].map({name: i for i, name in enumerate(names)})
    # Responses come sorted by organization, wave and respondent (see `cfanalysis.cleaning.clean`).
    responses = responses.assign(order=order).sort_values("order", kind="stable", ignore_index=True)
    return responses, responses["order"].to_numpy(dtype=np.intp), names


def respondent_halves(
    group: NDArray[np.intp], *, seed: int, halvings: int = HALVINGS
) -> Iterator[NDArray[np.bool_]]:
    """Yield random halves of the respondents of every organization: True answers for the gap.

    Parameters
    ----------
    group
        The organization of each respondent, as a number.
    seed
        Of the halvings; the first ones are the same however many are drawn.
    """
    random = np.random.default_rng(seed)
    for _ in range(halvings):
        yield _half(group, random)


def _half(group: NDArray[np.intp], random: np.random.Generator) -> NDArray[np.bool_]:
    """Return a random half of each group's rows; of an odd number the larger half falls on either side."""
    # Shuffled, then sorted by group: a stable sort of 16-bit numbers takes time in proportion to the rows.
    shuffled = random.permutation(group.size)
    size = np.bincount(group)
    narrow = group.astype(np.uint16) if size.size <= np.iinfo(np.uint16).max else group
    order = shuffled[np.argsort(narrow[shuffled], kind="stable")]
    position = np.empty(group.size, dtype=np.intp)
    position[order] = np.arange(group.size) - np.repeat(np.cumsum(size) - size, size)
    half = (size + random.integers(0, 2, size.size)) // 2
    return np.asarray(position < half[group])


def keyed_answers(answers: pd.Series, item: Item, instrument: Instrument) -> NDArray[np.int8]:
    """Return answers as 0 to options - 1 after reverse keying, the number of options standing for no answer."""
    scale = instrument.scale_of(item.id)
    width = len(scale.categories)
    code = answers.to_numpy(dtype="int16", na_value=-999) - scale.min
    keyed = width - 1 - code if item.reverse else code
    return np.where((keyed >= 0) & (keyed < width), keyed, width).astype(np.int8)


def answer_counts(keyed: NDArray[np.int8], group: NDArray[np.intp], *, groups: int, width: int) -> Floats:
    """Return how many answers each group gave in each category, shape (groups, width)."""
    count = np.bincount(group * (width + 1) + keyed, minlength=groups * (width + 1))
    return count.reshape(groups, width + 1)[:, :width].astype(float)


def counted_above(counts: Floats) -> Floats:
    """Return each group's shares of answers above each category but the last; NaN without an answer."""
    with np.errstate(invalid="ignore"):
        return np.asarray(1 - np.cumsum(counts, axis=1)[:, :-1] / counts.sum(axis=1, keepdims=True))
