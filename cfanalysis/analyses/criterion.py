"""By what organizations are cut into quartiles, and what each has: Say, Do, gap and criterion side by side.

The criterion is the instrument's criterion index, which contains no item of the gap (the instrument refuses
that): else the quartiles would find a gap where there is none. Where an instrument names no criterion, only the
overall score is left; that describes, and is said with every result.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cfanalysis.scoring.means import WhichWave, index_scores, one_wave, ranked_only
from cfanalysis.scoring.say_do_gap import say_do_gaps
from cfanalysis.survey.instrument import Index
from cfanalysis.survey.survey import Survey

OVERALL = "Overall score of Say and Do"
"""Title of the criterion where an instrument names none."""


@dataclass(frozen=True)
class RankedGaps:
    """Organizations with gap and criterion.

    Parameters
    ----------
    frame
        ``organization, wave, criterion`` (0-100), ``say, do, gap`` (scale points), ``n`` (fewest valid
        answers to an item); one row per organization, sorted by criterion, gap and Say.
    criterion
        Title of the criterion.
    n_left_out
        Organizations of that wave that lack an item of the gap or of the criterion.
    composite
        True where the criterion is the overall score, made of the gap's own items.
    """

    frame: pd.DataFrame
    criterion: str
    n_left_out: int
    composite: bool = False


def ranked_gaps(survey: Survey, *, wave: WhichWave) -> RankedGaps:
    """Return gap and criterion of every organization that has both, in its first or latest wave.

    Raises
    ------
    AnalysisError
        The instrument has no gap.
    """
    index = survey.instrument.criterion_index
    shares = ranked_only(one_wave(survey.shares, survey.source.waves, wave))
    gaps = say_do_gaps(shares, survey.instrument, scope="overall")
    scores = index_scores(shares, survey.instrument, _overall(survey) if index is None else index)
    scores = scores.rename(columns={"score": "criterion"})
    frame = gaps.merge(scores[["organization", "criterion"]], on="organization", how="inner")
    frame = frame[["organization", "wave", "criterion", "say", "do", "gap", "n"]]
    # By value, not by name: seeded draws are then the same whatever the organizations are called.
    frame = frame.sort_values(["criterion", "gap", "say", "organization"], ignore_index=True)
    left_out = int(shares["organization"].nunique()) - len(frame)
    return RankedGaps(frame, OVERALL if index is None else index.title, left_out, index is None)


def _overall(survey: Survey) -> Index:
    """Return the mean of all items of the gap as an index."""
    return Index(id="overall", title=OVERALL, items=tuple(i.id for i in survey.instrument.gap_items))


def scale_range(survey: Survey) -> tuple[int, int]:
    """Return lowest and highest point of the gap items' scale; on different scales, of the widest."""
    scales = [survey.instrument.scale_of(item.id) for item in survey.instrument.gap_items]
    widest = max(scales, key=lambda scale: scale.max - scale.min)
    return widest.min, widest.max
