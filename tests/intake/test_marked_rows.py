"""Rows that tools mark, and columns that say who somebody is."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import RawAnswers, ReadingOptions, read
from cfanalysis.intake.cleaning import clean
from cfanalysis.survey.instrument import Instrument, parse_instrument

from .. import export_files as made_by
from ..export_files import INSTRUMENT, Made, people, written
from .common_survey import changed, cleaned


def test_previews_and_tests_are_dropped_and_logged(tmp_path: Path, common: Instrument) -> None:
    """Rows that Qualtrics marks as preview or test are dropped with a rule of their own, or kept where asked for."""
    made = changed(
        made_by.qualtrics(people()), "Status", {0: "1", 4: "Survey Test", 7: "16", 8: "8"}, header=3
    )
    path = written(made, tmp_path)
    _, responses, log = cleaned(path, common)
    assert (log.rows_in, log.rows_out) == (12, 9)
    assert log.rows_dropped == {"test_response": 3}
    dropped = log.changes.query("rule == 'test_response'")
    assert dropped["row"].tolist() == [4, 8, 12]
    assert set(dropped["respondent"]) == {"118000000000", "118000000004", "118000000008"}
    assert not set(dropped["respondent"]) & set(responses["respondent"])
    _, everybody, log = cleaned(path, common, ReadingOptions(keep=("tests",)))
    assert (len(everybody), log.rows_dropped) == (12, {})


def test_only_tests_name_the_way_to_keep_them(tmp_path: Path, common: Instrument) -> None:
    """A file of nothing but previews is refused, and the message says how to read it."""
    made = changed(made_by.qualtrics(people()), "Status", dict.fromkeys(range(12), "1"), header=3)
    raw = read(written(made, tmp_path), common)
    assert isinstance(raw, RawAnswers)
    with pytest.raises(IntakeError, match="--keep tests"):
        clean(raw, common)


@pytest.mark.parametrize(
    ("made", "column", "mark", "header"),
    [
        (made_by.qualtrics(people()), "Finished", "0", 3),
        (made_by.qualtrics(people()), "Finished", "False", 3),
        (made_by.limesurvey(people()), "submitdate", "", 1),
        (made_by.limesurvey(people(), heads="full"), "Date submitted", "", 1),
        (made_by.redcap(people()), "survey_complete", "0", 1),
        (made_by.redcap(people(), labels=True), "Complete?", "Incomplete", 1),
    ],
)
def test_the_unfinished_are_flagged_or_dropped(
    made: Made, column: str, mark: str, header: int, tmp_path: Path, common: Instrument
) -> None:
    """Who did not come to the end is flagged and stays, or is dropped where asked for; both stand in the log."""
    path = written(changed(made, column, {1: mark, 6: mark}, header=header), tmp_path)
    raw, _, log = cleaned(path, common)
    assert (log.rows_flagged, log.rows_out) == ({"incomplete": 2}, 12)
    _, log = clean(raw, common, drop=["incomplete"])
    assert (log.rows_dropped, log.rows_out) == ({"incomplete": 2}, 10)


def test_a_record_with_one_finished_form_is_finished(tmp_path: Path, common: Instrument) -> None:
    """Of a REDCap project with several forms a row is unfinished only where every form is."""
    made = made_by.redcap(people())
    rows = [[*row, "0"] for row in made.rows]
    rows[0][-1] = "follow_up_complete"
    made = changed(made._replace(rows=rows), "survey_complete", {4: "0"}, header=1)
    _, _, log = cleaned(written(made, tmp_path), common)
    assert log.rows_flagged == {"incomplete": 1}


def test_rejected_submissions_are_dropped(tmp_path: Path, common: Instrument) -> None:
    """What was rejected in the review of Kobo or ODK Central does not count."""
    kobo = changed(made_by.kobo(people()), "_validation_status", {2: "Not Approved", 3: "Approved"}, header=1)
    central = changed(made_by.odk_central(people()), "ReviewState", {2: "rejected", 3: "approved"}, header=1)
    for made in (kobo, central):
        _, responses, log = cleaned(written(made, tmp_path), common)
        assert log.rows_dropped == {"rejected": 1}
        assert "118000000002" not in set(responses["respondent"])


def test_personal_columns_are_left_at_the_door(tmp_path: Path, common: Instrument) -> None:
    """An e-mail address is not read though the instrument has a field for it, unless asked for; it is said."""
    made = made_by.google_forms(people())
    made.rows[0][1] = "Your e-mail"
    path = written(made, tmp_path)
    raw, responses, log = cleaned(path, common)
    assert set(responses["email"]) == {""}
    assert "example.org" not in str(log.as_dict())
    assert "left at the door, not read (--keep personal reads them): Your e-mail (e-mail)" in raw.notes[1]
    _, responses, _ = cleaned(path, common, ReadingOptions(keep=("personal",)))
    assert responses["email"].str.endswith("@example.org").all()
    decided = ReadingOptions(columns={"Your e-mail": "email"})
    assert cleaned(path, common, decided)[1]["email"].str.endswith("@example.org").all()


@pytest.mark.parametrize("name", ["Email", "IP address", "Latitude", "first name"])
def test_personal_columns_of_plain_tables_too(name: str, tmp_path: Path) -> None:
    """A plain CSV has such columns as well; as respondents' ids they are not read either."""
    instrument = parse_instrument(INSTRUMENT.replace("waves:", f"columns: {{respondent: [{name}]}}\nwaves:"))
    rows = [["organization", name, *made_by.RATED, "w1", "w2", "w3"]]
    rows += [
        [p.organization, f"x{n}", *map(made_by.code, p.rated), "1", "0", "1"] for n, p in enumerate(people())
    ]
    path = written(Made(rows, "delimited"), tmp_path)
    raw, responses, _ = cleaned(path, instrument)
    assert raw.reader == "delimited"
    assert responses["respondent"].str.startswith("row ").all()
    assert f"left at the door, not read (--keep personal reads them): {name}" in "\n".join(raw.notes)


@pytest.mark.parametrize(("value", "kind"), [("{}@example.org", "e-mail"), ("192.0.2.{}", "network address")])
def test_personal_ids_are_known_by_what_they_hold(
    value: str, kind: str, tmp_path: Path, common: Instrument
) -> None:
    """A column `respondent` of e-mail or network addresses is left out; respondents are then rows."""
    made = made_by.google_forms(people())
    for number, row in enumerate(made.rows[1:]):
        row[2] = value.format(number)
    path = written(made, tmp_path)
    raw, responses, log = cleaned(path, common)
    assert raw.notes[-1].endswith(
        f"left out for what they hold (--keep personal keeps them): respondent ({kind})"
    )
    assert responses["respondent"].str.startswith("row ").all()
    assert value.format(3) not in str(log.as_dict())
    _, kept, _ = cleaned(path, common, ReadingOptions(keep=("personal",)))
    assert value.format(3) in set(kept["respondent"])
