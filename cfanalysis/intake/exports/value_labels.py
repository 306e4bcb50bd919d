"""Values with labels, as statistics programs keep them, become the texts that intake reads.

A label names the answer, whatever the value is; programs write it with a code before or behind. Values whose labels
cannot be read count by themselves only where other labels of the variable show that its values are the scale's codes:
else a scale that is numbered the other way round, or from another number on, would be read wrongly.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.intake.answers import NO_ANSWER, anchored_label, parse_answer
from cfanalysis.intake.excel import value_text
from cfanalysis.intake.exports.distinct_texts import text_categories
from cfanalysis.intake.exports.multiple_choice import CHOICE_MARKS, NOT_CHOSEN, chosen_code
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.folding import comparable_text
from cfanalysis.survey.instrument import Instrument, Scale
from cfanalysis.survey.survey_data import DONT_KNOW_CODE


class ValueLabels:
    """Labels and missing values of a file's variables.

    Parameters
    ----------
    meta
        What pyreadstat tells of the file.
    instrument
        What the survey asks; the scales say what labels mean.
    where
        The file's name, for messages.
    """

    def __init__(self, meta: Any, instrument: Instrument, *, where: str) -> None:
        self._labels: Mapping[str, Mapping[Any, str]] = meta.variable_value_labels or {}
        self._ranges: Mapping[str, list[dict[str, Any]]] = meta.missing_ranges or {}
        self._tags: Mapping[str, list[Any]] = meta.missing_user_values or {}
        self._instrument, self._where = instrument, where
        self._items = {item.id for item in instrument.rated_items}
        self._turned: dict[str, str] = {}
        self.problems: list[Finding] = []
        """Variables whose labels cannot be read, or contradict their values."""
        self._missing = 0

    def texts(
        self, column: pd.Series, variable: str, name: str, index: pd.Index, own: Collection[str] = ()
    ) -> pd.Series:
        """Return a variable as texts: codes, or labels where they say more.

        Parameters
        ----------
        column
            The values.
        variable
            Its name in the file.
        name
            The item or field that it is, "" for none.
        index
            Numbers of the rows.
        own
            Names of the variable: where it is one choice of several, a label that is one of them means "chosen".
        """
        values = column.to_numpy(dtype=object)
        codes, found = pd.factorize(values, use_na_sentinel=True)
        labels = self._labels.get(variable, {})
        scale = self._instrument.scale_of(name) if name in self._items else None
        missing = [self._is_missing(variable, value) for value in found]
        names_of_choice = {comparable_text(text) for text in own} - {""}
        texts = [
            self._missing_text(value, labels, scale)
            if gone
            else self._text(value, labels, scale, names_of_choice)
            for value, gone in zip(found, missing, strict=True)
        ]
        counts = np.bincount(codes[codes >= 0], minlength=len(found))
        self._missing += int(
            sum(n for n, gone, t in zip(counts, missing, texts, strict=True) if gone and not t)
        )
        if scale is not None:
            there = [v for v, gone in zip(found, missing, strict=True) if not gone]
            self._see_coding(variable, there, labels, scale, names_of_choice)
        table = np.array([*texts, ""], dtype=object)
        return text_categories(table[codes], index)

    def notes(self) -> list[str]:
        """Return notes on what was found."""
        said = []
        if self._turned:
            shown = "; ".join(f"{variable}: {how}" for variable, how in list(self._turned.items())[:10])
            more = f" and {len(self._turned) - 10} more" if len(self._turned) > 10 else ""
            said.append(
                f"{self._where}: values are numbered otherwise than on the scale, labels count: {shown}{more}"
            )
        if self._missing:
            said.append(f"{self._where}: {self._missing:,} cells hold values that the file declares missing")
        return said

    def _is_missing(self, variable: str, value: Any) -> bool:
        if value in self._tags.get(variable, ()):
            return True
        for span in self._ranges.get(variable, ()):
            low, high = span.get("lo"), span.get("hi")
            try:
                if low <= value <= high:
                    return True
            except TypeError:
                continue
        return False

    def _missing_text(self, value: Any, labels: Mapping[Any, str], scale: Scale | None) -> str:
        """Return "don't know" where a missing value stands for it, else nothing."""
        if scale is None:
            return ""
        label = str(labels.get(value, ""))
        if label and parse_answer(label, scale).code == DONT_KNOW_CODE:
            return label
        text = value_text(value)
        return text if parse_answer(text, scale).code == DONT_KNOW_CODE else ""

    def _text(self, value: Any, labels: Mapping[Any, str], scale: Scale | None, own: set[str]) -> str:
        label = str(labels.get(value, "")).strip()
        text = _value_text(value)
        if scale is None:
            return label or text
        code = _code(label, scale, own)
        return text if code == NO_ANSWER else str(code)

    def _see_coding(
        self, variable: str, there: Sequence[Any], labels: Mapping[Any, str], scale: Scale, own: set[str]
    ) -> None:
        """Note whether labels say other codes than the values, and list variables whose values cannot be trusted."""
        codes = {value: _code(str(label), scale, own) for value, label in labels.items()}
        read = {value: code for value, code in codes.items() if code > NO_ANSWER}
        turned = [value for value, code in read.items() if code != value]
        unread = [v for v in there if v in scale.categories and codes.get(v, NO_ANSWER) == NO_ANSWER]
        strange = [v for v in unread if v in labels and comparable_text(str(labels[v])) != value_text(v)]
        middle = (scale.min + scale.max) / 2
        sure = len(set(read.values())) > 1 or any(code != middle for code in read.values())
        if not any(scale.spellings(code) for code in scale.categories):
            strange = [
                v for v in strange if (a := anchored_label(str(labels[v]))) and a.marked and a.code != v
            ]
        shown = "; ".join(f"{value_text(v)} is {str(labels[v])[:60]!r}" for v in (turned or strange)[:3])
        if turned and unread:
            bare = ", ".join(map(value_text, unread[:5]))
            problem = f"variable {variable}: {shown}, and no label of the scale: {bare}"
            self.problems.append(Finding("value_label", problem, variable))
        elif turned:
            self._turned[variable] = shown.partition(";")[0]
        elif strange and not sure:
            problem = f"variable {variable}: {shown}: not a label of the scale {_labelled(scale)}"
            self.problems.append(Finding("value_label", problem, variable))


def _code(label: str, scale: Scale, own: set[str]) -> int:
    """Return the answer that a label names; marks of choices are answers of a scale of two."""
    read = parse_answer(label, scale)
    if read.code != NO_ANSWER and read.rule != "label":
        return NO_ANSWER  # a label that is nothing but a number
    if read.code == NO_ANSWER and len(scale.categories) == 2:
        chosen, word = chosen_code(scale), comparable_text(label)
        if word in CHOICE_MARKS or word in own:
            return chosen
        return scale.min + scale.max - chosen if word in NOT_CHOSEN else NO_ANSWER
    return read.code


def _labelled(scale: Scale) -> str:
    shown = ", ".join(f"{c}: {scale.label(c)}" for c in scale.categories if scale.spellings(c))
    return f"({shown})" if shown else f"{scale.min} to {scale.max}"


def _value_text(value: Any) -> str:
    """Return a value as text; a day without a time is a day."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, (date, time)) else value_text(value)
