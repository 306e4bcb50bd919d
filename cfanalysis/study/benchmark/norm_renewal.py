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

import numpy as np
import pandas as pd

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
from cfanalysis.study.benchmark.row_numbers import Numbers, places_by_number, row_numbers

Watch = Callable[[int, int], object]
"""Hears how many measures are decided, and how many there are."""

QUARTILE_MEANS = "quartiles"
"""The part of a figure that is not its mean."""

_PUBLISHED, _NOT_WANTED = -1, -2
"""Stand for the number of a candidate where a row is of what is published, and where it is of nothing wanted."""

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
    items, number = {} if items is None else items, len(published)
    every = pd.concat([each.assign(norm=n) for n, each in enumerate([*published, record])], ignore_index=True)
    every = every[every["scope"] != MEMBER].reset_index(drop=True)
    key, keys = row_numbers(figure_parts(every), [*FIGURE, "part"])
    total, _ = row_numbers(every, ["norm", *FIGURE, "figure", "through"])
    now, implied = (every["norm"] == number).to_numpy(), (every["through"] != "").to_numpy()
    every.loc[implied, "name"] = every["through"]
    every.loc[implied, ["scope", "facet"]] = ITEM
    measure, measures = row_numbers(every, MEASURE)
    texts = [score_text(each, items) for each in measures]
    score, linked = (
        pd.factorize(np.array(names, dtype=object)[measure])[0]
        for names in (texts, linked_measures(pd.DataFrame(measures, columns=MEASURE), items))
    )
    units, owns = (pd.factorize(every[column])[0] for column in ("unit", "own"))
    weight, of_score = every["weight"].to_numpy(float), places_by_number(score)
    del every
    new, following = now & ~implied, np.flatnonzero(implied)
    size = np.array([text.count(" ") for text in texts])[measure]
    together = [rows for rows in places_by_number(linked) if new[rows].any()]
    together.sort(key=lambda rows: -int(size[rows].max()))  # means of several items before these
    found: set[int] = set()
    decided: dict[tuple[bytes, ...], set[int]] = {}

    def views(rows: Numbers, wanted: Sequence[set[int]]) -> Iterator[tuple[Numbers, Numbers]]:
        """Yield how a reader may look at rows of linked measures: which rows, and the unit of each.

        All together; then each score alone where it tells fewer versions of the units apart: where some had their Say
        corrected, the total of Do does not know it. Then the items of which something follows.
        """
        yield rows, units[rows]
        for own in (rows[places] for places in places_by_number(pd.factorize(score[rows])[0])):
            if len(pd.unique(owns[own])) < len(pd.unique(units[own])):
                yield own, owns[own]
        of_wanted = np.isin(key[following], list(set().union(*wanted)))
        for item in pd.unique(score[following[of_wanted]]):
            yield of_score[item], owns[of_score[item]]

    for place, rows in enumerate(together, 1):
        figures: dict[tuple[str, ...], tuple[list[int], list[int]]] = {}
        for figure, n in zip(*np.unique(key[rows[new[rows]]], return_counts=True), strict=True):
            field, value, *of, part = keys[figure]
            own, counts = figures.setdefault((field, value, part, kin(tuple(of))), ([], []))
            own.append(int(figure))
            counts.append(int(n))
        order = {
            each: (each[2], -max(ages.get(keys[o], number) for o in own), each[:2] != ALL, -sum(counts), each)
            for each, (own, counts) in figures.items()
        }
        wanted = [set(figures[each][0]) for each in sorted(figures, key=order.__getitem__)]
        for view, unit in views(rows, wanted):
            candidate = np.full(len(keys), _NOT_WANTED)
            candidate[list(found)] = _PUBLISHED
            for n, some in enumerate(wanted):
                candidate[list(some)] = n
            of = np.where(now[view], candidate[key[view]], _PUBLISHED)
            present, each = np.unique(measure[view], return_inverse=True)
            parts = _part_weights([measures[m] for m in present], [texts[m] for m in present])
            weights = parts[each] * weight[view, np.newaxis]
            totals = _totals(pd.factorize(unit)[0], of, total[view], weights, len(wanted))
            form = _form(totals, parts.shape[1])
            if form not in decided:
                decided[form] = publishable_totals(totals[0], totals[1:], minimum, parts=parts.shape[1])
            wanted = [wanted[index] for index in sorted(decided[form])]
        found = found.union(*wanted)
        watch(place, len(together))
    return {keys[figure] for figure in found}


def _part_weights(measures: Sequence[MeasureKey], texts: Sequence[str]) -> Weights:
    """Return the weights of linked measures in what these are made of, shape (measures, parts).

    A gap is Say less Do, and the last of several shares that add up is what the others leave.

    Parameters
    ----------
    measures
        The measures, sorted.
    texts
        The text of each score.
    """
    score = dict(zip(measures, texts, strict=True))
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
    return np.array([each[text] for text in texts])


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


def _totals(
    units: Numbers, candidates: Numbers, totals: Numbers, weights: Weights, wanted: int
) -> list[Weights]:
    """Return the weights of the units in the published totals, and then in those of each candidate.

    Parameters
    ----------
    units, candidates, totals
        Of each row the unit, the candidate, and the number of the total.
    weights
        The weight of each part in each row.
    wanted
        How many candidates there are.
    """
    kept = candidates > _NOT_WANTED
    number = (candidates - _PUBLISHED) * (int(totals.max()) + 1) + totals
    names, column = np.unique(number[kept], return_inverse=True)
    table = np.zeros((int(units.max()) + 1, weights.shape[1], len(names)))
    for part in range(table.shape[1]):
        np.add.at(table[:, part], (units[kept], column), weights[kept, part])
    widths = np.bincount(names // (int(totals.max()) + 1), minlength=wanted + 1)
    return np.split(table.reshape(-1, len(names)), np.cumsum(widths)[:-1], axis=1)
