"""Client reports of every small size and shape: nothing untrue is printed, and nothing that gives anybody away."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from cfanalysis.analyses.client_participation import client_participation
from cfanalysis.analyses.client_report import client_standing
from cfanalysis.analyses.client_roles import client_roles
from cfanalysis.analyses.index_standing import index_standing
from cfanalysis.analyses.priorities import priorities
from cfanalysis.core.errors import StudyError
from cfanalysis.reports import client as pages
from cfanalysis.reports.client.client_workbook import write_client_workbook
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.comment_review import approved_quotes, review_table, write_review
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import ClientExtract

from .surveys import INSTRUMENT
from .test_client_report import UNFIT, blocks_of

ASKED = (
    INSTRUMENT.replace(
        "  agreement: {min: 1, max: 5}", "  agreement: {min: 1, max: 5}\n  likely: {min: 0, max: 10}"
    )
    .replace(
        "organization_fields:",
        "  - {id: nps, text: Would you recommend us?, role: performance, scale: likely}\n"
        "  - {id: wish, text: What should we change?, role: open}\n"
        "  - {id: proud, text: What makes you proud?, role: open}\n"
        "organization_fields:",
    )
    .replace(
        "indices:",
        "themes: {Speed: [faster]}\nindices:\n  - {id: recommend, title: Recommendation, items: [nps], formula: nps}",
    )
)
ITEMS = ("s1", "s2", "s3", "s4", "d1", "d2", "d3", "d4", "p1", "p2")
FINE = (
    *(f"{facet} {k}." for facet in ("Say", "Do") for k in ("one", "two", "three", "four")),
    "Leadership",
    "Processes",
    "Listening",
    "Recovery",
    "Performance",
    "Recommendation",
)
"""What names anything finer than overall Say, Do and gap."""

Made = Callable[[dict[str, object]], ClientExtract]


def answers(organizations: int = 24, respondents: int = 8) -> pd.DataFrame:
    """Answers of organizations that differ, in two sectors of different size."""
    rng = np.random.default_rng(5)
    level = np.repeat(rng.normal(3.2, 0.5, organizations), respondents)
    rows = len(level)
    table = {
        i: np.clip(np.rint(level + rng.normal(0.4 * (i[0] == "s"), 0.8, rows)), 1, 5).astype(int)
        for i in ITEMS
    }
    names = [f"Organization {k:02}" for k in range(organizations) for _ in range(respondents)]
    sector = ["Small" if name < "Organization 07" else "Large" for name in names]
    return pd.DataFrame(
        {
            "organization": names,
            "wave": "2025",
            "sector": sector,
            **table,
            "nps": rng.integers(0, 11, rows),
            "wish": "",
            "proud": "",
        }
    ).astype("object")


def study_with(folder: Path, frame: pd.DataFrame, text: str = ASKED) -> Study:
    (folder / "asked.yaml").write_text(text, encoding="utf-8")
    frame.to_csv(folder / "answers.csv", index=False)
    return prepare(folder / "answers.csv", folder / "asked.yaml", folder / "study")


def small_client(n: int, missing: int, item: str = "d1") -> pd.DataFrame:
    """A client of n respondents, of whom some left one item out."""
    frame = answers(2, 8).head(n).assign(organization=f"Client {n}-{missing}", sector="Large")
    frame.loc[frame.index[:missing], item] = ""
    return frame.assign(wish="Ask Mia Okafor to be faster", proud="")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    clients = [small_client(n, missing) for n in range(1, 7) for missing in (0, 1, 2) if missing < n]
    return study_with(tmp_path_factory.mktemp("small"), pd.concat([answers(), *clients], ignore_index=True))


def extract_of(study: Study, client: str, folder: Path, **options: object) -> ClientExtract:
    return open_extract(cut_extract(study, client, folder / "extract", **options))  # type: ignore[arg-type]


def printed(extract: ClientExtract, folder: Path) -> str:
    """Everything that is printed of a client: the blocks of its report, figures as their texts, and its workbook."""
    book = load_workbook(write_client_workbook(extract, folder / "client.xlsx"))
    cells = [
        str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    return "\n".join(
        [*map(str, blocks_of(extract)), *cells, extract.shares.to_csv(), extract.scores.to_csv()]
    )


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_below_the_minimum_the_overall_scores_stand_alone(study: Study, tmp_path: Path, n: int) -> None:
    """Of one to four respondents: overall Say, Do and gap with n, and no name of anything finer, in no file."""
    extract = extract_of(study, f"Client {n}-0", tmp_path)
    text = printed(extract, tmp_path)
    assert [name for name in FINE if name in text.replace("Made Survey", "")] == []
    assert set(extract.scores["scope"]) == {"overall"}
    assert extract.shares.empty
    assert extract.raw_responses is not None
    assert extract.raw_responses.empty
    assert extract.quartile is None
    words = str(pages.participation_text(client_participation(extract, client_roles(extract))))
    assert "only overall Say, Do and gap are shown" in words
    assert f"{n} respondents" in text or "ne respondent" in text
    assert text.count("fewer than 5 respondents") == 1
    assert "left out:" not in text
    assert not UNFIT.search("\n".join(map(str, blocks_of(extract))))


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_without_an_answer_to_every_statement_no_overall_score_is_promised(
    study: Study, tmp_path: Path, n: int
) -> None:
    """A sentence that says overall scores are shown stands only where they are."""
    extract = extract_of(study, f"Client {n}-{min(n, 2) if n > 2 else n - 1}", tmp_path)
    shown = not client_standing(extract).frame.empty
    words = str(pages.participation_text(client_participation(extract, client_roles(extract))))
    assert ("only overall Say, Do and gap are shown" in words) == shown
    assert ("no score is shown" in words) != shown


def test_a_statement_with_too_few_answers_cannot_be_worked_out(study: Study, tmp_path: Path) -> None:
    """Six respondents, four of whom answered one item: it, a second of its facet and all made of them are not shown."""
    extract = extract_of(study, "Client 6-2", tmp_path)
    items = set(extract.scores.loc[extract.scores["scope"] == "item", "name"])
    hidden = {"d1", "d2", "d3", "d4"} - items
    assert "d1" in hidden
    assert len(hidden) == 2
    instrument = extract.instrument
    for row in extract.scores.itertuples():
        parts = instrument.select(role="gap", dimension=row.name) if row.scope == "dimension" else ()
        assert not {item.id for item in parts} & hidden
    text = "\n".join(map(str, blocks_of(extract)))
    assert all(instrument.item(item).title not in text for item in hidden)
    assert "2 statements are not shown" in text
    assert set(extract.shares["item"]) & hidden == set()


@pytest.mark.parametrize(("n", "missing", "count"), [(5, 0, 0), (5, 1, 2), (6, 0, 0), (6, 1, 0), (6, 2, 2)])
def test_what_is_not_shown_is_counted(study: Study, tmp_path: Path, n: int, missing: int, count: int) -> None:
    """The report says how many statements are not shown, and says nothing where all are."""
    extract = extract_of(study, f"Client {n}-{missing}", tmp_path)
    assert extract.hidden_items == count
    words = str(pages.participation_text(client_participation(extract, client_roles(extract))))
    assert ("not shown" in words) == bool(count)


def test_a_name_in_the_answers_is_printed_nowhere(study: Study, tmp_path: Path) -> None:
    """Not in phrases, not in small letters, not in the extract; each question stands by itself."""
    extract = extract_of(study, "Client 6-0", tmp_path)
    text = printed(extract, tmp_path).casefold()
    files = [pd.read_parquet(f).to_csv() for f in (tmp_path / "extract").glob("*.parquet")]
    assert "okafor" not in text + "".join(files).casefold()
    wish, proud = (pages.comments_blocks((found,), extract) for found in pages_comments(extract))
    assert "What should we change?" in str(wish)
    assert "6 of 6 respondents wrote an answer" in str(wish)
    assert "Nobody wrote an answer." in str(proud)


def pages_comments(extract: ClientExtract) -> tuple[object, ...]:
    from cfanalysis.analyses.open_answers import client_comments

    return client_comments(extract)


def test_answers_that_a_person_let_pass_are_printed(study: Study, tmp_path: Path) -> None:
    """Kept and edited answers stand in the report, struck ones and those without a decision do not."""
    table = review_table(study, {"Client 6-0"})
    assert "Mia Okafor⟧" in table["marked"].iloc[0]
    table.loc[table.index[:2], ["decision", "text"]] = [
        ["edit", "Ask our colleague to be faster"],
        ["strike", ""],
    ]
    write_review(table, tmp_path / "review.xlsx")
    quotes = approved_quotes(tmp_path / "review.xlsx", study)
    extract = extract_of(study, "Client 6-0", tmp_path, quotes=quotes["Client 6-0"])
    text = "\n".join(map(str, blocks_of(extract)))
    assert "Ask our colleague to be faster" in text
    assert "Okafor" not in text
    assert "Client 6-1" not in quotes
    with pytest.raises(StudyError, match="may hold your decisions"):
        write_review(table, tmp_path / "review.xlsx")


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("decision", "kep", "none of keep, strike, edit"),
        ("answer", "Something else", "none of Client 6-0 in its latest wave"),
        ("question", "s1", "no open question"),
        ("client", "Client 9", "does not have"),
    ],
)
def test_decisions_that_are_not_in_order_are_refused(
    study: Study, tmp_path: Path, column: str, value: str, message: str
) -> None:
    """A wrong word, an answer of somebody else, an unknown question or client: named, and nothing is printed."""
    table = review_table(study, {"Client 6-0"}).assign(decision="keep")
    table.loc[0, column] = value
    write_review(table, tmp_path / "review.csv")
    with pytest.raises(StudyError, match=message):
        approved_quotes(tmp_path / "review.csv", study)


def test_strengths_are_above_the_benchmark_or_not_called_so(study: Study, tmp_path: Path) -> None:
    """Every strength is better than the benchmark as printed, in order; else the highest are shown, named so."""
    for k, name in enumerate([c for c in study.clients if c.startswith("Organization")]):
        for benchmark in ("all", "sector") if name < "Organization 07" else ("all",):
            extract = extract_of(study, name, tmp_path / f"{k}{benchmark}", benchmark=benchmark)
            found = priorities(extract, repetitions=20)
            assert found is not None
            best = found.frame["strength"].max() > 0.05
            assert found.above == best
            text = str(pages.strengths_table(found, extract))
            assert ("No practice that was compared lies above the benchmark" in text) == (not best)
            if best:
                assert "points below" not in text
                assert found.strengths["strength"].is_monotonic_decreasing
            assert not set(found.strengths["item"]) & set(found.opportunities["item"])
            rest = found.frame[~found.frame["item"].isin(found.strengths["item"] if found.above else [])]
            assert len(found.opportunities) or rest.empty or rest["opportunity"].max() <= 0.05


def test_places_among_few_are_thirds(study: Study, tmp_path: Path) -> None:
    """Among seven peers there is no percentile, quartile or top quartile; the group is named with its size."""
    extract = extract_of(study, "Organization 01", tmp_path, benchmark="sector")
    text = "\n".join(map(str, blocks_of(extract)))
    figures = str(pages.index_text(index_standing(extract), extract))
    assert "of 7 organizations (Sector\\: Small)" in figures
    assert "third" in figures
    assert not re.search(r"\d(st|nd|rd|th)\b|[Tt]op quartile|Quartile:", text)


def test_in_the_workbook_intervals_and_distributions_are_numbers(study: Study, tmp_path: Path) -> None:
    """No cell below a heading of numbers holds a text of several numbers; a client's n are its respondents."""
    extract = extract_of(study, "Organization 05", tmp_path)
    book = load_workbook(write_client_workbook(extract, tmp_path / "client.xlsx"))
    texts = [c.value for s in book for row in s.iter_rows() for c in row if isinstance(c.value, str)]
    assert [t for t in texts if re.fullmatch(r"[−\d.]+%? (to|·) .*[−\d.]+%?", t)] == []
    rows = [[c.value for c in row] for row in book["Dimensions"].iter_rows()]
    assert {row[-1] for row in rows if row[1] == "Organization 05"} == {8}


def test_a_note_keeps_its_paragraphs_and_emphasis() -> None:
    """Paragraphs, lines and emphasis of a note are as written; markup and formulas in it are text."""
    note = str(pages.personal_note("Dear *Susan*,\n\n**Thank** you_all: 3 * 4 < $5$ <b>x</b>.\nYours"))
    assert note.split("\n>\n> ")[1:] == [
        "Dear *Susan*,",
        "**Thank** you\\_all\\: 3 \\* 4 \\< \\$5\\$ \\<b\\>x\\</b\\>\\.  \n> Yours",
    ]
