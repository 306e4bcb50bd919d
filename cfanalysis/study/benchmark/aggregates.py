"""The publishable figures of a benchmark: n, mean, deciles and quartile means of every measure.

They are never leave-one-out, and never a row of an organization. Places among the organizations are found here, too.

A mean near an end of its scale says of each of its organizations what it answered: where the share of a rare answer is
0 % of five, it is 0 % in each. Such a mean is not shown, and neither is what it would follow from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.core.language import message
from cfanalysis.scoring.score_table import MEASURE, MeasureKey
from cfanalysis.statistics.disclosure import publishable_parts, quantile_weights
from cfanalysis.statistics.quartiles import DECIMALS, QUARTILES
from cfanalysis.study.benchmark.membership import BenchmarkMembership, MeasureItems, measure_families
from cfanalysis.study.benchmark.row_numbers import places_by_number, row_numbers
from cfanalysis.survey.confidentiality import QUANTILES, may_show_benchmark, may_show_deciles, quantiles_shown
from cfanalysis.survey.instrument import Minima
from cfanalysis.survey.survey_data import OTHER_ORGANIZATIONS

Weights = NDArray[np.float64]

QUARTILE_COLUMNS = {name: name.lower().replace(" ", "_") for name in QUARTILES}
THIRDS = (message("lower"), message("middle"), message("upper"))
THIRD_COLUMNS = ("third_1", "third_2")
PERCENTAGES = ("warning_sign", "at_level", "expectation", "theme")
"""Scopes that are shares, printed as whole percentages."""

ADJUSTED_SCOPE = "adjusted"
"""The scope of scores adjusted for roles: of them clients see places alone, and quantiles are enough for these."""

LEAST_PLAY = 10.0
"""Points (0-100) that a mean leaves each of its organizations, even to one of them, which takes itself out."""

LEAST_QUANTILE_SPAN = 5.0
"""Points between the outermost quantiles; below, they would say of most organizations where these lie."""

_ANSWER, _SHARED_ANSWER = 25.0, 100.0
"""Points by which a score, and a share, changes where one respondent gives the next answer."""

ADDING_UP = ("at_level", "expectation", "customer")
"""Scopes whose measures add up, or are two sides and their difference."""

_CELLS = [*QUARTILES, ""]


def aggregates(membership: BenchmarkMembership, minima: Minima) -> pd.DataFrame:
    """Return the n, mean, quantiles and quartile means of every measure that may be shown.

    Parameters
    ----------
    membership
        Who counts in the benchmark.
    minima
        The fewest organizations.

    Returns
    -------
    DataFrame
        ``scope, name, facet, n, mean, p10 ... p90, p25, p75``, then the means of the quartiles of the criterion, and
        the organizations in each (``n_top, ...``).
    """
    number, keys = membership.measures
    cells = _cells(membership)
    shown = _shown_cells(cells, keys, membership.items, minima.organizations)
    order = pd.unique(number[shown[number, -1]])
    table = pd.DataFrame([keys[n] for n in order], columns=MEASURE, dtype="str")
    grouped = membership.rows["score"].groupby(number)
    table["n"], table["mean"] = grouped.size().to_numpy()[order], grouped.mean().to_numpy()[order]
    table[[f"p{q}" for q in QUANTILES]] = _quantiles(_sorted_scores(membership), minima)[order]
    columns = [*QUARTILE_COLUMNS.values(), *(f"n_{column}" for column in QUARTILE_COLUMNS.values())]
    table[columns] = np.hstack(list(np.where(shown, [cells.mean, cells.size], np.nan)[:, order, :-1]))
    table.loc[table["scope"] == ADJUSTED_SCOPE, ["mean", *columns]] = np.nan
    # Where something is not shown n was always written so; norms are the same if what is written of them is.
    return table if len(table) == len(keys) else table.astype({"n": float})


def linked_measures(measures: pd.DataFrame, items: MeasureItems) -> pd.Series:
    """Return a text for each measure, the same for measures of which one follows from the others.

    Say, Do and gap of the same are so linked, shares that add up, and what is the same score: an item and the side of
    its pair.

    Parameters
    ----------
    measures
        ``scope, name, facet``.
    items
        The items of each measure.

    Examples
    --------
    >>> keys = [("pair", "P1", "say"), ("pair", "P1", "gap"), ("item", "s1", "all"), ("at_level", "low", "all")]
    >>> items = dict.fromkeys(keys[::2], frozenset({"s1"}))
    >>> linked_measures(pd.DataFrame(keys, columns=MEASURE), items).tolist()
    ['item/s1', 'item/s1', 'item/s1', 'at_level/']
    """
    keys = list(measures[MEASURE].itertuples(index=False, name=None))
    marks = {key: frozenset({kin(key), score_text(key, items)}) for key in dict.fromkeys([*items, *keys])}
    names = {key: min(map(kin, family)) for family in measure_families(marks, marks) for key in family}
    return pd.Series([names[key] for key in keys], measures.index, dtype="str")


def score_text(measure: MeasureKey, items: MeasureItems) -> str:
    """Return what a measure is a score of, the same for measures of the same items; a difference is by itself.

    Parameters
    ----------
    measure
        Its scope, name and facet.
    items
        The items of each measure.
    """
    if is_difference(measure) or measure not in items:
        return "/".join(measure)
    return " ".join(sorted(items[measure]))


def is_difference(measure: MeasureKey) -> bool:
    """Return whether a measure is the difference of two others of its name or scope."""
    return measure[2] == "gap" or measure[1] == "difference"


def kin(measure: MeasureKey) -> str:
    """Return the same for Say, Do and gap of the same, and for shares that add up."""
    scope, name, _ = measure
    return f"{scope}/{'' if scope in ADDING_UP else name}"


def percentiles(
    latest: pd.DataFrame, membership: BenchmarkMembership, figures: pd.DataFrame, minima: Minima
) -> pd.DataFrame:
    """Return the place of each row among those who count in its measure: a percentile, or a third where few do.

    A percentile is the share of values below, and half of the share of equal ones. It needs as many organizations as
    deciles do; from the minimum on the third is told in which it lies.

    Parameters
    ----------
    latest
        Every measure of the latest wave of the organizations, whether they count or not.
    membership
        Who counts in the benchmark.
    figures
        Its `aggregates`: where these have no mean there are no places, and where they have no quantiles no percentiles.
    minima
        The fewest organizations.

    Returns
    -------
    DataFrame
        ``organization, wave, scope, name, facet, percentile`` (0-100; missing below the number for deciles), ``third``
        ("lower", "middle" or "upper"; "" from that number on).
    """
    have_quantiles = figures.set_index(MEASURE)["p50"].notna().to_dict()
    others = dict(zip(membership.measures[1], _sorted_scores(membership), strict=True))
    number, keys = row_numbers(latest, MEASURE)
    scores = np.round(latest["score"].to_numpy(float), DECIMALS)
    percentile, third = np.full(len(latest), np.nan), np.full(len(latest), "", dtype=object)
    for measure, places in zip(keys, places_by_number(number), strict=True):
        if measure in others and measure in have_quantiles:
            theirs = np.round(others[measure], DECIMALS)
            below, not_above = (np.searchsorted(theirs, scores[places], side) for side in ("left", "right"))
            own = (100 * below + 50 * (not_above - below)) / len(theirs)
            if have_quantiles[measure]:
                percentile[places] = own
            if not may_show_deciles(len(theirs), minima):
                third[places] = np.array(THIRDS)[np.searchsorted([100 / 3, 200 / 3], own)]
    known = np.array([key in others and key in have_quantiles for key in keys], dtype=bool)[number]
    found = latest[["organization", "wave", *MEASURE]].assign(
        percentile=percentile, third=pd.array(third, dtype="str")
    )
    return found[known].reset_index(drop=True)


def third_cuts(membership: BenchmarkMembership, minima: Minima) -> pd.DataFrame:
    """Return where the thirds of a measure are cut, for places in a norm: of those without deciles.

    Parameters
    ----------
    membership
        Who counts.
    minima
        The fewest organizations.
    """
    rows = [
        (*measure, *(quantile_weights(len(scores), (1 / 3, 2 / 3)) * scores).sum(axis=1))
        for measure, scores in zip(membership.measures[1], _sorted_scores(membership), strict=True)
        if may_show_benchmark(len(scores), minima) and not may_show_deciles(len(scores), minima)
    ]
    return pd.DataFrame(rows, columns=[*MEASURE, *THIRD_COLUMNS]).astype(dict.fromkeys(THIRD_COLUMNS, float))


def option_counts(values: pd.Series, order: Sequence[str], minima: Minima) -> tuple[tuple[str, int], ...]:
    """Return how many organizations have each value; values of too few are put together, with one more if need be.

    Parameters
    ----------
    values
        The value of each organization.
    order
        The values that stand first, in their order.
    minima
        The fewest organizations.

    Examples
    --------
    >>> option_counts(pd.Series(["a"] * 6 + ["b"] * 5 + ["c", "d"]), ("b", "a"), Minima())
    (('a', 6), ('others', 7))
    """
    found = {str(value): int(n) for value, n in values.value_counts().items()}
    shown = publishable_parts(found, minima.organizations, whole=len(values))
    named = [v for v in (*order, *(v for v in found if v not in order)) if v in shown]
    large = [(v, found[v]) for v in named]
    rest = len(values) - sum(n for _, n in large)
    return (*large, (OTHER_ORGANIZATIONS, rest)) if rest else tuple(large)


def _sorted_scores(membership: BenchmarkMembership) -> list[Weights]:
    """Return the scores of each measure, ascending."""
    scores, number = membership.rows["score"].to_numpy(float), membership.measures[0]
    ends = np.cumsum(np.bincount(number))[:-1]
    return np.split(scores[np.lexsort((scores, number))], list(ends))


def _quantiles(scores: Sequence[Weights], minima: Minima) -> Weights:
    """Return the quantiles of every measure that enough organizations have, and that are apart; else missing."""
    found = np.full((len(scores), len(QUANTILES)), np.nan)
    sizes = np.array([len(each) for each in scores])
    for n in np.unique(sizes):
        shown, alike = quantiles_shown(int(n), minima), np.flatnonzero(sizes == n)
        if shown:
            # Not a matrix product: its last digits depend on the processor.
            weights = quantile_weights(int(n), tuple(q / 100 for q in shown))
            values = (weights * np.stack([scores[int(each)] for each in alike])[:, np.newaxis]).sum(axis=2)
            apart = np.ptp(values, axis=1) >= LEAST_QUANTILE_SPAN
            found[np.ix_(alike[apart], np.isin(QUANTILES, shown))] = values[apart]
    return found


@dataclass(frozen=True)
class _Cells:
    """What each quartile of each measure comes to, each of shape (measures, cells); see `_CELLS`.

    `above` and `below` are how far the scores lie from the ends of the scale, `most_` of the farthest of them; `needed`
    is the play that the mean must leave.
    """

    size: Weights
    mean: Weights
    needed: Weights
    above: Weights
    below: Weights
    most_above: Weights
    most_below: Weights


def _cells(membership: BenchmarkMembership) -> _Cells:
    """Return what each quartile of each measure comes to; the last cell is of organizations in no quartile."""
    rows, places = membership.rows, {quartile: n for n, quartile in enumerate(_CELLS)}
    number, keys = membership.measures
    score = rows["score"].to_numpy(float)
    negative = np.bincount(number, score < 0, len(keys)) > 0  # as a net score
    lowest = -100.0 * (negative | np.array([is_difference(key) for key in keys], dtype=bool))
    step = np.where([key[0] in PERCENTAGES for key in keys], _SHARED_ANSWER, _ANSWER)
    who, names = pd.factorize(rows["organization"])
    quartile = np.array([places[membership.quartiles.get(name, "")] for name in names], dtype=int)
    scores = pd.DataFrame(
        {
            "score": score,
            "above": score - lowest[number],
            "below": 100.0 - score,
            "needed": np.maximum(LEAST_PLAY, step[number] / rows["n"].clip(lower=1).to_numpy()),
        }
    )
    of = number * len(_CELLS) + quartile[who]
    grouped, whole = scores.groupby(of), np.zeros((7, len(keys) * len(_CELLS)))
    means, sums, most = grouped["score"].mean(), grouped[["above", "below"]].sum(), grouped.max()
    whole[0] = np.bincount(of, minlength=whole.shape[1])
    whole[1:, means.index] = np.column_stack([means, most["needed"], sums, most[["above", "below"]]]).T
    return _Cells(*whole.reshape(7, len(keys), len(_CELLS)))


def _shown_cells(
    cells: _Cells, keys: Sequence[MeasureKey], items: MeasureItems, minimum: int
) -> NDArray[np.bool_]:
    """Return which quartile means may be shown, by measure and cell; none where the mean of all may not be.

    The last cell is only true of a measure whose mean is shown.

    Parameters
    ----------
    cells
        What each quartile comes to.
    keys
        The measures.
    items
        The items of each measure.
    minimum
        The fewest organizations.
    """
    linked = pd.factorize(linked_measures(pd.DataFrame(keys, columns=MEASURE), items))[0]
    # Sides, of the sum and the farthest score: how far from the lower end of the scale, and from the upper.
    numbers = np.stack(
        [cells.size, cells.needed, cells.above, cells.below, cells.most_above, cells.most_below]
    )
    shown, enough = np.zeros(cells.size.shape, dtype=bool), cells.size.sum(axis=1) >= minimum
    for order in (places[enough[places]] for places in places_by_number(linked)):
        if len(order):
            shown[order] = _shown_of_linked(numbers[:, order], minimum)
    return shown


def _shown_of_linked(numbers: NDArray[np.float64], minimum: int) -> NDArray[np.bool_]:
    """Return which cells of linked measures may be shown: as few as need be are hidden besides those that may not.

    Parameters
    ----------
    numbers
        Organizations, needed play, distances from both ends and those of the farthest, shape (6, measures, cells).
    minimum
        The fewest organizations.
    """

    def tells(cells: NDArray[np.bool_]) -> bool:
        """Whether the mean over some cells may not be known."""
        size, *distances = numbers[:, :, cells].sum(axis=2)[[0, 2, 3]]
        needed, *farthest = numbers[:, :, cells].max(axis=2, initial=0.0)[[1, 4, 5]]
        left = np.array(distances) - np.array(farthest)
        return bool(((size > 0) & (size < minimum)).any() or (left < needed).any())

    least = numbers[0].min(axis=0)
    shown = np.append([not tells(cell) for cell in np.eye(len(_CELLS), dtype=bool)[:-1]], False)
    shown &= least >= minimum
    if tells(np.ones_like(shown)):
        return np.zeros_like(shown)
    while shown.any() and tells(~shown):
        shown[np.where(shown, least, np.inf).argmin()] = False
    return np.append(shown[:-1], True)
