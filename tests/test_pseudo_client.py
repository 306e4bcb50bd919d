"""Client reports in the reader's language: every word is from the catalogs, and all languages say the same numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cfanalysis.core.blocks import Prose
from cfanalysis.core.language import use_language
from cfanalysis.publish.batches.index_page import index_page
from cfanalysis.publish.batches.ledger import LedgerEntry
from cfanalysis.reports.client import first_page, follow_up, practice, standing
from cfanalysis.reports.client.client_workbook import cell_number, client_sheets
from cfanalysis.study.prepared_study import Study
from tests.client_states import STATES, States
from tests.client_world import World
from tests.pseudo_language import CODE, unmarked_words, use_catalogs

SIGNS = {"text", "min", "max"}
"""Words of formulas."""

SAID = {"fast", "late", "well", "dear", "mia", "reports", "kb", "pdf", "utf", "html", "lang"}
"""What the cases of this test say as data."""


@pytest.fixture(scope="module")
def catalogs(pseudo_catalogs: Path) -> Iterator[None]:
    """The pseudo-language, and the three that ship; reports without pictures, which have tests of their own."""
    with use_catalogs(pseudo_catalogs) as patch:
        for module in (first_page, follow_up, practice, standing):
            patch.setattr(module, "figure", lambda *_, **__: Prose(""))
        yield


@pytest.fixture(scope="module")
def world(sample_study: Study, tmp_path_factory: pytest.TempPathFactory, catalogs: None) -> World:
    """The clients of all states."""
    return World(sample_study, tmp_path_factory.mktemp("states"))


def texts(world: World, every: int = 1) -> dict[str, str]:
    """What is said in each state, or every so many of them, and in the workbook, in the language of the moment."""
    states = States(world)
    said = {name: states.text(name) for name in list(STATES)[::every]}
    sheets = [f"{name} {' '.join(map(str, tables))}" for name, tables in world.result(client_sheets).items()]
    return {**said, "workbook": " ".join(sheets)}


def data_words(world: World) -> set[str]:
    """The words that the instruments and the data say."""
    extracts = [
        world.whole,
        world.small("Client 6-0"),
        world.small("One hidden"),
        world.small("Organization 01", "sector"),
    ]
    said = " ".join(
        f"{vars(e.instrument)} {e.source} {e.client} {e.facts} {e.benchmark_facts} {e.comments.to_dict()}"
        for e in extracts
    )
    return {word.casefold() for word in re.findall(r"[^\W\d_]{2,}", said)} | SIGNS | SAID


def test_every_word_of_a_client_report_is_from_the_catalogs(world: World) -> None:
    """In the pseudo-language no word is unmarked in any state of a report or in the workbook, data and names aside."""
    with use_language(CODE):
        said = {name: re.sub(r"<[^>]+>", " ", text) for name, text in texts(world).items()}
    known = data_words(world)
    found = {name: unmarked_words(text, known) for name, text in said.items()}
    assert {name: words for name, words in found.items() if words} == {}


def test_every_word_of_the_index_is_from_the_catalogs(catalogs: None) -> None:
    """Headings, states, sizes and counts of the page that lists a batch's reports are in its language."""
    entries = [
        LedgerEntry("Mia", "mia-1", state=state, files={"pdf": "0"}, sizes={"pdf": 9000}, made="2026-01-01")
        for state in ("done", "failed", "waiting")
    ]
    with use_language(CODE):
        page = index_page(entries, title="Reports")
    shown = re.sub(r"<(script|style|head).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert unmarked_words(shown, SAID) == []


@pytest.mark.parametrize(
    ("code", "every"),
    [("de", 4), *(pytest.param(code, 1, marks=pytest.mark.slow) for code in ("de", "fr", "es"))],
)
def test_the_numbers_of_a_report_are_the_same_in_every_language(world: World, code: str, every: int) -> None:
    """The digits of all numbers stand in the same order, in the states of a report and in its workbook."""
    english = texts(world, every)
    with use_language(code):
        said = texts(world, every)
    different = {
        name: (text, said[name])
        for name, text in english.items()
        if re.sub(r"\D", "", text) != re.sub(r"\D", "", said[name])
    }
    assert different == {}


@pytest.mark.parametrize("code", ["de", "fr", "es"])
def test_the_cells_of_a_workbook_are_the_same_in_every_language(world: World, code: str) -> None:
    """A number that is written with the signs of a language is the number in its cell; no two sheets have one name."""
    plain = numbers(world)
    with use_language(code):
        names = list(world.result(client_sheets))
        assert numbers(world) == plain
    assert len(set(names)) == len(names)
    assert all(len(name) <= 31 for name in names)


def numbers(world: World) -> list[object]:
    """The numbers in the cells of a client's workbook, with their formats."""
    rows = [row for tables in world.result(client_sheets).values() for table in tables for row in table.rows]
    return [cell_number(cell) for row in rows for cell in row[1:]]
