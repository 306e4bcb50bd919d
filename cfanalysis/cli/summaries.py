"""What a command says about a study in a few lines."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from cfanalysis.study.prepared_study import Study, verdict_sentence


@dataclass(frozen=True)
class StudySummary:
    """A study's size, what cleaning did, and the verdict."""

    study: str
    folder: str
    organizations: int
    unit: str
    waves: list[str]
    rows_in: int
    rows_out: int
    rows_dropped: dict[str, int]
    cells_changed: dict[str, int]
    rows_flagged: dict[str, int]
    proposals: list[dict[str, Any]]
    unmatched: list[dict[str, str]]
    synthetic: bool
    notes: list[str]
    verdict: dict[str, Any]

    @property
    def text(self) -> str:
        """The summary as lines of text."""
        lines = [f"read      {note}" for note in self.notes]
        changed = ", ".join(f"{rule} {n}" for rule, n in self.cells_changed.items() if n) or "none"
        if not self.rows_in and changed != "none":
            lines.append(f"cells     changed: {changed}")
        if self.rows_in:
            dropped = ", ".join(f"{rule} {n}" for rule, n in self.rows_dropped.items()) or "none"
            lines.append(f"rows      {self.rows_in:,} in, {self.rows_out:,} out; dropped: {dropped}")
            flagged = ", ".join(f"{rule} {n}" for rule, n in self.rows_flagged.items()) or "none"
            lines.append(f"cells     changed: {changed}")
            lines.append(f"flagged   {flagged} (kept; --drop drops them)")
        lines += _several("proposed", [_proposal(p) for p in self.proposals])
        lines += _several("unmatched", [_mismatch(m) for m in self.unmatched])
        made_up = "; SYNTHETIC data" if self.synthetic else ""
        units = "organizations" if self.unit == "organization" else "respondents, each a unit of its own"
        waves = f"{'wave' if len(self.waves) == 1 else 'waves'} {', '.join(self.waves)}"
        lines.append(f"study     {self.study}: {self.organizations:,} {units}, {waves}{made_up}")
        lines.append(f"verdict   {verdict_sentence(self.verdict)}")
        lines.append(f"folder    {self.folder}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Return the summary ready for JSON."""
        return asdict(self)


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


def study_summary(study: Study) -> StudySummary:
    """Return what is said about a study after it was made."""
    log = study.cleaning_log
    return StudySummary(
        study=study.name,
        folder=str(study.folder),
        organizations=len(study.clients),
        unit=study.survey.instrument.unit,
        waves=list(study.survey.source.waves),
        rows_in=log["rows_in"],
        rows_out=log["rows_out"],
        rows_dropped=log["rows_dropped"],
        cells_changed=log["cells_changed"],
        rows_flagged=log["rows_flagged"],
        proposals=log["proposals"],
        unmatched=log["unmatched"],
        synthetic=study.survey.source.synthetic,
        notes=log["notes"],
        verdict=study.verdict,
    )
