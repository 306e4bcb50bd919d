"""What an import changes: which organizations are new, renamed or gone, and which cells are other than before.

The state before is compared with the state after, for the organizations and waves of the file and of what it replaces.
Respondents with an id are compared by it. Of the others, rows that are the same in both states belong together
whatever their order, and each that is left belongs to the row that it is most like, if half of its cells are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import eq
from typing import Literal, NamedTuple

import pandas as pd
from sqlalchemy import Connection, select

from cfanalysis.core.text_folding import fold_text
from cfanalysis.database.history import Import, all_imports, counting_imports, find_import
from cfanalysis.database.identities import NUMBERED
from cfanalysis.database.row_reader import stored_rows
from cfanalysis.database.row_writer import profile_columns
from cfanalysis.database.schema import import_organizations, imports
from cfanalysis.database.snapshot import OrganizationNames, auxiliary_frames, current_names, responses_frame
from cfanalysis.database.study_from_database import instrument_versions
from cfanalysis.intake.cleaning.organizations import comparable_name
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

_TEXTS = {str(DONT_KNOW_CODE): "don't know"}
_COMPARISONS = 1_000_000  # of two rows each, beyond which rows that differ are paired in their order
_COPIED = 0.9  # share of another import's rows that no other people repeat by chance
_ENOUGH = 5  # people whose answers are all the same by no chance

Unit = tuple[str, str]  # organization and wave
UnitRows = list[tuple[str, tuple[str, ...]]]  # respondent, and texts of the columns


class CellChange(NamedTuple):
    """A cell that differs: whose (empty for what is known of the organization), its column, its texts."""

    respondent: str
    column: str
    before: str
    after: str

    def __str__(self) -> str:
        who = f"{self.respondent}, " if self.respondent else ""
        return f"{who}{self.column}: {self.before or 'nothing'} -> {self.after or 'nothing'}"


@dataclass(frozen=True)
class OrganizationChange:
    """What an import changes about one organization in one wave.

    Parameters
    ----------
    organization, wave
        Which; the wave is empty where what is known of the organization holds for each.
    kind
        ``new``: it had no answers before; ``wave``: it had none in this wave; ``changed``; ``renamed``; ``gone``.
    rows
        Respondents afterwards; of one that is gone, before.
    former
        Its name before, where it was renamed.
    added, removed
        Respondents.
    cells
        The cells that differ.
    """

    organization: str
    wave: str
    kind: Literal["new", "wave", "changed", "renamed", "gone"]
    rows: int = 0
    former: str = ""
    added: int = 0
    removed: int = 0
    cells: tuple[CellChange, ...] = ()

    @property
    def reason(self) -> str:
        """What changed, in a few words."""
        people = f"{self.rows:,} respondent{'s' if self.rows != 1 else ''}"
        if self.kind in ("new", "wave", "gone"):
            what = {"new": "new client", "wave": "new wave", "gone": "no longer in the data"}[self.kind]
            return f"{what}, {people} in {self.wave}"
        counts = [(self.added, "respondent", "added"), (self.removed, "respondent", "removed")]
        counts += [(len(self.cells), "cell", "changed")] if len(self.cells) > 1 else []
        parts = [f"was called {self.former}"] if self.former else []
        parts += [f"{n:,} {thing}{'s' if n > 1 else ''} {done}" for n, thing, done in counts if n]
        parts += [str(cell) for cell in self.cells[:1]] if len(self.cells) == 1 else []
        return ", ".join([self.wave, *parts] if self.wave and parts else parts)


def import_changes(connection: Connection, number: int) -> list[OrganizationChange]:
    """Return what an import changes in what counts now, sorted by organization and wave.

    Parameters
    ----------
    connection
        An open connection: the import is there, and what it replaces has ended.
    number
        The import's number.
    """
    own = find_import(connection, number)
    after = [i for i in counting_imports(connection) if i.instrument == own.instrument]
    replaced = connection.execute(all_imports().where(imports.c.replaced_by == number)).all()
    before = [*(i for i in after if i.id != number), *replaced]
    before.sort(key=lambda i: i.id)
    if own.kind != "responses":
        return _told_changes(connection, before, after)
    called = current_names(connection, sorted({*before, *after}, key=lambda i: i.id))
    had, has = (_units(connection, state, called) for state in (before, after))
    touched = set(_units(connection, [own, *replaced], called))
    left = touched & had.keys() - has.keys()
    come = touched & has.keys() - had.keys()
    shared = touched & had.keys() & has.keys()
    compared = touched if left or shared else set()
    wanted = instrument_versions(connection, [own])[own.instrument_id][1]
    old, new = (_rows(connection, state, compared, called, wanted) for state in (before, after))
    known, found, columns = {name for name, _ in had}, [], _columns(wanted)
    for unit in sorted(come):
        former = _former(unit, left, old, new) if left else None
        if former is None:
            found.append(OrganizationChange(*unit, "wave" if unit[0] in known else "new", has[unit]))
        else:
            left.remove(former)
            found.append(_difference(unit, columns, old[former], new[unit], former[0]))
    found += [OrganizationChange(*unit, "gone", had[unit]) for unit in left]
    found += [_difference(unit, columns, old[unit], new[unit]) for unit in shared]
    return sorted((c for c in found if c.reason), key=lambda c: (c.organization, c.wave))


def copied_import(connection: Connection, number: int) -> tuple[int, int, int] | None:
    """Return which other import's people without ids a new import repeats, how many of them, and of how many.

    Parameters
    ----------
    connection
        Of its writer.
    number
        The new import's number.

    Returns
    -------
    tuple or None
        None where no import has nine tenths of its rows repeated, in the organizations and waves that both have.
    """
    own = find_import(connection, number)
    counting = counting_imports(connection)
    called = current_names(connection, counting)
    others = [i for i in counting if i.id != number and i.rows_numbered and i.instrument == own.instrument]
    if not own.rows_numbered or not others:
        return None
    units, wanted = set(_units(connection, [own], called)), instrument_versions(connection, [own])
    mine = _cells(_rows(connection, [own], units, called, wanted[own.instrument_id][1]))
    for other in others:
        theirs = _cells(_rows(connection, [other], units, called, wanted[own.instrument_id][1]))
        if theirs.total() and (same := (mine & theirs).total()) >= _COPIED * theirs.total():
            return other.id, same, theirs.total()
    return None


def _cells(rows: dict[Unit, UnitRows]) -> Counter[tuple[Unit, tuple[str, ...]]]:
    """Return how often each content stands in the rows without ids."""
    return Counter((u, cells) for u, part in rows.items() for who, cells in part if NUMBERED.fullmatch(who))


def _units(connection: Connection, state: Sequence[Import], called: OrganizationNames) -> Counter[Unit]:
    """Return how many rows imports of answers have of each organization and wave."""
    table, units = import_organizations, Counter[Unit]()
    numbers = [i.id for i in state if i.kind == "responses"]
    held = select(table.c.organization_id, table.c.wave, table.c.rows).where(table.c.import_id.in_(numbers))
    for organization, wave, rows in connection.execute(held):
        units[called.name[called.owner.get(organization, organization)], wave] += rows
    return units


def _columns(instrument: Instrument) -> list[str]:
    """Return the columns that are compared."""
    return [*profile_columns(instrument)[1:], *(item.id for item in instrument.items)]


def _rows(
    connection: Connection,
    state: Sequence[Import],
    units: set[Unit],
    called: OrganizationNames,
    wanted: Instrument,
) -> dict[Unit, UnitRows]:
    """Return the rows of some organizations and waves in a state of the database."""
    holders = [i for i in state if i.kind == "responses" and units & _units(connection, [i], called).keys()]
    if not holders:
        return {}
    versions = instrument_versions(connection, holders)
    stored = [(i, stored_rows(connection, i.id, versions[i.instrument_id][1], wanted)[0]) for i in holders]
    items = {item.id: item.scale is not None for item in wanted.items}
    table, _ = responses_frame(stored, called, profile_columns(wanted), items)
    places = list(zip(table["organization"], table["wave"], strict=True))
    hit = [place in units for place in places]
    cells = table.loc[hit, _columns(wanted)].astype("str").fillna("").replace(_TEXTS)
    rows: dict[Unit, UnitRows] = {}
    kept = (place for place, meant in zip(places, hit, strict=True) if meant)
    texts = cells.itertuples(index=False, name=None)
    for place, respondent, row in zip(kept, table.loc[hit, "respondent"], texts, strict=True):
        rows.setdefault(place, []).append((respondent.partition(" of import ")[0], row))
    return rows


def _former(unit: Unit, left: set[Unit], old: dict[Unit, UnitRows], new: dict[Unit, UnitRows]) -> Unit | None:
    """Return which organization that is gone came back as another: one with a like name, or with the same answers."""
    gone = sorted(u for u in left if u[1] == unit[1])
    alike = [u for u in gone if comparable_name(u[0]) == comparable_name(unit[0])]
    answers = sorted(cells for _, cells in new[unit])
    if len(answers) >= _ENOUGH:
        alike += [u for u in gone if sorted(cells for _, cells in old[u]) == answers]
    return alike[0] if alike else None


def _difference(
    unit: Unit, columns: Sequence[str], old: UnitRows, new: UnitRows, former: str = ""
) -> OrganizationChange:
    """Return what differs between the rows of an organization and wave in two states."""
    by_id = {who: cells for who, cells in new if not NUMBERED.fullmatch(who)}
    pairs = [(who, cells, by_id[who]) for who, cells in old if who in by_id]
    named = {who for who, _, _ in pairs}
    gone, come = ([row for row in rows if row[0] not in named] for rows in (old, new))
    both = Counter(cells for _, cells in gone) & Counter(cells for _, cells in come)
    gone, come = (_without(rows, both) for rows in (gone, come))
    alike = list(_most_alike(gone, come))
    cells = tuple(
        CellChange(who, column, before, after)
        for who, one, other in [*pairs, *alike]
        for column, before, after in zip(columns, one, other, strict=True)
        if before != after
    )
    kind: Literal["renamed", "changed"] = "renamed" if former else "changed"
    added, removed = len(come) - len(alike), len(gone) - len(alike)
    return OrganizationChange(*unit, kind, len(new), former, added, removed, cells)


def _without(rows: UnitRows, same: Counter[tuple[str, ...]]) -> UnitRows:
    """Return the rows without as many of each content as are in both states."""
    left, kept = same.copy(), []
    for row in rows:
        if left[row[1]] > 0:
            left[row[1]] -= 1
        else:
            kept.append(row)
    return kept


def _most_alike(old: UnitRows, new: UnitRows) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Yield each new row that continues an old one, as its name, the old cells and the new ones."""
    left, many = list(new), len(old) * len(new) > _COMPARISONS
    for _, cells in old:
        likeness = [sum(map(eq, cells, other)) for _, other in (left[:1] if many else left)]
        best = max(range(len(likeness)), key=likeness.__getitem__, default=None)
        if best is not None and 2 * likeness[best] >= len(cells):
            yield left[best][0], cells, left.pop(best)[1]


def _told_changes(
    connection: Connection, before: Sequence[Import], after: Sequence[Import]
) -> list[OrganizationChange]:
    """Return what auxiliary files or decisions change: names, facts and outcomes of organizations with answers."""
    names: list[dict[int, str]] = []
    facts: list[dict[tuple[str, str, str], str]] = []
    for state in (before, after):
        called = current_names(connection, state)
        units = _units(connection, state, called)
        owners = {n: called.owner.get(n, n) for n in {*called.name, *called.owner}}
        names.append({n: called.name[o] for n, o in owners.items() if o in called.name})
        facts.append(_told_cells(connection, state, called, units.keys()))
    renamed = {(names[1].get(n, former), former) for n, former in names[0].items()}
    found = [
        OrganizationChange(name, "", "renamed", former=former)
        for name, former in renamed
        if fold_text(name) != fold_text(former)
    ]
    cells: dict[Unit, list[CellChange]] = {}
    for key in sorted(facts[0].keys() | facts[1].keys()):
        one, other = (state.get(key, "") for state in facts)
        if one != other:
            cells.setdefault(key[:2], []).append(CellChange("", key[2], one, other))
    found += [OrganizationChange(*unit, "changed", cells=tuple(those)) for unit, those in cells.items()]
    return sorted(found, key=lambda c: (c.organization, c.wave))


def _told_cells(
    connection: Connection, state: Sequence[Import], called: OrganizationNames, units: Collection[Unit]
) -> dict[tuple[str, str, str], str]:
    """Return facts and outcomes of the organizations that have answers, by organization, wave and column."""
    outcomes, facts = auxiliary_frames(connection, state, called, sorted({wave for _, wave in units}))
    cells: dict[tuple[str, str, str], str] = {}
    for row in [] if outcomes is None else outcomes.itertuples():
        cells[str(row.organization), str(row.wave), str(row.outcome)] = f"{row.value:g}"
    for told in [] if facts is None else facts.to_dict("records"):
        name, wave = str(told.pop("organization")), str(told.pop("wave", ""))
        cells |= {
            (name, wave, str(column)): str(value) for column, value in told.items() if not pd.isna(value)
        }
    known = {name for name, _ in units}
    return {key: text for key, text in cells.items() if key[0] in known and text}
