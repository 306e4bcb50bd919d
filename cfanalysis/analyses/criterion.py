"""By what organizations are cut into quartiles, and what each has: Say, Do, gap and criterion side by side.

The criterion contains no item of the gap (the instrument refuses that), else the quartiles would find a gap
where there is none. It is the instrument's criterion index.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cfanalysis.errors import AnalysisError
from cfanalysis.gap import say_do_gaps
from cfanalysis.instrument import Index
from cfanalysis.scoring import WhichWave, index_scores, one_wave, ranked_only
from cfanalysis.survey import Survey


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
    """

    frame: pd.DataFrame
    criterion: str
    n_left_out: int


def criterion_index(survey: Survey) -> Index:
    """Return the index on which quartiles are cut, or say that the instrument has none."""
    index = survey.instrument.criterion_index
    if index is None:
        raise AnalysisError(
            f"The instrument {survey.instrument.id!r} names no criterion, so there are no quartiles.",
            next_step="Add an index of performance items to the instrument and name it as criterion.",
        )
    return index


def ranked_gaps(survey: Survey, *, wave: WhichWave) -> RankedGaps:
    """Return gap and criterion of every organization that has both, in its first or latest wave.

    Raises
    ------
    AnalysisError
        The instrument has no criterion or no gap.
    """
    index = criterion_index(survey)
    shares = ranked_only(one_wave(survey.shares, survey.source.waves, wave))
    gaps = say_do_gaps(shares, survey.instrument, scope="overall")
    scores = index_scores(shares, survey.instrument, index).rename(columns={"score": "criterion"})
    frame = gaps.merge(scores[["organization", "criterion"]], on="organization", how="inner")
    frame = frame[["organization", "wave", "criterion", "say", "do", "gap", "n"]]
    # By value, not by name: seeded draws are then the same whatever the organizations are called.
    frame = frame.sort_values(["criterion", "gap", "say", "organization"], ignore_index=True)
    return RankedGaps(frame, index.title, int(shares["organization"].nunique()) - len(frame))


def scale_range(survey: Survey) -> tuple[int, int]:
    """Return lowest and highest point of the gap items' scale; on different scales, of the widest."""
    scales = [survey.instrument.scale_of(item.id) for item in survey.instrument.gap_items]
    widest = max(scales, key=lambda scale: scale.max - scale.min)
    return widest.min, widest.max
