"""Everything that is wrong with a file, in one list, before a study is made from it.

The file is read and cleaned as `prepare` would, but nothing stops at the first problem and nothing is written. What is
understood without loss (labels, white space, codes that mean "no answer") is no finding.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import RawAnswers, ReadingOptions, read
from cfanalysis.intake.cleaning.log import RULES, CleaningLog, Proposal
from cfanalysis.intake.cleaning.published_tables import clean_tables
from cfanalysis.intake.cleaning.responses import clean
from cfanalysis.intake.findings import REFUSED_RULES, Finding
from cfanalysis.intake.frequency_checks import ITEM_KEY, refuse_unanswered, uneven_sums
from cfanalysis.intake.reader import FrequencyCounts
from cfanalysis.intake.reading_options import DETECT_ALL
from cfanalysis.survey.instrument import Index, Instrument
from cfanalysis.survey.instrument.consistency import misnamed_indices

RECOVERED_RULES = ("white_space", "missing_code", "label", "organization_alias")
RULE_DESCRIPTIONS = {
    **RULES,
    **REFUSED_RULES,
    "misnamed_index": "an index is called a net promoter score and computed in another way",
    "near_organization": "organizations' names look alike",
}


@dataclass(frozen=True)
class Findings:
    """What a check found.

    Parameters
    ----------
    file
        The file's name.
    rows
        Rows read, 0 where it could not be read.
    notes
        How the file was read.
    findings
        The list: about the file and its columns first, then by row.
    """

    file: str
    rows: int
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the findings ready for JSON."""
        return {
            "file": self.file,
            "rows": self.rows,
            "notes": list(self.notes),
            "findings": [f._asdict() for f in self.findings],
            "rules": {rule: RULE_DESCRIPTIONS[rule] for rule in sorted({f.rule for f in self.findings})},
        }


def check_file(
    file: Path,
    instrument: Instrument,
    *,
    reader: str | None = None,
    options: ReadingOptions = DETECT_ALL,
    aliases: dict[str, str] | None = None,
) -> Findings:
    """Return everything that is wrong with a file of answers.

    Parameters
    ----------
    file
        The survey's export, or published frequency tables.
    instrument
        What the survey asks.
    reader, options
        How the file is to be read; see `cfanalysis.intake.read`.
    aliases
        Names that stand for another organization.
    """
    try:
        raw = read(file, instrument, reader=reader, options=replace(options, lenient=True))
    except IntakeError as error:
        return Findings(file.name, 0, (), (_unreadable(error),))
    named = [_of_index(index) for index in misnamed_indices(instrument)]
    if isinstance(raw, FrequencyCounts):
        tables = _of_tables(raw, instrument, aliases)
        return replace(tables, findings=(*named, *tables.findings))
    found = [*named, *raw.problems]
    lacking = {p.column for p in raw.problems if p.rule == "missing"}
    try:
        _, log = clean(_with_organization(raw, instrument), instrument, aliases=aliases, lenient=True)
        found += log.problems
    except IntakeError as error:
        log = CleaningLog()
        found.append(_unreadable(error))
    skipped = {"too_few_answers"} if lacking else set()
    found += map(raw.with_files, _of_log(log, skipped))
    return Findings(file.name, len(raw.frame), (*raw.notes, *log.notes[len(raw.notes) :]), tuple(found))


def _of_tables(counts: FrequencyCounts, instrument: Instrument, aliases: dict[str, str] | None) -> Findings:
    """Return what is wrong with published tables, row by row."""
    found = [*counts.problems, *uneven_sums(counts.frame, instrument)]
    rows = counts.frame.drop_duplicates([*ITEM_KEY, "place"])
    log = CleaningLog(notes=counts.notes)
    try:
        cleaned, log = clean_tables(counts, instrument, aliases=aliases, lenient=True)
        found += log.problems
        if not counts.problems:
            refuse_unanswered(cleaned.frame, counts.file)
    except IntakeError as error:
        found.append(_unreadable(error))
    sheets = {(cell.item, cell.row): cell.sheet for cell in counts.suppressed}
    found += [
        finding._replace(sheet=sheets.get((finding.column, finding.row or 0), ""))
        for finding in _of_log(log, ())
    ]
    return Findings(counts.file, len(rows), log.notes, tuple(found))


def _of_index(index: Index) -> Finding:
    return Finding(
        "misnamed_index",
        value=index.title,
        problem=f"the instrument's index {index.id} is called so, and its formula is {index.formula}",
        proposal="in the instrument, formula: nps, or another title",
    )


def _with_organization(raw: RawAnswers, instrument: Instrument) -> RawAnswers:
    """Return the answers with an organization for all where the file has no such column."""
    if instrument.unit == "respondent" or "organization" in raw.frame:
        return raw
    return replace(
        raw,
        frame=raw.frame.assign(organization="unknown"),
        constant_columns=(*raw.constant_columns, "organization"),
    )


def _unreadable(error: IntakeError) -> Finding:
    problem, value = " ".join(error.problem.split("\n  - ")), "" if error.value is None else str(error.value)
    return Finding("unreadable", problem, value=value[:200], proposal=error.next_step or "")


def _of_log(log: CleaningLog, skipped: Collection[str]) -> list[Finding]:
    """Return what cleaning would lose, drop or flag."""
    near = {(p.column, p.value): p for p in log.proposals if p.subject != "organization"}
    alike = RULE_DESCRIPTIONS["near_organization"]
    found = [
        Finding("near_organization", alike, "organization", None, p.value, f"alias of {p.proposal}", p.n)
        for p in log.proposals
        if p.subject == "organization"
    ]
    for line in log.by_value:
        if line["rule"] not in RECOVERED_RULES and not (line["rule"] == "not_an_option" and line["after"]):
            proposal = _proposal_text(near.get((line["column"], line["before"])))
            problem = RULES[line["rule"]]
            found.append(
                Finding(line["rule"], problem, line["column"], None, line["before"], proposal, line["n"])
            )
    return found + _of_changes(log.changes, near, skipped)


def _of_changes(
    changes: pd.DataFrame, near: dict[tuple[str, str], Proposal], skipped: Collection[str]
) -> list[Finding]:
    understood = changes["rule"].isin([*RECOVERED_RULES, *skipped]) | (
        changes["rule"].eq("not_an_option") & changes["after"].ne("")
    )
    lines = changes[~understood]
    return [
        Finding(
            rule,
            RULES[rule],
            "" if column == "*" else column,
            int(row),
            "" if kind == "dropped" else before[:200],
            after if rule == "organization_spelling" else _proposal_text(near.get((column, before[:200]))),
        )
        for rule, kind, row, column, before, after in zip(
            *(lines[c] for c in ("rule", "kind", "row", "column", "before", "after")), strict=True
        )
    ]


def _proposal_text(proposal: Proposal | None) -> str:
    return "" if proposal is None else f"{proposal.proposal} ({proposal.score:.2f})"
