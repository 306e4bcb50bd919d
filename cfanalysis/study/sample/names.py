"""Names of organizations that do not exist.

A name is an invented place and a line of business that fits the sector, e.g. "Aldermoor Logistics". The
first 900 organizations have a place of their own, so that no two clients are easily taken for each other;
after that the places are used again, numbered.
"""

from __future__ import annotations

from collections.abc import Sequence

from cfanalysis.study.sample.draws import Draws, Integers

# fmt: off
_STARTS = (
    "Alder", "Amber", "Birch", "Bracken", "Bramble", "Copper", "Cresset", "Dapple", "Dunnock", "Elder",
    "Ember", "Fallow", "Fennel", "Flint", "Gorse", "Hazel", "Heron", "Hollin", "Juniper", "Kestrel",
    "Larkin", "Linnet", "Marram", "Nettle", "Osier", "Pebble", "Quill", "Rowan", "Sorrel", "Tansy",
)
_ENDS = (
    "moor", "fell", "wick", "holt", "mere", "stead", "combe", "den", "brook", "gate", "haven", "ridge",
    "vale", "marsh", "cross", "leigh", "croft", "thwaite", "hurst", "beck", "ness", "barrow", "dale",
    "garth", "hythe", "shaw", "toft", "wold", "ley", "mount",
)

# fmt: on
# By position in the options of the field "sector".
_BUSINESSES = (
    ("Castings", "Instruments", "Pumps", "Toolworks", "Components"),
    ("Stores", "Home & Garden", "Wholesale", "Outfitters", "Foods"),
    ("Savings", "Insurance", "Credit", "Pensions", "Asset Care"),
    ("Networks", "Software", "Data Services", "Telecom", "Systems"),
    ("Clinics", "Care Homes", "Dental", "Community Health", "Therapy Centres"),
    ("Logistics", "Haulage", "Freight", "Couriers", "Rail Services"),
    ("Advisers", "Architects", "Engineering Consultants", "Translations", "Legal"),
    ("Housing Office", "Water Authority", "Library Service", "Licensing Agency", "Parks Service"),
)


def organization_names(sectors: Integers, draws: Draws) -> list[str]:
    """Return a name for each organization, no two alike even when case is ignored.

    Parameters
    ----------
    sectors
        Shape (organizations,): position of the organization's sector.
    draws
        Streams "names" and "businesses".
    """
    places = len(_STARTS) * len(_ENDS)
    order = draws.permutation("names", places)
    business = draws.integer("businesses", len(_BUSINESSES[0]), len(sectors))
    names = []
    for number, (sector, line) in enumerate(zip(sectors, business, strict=True)):
        again, place = divmod(number, places)
        start, end = divmod(int(order[place]), len(_ENDS))
        parts = [_STARTS[start] + _ENDS[end], _BUSINESSES[sector % len(_BUSINESSES)][line]]
        names.append(" ".join(_with_number(parts, again)))
    return names


def _with_number(parts: Sequence[str], again: int) -> list[str]:
    return [*parts, str(again + 1)] if again else list(parts)
