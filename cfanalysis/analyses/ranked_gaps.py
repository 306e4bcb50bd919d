"""The criterion that divides organizations into quartiles, beside each organization's Say, Do and gap.

The criterion is the verdict's: an outcome where the instrument names one and the study has it, else the instrument's
criterion index, which contains no item of the gap (the instrument refuses that): else the quartiles would find a gap
where there is none. Where an instrument names no criterion, only the overall score is left; that only describes, and
every result says so. Everything here is as measured, of all respondents; the verdict's own contrast is in
`cfanalysis.analyses.quartile_gaps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cfanalysis.scoring.means import WhichWave, index_scores, one_wave, organizations_only
from cfanalysis.scoring.say_do_gap import Scope, say_do_gaps
from cfanalysis.statistics.effects.one_sample import mean_estimate
from cfanalysis.statistics.quartiles import QUARTILES
from cfanalysis.survey.instrument import Index
from cfanalysis.survey.survey_data import Survey

OVERALL = "Overall score of Say and Do"
"""Title of the criterion where an instrument names none."""


@dataclass(frozen=True)
class RankedGaps:
    """Organizations with gap and criterion.

    Parameters
    ----------
    frame
        ``organization, wave, criterion`` (0-100, or in the unit of an outcome), ``say, do, gap`` (scale points), ``n``
        (fewest valid answers to an item); one row per organization, sorted by criterion, gap and Say.
    criterion
        Title of the criterion.
    composite
        True where the criterion is the overall score, made of the gap's own items.
    """

    frame: pd.DataFrame
    criterion: str
    composite: bool = False


def ranked_gaps(survey: Survey, *, wave: WhichWave) -> RankedGaps:
    """Return gap and criterion of every organization that has both, in its first or latest wave.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        The instrument has no gap.
    """
    index, outcome = survey.instrument.criterion_index, criterion_outcome(survey)
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, wave))
    gaps = say_do_gaps(shares, survey.instrument, scope="overall")
    if outcome is None:
        scores = index_scores(shares, survey.instrument, _overall(survey) if index is None else index)
        title, composite = (OVERALL, True) if index is None else (index.title, False)
    else:
        scores = one_wave(outcome, survey.source.waves, wave).rename(columns={"value": "score"})
        title, composite = str(survey.instrument.criterion_outcome), False
    scores = scores.rename(columns={"score": "criterion"})
    frame = gaps.merge(scores[["organization", "criterion"]], on="organization", how="inner")
    frame = frame[["organization", "wave", "criterion", "say", "do", "gap", "n"]]
    # By value, not by name: seeded draws then do not depend on the organizations' names.
    frame = frame.sort_values(["criterion", "gap", "say", "organization"], ignore_index=True)
    return RankedGaps(frame, title, composite)


def criterion_outcome(survey: Survey) -> pd.DataFrame | None:
    """Return the outcome that is the criterion, one row per organization and wave; None where there is none."""
    name = survey.instrument.criterion_outcome
    if survey.outcomes is None or name is None:
        return None
    return survey.outcomes[survey.outcomes["outcome"] == name].dropna(subset=["value"])


def gaps_of_groups(
    survey: Survey, ranked: RankedGaps, labels: Sequence[str], *, scope: Scope, wave: WhichWave
) -> pd.DataFrame:
    """Return the gaps of a scope (`cfanalysis.scoring.say_do_gap.say_do_gaps`), each with its organization's ``group``.

    Parameters
    ----------
    survey
        The evidence.
    ranked
        The organizations.
    labels
        The group of each of them.
    scope
        ``"dimension"``, ``"pair"`` or ``"overall"``.
    wave
        Whether each organization's first or latest wave counts.
    """
    group = dict(zip(ranked.frame["organization"], map(str, labels), strict=True))
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, wave))
    gaps = say_do_gaps(shares, survey.instrument, scope=scope)
    gaps = gaps[gaps["organization"].isin(group)]
    return gaps.assign(group=gaps["organization"].map(group))


def quartile_means(table: pd.DataFrame, labels: ArrayLike, *, by: str, of: str) -> pd.DataFrame:
    """Return the means of each quartile, top first: ``quartile``, `by`, `of` with ``low, high``, and ``n``.

    Parameters
    ----------
    table
        One row per organization.
    labels
        The quartile of each.
    by
        The column by which quartiles were cut.
    of
        The column whose mean has a 95 % interval (Student's t).
    """
    rows = []
    for quartile in QUARTILES:
        here = table[np.asarray(labels) == quartile]
        if len(here):
            mean = mean_estimate(here[of])
            rows.append((quartile, float(here[by].mean()), mean.estimate, *mean.ends, len(here)))
    return pd.DataFrame(rows, columns=["quartile", by, of, "low", "high", "n"])


def _overall(survey: Survey) -> Index:
    """Return the mean of all items of the gap as an index."""
    return Index(id="overall", title=OVERALL, items=tuple(i.id for i in survey.instrument.gap_items))


def scale_range(survey: Survey) -> tuple[int, int]:
    """Return lowest and highest point of the gap items' scale; on different scales, of the widest."""
    scales = [survey.instrument.scale_of(item.id) for item in survey.instrument.gap_items]
    widest = max(scales, key=lambda scale: scale.max - scale.min)
    return widest.min, widest.max
