"""Everything that an organization is measured by beyond its scores, in the form of the score table.

Practices, warning signs, levels, customers' expectations, service inside and outside, scores adjusted for roles,
themes: one row per organization, wave and measure, so that medians, quartile means and percentiles are found for
all of them in one way.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.analyses.comments import theme_measures
from cfanalysis.analyses.customers import side_measures
from cfanalysis.analyses.expectation import expectation_measures
from cfanalysis.analyses.levels import level_measures
from cfanalysis.analyses.practices import practice_measures
from cfanalysis.analyses.roles import adjusted_measures
from cfanalysis.analyses.warning_signs import sign_measures
from cfanalysis.scoring.score_table import COLUMNS
from cfanalysis.survey.survey import Survey


def all_measures(survey: Survey, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the score table with the further measures of every organization and wave below it.

    Parameters
    ----------
    survey
        The evidence.
    scores
        The study's score table.

    Returns
    -------
    DataFrame
        As `cfanalysis.scoring.score_table.score_table`; ``mean`` is missing for the further measures.
    """
    shares, instrument = survey.shares, survey.instrument
    of_shares = (practice_measures, sign_measures, level_measures, expectation_measures, side_measures)
    parts = [measures(shares, instrument) for measures in of_shares]
    parts += [adjusted_measures(survey, scores), theme_measures(survey)]
    filled = [part.assign(mean=np.nan)[COLUMNS] for part in parts if not part.empty]
    text = dict.fromkeys(COLUMNS[:6], "str")
    table = [part.astype({**text, "score": float, "n": "int64"}) for part in filled]
    return pd.concat([scores, *table], ignore_index=True)
