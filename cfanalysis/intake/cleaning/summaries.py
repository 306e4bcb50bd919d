"""Rows below a table that sum it up: named as a total or a mean, they are no respondents and no organizations.

A client may be called Total: such a row is asked about, and `--accept organization=Total` answers. Where its values are
the sum or the mean of the others, or it stands apart below a blank row, it is a summary, whatever was accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from cfanalysis.intake.accepted_values import EVERYTHING, acceptance
from cfanalysis.intake.answers import parse_number
from cfanalysis.intake.cleaning.state import CleaningState
from cfanalysis.intake.cleaning.text_column import Booleans, TextColumn
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.folding import comparable_text

_SUMMARY_WORDS = """
total, totals, grand total, subtotal, sum, average, averages, mean, means, avg, overall, n, n =, count, anzahl, median,
sd, std, std dev, std. dev, standard deviation, min, max, minimum, maximum, all responses, all respondents, gesamt,
summe, gesamtsumme, gesamtergebnis, ergebnis, durchschnitt, mittelwert, insgesamt, total général, moyenne, ensemble,
somme, promedio,
suma, total general, média, soma, totale, somma, totaal, gemiddelde, razem, średnia, итого, среднее, всего
"""
_WORDS = frozenset(" ".join(_SUMMARY_WORDS.split()).split(", "))
_HOLDS = rf"(?i)(^|\s)({'|'.join(map(re.escape, sorted(_WORDS)))})([^\pL]|$)"
_COUNTED = re.compile(r"(.+?)\s*[(\[]?\s*(?:n\s*)?[=:]?\s*\d[\d.,\s]*[)\]]?")
_TOLERANCE = 0.051
"""How far a mean may be from its value, written with one decimal."""


def is_summary(name: str) -> bool:
    """Return whether a row of this name summarizes others.

    Examples
    --------
    >>> [is_summary(name) for name in ("Total:", "Mean (n = 60)", "N=60", "Total Energies", "Nielsen 2")]
    [True, True, True, False, False]
    """
    text = comparable_text(name)
    counted = _COUNTED.fullmatch(text)
    return text in _WORDS or (counted is not None and counted.group(1) in _WORDS)


def summary_rows(work: CleaningState) -> Iterator[Finding]:
    """Yield the rows that are named as summaries, by their organization or respondent, and were not accepted."""
    for column in ("organization", "respondent"):
        if column not in work.table:
            continue
        names = work.table[column]
        # Of a million ids only the few that hold such a word are looked at one by one.
        held = names.candidates(_HOLDS)
        called = [name for name in held if is_summary(name) or _is_part_summary(name, names)]
        for name in called:
            rows = names.equals(name) & work.kept
            reason = _proof(work, rows)
            if rows.any() and (reason or not work.accepts(column, name)):
                yield _problem(work, column, name, rows, reason)


def _is_part_summary(name: str, names: TextColumn) -> bool:
    """Return whether a name is that of another's summary: "Alder Total"."""
    owner, _, word = name.rpartition(" ")
    return (
        bool(owner)
        and comparable_text(word) in _WORDS
        and bool(pc.any(pc.equal(names.values, owner)).as_py())
    )


def _problem(work: CleaningState, column: str, name: str, rows: Booleans, reason: str) -> Finding:
    first = int(work.rows[rows][0])
    n = int(rows.sum())
    where = f"row {first}" if n == 1 else f"{n:,} rows, the first of them row {first}"
    if reason:
        text, way = f"{where}: {name!r} is a summary: {reason}", "Delete the row"
    else:
        text = f"{where}: {name!r} in column {work.title(column)!r} is what summaries are called"
        way = f"Delete the row, or if it is the name of one {column}: {acceptance(column, name)}"
    return Finding("summary_row", text, column, first, name, way, n)


def _proof(work: CleaningState, rows: Booleans) -> str:
    """Return why rows can be nothing but summaries, "" where they may be something else."""
    places = np.flatnonzero(rows)
    if not len(places):
        return ""
    if places[0] > 0 and all(column.equals("")[places[0] - 1] for column in work.table.values()):
        return "it stands apart, below a blank row"
    how = {_aggregate(work, place, ~rows & work.kept) for place in places[:3]}
    return f"its values are the {how.pop()} of the others" if len(how) == 1 and "" not in how else ""


def _aggregate(work: CleaningState, place: int, others: Booleans) -> str:
    """Return whether a row's values are the "sum" or the "mean" of the other rows, "" where they are neither."""
    found: dict[str, int] = {"sum": 0, "mean": 0}
    given = 0
    for item in work.instrument.rated_items:
        if item.id not in work.table or work.accepts(item.id, EVERYTHING):
            continue
        column = work.table[item.id]
        read = [parse_number(t, decimal=work.decimal) for t in column.values.to_pylist()]
        values = np.array([np.nan if v is None else v for v in read])[column.codes]
        rest = values[others & ~np.isnan(values)]
        if not np.isnan(values[place]) and len(rest) > 1:
            given += 1
            found["sum"] += abs(values[place] - rest.sum()) < _TOLERANCE
            found["mean"] += abs(values[place] - rest.mean()) < _TOLERANCE
    return next((how for how, n in found.items() if n == given > 1), "")
