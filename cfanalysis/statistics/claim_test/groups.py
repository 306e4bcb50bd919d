"""Sums over organizations, and the same without each group of organizations.

Organizations of one parent (a holding, a ministry, a chain) share what their parent does, so a sample of them holds
less than as many independent ones. Where parents are known they are what is drawn and what is left out; an
organization without a parent is a group of its own. Every statistic here is a function of sums over organizations,
so a replicate without a group is the sum less the group's part.
"""

from __future__ import annotations

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import ArrayLike, NDArray

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.effects import Estimate

Floats = NDArray[np.float64]
Groups = NDArray[np.intp]


def numbered_groups(groups: ArrayLike | None, n: int) -> Groups:
    """Return the group of each organization as a number from 0; every organization its own where none are given.

    Parameters
    ----------
    groups
        A label for each organization, shape (n,); an empty one for an organization that belongs to none.
    n
        Number of organizations.

    Raises
    ------
    AnalysisError
        There is not one label for each organization.

    Examples
    --------
    >>> numbered_groups(["b", "", "b", ""], 4).tolist()
    [0, 1, 0, 2]
    """
    if groups is None:
        return np.arange(n)
    labels = np.asarray(groups).astype(str)
    if labels.shape != (n,):
        raise AnalysisError("There is not one group for each organization.", value=labels.shape, allowed=(n,))
    own = np.where(labels == "", np.char.add("\1", np.arange(n).astype(str)), labels)
    _, first, number = np.unique(own, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[number])


def by_group(values: Floats, group: Groups, groups: int) -> Floats:
    """Return sums over the organizations of each group, shape (groups, ...).

    Parameters
    ----------
    values
        One value or row for each organization, shape (organizations, ...).
    group
        The group of each organization, as a number from 0, shape (organizations,).
    groups
        Number of groups; an empty one has the sum 0.
    """
    if group.size == groups and np.array_equal(group, np.arange(groups)):
        return values
    order = np.argsort(group, kind="stable")
    there, first = np.unique(group[order], return_index=True)
    sums = np.zeros((groups, *values.shape[1:]))
    sums[there] = np.add.reduceat(values[order], first, axis=0)
    return sums


def without_each(values: Floats, group: Groups, groups: int) -> Floats:
    """Return the sum over all organizations, then the sums without each group, shape (groups + 1, ...).

    Parameters
    ----------
    values
        One value or row for each organization, shape (organizations, ...).
    group
        The group of each organization, as a number from 0, shape (organizations,).
    groups
        Number of groups.

    Examples
    --------
    >>> without_each(np.array([1.0, 2.0, 4.0]), np.array([0, 1, 1]), 2).tolist()
    [7.0, 6.0, 1.0]
    """
    parts = by_group(values, group, groups)
    total = parts.sum(axis=0)
    return np.concatenate([total[None], total - parts])


def jackknife_estimate(values: Floats, *, confidence: float = 0.95) -> Estimate | None:
    """Return an estimate from its value in the whole sample and in each that lacks a group (delete-one jackknife).

    Several rows are several ways to compute the same, of which nobody knows the right one: the last is printed, and
    the interval reaches from the lowest bound to the highest.

    Parameters
    ----------
    values
        Shape (groups + 1,) or (ways, groups + 1), the whole sample first.
    confidence
        Level of the interval, Student's t with two degrees of freedom less than there are groups.

    Returns
    -------
    Estimate or None
        Without standard error where a replicate does not exist; None where the first does not.

    Examples
    --------
    >>> mean_of_1_to_4 = np.array([2.5, 3.0, 8 / 3, 7 / 3, 2.0])
    >>> round(jackknife_estimate(mean_of_1_to_4).se, 6)
    0.645497
    """
    ways = np.atleast_2d(values)
    whole, others = ways[:, 0], ways[:, 1:]
    if not np.isfinite(whole).all():
        return None
    if not np.isfinite(others).all() or others.shape[1] < 3:
        return Estimate(float(whole[-1]))
    n = others.shape[1]
    se = np.sqrt((n - 1) / n * np.sum((others - others.mean(axis=1, keepdims=True)) ** 2, axis=1))
    reach = float(scipy.special.stdtrit(n - 2, (1 + confidence) / 2)) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        t = whole / se
    sides = [float(scipy.special.stdtr(n - 2, sign * t).max()) for sign in (1, -1)]
    return Estimate(
        float(whole[-1]),
        low=float((whole - reach).min()),
        high=float((whole + reach).max()),
        se=float(se.max()),
        p=min(1.0, 2 * min(sides)) if (se > 0).all() else None,
        confidence=confidence,
    )
