"""Against differencing: two states of a benchmark that differ by few organizations are not both published.

With one organization more, the new mean and the former one reveal its score. So a folder of reports remembers from
which state of the organizations' scores they were made, and takes reports of another state only where enough have
changed. What is remembered are hashes, one an organization, of its name and scores together: they name nobody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cfanalysis.core.errors import ConfidentialityError
from cfanalysis.core.files import atomic_file

if TYPE_CHECKING:
    from cfanalysis.study.prepared_study import Study

STATE = ".benchmark.json"


def organization_states(study: Study) -> list[str]:
    """Return a hash for each organization of a study, of its name and all its scores, sorted."""
    import pandas as pd

    from cfanalysis.scoring.means import organizations_only

    scores = organizations_only(study.scores)
    rows = pd.util.hash_pandas_object(scores, index=False)
    sums = rows.groupby(scores["organization"].to_numpy()).sum()
    return sorted(_hash(f"{name} {number}") for name, number in sums.items())


def min_changed(former: Sequence[str], now: Sequence[str]) -> int:
    """Return the fewest organizations that can have changed between two states: new, gone, or with other scores.

    Parameters
    ----------
    former, now
        The hashes of either state (see `organization_states`).

    Examples
    --------
    >>> min_changed(["a", "b", "c"], ["a", "b", "d", "e"]), min_changed(["a"], ["a"])
    (2, 0)
    """
    return max(len(set(former) - set(now)), len(set(now) - set(former)))


def record_state(folder: Path, states: Sequence[str], minimum: int) -> None:
    """Remember from which state the reports of a folder are made.

    Parameters
    ----------
    folder
        The folder of the reports, or of their ledger.
    states
        From `organization_states`.
    minimum
        The fewest organizations about which something may be known.

    Raises
    ------
    ConfidentialityError
        The folder has reports of a state from which some, but fewer than the minimum, have changed.
    """
    path = folder / STATE
    number = min_changed(_former(path) or states, states)
    if 0 < number < minimum:
        raise ConfidentialityError(
            "The benchmark has changed by so few organizations that the new reports and the former ones, subtracted "
            "from each other, would show them.",
            where=folder,
            value=f"{number} changed organization{'' if number == 1 else 's'}",
            allowed=f"none, or at least {minimum}",
            next_step="Report when more have changed; or into another folder, if none of these reports was handed out.",
        )
    with atomic_file(path) as aside:
        aside.write_text(json.dumps(list(states)), encoding="utf-8")


def _former(path: Path) -> list[str]:
    try:
        found: list[str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
