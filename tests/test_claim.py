"""The claim on a survey: which criterion is taken, what is refused, and what the command line says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cfanalysis.analyses.claim import SAME_PEOPLE, claim_verdict
from cfanalysis.analyses.claim_data import claim_data
from cfanalysis.analyses.quartile_gaps import quartile_gaps
from cfanalysis.cli import main
from cfanalysis.core.errors import AnalysisError, InstrumentError
from cfanalysis.reports import claim_test
from cfanalysis.statistics.claim_test.split_halves import random_halves
from cfanalysis.study.prepared_study import Study

from .surveys import INSTRUMENT, made_instrument, made_survey, published, survey_of

FIELDS = {
    "verdict", "mode", "criterion", "n", "n_top", "top_share", "delta", "delta_say", "delta_do",
    "ceiling_benchmark", "excess", "theta_a", "theta_b", "smallest_detectable", "seed", "method_version",
}  # fmt: skip


def test_a_true_effect_is_supported_and_no_effect_is_not() -> None:
    """Do rising more than Say is supported; the same rise is not, nor is a rise that the ceiling squeezes."""
    assert claim_verdict(made_survey(effect=0.8, own=0.4, slope=0.2), repetitions=300).verdict == "supported"
    assert claim_verdict(made_survey(effect=0.0), repetitions=300).verdict == "inconclusive"
    assert claim_verdict(made_survey(effect=-0.5), repetitions=300).verdict == "contradicted"
    squeezed = claim_verdict(made_survey(effect=0.0, lead=1.4, slope=0.6, organizations=150), repetitions=300)
    assert squeezed.verdict in ("scale-dependent", "inconclusive")
    assert squeezed.ceiling_benchmark is not None
    assert squeezed.ceiling_benchmark.estimate > 0.05


def test_the_criterion_is_taken_in_the_order_of_trust() -> None:
    """Other respondents before the same ones; frequency tables leave the same; no index leaves the overall score."""
    survey = made_survey()
    assert claim_data(survey).kind == "other respondents"
    assert claim_data(published(survey)).kind == "same respondents"
    bare = made_instrument(INSTRUMENT.replace("criterion: performance\n", ""))
    assert claim_data(replace(survey, instrument=bare)).kind == "overall score"
    named = made_instrument(INSTRUMENT + "criterion_outcome: loyalty\n")
    outcomes = survey.organizations[["organization", "wave", "n"]].assign(outcome="loyalty", value=1.0)
    outcomes["value"] = np.arange(len(outcomes), dtype=float)
    data = claim_data(replace(survey, instrument=named, outcomes=outcomes))
    assert data.kind == "outcome"
    assert data.label.endswith("an external outcome")


def test_too_few_organizations_with_two_respondents_leave_the_same_respondents() -> None:
    """Where halving would leave fewer than 40 organizations, the criterion comes from the same respondents."""
    assert claim_data(made_survey(respondents=1)).kind == "same respondents"


def test_same_respondents_are_flagged() -> None:
    """A criterion from those who answered the gap's items is said with the verdict."""
    assert SAME_PEOPLE in claim_verdict(published(made_survey()), repetitions=200).notes
    assert SAME_PEOPLE not in claim_verdict(made_survey(), repetitions=200).notes


def test_frequency_tables_give_the_verdict_of_their_respondents() -> None:
    """From shares alone the verdict on the same criterion has the same numbers, but for the chance of who was asked.

    That is seen in respondents; tables give bounds of it, between which it lies.
    """
    survey = made_survey(respondents=30)
    whole = claim_verdict(survey, kind="same respondents", repetitions=200)
    tables = claim_verdict(published(survey), repetitions=200)
    for name in ("delta", "theta_a", "theta_b", "theta_l", "excess", "n", "left_out"):
        assert getattr(whole, name) == getattr(tables, name)
    assert whole.theta_c is not None
    assert tables.theta_c is not None
    assert tables.theta_c.low is not None
    assert tables.theta_c.high is not None
    assert tables.theta_c.low < whole.theta_c.estimate < tables.theta_c.high
    assert (tables.theta_c.high - tables.theta_c.low) > (whole.theta_c.high or 0) - (whole.theta_c.low or 0)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("outcome", "names no outcome as criterion"),
        ("other respondents", "do not identify single respondents"),
    ],
)
def test_a_criterion_that_the_survey_lacks_is_refused(kind: str, text: str) -> None:
    """What was asked for and is not there is said, never replaced."""
    with pytest.raises(AnalysisError, match=text):
        claim_verdict(published(made_survey()), kind=kind)  # type: ignore[arg-type]


def test_one_facet_is_refused() -> None:
    """An instrument with Say items only has no gap, and the message says what there is."""
    lines = [line for line in INSTRUMENT.splitlines() if "facet: do" not in line]
    lines = [line.replace(", pair: a", "").replace(", pair: b", "") for line in lines]
    survey = made_survey()
    with pytest.raises(AnalysisError, match=r"Say items only"):
        claim_verdict(replace(survey, instrument=made_instrument("\n".join(lines))))


def test_a_criterion_of_gap_items_is_refused() -> None:
    """An instrument may not name the gap's own items as criterion, and is told why."""
    with pytest.raises(InstrumentError, match="find a gap where there is none"):
        made_instrument(INSTRUMENT.replace("items: [p1, p2]", "items: [s1, d1]"))


def test_without_pairs_the_verdict_stands() -> None:
    """Pairs are not needed: the gap is one of facets."""
    text = INSTRUMENT.replace(", pair: a", "").replace(", pair: b", "")
    survey = made_survey(effect=0.8, own=0.4, slope=0.2, instrument=made_instrument(text))
    assert claim_verdict(survey, repetitions=200).verdict == "supported"


def test_different_grids_have_no_ceiling_free_points() -> None:
    """Where Do is answered on another grid metric B does not exist, and that is said; the others decide."""
    text = INSTRUMENT.replace(
        "  agreement: {min: 1, max: 5}",
        "  agreement: {min: 1, max: 5}\n  often: {min: 1, max: 5, labels: {1: never}}",
    )
    lines = [
        line.replace("scale: agreement", "scale: often") if "facet: do" in line else line
        for line in text.splitlines()
    ]
    instrument = made_instrument("\n".join(lines))
    survey = replace(made_survey(effect=0.8, own=0.4, slope=0.2), instrument=instrument)
    verdict = claim_verdict(survey, repetitions=200)
    assert verdict.theta_b is None
    assert (verdict.verdict, verdict.unit) == ("supported", "percent")
    assert any("not all answered on one grid" in note for note in verdict.notes)


def test_few_organizations_are_described() -> None:
    """Below 40 organizations the verdict is descriptive and says so."""
    verdict = claim_verdict(made_survey(organizations=20), repetitions=200)
    assert verdict.verdict == "descriptive"
    assert any("fewer than 40" in note for note in verdict.notes)


def test_all_answers_at_the_top_are_refused_in_words() -> None:
    """Where everybody gave the highest answer nothing can be compared, and no number is made up."""
    survey = made_survey()
    assert survey.raw_responses is not None
    responses = survey.raw_responses.copy()
    gap = [i.id for i in survey.instrument.gap_items]
    for item in gap:
        responses[item] = pd.array([1 if item == "d4" else 5] * len(responses), dtype="Int8")
    with pytest.raises(AnalysisError, match="at the top of the scale"):
        claim_verdict(survey_of(responses, survey.instrument))


def test_missing_cells_leave_organizations_out_and_count_them() -> None:
    """An organization without an answer to a gap item leaves the verdict, counted."""
    survey = made_survey()
    assert survey.raw_responses is not None
    responses = survey.raw_responses.copy()
    responses.loc[responses["organization"] == "O005", "s2"] = pd.NA
    verdict = claim_verdict(survey_of(responses, survey.instrument), repetitions=200)
    assert (verdict.n, verdict.left_out) == (59, 1)
    assert verdict.left_out_reasons == {"nobody answered an item of the gap": 1}


def test_each_halving_uses_the_organizations_that_are_complete_in_it() -> None:
    """Two respondents who each left out an item stay: what a half did not answer is what its other answers suggest."""
    survey = made_survey(respondents=2)
    assert survey.raw_responses is not None
    responses = survey.raw_responses.copy()
    chosen = responses["organization"] == "O005"
    first, second = responses.index[chosen]
    responses.loc[first, ["s1", "p1"]] = pd.NA
    responses.loc[second, "d1"] = pd.NA
    alone = responses[
        responses["respondent"] != responses.loc[responses["organization"] == "O007", "respondent"].iloc[1]
    ]
    verdict = claim_verdict(survey_of(alone.reset_index(drop=True), survey.instrument), repetitions=200)
    assert (verdict.n, verdict.left_out_reasons) == (59, {"one respondent, who cannot rate both": 1})


def test_the_sample_loses_only_who_answered_alone(sample_study: Study) -> None:
    """Of 120 organizations seven have one respondent; all others count, each with its latest wave."""
    verdict = sample_study.verdict
    assert (verdict["n"], verdict["left_out_reasons"]) == (113, {"one respondent, who cannot rate both": 7})


def test_organizations_of_one_parent_are_drawn_together() -> None:
    """A field called parent groups organizations, or another that the instrument names; one without parent is alone."""
    fields = "  - {id: sector, title: Sector}\n"
    survey = made_survey()
    names = survey.organizations["organization"].str[1:].astype(int)
    parents = (names % 20).astype(str).where(names < 50, "")
    for field, named in (("parent", ""), ("holding", "parent: holding\n")):
        text = INSTRUMENT.replace(fields, f"{fields}  - {{id: {field}, title: Holding}}\n") + named
        organizations = survey.organizations.assign(**{field: parents})
        grouped = replace(survey, instrument=made_instrument(text), organizations=organizations)
        verdict = claim_verdict(grouped, repetitions=200)
        assert (verdict.groups, verdict.grouped_by, verdict.n) == (30, "Holding", 60)
    with pytest.raises(InstrumentError, match="parent 'group' is not an organization field"):
        made_instrument(INSTRUMENT + "parent: group\n")


def test_a_wider_gap_in_the_top_quartile_is_reversed(tmp_path: Path) -> None:
    """Where points show the opposite of the claim, size and interval are those of that direction."""
    survey = made_survey(effect=-0.4, slope=0.6, organizations=120, own=0.3, respondents=12)
    verdict = claim_verdict(published(survey), repetitions=300)
    assert verdict.delta.high is not None
    assert verdict.delta.high < 0
    text = str(claim_test.verdict_narrative(verdict.as_dict()))
    assert verdict.verdict in ("reversed", "contradicted")
    assert "in the top quartile" in text


def test_names_do_not_change_the_verdict() -> None:
    """Renaming organizations changes no number, whatever is drawn at random."""
    survey = made_survey()
    assert survey.raw_responses is not None
    other = survey.raw_responses.assign(organization="Z" + survey.raw_responses["organization"].str[::-1])
    renamed = survey_of(other, survey.instrument)
    assert claim_verdict(renamed, repetitions=200) == claim_verdict(survey, repetitions=200)


def test_halves_are_halves() -> None:
    """Of each organization's respondents half answers for the gap, of an odd number either side gets one more."""
    group = np.repeat([0, 1, 2], [4, 5, 2])
    sizes = [np.bincount(group[half], minlength=3) for half in random_halves(group, seed=3)]
    assert {s[0] for s in sizes} == {2}
    assert {s[1] for s in sizes} == {2, 3}
    assert {s[2] for s in sizes} == {1}
    assert len(sizes) == 20


def test_composite_quartiles_are_shown_under_their_label() -> None:
    """Without a criterion the four quartiles are those of the overall score, and the method says what that means."""
    bare = made_instrument(INSTRUMENT.replace("criterion: performance\n", ""))
    gaps = quartile_gaps(replace(made_survey(), instrument=bare), repetitions=200)
    assert gaps.composite
    assert "cannot test the performance claim" in str(claim_test.contrast_method(gaps))


def test_the_command_prints_json_with_all_fields(
    sample_study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    """`cfanalysis verdict --json` prints the study's own verdict with every field of the method."""
    with pytest.raises(SystemExit) as caught:
        main(["verdict", str(sample_study.folder), "--json"])
    out, _ = capsys.readouterr()
    found = json.loads(out)
    assert not caught.value.code
    assert set(found) >= FIELDS
    assert found == sample_study.verdict
    assert {"estimate", "se", "low", "high", "p"} <= set(found["theta_a"])


def test_the_command_prints_sentences(sample_study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json it prints three sentences, n, criterion, what it cannot say, and the table."""
    with pytest.raises(SystemExit):
        main(["verdict", str(sample_study.folder), "--criterion", "composite"])
    out, err = capsys.readouterr()
    flat = " ".join(out.split())
    assert "Verdict: descriptive." in flat
    assert "What this can never say" in flat
    assert "Every estimate of the verdict" in out
    assert "nan" not in out.lower().split()
    assert "Testing the claim" in err


def test_the_command_refuses_what_the_study_lacks(
    sample_study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    """A criterion that the study does not have is exit code 1, an unknown one 2."""
    for arguments, code, text in (
        (["--criterion", "outcome"], 1, "no outcome"),
        (["--criterion", "best"], 2, "Invalid value"),
    ):
        with pytest.raises(SystemExit) as caught:
            main(["verdict", str(sample_study.folder), *arguments])
        assert caught.value.code == code
        assert text in capsys.readouterr().err


@pytest.mark.parametrize("year", [2022, 2023])
def test_fevs_is_scale_dependent(year: int, real_data: Path, tmp_path: Path) -> None:
    """On the published federal tables the raw gap is narrower at the top, and a ceiling can have made it."""
    from cfanalysis.study.preparation import prepare

    from .conftest import ROOT

    study = prepare(
        real_data / "fevs" / f"fevs_{year}_govwide_report_by_agency.xlsx",
        ROOT / "data" / "instruments" / f"fevs_{year}.yaml",
        tmp_path / "study",
    )
    verdict = study.verdict
    assert (verdict["verdict"], verdict["n"]) == ("scale-dependent", 40)
    narrative = str(claim_test.verdict_narrative(verdict))
    assert "smaller than 0.20 points, a twentieth of the scale" in narrative
    assert "the ceiling of the scale alone could make that" in narrative
    assert verdict["theta_c"]["low"] < 0 < verdict["theta_c"]["high"]
