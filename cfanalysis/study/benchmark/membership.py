"""Which organizations count in which figure of a benchmark, so that no two figures give one away by subtraction.

An organization that lacks an item lacks every score made of it. If few do, the mean of the item over all organizations
and the means over those that have everything differ by these few, and who subtracts has their answers. So they are left
out of the figures that share the item; the same within each quartile, and for the wave means of a trend. Organizations
that lack something in greater number stay where they have answers.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.analyses.customers import side_items
from cfanalysis.analyses.practices import practice_items
from cfanalysis.scoring.score_table import MEASURE
from cfanalysis.statistics.disclosure import (
    Relation,
    Sets,
    shown_parts,
    small_combination,
    without_small_differences,
)
from cfanalysis.statistics.quartiles import QUARTILES
from cfanalysis.survey.instrument import Instrument

Measure = tuple[str, str, str]

_ROUNDS = 50


@dataclass(frozen=True)
class Counted:
    """Who counts in a benchmark.

    Parameters
    ----------
    rows
        One row per organization and measure that counts, in the form of the score table.
    quartiles
        The quartile of each organization that counts in quartile means.
    left_out
        Organizations that count in nothing.
    """

    rows: pd.DataFrame
    quartiles: dict[str, str]
    left_out: int = 0

    @property
    def members(self) -> list[str]:
        """The organizations that count in anything."""
        return [str(name) for name in self.rows["organization"].unique()]


def counted(latest: pd.DataFrame, quartiles: Mapping[str, str], instrument: Instrument) -> Counted:
    """Return who counts in a benchmark.

    Parameters
    ----------
    latest
        Every measure of the latest wave of the benchmark's organizations.
    quartiles
        The quartile of each organization that has a criterion.
    instrument
        What makes each measure, and the minimum of organizations.
    """
    present = latest.assign(there=True).pivot_table(
        index="organization", columns=MEASURE, values="there", aggfunc="any", fill_value=False, sort=False
    )
    measures = [tuple(map(str, column)) for column in present.columns]
    related = relations(measures, instrument)  # type: ignore[arg-type]
    place = present.index.map(quartiles).to_numpy(dtype=object)
    cells = {name: place == name for name in QUARTILES}
    sets, in_quartiles = _settled(present.to_numpy(bool), cells, related, instrument.minima.organizations)
    kept = pd.DataFrame(sets, index=present.index, columns=present.columns)
    order = present.index.get_indexer(pd.Index(latest["organization"]))
    column = present.columns.get_indexer(pd.MultiIndex.from_frame(latest[MEASURE]))
    rows = latest[kept.to_numpy()[order, column]]
    names = present.index[in_quartiles & kept.any(axis=1).to_numpy()]
    left_out = int((~kept.any(axis=1)).sum())
    return Counted(rows.reset_index(drop=True), {str(name): quartiles[name] for name in names}, left_out)


def relations(measures: list[Measure], instrument: Instrument) -> list[Relation]:
    """Return which of the measures are sums of which others.

    A measure made of several items is compared with the items, and with every other kind of measure (pairs,
    dimensions, practices) whose items lie among its own; measures of the same items are compared with each other.
    """
    items = [_items(measure, instrument) for measure in measures]
    by_item: dict[Hashable, list[int]] = {}
    for column, made_of in enumerate(items):
        for item in made_of:
            by_item.setdefault(item, []).append(column)
    found = []
    for whole, made_of in enumerate(items):
        touched = sorted({column for item in made_of for column in by_item[item]})
        by_scope: dict[str, list[int]] = {}
        for column in touched:
            if column != whole and items[column] <= made_of:
                by_scope.setdefault(measures[column][0], []).append(column)
        found += [Relation(whole, tuple(parts), tuple(touched)) for parts in by_scope.values()]
    return found


def _items(measure: Measure, instrument: Instrument) -> frozenset[str]:
    """Return the items whose scores a measure is the mean (or difference of means) of."""
    scope, name, facet = measure
    gap = [i for i in instrument.gap_items if facet in (i.facet, "gap", "all")]
    match scope:
        case "item":
            return frozenset({name})
        case "overall":
            return frozenset(i.id for i in gap)
        case "dimension":
            return frozenset(i.id for i in gap if i.dimension == name)
        case "pair":
            return frozenset(i.id for i in gap if i.pair == name)
        case "index":
            return frozenset(instrument.index(name).items)
        case "practice":
            return frozenset(practice_items(instrument).get(name, ()))
        case "customer":
            sides = side_items(instrument)
            return frozenset(sides[name] if name in sides else [i for ids in sides.values() for i in ids])
        case "level":
            return frozenset(i.id for i in instrument.select(role="level") if i.level == name)
        case "warning_sign":
            signs = [i.id for i in instrument.select(role="warning_sign")]
            return frozenset(f"sign {sign}" for sign in ([name] if name in signs else signs))
    return frozenset({f"{scope} {name}"})


def _settled(
    sets: Sets, cells: Mapping[str, Sets], related: list[Relation], minimum: int
) -> tuple[Sets, Sets]:
    """Return who counts in each measure, and who in quartile means, when nothing is left that gives few away."""
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
    """Leave out of the quartile means those whom a quartile's parts and whole would give away."""
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
    shown = shown_parts(sizes, minimum, whole=sum(sizes.values()))
    return np.any([cells[name] for name in shown], axis=0) if shown else np.zeros(len(sets), bool)


def sets_of(counts: Counted, instrument: Instrument) -> dict[int, set[frozenset[str]]]:
    """Return the different sets of organizations that a benchmark's figures rest on.

    Returns
    -------
    dict
        For each family of measures that share items, directly or over others, its sets: those of its measures, and
        within each quartile. Families are numbered in the order of their items' names.
    """
    held = counts.rows.groupby(MEASURE)["organization"].agg(frozenset)
    minimum = instrument.minima.organizations
    by_quartile = {
        name: frozenset(who for who, quartile in counts.quartiles.items() if quartile == name)
        for name in QUARTILES
    }
    found: dict[int, set[frozenset[str]]] = {}
    named = [tuple(map(str, measure)) for measure in held.index]
    for family, measures in enumerate(_families(named, instrument)):  # type: ignore[arg-type]
        sets = {held[measure] for measure in measures if len(held[measure]) >= minimum}
        for who in list(sets):
            parts = {name: who & place for name, place in by_quartile.items()}
            sizes = {name: len(part) for name, part in parts.items()}
            sets |= {parts[name] for name in shown_parts(sizes, minimum, whole=len(who))}
        found[family] = sets
    return found


def shows_few(
    published: Sequence[Mapping[int, set[frozenset[str]]]], names: pd.Index, instrument: Instrument
) -> bool:
    """Return whether totals over these sets, put together, show fewer organizations than the minimum.

    Parameters
    ----------
    published
        The sets of each benchmark, from `sets_of`.
    names
        The organizations.
    instrument
        Its minimum of organizations.
    """
    tried: set[frozenset[frozenset[str]]] = set()
    for family in {family for sets in published for family in sets}:
        together = frozenset().union(*(sets.get(family, set()) for sets in published))
        if together in tried or not together:
            continue
        tried.add(together)
        columns = np.column_stack([names.isin(who) for who in sorted(together, key=sorted)])
        if small_combination(columns, instrument.minima.organizations) is not None:
            return True
    return False


def _families(measures: list[Measure], instrument: Instrument) -> list[list[Measure]]:
    """Return the measures in groups that share items, directly or over others."""
    families: list[tuple[set[str], list[Measure]]] = []
    for measure in measures:
        items, joined = set(_items(measure, instrument)), [measure]
        apart = []
        for other_items, others in families:
            if items & other_items:
                items, joined = items | other_items, others + joined
            else:
                apart.append((other_items, others))
        families = [*apart, (items, joined)]
    return [joined for _, joined in sorted(families, key=lambda family: sorted(family[0]))]


def counted_waves(
    scores: pd.DataFrame, counts: Counted, measures: Collection[Measure], instrument: Instrument
) -> pd.DataFrame:
    """Return the rows of the score table that count in the wave means of a trend.

    Wave means, changes and the benchmark's own mean together tell apart whoever took part in the same waves. So an
    organization counts if enough others took part in just its waves, and if those who do not count are nobody or
    enough.

    Parameters
    ----------
    scores
        The score table, all waves.
    counts
        Who counts in the benchmark.
    measures
        The measures that are followed.
    instrument
        What makes each measure, and the minimum of organizations.
    """
    minimum = instrument.minima.organizations
    parts = [_waves_of(scores, counts, family, minimum) for family in _families(list(measures), instrument)]
    return pd.concat([scores.iloc[:0], *parts], ignore_index=True)


def _waves_of(
    scores: pd.DataFrame, counts: Counted, family: Collection[Measure], minimum: int
) -> pd.DataFrame:
    """Return the rows that count of measures that share items."""
    wanted = pd.DataFrame(list(family), columns=MEASURE)
    held = counts.rows.merge(wanted, on=MEASURE).groupby(MEASURE)["organization"].agg(set)
    rows = scores.merge(wanted, on=MEASURE)
    rows = rows[rows["organization"].isin(set().union(*held))]
    whole = rows.groupby(["organization", "wave"])["score"].transform("size") == len(wanted)
    rows = rows[whole]
    waves = rows.groupby("organization")["wave"].agg(lambda each: " ".join(sorted(each.unique())))
    sizes = waves.value_counts()
    kept = [pattern for pattern in sizes.index if sizes[pattern] >= minimum]
    while kept:
        inside = set(waves.index[waves.isin(kept)])
        if not any(0 < len(who - inside) < minimum for who in held):
            break
        kept.pop()  # the smallest: value_counts lists the largest first
    return pd.DataFrame(rows[rows["organization"].map(waves).isin(kept)])
