"""The kinds of charts that are published, each with its analysis and the numbers that are given beside it.

What is for the public is drawn from a norm's figures (`norm_figures`), as clients' reports are. A chart of other
numbers is for research; it is made when it is asked for and says so. Neither names an organization, or shows a group of
fewer than the instrument's minimum: small sectors are left out, and a chart whose groups are too small is not made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from typing import Any

import pandas as pd

from cfanalysis import charts
from cfanalysis.analyses.answer_distribution import answer_distribution
from cfanalysis.analyses.aspect_gaps import AspectGaps, aspect_gaps
from cfanalysis.analyses.claim_parts import claim_parts
from cfanalysis.analyses.contrast_specifications import contrast_specifications
from cfanalysis.analyses.expectation import expectation
from cfanalysis.analyses.forest_rows import parts_forest
from cfanalysis.analyses.gap_distribution import gap_distribution
from cfanalysis.analyses.gap_slope import GapSlope, gap_slope
from cfanalysis.analyses.pair_gaps import PairGaps, pair_gaps
from cfanalysis.analyses.performance_levels import organization_levels
from cfanalysis.analyses.practices import practice_contrast
from cfanalysis.analyses.quartile_gaps import QuartileGaps, quartile_gaps
from cfanalysis.analyses.roles import role_effects
from cfanalysis.analyses.say_do_profile import say_do_profile
from cfanalysis.analyses.score_bands import score_bands
from cfanalysis.analyses.sector_index import SectorIndex, sector_index
from cfanalysis.analyses.trends import trends
from cfanalysis.analyses.warning_signs import warning_signs
from cfanalysis.charts.captions import CAPTIONS, Caption
from cfanalysis.charts.gallery.norm_figures import (
    NormFigures,
    bands_of_norm,
    expectation_of_norm,
    pairs_of_norm,
    profile_of_norm,
    signs_of_norm,
)
from cfanalysis.core.errors import ConfidentialityError
from cfanalysis.survey.survey_data import Survey


@dataclass(frozen=True)
class ChartKind:
    """A chart as it is published.

    Parameters
    ----------
    chart
        A function of `cfanalysis.charts`.
    analysis
        Makes what the chart draws, of one wave of each organization.
    view
        What of the result is drawn, or why nothing is; None for the result itself.
    public
        What of that is published: on 0 to 100, without groups that are too small; None for all.
    caption
        Writes its words from what is drawn; None for the chart's own (`CAPTIONS`).
    groups
        Organizations in each group that is drawn: none may be smaller than the instrument's minimum. None where
        the analysis itself leaves small groups out.
    halves
        Whether its analysis halves the respondents repeatedly: these are the slowest analyses, and they share the
        halvings.
    all_waves
        Whether it shows every wave.
    of_norm
        The result with a norm's numbers instead of its own; None where a norm does not hold what is drawn.
    """

    chart: Callable[..., Any]
    analysis: Callable[..., Any]
    view: Callable[[Any], Any] | None = None
    public: Callable[[Any, Survey], Any] | None = None
    caption: Callable[[Any], Caption] | None = None
    groups: Callable[[Any], pd.Series] | None = None
    halves: bool = False
    all_waves: bool = False
    of_norm: Callable[[Any, NormFigures], Any] | None = None

    def is_for_research(self, survey: Survey, figures: NormFigures | None) -> bool:
        """Return whether the numbers of the chart are not for the public.

        Parameters
        ----------
        survey
            The evidence.
        figures
            The norm's, where there are any.
        """
        return not survey.instrument.public and (figures is None or self.of_norm is None)

    def words(self, drawn: Any) -> Caption:
        """Return the caption of what is drawn."""
        return (self.caption or CAPTIONS[self.chart])(drawn)

    def drawn(self, result: Any, survey: Survey, *, published: bool = True, research: bool = False) -> Any:
        """Return what is drawn of a result; None where there is nothing to draw.

        Parameters
        ----------
        result
            What the analysis made.
        survey
            Its evidence, which says how small a group may be.
        published
            Whether it is for publication; else the result's own units and all groups are drawn.
        research
            Whether organizations keep their names, which only those of public figures do in what is published.
        """
        seen = result if self.view is None else self.view(result)
        seen = self.public(seen, survey) if published and self.public is not None else seen
        table = getattr(seen, "organizations", None)
        if not published or research or survey.is_public or not isinstance(table, pd.DataFrame):
            return seen
        return replace(seen, organizations=table.assign(organization=""))


def too_few(n: int, least: int) -> ConfidentialityError:
    """Return the error of a chart one of whose groups holds too few organizations.

    Parameters
    ----------
    n
        How many there are.
    least
        The minimum.
    """
    return ConfidentialityError(
        "A group holds too few organizations to be published.",
        value=int(n),
        allowed=f"{least} or more",
        next_step="Leave the chart out, or collect more organizations.",
    )


def _publishable_sectors(index: SectorIndex, survey: Survey) -> SectorIndex:
    """Return the index of all and of the sectors that have enough organizations in every wave that is shown."""
    frame = index.frame[index.frame["scope"].isin(["all", "sector"])]
    smallest = frame.groupby(["scope", "name"])["n_organizations"].min()
    least = survey.instrument.minima.organizations
    kept = smallest.index[smallest >= least]
    if kept.empty:
        raise too_few(smallest.max(), least)

    def shown(table: pd.DataFrame) -> pd.DataFrame:
        return table[pd.MultiIndex.from_frame(table[["scope", "name"]]).isin(kept)]

    return replace(
        index, frame=shown(frame), changes=shown(index.changes) if len(index.changes) else index.changes
    )


def _per_hundred(result: QuartileGaps | GapSlope, _: Survey) -> QuartileGaps | GapSlope:
    return result.per_hundred()


def _aspect_groups(gaps: AspectGaps) -> pd.Series:
    """Return the organizations of each group; one whose figures the analysis left out has those of no other."""
    shown = gaps.frame.groupby("group")["n"].max()
    return shown.reindex(list(gaps.groups), fill_value=gaps.n - shown.sum())


def _largest_quartile(gaps: PairGaps) -> pd.Series:
    """Return the organizations of the largest quartile: without one there is nothing to compare."""
    return pd.Series([gaps.frame.loc[gaps.frame["group"] != gaps.groups[0], "n"].max()]).fillna(0)


CHARTS: dict[str, ChartKind] = {
    "say_do_dumbbell": ChartKind(
        charts.say_do_dumbbell, say_do_profile, groups=attrgetter("frame.n"), of_norm=profile_of_norm
    ),
    "quartile_gap": ChartKind(
        charts.quartile_gap, quartile_gaps, public=_per_hundred, groups=attrgetter("frame.n"), halves=True
    ),
    "gap_against_performance": ChartKind(
        charts.gap_against_performance,
        gap_slope,
        public=_per_hundred,
        groups=attrgetter("doses.n"),
        halves=True,
    ),
    "gap_by_aspect": ChartKind(charts.gap_by_aspect, aspect_gaps, groups=_aspect_groups),
    "dimension_profile": ChartKind(
        charts.dimension_profile, say_do_profile, groups=attrgetter("frame.n"), of_norm=profile_of_norm
    ),
    "likert_bars": ChartKind(charts.likert_bars, answer_distribution),
    "quartile_bands": ChartKind(charts.quartile_bands, score_bands, of_norm=bands_of_norm),
    "pair_heat_table": ChartKind(
        charts.pair_heat_table, pair_gaps, groups=_largest_quartile, of_norm=pairs_of_norm
    ),
    "practice_profile": ChartKind(
        charts.practice_profile, practice_contrast, groups=attrgetter("frame.n_top")
    ),
    "warning_sign_bars": ChartKind(charts.warning_sign_bars, warning_signs, of_norm=signs_of_norm),
    "level_strip": ChartKind(charts.level_strip, organization_levels),
    "role_differences": ChartKind(charts.role_differences, role_effects),
    "sector_change": ChartKind(
        charts.sector_change, sector_index, public=_publishable_sectors, all_waves=True
    ),
    "trend": ChartKind(charts.trend, trends, all_waves=True),
    "forest": ChartKind(
        charts.forest, claim_parts, view=partial(parts_forest, per_hundred=True), halves=True
    ),
    "specification_curve": ChartKind(charts.specification_curve, contrast_specifications, halves=True),
    "expectation_bars": ChartKind(charts.expectation_bars, expectation, of_norm=expectation_of_norm),
    "gap_histogram": ChartKind(charts.gap_histogram, gap_distribution),
}
"""The charts by name. Organizations are anonymous in them and in their numbers."""
