"""The survey that every tool can hold."""

from __future__ import annotations

import pytest

from cfanalysis.survey.instrument import Instrument, parse_instrument

from ..export_files import INSTRUMENT


@pytest.fixture(scope="session")
def common() -> Instrument:
    """A survey that every tool can hold: ratings, choices, an open answer, facts."""
    return parse_instrument(INSTRUMENT)
