"""A batch of tiny reports, as a program of its own that tests can kill: FOLDER COUNT [JOBS]."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat

from cfanalysis.publish.batches.batch import Batch, BatchPlan, ReportOrder
from cfanalysis.publish.batches.destinations import FolderDestination
from cfanalysis.publish.batches.ledger import DONE_STATES, lock_folder
from cfanalysis.publish.batches.local_backend import ForkBackend
from cfanalysis.publish.execution.fork_client import fork_client
from cfanalysis.publish.provenance import folder_hash

CELLS = (
    "data: str = ''  # the folder of one name",
    "from pathlib import Path\nword = Path(data, 'word').read_text()",
    "from cfanalysis.core.blocks import Notice\nNotice(f'The word is {word}.')",
    "if word.endswith('-bad'):\n    raise ValueError('a bad word')",
)


def notebook(path: Path) -> Path:
    """Write the tiny notebook."""
    cells = [nbformat.v4.new_markdown_cell("# A word"), *map(nbformat.v4.new_code_cell, CELLS)]
    cells[1].metadata["tags"] = ["parameters"]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["cfanalysis"] = {"report": True}
    nbformat.write(made, path)
    return path


class Words:
    """Brings a folder with one word for each name."""

    working = 0

    def begin(
        self, names: Sequence[str], folder: Path, take: Callable[[ReportOrder | BaseException], None]
    ) -> None:
        for name in names:
            own = folder / f"data-{name}"
            own.mkdir()
            (own / "word").write_text(f"canary-{name.removeprefix('word-')}")
            take(ReportOrder(name, {"data": str(own)}, {"word": folder_hash(own)}, discard=own))

    def order_done(self, order: ReportOrder) -> None:
        pass


def run(folder: Path, names: Sequence[str], jobs: int = 2, formats: Sequence[str] = ("pdf", "html")) -> int:
    """Make the reports of these names; return how many are not out."""
    place = FolderDestination(folder)
    with lock_folder(folder):
        plan = BatchPlan(notebook(folder.parent / "word.ipynb"), formats, basis="words", timeout=300)
        batch = Batch(plan, place, ForkBackend(plan, jobs, fork_client()))
        entries = batch.run(names, Words())
    return sum(entry.state not in DONE_STATES for entry in entries)


if __name__ == "__main__":
    sys.exit(
        run(
            Path(sys.argv[1]),
            [f"word-{n:03d}" for n in range(int(sys.argv[2]))],
            int((sys.argv[3:] or ["2"])[0]),
        )
    )
