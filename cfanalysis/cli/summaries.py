"""What a command says about a study in a few lines."""

from __future__ import annotations

import re
from typing import Any

from cfanalysis.study.prepared_study import Study, verdict_sentence


def study_summary(study: Study) -> dict[str, Any]:
    """Return a study's size, what cleaning did, and the verdict: ready for JSON."""
    log, source = study.cleaning_log, study.survey.source
    size = {"organizations": len(study.clients), "unit": study.survey.instrument.unit}
    own = ("rows_in", "rows_out", "rows_dropped", "cells_changed", "rows_flagged", "proposals", "unmatched")
    return {
        **{"study": study.name, "folder": str(study.folder), **size, "waves": list(source.waves)},
        **{name: log[name] for name in own},
        **{"synthetic": source.synthetic, "notes": log["notes"], "verdict": study.verdict},
    }


def summary_text(summary: dict[str, Any]) -> str:
    """Return a study's summary as lines of text."""
    lines = [f"read      {note}" for note in _read_notes(summary["notes"])]
    changed = _counts({rule: n for rule, n in summary["cells_changed"].items() if n})
    if summary["rows_in"]:
        dropped, flagged = _counts(summary["rows_dropped"]), _counts(summary["rows_flagged"])
        lines += [
            f"rows      {summary['rows_in']:,} in, {summary['rows_out']:,} out; dropped: {dropped}",
            f"cells     changed: {changed}",
            f"flagged   {flagged} (kept; --drop drops them)",
        ]
    elif changed != "none":
        lines.append(f"cells     changed: {changed}")
    lines += _several("proposed", [_proposal(p) for p in summary["proposals"]])
    lines += _several("unmatched", [_mismatch(m) for m in summary["unmatched"]])
    made_up = "; SYNTHETIC data" if summary["synthetic"] else ""
    units = "organizations" if summary["unit"] == "organization" else "respondents, each a unit of its own"
    waves = f"{'wave' if len(summary['waves']) == 1 else 'waves'} {', '.join(summary['waves'])}"
    lines.append(f"study     {summary['study']}: {summary['organizations']:,} {units}, {waves}{made_up}")
    lines.append(f"verdict   {verdict_sentence(summary['verdict'])}")
    lines.append(f"folder    {summary['folder']}")
    return "\n".join(lines)


def _read_notes(notes: list[str]) -> list[str]:
    """Return notes, with those of several imports that say the same of each, numbers aside, in one line."""
    kinds = {note: re.sub(r"\d+", "0", note.split(": ", 2)[-1]) for note in notes}
    common = [
        note for note in notes if note.startswith("import ") and list(kinds.values()).count(kinds[note]) > 1
    ]
    if not common:
        return notes
    imports = dict.fromkeys(note.partition(":")[0].removeprefix("import ") for note in common)
    one = f"imports {', '.join(imports)}: {len(common)} notes as at their import, in cleaning_log.json"
    return [one, *(note for note in notes if note not in common)]


def _counts(by_rule: dict[str, int]) -> str:
    return ", ".join(f"{rule} {n}" for rule, n in by_rule.items()) or "none"


def _several(label: str, texts: list[str], *, shown: int = 8) -> list[str]:
    """Return one line for each of the first few texts, and one that counts the rest."""
    lines = [f"{label:<9} {text}" for text in texts[:shown]]
    more = len(texts) - shown
    return [*lines, f"{label:<9} and {more:,} more, in cleaning_log.json"] if more > 0 else lines


def _proposal(entry: dict[str, Any]) -> str:
    place = f"{entry['column']}: {entry['value']!r}"
    return f"{place} may be {entry['proposal']!r} ({entry['score']:.2f}, {entry['n']:,} rows); not taken"


def _mismatch(entry: dict[str, str]) -> str:
    row = f" row {entry['row']}" if entry["row"] else ""
    near = f"; did you mean {entry['proposal']}?" if entry["proposal"] else ""
    return (
        f"{entry['file']}{row}: {entry['organization']} {entry['wave']}".rstrip()
        + f": {entry['problem']}{near}"
    )
