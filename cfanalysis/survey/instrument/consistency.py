"""Contradictions between the parts of an instrument: names that are not defined, pairs without a partner."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from cfanalysis.core.errors import nearest
from cfanalysis.survey.instrument.instrument_model import Index, Instrument, Item

_NEEDED_ENDS = {"ukcsi": (1, 10), "acsi": (1, 10), "nps": (0, 10)}
"""The ends of the scale that a formula needs."""

RESERVED_COLUMNS = frozenset(
    {"organization", "respondent", "respondent_number", "wave", "seconds", "origin", "kind", "n"}
)
"""Columns that every study has: no field may be called so."""

_NPS = re.compile(r"\bnps\b|\bnet[\s-]*promoter\b", re.IGNORECASE)


def misnamed_indices(instrument: Instrument) -> list[Index]:
    """Return the indices that are called a net promoter score and are computed in another way."""
    return [index for index in instrument.indices if _NPS.search(index.title) and index.formula != "nps"]


def inconsistencies(instrument: Instrument) -> Iterator[str]:
    """Yield contradictions between the parts of an instrument."""
    ids = [item.id for item in instrument.items]
    items = set(ids)
    yield from (f"item {i!r} occurs {n} times" for i, n in Counter(ids).items() if n > 1)
    known = {
        "scale": set(instrument.scales),
        "dimension": {d.id for d in instrument.dimensions},
        "practice": {p.id for p in instrument.practices},
    }
    choices = {kind: ", ".join(sorted(names)[:20]) or "none" for kind, names in known.items()}
    for item in instrument.items:
        named = [
            ("scale", item.scale),
            ("dimension", item.dimension),
            *(("practice", p) for p in item.practices),
        ]
        for kind, name in named:
            if name is not None and name not in known[kind]:
                hint = ", ".join(nearest(name, known[kind])) or choices[kind]
                yield f"item {item.id!r}, field {kind}: {name!r} is not defined (defined: {hint})"
    yield from _pair_problems(instrument)
    for index in instrument.indices:
        yield from (f"index {index.id!r}: no item {i!r}" for i in index.items if i not in items)
        yield from (
            f"index {index.id!r}: item {i!r} is open and cannot be scored"
            for i in index.items
            if i in items and instrument.item(i).scale is None
        )
        if (ends := _NEEDED_ENDS.get(index.formula)) is not None:
            scales = {
                i: instrument.scale_of(i) for i in index.items if i in items and instrument.item(i).scale
            }
            yield from (
                f"index {index.id!r}: formula {index.formula} needs a scale {ends[0]} to {ends[1]}, "
                f"item {i!r} has another"
                for i, scale in scales.items()
                if (scale.min, scale.max) != ends
            )
    yield from _criterion_problems(instrument)
    facts = [f.id for f in instrument.organization_fields]
    if instrument.parent is not None and instrument.parent not in facts:
        yield f"parent {instrument.parent!r} is not an organization field (fields: {', '.join(facts) or 'none'})"
    fields = [f.id for f in (*instrument.organization_fields, *instrument.respondent_fields)]
    reserved = RESERVED_COLUMNS | items
    yield from (f"field {f!r} has the name of an item or a reserved column" for f in fields if f in reserved)
    yield from (f"field {f!r} occurs {n} times" for f, n in Counter(fields).items() if n > 1)


def _pair_problems(instrument: Instrument) -> Iterator[str]:
    members: dict[str, list[Item]] = {}
    for item in instrument.items:
        if item.pair is not None:
            members.setdefault(item.pair, []).append(item)
    for pair, items in members.items():
        if sorted(str(item.facet) for item in items) != ["do", "say"]:
            found = ", ".join(f"{item.id} ({item.facet})" for item in items)
            yield f"pair {pair!r} must have one Say and one Do item, it has {found}"
        elif items[0].dimension != items[1].dimension:
            yield f"pair {pair!r}: its items are in different dimensions"


def _criterion_problems(instrument: Instrument) -> Iterator[str]:
    if instrument.criterion is None:
        return
    index = next((i for i in instrument.indices if i.id == instrument.criterion), None)
    if index is None:
        yield f"criterion {instrument.criterion!r} is not an index of the instrument"
        return
    gap = {item.id for item in instrument.select(role="gap")}
    if shared := [i for i in index.items if i in gap]:
        yield (
            f"criterion {index.id!r} contains the gap items {', '.join(shared)}: quartiles cut on the "
            "gap's own items find a gap where there is none; take performance items"
        )
