"""Small survey files for the tests of the benchmark database."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ITEMS = ["s1", "d1", "d2", "s2", "d3", "p1"]


def day(number: int, hour: int = 12) -> datetime:
    """A moment in March 2026."""
    return datetime(2026, 3, number, hour, tzinfo=UTC)


def answer_rows(
    organization: str, wave: str = "2024", *, people: int = 6, first: int = 4
) -> list[dict[str, str]]:
    """Rows of people who differ in what they answer."""
    return [
        {
            "Company": organization,
            "respondent": f"r{k}",
            "wave": wave,
            "sector": "Retail",
            "role": "leader" if k == 0 else "front line",
            "seconds": str(60 + k),
            **{item: str(1 + (first + k + place) % 5) for place, item in enumerate(ITEMS)},
            "why": "More time." if k == 1 else "",
        }
        for k in range(people)
    ]


def write_rows(path: Path, rows: list[dict[str, Any]], *, without: tuple[str, ...] = ()) -> Path:
    """Write rows as CSV."""
    names = [name for name in rows[0] if name not in without]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def many(*organizations: str, wave: str = "2024", people: int = 6) -> list[dict[str, str]]:
    """Rows of several organizations."""
    return [
        row
        for place, name in enumerate(organizations)
        for row in answer_rows(name, wave, people=people, first=place)
    ]
