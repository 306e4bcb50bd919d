"""The verdict's organizations and their quartiles, beside each one's Say, Do and gap as measured.

Criterion, organizations and quartiles are the verdict's (`cfanalysis.analyses.claim_data`). Say, Do and gap are those
of all respondents, not standardized for who answered: they describe. The verdict's own contrast is in
`cfanalysis.analyses.quartile_gaps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cfanalysis.analyses.claim_data import CLAIM_SEED, claim_data
from cfanalysis.scoring.means import WhichWave, one_wave, organizations_only
from cfanalysis.scoring.say_do_gap import Scope, say_do_gaps
from cfanalysis.statistics.claim_test.contrast import organization_gaps
from cfanalysis.statistics.effects.one_sample import mean_estimate
from cfanalysis.statistics.quartiles import QUARTILES
from cfanalysis.survey.survey_data import Survey


@dataclass(frozen=True)
class RankedGaps:
    """Organizations with gap and criterion.

    Parameters
    ----------
    frame
        ``organization, wave, criterion, quartile, gap_score`` (0-100, as measured); one row per organization, lowest
        criterion first.
    criterion
        Title of the criterion.
    """

    frame: pd.DataFrame
    criterion: str


def ranked_gaps(survey: Survey, *, wave: WhichWave) -> RankedGaps:
    """Return gap, criterion and quartile of every organization of the verdict.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        The instrument has no gap, or the data do not allow quartiles.
    """
    data = claim_data(survey, wave=wave, seed=CLAIM_SEED)
    each = organization_gaps(data.evidence)
    names = [data.organizations[i] for i in data.evidence.kept]
    known = pd.DataFrame({"organization": names, "criterion": each.criterion, "quartile": each.quartile})
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, wave))
    gaps = say_do_gaps(shares, survey.instrument, scope="overall")
    frame = known.merge(gaps[["organization", "wave", "gap_score"]], on="organization")
    # By value, not by name: seeded draws then do not depend on the organizations' names.
    frame = frame.sort_values(["criterion", "gap_score", "organization"], ignore_index=True)
    return RankedGaps(frame, data.title)


def gaps_of_groups(
    survey: Survey, ranked: RankedGaps, labels: Sequence[str] = QUARTILES, *, scope: Scope, wave: WhichWave
) -> pd.DataFrame:
    """Return the gaps of a scope (`cfanalysis.scoring.say_do_gap.say_do_gaps`), each with its organization's ``group``.

    Parameters
    ----------
    survey
        The evidence.
    ranked
        The organizations.
    labels
        What the group of each quartile is called, top first.
    scope
        ``"dimension"``, ``"pair"`` or ``"overall"``.
    wave
        Whether each organization's first or latest wave counts.
    """
    named = ranked.frame["quartile"].map(dict(zip(QUARTILES, labels, strict=True)))
    group = dict(zip(ranked.frame["organization"], named, strict=True))
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


def scale_range(survey: Survey) -> tuple[int, int]:
    """Return lowest and highest point of the gap items' scale; on different scales, of the widest."""
    scales = [survey.instrument.scale_of(item.id) for item in survey.instrument.gap_items]
    widest = max(scales, key=lambda scale: scale.max - scale.min)
    return widest.min, widest.max
