"""Names of one organization, spelled differently from file to file: proposed, decided, known wherever one is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from cfanalysis.cli import cfanalysis
from cfanalysis.core.errors import StudyError
from cfanalysis.database import Database, DatabaseError, import_files, open_database, prepare_from_database
from cfanalysis.database.aliases import decide_alias, proposed_aliases
from cfanalysis.database.erasure import find_client_keys
from cfanalysis.database.history import remove_import
from cfanalysis.database.overview import client_details, import_list
from cfanalysis.intake.cleaning.organizations import comparable_name, names_alike
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import find_clients, verdict_sentence

from .database_files import day, many, write_rows

LONG, SHORT = "Müller Maschinenbau GmbH", "Mueller Maschinenbau"
OTHERS = ("Birch", "Cedar", "Elm", "Fir", "Gum", "Hazel", "Ivy")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Clínica Vital", "Clinica Vital"),
        ("GRUPO FARO SA", "Grupo Faro S. A."),
        ("Weiß & Co", "Weiss und Co. KG"),
        ("Århus Mejeri A/S", "Aarhus Mejeri"),
        ("Ölmühle Nord eG", "Oelmuehle Nord e. G."),
        ("Café de l’Étoile SARL", "Cafe de l'Etoile S.à r.l."),
        ("J.P. Smith, Inc.", "JP Smith Incorporated"),
        ("Spółka Nowak Sp. z o.o.", "Spolka Nowak"),
        ("Acme Pty. Ltd.", "ACME Proprietary Limited"),
        ("The Body Works plc", "Body Works"),
        ("Saint Mary's", "St. Marys"),
        ("Huber UG (haftungsbeschränkt)", "Huber GmbH & Co. KG"),
        ("Hernández y Hijos S. de R.L. de C.V.", "Hernandez & Hijos"),
        ("ОАО Ромашка", "Ромашка"),
        ("腾讯科技有限公司", "腾讯科技"),
        ("Haus am See gGmbH", "Haus am See"),
        ("Nowak Spółka z o.o. Sp.k.", "Nowak"),
        ("Nowak Spółka z ograniczoną odpowiedzialnością", "Nowak Sp. z o. o."),
        ("Vik Aktieselskab", "Vik A/S"),
        ("Rossi Società per Azioni", "Rossi S.p.A."),
        ("Huber Gesellschaft mbH", "Huber GmbH"),
        ("Ромашка Общество с ограниченной ответственностью", "ООО Ромашка"),
    ],
)
def test_names_that_look_alike_are_recognized(one: str, other: str) -> None:
    """Accents, letters written out, punctuation, "and", articles and legal forms tell nobody apart."""
    assert comparable_name(one) == comparable_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nord AG", "Süd AG"),
        ("Alpha", "Alpha 2"),
        ("Sparkasse Ost", "Sparkasse Ost II"),
        ("Berlin Zoo", "Berlin"),
        ("Limited", "AG"),
        ("Maschinenbau Müller", "Müller Maschinenbau"),
        ("3M", "M"),
        ("公司", "有限公司"),
        ("!!!", "???"),
    ],
)
def test_other_names_are_left_alone(one: str, other: str) -> None:
    """A number, another word, another order, and what is nothing but a legal form or marks keep names apart."""
    assert comparable_name(one) != comparable_name(other)


def test_the_rarer_name_is_the_alias() -> None:
    """Of equally frequent names the most fully written one stays; two that were decided about are not proposed."""
    found = names_alike({SHORT: 2, LONG: 9, "Ash": 1, "ASH Ltd": 1})
    assert [(p.value, p.proposal, p.n) for p in found] == [(SHORT, LONG, 2), ("Ash", "ASH Ltd", 1)]
    accents = names_alike({"Baeckerei Oest GmbH und Co KG": 7, "Bäckerei Öst GmbH & Co. KG": 7})
    assert [p.proposal for p in accents] == ["Bäckerei Öst GmbH & Co. KG"]
    assert names_alike({"Ash": 1, "Ash Ltd": 2}, {"ash", "ash ltd"}) == []


def test_a_name_that_a_file_of_organizations_lists_stays() -> None:
    """However rare it is, the other spellings are proposed as aliases of it."""
    found = names_alike({"Ash": 3, "Ash Ltd": 90, "ASH, Inc.": 40}, {"ash"})
    assert [(p.value, p.proposal) for p in found] == [("Ash Ltd", "Ash"), ("ASH, Inc.", "Ash")]


@pytest.fixture
def place(tmp_path: Path) -> str:
    """Where the database is."""
    return str(tmp_path / "benchmark.sqlite")


@pytest.fixture
def database(place: str, tiny_file: Path, tmp_path: Path) -> Iterator[Database]:
    """Two years in which one organization is spelled in two ways."""
    with open_database(place, create=True) as opened:
        first = write_rows(tmp_path / "2024.csv", many(LONG, *OTHERS, people=7))
        second = write_rows(tmp_path / "2025.csv", many(SHORT, *OTHERS, wave="2025"))
        (made,) = import_files(opened, tiny_file, answers=first, now=day(1))
        assert made.alike == ()
        (made,) = import_files(opened, tiny_file, answers=second, now=day(2))
        assert made.alike == ({"value": SHORT, "proposal": LONG, "n": 6},)
        yield opened


def decide(database: Database, name: str, organization: str, number: int = 3) -> int | None:
    with database.write_transaction() as connection:
        return decide_alias(connection, name, organization, now=day(number))


def proposed(database: Database) -> list[str]:
    with database.read_transaction() as connection:
        return [p.value for p in proposed_aliases(connection)]


def clients(place: str, folder: Path, as_of: str | None = None) -> list[str]:
    return prepare_from_database(place, folder, as_of=as_of, now=day(20)).clients


def test_a_decision_counts_from_its_day_and_can_be_undone(
    database: Database, place: str, tmp_path: Path
) -> None:
    """Merged from then on, apart on the day before and when the decision is removed; in the list like a file."""
    number = decide(database, SHORT, LONG)
    assert decide(database, SHORT.upper(), LONG) is None
    assert proposed(database) == []
    assert len(clients(place, tmp_path / "merged")) == 8
    assert len(clients(place, tmp_path / "before", as_of="2026-03-02")) == 9
    with database.read_transaction() as connection:
        assert import_list(connection)[-1]["file"] == f"{SHORT} = {LONG}"
    assert number is not None
    with database.write_transaction() as connection:
        remove_import(connection, number, now=day(4))
    assert len(clients(place, tmp_path / "apart")) == 9
    assert proposed(database) == [SHORT]


def test_a_name_of_its_own_is_not_proposed_again(database: Database, place: str, tmp_path: Path) -> None:
    """Also after it had been an alias, and erasing the other one does not take it along."""
    decide(database, SHORT, LONG)
    decide(database, SHORT, SHORT, 4)
    assert proposed(database) == []
    assert len(clients(place, tmp_path / "apart")) == 9
    with database.read_transaction() as connection:
        assert find_client_keys(connection, LONG)[1] == [LONG.casefold()]


def test_aliases_are_followed_to_their_end(database: Database, place: str, tmp_path: Path) -> None:
    """A name that stands for an alias stands for its organization; of two that change places the later one holds."""
    decide(database, "Birch", "Cedar")
    decide(database, "Elm", "Birch", 4)
    assert {"Birch", "Elm"}.isdisjoint(clients(place, tmp_path / "chain"))
    decide(database, "Cedar", "Fir", 5)
    assert {"Birch", "Cedar", "Elm"}.isdisjoint(clients(place, tmp_path / "longer"))
    with database.read_transaction() as connection:
        assert find_client_keys(connection, "elm")[1] == ["birch", "cedar", "elm", "fir"]
    decide(database, "Fir", "Cedar", 6)
    found = clients(place, tmp_path / "turned")
    assert "Cedar" in found
    assert {"Birch", "Elm", "Fir"}.isdisjoint(found)


@pytest.mark.parametrize(
    ("name", "organization", "problem"),
    [
        ("Birch", "Cedr", "no such client(.|\n)*Cedar"),
        ("Nobody", "Nobody", "no such client"),
        ("", "Elm", "needs"),
    ],
)
def test_a_decision_about_nobody_is_refused(
    database: Database, name: str, organization: str, problem: str
) -> None:
    """The organization must be there; the alias need not."""
    with pytest.raises(DatabaseError, match=problem):
        decide(database, name, organization)
    assert decide(database, "Birch Ltd of old", "Birch")


def test_a_client_is_found_by_every_name(database: Database, place: str, tmp_path: Path) -> None:
    """By an alias that was decided, by one of an organizations file, without regard to case; not by another's."""
    decide(database, SHORT, LONG)
    study = prepare_from_database(place, tmp_path / "s", now=day(20))
    assert find_clients(study, [SHORT, SHORT.upper(), f" {LONG} "]) == [LONG] * 3
    with pytest.raises(StudyError, match="no client 'Mueller'"):
        find_clients(study, ["Mueller"])
    with database.read_transaction() as connection:
        assert client_details(connection, SHORT)["client"] == LONG


def test_an_organizations_file_settles_what_it_lists(tiny_file: Path, tmp_path: Path) -> None:
    """Two names of a file are two organizations, an alias of it is known to the study; else the verdict says so."""
    answers = write_rows(tmp_path / "a.csv", many(LONG, SHORT, *OTHERS))
    plain = prepare(answers, tiny_file, tmp_path / "plain")
    assert plain.verdict["names_alike"] == 1
    assert "they may count twice" in plain.verdict["notes"][-1]
    assert "Names alike: 1" in verdict_sentence(plain.verdict)
    listed = tmp_path / "o.csv"
    listed.write_text(f"organization,aliases\n{LONG},\n{SHORT},\n", encoding="utf-8")
    apart = prepare(answers, tiny_file, tmp_path / "apart", organizations=listed)
    assert (apart.cleaning_log["proposals"], "names_alike" in apart.verdict, len(apart.clients)) == (
        [],
        False,
        9,
    )
    listed.write_text(f"organization,aliases\n{LONG},{SHORT}\n", encoding="utf-8")
    merged = prepare(answers, tiny_file, tmp_path / "merged", organizations=listed)
    assert (find_clients(merged, [SHORT]), len(merged.clients)) == ([LONG], 8)


def test_proposals_are_taken_from_the_command_line(database: Database, place: str) -> None:
    """Listed, taken all at once, and none is left; JSON says the same."""
    run = CliRunner().invoke(cfanalysis, ["database", "alias", "--database", place])
    assert f"{SHORT!r} (6 rows) may be {LONG!r}" in run.stderr
    run = CliRunner().invoke(cfanalysis, ["database", "alias", "--all", "--database", place, "--json"])
    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["decided"] == [{"alias": SHORT, "organization": LONG, "import": 3}]
    assert proposed(database) == []
    run = CliRunner().invoke(cfanalysis, ["database", "alias", "Birch", "--all", "--database", place])
    assert run.exit_code == 2
