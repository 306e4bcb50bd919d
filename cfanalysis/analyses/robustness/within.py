"""Change within organizations: does the gap narrow where performance rises.

Organizations that were asked in two waves or more are compared with themselves. What is stable about them, a lasting
halo or questions that distinguish them less, drops out of changes (fixed effects; with two waves the same as first
differences). What changes together with performance does not, so this is an association too, never an effect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cfanalysis.analyses.claim_data import CLAIM_SEED, CriterionKind, claim_data
from cfanalysis.analyses.robustness.robustness_input import (
    AnalysisResult,
    RobustnessInput,
    mean_over_halvings,
)
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message, translated
from cfanalysis.statistics.claim_test.criterion_mode import scale_estimate
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.effects.one_sample import mean_estimate
from cfanalysis.survey.survey_data import Source, Survey

LEAST = 10
"""Fewest organizations in two waves for a result."""


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
        raise AnalysisError(message("The survey has no criterion apart from the gap's own items"))
    if len(survey.source.waves) < 2:
        raise AnalysisError(message("There is one wave only"))
    panels = survey.memoize(("panels", data.kind, seed), lambda: _panels(survey, data.kind, seed))
    n = int(panels[0]["organization"].nunique()) if panels else 0
    if n < LEAST:
        raise AnalysisError(
            message(
                "{n:d} organizations took part in two waves; fewer than {least:d} say nothing",
                context="stored",
            ).format(n=n, least=LEAST)
        )
    slope = mean_over_halvings([_fixed_effects(panel) for panel in panels], df=n - 2)
    distances = [h.scores[h.top].mean() - h.scores[~h.top].mean() for h in data.evidence.halvings]
    first_to_last = pd.concat(panels).groupby(["organization", "wave"])["gap"].mean().groupby("organization")
    changes = (first_to_last.last() - first_to_last.first()).to_numpy()
    return ChangeWithin(
        slope=slope,
        implied=scale_estimate(slope, -float(np.mean(distances))),
        n=n,
        waves=survey.source.waves,
        gap_change=mean_estimate(changes),
        criterion=data.label,
        unit="points" if data.evidence.one_grid else "percent",
        source=survey.source,
    )


def change_row(material: RobustnessInput) -> AnalysisResult:
    """Return what the change within organizations implies between rest and top."""
    found = change_within(material.survey, kind=material.data.kind, seed=material.seed)
    return AnalysisResult(
        found.implied,
        found.n,
        detail=translated("An association of changes, weakened by the criterion's noise."),
    )


def _panels(survey: Survey, kind: CriterionKind, seed: int) -> list[pd.DataFrame]:
    """Return for each halving ``organization, group, wave, gap, criterion`` of all who are in two waves or more."""
    frames = []
    for place, wave in enumerate(survey.source.waves):
        try:
            data = claim_data(_of_wave(survey, wave), kind=kind, seed=seed)
            evidence = data.evidence
        except AnalysisError:  # a wave with too few organizations
            continue
        names = np.array(data.organizations)[evidence.kept]
        parents = names if data.parents is None else np.array(data.parents.names)[evidence.kept]
        for number, h in enumerate(evidence.halvings):
            frame = pd.DataFrame({"organization": names[h.members], "wave": place, "halving": number})
            frame["group"] = np.where(parents == "", names, parents)[h.members]
            standard = (h.criterion - h.criterion.mean()) / h.criterion.std()
            frames.append(frame.assign(gap=h.say - h.do, criterion=standard))
    together = (
        pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["organization", "halving"])
    )
    waves = together.groupby(["organization", "halving"])["organization"].transform("size")
    return [panel for _, panel in together[waves > 1].groupby("halving")]


def _of_wave(survey: Survey, wave: str) -> Survey:
    """Return the survey as if there were one wave."""

    def own(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["wave"] == wave].reset_index(drop=True)

    return replace(
        survey,
        shares=own(survey.shares),
        organizations=own(survey.organizations),
        raw_responses=None if survey.raw_responses is None else own(survey.raw_responses),
        outcomes=None if survey.outcomes is None else own(survey.outcomes),
        source=replace(survey.source, waves=(wave,)),
    )


def _fixed_effects(panel: pd.DataFrame) -> tuple[float, float]:
    """Return the slope with an effect for every organization and wave, and its standard error clustered by group."""
    from statsmodels.regression.linear_model import OLS

    waves = pd.get_dummies(panel["wave"], drop_first=True, dtype=float)
    columns = pd.concat([panel[["gap", "criterion"]], waves], axis=1)
    own = (columns - columns.groupby(panel["organization"]).transform("mean")).to_numpy()
    groups = panel["group"].factorize()[0]
    kinds = {"groups": groups, "use_correction": False}
    fit = OLS(own[:, 0], own[:, 1:]).fit(cov_type="cluster", cov_kwds=kinds)
    number = int(groups.max()) + 1
    return float(fit.params[0]), float(fit.bse[0]) * float(np.sqrt(number / (number - 1)))
