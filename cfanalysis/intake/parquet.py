"""Responses as a Parquet file: columns named as the instrument names them, one row per respondent.

The file is read in batches, so that ten million respondents need no more than their answers. A column may hold
numbers, texts, categories, yes and no, or dates; each distinct value becomes a text once. Rows are counted from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake.columnar import DISTINCT, compact_frame
from cfanalysis.intake.excel import value_text
from cfanalysis.intake.findings import Finding

_BATCH = 1 << 16


def is_parquet(path: Path) -> bool:
    """Return whether the file begins as Parquet does."""
    with path.open("rb") as stream:
        return stream.read(4) == b"PAR1"


class ParquetTable:
    """The table of a Parquet file."""

    detected = ("Parquet",)

    def __init__(self, path: Path) -> None:
        self._path, self._schema, self.where = path, _schema(path), path.name
        self.notes: list[str] = []
        self.problems: list[Finding] = []
        self.names = list(self._schema.names)

    def frame(
        self, depth: int, width: int, names: Mapping[int, str], reach: int | None = None
    ) -> pd.DataFrame:
        """Return columns by their places."""
        used = {self.names[place]: place for place in sorted(names)}
        try:
            return compact_frame(_batches(self._path, self._schema, list(used)), used, first_row=1)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self._path, error) from None


def _schema(path: Path) -> pa.Schema:
    try:
        return parquet.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> IntakeError:
    return IntakeError(
        "This is not a readable Parquet file.",
        where=path.name,
        value=error,
        next_step="Write it again, or export the answers as CSV.",
    )


def _batches(path: Path, schema: pa.Schema, columns: list[str]) -> Iterator[pa.RecordBatch]:
    texts = [c for c in columns if pa.types.is_string(schema.field(c).type)]
    with parquet.ParquetFile(path, read_dictionary=texts, pre_buffer=False) as file:
        for batch in file.iter_batches(batch_size=_BATCH, columns=columns, use_threads=False):
            arrays = [_as_texts(batch.column(name), name) for name in columns]
            yield pa.RecordBatch.from_arrays(arrays, names=columns)


def _as_texts(array: pa.Array, name: str) -> pa.Array:
    """Return a column as texts, or as a dictionary of texts where values repeat."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        if pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type):
            return array
        return pa.DictionaryArray.from_arrays(array.indices, _values_as_texts(array.dictionary, name))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return array.cast(pa.large_string())
    encoded = array.dictionary_encode()
    if len(encoded.dictionary) > DISTINCT:
        return _values_as_texts(array, name)
    return pa.DictionaryArray.from_arrays(encoded.indices, _values_as_texts(encoded.dictionary, name))


def _values_as_texts(values: pa.Array, name: str) -> pa.Array:
    kind = values.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        raise IntakeError(
            f"The column {name!r} holds {kind}, which cannot be an answer.",
            allowed="numbers, texts, yes and no, dates",
        )
    if pa.types.is_integer(kind):
        return values.cast(pa.large_string())
    if pa.types.is_floating(kind):
        values = pc.if_else(pc.is_nan(values), pa.scalar(None, type=kind), values)
    return pa.array(
        [value_text(v) if v is not None else None for v in values.to_pylist()], type=pa.large_string()
    )
