"""The evidence at a moment: the imports that count then, combined.

Names are merged here, not when they are stored: an alias counts from the day on which an organizations file says so,
and a day before it keeps the two apart. Of several answers of one respondent and wave the latest import's count. An
organization has the name that most of its rows use. What comes out for one import is what `prepare` has of its file,
cell by cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from cfanalysis.core.text_folding import fold_text
from cfanalysis.database.aliases import DECISION, stored_aliases
from cfanalysis.database.auxiliary_rows import stored_facts, stored_outcomes
from cfanalysis.database.history import Import
from cfanalysis.database.packed_answers import answer_column
from cfanalysis.database.row_reader import StoredRows
from cfanalysis.database.schema import import_organizations, organizations
from cfanalysis.intake.cleaning.text_column import TextColumn


@dataclass(frozen=True)
class OrganizationNames:
    """What organizations are called at a moment: `owner`, whose an organization's rows are; `name`, its name."""

    owner: dict[int, int]
    name: dict[int, str]


def current_names(connection: Connection, imports: Sequence[Import]) -> OrganizationNames:
    """Return what organizations are called, according to some imports of answers and their aliases.

    Parameters
    ----------
    connection
        An open connection.
    imports
        The imports that count, oldest first.
    """
    key_of = dict(connection.execute(select(organizations.c.key, organizations.c.id)).all())
    stand_for = stored_aliases(connection, imports)
    owner = {key_of[key]: target for key, (target, _) in stand_for.items() if key in key_of}
    numbers = [i.id for i in imports if i.kind == "responses"]
    table = import_organizations
    statement = select(table.c.organization_id, table.c.name, table.c.rows).where(
        table.c.import_id.in_(numbers)
    )
    count: dict[int, dict[str, int]] = {}
    for number, name, rows in connection.execute(statement):
        if owner.get(number, number) == number:
            names = count.setdefault(number, {})
            names[name] = names.get(name, 0) + rows
    name = {n: min(names, key=lambda t, c=names: (-c[t], t)) for n, names in count.items()}  # type: ignore[misc]
    for target, spelled in stand_for.values():
        name.setdefault(target, spelled)
    return OrganizationNames(owner, _distinct_names(name))


def _distinct_names(names: Mapping[int, str]) -> dict[int, str]:
    """Return names under which no two organizations are the same: numbered units of two imports get a number more."""
    seen: dict[str, int] = {}
    apart: dict[int, str] = {}
    for number in sorted(names):
        times = seen[names[number]] = seen.get(names[number], 0) + 1
        apart[number] = names[number] if times == 1 else f"{names[number]} ({times})"
    return apart


def responses_frame(
    rows: Sequence[tuple[Import, StoredRows]],
    called: OrganizationNames,
    columns: Sequence[str],
    items: Mapping[str, bool],
) -> tuple[pd.DataFrame, dict[int, int]]:
    """Return the responses of some imports, sorted as `cfanalysis.intake.cleaning.clean` sorts them.

    Parameters
    ----------
    rows
        The imports, oldest first, and their rows.
    called
        The organizations' names.
    columns
        The facts that responses hold, ``origin`` first.
    items
        The instrument's items in its order, and whether they are rated.

    Returns
    -------
    responses : DataFrame
    doubled : dict
        How many rows of each import a later one has, too.
    """
    owner = np.concatenate([_owners(r.organization, called) for _, r in rows])
    organization = _owner_names(owner, called)
    respondent = _concatenated([r.respondent for _, r in rows])
    wave = _concatenated([r.wave for _, r in rows])
    scope = np.concatenate([r.scope for _, r in rows])
    source = np.concatenate([np.full(len(r.scope), i.id) for i, r in rows])
    latest = _latest([organization.codes, respondent.codes, wave.codes, scope])
    doubled = {i.id: int((source[~latest] == i.id).sum()) for i, _ in rows}
    respondent = _distinct_respondents(respondent, scope, several=len(rows) > 1)
    ranks = [t.ranks()[0] for t in (respondent, wave, organization)]
    places = np.flatnonzero(latest)
    order = places[np.lexsort([rank[places] for rank in ranks])]
    table: dict[str, object] = {
        "organization": organization.take(order).texts(),
        "respondent": respondent.take(order).texts(),
        "wave": wave.take(order).texts(),
    }
    seconds = np.concatenate([r.seconds for _, r in rows])[order]
    table["seconds"] = pd.arrays.FloatingArray(np.nan_to_num(seconds), np.isnan(seconds))
    for name in columns:
        table[name] = _concatenated([r.facts[name] for _, r in rows]).take(order).texts()
    for item, rated in items.items():
        if rated:
            table[item] = _answers([r.answers[item] for _, r in rows], order)
        else:
            table[item] = _concatenated([r.texts[item] for _, r in rows]).take(order).texts()
    return pd.DataFrame(table, copy=False), doubled


def _owners(organization: NDArray[np.int64], called: OrganizationNames) -> NDArray[np.int64]:
    """Return whose rows they are, after aliases."""
    each, back = np.unique(organization, return_inverse=True)
    return np.array([called.owner.get(int(n), int(n)) for n in each], dtype=np.int64)[back]


def _owner_names(owner: NDArray[np.int64], called: OrganizationNames) -> TextColumn:
    """Return the organizations' names, each row's."""
    each, back = np.unique(owner, return_inverse=True)
    names = TextColumn.of(pd.Series([called.name[int(n)] for n in each], dtype="str"))
    return TextColumn(names.codes[back], names.values)


def _concatenated(parts: Sequence[TextColumn]) -> TextColumn:
    """Return columns of texts below each other."""
    if len(parts) == 1:
        return parts[0]
    values = pd.Series(
        pd.concat([pd.Series(p.values.to_pylist(), dtype="str") for p in parts], ignore_index=True)
    )
    whole = TextColumn.of(values)
    starts = np.cumsum([0, *(len(p.values) for p in parts)])
    return TextColumn(
        np.concatenate([whole.codes[start + p.codes] for start, p in zip(starts, parts, strict=False)]),
        whole.values,
    )


def _latest(keys: Sequence[NDArray[np.integer]]) -> NDArray[np.bool_]:
    """Return which rows are the last of those with the same keys."""
    number = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        number = np.unique(number * (int(key.max(initial=0)) + 1) + key, return_inverse=True)[1]
    return ~pd.Series(number).duplicated(keep="last").to_numpy()


def _distinct_respondents(respondent: TextColumn, scope: NDArray[np.int64], *, several: bool) -> TextColumn:
    """Return respondents in which numbered ones of several imports say which import they are of."""
    if not several or not (scope > 0).any():
        return respondent
    texts = respondent.texts()
    numbered = scope > 0
    texts[numbered] = (
        texts[numbered]
        + " of import "
        + pd.Series(scope[numbered], index=texts.index[numbered]).astype("str")
    )
    return TextColumn.of(texts)


def _answers(parts: Sequence[NDArray[np.int8]], order: NDArray[np.intp]) -> pd.arrays.IntegerArray:
    return answer_column(np.concatenate(parts)[order])


def auxiliary_frames(
    connection: Connection, imports: Sequence[Import], called: OrganizationNames, waves: Sequence[str]
) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """Return outcomes and facts of the imports that count, None where there are none; later files win.

    Parameters
    ----------
    connection
        Of a reader.
    imports
        Those that count, oldest first.
    called
        The organizations' names.
    waves
        Of the study: facts of a file that names none hold for each of them.
    """
    outcomes = [
        _with_current_names(stored_outcomes(connection, i.id), called)
        for i in imports
        if i.kind == "outcomes"
    ]
    facts = [
        _with_current_names(stored_facts(connection, i.id), called)
        for i in imports
        if i.kind == "organizations" and i.recipe != DECISION
    ]
    return _merged_outcomes(outcomes), _merged_facts(facts, waves)


def _with_current_names(frame: pd.DataFrame, called: OrganizationNames) -> pd.DataFrame:
    """Return a side table in which an alias is called as its organization; what does not fit stays as it is."""
    number = frame["organization_id"]
    owner = number.map(lambda n: called.owner.get(n, n))
    names = owner.map(called.name).where(lambda n: n.notna(), frame["organization"])
    renamed = frame.assign(organization=frame["organization"].where(owner == number, names).astype("str"))
    return renamed.drop(columns="organization_id")


def _merged_outcomes(parts: Sequence[pd.DataFrame]) -> pd.DataFrame | None:
    """Return outcomes of several files: of one organization, wave and outcome the latest file's."""
    if len(parts) < 2:
        return parts[0] if parts else None
    latest_first = pd.concat(parts[::-1], ignore_index=True)
    key = latest_first[["organization", "wave", "outcome"]].map(fold_text)
    return latest_first[~key.duplicated(keep="first")].reset_index(drop=True)


def _merged_facts(parts: Sequence[pd.DataFrame], waves: Sequence[str]) -> pd.DataFrame | None:
    """Return facts of several files: of each fact the latest file's that says it."""
    if len(parts) < 2:
        return parts[0] if parts else None
    by_wave = any("wave" in part for part in parts)
    every = pd.DataFrame({"wave": list(waves)}, dtype="str")
    spread = [part.merge(every, how="cross") if by_wave and "wave" not in part else part for part in parts]
    latest_first = pd.concat(spread[::-1], ignore_index=True)
    key = [latest_first["organization"].map(fold_text)] + ([latest_first["wave"]] if by_wave else [])
    texts = [str(name) for name in latest_first if name != "invited"]
    said = latest_first.assign(**{n: latest_first[n].where(latest_first[n].ne("")) for n in texts})
    merged = said.groupby(key, sort=False).first().reset_index(drop=True)
    return merged.assign(**{n: merged[n].fillna("").astype("str") for n in texts})
