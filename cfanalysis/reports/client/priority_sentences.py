"""Why something is a strength or an opportunity, each sentence written from the numbers."""

from __future__ import annotations

import math

import pandas as pd

from cfanalysis.core.language import message
from cfanalysis.core.templates import sentence

_DISTANCES = {
    ("above", "the benchmark"): message("you score {own}, {apart} points above the benchmark ({other})."),
    ("below", "the benchmark"): message("you score {own}, {apart} points below the benchmark ({other})."),
    ("level", "the benchmark"): message("you score {own}, level with the benchmark."),
    ("below", "the top quartile"): message(
        "you score {own}, {apart} points below the top quartile ({other})."
    ),
}
"""How far a score lies from what it is held against; what falls short of the top quartile is below it."""


def strength_sentence(row: pd.Series, best: str = "") -> str:
    """Return what is a strength, and why.

    Parameters
    ----------
    row
        A row of the client's strengths.
    best
        Not used: a strength is held against the benchmark.
    """
    own, other = float(row["gap"]), float(row["gap_benchmark"])
    if (kind := str(row["strength_kind"])) != "gap":
        return _distance(kind, float(row[kind]), float(row[f"{kind}_benchmark"]))
    return sentence(
        "Narrow gap: intention minus practice is {own:+}; in the benchmark it is {other:+}, {more} points more."
        if own >= 0
        else "Practice ahead of intention: intention minus practice is {own:+}; in the benchmark it is {other:+}, "
        "{more} points more.",
        own=own,
        other=other,
        more=other - own,
    )


def highest_sentence(row: pd.Series, best: str = "") -> str:
    """Return where a practice stands that is among the client's highest, but not above the benchmark.

    Parameters
    ----------
    row
        A row of the client's strengths.
    best
        Not used.
    """
    return _distance("do", float(row["do"]), float(row["do_benchmark"]))


def opportunity_sentence(row: pd.Series, best: str = "the benchmark") -> str:
    """Return what is an opportunity, and why.

    Parameters
    ----------
    row
        A row of the client's opportunities.
    best
        What it is held against, e.g. "the top quartile".
    """
    if (kind := str(row["opportunity_kind"])) != "gap":
        return _distance(kind, float(row[kind]), float(row[f"{kind}_best"]), best)
    return sentence("Gap: practice is {do}, {gap} points below what you intend ({say}).", row.to_dict())


def _distance(kind: str, own: float, other: float, than: str = "the benchmark") -> str:
    """Return how far a score lies above or below what it is held against, as printed."""
    apart = round(own - other, 1)
    side = "above" if apart > 0 else "below" if apart < 0 else "level"
    template = "you score {own}." if math.isnan(other) else _DISTANCES[side, than]
    told = sentence(template, own=own, apart=abs(apart), other=other)
    return sentence("Practice: {told}" if kind == "do" else "Intention: {told}", told=told)
