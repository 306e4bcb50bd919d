"""What a study's data do not allow, reported where the result would have been.

A report on a small or a partly published survey must still be a report: `attempt` returns an analysis' result
or, where the data do not allow it, a `NotPossible` with the reason; `block_or_notice` puts a result on the page, or
that reason in its place. Only an `AnalysisError` counts as "the data do not allow it"; any other error is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from cfanalysis.core.blocks import Notice
from cfanalysis.core.errors import AnalysisError

P = ParamSpec("P")
Result = TypeVar("Result")


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


def attempt(analysis: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result | NotPossible:
    """Return the result of an analysis, or why the data do not allow it.

    Parameters
    ----------
    analysis
        A function of `cfanalysis.analyses`.
    *args, **kwargs
        What it is called with.

    Examples
    --------
    >>> def mean_of_none() -> float:
    ...     raise AnalysisError("There are no organizations.")
    >>> attempt(mean_of_none)
    NotPossible(reason='There are no organizations.')
    """
    try:
        return analysis(*args, **kwargs)
    except AnalysisError as error:
        return NotPossible(reason(error))


def block_or_notice(page: Callable[..., Any], *args: Any, again: bool = False, **kwargs: Any) -> Any:
    """Return a block of a page, or the notice that says why there is none.

    Parameters
    ----------
    page
        A function that makes a block, e.g. of `cfanalysis.reports.common.page_blocks`.
    *args, **kwargs
        What it is called with; a `NotPossible` among them is shown instead.
    again
        True where the reason is already shown above: then nothing is shown.

    Examples
    --------
    >>> block_or_notice(len, NotPossible("There are no organizations.")).body
    'There are no organizations.'
    >>> block_or_notice(len, [1, 2])
    2
    """
    for argument in (*args, *kwargs.values()):
        if isinstance(argument, NotPossible):
            return None if again else argument.notice
    try:
        return page(*args, **kwargs)
    except AnalysisError as error:
        return None if again else NotPossible(reason(error)).notice


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
