"""The publishable figures of a benchmark: n, mean, deciles and quartile means of every measure.

They are never leave-one-out, and never a row of an organization. Places among the organizations are found here, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cfanalysis.scoring.score_table import MEASURE
from cfanalysis.statistics.disclosure import publishable_parts, quantile_weights
from cfanalysis.statistics.quartiles import DECIMALS, QUARTILES
from cfanalysis.study.benchmark.membership import BenchmarkMembership
from cfanalysis.survey.confidentiality import QUANTILES, may_show_benchmark, may_show_deciles, quantiles_shown
from cfanalysis.survey.instrument import Minima
from cfanalysis.survey.survey_data import OTHER_ORGANIZATIONS

if TYPE_CHECKING:
    from pandas.core.groupby import SeriesGroupBy

QUARTILE_COLUMNS = {name: name.lower().replace(" ", "_") for name in QUARTILES}
THIRDS = ("lower", "middle", "upper")
THIRD_COLUMNS = ("third_1", "third_2")
_NO_MEASURE = pd.MultiIndex.from_arrays([[], [], []], names=MEASURE)


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
    grouped = membership.rows.groupby(MEASURE, sort=False)["score"]
    table = grouped.agg(n="size", mean="mean")
    table = table.join(_quantiles(grouped, minima)).join(_quartile_means(membership, minima))
    enough = table["n"].map(lambda n: may_show_benchmark(int(n), minima))
    return pd.DataFrame(table[enough].reset_index())


def percentiles(latest: pd.DataFrame, membership: BenchmarkMembership, minima: Minima) -> pd.DataFrame:
    """Return the place of each row among those who count in its measure: a percentile, or a third where few do.

    A percentile is the share of values below, and half of the share of equal ones. It needs as many organizations as
    deciles do; from the minimum on the third is told in which it lies.

    Parameters
    ----------
    latest
        Every measure of the latest wave of the organizations, whether they count or not.
    membership
        Who counts in the benchmark.
    minima
        The fewest organizations.

    Returns
    -------
    DataFrame
        ``organization, wave, scope, name, facet, percentile`` (0-100; missing below the number for deciles), ``third``
        ("lower", "middle" or "upper"; "" from that number on).
    """
    parts = [latest.iloc[:0][["organization", "wave", *MEASURE]].assign(percentile=0.0, third="")]
    others = {
        measure: np.sort(np.round(scores, DECIMALS))
        for measure, scores in membership.rows.groupby(MEASURE)["score"]
        if may_show_benchmark(len(scores), minima)
    }
    for measure, own in latest.groupby(MEASURE, sort=False):
        if measure not in others:
            continue
        score = np.round(own["score"].to_numpy(float), DECIMALS)
        below, not_above = (np.searchsorted(others[measure], score, side) for side in ("left", "right"))
        percentile = (100 * below + 50 * (not_above - below)) / len(others[measure])
        many = may_show_deciles(len(others[measure]), minima)
        place = {
            "percentile": percentile if many else np.nan,
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
    """Return the quantiles of every measure that enough organizations have."""
    rows = {}
    for measure, scores in grouped:
        shown = quantiles_shown(len(scores), minima)
        if shown:
            # Not a matrix product: its last digits depend on the processor.
            weights = quantile_weights(len(scores), tuple(q / 100 for q in shown))
            values = (weights * np.sort(scores.to_numpy())).sum(axis=1)
            rows[measure] = {f"p{q}": value for q, value in zip(shown, values, strict=True)}
    index = pd.MultiIndex.from_tuples(list(rows), names=MEASURE) if rows else _NO_MEASURE
    return pd.DataFrame(list(rows.values()), index=index, columns=[f"p{q}" for q in QUANTILES], dtype=float)


def _quartile_means(membership: BenchmarkMembership, minima: Minima) -> pd.DataFrame:
    """Return the means of the quartiles, and their sizes, where neither these nor the hidden ones show too few."""
    columns = [*QUARTILE_COLUMNS.values(), *(f"n_{column}" for column in QUARTILE_COLUMNS.values())]
    if not membership.quartiles:
        return pd.DataFrame(index=_NO_MEASURE, columns=columns, dtype=float)
    quartile = membership.rows["organization"].map(membership.quartiles)
    cells = membership.rows.assign(quartile=quartile).groupby([*MEASURE, "quartile"], sort=False)["score"]
    both = pd.MultiIndex.from_product([["mean", "size"], list(QUARTILES)])
    table = pd.DataFrame(cells.agg(["mean", "size"]).unstack("quartile")).reindex(columns=both)
    sizes = table["size"].fillna(0).to_numpy(int)
    whole = membership.rows.groupby(MEASURE, sort=False).size().reindex(table.index).to_numpy(int)
    parts = [
        publishable_parts(
            dict(zip(QUARTILES, map(int, row), strict=True)), minima.organizations, whole=int(n)
        )
        for row, n in zip(sizes, whole, strict=True)
    ]
    shown = np.array([[name in part for name in QUARTILES] for part in parts], dtype=bool).reshape(
        -1, len(QUARTILES)
    )
    values = np.where(np.hstack([shown, shown]), table.to_numpy(float), np.nan)
    return pd.DataFrame(values, index=table.index, columns=columns)
