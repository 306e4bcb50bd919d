"""The record of a norm: on which units each of its figures rests, as random-looking tokens.

A unit is an organization with one version of what the figure is made of: whoever is corrected counts as another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.scoring.score_table import MEASURE, MeasureKey
from cfanalysis.study.benchmark import ALL_ORGANIZATIONS
from cfanalysis.study.benchmark.aggregates import (
    ADJUSTED_SCOPE,
    QUARTILE_COLUMNS,
    is_difference,
    linked_measures,
    score_text,
)
from cfanalysis.study.benchmark.membership import MeasureItems
from cfanalysis.study.benchmark.norm import FIGURE, MEMBER, RECORD, GroupKey, Members
from cfanalysis.study.benchmark.peers import Benchmark
from cfanalysis.study.benchmark.row_numbers import row_numbers
from cfanalysis.study.study_measures import StudyMeasures

ALL: GroupKey = (ALL_ORGANIZATIONS, "")
TREND: GroupKey = ("trend", "")
STATE = "state"
"""Names the token of all that an organization answered."""

MOST_IMPLIED = 10
"""Items of a mean from which the total of each is said to follow: of more, what the mean is rounded to hides it."""

IMPORTANCE, ROLE_MIX, ROLE_ANSWERS = (
    (*ALL, "statistics", name, "") for name in ("importance", "mix", "people")
)
"""Stand for what is computed over all organizations: importance of items, shares of roles, effects of roles."""

_Row = tuple[str | float, ...]
"""A row of a record (`RECORD`)."""

GROUP_FACTS = "facts of organizations: "
"""Begins the names of what stands for the size of a group and what it is made of, fact by fact."""


def benchmark_record(groups: Mapping[GroupKey, Benchmark], members: Members) -> pd.DataFrame:
    """Return on which units each figure of a study rests (columns `cfanalysis.study.benchmark.norm.RECORD`).

    Parameters
    ----------
    groups
        All organizations, and the groups of peers.
    members
        The secrets of organizations; new ones are added.
    """
    measures = groups[ALL].measures
    roles = measures.role_states.set_index("organization")
    people = dict(zip(roles.index.astype(str), roles["people"], strict=True))
    units = _units(measures.latest, members, people, measures.items)
    rows = _trend_record(groups[ALL], members)
    for group, benchmark in groups.items():
        tokens = [members.token(name, MEMBER) for name in benchmark.membership.organizations]
        rows += _rows(group, (MEMBER, "", ""), "", tokens)
        inside = measures.facts.loc[measures.facts.index.isin(benchmark.membership.organizations)]
        for column in ("wave", *(field.id for field in measures.instrument.organization_fields)):
            texts = inside[column].fillna("").astype(str).items() if column in inside else ()
            states = [members.token(str(who), GROUP_FACTS, column, text) for who, text in texts]
            rows += _rows(group, (IMPORTANCE[2], f"{GROUP_FACTS}{column}", ""), "", states)
    states = [members.token(who, STATE, text) for who, text in organization_states(measures).items()]
    rows += [*_rows(ALL, IMPORTANCE[2:], "", states), *_rows(ALL, (MEMBER, STATE, ""), "", states)]
    for column, key in (("mix", ROLE_MIX), ("people", ROLE_ANSWERS)):
        states = [members.token(str(who), column, text) for who, text in roles[column].items()]
        rows += _rows(ALL, key[2:], "", states)
    table = pd.DataFrame(rows, columns=RECORD).astype({**dict.fromkeys(RECORD, "str"), "weight": float})
    return pd.concat([_group_records(groups, units), table], ignore_index=True)


def _units(
    rows: pd.DataFrame, members: Members, people: Mapping[str, str], items: MeasureItems
) -> pd.DataFrame:
    """Return ``unit`` and ``own`` of each row of a score table.

    A unit is another where one of the linked measures was corrected, ``own`` only where this one was; it is the same in
    all measures that are the same score, and in waves with the same one. What is adjusted for roles changes with the
    organization's people alone.
    """
    columns = [rows[c].tolist() for c in ("organization", "wave", "scope", "name", "facet", "score")]
    keys = list(zip(*columns[2:5], strict=True))
    made_of = {key: score_text(key, items) for key in dict.fromkeys(keys)}
    whose = list(zip(columns[0], linked_measures(rows, items).tolist(), columns[1], strict=True))
    own: list[str] = []
    versions: dict[tuple[str, str, str], set[str]] = {}
    for (who, linked, wave), key, score in zip(whose, keys, columns[5], strict=True):
        text = people.get(who, "") if key[0] == ADJUSTED_SCOPE else f"{score:.6f}"
        own.append(members.token(who, made_of[key], text))
        states = versions.setdefault((who, linked, wave), set())
        if not is_difference(key):  # which follows from its terms
            states.add(f"{made_of[key]}={text}")
    tokens = {key: members.token(*key[:2], *sorted(states)) for key, states in versions.items()}
    return pd.DataFrame({"unit": [tokens[key] for key in whose], "own": own}, index=rows.index)


def _group_records(groups: Mapping[GroupKey, Benchmark], units: pd.DataFrame) -> pd.DataFrame:
    """Return the units of the means and quartile means of all groups that may be shown.

    The mean of several items has rows for the total of each of them, too, which follows from it and the others.

    Parameters
    ----------
    groups
        All organizations, and the groups of peers.
    units
        The units of each row of all measures (`_units`).
    """
    latest, items = groups[ALL].measures.latest, groups[ALL].measures.items
    (number, measures), (who, _) = (row_numbers(latest, columns) for columns in (MEASURE, ["organization"]))
    numbers = {key: n for n, key in enumerate(measures)}
    figures = ["", *QUARTILE_COLUMNS.values()]
    quartiles = {quartile: n for n, quartile in enumerate(QUARTILE_COLUMNS, 1)}
    counting = []
    for group, benchmark in enumerate(groups.values()):
        figured, membership = benchmark.aggregates, benchmark.membership
        shown = np.zeros((len(measures), len(figures)), dtype=bool)
        of = [numbers[key] for key in figured[MEASURE].itertuples(index=False, name=None)]
        shown[of, 0], shown[of, 1:] = True, figured[figures[1:]].notna()
        place = units.index.get_indexer(membership.rows.index)
        quartile = membership.rows["organization"].map(membership.quartiles).map(quartiles).to_numpy()
        for figure in range(len(figures)):
            inside = place[shown[number[place], figure] & ((quartile == figure) | (figure == 0))]
            counting.append(pd.DataFrame({"group": group, "figure": figure, "unit": inside}))
    whole = pd.concat(counting).sort_values("figure", kind="stable")
    whole = whole.assign(measure=number[whole["unit"]], who=who[whole["unit"]], through=-1)
    several = [
        (n, numbers["item", item, "all"])
        for measure, n in numbers.items()
        if 1 < len(items[measure]) <= MOST_IMPLIED and not is_difference(measure)
        for item in items[measure]
        if ("item", item, "all") in numbers
    ]
    answers = pd.DataFrame({"through": number, "who": who, "unit": np.arange(len(number))})
    implied = whole[["group", "figure", "measure", "who"]].merge(
        pd.DataFrame(several, columns=["measure", "through"], dtype=int), on="measure"
    )
    rows = pd.concat([whole, implied.merge(answers, on=["through", "who"])])
    texts: dict[str, tuple[Any, str]] = {
        **{column: ([key[n] for key in groups], "group") for n, column in enumerate(FIGURE[:2])},
        **{column: ([key[n] for key in measures], "measure") for n, column in enumerate(MEASURE)},
        "figure": (figures, "figure"),
        "through": ([*(name for _, name, _ in measures), ""], "through"),
        **{column: (units[column], "unit") for column in ("unit", "own")},
    }
    return pd.DataFrame(
        {
            column: pd.array(values, dtype="str").take(rows[places].to_numpy())
            for column, (values, places) in texts.items()
        }
    ).assign(weight=1.0)


def _trend_record(benchmark: Benchmark, members: Members) -> list[_Row]:
    """Return the units of wave means and changes; a change has those of its first wave with the weight -1."""
    scores = benchmark.measures.trend_scores
    units = _units(scores, members, {}, benchmark.measures.items)
    pairs = list(zip(units["unit"], units["own"], strict=True))
    keys = zip(*(scores[column].tolist() for column in ("organization", *MEASURE, "wave")), strict=True)
    found, of = list[_Row](), dict(zip(keys, pairs, strict=True))
    for figure in benchmark.wave_figures:
        name = f"{figure.before}>{figure.after}"
        for wave, weight in ((figure.after, 1.0), (figure.before, -1.0)):
            if wave:
                both = [of[who, *figure.measure, wave] for who in figure.values.index]
                found += [(*TREND, *figure.measure, name, "", *each, weight) for each in both]
    return found


def _rows(key: GroupKey, measure: MeasureKey, figure: str, units: Iterable[str]) -> list[_Row]:
    return [(*key, *measure, figure, "", unit, unit, 1.0) for unit in units]


def organization_states(measures: StudyMeasures) -> dict[str, str]:
    """Return for each organization what all its scores come to, by which one is known again under another name."""
    own = measures.latest[measures.latest["scope"] != ADJUSTED_SCOPE]  # which rests on others, too
    totals = own.groupby("organization", sort=False)["score"].sum()
    return {str(who): f"{total:.6f}" for who, total in totals.items()}
