"""Faults of files that nobody sees at a glance: each is mended, or the file is refused with its place."""

from __future__ import annotations

import unicodedata
from contextlib import nullcontext, suppress
from pathlib import Path

import openpyxl
import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import RawAnswers, ReadingOptions, read
from cfanalysis.intake.cleaning import clean
from cfanalysis.intake.encoding import text_encoding
from cfanalysis.intake.exports.qualtrics import is_test
from cfanalysis.survey.instrument import Instrument, Scale, parse_instrument

HEAD = ["Company", "wave", "s1", "d1", "d2", "s2", "d3", "p1"]
ANSWERS = ["4", "3", "2", "5", "1", "4"]


def table(*keys: tuple[str, str], answers: list[str] = ANSWERS) -> list[list[str]]:
    return [HEAD, *([*key, *answers] for key in keys)]


def file_of(folder: Path, kind: str, rows: list[list[str]]) -> Path:
    if kind == "a.xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(folder / kind)
    else:
        mark = ";" if kind == "b.csv" else ","
        (folder / kind).write_text("".join(mark.join(row) + "\n" for row in rows), encoding="utf-8")
    return folder / kind


def cleaned(path: Path, tiny: Instrument, *accept: str) -> list[list[object]]:
    raw = read(path, tiny, options=ReadingOptions(accept=accept))
    assert isinstance(raw, RawAnswers)
    return clean(raw, tiny)[0][["organization", "wave", "s1"]].to_numpy().tolist()


@pytest.mark.parametrize("kind", ["a.csv", "a.xlsx"])
def test_names_of_merged_cells_are_filled_by_hand(kind: str, tmp_path: Path, tiny: Instrument) -> None:
    """A name in the first of several rows: those below would be dropped, and nobody knows whose they are."""
    keys = [("Alder", "2024"), ("", "2024"), ("", "2024"), ("Birch", "2024"), ("", "2024")]
    path = file_of(tmp_path, kind, table(*keys))
    with pytest.raises(IntakeError, match=r"'Company': each name stands in one row, and 3 rows have none"):
        cleaned(path, tiny)
    assert len(cleaned(path, tiny, "organization=")) == 2
    some = file_of(
        tmp_path, kind, table(("Alder", "2024"), ("Alder", "2024"), ("", "2024"), ("Birch", "2024"))
    )
    assert len(cleaned(some, tiny)) == 3
    gave_up = [*table(("Alder", "2024"), ("Birch", "2024")), *[["", "2024", "4", "3", "", "", "", ""]] * 3]
    assert len(cleaned(file_of(tmp_path, kind, gave_up), tiny)) == 2


def test_a_wave_that_some_rows_lack_is_asked_for(tmp_path: Path, tiny: Instrument) -> None:
    """Rows without a wave beside rows with one are not silently of the first."""
    path = file_of(tmp_path, "a.csv", table(("Alder", "2025"), ("Alder", ""), ("Birch", "2025")))
    with pytest.raises(
        IntakeError, match=r"'wave': rows without a wave beside others: 1, the first of them row 3"
    ):
        cleaned(path, tiny)
    assert [row[1] for row in cleaned(path, tiny, "wave=")] == ["2024", "2025", "2025"]


@pytest.mark.parametrize(
    "moments",
    [
        [f"2025-03-{d:02} 10:0{d % 10}" for d in range(1, 6)],
        [f"2025-{m:02}-{d:02}" for m in (3, 4) for d in range(1, 9)],
    ],
)
def test_moments_of_answers_are_no_waves(moments: list[str], tmp_path: Path, tiny: Instrument) -> None:
    """Where the instrument lists no waves, a column of moments does not make a wave of each row."""
    free = tiny.model_copy(update={"waves": ()})
    path = file_of(tmp_path, "a.csv", table(*(("Alder", moment) for moment in moments)))
    with pytest.raises(IntakeError, match="are moments of answers, and no waves"):
        cleaned(path, free)
    assert len(cleaned(path, free, "wave=*")) == len(moments)
    assert (
        len(
            cleaned(file_of(tmp_path, "a.csv", table(("Alder", "2025-03-01"), ("Alder", "2025-04-01"))), free)
        )
        == 2
    )


@pytest.mark.parametrize("kind", ["a.csv", "a.xlsx"])
def test_names_that_look_the_same_are_one(kind: str, tmp_path: Path, tiny: Instrument) -> None:
    """Letters with marks that stand apart, and characters that nobody sees, do not make another organization."""
    names = [
        "Café Noir",
        unicodedata.normalize("NFD", "Café Noir"),
        "Café\u200b Noir",
        "\ufeffCafé Noir\u200e",
    ]
    rows = cleaned(file_of(tmp_path, kind, table(*((name, "2024") for name in names))), tiny)
    assert {row[0] for row in rows} == {"Café Noir"}


def test_a_label_with_another_number_beside_bare_numbers_is_refused(tmp_path: Path, tiny: Instrument) -> None:
    """The ends are labelled the other way round, with nothing but a space between: the middle would be wrong."""
    texts = ["1 Strongly agree", "2", "3", "4", "5 Strongly disagree"]
    rows = [HEAD, *(["Alder", "2024", *[text] * 6] for text in texts)]
    with pytest.raises(IntakeError, match="has another number on the scale"):
        cleaned(file_of(tmp_path, "a.csv", rows), tiny)


def test_a_scale_with_labels_at_its_ends_is_not_turned_by_half(tmp_path: Path, tiny: Instrument) -> None:
    """The file numbers its labels the other way round, and the instrument knows those of the ends alone."""
    ends = Scale(min=1, max=5, labels={1: "Strongly disagree", 5: "Strongly agree"})
    survey = tiny.model_copy(update={"scales": {"agreement": ends}})
    texts = ["1 - Strongly agree", "2 - Agree", "3 - Neither", "4 - Disagree", "5 - Strongly disagree"]
    rows = [HEAD, *(["Alder", "2024", *[text] * 6] for text in texts)]
    path = file_of(tmp_path, "a.csv", rows)
    with pytest.raises(IntakeError, match="has another number on the scale"):
        cleaned(path, survey)
    known = Scale(min=1, max=5, labels=dict(enumerate(reversed([t[4:] for t in texts]), start=1)))
    found = cleaned(path, tiny.model_copy(update={"scales": {"agreement": known}}))
    assert sorted(row[2] for row in found) == [1, 2, 3, 4, 5]


UNIPARK = ["lfdn", "external_lfdn", "tester", "dispcode", "lastpage", "duration", *HEAD]


@pytest.mark.parametrize("kind", ["a.csv", "b.csv", "a.xlsx"])
@pytest.mark.parametrize("above", [[["sep=;"]], [["Our survey"]], [["Our survey"], [""]], []])
def test_an_export_below_a_title_is_still_the_tools(
    kind: str, above: list[list[str]], tmp_path: Path, tiny: Instrument
) -> None:
    """A line above the column names does not hide the tool, whose tests and rejected rows do not count."""
    states = [("0", "31"), ("1", "31"), ("0", "37"), ("0", "32")]
    rows = [
        [str(n), "0", tester, code, "7", "90", "Alder", "2024", *ANSWERS]
        for n, (tester, code) in enumerate(states)
    ]
    path = file_of(tmp_path, kind, [*above, UNIPARK, *rows])
    raw = read(path, tiny)
    assert isinstance(raw, RawAnswers)
    responses, log = clean(raw, tiny)
    assert raw.reader == "unipark"
    assert responses["respondent"].tolist() == ["0", "3"]
    assert log.rows_dropped == {"rejected": 1, "test_response": 1}
    assert raw.frame.index[0] == len(above) + 2


@pytest.mark.parametrize("page", ["mac_roman", "cp850", "cp1252"])
@pytest.mark.parametrize(
    "names",
    [
        ["Bäckerei Groß", "Größe", "Müller AG"],
        ["Café Noël", "Hôtel"],
        ["Peña", "Compañía"],
        ["São João", "Ação"],
    ],
)
@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt"])
def test_pages_of_macintosh_and_dos_are_read_or_asked_for(
    page: str, names: list[str], language: str, tmp_path: Path
) -> None:
    """Spreadsheet programs write them: names come out as they were, or the user is asked; never as other letters."""
    survey = f"""{{format: 1, id: t, title: T, version: "1", language: {language}, unit: respondent,
        scales: {{a: {{min: 1, max: 5}}}}, items: [{{id: s1, text: S, role: performance, scale: a}}]}}"""
    data = "\n".join(["Company,s1", *(f"{name},4" for name in names)]).encode(page)
    (tmp_path / "a.csv").write_bytes(data)
    if (page, names[0]) == ("cp850", "São João"):
        pytest.skip("these few bytes are Chinese words, too")
    with suppress(IntakeError) if page != "cp1252" else nullcontext():
        found = text_encoding(tmp_path / "a.csv", parse_instrument(survey)).name
        assert data.decode(found) == data.decode(page)


@pytest.mark.parametrize(
    "status", ["Umfragevorschau", "Vista previa de encuesta", "Aperçu du sondage", "Umfragetest"]
)
def test_previews_are_known_in_other_languages(status: str) -> None:
    """Qualtrics writes the state of a response in the language of the account."""
    assert is_test(status)
    assert not is_test("IP-Adresse")
