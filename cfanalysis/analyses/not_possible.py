"""What a study's data do not allow, reported where the result would have been.

A report on a small or a partly published survey must still be a report, so a `NotPossible` with the reason takes the
place of a result. Only an `AnalysisError` counts as "the data do not allow it"; any other error is an error.
"""

from __future__ import annotations

from dataclasses import dataclass

from cfanalysis.core.blocks import Notice
from cfanalysis.core.errors import AnalysisError


@dataclass(frozen=True)
class NotPossible:
    """An analysis that the data do not allow.

    Parameters
    ----------
    reason
        Why, in a sentence or two.
    """

    reason: str

    @property
    def notice(self) -> Notice:
        """The reason as a box of a page."""
        return Notice(self.reason, title="Not possible with these data:", tone="caution")


def reason(error: AnalysisError) -> str:
    """Return an error's problem, with the place and what was found, as a page shows it.

    Examples
    --------
    >>> reason(AnalysisError("There are too few organizations to rank.", value=3, allowed="at least 4"))
    'There are too few organizations to rank (found 3; needed: at least 4).'
    """
    details = [
        f"{label}{text}"
        for label, text in (("", error.where), ("found ", error.value), ("needed: ", error.allowed))
        if text is not None
    ]
    sentence = error.problem.rstrip(".")
    return f"{sentence} ({'; '.join(details)})." if details else f"{sentence}."
