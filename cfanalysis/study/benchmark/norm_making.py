"""Making a norm: the first from a study, a later one from what has changed, measure by measure and group by group.

What is renewed is decided in `norm_renewal`; what is not repeats the figure of the norm before. Of published tables (an
instrument that is `public`) everything is renewed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.core.errors import StudyError
from cfanalysis.scoring.score_table import MEASURE
from cfanalysis.study.benchmark.aggregates import ADJUSTED_SCOPE, QUARTILE_COLUMNS, third_cuts
from cfanalysis.study.benchmark.norm import (
    FIGURE,
    MEMBER,
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
from cfanalysis.study.benchmark.norm_record import (
    ALL,
    GROUP_FACTS,
    IMPORTANCE,
    ROLE_ANSWERS,
    ROLE_MIX,
    STATE,
    TREND,
    benchmark_record,
    organization_states,
)
from cfanalysis.study.benchmark.norm_renewal import QUARTILE_MEANS, Watch, figure_parts, renewed_figures
from cfanalysis.study.benchmark.peers import StudyBenchmarks, study_benchmarks
from cfanalysis.study.benchmark.row_numbers import row_numbers
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.study_measures import study_measures


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
    number, keys = row_numbers(figure_parts(record), [*FIGURE, "part"])
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
    described = set(groups)
    if former is not None:  # whoever came, went or moved would be seen in groups' sizes
        if measures.instrument.public or any(
            n.record["name"].str.startswith(GROUP_FACTS).any() for n in published
        ):
            described -= {key[:2] for key in keys if key[3].startswith(GROUP_FACTS) and key not in renewed}
        else:  # it is not known of whom the sizes were that were published
            described.clear()
        if ALL not in described:  # one more can make a group large enough to be named
            described &= set(former.groups)
        renewed = {
            key
            for key in renewed
            if key[:2] in described
            or (key[:2] in (*former.groups, TREND) and not key[3].startswith(GROUP_FACTS))
        }
    figures = [
        b.aggregates.merge(third_cuts(b.membership, b.minima), on=MEASURE, how="left")
        .assign(field=field, value=value)
        for (field, value), b in groups.items()
        if len(b.aggregates)
    ]  # fmt: skip
    aggregates = pd.concat(figures).assign(as_of=name, quartiles_as_of=name)
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
    known = {} if former is None else dict(former.groups)
    known |= {key: replace(b.facts(""), as_of=name) for key, b in groups.items() if key in described}
    kept = record[np.array([key in renewed or key[2] == MEMBER for key in keys], dtype=bool)[number]]
    if former is not None:
        kept = pd.concat(
            [kept[~_of_groups(kept, described)], former.record[_of_groups(former.record, described)]]
        )
    return Norm(
        name,
        measures.instrument.wave_order(list(measures.facts["wave"].unique()))[-1],
        {key: facts for key, facts in known.items() if key in shown},
        aggregates,
        trend,
        importance.importance.round(9),  # as the hash of what the norm says takes it
        effects if roles or former is None else former.role_effects,
        kept.reset_index(drop=True),
    )


def _of_groups(record: pd.DataFrame, described: Collection[GroupKey]) -> NDArray[np.bool_]:
    """Return which rows say who counts in groups that are not told anew."""
    number, keys = row_numbers(record, ["scope", "name", "field", "value"])
    return np.array([key[:2] == (MEMBER, "") and key[2:] not in described for key in keys], dtype=bool)[
        number
    ]


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
