"""How the gap varies with performance over the whole range, not only across one cut.

A straight line of the gap on the standardized criterion, with heteroscedasticity-consistent (HC3) standard
errors (MacKinnon and White 1985): the slope uses all organizations and does not depend on where the quartile
is cut (MacCallum et al. 2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.analyses.ranked_gaps import quartile_means, ranked_gaps
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.quartiles import quartile_groups
from cfanalysis.survey.survey_data import Source, Survey

GRID = 50


@dataclass(frozen=True)
class GapSlope:
    """The gap against the criterion.

    Parameters
    ----------
    organizations
        ``organization, criterion`` (0-100), ``gap`` (scale points), ``quartile``.
    line
        The fitted line and its 95 % band on a grid: ``criterion, gap, low, high``.
    slope
        Change of the gap for one standard deviation of the criterion (scale points).
    cut
        The criterion's 75 % quantile, where the top quartile begins.
    doses
        One row per quartile, top first: ``quartile, criterion`` (its organizations' mean, 0-100), ``gap, low, high``
        (mean, 95 % interval by Student's t; scale points), ``n``. Whether the line bends shows here.
    criterion, wave, n, source
        As in `cfanalysis.analyses.quartile_gaps.QuartileGaps`.
    """

    organizations: pd.DataFrame
    line: pd.DataFrame
    slope: Estimate
    cut: float
    criterion: str
    wave: WhichWave
    n: int
    source: Source
    doses: pd.DataFrame


def gap_slope(survey: Survey, *, wave: WhichWave = "latest") -> GapSlope:
    """Return the line of the gap on the criterion.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        As for `cfanalysis.analyses.quartile_gaps.quartile_gaps`.
    """
    # Imported here: client reports import this module for its result class alone.
    from statsmodels.regression.linear_model import OLS

    ranked = ranked_gaps(survey, wave=wave)
    table = ranked.frame
    groups = quartile_groups(table["criterion"])
    x = table["criterion"].to_numpy(dtype=float)
    mean, deviation = x.mean(), x.std(ddof=1)
    design = np.column_stack([np.ones_like(x), (x - mean) / deviation])
    fit = OLS(table["gap"].to_numpy(dtype=float), design).fit(cov_type="HC3", use_t=True)
    grid = np.linspace(x.min(), x.max(), GRID)
    band = fit.get_prediction(np.column_stack([np.ones(GRID), (grid - mean) / deviation])).summary_frame()
    low, high = fit.conf_int()[1]
    return GapSlope(
        organizations=table[["organization", "criterion", "gap"]].assign(quartile=groups.labels),
        line=pd.DataFrame(
            {
                "criterion": grid,
                "gap": band["mean"],
                "low": band["mean_ci_lower"],
                "high": band["mean_ci_upper"],
            }
        ),
        slope=Estimate(
            float(fit.params[1]), float(low), float(high), float(fit.bse[1]), float(fit.pvalues[1])
        ),
        cut=groups.cuts[2],
        criterion=ranked.criterion,
        wave=wave,
        n=len(table),
        source=survey.source,
        doses=quartile_means(table, groups.labels, by="criterion", of="gap"),
    )
