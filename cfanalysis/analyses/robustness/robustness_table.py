"""The robustness table: every analysis of the catalogue run on one survey."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cfanalysis.analyses.claim import CLAIM_REPETITIONS
from cfanalysis.analyses.claim_data import CLAIM_SEED, CriterionKind, claim_data
from cfanalysis.analyses.not_possible import reason
from cfanalysis.analyses.robustness.catalogue import ANALYSES, TELLING, Analysis
from cfanalysis.analyses.robustness.models import ODDS_COLUMNS, item_odds
from cfanalysis.analyses.robustness.robustness_input import RobustnessInput
from cfanalysis.analyses.robustness.specifications import SpecificationCurve, specification_estimates
from cfanalysis.core.errors import AnalysisError
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test import Verdict
from cfanalysis.statistics.effects import Estimate
from cfanalysis.survey.survey_data import Source, Survey

MAX_TELLING = 8
_UNITS = {"points": "points", "percent": "percent of the range"}


@dataclass(frozen=True)
class RobustnessRow:
    """One analysis of the contrast.

    Parameters
    ----------
    id, label, group
        Its name in code, in the table, and the heading it stands under.
    estimate, low, high
        The number and its 95 % interval, None where there is none; above 0 where the gap is wider below the top
        quartile.
    p
        Two-sided p, where the analysis gives one.
    unit
        ``points`` (rest minus top) unless the analysis has another.
    n
        Organizations.
    removes, cannot
        What it can remove from the raw contrast, and what it cannot.
    detail
        A sentence more, or none.
    """

    id: str
    label: str
    group: str
    estimate: float
    low: float | None
    high: float | None
    p: float | None
    unit: str
    n: int
    removes: str
    cannot: str
    detail: str = ""

    @property
    def as_estimate(self) -> Estimate:
        """The number with its interval."""
        return Estimate(self.estimate, self.low, self.high, p=self.p)


@dataclass(frozen=True)
class ImpossibleAnalysis:
    """An analysis that the data do not allow, and why."""

    id: str
    label: str
    group: str
    reason: str


@dataclass(frozen=True)
class Robustness:
    """The contrast under many analyses.

    Parameters
    ----------
    rows
        The analyses that could be made, in the order of the catalogue.
    not_possible
        Those that the data do not allow.
    odds
        Proportional-odds slopes item by item (`cfanalysis.analyses.robustness.models.item_odds`); empty without
        respondents.
    specifications
        The curve of all specifications of the raw contrast.
    verdict
        The verdict beside which this stands.
    criterion
        Its criterion, in words.
    composite
        True where that is the overall score.
    n
        Its organizations.
    halvings
        Random halvings of the respondents that are averaged over.
    repetitions, seed
        Of the bootstraps.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    source
        Where the data come from.
    """

    rows: tuple[RobustnessRow, ...]
    not_possible: tuple[ImpossibleAnalysis, ...]
    odds: pd.DataFrame
    specifications: SpecificationCurve
    verdict: Verdict
    criterion: str
    composite: bool
    n: int
    halvings: int
    repetitions: int
    seed: int
    wave: WhichWave
    source: Source

    @property
    def telling(self) -> tuple[RobustnessRow, ...]:
        """The eight most telling rows, in the order of the table."""
        known = {row.id for row in self.rows}
        chosen = [name for name in TELLING if name in known][:MAX_TELLING]
        return tuple(row for row in self.rows if row.id in chosen)

    @property
    def own(self) -> tuple[RobustnessRow, ...]:
        """The verdict's own contrast: as measured, with who answered made equal, less what the ceiling gives."""
        rows = (self.row(name) for name in ("raw", "same_mix", "beyond_ceiling"))
        return tuple(row for row in rows if row is not None)

    def row(self, name: str) -> RobustnessRow | None:
        """Return the row with this id, None where it could not be computed."""
        return next((row for row in self.rows if row.id == name), None)


def robustness(
    survey: Survey,
    *,
    wave: WhichWave = "latest",
    kind: CriterionKind | None = None,
    repetitions: int = CLAIM_REPETITIONS,
    seed: int = CLAIM_SEED,
) -> Robustness:
    """Return the contrast under every analysis that the data allow.

    Parameters
    ----------
    survey, wave, kind, seed
        As for `cfanalysis.analyses.claim.claim_verdict`.
    repetitions
        Of the bootstraps.

    Raises
    ------
    AnalysisError
        As for `cfanalysis.analyses.claim.claim_verdict`: nothing can be compared at all.
    """
    data = claim_data(survey, wave=wave, kind=kind, seed=seed)
    material = RobustnessInput(survey, data, data.evidence, wave, repetitions, seed)
    unit = _UNITS[material.verdict.unit]
    results = [_result(analysis, material, unit) for analysis in ANALYSES if analysis.applies(material)]
    return Robustness(
        rows=tuple(r for r in results if isinstance(r, RobustnessRow)),
        not_possible=tuple(r for r in results if isinstance(r, ImpossibleAnalysis)),
        odds=_odds(material),
        specifications=specification_estimates(material),
        verdict=material.verdict,
        criterion=data.label,
        composite=material.composite,
        n=material.evidence.n,
        halvings=len(material.evidence.halvings),
        repetitions=repetitions,
        seed=seed,
        wave=wave,
        source=survey.source,
    )


def _result(analysis: Analysis, material: RobustnessInput, unit: str) -> RobustnessRow | ImpossibleAnalysis:
    """Return one row, or why there is none."""
    try:
        found = analysis.run(material)
    except AnalysisError as error:
        return ImpossibleAnalysis(analysis.id, analysis.label, analysis.group, reason(error))
    e = found.estimate
    return RobustnessRow(
        analysis.id, analysis.label, analysis.group, e.estimate, e.low, e.high, e.p, found.unit or unit,
        found.n, analysis.removes, analysis.cannot, found.detail,
    )  # fmt: skip


def _odds(material: RobustnessInput) -> pd.DataFrame:
    try:
        return item_odds(material)
    except AnalysisError:
        return pd.DataFrame(columns=ODDS_COLUMNS)
