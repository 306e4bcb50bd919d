"""Data quality, robustness and the notes of a verdict in the reader's language, though notes are kept in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cfanalysis.analyses.claim import claim_verdict
from cfanalysis.analyses.claim_parts import claim_parts
from cfanalysis.analyses.cleaning_record import cleaning_record
from cfanalysis.analyses.item_quality import item_quality
from cfanalysis.analyses.not_possible import reason
from cfanalysis.analyses.participation import participation
from cfanalysis.analyses.robustness import change_within, robustness
from cfanalysis.analyses.study_power import study_power
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import use_language
from cfanalysis.core.templates import retold
from cfanalysis.reports import data_quality as quality
from cfanalysis.reports import robustness_report as report
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import Survey
from tests.pseudo_language import CODE, unmarked_words, use_catalogs

from .surveys import INSTRUMENT, made_instrument, made_survey, published

NAMES = {"and", "holm", "benjamini", "hochberg", "cfanalysis", "power", "hc", "sd"}
"""Lists are those of Unicode, in English where there is no such language."""


@pytest.fixture(scope="module", autouse=True)
def catalogs(pseudo_catalogs: Path) -> Iterator[None]:
    """The pseudo-language, and those that ship."""
    with use_catalogs(pseudo_catalogs):
        yield


def english_words(blocks: list[object], *said: object) -> list[str]:
    """Return the words of blocks that were not translated, but names and what the data say."""
    known = {word.casefold() for text in said for word in re.findall(r"[^\W\d_]{2,}", str(text))} | NAMES
    return [word for block in blocks if block is not None for word in unmarked_words(str(block), known)]


def said_by(survey: Survey) -> tuple[object, ...]:
    return vars(survey.instrument), vars(survey.source)


def test_no_text_on_data_quality_is_left_in_english(sample_study: Study) -> None:
    """In the pseudo-language every word is marked, but the instrument's, the file's and the notes of reading."""
    survey, log = sample_study.survey, sample_study.cleaning_log
    with use_language(CODE):
        record, items, people = cleaning_record(log, survey), item_quality(survey), participation(survey)
        blocks = [
            quality.quality_summary(record, items, people), quality.quality_figures(record, items, people),
            quality.quality_limits(items, people), quality.rule_table(record), quality.proposal_table(record),
            quality.item_quality_table(items), quality.wave_table(people), quality.field_table(people),
            quality.duration_table(people), quality.reading_notes(record),
        ]  # fmt: skip
    examples = [(entry["before"], entry["after"], entry["column"]) for entry in log["changes"]]
    assert not english_words(blocks, *said_by(survey), *examples, log["notes"], *log["proposals"])


@pytest.mark.parametrize(
    "survey",
    [
        made_survey(waves=2),
        published(made_survey()),
        made_survey(instrument=made_instrument(INSTRUMENT.replace("criterion: performance\n", ""))),
    ],
    ids=["waves", "published", "composite"],
)
def test_no_text_on_robustness_is_left_in_english(survey: Survey) -> None:
    """In the pseudo-language every word of tables and sentences is marked, the reasons of what is not possible, too."""
    with use_language(CODE):
        parts, found = claim_parts(survey, repetitions=100), robustness(survey, repetitions=100)
        blocks: list[object] = [
            report.parts_summary(parts), report.parts_table(parts, "dimension", "pair"),
            report.parts_table(parts, "dimension", "practice", "pair", "item"),
            report.robustness_summary(found), report.robustness_table(found), report.not_possible_table(found),
            report.odds_table(found),
        ]  # fmt: skip
        if not found.composite:
            blocks.append(report.power_text(study_power(survey, simulations=20)))
        if len(survey.source.waves) > 1:
            blocks.append(report.change_table(change_within(survey)))
    assert not english_words(blocks, *said_by(survey))


def test_notes_of_a_verdict_are_kept_in_english_and_shown_in_the_readers_language() -> None:
    """What a study keeps does not depend on the reader; each note is made anew from its template and its values."""
    with use_language("de"):
        verdict = claim_verdict(published(made_survey(organizations=20)), repetitions=100)
        shown = [retold(note) for note in verdict.notes]
    assert verdict.notes[0] == "20 organizations are fewer than 40: described, not tested."
    assert shown[0] == "20 Organisationen sind weniger als 40: beschrieben, nicht geprüft."
    assert all(told != note for told, note in zip(shown, verdict.notes, strict=True))


def test_a_kept_text_is_made_anew_from_its_values() -> None:
    """Numbers get the signs of the language, words of ours are translated, those of the data and others are not."""
    left = "1,200 organization(s) could not be used (no value of the criterion: 3; {other}: 1,197)."
    with use_language("de"):
        assert retold("1,200 respondents") == "1.200 Befragte"
        assert retold("Speed of service, answered by the same respondents").startswith(
            "Speed of service, beantw"
        )
        assert retold(left.format(other="nobody answered an item of the gap")) == (
            "1.200 Organisation(en) konnten nicht verwendet werden (kein Wert des Kriteriums: 3; niemand beantwortete "
            "eine Frage der Lücke: 1.197)."
        )
        assert retold("A note of another version.") == "A note of another version."
    assert retold("1,200 respondents") == "1,200 respondents"


def test_the_reason_of_an_analysis_that_is_not_possible_is_in_the_readers_language() -> None:
    """An error stays English on the command line; on a page its problem and its details are translated."""
    error = AnalysisError("There are too few organizations to rank.", value=3, allowed="at least 4")
    with use_language("de"):
        assert reason(error) == (
            "Es gibt zu wenige Organisationen, um sie zu reihen (gefunden: 3; nötig: mindestens 4)."
        )
    assert str(error).startswith("There are too few organizations to rank.")
