"""Verifying a report: its stamp against what lies here, and, given the study, its bytes against a new one.

The same input gives the same bytes, so a report whose stamp matches can be made again and compared byte by byte:
that shows any change to the file itself, which a stamp inside it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from cfanalysis import __version__
from cfanalysis.brand import brand_hash
from cfanalysis.client_reports import NOTEBOOK, extract_hashes
from cfanalysis.errors import PublishError
from cfanalysis.files import sha256
from cfanalysis.publish import publish
from cfanalysis.publish.ledger import LEDGER, Entry, read_ledger
from cfanalysis.publish.stamp import Stamp, code_hash, one_hash, read_stamp, short
from cfanalysis.resources import workbook_file

Verdict = Literal["same", "differs", "unknown"]


@dataclass(frozen=True)
class Finding:
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
    verdict: Verdict
    remark: str = ""


@dataclass(frozen=True)
class Verification:
    """What was found out about a file.

    Parameters
    ----------
    stamp
        Its stamp.
    findings
        What was compared.
    """

    stamp: Stamp
    findings: list[Finding]

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return all(finding.verdict != "differs" for finding in self.findings)

    @property
    def short(self) -> str:
        """The stamp as it stands in the footer."""
        return short(self.stamp)

    def as_list(self) -> list[dict[str, Any]]:
        """Return the findings for JSON."""
        return [asdict(finding) for finding in self.findings]


def verified(
    file: Path, *, study: str | None = None, client: str | None = None, brand: Path | None = None
) -> Verification:
    """Compare a published file with what lies here.

    Parameters
    ----------
    file
        A PDF or web page that cfanalysis has made.
    study
        The study that it should be of; None compares without one.
    client
        Whose report it should be; None looks into the ledger beside the file.
    brand
        The brand file that it should have.

    Raises
    ------
    CfAnalysisError
        The file has no stamp, or the study or the client is not there.
    """
    given = read_stamp(file)
    entry = _entry(file)
    findings = [*_known(given, brand), *_ledger(file, entry)]
    if study is not None:
        name = client or (entry.name if entry else None)
        if name is None:
            raise PublishError(
                "There is no ledger that says whose report this is.",
                where=file,
                next_step="Give --client NAME.",
            )
        findings.extend(_made_again(file, given, study, name, brand))
    return Verification(given, findings)


def _known(given: Stamp, brand: Path | None) -> Iterator[Finding]:
    """Compare what needs no study."""
    notebooks = {sha256(path): path.stem for path in workbook_file("notebooks").glob("*.ipynb")}
    name = notebooks.get(given.get("notebook", ""))
    yield Finding(
        "notebook", "same" if name else "differs", f"{name}.ipynb" if name else "none of those here"
    )
    same = given.get("code") == code_hash()
    yield Finding(
        "code", "same" if same else "differs", f"made by {given.get('version')}, here is {__version__}"
    )
    if brand is not None:
        same = given.get("brand") == one_hash(brand_hash(brand))
        yield Finding("brand", "same" if same else "differs", str(brand))
    elif given.get("brand") != "none":
        yield Finding("brand", "unknown", "made with a brand: give --brand to compare")


def _ledger(file: Path, entry: Entry | None) -> Iterator[Finding]:
    """Compare the file with the ledger beside it."""
    if entry is None:
        yield Finding("ledger", "unknown", "no ledger beside the file lists it")
        return
    same = entry.files.get(file.suffix.lstrip(".")) == sha256(file)
    remark = (
        f"report of {entry.name}" if same else "the file was changed after it was made, or made elsewhere"
    )
    yield Finding("ledger", "same" if same else "differs", remark)


def _made_again(file: Path, given: Stamp, study: str, client: str, brand: Path | None) -> Iterator[Finding]:
    """Compare the extract and the instrument, then every byte with the report made again."""
    from cfanalysis.extract import cut_extract, find_client
    from cfanalysis.workbook import find_study

    opened = find_study(study)
    name = find_client(opened, client)
    with TemporaryDirectory(prefix="cfanalysis-") as temporary:
        extract = cut_extract(opened, name, Path(temporary) / "extract")
        hashes = extract_hashes(extract)
        for what, value in hashes.items():
            remark = f"{name} in study {opened.name}"
            yield Finding(what, "same" if given.get(what) == value else "differs", remark)
        form = file.suffix.lstrip(".")
        made = publish(
            workbook_file(*NOTEBOOK),
            {"extract": str(extract)},
            output_folder=Path(temporary) / "again",
            name="report",
            formats=[form],
            inputs=hashes,
            brand=brand,
        )
        same = made[form].read_bytes() == file.read_bytes()
    yield Finding("bytes", "same" if same else "differs", "made again and compared byte by byte")


def _entry(file: Path) -> Entry | None:
    for entry in read_ledger(file.parent / LEDGER):
        if entry.file == file.stem and file.suffix.lstrip(".") in entry.files:
            return entry
    return None
