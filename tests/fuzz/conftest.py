"""How many tries the mutated files of each kind were, printed when all are done."""

from __future__ import annotations

from collections import Counter

import pytest

TRIES: Counter[str] = Counter()


@pytest.fixture(autouse=True)
def counted_tries(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Count the calls of the test's own function, which Hypothesis makes."""
    handle = getattr(request.function, "hypothesis", None)
    if handle is None:
        return
    inner, kind = handle.inner_test, request.function.__name__.removeprefix("test_").replace("_", " ")

    def counted(*arguments: object, **keywords: object) -> object:
        TRIES[kind] += 1
        return inner(*arguments, **keywords)

    monkeypatch.setattr(handle, "inner_test", counted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts."""
    for kind, tries in sorted(TRIES.items()):
        terminalreporter.write_line(f"fuzz: {kind}: {tries:,} tries")
