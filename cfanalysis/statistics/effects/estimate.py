"""An estimate: a number with what is known of its uncertainty, and the checks that all samples pass."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from math import nan
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cfanalysis.core.errors import AnalysisError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A number with what is known of its uncertainty; ``float()`` gives the number alone.

    Parameters
    ----------
    estimate
        The number.
    low, high
        Its confidence interval, None where there is none.
    se
        Its standard error.
    p
        Two-sided p value of "the number is 0" unless the function that made it says otherwise.
    confidence
        Confidence level of the interval.

    Examples
    --------
    >>> Estimate(0.05, low=0.01, high=0.09).as_dict()
    {'estimate': 0.05, 'low': 0.01, 'high': 0.09, 'confidence': 0.95}
    """

    estimate: float
    low: float | None = None
    high: float | None = None
    se: float | None = None
    p: float | None = None
    confidence: float = 0.95

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the interval as numbers for a table, NaN where there is none."""
        return (nan if self.low is None else self.low), (nan if self.high is None else self.high)

    def cut_to(self, lowest: float, highest: float) -> Self:
        """Return the estimate with its interval cut to the values that can be.

        Parameters
        ----------
        lowest, highest
            Ends of the scale, in the unit of the estimate.

        Examples
        --------
        >>> Estimate(0.9, low=0.7, high=1.1).cut_to(0, 1).high
        1.0
        """
        low, high = (
            None if end is None else float(np.clip(end, lowest, highest)) for end in (self.low, self.high)
        )
        return replace(self, low=low, high=high)

    def as_dict(self) -> dict[str, float]:
        """Return the fields that exist, ready for JSON; the confidence level only beside an interval."""
        fields = {name: value for name, value in asdict(self).items() if value is not None}
        if self.low is None and self.high is None:
            del fields["confidence"]
        return fields

    def __float__(self) -> float:
        return self.estimate


@dataclass(frozen=True, kw_only=True)
class TestedEstimate(Estimate):
    """An estimate that comes with a test.

    Parameters
    ----------
    statistic
        The test statistic.
    df
        Its degrees of freedom.
    """

    __test__ = False  # a test in the statistical sense; pytest would collect it

    statistic: float
    df: float


def as_floats(values: ArrayLike) -> Floats:
    """Return numbers as floats; what pandas marks as missing becomes NaN.

    Raises
    ------
    TypeError, ValueError
        The values are not numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> as_floats(pd.DataFrame({"a": [1, None]}, dtype="Int8")).tolist()
    [[1.0], [nan]]
    """
    if hasattr(values, "to_numpy"):  # a data frame of nullable integers is an array of objects to NumPy
        return np.asarray(values.to_numpy(dtype=float, na_value=np.nan))
    return np.asarray(values, dtype=float)


def as_sample(values: ArrayLike, *, name: str, least: int = 2) -> Floats:
    """Return a sample as floats, or say what is wrong with it.

    Parameters
    ----------
    values
        Finite numbers, shape (n,).
    name
        What the sample is called in the message.
    least
        Smallest n.

    Raises
    ------
    AnalysisError
        Not numbers, not one-dimensional, too few, or missing values.

    Examples
    --------
    >>> as_sample([1, 2], name="x").tolist()
    [1.0, 2.0]
    """
    try:
        array = as_floats(values)
    except (TypeError, ValueError):
        raise AnalysisError(f"{name} is not made of numbers.", value=values) from None
    if array.ndim != 1:
        raise AnalysisError(f"{name} is not a list of numbers.", value=f"shape {array.shape}")
    if array.size < least:
        raise AnalysisError(f"{name} has too few values.", value=array.size, allowed=f"at least {least}")
    check_complete(array, name=name)
    return array


def check_complete(array: Floats, *, name: str) -> None:
    """Check that no value is missing or infinite.

    Parameters
    ----------
    array
        Values of any shape.
    name
        What the error message calls them.

    Raises
    ------
    AnalysisError
        A value is missing or infinite; the message says how many, and where the first is.
    """
    missing = ~np.isfinite(array)
    if missing.any():
        raise AnalysisError(
            f"{name} has {int(missing.sum())} missing or infinite value(s).",
            where="position " + ", ".join(str(int(i)) for i in np.argwhere(missing)[0]),
            next_step="Leave them out, and count them.",
        )


def check_confidence(confidence: float) -> None:
    """Raise an AnalysisError unless the confidence level lies between 0 and 1."""
    if not 0 < confidence < 1:
        raise AnalysisError(
            "The confidence level is not between 0 and 1.", value=confidence, allowed="e.g. 0.95"
        )
