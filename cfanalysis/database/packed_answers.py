"""Compact storage of answers and flags.

The rated answers of a respondent are one byte for each rated item, in the order in which the instrument's version
lists them (``instruments.items``). A byte is a signed number: the answer as given, before reverse keying; -128 for
"don't know"; -127 where nothing usable was there. Flags are one bit for each rule of `FLAG_BITS` in that order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.intake.answers import NO_ANSWER
from cfanalysis.intake.cleaning import CleaningLog

FLAG_BITS = ("straight_lining", "speeding", "short_answer", "incomplete")
"""Bits 1, 2, 4, 8: the order is part of the stored data, new flags come last."""

_KEY = ["organization", "respondent", "wave"]


def pack_answers(responses: pd.DataFrame, items: Sequence[str]) -> list[bytes]:
    r"""Return each row's answers as bytes.

    Parameters
    ----------
    responses
        Cleaned responses.
    items
        Ids of the rated items in the order of the bytes.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [5, None], "b": [-1, 3]}, dtype="Int8")
    >>> pack_answers(frame, ["a", "b"])
    [b'\x05\xff', b'\x81\x03']
    """
    width = len(items)
    cells = np.empty((len(responses), width), dtype=np.int8)
    for place, item in enumerate(items):
        cells[:, place] = responses[item].to_numpy(dtype="int8", na_value=NO_ANSWER)
    everything = cells.tobytes()
    return [everything[i : i + width] for i in range(0, len(everything), width)]


def unpack_answers(packed: Sequence[bytes], width: int) -> NDArray[np.int8]:
    r"""Return packed answers as an array; a missing answer is -127.

    Parameters
    ----------
    packed
        The bytes of each row, one for each item.
    width
        Number of items.

    Returns
    -------
    numpy.ndarray
        Shape (rows, items).

    Examples
    --------
    >>> unpack_answers([b'\x05\xff', b'\x81\x03'], 2).tolist()
    [[5, -1], [-127, 3]]
    """
    return np.frombuffer(b"".join(packed), dtype=np.int8).reshape(len(packed), width)


def answer_column(codes: NDArray[np.int8]) -> pd.arrays.IntegerArray:
    """Return an item's codes as the nullable column that responses have."""
    nothing = codes == NO_ANSWER
    return pd.arrays.IntegerArray(np.where(nothing, np.int8(1), codes), nothing)


def flag_bits(responses: pd.DataFrame, log: CleaningLog) -> NDArray[np.int16]:
    """Return each row's flags as bits, from the cleaning log.

    Parameters
    ----------
    responses
        The rows that were kept.
    log
        Says which rows were flagged, and by which rule.

    Returns
    -------
    numpy.ndarray
        Shape (rows,).
    """
    bits = pd.Series(0, index=pd.MultiIndex.from_frame(responses[_KEY]), dtype="int16")
    for entry in log.entries:
        if entry.kind == "flagged" and log.keys is not None:
            keys = pd.MultiIndex.from_frame(log.keys.loc[entry.rows, _KEY])
            bits.loc[keys] |= 1 << FLAG_BITS.index(entry.rule)
    return np.asarray(bits, dtype=np.int16)


def has_any_flag(bits: NDArray[np.integer], rules: Sequence[str]) -> NDArray[np.bool_]:
    """Return which rows have at least one of some flags.

    Parameters
    ----------
    bits
        Each row's flags, as from `flag_bits`.
    rules
        Names of flags.

    Returns
    -------
    numpy.ndarray
        Shape of `bits`.
    """
    mask = sum(1 << FLAG_BITS.index(rule) for rule in set(rules))
    return np.asarray(bits & mask, dtype=bool)
