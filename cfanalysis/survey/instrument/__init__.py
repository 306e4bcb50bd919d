"""What a survey asks: scales, dimensions, items, fields, indices.

An instrument is a YAML file. It is the only place where items are named: every other package asks the instrument
which items are Say and which are Do, how they are keyed, and how answers look in an export. Read one with
`load_instrument`; the file format is described in ``docs/instruments.md``.

Terms
-----
facet
    *Say* is what an organization intends for customers, *Do* is what it does.
pair
    One Say item and one Do item about the same subject.
scale
    The answer grid: whole numbers from ``min`` to ``max``, their labels, and the codes for "don't know".
index
    A score made from several items by a published formula.
criterion
    The index on which organizations are cut into quartiles; it contains no gap item.
"""

from __future__ import annotations

from cfanalysis.survey.instrument.instrument_file import load_instrument, parse_instrument
from cfanalysis.survey.instrument.instrument_model import (
    Care,
    DataField,
    DontKnow,
    Facet,
    Formula,
    FrequencyTables,
    Index,
    Instrument,
    Item,
    Minima,
    Pair,
    Role,
    Scale,
    Titled,
)
from cfanalysis.survey.instrument.shipped_instruments import find_instrument, shipped_instruments

__all__ = [
    "Care",
    "DataField",
    "DontKnow",
    "Facet",
    "Formula",
    "FrequencyTables",
    "Index",
    "Instrument",
    "Item",
    "Minima",
    "Pair",
    "Role",
    "Scale",
    "Titled",
    "find_instrument",
    "load_instrument",
    "parse_instrument",
    "shipped_instruments",
]
