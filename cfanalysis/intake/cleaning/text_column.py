"""A column of texts as codes into its distinct values, so that each distinct value is interpreted once.

A survey of a million people knows five answers to an item: cleaning reads the five, and the million are moved
by one look-up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cfanalysis.core.spreadsheets import unescape_formula
from cfanalysis.core.text_folding import smooth_text
from cfanalysis.intake.columnar import DISTINCT
from cfanalysis.intake.folding import comparable_text

Codes = NDArray[np.integer]
Booleans = NDArray[np.bool_]

# What `smooth_text` may change, as RE2 writes it: white space at an end, any but the plain space, or two; marks that
# stand apart from their letter; characters that nobody sees.
_ODD = r"\t-\r\x{1c}-\x{1f}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_SPACES = rf"^ | $|  |[{_ODD}]|\pM|[\x{{200b}}\x{{200e}}\x{{200f}}\x{{2060}}\x{{feff}}\x{{ad}}]"

_FEW = 1_000
"""So many values are looked at sooner than an expression with classes of Unicode is compiled."""


class TextColumn(NamedTuple):
    """A column of texts: `values` are distinct (pyarrow large strings), `codes` say which stands in each row."""

    codes: Codes
    values: pa.Array

    @classmethod
    def of(cls, column: pd.Series) -> TextColumn:
        """Return a column of texts or of categories of texts; what is missing is an empty text."""
        if isinstance(column.dtype, pd.CategoricalDtype):
            codes, values = column.cat.codes.to_numpy(), column.cat.categories
            if (codes < 0).any():
                return cls.of(column.astype("str").fillna(""))
        else:
            codes, values = pd.factorize(column.astype("str").fillna(""))
        return cls(codes, pa.array(values, type=pa.large_string(), from_pandas=True))

    @classmethod
    def constant(cls, text: str, length: int) -> TextColumn:
        """Return a column with the same text in every row.

        Parameters
        ----------
        text
            The text.
        length
            Number of rows.
        """
        return cls(np.zeros(length, dtype=np.int8), pa.array([text], type=pa.large_string()))

    def equals(self, text: str) -> Booleans:
        """Return which rows hold this text."""
        return self.where(pc.equal(self.values, text))

    def where(self, hit: pa.Array) -> Booleans:
        """Return which rows hold a value that is hit."""
        hits = np.asarray(hit)
        return hits[self.codes] if hits.any() else np.zeros(len(self.codes), dtype=bool)

    def among(self, texts: Collection[str]) -> pa.Array:
        """Return which of the distinct values are among some texts."""
        return pc.is_in(self.values, value_set=pa.array(list(texts), type=pa.large_string()))

    def take(self, rows: Booleans | Codes) -> TextColumn:
        """Return some rows."""
        return TextColumn(self.codes[rows], self.values)

    def texts(self, rows: Booleans | None = None) -> pd.Series:
        """Return the rows' texts, one by one."""
        codes = self.codes if rows is None else self.codes[rows]
        series: pd.Series = self.values.take(pa.array(codes)).to_pandas()
        return series

    def replace_values(self, changes: Mapping[str, str]) -> TextColumn:
        """Return the column with some values put in place of others; values stay distinct."""
        if not changes:
            return self
        encoded = pa.array([changes.get(t, t) for t in self.values.to_pylist()], type=pa.large_string())
        encoded = encoded.dictionary_encode()
        moved = np.asarray(encoded.indices).astype(self.codes.dtype)
        return TextColumn(moved[self.codes], encoded.dictionary)

    def frequencies(self, rows: Booleans) -> dict[str, int]:
        """Return in how many of some rows each value stands, without those that stand in none."""
        count = np.bincount(self.codes[rows], minlength=len(self.values))
        return {t: n for t, n in zip(self.values.to_pylist(), count.tolist(), strict=True) if n}

    def ranks(self) -> tuple[Codes, pa.Array]:
        """Return each row's rank among the distinct values in code point order, and the values in that order."""
        order = np.asarray(pc.array_sort_indices(self.values))
        rank = np.empty(len(order), dtype=np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        return rank[self.codes], self.values.take(pa.array(order))

    def white_space_fixes(self) -> dict[str, str]:
        """Return for each value with superfluous white space the value without."""
        return {t: smooth_text(t) for t in self.candidates(_SPACES) if t != smooth_text(t)}

    def apostrophe_fixes(self) -> dict[str, str]:
        """Return for each value with an apostrophe against formulas the value without."""
        quoted = self.values.filter(pc.starts_with(self.values, "'")).to_pylist()
        return {t: unescape_formula(t) for t in quoted if t != unescape_formula(t)}

    def values_among(self, texts: set[str]) -> list[str]:
        """Return the values that are among some texts (`comparable_text`); of very many, without case."""
        if len(self.values) <= DISTINCT:
            return [t for t in self.values.to_pylist() if comparable_text(t) in texts]
        values = self.values
        if not any(map(str.isdigit, "".join(texts))):
            # Ids mostly hold digits: what cannot be among the texts is passed over at once.
            values = values.filter(pc.invert(pc.match_substring_regex(values, "[0-9]")))
        hit = pc.is_in(pc.utf8_lower(values), value_set=pa.array(sorted(texts), type=pa.large_string()))
        return [str(t) for t in values.filter(hit).to_pylist()]

    def candidates(self, pattern: str) -> list[str]:
        """Return the values to look at one by one: of few all, of many those that a regular expression (RE2) finds."""
        values = self.values
        if len(values) > _FEW:
            values = values.filter(pc.match_substring_regex(values, pattern))
        return [str(t) for t in values.to_pylist()]

    def map_values(self, change: Callable[[str], str]) -> dict[str, str]:
        """Return what a function changes, value by value."""
        changes = {t: change(t) for t in self.values.to_pylist()}
        return {before: after for before, after in changes.items() if before != after}
