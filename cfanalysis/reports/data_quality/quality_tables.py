"""The tables on data quality; where a table would be empty, a notice says why."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from cfanalysis.analyses.cleaning_record import UNKNOWN_ANSWER, WHOLE_ROW, CleaningRecord, rule_phrase
from cfanalysis.analyses.item_quality import ItemQuality
from cfanalysis.analyses.participation import NOT_SAID, Participation
from cfanalysis.core.blocks import Column, Notice, Table, table_columns
from cfanalysis.core.formatting import MISSING, percent, whole_number
from cfanalysis.core.language import message, message_pair, series, translated
from cfanalysis.core.templates import plural, running_text, sentence, table_rows
from cfanalysis.reports.common.fitted_table import source_table

DOT = "·"
_NAMED = 8
SHORT = {"Level of practice": message("Level"), "Warning signs": message("Warning sign")}


def rule_table(record: CleaningRecord) -> Table | Notice:
    """Return what each rule changed, flagged and dropped, with an example."""
    if record.rules.empty:
        return Notice(
            translated(
                "Published shares are rescaled to sum to 100% for each item; nothing else was changed."
                if record.published
                else "No rule found anything to change, flag or drop."
            )
        )
    rows = [_rule_row(r) for r in record.rules.to_dict(orient="records")]
    note = translated(
        "Rows are counted as a spreadsheet counts them, from 1. Published shares are rescaled to sum to 100% for each "
        "item."
        if record.published
        else "Rows are counted as a spreadsheet counts them, the header being row 1. Examples leave out respondents' "
        "codes and open answers; a dot stands for white space that was removed."
    )
    columns = [
        *table_columns(("Rule",)),
        *table_columns(("Count",), left=0),
        *table_columns(("Kind", "Example"), left=2),
    ]
    return source_table("What was changed, flagged and dropped", columns, rows, note, record.source)


def _rule_row(rule: Mapping[Hashable, Any]) -> tuple[str, ...]:
    name = rule_phrase(str(rule["rule"]))
    counted = (
        plural(rule["n"], "{n} cell", "{n} cells")
        if rule["kind"] == "changed"
        else plural(rule["n"], "{n} row", "{n} rows")
    )
    about = sentence("{rule}: {about:t}", rule=name[:1].upper() + name[1:], about=rule["about"])
    return about, counted, translated(str(rule["kind"])), _example(rule)


def _example(rule: Mapping[Hashable, Any]) -> str:
    """Return a rule's example in one line."""
    places = [
        "" if pd.isna(rule["row"]) else sentence("row {row}", row=str(rule["row"])),
        "" if rule["column"] == WHOLE_ROW else str(rule["column"]),
    ]
    before, after = (
        translated(text) if text == UNKNOWN_ANSWER else text
        for text in (str(rule["before"]), str(rule["after"]))
    )
    if rule["rule"] == "white_space":
        before = _with_visible_spaces(before)
    template = "{place}"
    if rule["kind"] == "changed" and (before or after):
        template = "{place}: “{before}” → “{after}”" if after else "{place}: “{before}” → missing"
    elif before:
        template = "{place}: {before}"
    return sentence(template, place=", ".join(filter(None, places)), before=before, after=after)


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
        text = "No value was so near to a label, an option or a name that a correction is proposed."
        return Notice(translated(text))
    rows = table_rows("{column} | “{value}” | “{proposal}” | {score:2} | {n}", record.proposals)
    labels = ("Column", "Found", "Perhaps", "Likeness", "Rows")
    note = translated(
        "None of these was taken: correct the file, or name the spelling in the instrument or the alias in the "
        "organizations file."
    )
    return source_table("Near misses that were not taken", labels, rows, note, record.source, left=3)


def item_quality_table(items: ItemQuality) -> Table:
    """Return for every item its answers, what is missing, and the ends of the scale."""
    labels = ("Item", "Kind", "Answers", "No answer", "Don't know", "Lowest", "Highest")
    frame = items.frame.assign(group=items.frame["group"].replace(SHORT))
    if items.published:
        frame["dont_know"] = frame["dont_know"].where(frame["n_dont_know"] > 0)
    cells = "{title} | {group:t} | {n} | {missing:1%} | {dont_know:1%} | {floor:1%} | {ceiling:1%}"
    rows = table_rows(cells, frame)
    shares = "No answer and don't know: per cent of those asked."
    if items.published:
        shares = "No answer and don't know: per cent of valid answers and don't-knows."
    ends = (
        "Lowest and highest: per cent of the valid answers at the ends of the scale, reverse-keyed items turned first; "
        "a dash where there are but two answers or the number is not known."
    )
    title = "Every item: what is lacking and where the scale ends"
    note = running_text(translated(shares), translated(ends))
    return source_table(title, labels, rows, note, items.source, left=2)


def wave_table(people: Participation) -> Table:
    """Return who took part in each wave."""
    labels = ("Wave", "Organizations", "Of these in the wave before", "Respondents", "Items answered")
    left_out = {1} if people.unit == "respondent" else set()
    if len(people.waves) == 1:
        left_out.add(2)
    waves = people.waves.to_dict(orient="records")
    rows = []
    for r in waves:
        counts = (r["organizations"], r["returning"], r["respondents"], r["n_items"])
        cells = [str(r["wave"]), *(_count(n) for n in counts)]
        rows.append([cell for i, cell in enumerate(cells) if i not in left_out])
    columns = [column for i, column in enumerate(table_columns(labels)) if i not in left_out]
    note = running_text(*(_absent(r) for r in waves if r["absent"]))
    return source_table("Who took part in each wave", columns, rows, note, people.source)


def _absent(wave: Mapping[Hashable, Any]) -> str:
    """Return which items nobody answered in a wave, the first eight by name."""
    forms = (
        message_pair(
            "In wave {wave} nobody answered {n} item: {titles} …",
            "In wave {wave} nobody answered {n} items: {titles} …",
        )
        if len(wave["absent"]) > _NAMED
        else message_pair(
            "In wave {wave} nobody answered {n} item: {titles}.",
            "In wave {wave} nobody answered {n} items: {titles}.",
        )
    )
    titles = series(wave["absent"][:_NAMED])
    return plural(len(wave["absent"]), *forms, wave=str(wave["wave"]), titles=titles)


def field_table(people: Participation) -> Table | Notice:
    """Return the respondents by role and other facts, and how many organizations have enough of them."""
    if people.fields.empty:
        return Notice(
            translated(
                "Published tables do not say who the respondents are."
                if people.published
                else "No fact about the respondents was asked."
            )
        )
    columns = table_columns(("Fact", "Answer", "Respondents", "Share"), left=2)
    by_organization = people.unit == "organization"
    if by_organization:
        enough = sentence("With {minimum:d} or more", minimum=people.minimum)
        columns += [*table_columns(("Organizations with any",), left=0), Column(enough)]
    rows = []
    former = ""
    for r in people.fields.to_dict(orient="records"):
        title, option = str(r["title"]), str(r["option"])
        cells = [
            title if title != former else "",
            translated(option) if option == NOT_SAID else people.source.shown_option(title, option),
            whole_number(r["respondents"]),
            percent(r["share"]),
        ]
        counts = (r["organizations"], r["shown"]) if by_organization else ()
        rows.append([*cells, *map(whole_number, counts)])
        former = title
    note = sentence(
        "All waves. A split is shown for an organization from {minimum:d} respondents on."
        if by_organization
        else "All waves.",
        minimum=people.minimum,
    )
    return source_table("Respondents by role and other facts", columns, rows, note, people.source)


def duration_table(people: Participation) -> Table | Notice:
    """Return how long respondents took, in minutes."""
    if people.durations.empty:
        return Notice(translated("How long people took to answer was not recorded."))
    low, q1, q3, high = (percent(share) for share in (0.05, 0.25, 0.75, 0.95))
    labels = ("Wave", "Known", "Not known", low, q1, "Median", q3, high)
    minutes = [people.durations[q] / 60 for q in ("p5", "p25", "median", "p75", "p95")]
    frame = people.durations.assign(**{str(q.name): q for q in minutes})
    cells = "{wave} | {n} | {n_unknown} | {p5} | {p25} | {median} | {p75} | {p95}"
    rows = table_rows(cells, frame)
    note = translated("Minutes; quantiles of the respondents whose duration is known.")
    return source_table("How long it took (minutes)", labels, rows, note, people.source)


def _count(n: float | None) -> str:
    return MISSING if n is None or pd.isna(n) else whole_number(int(n))
