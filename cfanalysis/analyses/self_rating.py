"""How organizations rate themselves, and how their customers rate them: a self-assessment is not enough.

Where customers answered the same questions on the same scale, agreement is asked three ways. Bland and Altman's limits:
by how much the two differ for one organization. Intraclass correlations, two-way random effects: of single ratings in
absolute agreement, ICC(A,1), and in consistency, ICC(C,1), after which only the order counts. Over- and under-raters:
organizations whose difference lies more than half a standard deviation from the mean difference (Atwater and
Yammarino 1992). On different scales a difference means nothing, and only the order of organizations is compared.

An organization selected for its high self-rating will be rated lower by its customers even where nobody boasts:
regression to the mean, shown in standard deviations of each rating.

References
----------
Atwater, L. E., and Yammarino, F. J. (1992). Personnel Psychology 45.
Bland, J. M., and Altman, D. G. (1986). The Lancet 327. (1999). Statistical Methods in Medical Research 8.
McGraw, K. O., and Wong, S. P. (1996). Psychological Methods 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import NDArray

from cfanalysis.analyses.outcome_relations import outcome_table
from cfanalysis.analyses.ranked_gaps import quartile_means
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message, translated
from cfanalysis.scoring.means import index_scores, organizations_only
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.effects.one_sample import mean_estimate, rank_correlation
from cfanalysis.statistics.quartiles import quartile_groups
from cfanalysis.statistics.reliability import two_way_intraclass
from cfanalysis.survey.survey_data import Source, Survey

Floats = NDArray[np.float64]
OVER, UNDER, IN_AGREEMENT = "over-rater", "under-rater", "in agreement"
HALF_SD = 0.5
_ORDER = message(
    "Self-rating and customers' rating: Spearman's rank correlation, interval by Bonett and Wright; quartiles of the "
    "self-rating in standard deviations."
)
_METHOD = message(
    "Difference: self-rating minus customers' rating. Limits of agreement: mean difference plus and minus 1.96 "
    "standard deviations. Over- and under-raters: differences more than half a standard deviation from the "
    "mean difference. ICC: two-way random effects, single ratings."
)


@dataclass(frozen=True)
class Agreement:
    """How far two ratings on one scale agree.

    Parameters
    ----------
    groups
        One row per group, over-raters, in agreement, under-raters: ``group, n, own, customers, difference`` (means).
    bias
        Mean difference with 95 % interval.
    limits
        Lower and upper limit of agreement, each with its 95 % interval.
    icc_agreement, icc_consistency
        ICC(A,1) and ICC(C,1) with 95 % intervals.
    """

    groups: pd.DataFrame
    bias: Estimate
    limits: tuple[Estimate, Estimate]
    icc_agreement: Estimate
    icc_consistency: Estimate


@dataclass(frozen=True)
class SelfRating:
    """Self-ratings against customers' ratings.

    Parameters
    ----------
    organizations
        One row per organization: ``organization, wave, own, customers``, ``n`` (customers asked).
    agreement
        None where the two are not on one scale.
    rank
        Spearman's correlation.
    by_quartile
        One row per quartile of the self-rating, top first: ``quartile, n, own, customers`` (means, in standard
        deviations above the mean of all organizations).
    measure, outcome
        What is taken as self-rating (title), and as customers' rating.
    n, method, source
        Organizations, how, and where the data come from.
    """

    organizations: pd.DataFrame
    agreement: Agreement | None
    rank: Estimate
    by_quartile: pd.DataFrame
    measure: str
    outcome: str
    n: int
    method: str
    source: Source


def self_rating(
    survey: Survey, outcome: str, *, index: str | None = None, same_scale: bool = False
) -> SelfRating:
    """Return how self-ratings agree with customers' ratings of the same organizations.

    Parameters
    ----------
    survey
        With the outcome.
    outcome
        The customers' rating; on 0 to 100 if it is on the self-rating's scale.
    index
        The instrument's index that is the self-rating; None takes the criterion.
    same_scale
        Whether customers answered the same questions on the same scale: only then can anybody over-rate itself.

    Raises
    ------
    AnalysisError
        No such outcome or index, values off 0 to 100, or fewer than eight organizations.
    """
    chosen = survey.instrument.criterion_index if index is None else survey.instrument.index(index)
    if chosen is None:
        raise AnalysisError("The instrument has no index to take as self-rating.")
    table = outcome_table(survey, outcome).rename(columns={"outcome": "customers"})
    scores = index_scores(organizations_only(survey.shares), survey.instrument, chosen).rename(
        columns={"score": "own"}
    )
    table = table.merge(scores[["organization", "wave", "own"]], on=["organization", "wave"])
    if len(table) < 8:
        raise AnalysisError("Too few organizations have both ratings.", value=len(table), allowed="8 or more")
    if same_scale and (table["customers"].min() < 0 or table["customers"].max() > 100):
        raise AnalysisError("Customers' ratings are not on 0 to 100.", value=outcome)
    own, customers = table["own"].to_numpy(float), table["customers"].to_numpy(float)
    return SelfRating(
        table[["organization", "wave", "own", "customers", "n"]],
        _agreement(own, customers) if same_scale else None,
        rank_correlation(own, customers),
        _by_quartile(own, customers),
        chosen.title,
        outcome,
        len(table),
        " ".join(map(translated, (_METHOD, _ORDER) if same_scale else (_ORDER,))),
        survey.source,
    )


def _agreement(own: Floats, customers: Floats) -> Agreement:
    """Return the agreement of two ratings on 0 to 100."""
    difference = own - customers
    frame = pd.DataFrame({"own": own, "customers": customers, "difference": difference})
    group = pd.Series(rating_groups(difference))
    means = frame.groupby(group).mean().reindex([OVER, IN_AGREEMENT, UNDER])
    means.insert(0, "n", group.value_counts().reindex(means.index, fill_value=0))
    icc = two_way_intraclass(np.column_stack([own, customers]))
    return Agreement(
        means.rename_axis("group").reset_index(),
        mean_estimate(difference),
        limits_of_agreement(difference),
        icc.agreement,
        icc.consistency,
    )


def rating_groups(difference: Floats) -> list[str]:
    """Return who over-rates itself, by differences self minus customers.

    Examples
    --------
    >>> rating_groups(np.array([-10.0, 0, 0, 10]))
    ['under-rater', 'in agreement', 'in agreement', 'over-rater']
    """
    away = difference - difference.mean()
    reach = HALF_SD * difference.std(ddof=1)
    return [OVER if d > reach else UNDER if d < -reach else IN_AGREEMENT for d in np.round(away, 9)]


def limits_of_agreement(difference: Floats) -> tuple[Estimate, Estimate]:
    """Return Bland and Altman's 95 % limits, each with its interval.

    Notes
    -----
    Standard error of a limit: ``s sqrt(1/n + 1.96^2 / (2 (n - 1)))`` (Bland and Altman 1999), Student's t.

    Examples
    --------
    >>> low, high = limits_of_agreement(np.array([-1.0, 0, 1]))
    >>> round(low.estimate, 2), round(high.estimate, 2)
    (-1.96, 1.96)
    """
    n, s, mean = difference.size, float(difference.std(ddof=1)), float(difference.mean())
    se = s * float(np.sqrt(1 / n + 1.96**2 / (2 * (n - 1))))
    reach = float(scipy.special.stdtrit(n - 1, 0.975)) * se
    low, high = (mean + sign * 1.96 * s for sign in (-1, 1))
    return Estimate(low, low - reach, low + reach, se), Estimate(high, high - reach, high + reach, se)


def _by_quartile(own: Floats, customers: Floats) -> pd.DataFrame:
    """Return both ratings, in standard deviations from their means, in each quartile of the self-rating."""
    columns = ["quartile", "own", "customers", "n"]
    try:
        labels = quartile_groups(own).labels
    except AnalysisError:
        return pd.DataFrame(columns=columns)
    table = pd.DataFrame({"own": own, "customers": customers})
    table = (table - table.mean()) / table.std()
    return quartile_means(table, labels, by="own", of="customers")[columns]
