"""Everything that is wrong with a file, in one list, before a study is made from it.

The file is read and cleaned as `prepare` would, but nothing stops at the first problem and nothing is written. What is
understood without loss (labels, white space, codes that mean "no answer") is no finding.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import RawAnswers, ReadingOptions, read
from cfanalysis.intake.accepted_values import EVERYTHING
from cfanalysis.intake.cleaning.log import RULES, CleaningLog, Proposal
from cfanalysis.intake.cleaning.problems import PROBLEM_RULES, ContentProblem
from cfanalysis.intake.cleaning.published_tables import clean_tables
from cfanalysis.intake.cleaning.responses import clean
from cfanalysis.intake.columns import ColumnProblem
from cfanalysis.intake.frequency_checks import ITEM_KEY, TableProblem, refuse_unanswered, uneven_sums
from cfanalysis.intake.reader import FrequencyCounts
from cfanalysis.intake.reading_options import DETECT_ALL
from cfanalysis.survey.instrument import Instrument

RECOVERED_RULES = ("white_space", "missing_code", "label", "organization_alias")
COLUMN_RULES = {
    "twice": "a column, or a row of a table, stands more than once",
    "resembles": "a column's name only resembles an item's",
    "missing": "a column that the instrument needs is missing",
    "contradicts": "a column is one item by its code and another by its text",
    "given": "a value is given for all rows, and a column of the file says it, too",
}
TABLE_RULES = {
    "no_table": "an item has no table, or the table is not the item's",
    "unknown_item": "the instrument has no such item",
    "unknown_category": "this is no answer of the item",
    "not_a_figure": "this is no share, percentage or count",
    "no_organization": "figures stand in a row without a name",
    "no_n": "the number of valid answers is missing",
    "uneven_sum": "the shares do not sum to 100 %",
}
RULE_DESCRIPTIONS = {
    **RULES,
    **COLUMN_RULES,
    **TABLE_RULES,
    **PROBLEM_RULES,
    "unreadable": "the file or a part of it cannot be read",
    "near_organization": "organizations' names differ by accents or punctuation only",
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, what stands there, by which rule, and what is proposed.

    `row` is None where a whole column or the file is meant; `n` counts the rows of a finding that stands for several;
    `sheet` is that of a published table, whose item is the column.
    """

    rule: str
    column: str = ""
    row: int | None = None
    value: str = ""
    problem: str = ""
    proposal: str = ""
    n: int = 1
    sheet: str = ""

    @property
    def text(self) -> str:
        """The finding as one line."""
        places = [f"sheet {self.sheet}"] if self.sheet else []
        places += [f"row {self.row}"] if self.row is not None else []
        places += [f"column {self.column}"] if self.column else []
        place = ", ".join(places)
        value = f" {self.value!r}" if self.value else ""
        rows = f" ({self.n:,} rows)" if self.n > 1 else ""
        proposal = f"; proposal: {self.proposal}" if self.proposal else ""
        return f"{place or 'file'}: {self.rule}{value}{rows}: {self.problem.rstrip('.')}{proposal}"


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
            "findings": [asdict(f) for f in self.findings],
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
    if isinstance(raw, FrequencyCounts):
        return _of_tables(raw, instrument, aliases)
    found = [_of_column(problem) for problem in raw.problems]
    lacking = {p.column for p in raw.problems if p.rule == "missing"}
    try:
        _, log = clean(_with_organization(raw, instrument), instrument, aliases=aliases, lenient=True)
        found += [_of_content(problem) for problem in log.problems]
    except IntakeError as error:
        log = CleaningLog()
        found.append(_unreadable(error))
    skipped = {"too_few_answers"} if lacking else set()
    found += _of_log(log, skipped)
    return Findings(file.name, len(raw.frame), (*raw.notes, *log.notes[len(raw.notes) :]), tuple(found))


def _of_tables(counts: FrequencyCounts, instrument: Instrument, aliases: dict[str, str] | None) -> Findings:
    """Return what is wrong with published tables, row by row."""
    found = [_of_table(problem) for problem in (*counts.problems, *uneven_sums(counts.frame, instrument))]
    rows = counts.frame.drop_duplicates([*ITEM_KEY, "place"])
    log = CleaningLog(notes=counts.notes)
    try:
        cleaned, log = clean_tables(counts, instrument, aliases=aliases, lenient=True)
        found += [_of_content(problem) for problem in log.problems]
        if not counts.problems:
            refuse_unanswered(cleaned.frame, counts.file)
    except IntakeError as error:
        found.append(_unreadable(error))
    sheets = {(cell.item, cell.row): cell.sheet for cell in counts.suppressed}
    found += [
        replace(finding, sheet=sheets.get((finding.column, finding.row or 0), ""))
        for finding in _of_log(log, ())
    ]
    return Findings(counts.file, len(rows), log.notes, tuple(found))


def _of_table(problem: TableProblem) -> Finding:
    return Finding(
        problem.rule,
        problem.column,
        problem.row,
        problem.value[:200],
        problem.problem,
        problem.proposal,
        sheet=problem.sheet,
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
    return Finding(
        "unreadable",
        value="" if error.value is None else str(error.value)[:200],
        problem=" ".join(error.problem.split("\n  - ")),
        proposal=error.next_step or "",
    )


def _of_column(problem: ColumnProblem) -> Finding:
    proposal = f"{problem.proposal} ({problem.score:.2f})" if problem.proposal else ""
    if (problem.rule, problem.column) == ("missing", "organization"):
        proposal = "if all answers are one organization's, name it: --organization NAME"
    return Finding(problem.rule, column=problem.column, problem=problem.problem, proposal=proposal)


def _of_content(problem: ContentProblem) -> Finding:
    return Finding(
        problem.rule,
        "" if problem.column == EVERYTHING else problem.column,
        problem.row,
        problem.value[:200],
        problem.problem,
        problem.way_out,
        problem.n,
    )


def _of_log(log: CleaningLog, skipped: Collection[str]) -> list[Finding]:
    """Return what cleaning would lose, drop or flag."""
    near = {(p.column, p.value): p for p in log.proposals if p.subject != "organization"}
    alike = RULE_DESCRIPTIONS["near_organization"]
    found = [
        Finding("near_organization", "organization", None, p.value, alike, f"alias of {p.proposal}", p.n)
        for p in log.proposals
        if p.subject == "organization"
    ]
    for line in log.by_value:
        if line["rule"] not in RECOVERED_RULES and not (line["rule"] == "not_an_option" and line["after"]):
            proposal = _proposal_text(near.get((line["column"], line["before"])))
            problem = RULES[line["rule"]]
            found.append(
                Finding(line["rule"], line["column"], None, line["before"], problem, proposal, line["n"])
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
            "" if column == "*" else column,
            int(row),
            "" if kind == "dropped" else before[:200],
            RULES[rule],
            after if rule == "organization_spelling" else _proposal_text(near.get((column, before[:200]))),
        )
        for rule, kind, row, column, before, after in zip(
            *(lines[c] for c in ("rule", "kind", "row", "column", "before", "after")), strict=True
        )
    ]


def _proposal_text(proposal: Proposal | None) -> str:
    return "" if proposal is None else f"{proposal.proposal} ({proposal.score:.2f})"
