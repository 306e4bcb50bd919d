"""The gap pair by pair, in each quartile of performance.

A pair is a Say item and a Do item about the same subject. Cells that rest on fewer organizations than a
benchmark needs are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cfanalysis.analyses.ranked_gaps import gaps_of_groups, ranked_gaps
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.quartiles import QUARTILES
from cfanalysis.survey.confidentiality import may_show_benchmark
from cfanalysis.survey.survey_data import Source, Survey

_ALL = message("All")


@dataclass(frozen=True)
class PairGaps:
    """The gap of every pair in every quartile.

    Parameters
    ----------
    frame
        One row per pair and group: ``pair`` (id), ``title`` (of its Do item), ``section`` (title of the dimension),
        ``group, gap`` (0-100; missing where too few organizations), ``n`` (organizations).
    groups
        The columns in order: all organizations, then the quartiles, top first.
    criterion
        Title of the criterion that makes the quartiles.
    n
        Organizations.
    wave, source
        As in `cfanalysis.analyses.quartile_gaps.QuartileGaps`.
    """

    frame: pd.DataFrame
    groups: tuple[str, ...]
    criterion: str
    n: int
    wave: WhichWave
    source: Source


def pair_gaps(survey: Survey, *, wave: WhichWave = "latest") -> PairGaps:
    """Return the mean gap of every pair, over all organizations and in each quartile.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        The instrument has no pairs, or there are no quartiles.
    """
    instrument = survey.instrument
    if not instrument.pairs:
        raise AnalysisError("The instrument has no pairs.", next_step="Give Say and Do items a pair.")
    ranked = ranked_gaps(survey, wave=wave)
    gaps = gaps_of_groups(survey, ranked, scope="pair", wave=wave)
    both = pd.concat([gaps.assign(group=_ALL), gaps])
    cells = both.groupby(["name", "group"], as_index=False).agg(gap=("gap_score", "mean"), n=("gap", "size"))
    enough = cells["n"].map(lambda n: may_show_benchmark(int(n), instrument.minima))
    cells = cells.assign(gap=cells["gap"].where(enough))
    groups = (_ALL, *QUARTILES)
    titles = {d.id: d.title for d in instrument.dimensions}
    about = [(p.id, p.do.title, titles.get(p.do.dimension or "", "")) for p in instrument.pairs]
    order = pd.DataFrame(about, columns=["pair", "title", "section"]).merge(
        pd.Series(groups, name="group"), how="cross"
    )
    frame = order.merge(cells.rename(columns={"name": "pair"}), on=["pair", "group"], how="inner")
    return PairGaps(frame, groups, ranked.criterion, len(ranked.frame), wave, survey.source)
