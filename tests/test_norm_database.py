"""Norms are kept in the database: every workspace has the same, and an erased client's tokens lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cfanalysis.database import DatabaseError, import_files, open_database
from cfanalysis.database.erasure import erase_client
from cfanalysis.database.norm_rows import delete_members, fetch_norms, keep_norms
from cfanalysis.study.benchmark.norm import (
    MEMBER,
    Members,
    Norm,
    norms,
    read_members,
    write_members,
    write_norm,
)
from cfanalysis.survey.survey_data import BenchmarkFacts


def a_norm(name: str, mean: float, tokens: Iterable[str] = ()) -> Norm:
    """A published norm of one figure, and the tokens of who counts in it."""
    key = {"field": "all", "value": "", "scope": "overall", "name": "overall", "facet": "say"}
    aggregates = pd.DataFrame([{**key, "n": 20, "mean": mean, "as_of": name}])
    counted = {**key, "scope": MEMBER, "name": ""}
    units = [(key, f"u{n}") for n in range(20)] + [(counted, unit) for unit in tokens]
    record = pd.DataFrame([{**of, "figure": "", "unit": unit, "weight": 1.0} for of, unit in units])
    groups = {("all", ""): BenchmarkFacts(n=20)}
    none = pd.DataFrame()
    return Norm(name, "2025", groups, aggregates, none, none, none, record, published=True)


def norms_are_kept(place: str, sample_file: Path, instrument_file: Path, tmp_path: Path) -> None:
    """Two workspaces with one database: what one publishes the other has; who comes too late is told."""
    ours, theirs = tmp_path / "ours" / "customer_focus", tmp_path / "theirs" / "customer_focus"
    client = pd.read_csv(sample_file, dtype=str)["organization"].iloc[0]
    with open_database(place, create=True) as database:
        import_files(database, instrument_file, answers=sample_file)
        fetch_norms(database, ours)
        write_norm(a_norm("2025", 50.0), ours)
        write_norm(replace(a_norm("draft-1", 51.0), published=False), ours)
        write_members(ours, Members({client: "a secret", "Other": "another"}))
        keep_norms(database, ours)
        fetch_norms(database, theirs)
        assert [norm.name for norm in norms(theirs)] == ["2025"]
        assert norms(theirs)[0].content == norms(ours)[0].content
        assert read_members(theirs).secret_by_name == {client: "a secret", "Other": "another"}
        # Both make the next norm; the second to publish knows nothing of the first.
        write_norm(a_norm("2026", 52.0), theirs)
        keep_norms(database, theirs)
        write_norm(a_norm("2026-own", 53.0), ours)
        with pytest.raises(DatabaseError, match="in the meantime"):
            keep_norms(database, ours)
        fetch_norms(database, ours)
        assert [norm.name for norm in norms(ours) if norm.published] == ["2025", "2026"]
        erase_client(database, client.upper())
        fetch_norms(database, tmp_path / "third" / "customer_focus")
        assert list(read_members(tmp_path / "third" / "customer_focus").secret_by_name) == ["Other"]


def test_norms_are_kept_in_a_file(sample_file: Path, instrument_file: Path, tmp_path: Path) -> None:
    """In SQLite; the file holds neither the erased secret nor, in the norm's tables, a name."""
    place = tmp_path / "benchmark.sqlite"
    norms_are_kept(str(place), sample_file, instrument_file, tmp_path)
    assert b"a secret" not in place.read_bytes()


def test_two_norms_of_one_name_are_not_mixed(
    sample_file: Path, instrument_file: Path, tmp_path: Path
) -> None:
    """The workspace published another norm under the name that the database has: nothing is overwritten."""
    ours, theirs = tmp_path / "ours" / "i", tmp_path / "theirs" / "i"
    with open_database(str(tmp_path / "b.sqlite"), create=True) as database:
        write_norm(a_norm("2025", 50.0), ours)
        keep_norms(database, ours)
        write_norm(a_norm("2025", 60.0), theirs)
        with pytest.raises(DatabaseError, match=r"different published norms(.|\n)*2025"):
            fetch_norms(database, theirs)
        assert norms(theirs)[0].aggregates["mean"].tolist() == [60.0]


def published(folder: Path, name: str, mean: float, secret_by_name: dict[str, str]) -> Members:
    """Publish a norm in a workspace; return the secrets of its organizations."""
    members = Members(secret_by_name)
    write_members(folder, members)
    write_norm(a_norm(name, mean, [members.token(who, MEMBER) for who in secret_by_name]), folder)
    return members


@pytest.mark.parametrize("spelled", ["Alpha", " ALPHA "])
def test_norms_published_apart_are_not_joined(tmp_path: Path, spelled: str) -> None:
    """A workspace published before it joined: the secrets of its norms are never lost to those of the database.

    The refusal says what to do, and changes nothing; without an organization of both, nothing is in the way.
    """
    ours, theirs, third = (tmp_path / name / "i" for name in ("ours", "theirs", "third"))
    published(ours, "2025", 50.0, {"Alpha": "of the database", "Beta": "b"})
    own = published(theirs, "own", 60.0, {spelled: "of the workspace"})
    other = published(third, "other", 70.0, {"Gamma": "c"})
    with open_database(str(tmp_path / "b.sqlite"), create=True) as database:
        keep_norms(database, ours)
        with pytest.raises(DatabaseError, match=r"apart from the database(.|\n)*own: 1 (.|\n)*move .*theirs"):
            fetch_norms(database, theirs)
        assert [norm.name for norm in norms(theirs)] == ["own"]
        assert read_members(theirs) == own
        fetch_norms(database, third)
        keep_norms(database, third)
        kept = read_members(third).secret_by_name
    assert kept == {**other.secret_by_name, "Alpha": "of the database", "Beta": "b"}


def test_secrets_of_drafts_never_replace_those_of_a_norm(tmp_path: Path) -> None:
    """Of two workspaces one has kept a draft in the database; the other's published norm keeps its own secrets."""
    draft, ours = tmp_path / "draft" / "i", tmp_path / "ours" / "i"
    write_members(draft, Members({"Alpha": "of a draft"}))
    write_norm(replace(a_norm("d", 1.0), published=False), draft)
    own = published(ours, "2025", 50.0, {"Alpha": "of the norm"})
    with open_database(str(tmp_path / "b.sqlite"), create=True) as database:
        keep_norms(database, draft)
        fetch_norms(database, ours)
        assert read_members(ours) == own
        keep_norms(database, ours)
        with pytest.raises(DatabaseError, match="in the meantime"):
            keep_norms(database, draft)
        fetch_norms(database, draft)
    assert read_members(draft) == own


def test_an_erased_secret_does_not_come_back_from_another_workspace(tmp_path: Path) -> None:
    """Two workspaces know the secret; after it was deleted in the database, the second deletes its own, too."""
    ours, theirs = tmp_path / "ours" / "i", tmp_path / "theirs" / "i"
    published(ours, "2025", 50.0, {"Alpha": "a", "Beta": "b"})
    with open_database(str(tmp_path / "b.sqlite"), create=True) as database:
        keep_norms(database, ours)
        fetch_norms(database, theirs)
        with database.write_transaction() as connection:
            delete_members(connection, ["alpha"])
        fetch_norms(database, theirs)
        keep_norms(database, theirs)
        fetch_norms(database, ours)
    assert read_members(ours).secret_by_name == read_members(theirs).secret_by_name == {"Beta": "b"}
