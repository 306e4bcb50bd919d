"""Values with labels, as statistics programs keep them, become the texts that intake reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake.answers import DONT_KNOW, answer
from cfanalysis.intake.excel import cell_text
from cfanalysis.intake.exports.texts import texts_of
from cfanalysis.survey.instrument import Instrument, Scale


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
        self._missing = 0

    def texts(self, column: pd.Series, variable: str, name: str | None, index: pd.Index) -> pd.Series:
        """Return a variable as texts: codes, or labels where they say more.

        Parameters
        ----------
        column
            The values.
        variable
            Its name in the file.
        name
            The item or field that it is, if any.
        index
            Numbers of the rows.

        Raises
        ------
        IntakeError
            Labels and codes contradict each other, and some values have no label.
        """
        values = column.to_numpy(dtype=object)
        codes, found = pd.factorize(values, use_na_sentinel=True)
        labels = self._labels.get(variable, {})
        scale = self._instrument.scale_of(name) if name in self._items else None
        missing = [self._is_missing(variable, value) for value in found]
        texts = [
            self._missing_text(value, labels, scale) if gone else self._text(value, labels, scale)
            for value, gone in zip(found, missing, strict=True)
        ]
        counts = np.bincount(codes[codes >= 0], minlength=len(found))
        self._missing += int(
            sum(n for n, gone, t in zip(counts, missing, texts, strict=True) if gone and not t)
        )
        if scale is not None:
            self._see_turned(variable, found, texts, labels, scale)
        table = np.array([*texts, ""], dtype=object)
        return texts_of(table[codes], index)

    def notes(self) -> list[str]:
        """Return what was found, to be said aloud."""
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
        if label and answer(label, scale).code == DONT_KNOW:
            return label
        text = cell_text(value)
        return text if answer(text, scale).code == DONT_KNOW else ""

    def _text(self, value: Any, labels: Mapping[Any, str], scale: Scale | None) -> str:
        label = str(labels.get(value, "")).strip()
        text = _value_text(value)
        if scale is None:
            return label or text
        if label:
            read = answer(label, scale)
            if read.rule == "label" and str(read.code) != text:
                return label
        return text

    def _see_turned(
        self, variable: str, found: Any, texts: list[str], labels: Mapping[Any, str], scale: Scale
    ) -> None:
        """Note where labels say another code than the value; what has no label then cannot be read."""
        turned = [
            (text, value)
            for value, text in zip(found, texts, strict=True)
            if value in labels and (code := answer(text, scale)).rule == "label" and code.code != DONT_KNOW
        ]
        if not turned:
            return
        bare = [value for value, text in zip(found, texts, strict=True) if text and value not in labels]
        if bare:
            raise IntakeError(
                "Labels and codes of a variable contradict each other, and some values have no label.",
                where=f"{self._where}, variable {variable}",
                value=f"{cell_text(turned[0][1])} is {turned[0][0]!r}; no label: {', '.join(map(cell_text, bare[:5]))}",
                allowed=f"the codes of the scale, {scale.min} to {scale.max}, or a label for each value",
                next_step="Label all values in the file, or save the answers as labels in CSV.",
            )
        label, value = turned[0]
        self._turned[variable] = f"{cell_text(value)} is {label!r}"


def _value_text(value: Any) -> str:
    """Return a value as text; a day without a time is a day."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return cell_text(value)
