"""The synthetic sample with its documented truth.

A seeded generator writes an export of a made-up Customer Focus survey, messy on purpose. Two things are known
about it that are never known about real data: the parameters from which the answers were drawn (`Truth`), and
every piece of dirt that was planted (`Sample.planted`). So it can be proved that cleaning finds what was
planted, and that the analyses find what is true. ``docs/sample.md`` documents both.

No organization in it exists; each row says ``synthetic`` in the column ``origin``, and so does every page
made from it.
"""

from __future__ import annotations

from cfanalysis.study.sample.dirt import FATES
from cfanalysis.study.sample.generator import (
    ORIGIN,
    SAMPLE_ORGANIZATIONS,
    SAMPLE_SEED,
    Sample,
    sample_responses,
    write_sample,
)
from cfanalysis.study.sample.truth import TRUTH, Truth

__all__ = [
    "FATES",
    "ORIGIN",
    "SAMPLE_ORGANIZATIONS",
    "SAMPLE_SEED",
    "TRUTH",
    "Sample",
    "Truth",
    "sample_responses",
    "write_sample",
]
