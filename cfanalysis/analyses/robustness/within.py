"""Change within organizations: does the gap narrow where performance rises.

Organizations that were asked in two waves or more are compared with themselves. What is stable about them, a lasting
halo or questions that tell them apart less, drops out of changes (fixed effects; with two waves the same as first
differences). What changes together with performance does not, so this is an association too, never an effect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cfanalysis.analyses.claim import CLAIM_SEED
from cfanalysis.analyses.claim_data import CriterionKind, claim_data
from cfanalysis.analyses.robustness.robustness_input import (
    AnalysisResult,
    RobustnessInput,
    mean_over_halvings,
)
from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.claim_test.criterion_mode import scaled
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.effects.one_sample import mean_estimate
from cfanalysis.survey.survey_data import Source, Survey

LEAST = 10
"""Organizations in two waves below which nothing is said."""


@dataclass(frozen=True)
class ChangeWithin:
    """The change of the gap on the change of the criterion.

    Parameters
    ----------
    slope
        Change of the gap that goes with a rise of the criterion by one standard deviation between organizations, in
        the unit of the gap; below 0 where the gap narrows as performance rises.
    implied
        What that makes between rest and top quartile, above 0 where the claim says so.
    n
        Organizations in two waves or more.
    waves
        The waves, first to last.
    gap_change
        Mean change of the gap from an organization's first wave to its latest.
    criterion
        The criterion in words.
    unit
        ``points`` or ``percent``.
    source
        Where the data come from.
    """

    slope: Estimate
    implied: Estimate
    n: int
    waves: tuple[str, ...]
    gap_change: Estimate
    criterion: str
    unit: str
    source: Source


def change_within(
    survey: Survey, *, kind: CriterionKind | None = None, seed: int = CLAIM_SEED
) -> ChangeWithin:
    """Return how the gap changes where performance changes, within organizations.

    Parameters
    ----------
    survey
        The evidence, of two waves or more.
    kind
        The criterion; None for the verdict's own.
    seed
        Of the halvings.

    Raises
    ------
    AnalysisError
        One wave, no criterion apart from the gap's items, or fewer than ten organizations in two waves.
    """
    data = claim_data(survey, kind=kind, seed=seed)
    if data.criterion is None:
        raise AnalysisError("The survey has no criterion apart from the gap's own items")
    if len(survey.source.waves) < 2:
        raise AnalysisError("There is one wave only")
    panels, unit = _panels(survey, data.kind, seed)
    n = int(panels[0]["organization"].nunique()) if panels else 0
    if n < LEAST:
        raise AnalysisError(f"{n} organizations took part in two waves; fewer than {LEAST} say nothing")
    fits = [_fixed_effects(panel) for panel in panels]
    slope = mean_over_halvings([(fit.slope, fit.se) for fit in fits], df=n - 2)
    distances = [h.scores[h.top].mean() - h.scores[~h.top].mean() for h in data.evidence.halvings]
    first_to_last = pd.concat(panels).groupby(["organization", "wave"])["gap"].mean().groupby("organization")
    changes = (first_to_last.last() - first_to_last.first()).to_numpy()
    return ChangeWithin(
        slope=slope,
        implied=_turned(scaled(slope, float(np.mean(distances)))),
        n=n,
        waves=survey.source.waves,
        gap_change=mean_estimate(changes),
        criterion=data.label,
        unit=unit,
        source=survey.source,
    )


def change_row(material: RobustnessInput) -> AnalysisResult:
    """Return what the change within organizations implies between rest and top."""
    found = change_within(material.survey, kind=material.data.kind, seed=material.seed)
    return AnalysisResult(
        found.implied, found.n, detail="An association of changes, weakened by the criterion's noise."
    )


@dataclass(frozen=True)
class _Fit:
    slope: float
    se: float


def _panels(survey: Survey, kind: CriterionKind, seed: int) -> tuple[list[pd.DataFrame], str]:
    """Return for each halving ``organization, group, wave, gap, criterion`` of all who are in two waves or more."""
    by_halving: list[list[pd.DataFrame]] = []
    units = set()
    for place, wave in enumerate(survey.source.waves):
        data = claim_data(_of_wave(survey, wave), kind=kind, seed=seed)
        evidence = data.evidence
        units.add("points" if evidence.one_grid else "percent")
        names = np.array(data.organizations)[evidence.kept]
        parents = names if data.parents is None else np.array(data.parents.names)[evidence.kept]
        group = np.where(parents == "", names, parents)
        for number, h in enumerate(evidence.halvings):
            frame = pd.DataFrame({"organization": names[h.members], "group": group[h.members], "wave": place})
            frame = frame.assign(
                gap=h.say - h.do, criterion=(h.criterion - h.criterion.mean()) / h.criterion.std()
            )
            by_halving += [[]] * (number + 1 - len(by_halving))
            by_halving[number] = [*by_halving[number], frame]
    panels = []
    for frames in by_halving:
        panel = pd.concat(frames, ignore_index=True)
        panels.append(panel[panel.groupby("organization")["wave"].transform("size") > 1])
    return panels, units.pop()


def _of_wave(survey: Survey, wave: str) -> Survey:
    """Return the survey as if there were one wave."""

    def own(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["wave"] == wave].reset_index(drop=True)

    return replace(
        survey,
        shares=own(survey.shares),
        organizations=own(survey.organizations),
        responses=None if survey.responses is None else own(survey.responses),
        outcomes=None if survey.outcomes is None else own(survey.outcomes),
        source=replace(survey.source, waves=(wave,)),
    )


def _fixed_effects(panel: pd.DataFrame) -> _Fit:
    """Return the slope with an effect for every organization and wave; standard error clustered by group."""
    waves = pd.get_dummies(panel["wave"], drop_first=True, dtype=float).to_numpy()
    columns = np.column_stack([panel["gap"], panel["criterion"], waves])
    owner = panel["organization"].factorize()[0]
    size = np.bincount(owner)
    means = np.stack([np.bincount(owner, weights=column) / size for column in columns.T], axis=1)
    own = columns - means[owner]
    y, x = own[:, 0], own[:, 1:]
    inverse = np.linalg.pinv(x.T @ x)
    slope = inverse @ (x.T @ y)
    residual = y - x @ slope
    group = panel["group"].factorize()[0]
    scores = [np.bincount(group, weights=column * residual) for column in x.T]
    parts = np.stack(scores, axis=1) @ inverse
    groups = len(parts)
    return _Fit(float(slope[0]), float(np.sqrt(groups / (groups - 1) * (parts[:, 0] ** 2).sum())))


def _turned(estimate: Estimate) -> Estimate:
    """Return the negative of an estimate."""
    low, high = (None if bound is None else -bound for bound in (estimate.high, estimate.low))
    return replace(estimate, estimate=-estimate.estimate, low=low, high=high)
