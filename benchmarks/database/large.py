"""A million responses through the benchmark database: how long, how much memory, and beside it the bare work.

    python benchmarks/database/large.py [--rows 1000000] [--organizations 10000] [--folder /tmp/large]     2 minutes

The bare work is what nobody can do without: reading and cleaning the file as `prepare` does, writing as many rows of
as many bytes into a SQLite file, reading them back, and making the study's tables and verdict from responses that are
in memory already. Each step runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "prepare"))
from run import machine
from survey import blocks, write_instrument

BUDGET = {"import": 90.0, "prepare": 30.0}


def write_answers(path: Path, rows: int, organizations: int) -> None:
    """Write the answers of one wave as CSV."""
    writer = None
    for block in blocks(rows, organizations=organizations):
        place = block.column_names.index("wave")
        block = block.set_column(place, "wave", pa.array(["2025"] * block.num_rows))
        plain = pa.table({n: block[n].cast(pa.string()) for n in block.column_names})
        writer = writer or pyarrow.csv.CSVWriter(
            path, plain.schema, write_options=pyarrow.csv.WriteOptions(quoting_style="needed")
        )
        writer.write_table(plain)
    if writer is not None:
        writer.close()


def bare_clean(folder: Path) -> None:
    """Read and clean the file, and keep nothing."""
    from cfanalysis.intake import read
    from cfanalysis.intake.cleaning import clean
    from cfanalysis.survey.instrument import load_instrument

    instrument = load_instrument(folder / "large.yaml")
    clean(read(folder / "large.csv", instrument), instrument)  # type: ignore[arg-type]


def bare_write(folder: Path) -> None:
    """Write as many rows of as many bytes, with Python's own driver and no index but the key."""
    rows = int((folder / "rows").read_text())
    with sqlite3.connect(folder / "bare.sqlite") as driver:
        driver.execute("PRAGMA journal_mode = WAL")
        driver.execute(
            "CREATE TABLE r (a INTEGER, b INTEGER, c INTEGER, d INTEGER, e REAL, f INTEGER, g BLOB, h TEXT, "
            "PRIMARY KEY (a, b, c)) WITHOUT ROWID"
        )
        answers = bytes(range(40))
        driver.executemany(
            "INSERT INTO r VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((1, k, 1, k % 100, 500.0, 0, answers, None) for k in range(rows)),
        )
    driver.close()


def bare_read(folder: Path) -> None:
    """Read the rows back."""
    with sqlite3.connect(folder / "bare.sqlite") as driver:
        driver.execute("SELECT * FROM r").fetchall()
    driver.close()


def import_(folder: Path) -> None:
    """Import the file."""
    from cfanalysis.database import import_files, open_database

    with open_database(str(folder / "large.sqlite"), create=True) as database:
        import_files(database, folder / "large.yaml", answers=folder / "large.csv")


def again(folder: Path) -> None:
    """Import it once more: it is there already."""
    import_(folder)


def read(folder: Path) -> None:
    """Read the evidence back."""
    from cfanalysis.database import open_database
    from cfanalysis.database.study_from_database import database_snapshot

    with open_database(str(folder / "large.sqlite")) as database, database.read_transaction() as connection:
        database_snapshot(connection)


def prepare(folder: Path) -> None:
    """Make a study."""
    from cfanalysis.database import prepare_from_database

    prepare_from_database(str(folder / "large.sqlite"), folder / "study", replace=True)


def bare_prepare(folder: Path) -> None:
    """Test the claim on the study's shares: the part of `prepare` that has nothing to do with where rows come from."""
    from cfanalysis.analyses.claim import claim_verdict
    from cfanalysis.study.prepared_study import open_study

    claim_verdict(open_study(folder / "study").survey)


def erase(folder: Path) -> None:
    """Erase one client."""
    from cfanalysis.database import open_database
    from cfanalysis.database.erasure import erase_client

    with open_database(str(folder / "large.sqlite")) as database:
        erase_client(database, "Organization 00007")


STEPS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "bare clean": ("read and clean the CSV, keep nothing", bare_clean),
    "bare write": ("bare: as many rows into SQLite", bare_write),
    "import": ("cfanalysis database import", import_),
    "again": ("the same file again", again),
    "bare read": ("bare: the rows out of SQLite", bare_read),
    "read": ("the evidence out of the database, as responses", read),
    "prepare": ("cfanalysis prepare --from-database", prepare),
    "bare prepare": ("of this, opening the study and testing the claim", bare_prepare),
    "erase": ("cfanalysis database erase", erase),
}


def measured(step: str, folder: Path) -> dict[str, float]:
    """Run one step in a process of its own; seconds, processor seconds and MiB."""
    done = subprocess.run(
        [sys.executable, __file__, "--folder", str(folder), "--step", step], capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run_step(step: str, folder: Path) -> None:
    """Run a step, and print what it took."""
    import cfanalysis.database
    import cfanalysis.study  # noqa: F401

    start, busy = time.perf_counter(), time.process_time()
    STEPS[step][1](folder)
    taken = {"seconds": time.perf_counter() - start, "processor": time.process_time() - busy}
    print(json.dumps(taken | {"mib": _peak()}))


def _peak() -> float:
    """Return the most memory that this process ever had, in MiB; Linux counts a parent's in what `resource` says."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(s for s in status.read_text().splitlines() if s.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Measure all steps and print them as a table; 1 where a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--organizations", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/cfanalysis-large"))
    parser.add_argument("--step", choices=STEPS)
    given = parser.parse_args()
    if given.step:
        run_step(given.step, given.folder)
        return 0
    given.folder.mkdir(parents=True, exist_ok=True)
    for name in ("large.sqlite", "bare.sqlite"):
        for tail in ("", "-wal", "-shm"):
            (given.folder / f"{name}{tail}").unlink(missing_ok=True)
    write_instrument(given.folder / "large.yaml")
    (given.folder / "rows").write_text(str(given.rows))
    write_answers(given.folder / "large.csv", given.rows, given.organizations)
    print(f"{given.rows:,} responses of {given.organizations:,} organizations, 40 items; {machine()}\n")
    print("| step | seconds | processor | MiB | at most |\n| --- | --: | --: | --: | --: |")
    broken = False
    for step, (title, _) in STEPS.items():
        taken = measured(step, given.folder)
        broken |= taken["seconds"] > BUDGET.get(step, float("inf"))
        limit = f"{BUDGET[step]:.0f}" if step in BUDGET else ""
        print(
            f"| {title} | {taken['seconds']:.1f} | {taken['processor']:.1f} | {taken['mib']:.0f} | {limit} |",
            flush=True,
        )
    size = (given.folder / "large.sqlite").stat().st_size
    print(
        f"\nThe database is {size / 1e6:.0f} MB, {size / given.rows:.0f} bytes a response; the CSV "
        f"{(given.folder / 'large.csv').stat().st_size / 1e6:.0f} MB."
    )
    print("limits: " + ("broken" if broken else "kept"))
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
