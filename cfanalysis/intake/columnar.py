"""Batches of texts become one compact table: each distinct text once, and small codes for the rows.

Readers hand over pyarrow record batches whose columns are texts or dictionaries of texts. A column with very many
distinct texts (respondents, comments) is kept as texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

DISTINCT = 5_000
"""A batch with more distinct texts in a column than this makes the column a plain one."""


class _Column:
    """One column while it is collected."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._codes: list[np.ndarray] = []
        self._plain: list[pa.Array] | None = None

    def add(self, array: pa.Array) -> None:
        coded = pa.types.is_dictionary(array.type)
        if self._plain is None:
            if not coded and _repetitive(array):
                array, coded = array.dictionary_encode(), True
            if not coded or len(array.dictionary) > DISTINCT:
                self._become_plain()
        if self._plain is not None:
            plain = array.dictionary_decode() if coded else array
            self._plain.append(pc.fill_null(plain.cast(pa.large_string()), ""))
            return
        places = self._places
        local = [places.setdefault(t or "", len(places)) for t in array.dictionary.to_pylist()]
        indices = array.indices
        if array.null_count:
            local.append(places.setdefault("", len(places)))
            indices = pc.fill_null(indices, len(local) - 1)
        kind = np.min_scalar_type(-max(len(places), 1))
        self._codes.append(np.array(local or [0], dtype=kind)[np.asarray(indices)])

    def _become_plain(self) -> None:
        values = pa.array(list(self._places) or [""], type=pa.large_string())
        self._plain = [values.take(pa.array(codes)) for codes in self._codes]
        self._codes = []

    def series(self, index: pd.Index) -> pd.Series:
        """Return the whole column: categories where texts repeat, else texts."""
        if self._plain is not None:
            texts: pd.Series = pa.chunked_array(self._plain, type=pa.large_string()).to_pandas()
            return texts.set_axis(index)
        codes = np.concatenate(self._codes) if self._codes else np.zeros(0, dtype=np.int8)
        categories = pd.Index(list(self._places), dtype="str")
        return pd.Series(pd.Categorical.from_codes(codes, categories, validate=False), index=index)


def _repetitive(array: pa.Array) -> bool:
    """Return whether texts repeat, by the first few thousand."""
    head = array[: 4 * DISTINCT]
    return len(array) <= DISTINCT or pc.count_distinct(head).as_py() < 0.5 * len(head)


def compact_frame(
    batches: Iterable[pa.RecordBatch], places: Mapping[str, int], *, first_row: int
) -> pd.DataFrame:
    """Return batches as one frame.

    Parameters
    ----------
    batches
        Record batches of texts or dictionaries of texts.
    places
        The batches' column -> the frame's column, in the frame's order.
    first_row
        Number of the first row in the file.
    """
    columns = {place: _Column() for place in places.values()}
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        for source, place in places.items():
            columns[place].add(batch.column(source))
    index = pd.RangeIndex(first_row, first_row + rows, name="row")
    pa.default_memory_pool().release_unused()
    made = {place: columns.pop(place).series(index) for place in list(columns)}
    return pd.DataFrame(made, index=index)
