"""Names of organizations that do not exist.

A name is an invented place and a line of business that fits the sector, e.g. "Aldermoor Logistics". The
first 900 organizations have a place of their own, so that no two clients are easily taken for each other;
after that the places are used again, numbered.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from cfanalysis.study.sample.draws import Draws, Integers

WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
"""The words of the sample: of names, by the position of the sector, and of comments."""


def organization_names(sectors: Integers, draws: Draws) -> list[str]:
    """Return a name for each organization, no two alike even when case is ignored.

    Parameters
    ----------
    sectors
        Shape (organizations,): position of the organization's sector.
    draws
        Streams "names" and "businesses".
    """
    starts, ends, businesses = (WORDS["organizations"][part] for part in ("starts", "ends", "businesses"))
    places = len(starts) * len(ends)
    order = draws.permutation("names", places)
    business = draws.integer("businesses", len(businesses[0]), len(sectors))
    names = []
    for number, (sector, line) in enumerate(zip(sectors, business, strict=True)):
        again, place = divmod(number, places)
        start, end = divmod(int(order[place]), len(ends))
        parts = [starts[start] + ends[end], businesses[sector % len(businesses)][line]]
        names.append(" ".join(_with_number(parts, again)))
    return names


def _with_number(parts: Sequence[str], again: int) -> list[str]:
    return [*parts, str(again + 1)] if again else list(parts)
