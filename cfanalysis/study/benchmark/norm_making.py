"""Making a norm: the first from a study, a later one from what has changed, measure by measure and group by group.

A figure of a group is renewed only if no combination of it with all totals of that measure that were ever published, of
all groups and norms, rests on fewer units than the minimum. An organization whose answers to a measure were corrected
is another unit of that measure. What is not renewed repeats the figure of the norm before. Groups whose figure is
oldest come first, then the largest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cfanalysis.scoring.score_table import MEASURE, MeasureKey
from cfanalysis.statistics.renewal import Weights, publishable_totals
from cfanalysis.study.benchmark import ALL_ORGANIZATIONS
from cfanalysis.study.benchmark.aggregates import QUARTILE_COLUMNS, third_cuts
from cfanalysis.study.benchmark.norm import (
    FIGURE,
    MEMBER,
    RECORD,
    GroupKey,
    Members,
    Norm,
    check_norm_name,
    norms,
    norms_folder,
    read_members,
    write_members,
    write_norm,
)
from cfanalysis.study.benchmark.peers import Benchmark, StudyBenchmarks, study_benchmarks
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.study_measures import study_measures

_ALL: GroupKey = (ALL_ORGANIZATIONS, "")
_TREND: GroupKey = ("trend", "")
_STATISTICS: MeasureKey = ("statistics", "", "")
"""Stands for what is computed over all organizations and is no mean: importance of items, effects of roles."""


def make_study_norm(study: Study, name: str, *, publish: bool = False) -> Norm:
    """Make a norm of a study and keep it; one with the content of one that is kept is that one.

    Parameters
    ----------
    study
        The study.
    name
        The norm's name; a draft of this name is replaced.
    publish
        Whether it is published: it never changes from then on, and all later ones respect it.

    Returns
    -------
    Norm
        The one that is kept: under another name where that has the same content.

    Raises
    ------
    StudyError
        The name cannot be used, or a norm of this name is published.
    """
    check_norm_name(name)
    folder = norms_folder(study)
    known, members = norms(folder), read_members(folder)
    made = make_norm(
        study_benchmarks(study_measures(study)), name, [n for n in known if n.published], members
    )
    made = replace(made, published=publish)
    same = next((n for n in known if n.content == made.content and n.published >= publish), None)
    if same is not None:
        return same
    write_norm(made, folder)
    write_members(folder, members)
    return made


def make_norm(
    benchmarks: StudyBenchmarks, name: str, published: Sequence[Norm] = (), members: Members | None = None
) -> Norm:
    """Return the draft of a norm.

    Parameters
    ----------
    benchmarks
        Of the study.
    name
        Its name.
    published
        All norms of the instrument that were published, in their order.
    members
        The secrets of organizations; new ones are added.
    """
    measures, minimum = benchmarks.measures, benchmarks.measures.instrument.minima.organizations
    groups = {_ALL: benchmarks.all_organizations, **benchmarks.groups}
    record = _record(groups, Members() if members is None else members)
    renewed = renewed_figures(record, [norm.record for norm in published], _ages(published), minimum)
    former = published[-1] if published else None
    aggregates = pd.concat(
        [
            b.aggregates.merge(third_cuts(b.membership, b.minima), on=MEASURE, how="left").assign(
                field=field, value=value, as_of=name
            )
            for (field, value), b in groups.items()
            if len(b.aggregates)
        ]
    )
    aggregates = aggregates[[*FIGURE, *(c for c in aggregates if c not in FIGURE)]]
    trend = groups[_ALL].trend.assign(field=_TREND[0], value=_TREND[1], as_of=name)
    aggregates = _renewed(aggregates, None if former is None else former.aggregates, renewed)
    trend = _renewed(trend, None if former is None else former.trend, renewed)
    statistics = former is None or (*_ALL, *_STATISTICS) in renewed
    shown = {(str(f), str(v)) for f, v in aggregates[["field", "value"]].drop_duplicates().to_numpy()}
    known = {key: b.facts("") for key, b in groups.items()}
    if former is not None:
        known = {**former.groups, **known}
    keep = [tuple(row) in renewed or row[2] == MEMBER for row in record[FIGURE].to_numpy()]
    return Norm(
        name,
        measures.instrument.wave_order(list(measures.facts["wave"].unique()))[-1],
        {key: facts for key, facts in known.items() if key in shown},
        aggregates,
        trend,
        measures.importance if statistics or former is None else former.importance,
        measures.role_effects if statistics or former is None else former.role_effects,
        record[keep].reset_index(drop=True),
    )


def renewed_figures(
    record: pd.DataFrame,
    published: Sequence[pd.DataFrame],
    ages: Mapping[tuple[str, ...], int],
    minimum: int,
) -> set[tuple[str, ...]]:
    """Return the figures that may be published beside all that were: ``field, value, scope, name, facet`` of each.

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
    """
    history = pd.concat([each.assign(norm=number) for number, each in enumerate(published)] or [_no_record()])
    earlier = dict(iter(history.groupby(MEASURE, sort=False)))
    found: set[tuple[str, ...]] = set()
    for measure, rows in record[record["scope"] != MEMBER].groupby(MEASURE, sort=False):
        before = earlier.get(measure, history.iloc[:0])
        units = pd.Index(pd.concat([rows["unit"], before["unit"]]).unique())
        keys = rows.groupby(["field", "value"], sort=False)
        sizes = {key: own["unit"].nunique() for key, own in keys}
        wanted = sorted(
            sizes,
            key=lambda key: (
                -ages.get(tuple(map(str, (*key, *measure))), len(published)),
                key != _ALL,
                -sizes[key],
                key,
            ),
        )
        candidates = [_totals(keys.get_group(key), units, ["figure"]) for key in wanted]
        known = _totals(before, units, ["norm", "field", "value", "figure"])
        safe = publishable_totals(np.unique(known, axis=1), candidates, minimum)
        found |= {tuple(map(str, (*wanted[index], *measure))) for index in safe}
    return found


def _record(groups: Mapping[GroupKey, Benchmark], members: Members) -> pd.DataFrame:
    """Return on which units each figure of a study rests."""
    latest = groups[_ALL].measures.latest
    units = latest[["organization", *MEASURE]].assign(unit=list(_units(latest, members)))
    parts = [_group_record(key, benchmark, units, members) for key, benchmark in groups.items()]
    parts.append(_trend_record(groups[_ALL], members))
    totals = latest.groupby("organization", sort=False)["score"].sum().round(6)
    states = [members.token(str(who), "state", f"{total:.6f}") for who, total in totals.items()]
    parts.append(_rows(_ALL, _STATISTICS, "", states))
    return pd.concat(parts, ignore_index=True)[RECORD]


def _units(rows: pd.DataFrame, members: Members) -> Iterator[str]:
    """Yield the unit of each row of a score table."""
    columns = [rows[c] for c in ("organization", *MEASURE, "wave", "score")]
    for who, scope, name, facet, wave, score in zip(*columns, strict=True):
        yield members.token(str(who), scope, name, facet, str(wave), f"{score:.6f}")


def _group_record(key: GroupKey, benchmark: Benchmark, units: pd.DataFrame, members: Members) -> pd.DataFrame:
    """Return the units of the means and quartile means of a group that may be shown."""
    shown = benchmark.aggregates
    rows = benchmark.membership.rows[["organization", *MEASURE]].merge(units, on=["organization", *MEASURE])
    rows = rows.merge(shown[MEASURE], on=MEASURE)
    parts = [rows.assign(figure="")]
    for quartile, column in QUARTILE_COLUMNS.items():
        inside = rows[rows["organization"].map(benchmark.membership.quartiles) == quartile]
        parts.append(
            inside.merge(shown.loc[shown[column].notna(), MEASURE], on=MEASURE).assign(figure=column)
        )
    found = pd.concat(parts).assign(field=key[0], value=key[1], weight=1.0)
    tokens = [members.token(name, MEMBER) for name in benchmark.membership.organizations]
    return pd.concat([found[RECORD], _rows(key, (MEMBER, "", ""), "", tokens)])


def _trend_record(benchmark: Benchmark, members: Members) -> pd.DataFrame:
    """Return the units of wave means and changes; a change has those of its first wave with the weight -1."""
    scores = benchmark.measures.trend_scores
    unit = dict(zip(zip(*(scores[c] for c in ("organization", *MEASURE, "wave")), strict=True),
                    _units(scores, members), strict=True))  # fmt: skip
    parts = [_no_record()]
    for figure in benchmark.wave_figures:
        name = f"{figure.before}>{figure.after}"
        for wave, weight in ((figure.after, 1.0), (figure.before, -1.0)):
            if wave:
                who = [unit[org, *figure.measure, wave] for org in figure.values.index]
                parts.append(_rows(_TREND, figure.measure, name, who, weight))
    return pd.concat(parts)


def _rows(
    key: GroupKey, measure: MeasureKey, figure: str, units: Sequence[str], weight: float = 1.0
) -> pd.DataFrame:
    whose = dict(zip(FIGURE, (*key, *measure), strict=True))
    return pd.DataFrame({"unit": list(units)}).assign(**whose, figure=figure, weight=weight)[RECORD]


def _no_record() -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype=float if c == "weight" else "str") for c in RECORD}).assign(
        norm=0
    )


def _totals(rows: pd.DataFrame, units: pd.Index, figure: list[str]) -> Weights:
    """Return the weights of the units in the totals of a record, shape (units, totals)."""
    column = rows.groupby(figure, sort=False).ngroup().to_numpy()
    totals = np.zeros((len(units), int(column.max(initial=-1)) + 1))
    totals[units.get_indexer(pd.Index(rows["unit"])), column] = rows["weight"].to_numpy(float)
    return totals


def _ages(published: Sequence[Norm]) -> dict[tuple[str, ...], int]:
    """Return how many norms ago each figure of the latest norm was renewed."""
    if not published:
        return {}
    number = {norm.name: len(published) - place for place, norm in enumerate(published)}
    tables = [published[-1].aggregates, published[-1].trend]
    return {
        tuple(map(str, row[:-1])): number[row[-1]]
        for table in tables
        for row in table[[*FIGURE, "as_of"]].to_numpy()
    }


def _renewed(now: pd.DataFrame, before: pd.DataFrame | None, renewed: set[tuple[str, ...]]) -> pd.DataFrame:
    """Return the rows of the figures that are renewed, and the former rows of those that are not."""
    parts = [now] if before is None else [now, before]
    keep = [
        pd.Series(
            [(tuple(row) in renewed) == (place == 0) for row in part[FIGURE].to_numpy()],
            index=part.index,
            dtype=bool,
        )
        for place, part in enumerate(parts)
    ]
    return pd.concat([part[kept] for part, kept in zip(parts, keep, strict=True)], ignore_index=True)
