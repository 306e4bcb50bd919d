"""A benchmark from wave to wave: means of each wave, and changes, that together reveal no organization.

Wave means, changes and the benchmark's own mean together identify the organizations that took part in the same waves.
So an organization counts if enough others took part in just its waves, and if those who do not count are nobody or
enough.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from cfanalysis.scoring.score_table import MEASURE, MeasureKey
from cfanalysis.study.benchmark.membership import BenchmarkMembership, MeasureItems, measure_families

COLUMNS = ["scope", "name", "facet", "before", "after", "mean", "n"]


@dataclass(frozen=True)
class WaveFigure:
    """A mean of one wave, or of a change.

    Parameters
    ----------
    measure
        What is followed.
    before, after
        The waves of a change; `before` is "" for the mean of a wave.
    values
        By organization.
    """

    measure: MeasureKey
    before: str
    after: str
    values: pd.Series


def wave_figures(
    scores: pd.DataFrame,
    membership: BenchmarkMembership,
    items: MeasureItems,
    waves: Sequence[str],
    minimum: int,
) -> list[WaveFigure]:
    """Return the figures of each wave, and of the changes, of the measures that are followed.

    Parameters
    ----------
    scores
        The rows of the score table of these measures, all waves.
    membership
        Who counts in the benchmark.
    items
        The measures that are followed, in their order, and the items of each.
    waves
        The waves, first to last.
    minimum
        The fewest organizations on which a figure may rest; what rests on fewer is left out.
    """
    families = measure_families(items, items)
    parts = [_family_rows(scores, membership, keys, minimum) for keys in families]
    kept = pd.concat([scores.iloc[:0], *parts], ignore_index=True)
    found = []
    for measure in items:
        own = kept[(kept[MEASURE] == list(measure)).all(axis=1)]
        wide = own.pivot(index="organization", columns="wave", values="score").reindex(columns=list(waves))
        found += [WaveFigure(measure, "", wave, wide[wave].dropna()) for wave in waves]
        found += [
            WaveFigure(measure, before, after, (wide[after] - wide[before]).dropna())
            for before, after in pairwise(waves)
        ]
    return [figure for figure in found if len(figure.values) >= minimum]


def trend_means(figures: Sequence[WaveFigure]) -> pd.DataFrame:
    """Return the means of the figures, as `cfanalysis.survey.survey_data.ClientExtract.trend`."""
    rows = [(*f.measure, f.before, f.after, float(f.values.mean()), len(f.values)) for f in figures]
    text = dict.fromkeys(COLUMNS[:-2], "str")
    return pd.DataFrame(rows, columns=COLUMNS).astype({**text, "mean": float, "n": "int64"})


def _family_rows(
    scores: pd.DataFrame, membership: BenchmarkMembership, family: Collection[MeasureKey], minimum: int
) -> pd.DataFrame:
    """Return the rows that count of measures that share items."""
    keys = pd.DataFrame(list(family), columns=MEASURE)
    held = membership.rows.merge(keys, on=MEASURE).groupby(MEASURE)["organization"].agg(set)
    rows = scores.merge(keys, on=MEASURE)
    rows = rows[rows["organization"].isin(set().union(*held))]
    whole = rows.groupby(["organization", "wave"])["score"].transform("size") == len(keys)
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
