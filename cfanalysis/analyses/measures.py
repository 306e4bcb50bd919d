"""All further measures of an organization beyond its scores, in the form of the score table.

Practices, warning signs, levels, customers' expectations, service inside and outside, scores adjusted for roles,
themes: one row per organization, wave and measure, so that medians, quartile means and percentiles are found for all of
them in one way. The items that each measure is made of show which measures share answers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.analyses.customer_types import customer_type_items, customer_type_measures
from cfanalysis.analyses.expectation import expectation_measures
from cfanalysis.analyses.open_answers import theme_measures
from cfanalysis.analyses.performance_levels import level_items, level_measures
from cfanalysis.analyses.practices import practice_items, practice_measures
from cfanalysis.analyses.roles import adjusted_measures
from cfanalysis.analyses.warning_signs import sign_measures
from cfanalysis.scoring.score_table import SCORE_COLUMNS, MeasureKey
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import Survey


def all_measures(survey: Survey, scores: pd.DataFrame, role_effects: pd.DataFrame) -> pd.DataFrame:
    """Return the score table with the further measures of every organization and wave below it.

    Parameters
    ----------
    survey
        The evidence.
    scores
        The study's score table.
    role_effects
        What scores are adjusted with (`cfanalysis.analyses.roles.adjusted_measures`).

    Returns
    -------
    DataFrame
        As `cfanalysis.scoring.score_table.score_table`; ``mean`` is missing for the further measures.
    """
    shares, instrument = survey.shares, survey.instrument
    of_shares = (
        practice_measures,
        sign_measures,
        level_measures,
        expectation_measures,
        customer_type_measures,
    )
    parts = [measures(shares, instrument) for measures in of_shares]
    parts += [adjusted_measures(survey, scores, role_effects), theme_measures(survey)]
    filled = [part.assign(mean=np.nan)[SCORE_COLUMNS] for part in parts if not part.empty]
    text = dict.fromkeys(SCORE_COLUMNS[:6], "str")
    table = [part.astype({**text, "score": float, "n": "int64"}) for part in filled]
    return pd.concat([scores, *table], ignore_index=True)


def measure_items(measure: MeasureKey, instrument: Instrument) -> frozenset[str]:
    """Return the items whose scores a measure is the mean of, or a difference of means.

    Parameters
    ----------
    measure
        Its scope, name and facet.
    instrument
        What the survey asks.

    Returns
    -------
    frozenset of str
        The items' ids. A measure that is computed in another way (a theme, an adjusted score) has a mark of its own in
        their place, and warning signs have marks apart from the items' scores.
    """
    scope, name, facet = measure
    gap = [i for i in instrument.gap_items if facet in (i.facet, "gap", "all")]
    match scope:
        case "item":
            return frozenset({name})
        case "overall":
            return frozenset(i.id for i in gap)
        case "dimension" | "pair":
            return frozenset(i.id for i in gap if getattr(i, scope) == name)
        case "index":
            return frozenset(instrument.index(name).items)
        case "practice":
            return frozenset(practice_items(instrument).get(name, ()))
        case "customer":
            sides = customer_type_items(instrument)
            return frozenset(sides[name] if name in sides else [i for ids in sides.values() for i in ids])
        case "level":
            return frozenset(level_items(instrument).get(name, ()))
        case "warning_sign":
            signs = [i.id for i in instrument.select(role="warning_sign")]
            return frozenset(f"sign {sign}" for sign in ([name] if name in signs else signs))
    return frozenset({f"{scope} {name}"})
