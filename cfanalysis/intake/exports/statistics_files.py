"""SPSS (.sav, .zsav) and Stata (.dta): one row per respondent, with labels of variables and of values.

A variable is matched by its name or its label. Of a value that has a label of the item's scale, the label counts, so
that a file that numbers the answers the other way round is read correctly, and a note says so. Values that the file
declares missing are missing, unless they stand for "don't know". What a survey tool wrote for SPSS or Stata has the
tool's own columns, which are used as in its other exports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake.columns import header_meanings
from cfanalysis.intake.exports.column_names import distinct_names
from cfanalysis.intake.exports.confirmit import Confirmit
from cfanalysis.intake.exports.decipher import Decipher
from cfanalysis.intake.exports.export_layout import ExportColumn, Layout, Tool
from cfanalysis.intake.exports.export_reader import TableReader
from cfanalysis.intake.exports.export_tables import Laid
from cfanalysis.intake.exports.kobo import Kobo
from cfanalysis.intake.exports.limesurvey import LimeSurvey
from cfanalysis.intake.exports.qualtrics import Qualtrics
from cfanalysis.intake.exports.redcap import RedCap
from cfanalysis.intake.exports.sosci import SoSci
from cfanalysis.intake.exports.unipark import Unipark
from cfanalysis.intake.exports.value_labels import ValueLabels
from cfanalysis.intake.findings import Finding, refuse_findings
from cfanalysis.intake.folding import without_markup
from cfanalysis.intake.reading_options import DETECT_ALL, ReadingOptions
from cfanalysis.survey.instrument import Instrument

_TOOLS: tuple[Tool, ...] = (
    Qualtrics(),
    LimeSurvey(),
    RedCap(),
    Kobo(),
    Unipark(),
    SoSci(),
    Decipher(),
    Confirmit(),
)
"""Tools that write files for statistics programs."""


class StatisticsFileReader(TableReader):
    """A reader of files of a statistics program.

    Parameters
    ----------
    name, about
        As of a `Reader`.
    function
        The function of pyreadstat that reads them.
    begins
        Whether the first bytes are those of such a file.
    """

    def __init__(self, name: str, about: str, function: str, begins: Callable[[bytes], bool]) -> None:
        self.name, self.about, self._function, self._begins = name, about, function, begins

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether the file begins as such a file does."""
        with path.open("rb") as stream:
            return self._begins(stream.read(16))

    def table(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL) -> Laid:
        """Return the variables, and what they are."""
        meta = self._call(path, options, metadataonly=True)[1]
        layout = self._layout(meta, instrument, options)
        names = [str(name) for name in meta.column_names]
        return _Variables(
            partial(self._call, path, options), path.name, names, layout, instrument, options
        ), layout

    def _layout(self, meta: Any, instrument: Instrument, options: ReadingOptions) -> Layout:
        """Return variables as columns, and what a survey tool's own variables are for."""
        names = [str(name) for name in meta.column_names]
        labels = [without_markup(str(label or "")) for label in meta.column_labels]
        columns = [_column(name, label) for name, label in zip(names, labels, strict=True)]
        known = header_meanings(instrument, options.columns)
        for tool in _TOOLS:
            found = tool.layout([names, labels], known)
            if found is not None:
                columns = [_with_label(c, label) for c, label in zip(found.columns, labels, strict=True)]
                return replace(
                    found, columns=tuple(columns), detected=f"{self._program} file of a {found.detected}"
                )
        return Layout(tuple(columns), 0, f"{self._program} file")

    @property
    def _program(self) -> str:
        return {"spss": "SPSS", "stata": "Stata"}.get(self.name, self.name)

    def _call(self, path: Path, options: ReadingOptions, **how: Any) -> tuple[pd.DataFrame, Any]:
        try:
            pyreadstat = import_module("pyreadstat")
        except ImportError as error:
            raise IntakeError(
                f"{self._program} files are read with pyreadstat, which is not installed.",
                where=path.name,
                value=error,
                next_step="Install it: pip install pyreadstat. Or save the answers as CSV.",
            ) from None
        try:
            values, meta = getattr(pyreadstat, self._function)(
                str(path), encoding=options.encoding, user_missing=True, **how
            )
        except Exception as error:
            # The library below raises its own errors, and those of Python for dates and texts that do not fit.
            raise IntakeError(
                f"This is not {self.about} that can be read.",
                where=path.name,
                value=f"{type(error).__name__}: {error}",
                next_step="Save it again in its program, or as CSV; if letters come out wrong, give --encoding.",
            ) from None
        return values, meta


class _Variables:
    """The variables of a file as the columns of a table."""

    detected: tuple[str, ...] = ()

    def __init__(
        self,
        read: Callable[..., tuple[pd.DataFrame, Any]],
        where: str,
        names: Sequence[str],
        layout: Layout,
        instrument: Instrument,
        options: ReadingOptions,
    ) -> None:
        self._read, self.where, self._names, self._columns = read, where, names, layout.columns
        self._instrument, self._lenient = instrument, options.lenient
        self.notes: list[str] = []
        self.problems: list[Finding] = []
        self.value_labels: dict[str, dict[Any, str]] = {}

    def frame(
        self, depth: int, width: int, names: Mapping[int, str], reach: int | None = None
    ) -> pd.DataFrame:
        """Return variables by their places: codes, or labels where they say more."""
        values, meta = self._read(usecols=[self._names[place] for place in names])
        labels = ValueLabels(meta, self._instrument, where=self.where)
        index = pd.RangeIndex(1, len(values) + 1, name="row")
        made = {}
        for place, name in names.items():
            column, variable = self._columns[place], self._names[place]
            own = (column.choice, *column.texts, *column.parts)
            made[place] = labels.texts(values[variable], variable, name, index, own)
        self.notes, self.problems = labels.notes(), labels.problems
        self.value_labels = dict(meta.variable_value_labels or {})
        if not self._lenient:
            refuse_findings(
                self.problems,
                "Value labels do not name the answers:",
                where=self.where,
                allowed="a label of the scale for each value, or the scale's codes as values",
                next_step="Write the file's labels into the instrument beside those of the scale (labels: {5: [Agree, "
                "Rather agree]}), or let a map say what they mean; where values are the scale's codes, take the labels "
                "out of the file.",
            )
        return pd.DataFrame(made, index=index)


def _column(name: str, label: str) -> ExportColumn:
    statements = _statement(label)
    if not statements:
        return ExportColumn((name,), distinct_names(label))
    question = label.replace(statements[0], "").strip(" -[]")
    return ExportColumn((name,), distinct_names(label), statements, question=question, choice=statements[0])


def _with_label(column: ExportColumn, label: str) -> ExportColumn:
    if column.use is not None:
        return column
    return replace(
        column,
        texts=distinct_names(*column.texts, label),
        parts=distinct_names(*column.parts, *_statement(label)),
    )


def _statement(label: str) -> tuple[str, ...]:
    """Return what may be the row of a grid in a variable's label.

    Examples
    --------
    >>> _statement("How far do you agree? - We do it."), _statement("[We do it.] How far?")
    (('We do it.',), ('We do it.',))
    """
    parts = [label.split(" - ", 1)[1]] if " - " in label else []
    if "[" in label and "]" in label:
        parts.append(label[label.index("[") + 1 : label.rindex("]")])
    return distinct_names(*parts)


def _is_spss(head: bytes) -> bool:
    return head.startswith((b"$FL2", b"$FL3"))


def _is_stata(head: bytes) -> bool:
    """Return whether bytes are the head of a .dta file: release, byte order and file type; since 13 a tag."""
    old = len(head) > 3 and 102 <= head[0] <= 115 and head[1] in (1, 2) and head[2] == 1
    return head.startswith(b"<stata_dta>") or old


SPSS = StatisticsFileReader("spss", "an SPSS file (.sav, .zsav)", "read_sav", _is_spss)
STATA = StatisticsFileReader("stata", "a Stata file (.dta)", "read_dta", _is_stata)
