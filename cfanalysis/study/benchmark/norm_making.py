"""Making a norm: the first from a study, a later one from what has changed, measure by measure and group by group.

A figure of a group is renewed only if no combination of it with all totals of that measure that were ever published, of
all groups and norms, rests on fewer units than the minimum. Measures of which one follows from the others (Say, Do and
gap; shares that add up) are decided and renewed together, over combinations of all their totals. An organization whose
answers to one of them were corrected is another unit. What is not renewed repeats the figure of the norm before. Means
and quartile means are decided apart, means first; then come groups whose figure is oldest, then the largest. Measures
whose figures rest on the same organizations are decided once. Of published tables (an instrument that is `public`)
everything is renewed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.core.errors import StudyError
from cfanalysis.scoring.score_table import MEASURE, MeasureKey
from cfanalysis.statistics.renewal import Weights, publishable_totals
from cfanalysis.study.benchmark.aggregates import (
    ADDING_UP,
    ADJUSTED_SCOPE,
    QUARTILE_COLUMNS,
    is_difference,
    kin,
    linked_measures,
    score_text,
    third_cuts,
)
from cfanalysis.study.benchmark.membership import MeasureItems
from cfanalysis.study.benchmark.norm import (
    FIGURE,
    MEMBER,
    Members,
    Norm,
    check_norm_name,
    norms,
    norms_folder,
    read_members,
    write_members,
    write_norm,
)
from cfanalysis.study.benchmark.norm_record import (
    ALL,
    IMPORTANCE,
    ROLE_ANSWERS,
    ROLE_MIX,
    STATE,
    TREND,
    benchmark_record,
    organization_states,
)
from cfanalysis.study.benchmark.peers import StudyBenchmarks, study_benchmarks
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.study_measures import study_measures

Watch = Callable[[int, int], object]
"""Hears how many measures are decided, and how many there are."""

QUARTILE_MEANS = "quartiles"
"""The part of a figure that is not its mean."""


def make_study_norm(
    study: Study, name: str, *, publish: bool = False, watch: Watch = lambda decided, number: None
) -> Norm:
    """Make a norm of a study and keep it; one with the content of one that is kept is that one.

    Parameters
    ----------
    study
        The study.
    name
        The norm's name; a draft of this name is replaced.
    publish
        Whether it is published: it never changes from then on, and all later ones respect it.
    watch
        As for `make_norm`.

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
    benchmarks, published = study_benchmarks(study_measures(study)), [n for n in known if n.published]
    made = make_norm(benchmarks, name, published, members, watch=watch)
    made = replace(made, published=publish)
    same = next((n for n in known if n.content == made.content and n.published >= publish), None)
    if same is not None:
        return same
    write_members(folder, members)  # first: without them later norms could not tell whom this one counted
    write_norm(made, folder)
    return made


def make_norm(
    benchmarks: StudyBenchmarks,
    name: str,
    published: Sequence[Norm] = (),
    members: Members | None = None,
    *,
    watch: Watch = lambda decided, number: None,
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
    watch
        Hears how many measures are decided, and how many there are.

    Raises
    ------
    StudyError
        Too few organizations are in the study.
    """
    measures, minimum = benchmarks.measures, benchmarks.measures.instrument.minima.organizations
    groups = {ALL: benchmarks.all_organizations, **benchmarks.groups}
    if not len(groups[ALL].aggregates):
        raise StudyError(
            "The study has too few organizations for a norm.",
            value=len(measures.facts),
            allowed=f"figures of at least {minimum}",
            next_step="Make one when more have come; until then reports are drafts.",
        )
    members = Members() if members is None else members
    _recognize(organization_states(measures), members, published)
    record = benchmark_record(groups, members)
    keys = list(map(tuple, _parts(record).to_numpy()))
    renewed = (
        set(keys)
        if measures.instrument.public
        else renewed_figures(
            record,
            [norm.record for norm in published],
            _ages(published),
            minimum,
            items=measures.items,
            watch=watch,
        )
    )
    former = published[-1] if published else None
    roles = {(*each, "") for each in (ROLE_MIX, ROLE_ANSWERS)} <= renewed
    if not roles:  # shares and effects belong together, and what is adjusted with them
        renewed = {
            key for key in renewed if key[2] != ADJUSTED_SCOPE and key[:5] not in (ROLE_MIX, ROLE_ANSWERS)
        }
    aggregates = pd.concat(
        [
            b.aggregates.merge(third_cuts(b.membership, b.minima), on=MEASURE, how="left").assign(
                field=field, value=value, as_of=name, quartiles_as_of=name
            )
            for (field, value), b in groups.items()
            if len(b.aggregates)
        ]
    )
    in_quartiles = [
        *QUARTILE_COLUMNS.values(),
        *(f"n_{c}" for c in QUARTILE_COLUMNS.values()),
        "quartiles_as_of",
    ]
    in_means = [c for c in aggregates if c not in [*FIGURE, *in_quartiles]]
    means, in_quarters = (
        _renewed(aggregates[[*FIGURE, *own]], former, renewed, part)
        for own, part in ((in_means, ""), (in_quartiles, QUARTILE_MEANS))
    )
    aggregates = means.merge(in_quarters, on=FIGURE, how="left")
    trend = groups[ALL].trend.assign(field=TREND[0], value=TREND[1], as_of=name)
    trend = _renewed(trend, former, renewed, "", table="trend")
    importance = measures if former is None or (*IMPORTANCE, "") in renewed else former
    effects = measures.role_effects if roles else measures.role_effects.iloc[:0]
    shown = {(str(f), str(v)) for f, v in aggregates[["field", "value"]].drop_duplicates().to_numpy()}
    known = {**({} if former is None else former.groups), **{key: b.facts("") for key, b in groups.items()}}
    return Norm(
        name,
        measures.instrument.wave_order(list(measures.facts["wave"].unique()))[-1],
        {key: facts for key, facts in known.items() if key in shown},
        aggregates,
        trend,
        importance.importance,
        effects if roles or former is None else former.role_effects,
        record[[key in renewed or key[2] == MEMBER for key in keys]].reset_index(drop=True),
    )


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
    every = every[every["scope"] != MEMBER].assign(part=_parts(every)["part"])
    every["total"] = every.groupby(["norm", *FIGURE, "figure"]).ngroup()
    every["now"] = every["norm"] == len(published)
    every["key"], keys = _numbered(every, [*FIGURE, "part"])
    items = {} if items is None else items
    every["kin"] = _by_measure(every, kin)
    every["score"] = _by_measure(every, lambda measure: score_text(measure, items))
    found: set[tuple[str, ...]] = set()
    decided: dict[tuple[bytes, ...], set[int]] = {}
    together = every.groupby(linked_measures(every, items), sort=False)
    linked = [rows for _, rows in together if rows["now"].any()]
    for number, rows in enumerate(linked, 1):
        now, own_key = rows["now"].to_numpy(), rows["key"].to_numpy()
        grouped: dict[Any, Any] = rows.groupby(["field", "value", "part", "kin", "now"], sort=False).indices
        figures = {
            key: (places, {keys[k] for k in np.unique(own_key[places])})
            for key, places in grouped.items()
            if key[-1]
        }
        order = {
            key: (key[2], -max(ages.get(o, len(published)) for o in own), key[:2] != ALL, -len(places), key)
            for key, (places, own) in figures.items()
        }
        wanted = sorted(figures, key=order.__getitem__)
        for unit, inside in _views(rows):
            units = pd.factorize(rows[unit])[0]
            weights = _weights(rows) if inside.all() else rows[["weight"]].to_numpy(float)
            columns, parts = np.column_stack([units, rows["total"], weights]), weights.shape[1]
            places = [np.flatnonzero(~now), *(figures[key][0] for key in wanted)]
            sets = [columns[each[inside[each]]] for each in places]
            totals = [_totals(each, int(units.max()) + 1) for each in sets]
            form = _form(totals, parts)
            if form not in decided:
                decided[form] = publishable_totals(totals[0], totals[1:], minimum, parts=parts)
            wanted = [wanted[index] for index in sorted(decided[form])]
        found = found.union(*(figures[key][1] for key in wanted))
        watch(number, len(linked))
    return found


def _views(rows: pd.DataFrame) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield how a reader may look at a record's rows of linked measures: whose units, and which rows.

    All together; then each score alone where it tells fewer versions of the units apart: where some had their Say
    corrected, the total of Do does not know it.
    """
    yield "unit", np.ones(len(rows), dtype=bool)
    for _, own in rows.groupby("score", sort=False):
        if own["own"].nunique() < own["unit"].nunique():
            yield "own", rows.index.isin(own.index)


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


def _parts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the key of the figure to which each row of a record belongs."""
    quartiles = rows["figure"].isin(QUARTILE_COLUMNS.values())
    return rows[FIGURE].assign(part=quartiles.map({True: QUARTILE_MEANS, False: ""}))


def _recognize(states: Mapping[str, str], members: Members, published: Sequence[Norm]) -> None:
    """Give organizations that have the answers of one that is missing its secret: only their name is new."""
    records = [norm.record for norm in published]
    known = {unit for each in records for unit in each.loc[each["name"] == STATE, "unit"]}
    missing = [who for who in members.secret_by_name if who not in states] if known else []
    for name in [who for who in states if who not in members.secret_by_name]:
        former = next((who for who in missing if members.token(who, STATE, states[name]) in known), None)
        if former is not None:
            members.secret_by_name[name] = members.secret_by_name[former]
            missing.remove(former)


def _totals(rows: Weights, units: int) -> Weights:
    """Return the weights of so many units in totals, from rows of unit, total and the weight of each part."""
    names, column = np.unique(rows[:, 1], return_inverse=True)
    totals = np.zeros((units, rows.shape[1] - 2, len(names)))
    totals[rows[:, 0].astype(int), :, column] = rows[:, 2:]
    return totals.reshape(units * (rows.shape[1] - 2), len(names))


def _ages(published: Sequence[Norm]) -> dict[tuple[str, ...], int]:
    """Return how many norms ago each figure of the latest norm was renewed."""
    if not published:
        return {}
    number = {norm.name: len(published) - place for place, norm in enumerate(published)}
    latest, found = published[-1], {}
    for table, column, part in (
        (latest.aggregates, "as_of", ""),
        (latest.aggregates, "quartiles_as_of", QUARTILE_MEANS),
        (latest.trend, "as_of", ""),
    ):
        rows = table[[*FIGURE, column]].dropna().to_numpy()
        found.update({(*map(str, row[:-1]), part): number[row[-1]] for row in rows})
    return found


def _renewed(
    now: pd.DataFrame,
    former: Norm | None,
    renewed: set[tuple[str, ...]],
    part: str,
    table: str = "aggregates",
) -> pd.DataFrame:
    """Return the rows of the figures that are renewed, and the former rows of those that are not."""

    def of(frame: pd.DataFrame, *, new: bool) -> pd.DataFrame:
        kept = [((*map(str, row), part) in renewed) == new for row in frame[FIGURE].to_numpy()]
        return frame[np.array(kept, dtype=bool)]

    fresh = of(now, new=True)
    if former is None:
        return fresh
    return pd.concat([fresh, of(getattr(former, table)[list(now)], new=False)], ignore_index=True)
