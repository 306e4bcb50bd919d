"""What a study's data do not allow, reported where the result would have been.

A report on a small or a partly published survey must still be a report, so a `NotPossible` with the reason takes the
place of a result. Only an `AnalysisError` counts as "the data do not allow it"; any other error is an error.
"""

from __future__ import annotations

from dataclasses import dataclass

from cfanalysis.core.blocks import Notice
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import retold, sentence


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
        return Notice(self.reason, title=translated("Not possible with these data:"), tone="caution")


def reason(error: AnalysisError) -> str:
    """Return an error's problem, with the place and what was found, as a page shows it in the reader's language.

    Examples
    --------
    >>> reason(AnalysisError("There are too few organizations to rank.", value=3, allowed="at least 4"))
    'There are too few organizations to rank (found 3; needed: at least 4).'
    """
    told = (
        ("{said}", error.where),
        (message("found {said}"), error.value),
        (message("needed: {said}"), error.allowed),
    )
    details = [sentence(template, said=retold(str(said))) for template, said in told if said is not None]
    problem = retold(error.problem).rstrip(".")
    return f"{problem} ({'; '.join(details)})." if details else f"{problem}."
