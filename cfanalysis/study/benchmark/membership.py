"""Which organizations count in which figure of a benchmark, so that no two figures reveal one by subtraction.

An organization that lacks an item lacks every score made of it. If few do, the mean of the item over all organizations
and the means over those that have everything differ by these few, and who subtracts has their answers. So they are left
out of the figures that share the item, and the same within each quartile. Organizations that lack something in greater
number stay where they have answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from cfanalysis.scoring.score_table import MEASURE, MeasureKey
from cfanalysis.statistics.disclosure import Relation, Sets, publishable_parts, without_small_differences
from cfanalysis.statistics.quartiles import QUARTILES
from cfanalysis.study.benchmark.row_numbers import Numbers, row_numbers

MeasureItems = Mapping[MeasureKey, frozenset[str]]
"""The items that each measure is made of."""

_ROUNDS = 50


@dataclass(frozen=True)
class BenchmarkMembership:
    """Who counts in a benchmark.

    Parameters
    ----------
    rows
        One row per organization and measure that counts, in the form of the score table; those that were looked at
        have the same index.
    quartiles
        The quartile of each organization that counts in quartile means.
    n_excluded
        Organizations that count in nothing.
    items
        The items of each measure.
    """

    rows: pd.DataFrame
    quartiles: dict[str, str]
    n_excluded: int = 0
    items: MeasureItems = field(default_factory=dict)

    @cached_property
    def measures(self) -> tuple[Numbers, list[MeasureKey]]:
        """A number for the measure of each row, and what has each number, sorted."""
        return row_numbers(self.rows, MEASURE)

    @property
    def organizations(self) -> list[str]:
        """The organizations that count in anything."""
        return [str(name) for name in self.rows["organization"].unique()]


def benchmark_membership(
    latest: pd.DataFrame, quartiles: Mapping[str, str], items: MeasureItems, minimum: int
) -> BenchmarkMembership:
    """Return who counts in a benchmark.

    Parameters
    ----------
    latest
        Every measure of the latest wave of the benchmark's organizations.
    quartiles
        The quartile of each organization that has a criterion.
    items
        The items of each measure.
    minimum
        The fewest organizations on which a figure may rest.
    """
    who, names = pd.factorize(latest["organization"])
    number, keys = row_numbers(latest, MEASURE)
    # The order of the measures is part of who counts: it is that of the rows where they first stand.
    column, order = pd.factorize(number)
    present = np.zeros((len(names), len(order)), dtype=bool)
    present[who, column] = True
    place = np.array([quartiles.get(name) for name in names], dtype=object)
    cells = {name: place == name for name in QUARTILES}
    related = measure_relations([keys[n] for n in order], items)
    kept, in_quartiles = _consistent_sets(present, cells, related, minimum)
    anywhere = kept.any(axis=1)
    own = {str(name): quartiles[name] for name in names[in_quartiles & anywhere]}
    return BenchmarkMembership(latest[kept[who, column]], own, int((~anywhere).sum()), items)


def measure_relations(measures: Sequence[MeasureKey], items: MeasureItems) -> list[Relation]:
    """Return which of the measures are sums of which others.

    A measure made of several items is compared with the items, and with every other kind of measure (pairs,
    dimensions, practices) whose items lie among its own; measures of the same items are compared with each other.

    Parameters
    ----------
    measures
        The measures, in the order in which the relations number them.
    items
        The items of each measure.
    """
    by_item: dict[str, list[int]] = {}
    for column, measure in enumerate(measures):
        for item in items[measure]:
            by_item.setdefault(item, []).append(column)
    found = []
    for whole, measure in enumerate(measures):
        touched = sorted({column for item in items[measure] for column in by_item[item]})
        by_scope: dict[str, list[int]] = {}
        for column in touched:
            if column != whole and items[measures[column]] <= items[measure]:
                by_scope.setdefault(measures[column][0], []).append(column)
        found += [Relation(whole, tuple(parts), tuple(touched)) for parts in by_scope.values()]
    return found


def measure_families(measures: Iterable[MeasureKey], items: MeasureItems) -> list[list[MeasureKey]]:
    """Return the measures in groups that share items, directly or over others, by the names of their items.

    Parameters
    ----------
    measures
        The measures.
    items
        The items of each.

    Examples
    --------
    >>> items = {"a": frozenset("x"), "b": frozenset("y"), "both": frozenset("xz")}
    >>> measure_families(items, items)
    [['a', 'both'], ['b']]
    """
    families: dict[int, tuple[frozenset[str], list[MeasureKey]]] = {}
    family: dict[str, int] = {}
    for number, measure in enumerate(measures):
        joined = [families.pop(n) for n in sorted({family[i] for i in items[measure] if i in family})]
        made_of = items[measure].union(*(theirs for theirs, _ in joined))
        families[number] = (made_of, [*(key for _, keys in joined for key in keys), measure])
        family.update(dict.fromkeys(made_of, number))
    return [keys for _, keys in sorted(families.values(), key=lambda each: sorted(each[0]))]


def _consistent_sets(
    sets: Sets, cells: Mapping[str, Sets], related: list[Relation], minimum: int
) -> tuple[Sets, Sets]:
    """Return who counts in each measure, and who in quartile means, such that no figures reveal small groups."""
    in_quartiles: Sets = np.any(list(cells.values()), axis=0) if cells else np.zeros(len(sets), bool)
    for _ in range(_ROUNDS):
        before = (int(sets.sum()), int(in_quartiles.sum()))
        sets = without_small_differences(sets, related, minimum)
        in_quartiles = _without_deviants(sets, cells, in_quartiles, related, minimum)
        shown = in_quartiles & _in_shown_cells(sets, cells, in_quartiles, minimum)
        # Who counts in a measure and in none of its quartile means must be nobody, or enough.
        hidden = sets & ~shown[:, np.newaxis]
        few = (
            (hidden.sum(axis=0) > 0)
            & (hidden.sum(axis=0) < minimum)
            & (sets & shown[:, np.newaxis]).any(axis=0)
        )
        sets = sets & ~(hidden & few)
        if before == (int(sets.sum()), int(in_quartiles.sum())):
            break
    return sets, in_quartiles


def _without_deviants(
    sets: Sets, cells: Mapping[str, Sets], in_quartiles: Sets, related: list[Relation], minimum: int
) -> Sets:
    """Leave out of the quartile means those whom a quartile's parts and whole would reveal."""
    deviants = np.zeros(len(sets), bool)
    for cell in cells.values():
        inside = sets & (cell & in_quartiles)[:, np.newaxis]
        kept = without_small_differences(inside, related, minimum)
        deviants |= (inside & ~kept).any(axis=1)
    return np.asarray(in_quartiles & ~deviants)


def _in_shown_cells(sets: Sets, cells: Mapping[str, Sets], in_quartiles: Sets, minimum: int) -> Sets:
    """Return who is in a quartile that is shown."""
    everybody = sets.any(axis=1)
    sizes = {name: int((cell & in_quartiles & everybody).sum()) for name, cell in cells.items()}
    shown = publishable_parts(sizes, minimum, whole=sum(sizes.values()))
    return np.any([cells[name] for name in shown], axis=0) if shown else np.zeros(len(sets), bool)
