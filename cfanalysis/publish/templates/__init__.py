"""The templates, styles and scripts of pages, as text."""

from __future__ import annotations

from pathlib import Path


def template(name: str) -> str:
    """Return the text of a file of this folder."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
