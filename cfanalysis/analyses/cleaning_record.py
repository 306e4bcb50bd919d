"""What was read and how it was cleaned: the cleaning log counted by rule.

Rows in are rows out plus rows dropped, always: `CleaningRecord` shows the sum. Each rule carries one example,
so that a reader can see what it did. Texts of open questions and respondents' own codes are never examples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cfanalysis.core.errors import shorten
from cfanalysis.core.language import message, translated
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import DONT_KNOW_CODE, Source, Survey

WHOLE_ROW = "*"
_KINDS = (message("changed"), message("flagged"), message("dropped"))
UNKNOWN_ANSWER = message("don't know")
PRIVATE = "respondent"
PROPOSAL_COLUMNS = ["subject", "column", "value", "proposal", "score", "n"]
RULE_COLUMNS = ["rule", "kind", "about", "n", "row", "column", "before", "after"]


@dataclass(frozen=True)
class CleaningRecord:
    """The cleaning log counted by rule.

    Parameters
    ----------
    rules
        One row per rule and kind, in the order in which the rules run: ``rule, kind ("changed" | "flagged"
        | "dropped"), about`` (the rule in words), ``n`` (cells changed, or rows flagged or dropped), and an
        example: ``row`` (in the file; missing where changes were logged by value), ``column, before,
        after``; an example without a text to show has empty texts.
    proposals
        Near misses that were not taken: ``subject, column, value, proposal, score, n``.
    unmatched
        Entries of auxiliary files that match nothing in the study.
    rows_in, rows_out
        Rows in the file and in the study; both 0 where frequency tables were published.
    cells_changed, rows_flagged
        Cells changed by all rules; different rows flagged by any.
    ignored_columns
        Headers of the file that match nothing in the instrument.
    notes
        What was detected while reading.
    published
        True where frequency tables came in and no single row can be shown.
    source
        Where the data come from.
    """

    rules: pd.DataFrame
    proposals: pd.DataFrame
    unmatched: tuple[str, ...]
    rows_in: int
    rows_out: int
    cells_changed: int
    rows_flagged: int
    ignored_columns: tuple[str, ...]
    notes: tuple[str, ...]
    published: bool
    source: Source

    @property
    def drop_rules(self) -> pd.DataFrame:
        """The rules that dropped rows."""
        return self.rules[self.rules["kind"] == "dropped"]

    @property
    def rows_dropped(self) -> int:
        """Rows dropped by all rules."""
        return int(self.drop_rules["n"].sum())


def cleaning_record(log: Mapping[str, Any], survey: Survey) -> CleaningRecord:
    """Count a cleaning log by rule.

    Parameters
    ----------
    log
        The content of ``cleaning_log.json``.
    survey
        The study's evidence.
    """
    changes = _changes(log)
    about: dict[str, str] = log.get("rules", {})
    order = {rule: i for i, rule in enumerate(about)}
    groups = sorted(
        changes.groupby(["rule", "kind"], sort=False),
        key=lambda group: (order.get(str(group[0][0]), len(order)), _KINDS.index(str(group[0][1]))),
    )
    rows = [
        {
            "rule": rule,
            "kind": kind,
            "about": about.get(str(rule), str(rule).replace("_", " ")),
            "n": int(part["n"].sum()) if kind == "changed" else part["row"].nunique(),
            **_example(part, survey.instrument),
        }
        for (rule, kind), part in groups
    ]
    rules = pd.DataFrame(rows, columns=RULE_COLUMNS).astype({"n": "int64", "row": "Int64"})
    return CleaningRecord(
        rules=rules,
        proposals=pd.DataFrame(list(log.get("proposals", ())), columns=PROPOSAL_COLUMNS),
        unmatched=tuple(", ".join(map(str, entry.values())) for entry in log.get("unmatched", ())),
        rows_in=int(log["rows_in"]),
        rows_out=int(log["rows_out"]),
        cells_changed=int(rules.loc[rules["kind"] == "changed", "n"].sum()),
        rows_flagged=int(changes.loc[changes["kind"] == "flagged", "row"].nunique()),
        ignored_columns=tuple(log.get("ignored_columns", ())),
        notes=tuple(log.get("notes", ())),
        published=survey.raw_responses is None,
        source=survey.source,
    )


def exclusions(log: Mapping[str, Any]) -> dict[str, list[tuple[str, str, int]]]:
    """Return what was dropped or flagged of each organization: kind, the rule in words, and the number of rows.

    Rows whose organization is not known count for none.

    Examples
    --------
    >>> entry = {"rule": "speeding", "kind": "flagged", "row": 7, "organization": "Alder"}
    >>> exclusions({"rules": {"speeding": "answered too fast"}, "changes": [entry]})
    {'Alder': [('flagged', 'answered too fast', 1)]}
    """
    about: dict[str, str] = log.get("rules", {})
    rows: dict[tuple[str, str, str], set[object]] = {}
    for entry in log.get("changes", ()):
        if entry["kind"] != "changed" and entry.get("organization"):
            key = (str(entry["organization"]), str(entry["kind"]), str(entry["rule"]))
            rows.setdefault(key, set()).add(entry["row"])
    found: dict[str, list[tuple[str, str, int]]] = {}
    for (organization, kind, rule), numbers in sorted(rows.items()):
        words = about.get(rule, rule.replace("_", " "))
        found.setdefault(organization, []).append((kind, words, len(numbers)))
    return found


def _changes(log: Mapping[str, Any]) -> pd.DataFrame:
    """Return the log's entries with the number of cells of each, those logged by value included."""
    entries = [{"n": 1, **entry} for entry in log.get("changes", ())]
    entries += [{"kind": "changed", "row": None, **entry} for entry in log.get("by_value", ())]
    columns = ["rule", "kind", "row", "column", "before", "after", "n"]
    return pd.DataFrame(entries, columns=columns).astype({"row": "Int64"})


def _example(part: pd.DataFrame, instrument: Instrument) -> dict[str, Any]:
    """Return the first entry of a rule's most frequent change that may be shown."""
    private = {item.id for item in instrument.items if item.scale is None} | {PRIVATE}
    shown = part[~part["column"].isin(private)]
    if shown.empty:
        return {"row": part["row"].iloc[0], "column": part["column"].iloc[0], "before": "", "after": ""}
    size = shown.groupby(["before", "after"], sort=False)["n"].transform("sum")
    first = shown[size == size.max()].iloc[0]
    before, after = (
        ("", "") if first["column"] == WHOLE_ROW else map(_display_text, first[["before", "after"]])
    )
    return {"row": first["row"], "column": first["column"], "before": before, "after": after}


def _display_text(value: object) -> str:
    """Return a cell as an example shows it."""
    text = "" if value is None else str(value)
    return UNKNOWN_ANSWER if text == str(DONT_KNOW_CODE) else shorten(text, limit=40)


def rule_phrase(rule: str) -> str:
    """Return a rule's name as words, in the reader's language.

    Examples
    --------
    >>> rule_phrase("too_few_answers"), rule_phrase("suppressed_dont_know")
    ('too few answers', "suppressed don't know")
    """
    return translated(
        rule.replace("_", " ").replace("dont", "don't")
    )  # docs/messages.py knows them by `RULES`
