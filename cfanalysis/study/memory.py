"""Freed memory is returned to the system, so that the steps of `prepare` do not add up.

The C library and Arrow keep freed memory for later. A step that reads a million rows leaves behind what the next one
cannot use, as its pieces are of other sizes.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

import pyarrow as pa


def release_memory() -> None:
    """Return freed memory to the system, where its C library can do that."""
    pa.default_memory_pool().release_unused()
    with suppress(AttributeError, OSError, TypeError):  # another C library than GNU's
        ctypes.CDLL(None).malloc_trim(0)
