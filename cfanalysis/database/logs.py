"""The cleaning log of an import, stored as it was made, and logs of several imports combined for a study."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from cfanalysis.intake.cleaning import RULES, CleaningLog
from cfanalysis.intake.cleaning.log import Proposal

Content = dict[str, Any]


def compress_log(content: Mapping[str, Any]) -> bytes:
    """Return a log as it is stored."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    return zlib.compress(text.encode("utf-8", "surrogatepass"), level=3)


def decompress_log(stored: bytes) -> Content:
    """Return a stored log."""
    content: Content = json.loads(zlib.decompress(stored).decode("utf-8", "surrogatepass"))
    return content


@dataclass
class StoredLog(CleaningLog):
    """A log that comes from the database: its content is there already; notes, proposals and mismatches may change."""

    content: Content = field(default_factory=dict)

    @classmethod
    def of(cls, content: Content) -> StoredLog:
        """Return the log with a content."""
        return cls(
            rows_in=content["rows_in"],
            rows_out=content["rows_out"],
            notes=tuple(content["notes"]),
            proposals=[Proposal(**p) for p in content["proposals"]],
            unmatched=list(content["unmatched"]),
            content=content,
        )

    @property
    def summary(self) -> Content:
        """The log without its single changes."""
        content = {name: value for name, value in self.content.items() if name != "changes"}
        found = [asdict(p) for p in self.proposals]
        return {**content, "notes": list(self.notes), "proposals": found, "unmatched": self.unmatched}

    def iter_changes(self) -> Iterator[Content]:
        """Yield the changes as they were stored."""
        yield from self.content["changes"]


def merge_logs(logs: Sequence[tuple[str, Content]]) -> Content:
    """Return the logs of several imports as one.

    Parameters
    ----------
    logs
        The import in words, and its log.

    Returns
    -------
    dict
        A single log as it is; of several, the counts added up, and each note and entry with its import.
    """
    if len(logs) == 1:
        return dict(logs[0][1])
    contents = [content for _, content in logs]
    whole: Content = {name: sum(c[name] for c in contents) for name in ("rows_in", "rows_out")}
    for name in ("rows_dropped", "rows_flagged", "cells_changed"):
        whole[name] = {
            rule: sum(c[name].get(rule, 0) for c in contents)
            for rule in RULES
            if any(rule in c[name] for c in contents)
        }
    whole["rules"] = {rule: RULES[rule] for rule in whole["cells_changed"]}
    whole["ignored_columns"] = list(
        dict.fromkeys(c for content in contents for c in content["ignored_columns"])
    )
    whole["notes"] = [f"{name}: {note}" for name, content in logs for note in content["notes"]]
    for part in ("proposals", "unmatched", "by_value", "changes"):
        whole[part] = [
            {**entry, "import": name} if part == "changes" else entry
            for name, content in logs
            for entry in content[part]
        ]
    return whole


def with_dropped_rows(content: Content, rows: int, note: str, *, rule: str = "duplicate") -> Content:
    """Return a cleaning log in which more rows are recorded as dropped.

    Parameters
    ----------
    content
        The log; it is not changed.
    rows
        How many more rows were dropped; with 0 the log is returned as it is.
    note
        Why, in words.
    rule
        The rule of the cleaning log.
    """
    if not rows:
        return content
    dropped = {**content["rows_dropped"], rule: content["rows_dropped"].get(rule, 0) + rows}
    changed = {
        r: content["cells_changed"].get(r, 0) for r in RULES if r in content["cells_changed"] or r == rule
    }
    return {
        **content,
        "rows_out": content["rows_out"] - rows,
        "rows_dropped": dict(sorted(dropped.items())),
        "cells_changed": changed,
        "rules": {r: RULES[r] for r in changed},
        "notes": [*content["notes"], note],
    }
