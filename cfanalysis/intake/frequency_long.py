"""Published frequency tables as one long table: a row for each organization, wave, item and category.

Columns: ``organization, wave, item, category`` (code or label), one of ``share`` (0 to 1), ``percent`` and ``count``,
and ``n`` (the valid answers to the item; summed where counts are given), perhaps ``n_dont_know``. A category that is
a "don't know" is counted apart; a category that is not listed has no answers, but shares must sum to 1. Where a figure
is withheld (`cfanalysis.intake.frequency_checks`), the item is missing for that organization and wave. A
column ``kind`` is that of our own export of shares, in which reverse-keyed items are turned already.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cfanalysis.core.errors import IntakeError, nearest
from cfanalysis.intake.answers import DONT_KNOW_CODE, NO_ANSWER, parse_answer, parse_number
from cfanalysis.intake.decimals import decimal_sign
from cfanalysis.intake.delimited import is_text, text_headers
from cfanalysis.intake.findings import Finding, refuse_findings
from cfanalysis.intake.folding import comparable_text, is_placeholder
from cfanalysis.intake.frequency_checks import (
    ITEM_KEY,
    UNKNOWN,
    Suppressed,
    is_withheld,
    refuse_unanswered,
    withheld_texts,
)
from cfanalysis.intake.named_columns import read_named_columns
from cfanalysis.intake.reader import FrequencyCounts
from cfanalysis.intake.reading_options import DETECT_ALL, ReadingOptions
from cfanalysis.survey.instrument import Instrument

_MEASURES = ("share", "percent", "count")
LONG_COLUMNS = (*ITEM_KEY, "kind", "category", *_MEASURES, "n", "n_dont_know")
_COLUMNS = [*ITEM_KEY, "category", "row", "value", "n", "n_dont_know"]


class LongFrequencyReader:
    """CSV with one row for each organization, wave, item and category."""

    name = "long_frequencies"
    about = "CSV with columns organization, wave, item, category and share, percent or count"

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether the first row names item, category and a measure."""
        if not is_text(path):
            return False
        names = {comparable_text(header) for header in text_headers(path)}
        return {"item", "category"} <= names and bool(names & set(_MEASURES))

    def read(
        self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL
    ) -> FrequencyCounts:
        """Read the whole file; see `read` in the package."""
        known: dict[str, Sequence[str]] = {name: (name,) for name in LONG_COLUMNS}
        for name in ("organization", "wave"):
            known[name] = (name, *instrument.columns.get(name, ()))
        table, ignored = read_named_columns(
            path, instrument, known, needed=("organization", "item", "category"), options=options
        )
        measures = [m for m in _MEASURES if m in table]
        if len(measures) != 1:
            raise IntakeError(
                "A frequency table has one of the columns share, percent and count.",
                where=path.name,
                value=", ".join(measures) or "none of them",
            )
        read = _Reading(table, measures[0], path.name, instrument, options)
        if not options.lenient:
            refuse_findings(
                read.problems,
                "The frequency table has problems:",
                where=path.name,
                allowed="for each organization, wave and item every category once, with share, percent or count, and n",
                next_step="Correct the rows listed.",
                line=lambda finding: f"{finding.place}: {finding.problem}",
            )
        frame = read.complete_shares()
        if frame.empty and not read.problems:
            refuse_unanswered(frame, path.name)
        if read.turned:
            frame = _turned_back(frame, instrument)
        organizations = f"{frame['organization'].nunique():,} rows, by {measures[0]}"
        size = f"{frame['item'].nunique():,} frequency tables of {organizations}"
        if read.turned:
            size += ", as exported: reverse-keyed items are turned already"
        notes = [f"{path.name}: {size}", *([f"{path.name}: ignored {', '.join(ignored)}"] if ignored else [])]
        return FrequencyCounts(
            frame, path.name, self.name, tuple(notes), tuple(read.problems), tuple(read.suppressed)
        )


class _Reading:
    """What is read of the table: figures with what they are about, withheld cells, and all that is wrong."""

    def __init__(
        self,
        table: pd.DataFrame,
        measure: str,
        where: str,
        instrument: Instrument,
        options: ReadingOptions,
    ) -> None:
        self._measure, self._instrument = measure, instrument
        # Only exports of shares say which kind of row they hold; there, reverse-keyed items are turned already.
        self.turned = "kind" in table
        self._items = {
            comparable_text(n): i.id for i in instrument.rated_items for n in (i.text, *i.source, i.id)
        }
        self._withheld = withheld_texts(instrument)
        self.suppressed: list[Suppressed] = []
        self.problems: list[Finding] = []
        described = instrument.frequency_tables
        first = described.wave if described is not None else next(iter(instrument.waves), "1")
        wave = table.get("wave", pd.Series("", index=table.index)).replace("", first)
        figures = (t.rstrip("% ") for t in table[measure] if not is_withheld(t, self._withheld))
        # Some publishers give shares and never say of how many.
        self._counted = "n" in table
        self._decimal, _ = decimal_sign(figures, where=where, given=options.decimal)
        rows = [
            self._row(row, cells) for row, cells in table.assign(wave=wave).to_dict(orient="index").items()
        ]
        self._frame = pd.DataFrame([r for r in rows if r is not None], columns=_COLUMNS)
        self._refuse_doubles()

    def _row(self, row: Hashable, cells: dict[Hashable, str]) -> dict[str, object] | None:
        """Return what a row says, None where nothing can be taken from it."""
        line = int(str(row))
        item = self._items.get(comparable_text(cells["item"]))
        if item is None:
            near = nearest(cells["item"], self._items)
            shown = ", ".join(near) or "none"
            self._problem(
                "unknown_item", line, "item", cells, f"no item {cells['item']!r} (the nearest: {shown})", near
            )
            return None
        if not cells["organization"] or is_placeholder(cells["organization"]):
            self._problem("no_organization", line, "organization", cells, "no organization")
            return None
        code = parse_answer(cells["category"], self._instrument.scale_of(item)).code
        if code == NO_ANSWER:
            scale = self._instrument.scale_of(item)
            near = nearest(cells["category"], [s for c in scale.categories for s in scale.spellings(c)])
            problem = f"{cells['category']!r} is no answer of item {item}"
            self._problem("unknown_category", line, "category", cells, problem, near)
            return None
        known = {**{k: cells[k] for k in ITEM_KEY}, "item": item, "category": code, "row": line}
        return known | self._figures(line, item, code, cells)

    def _figures(self, line: int, item: str, code: int, cells: dict[Hashable, str]) -> dict[str, object]:
        """Return a row's figures; None for one that is withheld, or wrong and listed among the problems."""
        found: dict[str, object] = {"value": None, "n": None, "n_dont_know": None}
        for column in (self._measure, "n", "n_dont_know"):
            text = cells.get(column, "")
            aside = column == "n_dont_know" or (code == DONT_KNOW_CODE and column == self._measure)
            if is_withheld(text, self._withheld):
                key = (cells["organization"], cells["wave"], item)
                self.suppressed.append(Suppressed(*key, "", line, text, "n_dont_know" if aside else item))
            elif column == self._measure:
                found["value"] = self._value(line, text, cells)
            elif text and not text.isdecimal():
                self._problem("not_a_figure", line, column, cells, f"{text!r} is not a count")
            elif text:
                found[column] = int(text)
            elif column == "n" and self._counted and self._measure != "count":
                self._problem("no_n", line, "n", cells, "no n")
        return found

    def _value(self, line: int, cell: str, cells: dict[Hashable, str]) -> float | None:
        measure = self._measure
        value = parse_number(cell.removesuffix("%").strip(), decimal=self._decimal)
        if value is not None and measure == "share" and cell.endswith("%"):
            value = round(value / 100, 12)
        if value is None or value < 0 or value > {"share": 1, "percent": 100}.get(measure, value):
            self._problem("not_a_figure", line, measure, cells, f"{cell!r} is not a {measure}")
            return None
        return value

    def _problem(
        self,
        rule: str,
        row: int,
        column: str,
        cells: dict[Hashable, str],
        problem: str,
        near: Sequence[str] = (),
    ) -> None:
        proposal = near[0] if near else ""
        self.problems.append(Finding(rule, problem, column, row, str(cells.get(column, ""))[:200], proposal))

    def _refuse_doubles(self) -> None:
        twice = self._frame.duplicated([*ITEM_KEY, "category"], keep=False)
        self.problems += [
            Finding("twice", "organization, wave, item and category occur more than once", row=int(row))
            for row in self._frame.loc[twice, "row"]
        ]
        self.problems.sort(key=lambda problem: problem.row or 0)
        self._frame = self._frame.drop_duplicates([*ITEM_KEY, "category"], keep="last")

    def complete_shares(self) -> pd.DataFrame:
        """Return shares with every category of every item, don't knows apart, and what is a total.

        An organization's item of which a figure is withheld, or wrong, has no rows.
        """
        frame = self._frame
        lost = frame["value"].isna() & frame["category"].ne(DONT_KNOW_CODE)
        if self._measure != "count" and self._counted:
            lost |= frame["n"].isna() & frame["category"].ne(DONT_KNOW_CODE)
        withheld = {(c.organization, c.wave, c.item) for c in self.suppressed if c.column != "n_dont_know"}
        lost |= pd.Series(
            [key in withheld for key in zip(*(frame[k] for k in ITEM_KEY), strict=True)], frame.index
        )
        lost_keys = frame.loc[lost, ITEM_KEY].drop_duplicates().assign(lost=True)
        whole = frame.merge(lost_keys, on=ITEM_KEY, how="left")
        return _complete(whole[whole["lost"].isna()], self._measure, self._instrument, self._unknown_items())

    def _unknown_items(self) -> set[str]:
        """Return the items of which some number of don't knows is withheld."""
        return {cell.item for cell in self.suppressed if cell.column == "n_dont_know"}


def _complete(
    frame: pd.DataFrame, measure: str, instrument: Instrument, uncounted: Collection[str]
) -> pd.DataFrame:
    unknown = frame[frame["category"] == DONT_KNOW_CODE].groupby(ITEM_KEY, sort=False)["value"].sum()
    valid = frame[frame["category"] != DONT_KNOW_CODE].astype({"value": "float64", "n": "float64"})
    groups = valid.groupby(ITEM_KEY, sort=False)
    total, row = groups["value"].sum(), groups["row"].first()
    n = total if measure == "count" else groups["n"].first()
    given = pd.to_numeric(groups["n_dont_know"].first(), errors="coerce").fillna(0)
    if measure == "count":
        given = given.where(given > 0, unknown.reindex(total.index).fillna(0).astype("float64"))
    wide = valid.set_index([*ITEM_KEY, "category"])["value"]
    totals = {
        comparable_text(t)
        for t in (instrument.frequency_tables.totals if instrument.frequency_tables else ())
    }
    rows = [
        {
            **dict(zip(ITEM_KEY, key, strict=True)),
            "kind": "total" if comparable_text(str(key[0])) in totals else "organization",
            "category": category,
            "share": _share(wide.get((*key, category), 0.0), measure, total[key]),
            "n": UNKNOWN if np.isnan(n[key]) else int(n[key]),
            "n_dont_know": 0 if key[2] in uncounted else int(given[key]),
            "place": f"row {row[key]}",
        }
        for key in total.index
        for category in instrument.scale_of(key[2]).categories
    ]
    columns = [*ITEM_KEY, "kind", "category", "share", "n", "n_dont_know", "place"]
    return pd.DataFrame(rows, columns=columns)


def _turned_back(frame: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return shares that were turned with reverse-keyed items as they were answered."""
    scales = {item.id: instrument.scale_of(item.id) for item in instrument.rated_items if item.reverse}
    ends = frame["item"].map({item: scale.min + scale.max for item, scale in scales.items()})
    return frame.assign(
        category=frame["category"].where(ends.isna(), ends - frame["category"]).astype("int64")
    )


def _share(value: float, measure: str, total: float) -> float:
    if measure == "count":
        return value / total if total else 0.0
    return value / 100 if measure == "percent" else value
