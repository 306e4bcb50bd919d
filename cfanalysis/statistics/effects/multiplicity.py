"""Several comparisons at once: p values adjusted for how many there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cfanalysis.core.errors import AnalysisError, nearest
from cfanalysis.statistics.effects.estimate import Floats, as_sample


@dataclass(frozen=True, eq=False)
class AdjustedP:
    """P values before and after adjustment; ``numpy.asarray`` gives the adjusted ones.

    Parameters
    ----------
    p
        As they were, shape (m,).
    adjusted
        In the same order; compare with the level as if there were one.
    method
        `holm`, `hommel`, `bh`, `by` or `bonferroni`.
    """

    p: Floats
    adjusted: Floats
    method: str

    def below(self, level: float = 0.05) -> NDArray[np.bool_]:
        """Return which comparisons stay at or below the level."""
        return np.asarray(self.adjusted <= level)

    def __array__(self, dtype: np.dtype | None = None, copy: bool | None = None) -> NDArray[np.float64]:
        return np.array(self.adjusted, dtype=dtype)


def adjust_p_values(p: ArrayLike, *, method: str) -> AdjustedP:
    """Return p values adjusted for the number of comparisons.

    Parameters
    ----------
    p
        P values, 0 to 1, shape (m,), m at least 1.
    method
        `holm` (chance of any false claim; Holm 1979), `hommel` (the same, more power; Hommel 1988),
        `bh` (share of false claims; Benjamini and Hochberg 1995), `by` (the same under any dependence; Benjamini and
        Yekutieli 2001), `bonferroni`; R's and statsmodels' names (`BH`, `fdr_bh`, ...) are understood.

    Returns
    -------
    AdjustedP
        In R: ``p.adjust(p, method)``.

    Raises
    ------
    AnalysisError
        No p values, one outside 0 to 1, or an unknown method.

    Examples
    --------
    >>> adjust_p_values([0.01, 0.04, 0.03], method="holm").adjusted.round(6).tolist()
    [0.03, 0.06, 0.06]
    """
    values = as_sample(p, name="p", least=1)
    if outside := int(((values < 0) | (values > 1)).sum()):
        raise AnalysisError(f"{outside} p value(s) lie outside 0 to 1.", value=values.tolist())
    name = method.lower().removeprefix("fdr_")
    if name not in _METHODS:
        raise AnalysisError(
            "This method of adjustment is unknown.",
            value=method,
            allowed=", ".join(nearest(name, _METHODS) or _METHODS),
        )
    order = np.argsort(values, kind="stable")
    adjusted = np.empty(values.size)
    adjusted[order] = np.minimum(_METHODS[name](values[order]), 1)
    return AdjustedP(values, adjusted, name)


def _bonferroni(ordered: Floats) -> Floats:
    return ordered * ordered.size


def _holm(ordered: Floats) -> Floats:
    return np.asarray(np.maximum.accumulate(ordered * np.arange(ordered.size, 0, -1)))


def _benjamini_hochberg(ordered: Floats, penalty: float = 1.0) -> Floats:
    shares = np.arange(1, ordered.size + 1) / ordered.size / penalty
    return np.asarray(np.minimum.accumulate((ordered / shares)[::-1])[::-1])


def _benjamini_yekutieli(ordered: Floats) -> Floats:
    return _benjamini_hochberg(ordered, float((1.0 / np.arange(1, ordered.size + 1)).sum()))


def _hommel(ordered: Floats) -> Floats:
    """Return Hommel's adjusted p values of ascending ones by Wright's algorithm, as R's ``p.adjust`` has it.

    References
    ----------
    Wright, S. P. (1992). Adjusted p-values for simultaneous inference. Biometrics 48.
    """
    n = ordered.size
    adjusted = np.full(n, (n * ordered / np.arange(1, n + 1)).min())
    for m in range(n - 1, 1, -1):
        largest = (m * ordered[n - m + 1 :] / np.arange(2, m + 1)).min()
        tail = np.minimum(m * ordered[: n - m + 1], largest)
        adjusted = np.maximum(adjusted, np.append(tail, np.full(m - 1, tail[-1])))
    return np.asarray(np.maximum(adjusted, ordered))


_METHODS: dict[str, Callable[[Floats], Floats]] = {
    "holm": _holm, "bh": _benjamini_hochberg, "by": _benjamini_yekutieli, "bonferroni": _bonferroni,
    "hommel": _hommel,
}  # fmt: skip
"""Each of ascending p values. Statsmodels' own collects garbage at every call, which took longer than an analysis."""
