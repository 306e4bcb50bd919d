"""What clients are compared with: who counts, and the aggregates that may be shown.

All of it is made of the measures of a study (`cfanalysis.study.study_measures`), the items of each measure and the
instrument's minima. `membership` says who counts in which figure of one benchmark, `aggregates` and `trend` make its
figures, `peers` has the benchmarks of a study: all organizations, and each group of peers.
"""

from __future__ import annotations

from collections.abc import Iterable

from cfanalysis.core.errors import ParameterError, nearest

ALL_ORGANIZATIONS = "all"
"""The benchmark of all organizations; any other is named after a field of the instrument, e.g. ``"sector"``."""

DRAFT = "draft"
"""Asked for as a norm: the study's own figures, which are published nowhere. No norm is called so."""


def check_benchmark(benchmark: str, fields: Iterable[str]) -> None:
    """Raise if a benchmark is neither all organizations nor a field of them.

    Parameters
    ----------
    benchmark
        As asked for.
    fields
        Fields about organizations.

    Raises
    ------
    ParameterError
        It is neither.
    """
    known = [ALL_ORGANIZATIONS, *fields]
    if benchmark not in known:
        raise ParameterError(
            "There is no such benchmark.",
            value=benchmark,
            allowed=", ".join(nearest(benchmark, known) or known),
        )
