"""What is printed side by side agrees: differences with their terms, sizes with their intervals, sides with signs."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from cfanalysis.analyses.contrast_specifications import contrast_specifications
from cfanalysis.analyses.quartile_gaps import QuartileGaps, quartile_gaps
from cfanalysis.analyses.roles import RoleEffects, adjusted_measures, role_effects
from cfanalysis.analyses.say_do_profile import say_do_profile
from cfanalysis.charts.captions.forest_captions import specification_curve_caption
from cfanalysis.charts.captions.score_captions import role_differences_caption
from cfanalysis.core.errors import AnalysisError
from cfanalysis.reports.claim_test import verdict_table
from cfanalysis.reports.common.result_tables import quartile_table
from cfanalysis.study.prepared_study import Study, verdict_sentence
from cfanalysis.survey.survey_data import Source


def number(cell: str) -> float:
    return float(cell.replace("\N{MINUS SIGN}", "-"))


@pytest.fixture(scope="module")
def gaps(sample_study: Study) -> QuartileGaps:
    return quartile_gaps(sample_study.survey, repetitions=200)


def test_a_gap_is_the_difference_of_the_scores_beside_it(sample_study: Study, gaps: QuartileGaps) -> None:
    """Say minus Do is the gap in each row, as printed, of the chart of dimensions and of the table of quartiles."""
    frame = say_do_profile(sample_study.survey).frame
    for name in ("say", "do", "gap"):
        assert (frame[name] == frame[name].round(1)).all()
    assert (frame["say"] - frame["do"]).round(1).tolist() == frame["gap"].tolist()
    for row in quartile_table(gaps).rows:
        say, do, gap = (number(cell) for cell in row[2:5])
        assert round(say - do, 2) == gap


def test_sums_of_the_verdict_agree_with_their_terms(sample_study: Study) -> None:
    """Do's lead is Say's lead and the contrast; what is beyond the ceiling is the contrast less the ceiling's part."""
    verdict = {
        **sample_study.verdict,
        "excess": {"estimate": 0.1114},
        "ceiling_benchmark": {"estimate": 0.0646},
    }
    verdict["delta"], verdict["delta_say"] = {"estimate": 0.1754}, {"estimate": 0.1434}
    table = verdict_table(verdict, source=sample_study.survey.source)
    assert table is not None
    assert "Latest wave of each organization. Source:" in table.note
    rows = {re.sub(r" \(.*", "", str(row[0])): (number(row[2]), number(row[4])) for row in table.rows}
    for i, digits in ((0, 3), (1, 1)):
        names = ("Top quartile's lead in Say", "Top quartile's lead in Do", "Rest minus top")
        say, do, contrast = (rows[name][i] for name in names)
        assert round(do - say, digits) == contrast
        ceiling, beyond = rows["What the ceiling alone would give"][i], rows["Beyond the ceiling"][i]
        assert round(contrast - ceiling, digits) == beyond


def test_the_unit_of_a_verdict_is_named(sample_study: Study) -> None:
    """On mixed grids the contrast is in percent of the scale, also in the line that preparing a study prints."""
    assert "percent of the scale (95%" in verdict_sentence({**sample_study.verdict, "unit": "percent"})


def effects(*gap: tuple[float, float]) -> RoleEffects:
    """Effects of options A, B ... on the gap, with their p values; the last option is the reference."""
    rows = [("role", "Role", chr(65 + i), "gap", e, e - 1, e + 1, p) for i, (e, p) in enumerate(gap)]
    rows.append(("role", "Role", "Reference", "gap", 0.0, float("nan"), float("nan"), float("nan")))
    names = ["field", "title", "option", "facet", "effect", "low", "high", "p"]
    return RoleEffects(pd.DataFrame(rows, columns=names), 90, 9, "", Source("s", "T"))


def test_the_title_on_roles_looks_at_every_option() -> None:
    """The surest difference is named, whichever option it is of; one that is due to their number is not."""
    assert role_differences_caption(effects((0.1, 0.9), (-3.0, 0.001))).title == (
        "B against Reference: within an organization, the gap looks 3.0 points of 100 narrower"
    )
    assert role_differences_caption(effects((0.1, 0.9), (-1.5, 0.03))).title.startswith("No difference")


def test_the_curve_of_specifications_says_on_which_side_it_lies(sample_study: Study) -> None:
    """Where most estimates lie below 0, title and count are of those below."""
    found = contrast_specifications(sample_study.survey)
    assert "is above 0 in" in specification_curve_caption(found).title  # type: ignore[arg-type]
    frame = found.specifications.frame
    frame = frame.assign(estimate=-frame["estimate"], low=-frame["high"], high=-frame["low"])
    turned = replace(found, specifications=replace(found.specifications, frame=frame))
    assert "is below 0 in" in specification_curve_caption(turned).title  # type: ignore[arg-type]


def test_roles_are_not_compared_where_everybody_is_alone(sample_study: Study) -> None:
    """With one respondent in each organization there is nobody to compare with, which is said as an AnalysisError."""
    people = sample_study.survey.raw_responses
    assert people is not None
    survey = replace(sample_study.survey, raw_responses=people.drop_duplicates(["organization", "wave"]))
    with pytest.raises(AnalysisError, match="two options in one organization"):
        role_effects(survey)
    assert adjusted_measures(survey, sample_study.scores, pd.DataFrame()).empty
