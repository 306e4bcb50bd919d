"""Erasing a client from a workspace: studies, reports with ledger, index and table for mail, comments, notebooks.

What is left is looked for afterwards and listed with the reason: files that somebody brought are never changed.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, is_zipfile

from cfanalysis import __version__
from cfanalysis.core.errors import CfAnalysisError, StudyError
from cfanalysis.core.files import atomic_file
from cfanalysis.core.formatting import date_text
from cfanalysis.core.spreadsheets import unescape_formula
from cfanalysis.core.text_folding import fold_text
from cfanalysis.database.redaction import GONE, redact_text
from cfanalysis.database.study_erasure import erase_from_study
from cfanalysis.publish.batches.index_page import index_words, write_index
from cfanalysis.publish.batches.ledger import LEDGER, Ledger, LedgerEntry, lock_folder, read_ledger
from cfanalysis.publish.batches.mail_merge import write_mail_merge
from cfanalysis.study.benchmark.norm import forget_member
from cfanalysis.study.prepared_study import Study, open_study
from cfanalysis.theme.brand import DEFAULT_BRAND, Brand, load_brand

_READ = {
    ".csv", ".tsv", ".txt", ".md", ".html", ".json", ".jsonl", ".ipynb", ".yaml", ".yml", ".xlsx", ".xlsm",
    ".svg",
}  # fmt: skip
_PUBLISHED = {".pdf", ".html", ".svg", ".png", ".csv"}
"""Files that research reports and charts are published as."""
_SKIPPED = {".git", ".venv", "node_modules"}
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
_BEYOND = (
    ("published norms", "their figures are out; to take some back would show what was in them. No name leads to them"),
    ("open answers of others", "they may mention the client; they are not its data"),
    ("backups, copies, folders outside the workspace, version control", "nothing here reaches them"),
    ("reports at a URL, mail that was sent, files that were handed out", "nothing here reaches them"),
)  # fmt: skip


@dataclass
class ClientErasure:
    """What was erased of a client, and what remains, each with its place.

    Parameters
    ----------
    erased
        Place, and what was erased there.
    remains
        Place, and why it remains.
    """

    erased: list[tuple[str, str]] = field(default_factory=list)
    remains: list[tuple[str, str]] = field(default_factory=list)

    def add(self, place: str, what: str) -> None:
        """Add what was erased at a place, if anything was.

        Parameters
        ----------
        place, what
            In words; an empty `what` adds nothing.
        """
        self.erased += [(place, what)] * bool(what)

    def certificate(self, client: str, moment: str) -> str:
        """Return the certificate, as Markdown.

        Parameters
        ----------
        client
            The client's name.
        moment
            When it was erased, in UTC.
        """
        day = f"{date_text(moment[:10])}, {moment[11:16]} UTC"
        parts = [
            "# Certificate of deletion\n\n"
            f"The data of **{client}** were deleted on {day}, with cfanalysis {__version__}."
        ]
        for title, lines in (("Deleted", self.erased), ("What remains, and why", self.remains)):
            parts.append("\n".join([f"## {title}\n", *(f"- {place}: {what}" for place, what in lines)]))
        return "\n\n".join([*parts, "This certificate names the client: hand it over, and keep no copy.\n"])


def erase_from_workspace(root: Path, keys: Collection[str]) -> ClientErasure:
    """Erase a client from the studies, norms and reports of a workspace.

    Parameters
    ----------
    root
        The workspace.
    keys
        The client's names, as keys (`cfanalysis.core.text_folding.fold_text`); names that stand for it in a study are
        added.

    Raises
    ------
    OutputError
        A batch is writing reports, or a file cannot be written.
    """
    found, studies, others = ClientErasure(), list[Study](), set[str]()
    for manifest in sorted((root / "data" / "prepared").glob("*/manifest.json")):
        try:
            studies.append(open_study(manifest.parent))
            known = studies[-1].client_of_name
            own = {known[key] for key in keys if key in known}
            keys = {*keys, *(alias for alias, name in known.items() if name in own)}
            others.update(map(fold_text, studies[-1].clients))
        except StudyError as error:
            found.remains.append((_place(manifest.parent, root), f"it cannot be opened: {error.problem}"))
    for ledger in sorted(root.rglob(LEDGER)):
        others.update(fold_text(entry.name) for entry in read_ledger(ledger))
        found.add(_place(ledger.parent, root), _erase_from_batch(ledger.parent, keys, root))
    pattern = _pattern(keys, others - set(keys))
    for path in _mentioning(root, pattern):
        if path.suffix == ".ipynb":
            found.add(_place(path, root), _clear_outputs(path, pattern))
        elif path.suffix in (".csv", ".xlsx") and root / "data" not in path.parents:
            columns = ("client", "organization") if root / "reports" in path.parents else ("client",)
            found.add(_place(path, root), _drop_rows(path, keys, columns))
    for study in studies:
        if rows := erase_from_study(study, keys):
            whole = ", and with them the whole study" * (not study.folder.exists())
            found.add(_place(study.folder, root), f"{_counted(rows, 'row')}{whole}")
            own_reports = (root / "reports" / study.name).rglob("*")
            if any(p.suffix in _PUBLISHED and not (p.parent / LEDGER).exists() for p in own_reports):
                why = "research reports and charts made before rest on the client's answers, too: make them again"
                found.remains.append((f"reports/{study.name}", why))
    for folder in sorted((root / "data" / "norms").glob("*/")):
        if sum(forget_member(folder, key) for key in keys):
            found.add(_place(folder, root), "the link from the norms' tokens to the name")
    for path in _mentioning(root, pattern):
        brought = "it is a file that you brought" if root / "data" in path.parents else "it names the client"
        found.remains.append((_place(path, root), f"{brought}: change or delete it yourself"))
    found.remains += _BEYOND
    return found


def _place(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'s' * (number != 1)}"


def _erase_from_batch(folder: Path, keys: Collection[str], root: Path) -> str:
    """Erase a client's reports from a batch's folder; return what was erased."""
    with lock_folder(folder):
        ledger = Ledger(folder)
        own = [name for name in ledger.entries if fold_text(name) in keys]
        files = {ledger.entries.pop(name).file for name in own}
        others = {entry.file for entry in ledger.entries.values()}
        gone = [
            path
            for path in folder.iterdir()
            if (stem := path.name.split(".")[0]) in files
            or (stem not in others and redact_text(stem, keys) == GONE and path.is_file())  # of earlier names
        ]
        for path in gone:
            path.unlink()
        if own:
            ledger.compact()
            entries = list(ledger.entries.values())
            write_index(folder, entries, **index_words(folder), brand=_usual_brand(entries, root))
            write_mail_merge(folder, entries)
    parts = [f"{_counted(len(gone), 'file')} of reports"] * bool(gone) + [
        "its lines of ledger, index and table for mail"
    ] * bool(own)
    return " and ".join(parts)


def _usual_brand(entries: Sequence[LedgerEntry], root: Path) -> Brand:
    """Return the brand that most reports were asked for with; the house's own where that cannot be read any more."""
    files = Counter(entry.given.get("brand", "") for entry in entries)
    file = files.most_common(1)[0][0] if files else ""
    try:
        return load_brand(root / file) if file else DEFAULT_BRAND
    except CfAnalysisError:
        return DEFAULT_BRAND


def _clear_outputs(path: Path, pattern: re.Pattern[str]) -> str:
    """Clear the outputs of a notebook's cells that name a client; return what was done."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = [
            cell
            for cell in notebook["cells"]
            if _names(json.dumps(cell.get("outputs", ""), ensure_ascii=False), pattern)
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
    for cell in cells:
        cell.update(outputs=[], execution_count=None)
    if cells:
        with atomic_file(path) as aside:
            aside.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return f"the outputs of {_counted(len(cells), 'cell')}" * bool(cells)


def _drop_rows(path: Path, keys: Collection[str], columns: Sequence[str]) -> str:
    """Delete the rows of a table whose column says the client; return what was done."""
    number = (_drop_csv_rows if path.suffix == ".csv" else _drop_sheet_rows)(path, keys, columns)
    return _counted(number, "row") * bool(number)


def _drop_csv_rows(path: Path, keys: Collection[str], columns: Sequence[str]) -> int:
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    separator = max(",;\t", key=text.split("\n")[0].count)
    rows = list(csv.reader(text.splitlines(keepends=True), delimiter=separator))
    places = _places(rows[0], columns)
    left = [row for row in rows if not _is_of(row, places, keys)]
    if len(left) < len(rows):
        with (
            atomic_file(path) as aside,
            aside.open("w", encoding="utf-8", errors="surrogateescape", newline="") as to,
        ):
            csv.writer(to, delimiter=separator, lineterminator="\n").writerows(left)
    return len(rows) - len(left)


def _drop_sheet_rows(path: Path, keys: Collection[str], columns: Sequence[str]) -> int:
    import openpyxl

    book, dropped = openpyxl.load_workbook(path), 0
    for sheet in book.worksheets:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        places = _places(rows[0] if rows else [], columns)
        for number in reversed([n for n, row in enumerate(rows, start=1) if _is_of(row, places, keys)]):
            sheet.delete_rows(number)
            dropped += 1
    if dropped:
        with atomic_file(path) as aside:
            book.save(aside)
    return dropped


def _places(header: Sequence[Any], columns: Sequence[str]) -> list[int]:
    return [i for i, name in enumerate(header) if fold_text(str(name).removeprefix("\ufeff")) in columns]


def _is_of(row: Sequence[Any], places: Sequence[int], keys: Collection[str]) -> bool:
    return any(fold_text(unescape_formula(str(row[i]))) in keys for i in places if i < len(row))


def _mentioning(root: Path, pattern: re.Pattern[str]) -> Iterator[Path]:
    """Yield the files of a workspace that can be read as text and name a client."""
    for path in sorted(root.rglob("*")):
        read = path.suffix in _READ and not _SKIPPED & set(path.parts) and path.is_file()
        if read and _names(_text(path), pattern):
            yield path


def _text(path: Path) -> str:
    """Return the text of a file, of a workbook that of its sheets."""
    if not is_zipfile(path):
        text = path.read_text(encoding="utf-8", errors="ignore")
        return unescape(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))
    try:
        with ZipFile(path) as book:
            parts = [
                book.read(name).decode(errors="ignore") for name in book.namelist() if name.endswith(".xml")
            ]
    except (BadZipFile, OSError, RuntimeError):
        return ""
    return unescape("\n".join(parts))


def _pattern(keys: Collection[str], others: Collection[str]) -> re.Pattern[str]:
    """Return what finds a client's names, in its first group, and passes over longer names of others."""
    longer = sorted((name for name in others if any(key in name for key in keys)), key=len, reverse=True)
    passed = "".join(f"{re.escape(name)}|" for name in longer)
    return re.compile(rf"(?<!\w)(?:{passed}({'|'.join(map(re.escape, keys))}))(?!\w)")


def _names(text: str, pattern: re.Pattern[str]) -> bool:
    """Tell whether a text names a client, in words of their own."""
    return any(found[1] for found in pattern.finditer(text.casefold()))
