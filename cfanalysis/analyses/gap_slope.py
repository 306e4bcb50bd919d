"""How the gap varies with performance over the whole range, not only across one cut.

A straight line of the gap on the standardized criterion, with heteroscedasticity-consistent (HC3) standard
errors (MacKinnon and White 1985): the slope uses all organizations and does not depend on where the quartile
is cut (MacCallum et al. 2002). Organizations of one parent count as one group in the errors. Organizations,
criterion and gap are the verdict's; where respondents are halved, line and standard errors are means over the
halvings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cfanalysis.analyses.claim_data import CLAIM_SEED, claim_data
from cfanalysis.analyses.quartile_gaps import quartile_gaps
from cfanalysis.analyses.units import HUNDRED
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test import Verdict
from cfanalysis.statistics.claim_test.contrast import standardized_gaps
from cfanalysis.statistics.claim_test.criterion_mode import scale_estimate
from cfanalysis.statistics.effects import Estimate
from cfanalysis.survey.survey_data import Source, Survey

GRID = 50


@dataclass(frozen=True)
class GapSlope:
    """The gap against the criterion.

    Parameters
    ----------
    organizations
        ``organization, criterion, gap`` (in `unit`), ``quartile``.
    line
        The fitted line and its 95 % band on a grid: ``criterion, gap, low, high``.
    slope
        Change of the gap for one standard deviation of the criterion.
    cut
        The lowest criterion in the top quartile.
    doses
        One row per quartile, top first: ``quartile, criterion`` (its organizations' mean), ``gap, low, high`` (as in
        `cfanalysis.analyses.quartile_gaps.QuartileGaps`), ``n``. Whether the line bends shows here.
    verdict, unit, length, criterion, wave, n, source
        As in `cfanalysis.analyses.quartile_gaps.QuartileGaps`.
    outcome
        Whether the criterion is an outcome in a unit of its own, not a score from 0 to 100.
    """

    organizations: pd.DataFrame
    line: pd.DataFrame
    slope: Estimate
    cut: float
    doses: pd.DataFrame
    verdict: Verdict
    unit: str
    length: float
    criterion: str
    wave: WhichWave
    n: int
    source: Source
    outcome: bool = False

    def per_hundred(self) -> GapSlope:
        """Return the same on 0 to 100."""
        factor, shown = 100 / self.length, ["gap", "low", "high"]
        line, doses = (
            table.assign(**table[shown].astype(float) * factor) for table in (self.line, self.doses)
        )
        organizations = self.organizations.assign(gap=self.organizations["gap"] * factor)
        slope = scale_estimate(self.slope, factor)
        return replace(
            self, organizations=organizations, line=line, slope=slope, doses=doses, unit=HUNDRED, length=100.0
        )


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
        As for `cfanalysis.analyses.quartile_gaps.quartile_gaps`; or one organization decides the line.
    """
    # Imported here: client reports import this module for its result class alone.
    from cfanalysis.analyses.robustness.continuous import hc3_fit
    from cfanalysis.analyses.robustness.robustness_input import mean_over_halvings

    gaps = quartile_gaps(survey, wave=wave)
    data = claim_data(survey, wave=wave, seed=CLAIM_SEED)
    table = gaps.organizations
    grid = np.linspace(table["criterion"].min(), table["criterion"].max(), GRID)
    slopes, lines = [], []
    for halving, gap in zip(data.evidence.halvings, standardized_gaps(data.evidence), strict=True):
        x = halving.criterion
        mean, deviation = x.mean(), x.std(ddof=1)
        design = np.column_stack([np.ones_like(x), (x - mean) / deviation])
        fit = hc3_fit(gap[halving.members], design, groups=data.evidence.group[halving.members])
        at = np.column_stack([np.ones(GRID), (grid - mean) / deviation])
        slopes.append((float(fit.params[1]), float(fit.bse[1])))
        lines.append((at @ fit.params, np.sqrt(np.einsum("gi,ij,gj->g", at, fit.cov_params(), at))))
    slope = mean_over_halvings(slopes, df=max(data.evidence.groups - 2, 1))
    fitted, se = np.mean(lines, axis=0)
    reach = se * (slope.high - slope.estimate) / slope.se if slope.high and slope.se else se
    return GapSlope(
        organizations=table,
        line=pd.DataFrame({"criterion": grid, "gap": fitted, "low": fitted - reach, "high": fitted + reach}),
        slope=slope,
        cut=float(table.loc[table["quartile"] == gaps.frame["quartile"].iloc[0], "criterion"].min()),
        doses=gaps.frame[["quartile", "gap", "low", "high", "n"]].assign(
            criterion=gaps.frame["quartile"].map(table.groupby("quartile")["criterion"].mean())
        ),
        verdict=gaps.verdict,
        unit=gaps.unit,
        length=gaps.length,
        criterion=gaps.criterion,
        wave=wave,
        n=gaps.n,
        source=survey.source,
        outcome=data.kind == "outcome",
    )
