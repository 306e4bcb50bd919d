"""A large made-up survey, for measuring: an instrument of 40 rated items, and answers to it as CSV and Parquet.

Organization means follow a normal distribution, answers are rounded normals cut off at 1 and 5; two in a hundred do
not know, one in a hundred is blank, and one cell in a thousand is dirty (a label, white space, a code outside the
scale), as in a real export. Seeded: the same size gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import yaml

DIMENSIONS = ("leadership", "processes", "people", "products")
LABELS = {1: "Strongly disagree", 2: "Disagree", 3: "Neither", 4: "Agree", 5: "Strongly agree"}
TEXTS = ["1", "2", "3", "4", "5", "9", "", "Agree", " 4", "6"]
SHARES = [0.0194, 0.970, 0.0096, 0.0005, 0.0003, 0.0002]
SECTORS = ("Retail", "Energy", "Public services", "Manufacturing")
ROLES = ("Leader", "Manager", "Front line")
BLOCK = 500_000


def write_instrument(path: Path) -> None:
    """Write the instrument: 16 pairs of Say and Do items in four dimensions, and eight performance items."""
    items = [
        {
            "id": f"{d}_{f}{k}",
            "text": f"{d} {f} {k}",
            "role": "gap",
            "facet": f,
            "dimension": d,
            "pair": f"{d}{k}",
        }
        for d in DIMENSIONS
        for k in range(1, 5)
        for f in ("say", "do")
    ]
    items += [{"id": f"perf_{k}", "text": f"performance {k}", "role": "performance"} for k in range(1, 9)]
    content = {
        "format": 1,
        "id": "large",
        "title": "A Large Survey",
        "version": "1",
        "scales": {"agreement": {"min": 1, "max": 5, "labels": LABELS, "dont_know": {"codes": [9]}}},
        "dimensions": [{"id": d, "title": d.title()} for d in DIMENSIONS],
        "items": [{**item, "scale": "agreement"} for item in items],
        "organization_fields": [{"id": "sector", "title": "Sector", "options": list(SECTORS)}],
        "respondent_fields": [{"id": "role", "title": "Role", "options": list(ROLES)}],
        "waves": ["2024", "2025"],
        "indices": [
            {"id": "performance", "title": "Performance", "items": [f"perf_{k}" for k in range(1, 9)]}
        ],
        "criterion": "performance",
    }
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def item_ids() -> list[str]:
    """Return the ids of the 40 items."""
    gap = [f"{d}_{f}{k}" for d in DIMENSIONS for k in range(1, 5) for f in ("say", "do")]
    return gap + [f"perf_{k}" for k in range(1, 9)]


def blocks(rows: int, *, organizations: int = 500, seed: int = 1) -> Iterator[pa.Table]:
    """Yield the survey in tables of texts."""
    level = np.random.default_rng(seed).normal(3.6, 0.4, organizations).astype(np.float32)
    for start in range(0, rows, BLOCK):
        rng = np.random.default_rng([seed, start])
        n = min(BLOCK, rows - start)
        owner = rng.integers(organizations, size=n, dtype=np.int32)
        number = np.arange(start, start + n)
        columns = {
            "respondent": pa.array(np.char.add("R", np.char.zfill(number.astype(str), 8))),
            "organization": _of([f"Organization {i:05d}" for i in range(organizations)], owner),
            "wave": _of(["2024", "2025"], rng.integers(2, size=n)),
            "seconds": pa.array(rng.lognormal(6.3, 0.35, n).astype(int).astype(str)),
            "sector": _of(SECTORS, owner % len(SECTORS)),
            "role": _of(ROLES, rng.integers(3, size=n)),
        }
        for item in item_ids():
            columns[item] = _of(TEXTS, _answers(level[owner], rng))
        yield pa.table(columns)


def write_csv(path: Path, rows: int) -> None:
    """Write the survey as CSV."""
    writer = None
    for block in blocks(rows):
        plain = _plain(block)
        writer = writer or pa.csv.CSVWriter(
            path, plain.schema, write_options=pa.csv.WriteOptions(quoting_style="needed")
        )
        writer.write_table(plain)
    if writer is not None:
        writer.close()


def write_parquet(path: Path, rows: int) -> None:
    """Write the survey as Parquet, texts as they stand in the CSV."""
    writer = None
    for block in blocks(rows):
        plain = _plain(block)
        writer = writer or pa.parquet.ParquetWriter(path, plain.schema)
        writer.write_table(plain)
    if writer is not None:
        writer.close()


def _plain(block: pa.Table) -> pa.Table:
    return pa.table({name: block[name].cast(pa.string()) for name in block.column_names})


def _of(texts: tuple[str, ...] | list[str], codes: np.ndarray) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(list(texts)))


def _answers(level: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return positions in `TEXTS`: mostly answers, some dirt."""
    answer = (
        np.clip(np.rint(level + rng.standard_normal(len(level), dtype=np.float32)), 1, 5).astype(np.int8) - 1
    )
    kind = rng.choice(np.array([5, -1, 6, 7, 8, 9], dtype=np.int8), size=len(level), p=SHARES)
    return np.where(kind < 0, answer, kind)
