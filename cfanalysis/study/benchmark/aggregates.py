"""The publishable figures of a benchmark: n, mean, deciles and quartile means of every measure.

They are never leave-one-out, and never a row of an organization. Places among the organizations are found here, too.

A mean near an end of its scale says of each of its organizations what it answered: where the share of a rare answer is
0 % of five, it is 0 % in each. Such a mean is not shown, and neither is what it would follow from.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.core.language import message
from cfanalysis.scoring.score_table import MEASURE, MeasureKey
from cfanalysis.statistics.disclosure import publishable_parts, quantile_weights
from cfanalysis.statistics.quartiles import DECIMALS, QUARTILES
from cfanalysis.study.benchmark.membership import BenchmarkMembership, MeasureItems, measure_families
from cfanalysis.survey.confidentiality import QUANTILES, may_show_benchmark, may_show_deciles, quantiles_shown
from cfanalysis.survey.instrument import Minima
from cfanalysis.survey.survey_data import OTHER_ORGANIZATIONS

if TYPE_CHECKING:
    from pandas.core.groupby import SeriesGroupBy

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
    cells = _cells(membership)
    shown = _shown_cells(cells, membership.items, minima.organizations)
    columns = [*QUARTILE_COLUMNS.values(), *(f"n_{column}" for column in QUARTILE_COLUMNS.values())]
    both = cells[list(product(("mean", "size"), QUARTILES))].to_numpy()
    both = np.where(np.tile(shown[list(QUARTILES)], 2), both, np.nan)
    in_quartiles = pd.DataFrame(both, index=cells.index, columns=columns)
    rows = membership.rows.merge(shown.index[shown.any(axis=1)].to_frame(index=False), on=MEASURE)
    grouped = rows.groupby(MEASURE, sort=False)["score"]
    table = grouped.agg(n="size", mean="mean").join([_quantiles(grouped, minima), in_quartiles])
    table.loc[[key for key in table.index if key[0] == ADJUSTED_SCOPE], ["mean", *columns]] = np.nan
    return pd.DataFrame(table.reset_index())


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
    parts = [latest.iloc[:0][["organization", "wave", *MEASURE]].assign(percentile=0.0, third="")]
    have_quantiles = figures.set_index(MEASURE)["p50"].notna().to_dict()
    others = {
        measure: np.sort(np.round(scores, DECIMALS))
        for measure, scores in membership.rows.groupby(MEASURE)["score"]
        if measure in have_quantiles
    }
    for measure, own in latest.groupby(MEASURE, sort=False):
        if measure not in others:
            continue
        score = np.round(own["score"].to_numpy(float), DECIMALS)
        below, not_above = (np.searchsorted(others[measure], score, side) for side in ("left", "right"))
        percentile = (100 * below + 50 * (not_above - below)) / len(others[measure])
        many = may_show_deciles(len(others[measure]), minima)
        place = {
            "percentile": percentile if have_quantiles[measure] else np.nan,
            "third": "" if many else np.array(THIRDS)[np.searchsorted([100 / 3, 200 / 3], percentile)],
        }
        parts.append(own[["organization", "wave", *MEASURE]].assign(**place))
    return pd.concat(parts, ignore_index=True)


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
        (*measure, *(quantile_weights(len(scores), (1 / 3, 2 / 3)) * np.sort(scores.to_numpy())).sum(axis=1))
        for measure, scores in membership.rows.groupby(MEASURE, sort=False)["score"]
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


def _quantiles(grouped: SeriesGroupBy[Any, Any], minima: Minima) -> pd.DataFrame:
    """Return the quantiles of every measure that enough organizations have, and that are apart."""
    rows = {}
    for measure, scores in grouped:
        shown = quantiles_shown(len(scores), minima)
        if shown:
            # Not a matrix product: its last digits depend on the processor.
            weights = quantile_weights(len(scores), tuple(q / 100 for q in shown))
            values = (weights * np.sort(scores.to_numpy())).sum(axis=1)
            if np.ptp(values) >= LEAST_QUANTILE_SPAN:
                rows[measure] = {f"p{q}": value for q, value in zip(shown, values, strict=True)}
    index = pd.MultiIndex.from_tuples([*rows, ("", "", "")], names=MEASURE)[:-1]
    return pd.DataFrame(list(rows.values()), index=index, columns=[f"p{q}" for q in QUANTILES], dtype=float)


def _cells(membership: BenchmarkMembership) -> pd.DataFrame:
    """Return what each quartile of each measure comes to; the last cell is of organizations in no quartile.

    ``above`` and ``below`` are how far the scores lie from the ends of the scale, ``most_`` of the farthest of them;
    ``needed`` is the play that the mean must leave.
    """
    rows = membership.rows
    negative = (
        rows["score"].lt(0).groupby([rows[column] for column in MEASURE]).transform("any")
    )  # as a net score
    lowest = -100.0 * (rows["facet"].eq("gap") | rows["name"].eq("difference") | negative)
    answer = np.where(rows["scope"].isin(PERCENTAGES), _SHARED_ANSWER, _ANSWER) / rows["n"].clip(lower=1)
    cells = rows[[*MEASURE, "score"]].assign(
        quartile=[membership.quartiles.get(who, "") for who in rows["organization"]],
        above=rows["score"] - lowest,
        below=100.0 - rows["score"],
        needed=np.maximum(LEAST_PLAY, answer),
    )
    found = cells.groupby([*MEASURE, "quartile"], sort=False).agg(
        size=("score", "size"),
        mean=("score", "mean"),
        above=("above", "sum"),
        below=("below", "sum"),
        most_above=("above", "max"),
        most_below=("below", "max"),
        needed=("needed", "max"),
    )
    wide = pd.DataFrame(found.unstack("quartile"))
    return wide.reindex(columns=pd.MultiIndex.from_product([list(found), _CELLS])).fillna(0.0)


def _shown_cells(cells: pd.DataFrame, items: MeasureItems, minimum: int) -> pd.DataFrame:
    """Return which quartile means may be shown, by measure and cell; none where the mean of all may not be.

    The last cell is only true of a measure whose mean is shown.
    """
    linked = linked_measures(cells.index.to_frame(), items).to_numpy()
    sizes = cells["size"].to_numpy()
    # Sides, of the sum and the farthest score: how far from the lower end of the scale, and from the upper.
    ends = [[cells[f"{part}{side}"].to_numpy() for side in ("above", "below")] for part in ("", "most_")]
    numbers = np.stack([sizes, cells["needed"].to_numpy(), *ends[0], *ends[1]])
    shown, enough = np.zeros(sizes.shape, dtype=bool), np.flatnonzero(sizes.sum(axis=1) >= minimum)
    for order in pd.Series(enough).groupby(linked[enough], sort=False).indices.values():
        shown[enough[order]] = _shown_of_linked(numbers[:, enough[order]], minimum)
    return pd.DataFrame(shown, index=cells.index, columns=_CELLS)


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
