"""The analyses of the robustness table, each with what it can remove from the raw contrast and what it cannot.

Deliberately not among them: permuting gaps while holding Say (a wrong null), and the regression of Do on Say and the
top quartile (Lord's paradox: 47 to 100 % false positives in simulations without any effect).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from cfanalysis.analyses.robustness import (
    circular_quartiles,
    congruence,
    continuous,
    cuts,
    halo,
    models,
    within,
)
from cfanalysis.analyses.robustness.robustness_input import AnalysisResult, RobustnessInput
from cfanalysis.core.language import message

VERDICT = message("The verdict's own contrast")
CIRCULAR = message("Quartiles cut on the gap's own items")
_CUT = message("Another cut")
LINE = message("Without a cut")
PEOPLE = message("Single respondents and answers")
DATA = message("Other data")
RANK = message("By ranks")
HALO = message("A shared halo")


@dataclass(frozen=True)
class Analysis:
    """One row of the table before it is computed.

    Parameters
    ----------
    id, label, group
        Its name in code, in the table, and the heading it stands under.
    removes, cannot
        What it can remove from the raw contrast, and what it cannot.
    run
        What computes it.
    applies
        Whether it has a place in the table at all.
    """

    id: str
    label: str
    group: str
    removes: str
    cannot: str
    run: Callable[[RobustnessInput], AnalysisResult]
    applies: Callable[[RobustnessInput], bool] = lambda _: True


ANALYSES: tuple[Analysis, ...] = (
    Analysis(
        "raw", "Rest minus top, as measured", VERDICT, "circularity", "the ceiling, a halo", cuts.raw
    ),
    Analysis(
        "same_mix", "The same mix of respondents everywhere", VERDICT, "circularity, who answered",
        "the ceiling, a halo", cuts.same_mix, lambda m: bool(m.survey.instrument.respondent_fields),
    ),
    Analysis(
        "beyond_ceiling", "Less what the ceiling alone gives", VERDICT, "circularity, the ceiling", "a halo",
        cuts.beyond_ceiling,
    ),
    Analysis(
        "overall_score", "Quartiles of the overall score (naive)", CIRCULAR, "nothing",
        "circularity, the ceiling, a halo", circular_quartiles.overall_score_quartiles,
    ),
    Analysis(
        "item_split_half", "Score and gap from different items", CIRCULAR, "error shared by score and gap",
        "circularity of variances, the ceiling, a halo", circular_quartiles.item_split_half,
    ),
    Analysis(
        "leave_one_dimension_out", "Score and gap from different dimensions", CIRCULAR,
        "error and content shared by score and gap", "circularity of variances, the ceiling, a halo",
        circular_quartiles.leave_one_dimension_out,
    ),
    *(
        Analysis(
            f"cut_{round(100 * share)}", label, _CUT,
            "a lucky cut", "the ceiling, a halo", partial(cuts.cut_at, top=share, rest=share),
        )
        for share, label in (
            (0.67, message("Top group from the 67% quantile")), (0.70, message("Top group from the 70% quantile")),
            (0.75, message("Top group from the 75% quantile")), (0.80, message("Top group from the 80% quantile")),
        )
    ),
    Analysis(
        "top_bottom", "Bottom quartile minus top quartile", _CUT, "blur from the middle",
        "the ceiling, a halo; leaves out half of the organizations", partial(cuts.cut_at, top=0.75, rest=0.25),
    ),
    Analysis(
        "slope", "Straight line (HC3)", LINE, "the loss and the luck of a cut", "the ceiling, a halo",
        continuous.straight_line,
    ),
    Analysis(
        "spline", "Restricted cubic spline (HC3)", LINE, "the loss of a cut; a straight line's stiffness",
        "the ceiling, a halo", continuous.spline,
    ),
    *(
        Analysis(
            f"quantile_{round(100 * q)}", label, LINE,
            "the pull of extreme organizations", "the ceiling, a halo",
            partial(continuous.quantile_line, quantile=q),
        )
        for q, label in (
            (0.25, message("Lower quartile of the gap (quantile regression)")),
            (0.5, message("Median of the gap (quantile regression)")),
            (0.75, message("Upper quartile of the gap (quantile regression)")),
        )
    ),
    Analysis(
        "mixed", "Mixed model, (1 | organization)", PEOPLE, "unequal numbers of respondents, sector",
        "the ceiling, a halo; its interval is too narrow where facets differ between organizations",
        partial(models.mixed_model, facet_varies=False),
    ),
    Analysis(
        "mixed_facet", "Mixed model, (1 + facet | organization)", PEOPLE,
        "unequal numbers of respondents, sector, clustering", "the ceiling, a halo",
        partial(models.mixed_model, facet_varies=True),
    ),
    Analysis(
        "proportional_odds", "Proportional odds of the items", PEOPLE,
        "distances between answers, the ceiling's squeeze", "a halo, unequal thresholds",
        models.proportional_odds,
    ),
    Analysis(
        "ranks", "Cliff's delta", RANK, "the shape of the gap's distribution", "the ceiling, a halo", cuts.ranks
    ),
    Analysis(
        "other_respondents", "Criterion from other respondents", DATA,
        "the halo of single respondents", "the ceiling, a halo of the whole organization",
        partial(cuts.other_criterion, kind="other respondents"), lambda m: m.data.kind != "other respondents",
    ),
    Analysis(
        "same_respondents", "Criterion from the same respondents", DATA, "the noise of halving",
        "common method bias, the ceiling", partial(cuts.other_criterion, kind="same respondents"),
        lambda m: m.data.kind != "same respondents",
    ),
    Analysis(
        "respondent_weights", "Organizations weighted by respondents", DATA, "the noise of small organizations",
        "the ceiling, a halo; speaks of respondents, not of organizations", cuts.respondent_weights,
    ),
    Analysis(
        "other_wave", "Each organization's first wave", DATA, "what is special about later answers",
        "the ceiling, a halo", cuts.other_wave,
    ),
    Analysis(
        "change", "Change within organizations", DATA, "all that is stable: a lasting halo, weaker questions",
        "the ceiling, what changes together", within.change_row, lambda m: len(m.survey.source.waves) > 1,
    ),
    Analysis(
        "halo", "Halo tipping point", HALO, "nothing: it says how much it would take", "the truth of the halo",
        halo.tipping_point,
    ),
    Analysis(
        "polynomial", "Outcome by polynomial regression", DATA, "the equal weights that a difference forces",
        "what causes what", congruence.polynomial_regression, lambda m: m.data.kind == "outcome",
    ),
)  # fmt: skip
"""All analyses, in the order of the table."""

TELLING = (
    "overall_score", "item_split_half", "same_respondents", "change", "slope", "top_bottom", "mixed_facet",
    "proportional_odds", "halo", "leave_one_dimension_out", "other_wave", "ranks", "quantile_50", "spline",
    "respondent_weights",
)  # fmt: skip
"""The most telling first; the report shows the first eight that the data allow."""
