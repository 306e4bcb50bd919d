"""What may be shown about whom.

- An organization's own totals are shown from one respondent on, labelled "one respondent"; splits by role
  or function, and distributions of answers, need the instrument's minimum of respondents (5 by default).
- Benchmarks need the instrument's minimum of organizations (5 by default): below it a mean would nearly name
  them. Deciles and quartiles, of which there are eleven, need four times as many and at least 20.
- What is hidden must not follow from what is shown: `cfanalysis.disclosure`.
"""

from __future__ import annotations

from cfanalysis.instrument import Minima

DECILES_NEED = 4
FEWEST_FOR_DECILES = 20
"""With fewer, eleven quantiles and a mean would nearly determine the values."""


def shows_distribution(n_respondents: int, minima: Minima) -> bool:
    """Return whether answers' distribution or a split may be shown.

    Examples
    --------
    >>> shows_distribution(4, Minima()), shows_distribution(5, Minima())
    (False, True)
    """
    return n_respondents >= minima.respondents


def shows_benchmark(n_organizations: int, minima: Minima) -> bool:
    """Return whether a mean over organizations may be shown.

    Examples
    --------
    >>> shows_benchmark(4, Minima()), shows_benchmark(5, Minima())
    (False, True)
    """
    return n_organizations >= minima.organizations


def shows_deciles(n_organizations: int, minima: Minima) -> bool:
    """Return whether deciles over organizations may be shown.

    Examples
    --------
    >>> shows_deciles(19, Minima()), shows_deciles(20, Minima())
    (False, True)
    """
    return n_organizations >= max(DECILES_NEED * minima.organizations, FEWEST_FOR_DECILES)


def respondents_in_words(n: int) -> str:
    """Return a number of respondents as it is labelled.

    Examples
    --------
    >>> respondents_in_words(1), respondents_in_words(12)
    ('one respondent', '12 respondents')
    """
    return "one respondent" if n == 1 else f"{n:,} respondents"
