"""Published frequency tables as one long table: a row for each organization, wave, item and category.

Columns: ``organization, wave, item, category`` (code or label), one of ``share`` (0 to 1), ``percent`` and ``count``,
and ``n`` (the valid answers to the item; summed where counts are given), perhaps ``n_dont_know``. A category that is
a "don't know" is counted apart; a category that is not listed has no answers, but shares must sum to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cfanalysis.errors import IntakeError, nearest
from cfanalysis.instrument import Instrument
from cfanalysis.intake.answers import DONT_KNOW, NOTHING, answer, number
from cfanalysis.intake.columns import folded
from cfanalysis.intake.decimals import decimal_sign
from cfanalysis.intake.delimited import DelimitedResponses, text_headers
from cfanalysis.intake.dialect import FrequencyCounts
from cfanalysis.intake.options import DETECTED, ReadingOptions
from cfanalysis.intake.tables import read_table

KEY = ["organization", "wave", "item"]
MEASURES = ("share", "percent", "count")
COLUMNS = (*KEY, "category", *MEASURES, "n", "n_dont_know")


class LongFrequencies:
    """CSV with one row for each organization, wave, item and category."""

    name = "long_frequencies"
    about = "CSV with columns organization, wave, item, category and share, percent or count"

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether the first row names item, category and a measure."""
        if not DelimitedResponses().recognizes(path, instrument):
            return False
        names = {folded(header) for header in text_headers(path)}
        return {"item", "category"} <= names and bool(names & set(MEASURES))

    def read(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECTED) -> FrequencyCounts:
        """Read the whole file; see `read` in the package."""
        known: dict[str, Sequence[str]] = {name: (name,) for name in COLUMNS}
        for name in ("organization", "wave"):
            known[name] = (name, *instrument.columns.get(name, ()))
        table, ignored = read_table(
            path, instrument, known, needed=("organization", "item", "category"), options=options
        )
        measures = [m for m in MEASURES if m in table]
        if len(measures) != 1:
            raise IntakeError(
                "A frequency table has one of the columns share, percent and count.",
                where=path.name,
                value=", ".join(measures) or "none of them",
            )
        frame = _counts(table, measures[0], path, instrument, options)
        size = f"{frame['item'].nunique()} frequency tables of {frame['organization'].nunique()} rows, by {measures[0]}"
        notes = [f"{path.name}: {size}", *([f"{path.name}: ignored {', '.join(ignored)}"] if ignored else [])]
        return FrequencyCounts(frame, path.name, self.name, tuple(notes))


def _counts(
    table: pd.DataFrame, measure: str, path: Path, instrument: Instrument, options: ReadingOptions
) -> pd.DataFrame:
    """Return the table as `FrequencyCounts` holds it."""
    described = instrument.frequency_tables
    first = described.wave if described is not None else next(iter(instrument.waves), "1")
    table = table.assign(wave=table.get("wave", pd.Series("", index=table.index)).replace("", first))
    problems, items = [], {folded(n): i.id for i in instrument.rated_items for n in (i.text, *i.source, i.id)}
    decimal, _ = decimal_sign(
        (t.rstrip("% ") for t in table[measure]), where=path.name, given=options.decimal
    )
    rows: list[dict[str, object]] = []
    for line, cells in table.to_dict(orient="index").items():
        item = items.get(folded(cells["item"]))
        if item is None:
            near = ", ".join(nearest(cells["item"], items)) or "none"
            problems.append(f"row {line}: no item {cells['item']!r} (the nearest: {near})")
            continue
        code = answer(cells["category"], instrument.scale_of(item)).code
        text = cells[measure].removesuffix("%").strip()
        value = number(text, decimal=decimal)
        if code == NOTHING:
            problems.append(f"row {line}: {cells['category']!r} is no answer of item {item}")
        elif value is None or value < 0 or (measure == "share" and value > 1):
            problems.append(f"row {line}, column {measure}: {cells[measure]!r} is not a {measure}")
        else:
            rows.append(
                {**{k: cells[k] for k in KEY}, "item": item, "category": code, "value": value, "row": line}
                | {k: cells.get(k, "") for k in ("n", "n_dont_know")}
            )
    frame = pd.DataFrame(rows, columns=[*KEY, "category", "value", "row", "n", "n_dont_know"])
    twice = frame.duplicated([*KEY, "category"], keep=False)
    problems += [
        f"row {r}: organization, wave, item and category stand more than once"
        for r in frame.loc[twice, "row"]
    ]
    if not problems and measure != "count":
        problems += [
            f"row {r}: no n" for r, n in zip(frame["row"], frame["n"], strict=True) if not n.isdecimal()
        ]
    if problems or frame.empty:
        more = [f"and {len(problems) - 20} more"] if len(problems) > 20 else []
        raise IntakeError(
            "\n  - ".join(
                ["The frequency table is not right:", *(problems[:20] or ["it has no rows"]), *more]
            ),
            where=path.name,
            allowed="for each organization, wave and item every category once, with share, percent or count, and n",
        )
    return _completed(frame, measure, instrument)


def _completed(frame: pd.DataFrame, measure: str, instrument: Instrument) -> pd.DataFrame:
    """Return shares with every category of every item, don't knows apart, and what is a total."""
    unknown = frame[frame["category"] == DONT_KNOW].groupby(KEY, sort=False)["value"].sum()
    valid = frame[frame["category"] != DONT_KNOW]
    groups = valid.groupby(KEY, sort=False)
    total = groups["value"].sum()
    n = total if measure == "count" else pd.to_numeric(groups["n"].first())
    given = pd.to_numeric(groups["n_dont_know"].first(), errors="coerce").fillna(0)
    if measure == "count":
        given = given.where(given > 0, unknown.reindex(total.index).fillna(0))
    wide = valid.set_index([*KEY, "category"])["value"]
    totals = {folded(t) for t in (instrument.frequency_tables.totals if instrument.frequency_tables else ())}
    rows = [
        {
            **dict(zip(KEY, key, strict=True)),
            "kind": "total" if folded(str(key[0])) in totals else "organization",
            "category": category,
            "share": _share(wide.get((*key, category), 0.0), measure, total[key]),
            "n": int(n[key]),
            "n_dont_know": int(given[key]),
            "place": f"{key[0]}, {key[1]}, {key[2]}",
        }
        for key in total.index
        for category in instrument.scale_of(key[2]).categories
    ]
    return pd.DataFrame(rows)


def _share(value: float, measure: str, total: float) -> float:
    if measure == "count":
        return value / total if total else 0.0
    return value / 100 if measure == "percent" else value
