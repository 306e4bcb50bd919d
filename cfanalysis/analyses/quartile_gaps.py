"""Is the Say-Do gap wider below the top quartile? The raw contrast, with intervals and all four quartiles."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cfanalysis.analyses.ranked_gaps import ranked_gaps, scale_range
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test import quartile_contrast
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.quartiles import quartile_groups
from cfanalysis.survey.survey_data import Source, Survey

_SEED = 2026


@dataclass(frozen=True)
class QuartileGaps:
    """The gap in each quartile of the criterion, and rest against top.

    Parameters
    ----------
    frame
        One row per quartile, top first: ``quartile, n, say, do, gap, low, high`` (scale points; 95 %
        percentile interval of the organization bootstrap that re-ranks and re-cuts).
    organizations
        ``organization, criterion, quartile, gap``.
    delta, delta_say, delta_do
        Mean gap of the rest minus that of the top quartile, and the top quartile's lead in Say and in Do
        (scale points).
    n, n_top, top_share
        Organizations in all, in the top quartile, and the realised share.
    n_left_out
        Organizations without a gap or a criterion.
    criterion
        Title of the criterion.
    scale
        Lowest and highest point of the scale.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    repetitions, seed
        Of the bootstrap.
    source
        Where the data come from.
    composite
        True where the criterion is the overall score, made of the gap's own items: this describes only.
    """

    frame: pd.DataFrame
    organizations: pd.DataFrame
    delta: Estimate
    delta_say: Estimate
    delta_do: Estimate
    n: int
    n_top: int
    top_share: float
    n_left_out: int
    criterion: str
    scale: tuple[int, int]
    wave: WhichWave
    repetitions: int
    seed: int
    source: Source
    composite: bool = False


def quartile_gaps(
    survey: Survey, *, wave: WhichWave = "latest", repetitions: int = 5000, seed: int = _SEED
) -> QuartileGaps:
    """Return the gap in each quartile of the instrument's criterion.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.
    repetitions, seed
        Of the bootstrap.

    Raises
    ------
    AnalysisError
        No gap in the instrument, fewer than four organizations, or all tied.
    """
    ranked = ranked_gaps(survey, wave=wave)
    table = ranked.frame
    groups = quartile_groups(table["criterion"])
    contrast = quartile_contrast(
        table["say"], table["do"], table["criterion"], repetitions=repetitions, seed=seed
    )
    organizations = table[["organization", "criterion", "gap"]].assign(quartile=groups.labels)
    return QuartileGaps(
        frame=pd.DataFrame([vars(q) for q in contrast.quartiles]),
        organizations=organizations[["organization", "criterion", "quartile", "gap"]],
        delta=contrast.delta,
        delta_say=contrast.delta_say,
        delta_do=contrast.delta_do,
        n=contrast.n,
        n_top=contrast.n_top,
        top_share=contrast.top_share,
        n_left_out=ranked.n_left_out,
        criterion=ranked.criterion,
        scale=scale_range(survey),
        wave=wave,
        repetitions=repetitions,
        seed=seed,
        source=survey.source,
        composite=ranked.composite,
    )
