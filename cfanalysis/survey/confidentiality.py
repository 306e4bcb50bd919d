"""What may be shown about whom.

- An organization's overall Say, Do and gap are shown from one respondent on, labelled "one respondent"; whatever is
  finer (items, pairs, dimensions, indices, splits, distributions) needs the instrument's minimum of respondents
  (5 by default).
- Benchmarks need the instrument's minimum of organizations (5 by default): below it a mean would nearly name
  them. Deciles and quartiles, of which there are eleven, need four times as many and at least 20.
- What is hidden must not follow from what is shown: `cfanalysis.statistics.disclosure`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.core.templates import sentence
from cfanalysis.statistics.disclosure import small_combination
from cfanalysis.survey.instrument import Minima

Split = tuple[str, str]
"""A field about respondents and one of its options."""

QUANTILES = (10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90)
"""Quantiles over many organizations, in percent."""

DECILES_NEED = 4
MIN_FOR_DECILES = 20
"""With fewer, eleven quantiles and a mean would nearly determine the values."""


def may_show_distribution(n_respondents: int, minima: Minima) -> bool:
    """Return whether the distribution of answers, or a split of them, may be shown.

    Parameters
    ----------
    n_respondents
        Respondents behind it.
    minima
        The smallest numbers about which something is shown.

    Examples
    --------
    >>> may_show_distribution(4, Minima()), may_show_distribution(5, Minima())
    (False, True)
    """
    return n_respondents >= minima.respondents


def hidden_items(answers: Mapping[str, int], totals: Iterable[Collection[str]], minima: Minima) -> set[str]:
    """Return the items of which nothing may be shown beside totals that are always shown.

    Items with too few answers are hidden. Where one item alone of a total is, it could be worked out from the others;
    so the one with the fewest answers of these is hidden, too.

    Parameters
    ----------
    answers
        The valid answers to each item.
    totals
        The items of each total.
    minima
        The fewest respondents.

    Examples
    --------
    >>> sorted(hidden_items({"a": 4, "b": 6, "c": 5, "d": 6}, [("a", "b", "c"), ("d",)], Minima()))
    ['a', 'c']
    """
    hidden = {item for item, n in answers.items() if n < minima.respondents}
    for total in totals:
        rest = [item for item in total if item in answers and item not in hidden]
        if rest and len(set(total) & hidden) == 1:
            hidden.add(min(rest, key=lambda item: answers[item]))
    return hidden


def may_show_benchmark(n_organizations: int, minima: Minima) -> bool:
    """Return whether a mean over organizations may be shown.

    Parameters
    ----------
    n_organizations
        Organizations behind it.
    minima
        The smallest numbers about which something is shown.

    Examples
    --------
    >>> may_show_benchmark(4, Minima()), may_show_benchmark(5, Minima())
    (False, True)
    """
    return n_organizations >= minima.organizations


def may_show_deciles(n_organizations: int, minima: Minima) -> bool:
    """Return whether deciles over organizations may be shown.

    Parameters
    ----------
    n_organizations
        Organizations behind them.
    minima
        The smallest numbers about which something is shown.

    Examples
    --------
    >>> may_show_deciles(19, Minima()), may_show_deciles(20, Minima())
    (False, True)
    """
    return n_organizations >= deciles_need(minima)


def deciles_need(minima: Minima) -> int:
    """Return how many organizations deciles, quartiles and percentiles need."""
    return max(DECILES_NEED * minima.organizations, MIN_FOR_DECILES)


def quantiles_shown(n_organizations: int, minima: Minima) -> tuple[int, ...]:
    """Return which quantiles over organizations may be shown: of fewer values, fewer equations are given.

    Parameters
    ----------
    n_organizations
        Organizations behind them.
    minima
        The smallest numbers about which something is shown.

    Returns
    -------
    tuple of int
        In percent, ascending.

    Examples
    --------
    >>> [len(quantiles_shown(n, Minima())) for n in (19, 20, 49, 50, 79, 80)]
    [0, 3, 3, 5, 5, 11]
    """
    need = deciles_need(minima)
    steps = ((4 * need, QUANTILES), (2.5 * need, (10, 25, 50, 75, 90)), (need, (25, 50, 75)))
    return next((shown for least, shown in steps if n_organizations >= least), ())


def publishable_splits(
    answers: Mapping[str, pd.Series], minima: Minima, *, besides: Sequence[NDArray[np.bool_]] = ()
) -> set[Split]:
    """Return the groups of respondents that may be shown beside each other and beside everybody.

    A group needs the minimum of respondents, and no combination of the groups that are shown, of any field, may rest on
    fewer: managers less those of them who work in sales must not be one person. Fields are gone through in their order,
    and the groups of each from the largest on.

    Parameters
    ----------
    answers
        For each field the option of each respondent, "" where it is not known; fields that matter more come first.
    minima
        The fewest respondents.
    besides
        Other sets of respondents that are shown.

    Examples
    --------
    >>> role = pd.Series(["leader"] * 6 + ["staff"] * 9)
    >>> sales = pd.Series(["yes"] * 5 + ["no"] * 10)
    >>> sorted(publishable_splits({"role": role, "sales": sales}, Minima()))
    [('role', 'leader'), ('role', 'staff')]
    """
    published = [np.ones(len(next(iter(answers.values()), ())), bool), *besides]
    shown: set[Split] = set()
    for field, chosen in answers.items():
        sizes = {str(option): int(n) for option, n in chosen.value_counts().items() if option != ""}
        for option in sorted(sizes, key=lambda option: (-sizes[option], option)):
            wider = [*published, (chosen == option).to_numpy(bool)]
            enough = may_show_distribution(sizes[option], minima)
            if enough and small_combination(np.column_stack(wider), minima.respondents) is None:
                published = wider
                shown.add((field, option))
    return shown


def respondent_count_text(n: int) -> str:
    """Return a number of respondents as it is labelled.

    Examples
    --------
    >>> respondent_count_text(1), respondent_count_text(12)
    ('one respondent', '12 respondents')
    """
    return sentence("one respondent" if n == 1 else "{n} respondents", n=n)
