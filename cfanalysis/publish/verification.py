"""Verifying a report: its stamp against the files here, and, given the study, its bytes against a new copy.

The same input gives the same bytes, so a report whose stamp matches can be made again and compared byte by byte:
that shows any change to the file itself, which a stamp inside it cannot. A workbook carries no stamp: it is compared
with the ledger, and byte by byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal
from zipfile import is_zipfile

from cfanalysis import __version__
from cfanalysis.core.errors import PublishError
from cfanalysis.core.files import sha256
from cfanalysis.core.formatting import date_text
from cfanalysis.core.language import SOURCE
from cfanalysis.core.resources import notebook_file, shipped_file
from cfanalysis.core.unfinished import work_folder
from cfanalysis.publish.batches.editions import Edition
from cfanalysis.publish.batches.ledger import LEDGER, LedgerEntry, read_ledger
from cfanalysis.publish.client_batches import NOTEBOOK, extract_hashes, publish_extract
from cfanalysis.publish.provenance import (
    BY_HAND,
    IMPRINT,
    UNCHECKED,
    Provenance,
    code_hash,
    read_provenance,
    short_form,
    source_hashes,
    text_hash,
)
from cfanalysis.theme.brand import brand_hash

WORKBOOK = ".xlsx"

ComparisonState = Literal["same", "differs", "unknown"]


@dataclass(frozen=True)
class Comparison:
    """One thing that was compared.

    Parameters
    ----------
    what
        What: an entry of the stamp, ``ledger`` or ``bytes``.
    verdict
        ``same``, ``differs``, or ``unknown`` where there is nothing to compare with.
    remark
        What it means.
    """

    what: str
    verdict: ComparisonState
    remark: str = ""


def _comparison(what: str, same: bool, remark: str) -> Comparison:
    return Comparison(what, "same" if same else "differs", remark)


@dataclass(frozen=True)
class Verification:
    """The findings about a file.

    Parameters
    ----------
    stamp
        Its stamp.
    findings
        What was compared.
    """

    stamp: Provenance
    findings: list[Comparison]

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return all(finding.verdict != "differs" for finding in self.findings)

    @property
    def short(self) -> str:
        """The stamp as it stands in the footer; empty for a workbook."""
        return short_form(self.stamp) if self.stamp else ""

    @property
    def summary(self) -> str:
        """The outcome in one sentence."""
        differing = [finding.what for finding in self.findings if finding.verdict == "differs"]
        if differing:
            return f"Something differs: {', '.join(differing)}."
        if any(finding.what == "bytes" for finding in self.findings):
            return "The file is what the study gives."
        if any(finding.what == "extract" for finding in self.findings):
            return "Nothing differs, but what the report was made from is not kept here: it cannot be made again."
        if any(finding.verdict == "same" for finding in self.findings):
            return "Nothing differs. With --study the report is made again and compared byte by byte."
        return "Nothing could be compared. Give --study."

    def as_list(self) -> list[dict[str, Any]]:
        """Return the findings for JSON."""
        return [asdict(finding) for finding in self.findings]


def verify_file(
    file: Path,
    *,
    study: str | None = None,
    client: str | None = None,
    brand: Path | None = None,
    notebook: Path | None = None,
) -> Verification:
    """Compare a published file with the files here.

    Parameters
    ----------
    file
        A PDF, web page or workbook that cfanalysis has made.
    study
        The study that it should be of; None compares without one.
    client
        Whose report it should be; None looks it up in the ledger beside the file.
    brand
        The brand file that it should have.
    notebook
        The notebook that it should be made from; None looks among the ledger's, the workspace's and those that ship.

    Raises
    ------
    CfAnalysisError
        The file was not made by cfanalysis, or the study or the client is not there.
    """
    given = _stamp_of(file)
    entry = _entry(file, study)
    asked = entry.given if entry else {}
    source = _source(given, notebook, asked)
    findings = [*(_compare_hashes(given, brand, source) if given else ()), *_ledger(file, entry)]
    if study is not None:
        name = client or (entry.name if entry else None)
        if name is None:
            raise PublishError(
                "There is no ledger that says whose report this is.",
                where=file,
                next_step="Give --client NAME.",
            )
        issue = _issue(file, entry)
        findings.extend(_compare_with_rerun(file, given, study, name, brand, source, asked, issue))
    return Verification(given, findings)


def _stamp_of(file: Path) -> Provenance:
    """Return a file's stamp; nothing for a workbook."""
    if file.suffix.lower() != WORKBOOK:
        return read_provenance(file)
    if not is_zipfile(file):
        raise PublishError(
            "The file is no workbook." if file.is_file() else "The file cannot be read.",
            where=file,
            allowed="a PDF, web page or workbook that cfanalysis has made",
        )
    return {}


def _source(given: Provenance, notebook: Path | None, asked: Mapping[str, str]) -> Path:
    """Return the notebook with the stamp's hash among those that may be meant; the likeliest where none has it."""
    default = notebook_file(NOTEBOOK)
    if notebook is not None:
        places = [notebook]
    else:
        shipped = shipped_file("notebooks").glob("*.ipynb")
        places = [*(Path(asked[n]) for n in ("notebook",) if n in asked), default]
        places += [*default.parent.glob("*.ipynb"), *shipped]
    places, cwd = [path for path in places if path.is_file()] or places, _cwd(given)
    return next(
        (p for p in places if p.is_file() and source_hashes(p, cwd).items() <= given.items()), places[0]
    )


def _cwd(given: Provenance) -> Path | None:
    """Return the working directory of the cells: this one for any notebook, none for a client's report."""
    return Path.cwd() if UNCHECKED.items() <= given.items() else None


def _compare_hashes(given: Provenance, brand: Path | None, source: Path) -> Iterator[Comparison]:
    """Compare what needs no study."""
    here = source_hashes(source, _cwd(given)) if source.is_file() else {}
    remarks = {"notebook": source.name, "modules": "the modules beside it"}
    for what in (w for w in remarks if w == "notebook" or w in {**here, **given}):
        same = here.get(what) == given.get(what)
        other = "another one, or another state of it or of the files beside it: --notebook names it"
        yield _comparison(what, same, remarks[what] if same else other)
    same, version = given.get("code") == code_hash(), given.get("version", "an unknown version")
    now = "another state of it" if version == __version__ else __version__
    remark = f"cfanalysis {version}" if same else f"made by cfanalysis {version}, here is {now}"
    yield _comparison("code", same, remark)
    if BY_HAND.items() <= given.items():
        remark = "exported from an open notebook: of what study, --study shows"
        yield Comparison("executed", "unknown", remark)
    if brand is not None:
        yield _comparison("brand", given.get("brand") == text_hash(brand_hash(brand)), str(brand))
    elif given.get("brand") != "none":
        yield Comparison("brand", "unknown", "made with a brand: give --brand to compare")


def _ledger(file: Path, entry: LedgerEntry | None) -> Iterator[Comparison]:
    """Compare the file with the ledger, which knows every edition."""
    if entry is None:
        yield Comparison("ledger", "unknown", "no ledger beside the file lists it")
    elif entry.files.get(_form(file)) == sha256(file):
        edition = f", edition {entry.edition}" if entry.edition > 1 else ""
        edition += "; the study has this name no longer" if entry.state == "gone" else ""
        yield Comparison("ledger", "same", f"report of {entry.name}{edition}")
    elif former := _issue(file, entry):
        present = entry.issues[-1]
        again = "made again since" if present.number == former.number else f"{_edition(present)} replaced it"
        yield Comparison("ledger", "same", f"report of {entry.name}, {_edition(former)}; {again}")
    else:
        yield Comparison("ledger", "differs", "the file was changed after it was made, or made elsewhere")


def _edition(issue: Edition) -> str:
    return f"edition {issue.number}" + (f" of {date_text(issue.date)}" if issue.date else "")


def _form(file: Path) -> str:
    return file.suffix.lstrip(".")


def _issue(file: Path, entry: LedgerEntry | None) -> Edition | None:
    """Return the edition that a file is, if the ledger lists it."""
    issues, digest = entry.issues if entry else [], sha256(file)
    return next((issue for issue in reversed(issues) if issue.files.get(_form(file)) == digest), None)


def _compare_with_rerun(
    file: Path,
    given: Provenance,
    study: str,
    client: str,
    brand: Path | None,
    source: Path,
    asked: Mapping[str, str],
    issue: Edition | None,
) -> Iterator[Comparison]:
    """Compare the extract and the instrument, then every byte with the report made again, as it was asked for.

    A report of an earlier state of the study is compared with that state.
    """
    from cfanalysis.study.benchmark import ALL_ORGANIZATIONS, DRAFT
    from cfanalysis.study.client_extract import cut_extract
    from cfanalysis.study.comment_review import read_quotes
    from cfanalysis.study.earlier_states import find_state, state_date
    from cfanalysis.study.prepared_study import find_clients
    from cfanalysis.study.workspace import find_study

    present = find_study(study)
    state = given.get("study") or (issue.study if issue else "")
    opened, norm = find_state(present, state) or present, asked.get("norm", DRAFT)
    (name,) = find_clients(opened, [client])
    benchmark, note = asked.get("benchmark", ALL_ORGANIZATIONS), asked.get("note", "")
    quotes = read_quotes(asked.get("quotes", "[]"))
    with work_folder() as work:
        folder = work.path / "extract"
        extract = cut_extract(
            opened, name, folder, benchmark=benchmark, norm=norm, quotes=quotes,
            language=asked.get("language", ""),
        )  # fmt: skip
        hashes = extract_hashes(extract)
        figures = given.get("extract") or (issue.figures if issue else hashes["extract"])
        remark = f"{name} in study {present.name}"
        if opened.folder != present.folder:
            remark += f", made from the state of {date_text(state_date(opened.folder))}"
        elif figures != hashes["extract"] and state not in ("", present.survey.source.fingerprint):
            day = given.get("date") or (issue.date if issue else "")
            of = f"made from the state of {date_text(day)}" if day else "made from an earlier state"
            known: ComparisonState = "unknown" if issue else "differs"
            yield Comparison("extract", known, f"{remark}, {of}, which is not kept here")
            return
        by_hand = BY_HAND.items() <= given.items()
        for what, value in hashes.items() if given and not by_hand else ():
            yield Comparison(what, "same" if given.get(what) == value else "differs", remark)
        said = given or ({"date": issue.date, **issue.imprint} if issue else {})
        form = file.suffix.lstrip(".")
        again = work.path / "again"
        files = publish_extract(
            extract, again, name="report", formats=[form], note=note, brand=brand, notebook=source,
            stamp=given if by_hand else None, imprint={n: said[n] for n in IMPRINT if n in said},
            language=(given or asked).get("language", SOURCE),
        )  # fmt: skip
        same = files[form].read_bytes() == file.read_bytes()
    remark = "made again: every byte is the same" if same else "made again: it comes out otherwise"
    yield _comparison("bytes", same, remark)


def _entry(file: Path, study: str | None) -> LedgerEntry | None:
    """Return what a ledger says of a file: by its name in that beside it, else by its hash, also in the study's."""
    beside, form = read_ledger(file.parent / LEDGER), _form(file)
    found = next((entry for entry in beside if entry.file == file.stem and form in entry.files), None)
    if found is None and study is not None:
        from cfanalysis.study.workspace import find_study, reports_folder

        beside += [
            e for path in reports_folder(find_study(study)).glob(f"*/{LEDGER}") for e in read_ledger(path)
        ]
    return found or next((entry for entry in beside if _issue(file, entry)), None)
