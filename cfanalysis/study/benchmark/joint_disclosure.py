"""Whether several published benchmarks together reveal small groups of organizations by subtraction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cfanalysis.scoring.score_table import MEASURE, MeasureKey
from cfanalysis.statistics.disclosure import publishable_parts, small_combination
from cfanalysis.statistics.quartiles import QUARTILES
from cfanalysis.study.benchmark.membership import BenchmarkMembership

PublishedSets = Sequence[set[frozenset[str]]]
"""The different sets of organizations on which published figures rest, for each family of measures that share items."""


def published_sets(
    membership: BenchmarkMembership, families: Sequence[Sequence[MeasureKey]], minimum: int
) -> PublishedSets:
    """Return the different sets of organizations that a benchmark's figures rest on.

    Parameters
    ----------
    membership
        Who counts in the benchmark.
    families
        The measures in groups that share items, the same for all benchmarks of a study.
    minimum
        The fewest organizations on which a figure may rest.

    Returns
    -------
    sequence of set
        For each family its sets: those of its measures, and within each quartile.
    """
    held = membership.rows.groupby(MEASURE)["organization"].agg(frozenset).to_dict()
    by_quartile = {
        name: frozenset(who for who, quartile in membership.quartiles.items() if quartile == name)
        for name in QUARTILES
    }
    found = []
    for measures in families:
        sets = {held[measure] for measure in measures if len(held.get(measure, ())) >= minimum}
        for who in list(sets):
            parts = {name: who & place for name, place in by_quartile.items()}
            sizes = {name: len(part) for name, part in parts.items()}
            sets |= {parts[name] for name in publishable_parts(sizes, minimum, whole=len(who))}
        found.append(sets)
    return found


def discloses_too_few(published: Sequence[PublishedSets], names: pd.Index, minimum: int) -> bool:
    """Return whether totals over these sets, put together, show fewer organizations than the minimum.

    Parameters
    ----------
    published
        The sets of each benchmark, by the same families.
    names
        The organizations.
    minimum
        The fewest about which something may be known.
    """
    for family in {frozenset[frozenset[str]]().union(*sets) for sets in zip(*published, strict=True)}:
        columns = [names.isin(who) for who in sorted(family, key=sorted)]
        if columns and small_combination(np.column_stack(columns), minimum) is not None:
            return True
    return False
