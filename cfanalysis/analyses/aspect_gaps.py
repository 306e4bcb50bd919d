"""The gap aspect by aspect, the top quartile against the rest: where Say and Do differ most.

An aspect is a dimension or a pair of items. Means over organizations with intervals by Student's t; the aspects
stand from the widest gap of the rest to the narrowest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from cfanalysis.analyses.ranked_gaps import gaps_of_groups, ranked_gaps
from cfanalysis.analyses.say_do_profile import REST, TOP_AND_REST, TOP_QUARTILE
from cfanalysis.core.errors import AnalysisError
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.effects.one_sample import mean_estimate
from cfanalysis.survey.confidentiality import may_show_benchmark
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import Source, Survey

AspectScope = Literal["dimension", "pair"]


@dataclass(frozen=True)
class AspectGaps:
    """The gap of every aspect in the top quartile and in the rest.

    Parameters
    ----------
    frame
        One row per aspect and group, widest gap of the rest first: ``aspect`` (id), ``title, section`` (title of a
        pair's dimension, else empty), ``group, gap, low, high`` (0-100, 95 % interval), ``n`` (organizations).
    groups
        The groups in order; the first is the one in colour.
    scope
        What an aspect is: ``"dimension"`` or ``"pair"``.
    criterion, n, wave, source
        As in `cfanalysis.analyses.quartile_gaps.QuartileGaps`.
    """

    frame: pd.DataFrame
    groups: tuple[str, ...]
    scope: AspectScope
    criterion: str
    n: int
    wave: WhichWave
    source: Source


def aspect_gaps(survey: Survey, *, scope: AspectScope = "pair", wave: WhichWave = "latest") -> AspectGaps:
    """Return the gap of every aspect in the top quartile and in the rest.

    Parameters
    ----------
    survey
        The evidence.
    scope
        The aspects: ``"pair"`` or ``"dimension"``.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        The instrument has no such aspect, there are no quartiles, or each group is too small.
    """
    titles = _titles(survey.instrument, scope)
    if not titles:
        raise AnalysisError(f"The instrument has no {scope} with Say and Do items.")
    ranked = ranked_gaps(survey, wave=wave)
    gaps = gaps_of_groups(survey, ranked, TOP_AND_REST, scope=scope, wave=wave)
    rows = []
    for (name, of), part in gaps.groupby(["name", "group"], sort=False):
        if not may_show_benchmark(len(part), survey.instrument.minima):
            continue
        mean = mean_estimate(part["gap_score"]).cut_to(-100, 100)
        rows.append((name, *titles[str(name)], of, mean.estimate, *mean.ends, len(part)))
    if not rows:
        raise AnalysisError(
            "Too few organizations answered both parts of any aspect.", value=len(ranked.frame)
        )
    columns = ["aspect", "title", "section", "group", "gap", "low", "high", "n"]
    frame = _widest_first(pd.DataFrame(rows, columns=columns))
    return AspectGaps(
        frame, (TOP_QUARTILE, REST), scope, ranked.criterion, len(ranked.frame), wave, survey.source
    )


def _titles(instrument: Instrument, scope: AspectScope) -> dict[str, tuple[str, str]]:
    """Return title and section of each aspect."""
    if scope == "dimension":
        return {d.id: (d.title, "") for d in instrument.gap_dimensions}
    dimensions = {d.id: d.title for d in instrument.dimensions}
    return {p.id: (p.do.title, dimensions.get(p.do.dimension or "", "")) for p in instrument.pairs}


def _widest_first(frame: pd.DataFrame) -> pd.DataFrame:
    """Order aspects by the gap of the rest, widest first, groups within an aspect as they come."""
    rest = frame[frame["group"] == REST].set_index("aspect")["gap"]
    width, second = frame["aspect"].map(rest), frame["group"] == REST
    order = pd.DataFrame({"width": -width, "aspect": frame["aspect"], "second": second})
    return frame.loc[order.sort_values(["width", "aspect", "second"], kind="stable").index].reset_index(
        drop=True
    )
