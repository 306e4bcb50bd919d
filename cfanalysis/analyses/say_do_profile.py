"""Say and Do in each dimension, the top quartile beside the rest."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cfanalysis.analyses.ranked_gaps import gaps_of_groups, ranked_gaps
from cfanalysis.core.language import message
from cfanalysis.scoring.means import WhichWave
from cfanalysis.survey.survey_data import Source, Survey

TOP_QUARTILE, REST = message("Top quartile"), message("Rest")
TOP_AND_REST = (TOP_QUARTILE, REST, REST, REST)


@dataclass(frozen=True)
class SayDoProfile:
    """Say, Do and gap by dimension and group.

    Parameters
    ----------
    frame
        One row per dimension and group: ``dimension`` (id), ``title, group, say, do, gap`` (0-100), ``n``
        (organizations). Say and Do are rounded as they are printed, and the gap is their difference.
    groups
        The groups in order; the first is the one that is looked at.
    criterion
        Title of the criterion that makes the groups.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    n
        Organizations in all.
    source
        Where the data come from.
    """

    frame: pd.DataFrame
    groups: tuple[str, ...]
    criterion: str
    wave: WhichWave
    n: int
    source: Source


def say_do_profile(survey: Survey, *, wave: WhichWave = "latest") -> SayDoProfile:
    """Return Say, Do and gap of each dimension for the top quartile and the rest.

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
    ranked = ranked_gaps(survey, wave=wave)
    gaps = gaps_of_groups(survey, ranked, TOP_AND_REST, scope="dimension", wave=wave)
    means = gaps.groupby(["name", "group"], as_index=False).agg(
        say=("say_score", "mean"), do=("do_score", "mean"), n=("gap", "size")
    )
    means[["say", "do"]] = means[["say", "do"]].round(1)
    means.insert(4, "gap", (means["say"] - means["do"]).round(1))
    order = pd.DataFrame(
        [(d.id, d.title, g) for d in survey.instrument.gap_dimensions for g in (TOP_QUARTILE, REST)],
        columns=["dimension", "title", "group"],
    )
    frame = order.merge(means.rename(columns={"name": "dimension"}), on=["dimension", "group"])
    return SayDoProfile(frame, (TOP_QUARTILE, REST), ranked.criterion, wave, len(ranked.frame), survey.source)
