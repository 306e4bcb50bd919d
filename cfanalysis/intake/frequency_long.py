"""Published frequency tables as one long table: a row for each organization, wave, item and category.

Columns: ``organization, wave, item, category`` (code or label), one of ``share`` (0 to 1), ``percent`` and ``count``,
and ``n`` (the valid answers to the item; summed where counts are given), perhaps ``n_dont_know``. A category that is
a "don't know" is counted apart; a category that is not listed has no answers, but shares must sum to 1. Where a figure
is withheld (`cfanalysis.intake.frequency_checks`), the item is missing for that organization and wave. A
column ``kind`` is that of our own export of shares, in which reverse-keyed items are turned already.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from cfanalysis.core.errors import IntakeError, nearest
from cfanalysis.intake.answers import NO_ANSWER, parse_answer, parse_number
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
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

_MEASURES = ("share", "percent", "count")
LONG_COLUMNS = (*ITEM_KEY, "kind", "category", *_MEASURES, "n", "n_dont_know")


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
        known, needed = {name: (name,) for name in LONG_COLUMNS}, ("organization", "item", "category")
        table, ignored = read_named_columns(path, instrument, known, needed=needed, options=options)
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
        frame = read.frame()
        if frame.empty and not read.problems:
            refuse_unanswered(frame, path.name)
        organizations = f"{frame['organization'].nunique():,} rows, by {measures[0]}"
        size = f"{frame['item'].nunique():,} frequency tables of {organizations}"
        if read.turned:
            size += ", as exported: reverse-keyed items are turned already"
        notes = [f"{path.name}: {size}", *([f"{path.name}: ignored {', '.join(ignored)}"] if ignored else [])]
        return FrequencyCounts(
            frame, path.name, self.name, tuple(notes), tuple(read.problems), tuple(read.suppressed)
        )


@dataclass
class _Table:
    """What is read of the answers of one organization to one item: its first row, and the figures."""

    row: int
    values: dict[int, float | None] = field(default_factory=dict)
    n: int | None = None
    n_dont_know: int | None = None
    lost: bool = False
    """A figure is withheld, or wrong."""


class _Reading:
    """What is read of the file: tables by organization, wave and item, withheld cells, and all that is wrong."""

    def __init__(
        self, table: pd.DataFrame, measure: str, where: str, instrument: Instrument, options: ReadingOptions
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
        self._tables: dict[tuple[str, str, str], _Table] = {}
        described = instrument.frequency_tables
        first = described.wave if described is not None else next(iter(instrument.waves), "1")
        self._totals = {comparable_text(t) for t in (described.totals if described is not None else ())}
        figures = (t.rstrip("% ") for t in table[measure] if not is_withheld(t, self._withheld))
        # Some publishers give shares and never say of how many.
        self._counted = "n" in table and measure != "count"
        self._decimal, _ = decimal_sign(figures, where=where, given=options.decimal)
        for row, cells in table.to_dict(orient="index").items():
            self._row(int(str(row)), {"wave": "", **cells} | ({} if cells.get("wave") else {"wave": first}))

    def _row(self, row: int, cells: dict[Hashable, str]) -> None:
        """Take what a row says."""
        item = self._items.get(comparable_text(cells["item"]))
        if item is None:
            near = nearest(cells["item"], self._items)
            problem = f"no item {cells['item']!r} (the nearest: {', '.join(near) or 'none'})"
            return self._problem("unknown_item", row, "item", cells, problem, near)
        if not cells["organization"] or is_placeholder(cells["organization"]):
            return self._problem("no_organization", row, "organization", cells, "no organization")
        scale = self._instrument.scale_of(item)
        code = parse_answer(cells["category"], scale).code
        if code == NO_ANSWER:
            near = nearest(cells["category"], [s for c in scale.categories for s in scale.spellings(c)])
            problem = f"{cells['category']!r} is no answer of item {item}"
            return self._problem("unknown_category", row, "category", cells, problem, near)
        key = (cells["organization"], cells["wave"], item)
        table = self._tables.setdefault(key, _Table(row))
        if code in table.values:
            problem = "organization, wave, item and category occur more than once"
            self._problem("twice", row, "", cells, problem)
        return self._figures(row, table, key, code, cells)

    def _figures(
        self, row: int, table: _Table, key: tuple[str, str, str], code: int, cells: dict[Hashable, str]
    ) -> None:
        """Take a row's figures; without one that is withheld, or wrong, the table is lost."""
        table.values[code] = None
        for column in (self._measure, "n", "n_dont_know"):
            text = cells.get(column, "")
            aside = column == "n_dont_know" or code == DONT_KNOW_CODE
            wrong = ""
            if is_withheld(text, self._withheld):
                apart = column == "n_dont_know" or (aside and column == self._measure)
                self.suppressed.append(Suppressed(*key, "", row, text, "n_dont_know" if apart else key[2]))
                table.lost |= not apart
            elif column == self._measure:
                table.values[code] = self._value(text)
                wrong = f"{text!r} is not a {column}" if table.values[code] is None else ""
            elif text and not text.isdecimal():
                wrong = f"{text!r} is not a count"
            elif text and column == "n" and not aside:
                table.n = int(text) if table.n is None else table.n
            elif text and column == "n_dont_know" and code != DONT_KNOW_CODE:
                table.n_dont_know = int(text) if table.n_dont_know is None else table.n_dont_know
            elif not text and column == "n" and self._counted:
                self._problem("no_n", row, "n", cells, "no n")
                table.lost |= not aside
            if wrong:
                self._problem("not_a_figure", row, column, cells, wrong)
                table.lost |= not aside and (column == self._measure or self._counted)

    def _value(self, cell: str) -> float | None:
        """Return a figure, None where the cell is none."""
        measure = self._measure
        value = parse_number(cell.removesuffix("%").strip(), decimal=self._decimal)
        if value is not None and measure == "share" and cell.endswith("%"):
            value = round(value / 100, 12)
        fits = value is not None and 0 <= value <= {"share": 1, "percent": 100}.get(measure, value)
        return value if fits else None

    def _problem(
        self,
        rule: str,
        row: int,
        column: str,
        cells: dict[Hashable, str],
        problem: str,
        near: Sequence[str] = (),
    ) -> None:
        value = str(cells.get(column, ""))[:200]
        self.problems.append(Finding(rule, problem, column, row, value, near[0] if near else ""))

    def frame(self) -> pd.DataFrame:
        """Return shares with every category of every item, don't knows apart, and what is a total.

        An organization's item of which a figure is withheld, or wrong, has no rows.
        """
        uncounted = {cell.item for cell in self.suppressed if cell.column == "n_dont_know"}
        rows = []
        for (organization, wave, item), table in self._tables.items():
            unknown = table.values.pop(DONT_KNOW_CODE, None) or 0
            if table.lost or not table.values:
                continue
            total = sum(value or 0 for value in table.values.values())
            base = {"share": 1.0, "percent": 100.0}.get(self._measure, total or 1.0)
            given = table.n_dont_know or (int(unknown) if self._measure == "count" else 0)
            scale = self._instrument.scale_of(item)
            turned = self.turned and self._instrument.item(item).reverse
            fixed = {
                "organization": organization,
                "wave": wave,
                "item": item,
                "kind": "total" if comparable_text(organization) in self._totals else "organization",
                "n": int(total) if self._measure == "count" else UNKNOWN if table.n is None else table.n,
                "n_dont_know": 0 if item in uncounted else given,
                "place": f"row {table.row}",
            }
            rows += [
                {
                    **fixed,
                    "category": scale.min + scale.max - category if turned else category,
                    "share": (table.values.get(category) or 0.0) / base,
                }
                for category in scale.categories
            ]
        columns = [*ITEM_KEY, "kind", "category", "share", "n", "n_dont_know", "place"]
        return pd.DataFrame(rows, columns=columns)
