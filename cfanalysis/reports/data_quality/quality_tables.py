"""The tables on data quality; where a table would be empty, a notice says why."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from cfanalysis.analyses.cleaning_record import WHOLE_ROW, CleaningRecord, rule_phrase
from cfanalysis.analyses.item_quality import ItemQuality
from cfanalysis.analyses.participation import Participation
from cfanalysis.core.blocks import Column, Notice, Table, table_columns
from cfanalysis.core.formatting import MISSING, percent
from cfanalysis.core.templates import table_rows
from cfanalysis.reports.data_quality.quality_sentences import number_with_noun

DOT = "·"
SHORT = {
    "Level of practice": "Level",
    "Warning signs": "Warning sign",
}


def rule_table(record: CleaningRecord) -> Table | Notice:
    """Return what each rule changed, flagged and dropped, with an example."""
    if record.published and record.rules.empty:
        return Notice("Published shares are rescaled to sum to 100% for each item; nothing else was changed.")
    if record.rules.empty:
        return Notice("No rule found anything to change, flag or drop.")
    rows = [
        (
            f"{rule_phrase(str(r['rule'])).capitalize()}: {r['about']}",
            number_with_noun(r["n"], "cell" if r["kind"] == "changed" else "row"),
            str(r["kind"]),
            _example(r),
        )
        for r in record.rules.to_dict(orient="records")
    ]
    note = (
        "Rows are counted as a spreadsheet counts them, from 1. Published shares are rescaled to sum to 100% for each "
        f"item. {record.source.caption}"
        if record.published
        else "Rows are counted as a spreadsheet counts them, the header being row 1. Examples leave out respondents' "
        f"codes and open answers; a dot stands for white space that was removed. {record.source.caption}"
    )
    columns = [Column("Rule", "left"), Column("Count"), *_columns("Kind", "Example")]
    return Table("What was changed, flagged and dropped", columns, rows, note)


def _example(rule: Mapping[Hashable, Any]) -> str:
    """Return a rule's example in one line."""
    place = "" if pd.isna(rule["row"]) else f"row {rule['row']}"
    if rule["column"] != WHOLE_ROW:
        place += f"{', ' if place else ''}{rule['column']}"
    before, after = str(rule["before"]), str(rule["after"])
    if rule["rule"] == "white_space":
        before = _with_visible_spaces(before)
    if rule["kind"] == "changed" and (before or after):
        return f"{place}: “{before}” → {f'“{after}”' if after else 'missing'}"
    return f"{place}: {before}" if before else place


def _with_visible_spaces(text: str) -> str:
    """Return a text in which white space at the ends or doubled is a dot.

    Examples
    --------
    >>> _with_visible_spaces(" Dont  know ")
    '·Dont ·know·'
    """
    inner = text.strip()
    start = len(text) - len(text.lstrip())
    while "  " in inner:
        inner = inner.replace("  ", f" {DOT}")
    return DOT * start + inner + DOT * (len(text) - start - len(text.strip()))


def proposal_table(record: CleaningRecord) -> Table | Notice:
    """Return the near misses that were not taken."""
    if record.proposals.empty:
        return Notice("No value was so near to a label, an option or a name that a correction is proposed.")
    rows = table_rows("{column} | “{value}” | “{proposal}” | {score:2} | {n}", record.proposals)
    columns = [*_columns("Column", "Found", "Perhaps"), Column("Likeness"), Column("Rows")]
    note = (
        "None of these was taken: correct the file, or name the spelling in the instrument or the alias in the "
        f"organizations file. {record.source.caption}"
    )
    return Table("Near misses that were not taken", columns, rows, note)


def item_quality_table(items: ItemQuality) -> Table:
    """Return for every item its answers, what is missing, and the ends of the scale."""
    labels = ("Item", "Kind", "Answers", "No answer", "Don't know", "Lowest", "Highest")
    frame = items.frame.assign(group=items.frame["group"].replace(SHORT))
    if items.published:
        frame["dont_know"] = frame["dont_know"].where(frame["n_dont_know"] > 0)
    cells = "{title} | {group} | {n} | {missing:1%} | {dont_know:1%} | {floor:1%} | {ceiling:1%}"
    rows = table_rows(cells, frame)
    base = "valid answers and don't-knows" if items.published else "those asked"
    note = (
        f"No answer and don't know: per cent of {base}. Lowest and highest: per cent of the valid answers at the ends "
        "of the scale, reverse-keyed items turned first; a dash where there are but two answers or the number is not "
        f"known. {items.source.caption}"
    )
    return Table(
        "Every item: what is lacking and where the scale ends", table_columns(labels, left=2), rows, note
    )


def wave_table(people: Participation) -> Table:
    """Return who took part in each wave."""
    labels = ["Wave", "Organizations", "Of these in the wave before", "Respondents", "Items answered"]
    left_out = {1} if people.unit == "respondent" else set()
    if len(people.waves) == 1:
        left_out.add(2)
    rows = []
    for r in people.waves.to_dict(orient="records"):
        counts = (r["organizations"], r["returning"], r["respondents"], r["n_items"])
        cells = [str(r["wave"]), *(_count(n) for n in counts)]
        rows.append([cell for i, cell in enumerate(cells) if i not in left_out])
    labels = [label for i, label in enumerate(labels) if i not in left_out]
    absent = [
        f"In wave {r['wave']} nobody answered {number_with_noun(len(r['absent']), 'item')}: "
        f"{'; '.join(r['absent'][:8])}" + (" …" if len(r["absent"]) > 8 else ".")
        for r in people.waves.to_dict(orient="records")
        if r["absent"]
    ]
    note = " ".join([*absent, people.source.caption])
    return Table("Who took part in each wave", table_columns(labels, left=1), rows, note)


def field_table(people: Participation) -> Table | Notice:
    """Return the respondents by role and other facts, and how many organizations have enough of them."""
    if people.fields.empty:
        return Notice(
            "Published tables do not say who the respondents are."
            if people.published
            else "No fact about the respondents was asked."
        )
    columns = [*_columns("Fact", "Answer"), Column("Respondents"), Column("Share")]
    by_organization = people.unit == "organization"
    if by_organization:
        columns += [Column("Organizations with any"), Column(f"With {people.minimum} or more")]
    rows = []
    former = ""
    for r in people.fields.to_dict(orient="records"):
        title = str(r["title"])
        cells = [
            title if title != former else "",
            str(r["option"]),
            f"{r['respondents']:,}",
            percent(r["share"]),
        ]
        rows.append([*cells, *([f"{r['organizations']:,}", f"{r['shown']:,}"] if by_organization else [])])
        former = title
    note = (
        f"All waves. A split is shown for an organization from {people.minimum} respondents on. "
        if by_organization
        else "All waves. "
    ) + people.source.caption
    return Table("Respondents by role and other facts", columns, rows, note)


def duration_table(people: Participation) -> Table | Notice:
    """Return how long respondents took, in minutes."""
    if people.durations.empty:
        return Notice("How long people took to answer was not recorded.")
    labels = ("Wave", "Known", "Not known", "5%", "25%", "Median", "75%", "95%")
    minutes = [people.durations[q] / 60 for q in ("p5", "p25", "median", "p75", "p95")]
    frame = people.durations.assign(**{str(q.name): q for q in minutes})
    cells = "{wave} | {n} | {n_unknown} | {p5} | {p25} | {median} | {p75} | {p95}"
    rows = table_rows(cells, frame)
    note = f"Minutes; quantiles of the respondents whose duration is known. {people.source.caption}"
    return Table("How long it took (minutes)", table_columns(labels, left=1), rows, note)


def _count(n: object) -> str:
    return MISSING if pd.isna(n) else f"{n:,}"  # type: ignore[call-overload]


def _columns(*labels: str) -> list[Column]:
    return [Column(label, "left") for label in labels]
