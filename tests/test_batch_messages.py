"""What commands say beside their results: time left, clients that a file names wrongly, what was read."""

from __future__ import annotations

import heapq
import re
import time
from pathlib import Path

import pytest

from cfanalysis.cli.progress import BatchProgress
from cfanalysis.cli.summaries import summary_text
from cfanalysis.core.errors import StudyError
from cfanalysis.core.spreadsheets import write_csv
from cfanalysis.publish.batches.ledger import LedgerEntry
from cfanalysis.publish.client_batches.selection import ReportSelection, resolve_selection
from cfanalysis.study.comment_review import review_table
from cfanalysis.study.prepared_study import Study


def seconds_left(text: str) -> float:
    """The seconds that a text says are left."""
    minutes, seconds = re.search(r"(?:(\d+) min )?(\d+) s left", text).groups()  # type: ignore[union-attr]
    return 60 * int(minutes or 0) + int(seconds)


@pytest.mark.parametrize("jobs", [1, 2, 8])
@pytest.mark.parametrize(("total", "warm"), [(40, 15), (500, 60), (300, 0)])
def test_the_time_left_is_right_within_the_first_tenth(
    jobs: int, total: int, warm: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the first reports wait for what is loaded once, and however many are made at once."""
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    progress = BatchProgress("Reporting")
    progress.begin(total)
    ends = [(warm + 5 + k / 10, warm + 5) for k in range(jobs)]
    heapq.heapify(ends)
    begun, said, done = jobs, dict[int, tuple[float, str]](), 0
    while ends:
        now, took = heapq.heappop(ends)
        done += 1
        progress.report_done(LedgerEntry(str(done), "x", "done", seconds=took))
        said[done] = (now, progress.pace_text(now))
        if begun < total:
            took = 4 + begun % 3
            heapq.heappush(ends, (now + took, took))
            begun += 1
    early = range(max(total // 10, 2 * jobs + 2), total - 2 * jobs, max(1, total // 20))
    for number in early:
        moment, text = said[number]
        assert seconds_left(text) == pytest.approx(now - moment, rel=0.25, abs=6), number
    assert said[1][1] == ""


def test_reports_that_are_out_already_do_not_count_for_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor do those that fail at once: nothing is said of the time before one was made."""
    progress = BatchProgress("Reporting")
    progress.begin(9)
    for state in ("unchanged", "unchanged", "failed", "failed"):
        progress.report_done(LedgerEntry("a", "a", state, seconds=0.01))  # type: ignore[arg-type]
        assert progress.pace_text(time.monotonic() + 5) == ""


@pytest.mark.parametrize("kind", ["notes", "list", "lines", "comments"])
def test_clients_that_a_file_names_wrongly_are_told_with_file_and_row(
    kind: str, sample_study: Study, tmp_path: Path
) -> None:
    """All of them at once, each with the nearest name, in every file that names clients."""
    right, near = sample_study.clients[:2]
    wrong = f"{near}s"
    rows = f"client,note\n{right},Hello\n{wrong},Hello\n\nNobody at all,Hello\n"
    file = tmp_path / ("names.txt" if kind == "lines" else "names.csv")
    if kind == "comments":
        table = review_table(sample_study, {right}).iloc[:3].assign(decision="strike")
        table["client"] = [right, wrong, "Nobody at all"]
        write_csv(table, file)
    else:
        file.write_text(
            rows.replace(",Hello", "").replace("client,note", "# our clients") if kind == "lines" else rows
        )
    options = {"notes": {"notes": file}, "comments": {"comments": file}}.get(kind, {"file": file})
    with pytest.raises(StudyError) as caught:
        resolve_selection(sample_study, ReportSelection("sample", **options))  # type: ignore[arg-type]
    said, last = str(caught.value), 4 if kind == "comments" else 5
    assert file.name in said
    assert f"row 3: {wrong!r}, did you mean {near!r}?" in said
    assert f"row {last}: 'Nobody at all'" in said
    assert "row 2" not in said


def test_what_is_said_of_each_of_many_imports_is_one_line() -> None:
    """Numbers and names of files aside; what is said of one alone keeps its line."""
    notes = [
        note
        for n, file in enumerate(("survey_2022.xlsx", "spring.csv", "Über 2024.xlsx", "last.sav"), start=1)
        for note in (
            f"import {n}: {file}, sheet 'Responses': {n * 111} rows",
            f"import {n}: {file}: left at the door, not read (--keep personal reads them): Your e-mail (e-mail)",
            f"import {n}: {file}: wave: {2021 + n} for every row, as given",
        )
    ]
    alone = [
        "import 3: 12 rows left out, as a later import has the same",
        "organizations.xlsx: 35 organizations",
    ]
    summary = {
        "notes": [*notes, *alone], "cells_changed": {}, "rows_in": 0, "proposals": [], "unmatched": [],
        "synthetic": False, "unit": "organization", "waves": ["2024"], "study": "s", "organizations": 35, "folder": "s",
        "verdict": {"verdict": "none", "reason": "too few"},
    }  # fmt: skip
    read = [line for line in summary_text(summary).splitlines() if line.startswith("read")]
    assert read == [
        "read      imports 1, 2, 3, 4: 12 notes as at their import, in cleaning_log.json",
        *(f"read      {note}" for note in alone),
    ]
    few = summary_text({**summary, "notes": notes[:3]}).splitlines()
    assert few[:3] == [f"read      {note}" for note in notes[:3]]
