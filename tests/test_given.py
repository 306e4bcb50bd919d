"""The organization or wave of a whole file, said by the user: for every row where the file has no such column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cfanalysis.cli import main
from cfanalysis.core.errors import IntakeError
from cfanalysis.database import import_files, open_database
from cfanalysis.database.erasure import erase_client
from cfanalysis.intake import RawAnswers, ReadingOptions, read, read_columns
from cfanalysis.intake.cleaning import clean
from cfanalysis.intake.cleaning.file_check import check_file
from cfanalysis.intake.column_map import column_map, load_map, map_text
from cfanalysis.study.preparation import prepare
from cfanalysis.survey.instrument import Instrument, parse_instrument

from . import export_files as made_by
from .database_files import many, write_rows
from .export_files import INSTRUMENT, people, written

ALDER = ReadingOptions(organization="Alder Pumps")


def client(folder: Path, *, without: tuple[str, ...] = ("Company",), name: str = "client.csv") -> Path:
    """An export of one client, six rows, without its name."""
    return write_rows(folder / name, many("x"), without=without)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    with pytest.raises(SystemExit) as caught:
        main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def test_a_given_organization_and_wave_stand_for_every_row(tmp_path: Path, tiny: Instrument) -> None:
    """They are columns of the answers, white space smoothed, and the notes say it."""
    options = ReadingOptions(organization=" Alder  Pumps", wave="2025")
    raw = read(client(tmp_path, without=("Company", "wave")), tiny, options=options)
    assert isinstance(raw, RawAnswers)
    assert raw.frame["organization"].tolist() == ["Alder Pumps"] * 6
    assert raw.frame["wave"].tolist() == ["2025"] * 6
    assert raw.notes[1:] == (
        "client.csv: organization: Alder Pumps for every row, as given",
        "client.csv: wave: 2025 for every row, as given",
    )


@pytest.mark.parametrize(("name", "header"), [("organization", "Company"), ("wave", "wave")])
def test_what_the_file_says_is_never_overridden(
    name: str, header: str, tmp_path: Path, tiny: Instrument
) -> None:
    """A value for a column that is there is an error that names the column; check lists it, and reads the file."""
    path = client(tmp_path, without=())
    options = ReadingOptions(**{name: "2025"})  # type: ignore[arg-type]
    text = f"the file gives the {name} itself, in column '{header}', so '2025' cannot stand for every row"
    with pytest.raises(IntakeError, match=text) as caught:
        read(path, tiny, options=options)
    assert caught.value.next_step == "Leave out what the file says itself."
    found = check_file(path, tiny, options=options)
    assert [(f.rule, f.column) for f in found.findings if f.rule == "given"] == [("given", header)]
    assert found.rows == 6
    with pytest.raises(IntakeError, match=text):
        column_map(read_columns(path, tiny), tiny, options.constant_columns)


def test_a_column_that_a_map_ignores_does_not_stand_in_the_way(tmp_path: Path, tiny: Instrument) -> None:
    """Who decides that the file's own column does not count may give another value."""
    options = ReadingOptions(organization="Alder Pumps", columns={"Company": "ignore"})
    raw = read(client(tmp_path, without=()), tiny, options=options)
    assert isinstance(raw, RawAnswers)
    assert set(raw.frame["organization"]) == {"Alder Pumps"}


def test_a_file_without_organizations_proposes_the_option(tmp_path: Path, tiny: Instrument) -> None:
    """The error of reading and the finding of a check say what to do."""
    path = client(tmp_path)
    with pytest.raises(IntakeError, match="missing column 'organization'") as caught:
        read(path, tiny)
    assert caught.value.next_step == "If all answers are one organization's, name it: --organization NAME"
    (finding,) = (f for f in check_file(path, tiny).findings if f.rule == "missing")
    assert "--organization NAME" in finding.proposal


def test_a_given_value_fills_no_blank_row(tmp_path: Path, tiny: Instrument) -> None:
    """A row without any value of its own is still a blank one."""
    path = client(tmp_path)
    path.write_text(path.read_text(encoding="utf-8") + "," * 10 + "\n", encoding="utf-8")
    raw = read(path, tiny, options=ALDER)
    assert isinstance(raw, RawAnswers)
    assert clean(raw, tiny)[1].rows_dropped == {"blank_row": 1}


@pytest.mark.parametrize("value", ["", "  ", "a\x00b", "x" * 501])
def test_what_is_no_name_is_refused(value: str, tmp_path: Path, tiny: Instrument) -> None:
    """Empty, unprintable and endless values are no organization."""
    with pytest.raises(IntakeError, match="cannot be the organization of all rows"):
        read(client(tmp_path), tiny, options=ReadingOptions(organization=value))


def test_published_tables_take_no_given_value(tmp_path: Path, tiny: Instrument) -> None:
    """Each row of a frequency table is another organization."""
    path = tmp_path / "a.csv"
    path.write_text("organization,item,category,share,n\nA,s1,1,1,5\n", encoding="utf-8")
    with pytest.raises(IntakeError, match="Published tables name their organizations") as caught:
        read(path, tiny, options=ALDER)
    assert caught.value.next_step == "Leave out --organization."


@pytest.mark.parametrize(
    "tool", ["qualtrics", "kobo", "redcap", "google_forms", "surveymonkey", "limesurvey"]
)
def test_every_reader_takes_a_given_organization(tool: str, tmp_path: Path) -> None:
    """An export whose organization column is passed over reads with the given one."""
    path = written(getattr(made_by, tool)(people()), tmp_path)
    options = ReadingOptions(organization="Alder Pumps", columns={"organization": "ignore"})
    raw = read(path, parse_instrument(INSTRUMENT), options=options)
    assert isinstance(raw, RawAnswers)
    assert (raw.reader, set(raw.frame["organization"])) == (tool, {"Alder Pumps"})


def test_waves_that_are_events_are_not_overridden(tmp_path: Path) -> None:
    """A longitudinal project says the waves by its events."""
    path = written(made_by.redcap(people(), event=True), tmp_path)
    with pytest.raises(IntakeError, match="the file gives the wave itself") as caught:
        read(path, parse_instrument(INSTRUMENT), options=ReadingOptions(wave="2031"))
    assert caught.value.next_step == "Leave out --wave."


def test_the_map_of_a_client_keeps_the_option(tmp_path: Path, tiny: Instrument) -> None:
    """No column is proposed for what was given, and the command in the head of the map is complete."""
    headers = ["Organisation", "s1", "d1", "d2", "s2", "d3", "p1"]
    assert column_map(headers, tiny)[0].get("proposal") == "organization"
    entries = column_map(headers, tiny, ALDER.constant_columns)
    assert entries[0] == {"column": "Organisation", "is": "ignore"}
    text = map_text(entries, tiny, file="a.csv", given=ALDER.constant_columns)
    assert "--map THIS_FILE --organization 'Alder Pumps' --out STUDY" in text
    (tmp_path / "map.yaml").write_text(text, encoding="utf-8")
    assert load_map(tmp_path / "map.yaml", tiny).columns["Organisation"] == "ignore"


def test_the_manifest_keeps_what_was_given(tmp_path: Path, tiny_file: Path) -> None:
    """The study says whose the file was, beside its hash."""
    study = prepare(client(tmp_path), tiny_file, tmp_path / "study", options=ALDER)
    assert study.clients == ["Alder Pumps"]
    entries = study.manifest["inputs"]
    assert [entry.get("organization") for entry in entries] == ["Alder Pumps", None]


def test_an_import_keeps_the_organization_until_it_is_erased(
    tmp_path: Path, tiny_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Import, the same again, the same study as from the file; after the erasure nothing is left of the name."""
    path, place = client(tmp_path), tmp_path / "b.sqlite"
    call = ["database", "import", path, "--instrument", tiny_file, "--database", place]
    code, _, err = run(capsys, *call)
    assert code == 1
    assert "--organization NAME" in err
    call += ["--organization", "Alder Pumps"]
    code, out, err = run(capsys, *call, "--json")
    assert (code, json.loads(out)["imports"][0]["organizations"]) == (0, 1)
    assert "organization: Alder Pumps for every row, as given" in err
    assert "nothing was changed" in run(capsys, *call)[2]
    run(capsys, "prepare", "--from-database", place, "--out", tmp_path / "one" / "s")
    prepare(path, tiny_file, tmp_path / "two" / "s", options=ALDER)
    one, two = (json.loads((tmp_path / n / "s" / "manifest.json").read_bytes()) for n in ("one", "two"))
    assert one.pop("date")  # the database knows the day of its last change, a file without times does not
    assert one == two
    with open_database(str(place)) as database:
        other = write_rows(tmp_path / "other.csv", many("x", "y"))
        import_files(database, tiny_file, answers=other)
        erase_client(database, "Alder Pumps")
    assert b"alder pumps" not in place.read_bytes().lower()


def test_a_wrong_name_is_corrected_by_importing_the_same_file(
    tmp_path: Path, tiny_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same bytes with another organization replace the former import; another file of that name is refused."""
    path, place = client(tmp_path), tmp_path / "b.sqlite"
    call = ["database", "import", "--instrument", tiny_file, "--database", place]
    run(capsys, *call, path, "--organization", "Alder Pmups")
    code, _, err = run(capsys, *call, path, "--organization", "Alder Pumps")
    assert code == 0
    assert "import 1 does not count any more" in err
    (tmp_path / "next").mkdir()
    other = write_rows(tmp_path / "next" / "client.csv", many("x", people=7), without=("Company",))
    code, _, err = run(capsys, *call, other, "--organization", "Birch")
    assert code == 1
    assert "--separate" in err
    assert run(capsys, *call, other, "--organization", "Birch", "--separate")[0] == 0


def test_options_for_answers_need_a_file(
    tmp_path: Path, tiny_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Auxiliary files have their own organizations."""
    call = ["database", "import", "--instrument", tiny_file, "--database", tmp_path / "b.sqlite"]
    code, _, err = run(capsys, *call, "--outcomes", tmp_path / "o.csv", "--organization", "Alder Pumps")
    assert code == 2
    assert "there is none" in err


def test_a_file_of_zero_bytes_is_empty(tmp_path: Path, tiny: Instrument) -> None:
    """Nothing at all, or nothing but zero bytes, as a copy leaves that was cut short."""
    for content in (b"", bytes(5000)):
        (tmp_path / "a.csv").write_bytes(content)
        with pytest.raises(IntakeError, match="The file is empty"):
            read(tmp_path / "a.csv", tiny)


@pytest.mark.parametrize(("content", "step"), [(b"%PDF-1.7\n", "a PDF"), (bytes(range(256)), "CSV or Excel")])
def test_what_is_no_survey_file_is_told_shortly(
    content: bytes, step: str, tmp_path: Path, tiny: Instrument
) -> None:
    """The message fits, says which files are read, and what to do with this one."""
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(IntakeError, match="not a readable survey file") as caught:
        read(tmp_path / "a.bin", tiny)
    assert (
        caught.value.allowed
        == "an export as CSV, Excel (.xlsx, .xlsb, .xls), OpenDocument (.ods), Parquet, SPSS or Stata"
    )
    assert step in str(caught.value.next_step)


def test_counts_have_thousands_marks(tmp_path: Path, tiny: Instrument) -> None:
    """A note says 1,200 rows, not 1200."""
    raw = read(write_rows(tmp_path / "a.csv", many("A", people=1200)), tiny)
    assert isinstance(raw, RawAnswers)
    assert raw.notes[0].endswith("1,200 rows")
