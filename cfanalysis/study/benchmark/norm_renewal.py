"""Which figures of a new norm are renewed: those that cannot be subtracted from what was ever published.

A figure of a group is renewed only if no combination of it with all totals of that measure that were ever published, of
all groups and norms, rests on fewer units than the minimum. Measures of which one follows from the others (Say, Do and
gap; shares that add up) are decided and renewed together, over combinations of all their totals; what is the same score
is decided over the totals of both. The mean of several items is decided before these, and counts as a total of each of
them: whoever knows the others works it out. An organization whose answers to one of them were corrected is another
unit. Means and quartile means are decided apart, means first; then come groups whose figure is oldest, then the
largest. Measures whose figures rest on the same organizations are decided once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.scoring.score_table import MEASURE, MeasureKey
from cfanalysis.statistics.renewal import Weights, publishable_totals
from cfanalysis.study.benchmark.aggregates import (
    ADDING_UP,
    QUARTILE_COLUMNS,
    is_difference,
    kin,
    linked_measures,
    score_text,
)
from cfanalysis.study.benchmark.membership import MeasureItems
from cfanalysis.study.benchmark.norm import FIGURE, MEMBER
from cfanalysis.study.benchmark.norm_record import ALL

Watch = Callable[[int, int], object]
"""Hears how many measures are decided, and how many there are."""

QUARTILE_MEANS = "quartiles"
"""The part of a figure that is not its mean."""


ITEM = ["item", "all"]
"""Scope and facet of an item's score."""


def renewed_figures(
    record: pd.DataFrame,
    published: Sequence[pd.DataFrame],
    ages: Mapping[tuple[str, ...], int],
    minimum: int,
    *,
    items: MeasureItems | None = None,
    watch: Watch = lambda decided, number: None,
) -> set[tuple[str, ...]]:
    """Return the figures that may be published beside all that were.

    Parameters
    ----------
    record
        The units of all figures that might be (columns `cfanalysis.study.benchmark.norm.RECORD`).
    published
        The records of what was published.
    ages
        For each figure that has one, how many norms ago it was renewed.
    minimum
        The fewest units.
    items
        The items of each measure, by which it is known what is the same score.
    watch
        As for `make_norm`.

    Returns
    -------
    set
        ``field, value, scope, name, facet, part`` of each; the part is "" for the mean and what goes with it, or
        `QUARTILE_MEANS`.
    """
    every = pd.concat(
        [each.assign(norm=number) for number, each in enumerate([*published, record])], ignore_index=True
    )
    every = every[every["scope"] != MEMBER].assign(part=figure_parts(every)["part"])
    every["total"] = every.groupby(["norm", *FIGURE, "figure", "through"]).ngroup()
    every["now"] = every["norm"] == len(published)
    every["key"], keys = _numbered(every, [*FIGURE, "part"])
    every["implied"] = every["through"] != ""
    every.loc[every["implied"], "name"] = every["through"]
    every.loc[every["implied"], ["scope", "facet"]] = ITEM
    items = {} if items is None else items
    every["kin"] = _by_measure(every, kin)
    every["score"] = _by_measure(every, lambda measure: score_text(measure, items))
    every["size"] = every["score"].str.count(" ")
    scores = every.groupby("score", sort=False).indices
    found: set[int] = set()
    decided: dict[tuple[bytes, ...], set[int]] = {}
    together = every.groupby(linked_measures(every, items), sort=False)
    linked = [rows for _, rows in together if (rows["now"] & ~rows["implied"]).any()]
    linked.sort(key=lambda rows: -int(rows["size"].max()))  # means of several items before these
    for number, rows in enumerate(linked, 1):
        new = rows[rows["now"] & ~rows["implied"]]
        figures = {
            tuple(map(str, key)): (set(own["key"]), len(own))
            for key, own in new.groupby(["field", "value", "part", "kin"], sort=False)
        }
        order = {
            key: (key[2], -max(ages.get(keys[o], len(published)) for o in own), key[:2] != ALL, -n, key)
            for key, (own, n) in figures.items()
        }
        wanted = [figures[key][0] for key in sorted(figures, key=order.__getitem__)]
        follow = every.loc[every["implied"] & every["key"].isin(set().union(*wanted)), "score"].unique()
        for view, unit in chain(_views(rows), ((every.iloc[scores[item]], "own") for item in follow)):
            place = dict.fromkeys(found, -1) | {key: n for n, own in enumerate(wanted) for key in own}
            of = view["key"].map(place).where(view["now"], -1).to_numpy(float)
            units, weights = pd.factorize(view[unit])[0], _weights(view)
            columns, parts = np.column_stack([units, view["total"], weights]), weights.shape[1]
            totals = [_totals(columns[of == n], int(units.max()) + 1) for n in range(-1, len(wanted))]
            form = _form(totals, parts)
            if form not in decided:
                decided[form] = publishable_totals(totals[0], totals[1:], minimum, parts=parts)
            wanted = [wanted[index] for index in sorted(decided[form])]
        found = found.union(*wanted)
        watch(number, len(linked))
    return {keys[figure] for figure in found}


def _views(rows: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, str]]:
    """Yield how a reader may look at a record's rows of linked measures: which rows, and whose units.

    All together; then each score alone where it tells fewer versions of the units apart: where some had their Say
    corrected, the total of Do does not know it.
    """
    yield rows, "unit"
    for _, own in rows.groupby("score", sort=False):
        if own["own"].nunique() < own["unit"].nunique():
            yield own, "own"


def _weights(rows: pd.DataFrame) -> Weights:
    """Return the weights of a record's rows of linked measures in what these are made of, shape (rows, parts).

    A gap is Say less Do, and the last of several shares that add up is what the others leave.
    """
    number, known = _numbered(rows, [*MEASURE, "score"])
    score = {(scope, name, facet): text for scope, name, facet, text in known}
    # Say before Do, internal before external
    ordered = sorted((measure for measure in score if not is_difference(measure)), reverse=True)
    terms = list(dict.fromkeys(score[measure] for measure in ordered))
    rest = terms.pop() if len(score) == len(terms) > 1 and ordered[0][0] in ADDING_UP else None
    sides = {
        score[measure]: list(dict.fromkeys(score[m] for m in ordered if kin(m) == kin(measure)))
        for measure in score
        if is_difference(measure)
    }
    terms += [text for text, both in sides.items() if len(both) != 2]
    each = dict(zip(terms, np.eye(len(terms)), strict=True))
    if rest is not None:
        each[rest] = -np.ones(len(terms))
    each |= {text: each[both[0]] - each[both[1]] for text, both in sides.items() if text not in each}
    weights = np.array([each[text] for *_, text in known])[number]
    return np.asarray(weights * rows[["weight"]].to_numpy(float))


def _by_measure(rows: pd.DataFrame, text: Callable[[MeasureKey], str]) -> pd.Series:
    """Return a text for the measure of each row."""
    keys = list(rows[MEASURE].itertuples(index=False, name=None))
    texts = {key: text(key) for key in dict.fromkeys(keys)}
    return pd.Series([texts[key] for key in keys], rows.index, dtype="str")


def _numbered(rows: pd.DataFrame, columns: list[str]) -> tuple[NDArray[np.int_], list[tuple[str, ...]]]:
    """Return the number of what each row says in some columns, and what has each number."""
    grouped = rows.groupby(columns)
    return np.asarray(grouped.ngroup(), dtype=int), [tuple(map(str, key)) for key in grouped.size().index]


def _form(totals: Sequence[Weights], parts: int) -> tuple[bytes, ...]:
    """Return what is the same for totals that rest on as many units in the same way, whoever these are."""
    table = np.hstack(totals)
    table = table.reshape(len(table) // parts, -1)
    widths = np.array([each.shape[1] for each in totals])
    return table[np.lexsort(table.T)].tobytes(), widths.tobytes()


def figure_parts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the key of the figure to which each row of a record belongs."""
    quartiles = rows["figure"].isin(QUARTILE_COLUMNS.values())
    return rows[FIGURE].assign(part=quartiles.map({True: QUARTILE_MEANS, False: ""}))


def _totals(rows: Weights, units: int) -> Weights:
    """Return the weights of so many units in totals, from rows of unit, total and the weight of each part."""
    names, column = np.unique(rows[:, 1], return_inverse=True)
    totals = np.zeros((units, rows.shape[1] - 2, len(names)))
    for part in range(totals.shape[1]):
        np.add.at(totals[:, part], (rows[:, 0].astype(int), column), rows[:, 2 + part])
    return totals.reshape(units * (rows.shape[1] - 2), len(names))
