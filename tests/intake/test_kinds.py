"""Answers that tools and people write in other ways than the instrument, in every reader: read rightly, or refused."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import RawAnswers, ReadingOptions, read
from cfanalysis.intake.cleaning import clean
from cfanalysis.intake.cleaning.file_check import check_file
from cfanalysis.survey.instrument import Instrument

ITEMS = ("s1", "d1", "d2", "s2", "d3", "p1")
Row = dict[str, Any]
KINDS = ("comma.csv", "semicolon.csv", "tab.txt", "a.xlsx", "a.parquet", "qualtrics.csv", "surveymonkey.csv")


def people(n: int = 12, **changes: Any) -> list[Row]:
    """Return people of three organizations who give each answer in turn; a change is a value, or one for each."""
    rows: list[Row] = []
    for i in range(n):
        row: Row = {"Company": f"Firm {i % 3}", "respondent": f"r{i}"}
        row |= {item: 1 + (i + k) % 5 for k, item in enumerate(ITEMS)} | {"why": f"Because {i}"}
        rows.append(row | {name: v[i] if isinstance(v, list) else v for name, v in changes.items()})
    return rows


def swapped(rows: list[Row], swap: dict[Any, Any]) -> list[Row]:
    """Return the people with answers put in place of others."""
    return [{k: swap.get(v, v) if k in ITEMS else v for k, v in row.items()} for row in rows]


def file_of(folder: Path, kind: str, rows: list[Row]) -> Path:
    """Write people as one of `KINDS`."""
    path, names = folder / kind, list(rows[0])
    table = [[row[name] for name in names] for row in rows]
    if kind == "a.xlsx":
        book = openpyxl.Workbook()
        for line in [names, *table]:
            book.active.append(line)
        book.save(path)
    elif kind == "a.parquet":
        pd.DataFrame(rows).astype(dict.fromkeys(names, "str")).to_parquet(path)
    else:
        heads = [names]
        if kind.startswith("qualtrics"):
            extra = ["StartDate", "Status", "Finished", "ResponseId"]
            imports = [f'{{"ImportId":"{n}"}}' for n in [*extra, *names]]
            heads = [[*extra, *names], [*extra, *names], imports]
            table = [["2025-01-01", "IP Address", "True", f"R_{i:012}", *t] for i, t in enumerate(table)]
        if kind.startswith("surveymonkey"):
            heads = [["Respondent ID", *names], ["", *["Response"] * len(names)]]
            table = [[11_400_000_000 + i, *line] for i, line in enumerate(table)]
        mark = {"semicolon.csv": ";", "tab.txt": "\t"}.get(kind, ",")
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, delimiter=mark).writerows([*heads, *table])
    return path


def responses(path: Path, tiny: Instrument, **options: Any) -> pd.DataFrame:
    """Return the responses of a file."""
    raw = read(path, tiny, options=ReadingOptions(**options))
    assert isinstance(raw, RawAnswers)
    return clean(raw, tiny)[0].sort_values("why", ignore_index=True)


def said(path: Path, tiny: Instrument, **options: Any) -> str:
    """Return why a file is refused."""
    with pytest.raises(IntakeError) as error:
        responses(path, tiny, **options)
    return str(error.value)


LABELS = {
    1: "Strongly disagree",
    2: "Disagree",
    3: "Neither agree nor disagree",
    4: "Agree",
    5: "Strongly agree",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "written",
    [
        {code: f"{code} - {label}" for code, label in LABELS.items()},
        {1: "1 = Strongly disagree", 5: "Strongly agree (5)"},
        {code: f"  {label.upper()}. " for code, label in LABELS.items()},
        {code: f"<b>{label}</b>\u200b" for code, label in LABELS.items()},
        {3: "Neither\u00a0agree nor\u00a0disagree:", 5: "Strongly\u200b agree"},
    ],
    ids=["anchored", "ends only", "case and full stop", "markup", "invisible characters"],
)
def test_labels_are_compared_as_column_names_are(
    tmp_path: Path, tiny: Instrument, kind: str, written: dict[int, str]
) -> None:
    """A label counts with its code before or behind it, in other quotes, dashes, marks and invisible characters."""
    plain_file = file_of(tmp_path, "b.csv", people())
    found = responses(file_of(tmp_path, kind, swapped(people(), written)), tiny)
    assert found[list(ITEMS)].equals(responses(plain_file, tiny)[list(ITEMS)])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["6", "0", "7.0", "Top", "Refused"])
def test_a_value_that_comes_back_is_refused_unless_it_is_accepted(
    tmp_path: Path, tiny: Instrument, kind: str, value: str
) -> None:
    """However small the file; one syntax accepts it, in the options and in the instrument."""
    path = file_of(tmp_path, kind, swapped(people(), {5: value}))
    text = said(path, tiny)
    assert f"'{value.removesuffix('.0').lower()}' (14 cells" in text
    assert "no cell holds 5" in text
    assert "--accept '*=" in text
    found = responses(path, tiny, accept=(f"*={value}",))
    assert int(found[list(ITEMS)].isna().sum().sum()) == 14
    own = tiny.model_copy(update={"missing": (*tiny.missing, *(f"{item}={value}" for item in ITEMS))})
    assert responses(path, own).equals(found)


def test_a_single_slip_is_no_refusal(tmp_path: Path, tiny: Instrument) -> None:
    """One cell that cannot be read is missing and in the log; the other answers count."""
    rows = people(40)
    rows[3]["s1"], rows[9]["d1"] = 6, "agreee"
    found = responses(file_of(tmp_path, "comma.csv", rows), tiny)
    assert len(found) == 40
    assert int(found[list(ITEMS)].isna().sum().sum()) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_fractions_are_refused_as_means_or_recoded_answers(
    tmp_path: Path, tiny: Instrument, kind: str
) -> None:
    """Means of people are not reduced to the few that are whole."""
    rows = [
        {k: v + 0.25 * (i % 4) if k in ITEMS else v for k, v in r.items()} for i, r in enumerate(people())
    ]
    assert "the scale has whole numbers, 1 to 5: these are means of people" in said(
        file_of(tmp_path, kind, rows), tiny
    )


def test_answers_recoded_to_100_are_refused_with_their_values(tmp_path: Path, tiny: Instrument) -> None:
    """0, 25, 50, 75, 100 on a scale of five are named together, in one line."""
    text = said(file_of(tmp_path, "a.xlsx", swapped(people(), {c: 25 * (c - 1) for c in LABELS})), tiny)
    assert all(f"'{value}' (" in text for value in (0, 25, 50, 75, 100))
    assert text.count("no answer of the scale") == 1


def test_an_unknown_column_cannot_be_accepted(tmp_path: Path, tiny: Instrument) -> None:
    """The error names columns that there are."""
    path = file_of(tmp_path, "comma.csv", people())
    assert "COLUMN=VALUE with a column such as s1" in said(path, tiny, accept=("s11=6",))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nothing", ["N/A", "-", "–", "#N/A", "null", "k. A.", "None", "."])
def test_placeholders_are_no_organizations(tmp_path: Path, tiny: Instrument, kind: str, nothing: str) -> None:
    """Such a row has no organization; as a name that was accepted it is one."""
    rows = people(12, Company=[nothing if i % 4 == 0 else f"Firm {i % 3}" for i in range(12)])
    path = file_of(tmp_path, kind, rows)
    assert sorted(set(responses(path, tiny)["organization"])) == ["Firm 0", "Firm 1", "Firm 2"]
    accepted = responses(path, tiny, accept=(f"organization={nothing}",))
    assert len(accepted) == 12


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name", ["Total", "Average", "Mean (n = 12)", "n", "Gesamt", "Moyenne:", "Firm 1 Total"]
)
def test_a_summary_row_is_asked_about(tmp_path: Path, tiny: Instrument, kind: str, name: str) -> None:
    """A client may be called Total: then it is accepted, and counts."""
    rows = people()
    rows.append({**rows[0], "Company": name, "respondent": "last", "s1": 2, "d1": 2, "why": "z"})
    path = file_of(tmp_path, kind, rows)
    assert repr(name) in said(path, tiny)
    assert len(responses(path, tiny, accept=(f"organization={name}",))) == 13


@pytest.mark.parametrize("kind", ["sum", "mean", "apart"])
def test_a_summary_by_its_values_is_refused_whatever_was_accepted(
    tmp_path: Path, tiny: Instrument, kind: str
) -> None:
    """Its values are the others' sum or mean, or it stands below a blank row."""
    rows = people()
    blank = dict.fromkeys(rows[0], "")
    values = {item: sum(row[item] for row in rows) for item in ITEMS}
    last = {**blank, "Company": "Total", **values}
    if kind == "mean":
        last |= {item: round(value / 12, 1) for item, value in values.items()}
    rows += [blank, last | dict.fromkeys(ITEMS, 3)] if kind == "apart" else [last]
    text = said(file_of(tmp_path, "comma.csv", rows), tiny, accept=("organization=Total",))
    assert {"sum": "the sum of the others", "mean": "the mean of the others", "apart": "below a blank row"}[
        kind
    ] in text


@pytest.mark.parametrize("kind", KINDS)
def test_ids_that_a_spreadsheet_shortened_are_refused(tmp_path: Path, tiny: Instrument, kind: str) -> None:
    """1.14E+10 is nobody's id; with the column ignored each row is a person."""
    path = file_of(tmp_path, kind, people(12, respondent="1.14E+10"))
    assert "'1.14E+10' is a number that a spreadsheet shortened" in said(path, tiny)
    assert len(responses(path, tiny, columns={"respondent": "ignore"})) == 12


def test_numbers_of_more_than_15_digits_are_refused(tmp_path: Path, tiny: Instrument) -> None:
    """A spreadsheet keeps 15 digits, in its own file and as CSV; as text, and exact, long ids are read."""
    long = [12345678901234500000 + 100000 * i for i in range(12)]
    for kind in ("a.xlsx", "comma.csv"):
        assert "shortened" in said(file_of(tmp_path, kind, people(12, respondent=long)), tiny)
    exact = [str(12345678901234567 + i) for i in range(12)]
    for kind in ("a.xlsx", "comma.csv", "a.parquet"):
        assert len(responses(file_of(tmp_path, kind, people(12, respondent=exact)), tiny)) == 12


@pytest.mark.parametrize("kind", KINDS)
def test_many_repeats_with_other_answers_name_the_id_column(
    tmp_path: Path, tiny: Instrument, kind: str
) -> None:
    """A department is no respondent; who did answer so often is accepted."""
    path = file_of(tmp_path, kind, people(12, respondent="Sales"))
    text = said(path, tiny)
    assert "column 'respondent': 9 of 12 rows repeat" in text
    assert len(responses(path, tiny, accept=("respondent=*",))) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_wave_that_the_instrument_does_not_list_is_refused(
    tmp_path: Path, tiny: Instrument, kind: str
) -> None:
    """With the line to add to it; 2024.0 and a wave in other letters are the listed ones."""
    rows = people(12, wave=["2024", "2025", "2026"] * 4)
    assert 'waves: ["2024", "2025", "2026"]' in said(file_of(tmp_path, kind, rows), tiny)
    rows = people(12, wave=["2024", "2024.0", " 2025 "] * 4)
    assert set(responses(file_of(tmp_path, kind, rows), tiny)["wave"]) == {"2024", "2025"}


def test_numbers_and_dates_as_names(tmp_path: Path, tiny: Instrument) -> None:
    """100.0 is 100; of a date it is said that a spreadsheet may have made it."""
    rows = people(12, Company=[f"{100 + i % 3}.0" for i in range(12)])
    assert set(responses(file_of(tmp_path, "comma.csv", rows), tiny)["organization"]) == {"100", "101", "102"}
    dated = people(
        12, Company=[pd.Timestamp("2025-03-04").to_pydatetime() if i < 6 else "Firm" for i in range(12)]
    )
    raw = read(file_of(tmp_path, "a.xlsx", dated), tiny)
    found, log = clean(raw, tiny)  # type: ignore[arg-type]
    assert set(found["organization"]) == {"2025-03-04", "Firm"}
    assert any("'2025-03-04' is a date" in note for note in log.notes)


@pytest.mark.parametrize(
    "kind", ["comma.csv", "semicolon.csv", "qualtrics.csv", "surveymonkey.csv", "a.xlsx"]
)
def test_a_cell_too_many_is_an_error_with_its_row(tmp_path: Path, tiny: Instrument, kind: str) -> None:
    """Among the first rows as well as further down; it never makes a column."""
    for place in (2, 25):
        rows = people(40)
        path = file_of(tmp_path, kind, rows)
        depth = {"qualtrics.csv": 3, "surveymonkey.csv": 2}.get(kind, 1)
        if kind == "a.xlsx":
            book = openpyxl.load_workbook(path)
            book.active.cell(place + 2, len(rows[0]) + 1, "stray")
            book.save(path)
        else:
            lines = path.read_text(encoding="utf-8").splitlines()
            lines[place + depth] += {"semicolon.csv": ";"}.get(kind, ",") + "stray"
            path.write_text("\n".join(lines), encoding="utf-8")
        assert f"row {place + depth + 1} has" in said(path, tiny)


@pytest.mark.parametrize("kind", ["comma.csv", "semicolon.csv", "tab.txt", "qualtrics.csv"])
def test_a_row_broken_in_two_is_an_error(tmp_path: Path, tiny: Instrument, kind: str) -> None:
    """Both halves are named; a row that lacks a cell in its middle is one, too."""
    path = file_of(tmp_path, kind, people(20))
    text = path.read_text(encoding="utf-8")
    mark = {"semicolon.csv": ";", "tab.txt": "\t"}.get(kind, ",")
    path.write_text(text.replace(f"r7{mark}", f"r\n7{mark}", 1), encoding="utf-8")
    assert "are one row: one of its texts contains a line break" in said(path, tiny)
    path.write_text(text.replace(f"r7{mark}", "", 1), encoding="utf-8")
    assert "Some rows have more or fewer cells" in said(path, tiny)


def test_columns_without_a_name_are_said(tmp_path: Path, tiny: Instrument) -> None:
    """What stands below no name is not read, and the notes say so."""
    rows = people()
    path = file_of(tmp_path, "comma.csv", [{"": i, **row} for i, row in enumerate(rows)])
    raw = read(path, tiny)
    assert any("column 1 has no name and holds values" in note for note in raw.notes)


def test_a_copied_question_is_named(tmp_path: Path, tiny: Instrument) -> None:
    """A second column of nearly the same question is not read, and the notes say so."""
    rows = [{"People are meant to.": r.pop("s2"), "People are meant to. (2)": 1, **r} for r in people()]
    raw = read(file_of(tmp_path, "comma.csv", rows), tiny)
    assert any("'People are meant to. (2)'" in note for note in raw.notes)


def statistics_file(folder: Path, kind: str, values: dict[str, list[Any]], labels: dict[str, Any]) -> Path:
    """Write an SPSS or Stata file with value labels."""
    path = folder / f"a.{kind}"
    write = pyreadstat.write_sav if kind == "sav" else pyreadstat.write_dta
    write(pd.DataFrame(values), str(path), variable_value_labels=labels)
    return path


@pytest.mark.parametrize("kind", ["sav", "dta"])
@pytest.mark.parametrize(
    "label", ["{code} {text}", "{code}. {text}", "{text} [{other}]", "{text}.", "{upper}", "{text} ({code})"]
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_value_label_names_the_answer(
    tmp_path: Path, tiny: Instrument, kind: str, label: str, turned: bool
) -> None:
    """Whatever the value is, and whatever code stands before or behind the label."""
    rows = people()
    code = {c: 6 - c if turned else c for c in LABELS}
    labels = {
        code[c]: label.format(code=code[c], text=t, other=code[c] - 1, upper=t.upper())
        for c, t in LABELS.items()
    }
    values = {n: [code[r[n]] if n in ITEMS else r[n] for r in rows] for n in rows[0]}
    path = statistics_file(tmp_path, kind, values, dict.fromkeys(ITEMS, labels))
    expected = responses(file_of(tmp_path, "b.csv", rows), tiny)
    assert responses(path, tiny)[list(ITEMS)].equals(expected[list(ITEMS)])


@pytest.mark.parametrize("kind", ["sav", "dta"])
@pytest.mark.parametrize(
    "labels",
    [
        {1: "Trifft zu", 2: "Trifft eher zu", 3: "Teils", 4: "Eher nicht", 5: "Trifft nicht zu"},
        {1: "Completely", 3: "Neither agree nor disagree", 5: "Not at all"},
        {1: "Strongly agree", 5: "Strongly disagree"},
    ],
    ids=["none is readable", "the middle alone", "turned ends without the rest"],
)
def test_value_labels_that_cannot_be_read_are_refused(
    tmp_path: Path, tiny: Instrument, kind: str, labels: dict[int, str]
) -> None:
    """The codes are not trusted where no label shows that they are the scale's."""
    rows = people()
    path = statistics_file(tmp_path, kind, {n: [r[n] for r in rows] for n in rows[0]}, {"d1": labels})
    assert "variable d1" in said(path, tiny)


@pytest.mark.parametrize("cut", [40, 80, 255])
def test_a_variable_label_that_was_cut_is_a_proposal(tmp_path: Path, tiny: Instrument, cut: int) -> None:
    """Columns whose label is the beginning of an item's text are proposed in their order, never taken."""
    stem = (
        "Thinking of all that was promised to customers in writing or by word of mouth, how far do you agree? "
        * 3
    )
    items = tuple(
        i.model_copy(update={"text": f"{stem}{i.text}", "source": ()}) if i.id in ITEMS else i
        for i in tiny.items
    )
    asked = Instrument.model_validate(tiny.model_dump() | {"items": [i.model_dump() for i in items]})
    rows = people()
    values = {f"v{k}" if n in ITEMS else n: [r[n] for r in rows] for k, n in enumerate(rows[0])}
    path = tmp_path / "a.sav"
    titles = {n: f"{stem}x"[:cut] for n in values if n.startswith("v")}
    pyreadstat.write_sav(pd.DataFrame(values), str(path), column_labels=titles)
    found = {f.column: f.proposal for f in check_file(path, asked).findings if f.rule == "resembles"}
    assert [p.split(" ")[0] for p in found.values()] == list(ITEMS)
