"""Editions: a report whose figures were corrected says what it replaces, and what was sent before stays verifiable."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cfanalysis.cli import main
from cfanalysis.database import import_files, open_database, prepare_from_database
from cfanalysis.publish.batches.destinations import FolderDestination
from cfanalysis.publish.batches.editions import Edition
from cfanalysis.publish.batches.ledger import LedgerEntry
from cfanalysis.publish.client_batches import ReportSelection, write_client_reports
from cfanalysis.publish.provenance import read_provenance
from cfanalysis.study.benchmark.norm_making import make_study_norm
from cfanalysis.study.earlier_states import find_state
from cfanalysis.study.prepared_study import Study, open_study

from .conftest import TINY
from .database_files import day, many, write_rows
from .short_reports import short_report

NAMES = ("Alder", "Birch", "Cedar", "Elm", "Fir", "Gum", "Hazel", "Ivy")


def test_only_other_figures_are_another_edition() -> None:
    """The same figures stay the same edition, those of another wave and those that are no drafts begin anew."""
    stamp = {"study": "abc", "notebook": "x"}
    first = Edition().next({"extract": "a"}, "2024").issued({"pdf": "1"}, stamp, "2026-03-01")
    assert (first.number, first.imprint, first.study, len(first.stamp)) == (1, {}, "abc", 12)
    second = first.next({"extract": "b"}, "2024")
    assert second.imprint == {"edition": "2", "replaces": f"1 2026-03-01 {first.stamp}"}
    assert second.issued({}, stamp, "").next({"extract": "b"}, "2024").imprint == second.imprint
    assert second.next({"extract": "c"}, "2024").number == 3
    assert second.next({"extract": "c"}, "2025").number == 1
    assert Edition().next({"extract": "a"}, "2024, draft").next({"extract": "b"}, "2024").number == 1
    assert Edition().next({}, "").next({}, "").number == 1
    assert Edition.read({**second.as_dict(), "later": 1}) == second


@dataclass
class Workspace:
    """A database, its study, and the reports of two clients."""

    root: Path
    instrument: Path
    rows: list[dict[str, Any]]

    @property
    def study(self) -> Study:
        """The study as it is."""
        return open_study(self.root / "data" / "prepared" / "bench")

    @property
    def reports(self) -> Path:
        """Where the reports are."""
        return self.root / "reports" / "bench" / "clients"

    def prepare(self, number: int) -> None:
        """Import the answers on a day, and make the study of it."""
        file, place = write_rows(self.root / "a.csv", self.rows), str(self.root / "data" / "benchmark.sqlite")
        with open_database(place, create=True) as database:
            import_files(database, self.instrument, answers=file, now=day(number))
        folder = self.root / "data" / "prepared" / "bench"
        prepare_from_database(place, folder, replace=True, now=day(number, 13))

    def report(self) -> dict[str, LedgerEntry]:
        """Make the reports of two clients."""
        notebook = self.root / "short.ipynb"
        wanted = ReportSelection(str(self.study.folder), NAMES[:2], notebook=notebook)
        entries = write_client_reports(wanted, FolderDestination(self.reports), formats=("html",), jobs=1)
        return {entry.name: entry for entry in entries}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A report that was sent on 1 March and corrected on 5 March; another client's figures are what they were."""
    root = tmp_path_factory.mktemp("workspace")
    (root / "tiny.yaml").write_text(TINY, encoding="utf-8")
    short_report(root / "short.ipynb", "comments")
    found = Workspace(root, root / "tiny.yaml", many(*NAMES))
    found.prepare(1)
    make_study_norm(found.study, "2024", publish=True)
    assert {entry.state for entry in found.report().values()} == {"done"}
    shutil.copytree(found.reports, root / "sent")
    found.prepare(2)  # the same again
    found.rows[0]["d1"] = found.rows[1]["d1"] = "5"
    found.prepare(5)
    return found


@pytest.fixture(scope="module")
def reissued(workspace: Workspace) -> dict[str, LedgerEntry]:
    """What became of the reports after the correction."""
    return workspace.report()


def verify(file: Path, *options: str | Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Return exit code, findings as lines, and the summary."""
    with pytest.raises(SystemExit) as caught:
        main(["verify", str(file), "--json", *map(str, options)])
    printed = capsys.readouterr()
    found = json.loads(printed.out)["findings"]
    return (
        int(caught.value.code or 0),
        "\n".join(f"{f['what']} {f['verdict']} {f['remark']}" for f in found),
        printed.err,
    )


def test_a_corrected_report_says_what_it_replaces(
    workspace: Workspace, reissued: dict[str, LedgerEntry]
) -> None:
    """Number, date, and the edition before, in the stamp and for the reader; without changes there is no new one."""
    alder = reissued["Alder"]
    assert (alder.state, alder.edition, reissued["Birch"].state, reissued["Birch"].edition) == (
        "done", 2, "unchanged", 1,
    )  # fmt: skip
    page = workspace.reports / "alder.html"
    stamp = read_provenance(page)
    assert (stamp["edition"], stamp["date"]) == ("2", "2026-03-05")
    assert stamp["replaces"] == f"1 2026-03-01 {alder.editions[0]['stamp']}"
    assert "2, replaces edition 1 of 1 March 2026" in page.read_text("utf-8")
    assert "Edition" not in (workspace.reports / "birch.html").read_text("utf-8")


def test_the_state_that_reports_were_made_from_is_kept(
    workspace: Workspace, reissued: dict[str, LedgerEntry]
) -> None:
    """As a study of its own, once; a state that nothing was made from, or the same again, leaves none."""
    states = sorted(path.name for path in workspace.study.folder.parent.glob("bench@*"))
    assert states == ["bench@2026-03-01"]
    first = find_state(workspace.study, reissued["Alder"].editions[0]["study"])
    assert first is not None
    assert first.folder.name == "bench@2026-03-01"
    assert find_state(workspace.study, "0" * 12) is None
    assert first.survey.shares.shape == workspace.study.survey.shares.shape


@pytest.mark.usefixtures("reissued")
def test_every_edition_is_verified_against_its_own_state(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wherever the file lies and whatever it is called; the present one, the one before, and one that is unchanged."""
    sent = shutil.copy(workspace.root / "sent" / "alder.html", tmp_path / "from the client.html")
    code, found, said = verify(Path(sent), "--study", workspace.study.folder, capsys=capsys)
    assert (code, "The file is what the study gives." in said) == (0, True), found
    assert (
        "ledger same report of Alder, edition 1 of 1 March 2026; edition 2 of 5 March 2026 replaced it"
        in found
    )
    assert "made from the state of 1 March 2026" in found
    for name, edition in (("alder", "Alder, edition 2"), ("birch", "Birch")):
        code, found, _ = verify(
            workspace.reports / f"{name}.html", "--study", workspace.study.folder, capsys=capsys
        )
        assert (code, f"ledger same report of {edition}\n" in found) == (0, True), found
        assert "bytes same" in found


@pytest.mark.usefixtures("reissued")
def test_without_the_state_the_ledger_vouches_and_a_forgery_is_found(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the ledger lists is known, and of what day; the same file with another word is not."""
    away = tmp_path / "away"
    state = workspace.study.folder.with_name("bench@2026-03-01")
    sent = tmp_path / "a.html"
    shutil.copy(workspace.root / "sent" / "alder.html", sent)
    state.rename(away)
    try:
        code, found, _ = verify(sent, "--study", workspace.study.folder, capsys=capsys)
        assert code == 0, found
        assert (
            "extract unknown Alder in study bench, made from the state of 1 March 2026, which is not kept here"
            in found
        )
        sent.write_text(sent.read_text("utf-8").replace("Alder", "Older", 1), "utf-8")
        options = ("--study", workspace.study.folder, "--client", "Alder")
        code, found, _ = verify(sent, *options, capsys=capsys)
        assert (code, "extract differs" in found) == (1, True), found
    finally:
        away.rename(state)
