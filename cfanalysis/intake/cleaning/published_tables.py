"""Published tables are cleaned, too: names of organizations, and figures that are withheld.

The rules are those of responses as far as they apply, and stand in the same log (``docs/cleaning.md``); the column of a
withheld figure is the item whose table it is. Such a figure makes its item missing for that organization and wave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.core.errors import IntakeError, problem_list
from cfanalysis.intake.cleaning.log import MAX_LISTED, CleaningLog
from cfanalysis.intake.cleaning.organizations import alias_proposals, alias_targets, spelling_corrections
from cfanalysis.intake.cleaning.text_column import TextColumn
from cfanalysis.intake.cleaning.totals import hidden_totals
from cfanalysis.intake.frequency_checks import ITEM_KEY, UNKNOWN, rows_with_answers
from cfanalysis.intake.reader import FrequencyCounts
from cfanalysis.survey.instrument import Instrument

NAMED = 10


def clean_tables(
    counts: FrequencyCounts,
    instrument: Instrument,
    *,
    aliases: Mapping[str, str] | None = None,
    lenient: bool = False,
) -> tuple[FrequencyCounts, CleaningLog]:
    """Return published tables with every organization under one name, and the log of what was changed and withheld.

    Parameters
    ----------
    counts
        Tables as read.
    instrument
        What was asked.
    aliases
        Names that stand for another organization: alias -> name.
    lenient
        As of `cfanalysis.intake.cleaning.clean`.

    Raises
    ------
    IntakeError
        Two rows of one table turn out to be one organization, or an organization is a total.
    """
    log = CleaningLog(notes=counts.notes)
    rows = counts.frame.drop_duplicates([*ITEM_KEY, "place"])[[*ITEM_KEY, "place"]]
    everywhere = np.ones(len(rows), dtype=bool)
    names = TextColumn.of(rows["organization"])
    by_alias = names.replace_values(alias_targets(names, aliases or {}))
    settled = by_alias.replace_values(spelling_corrections(by_alias, everywhere))
    _log_names(log, rows, names, by_alias, "organization_alias")
    _log_names(log, rows, by_alias, settled, "organization_spelling")
    _refuse_merged(rows, settled, counts.file)
    log.proposals.extend(alias_proposals(settled, everywhere))
    now = dict(zip(names.texts(), settled.texts(), strict=True))
    for cell in counts.suppressed:
        rule = "suppressed_dont_know" if cell.column == "n_dont_know" else "suppressed"
        owner = now.get(cell.organization, cell.organization)
        log.lines.append(_line(rule, cell.row, owner, cell.wave, cell.item, cell.value, ""))
    frame = counts.frame.assign(organization=counts.frame["organization"].map(now).astype("str"))
    log.problems += hidden_totals(frame, counts.accepted.get("organization", ()))
    if not lenient:
        log.refuse(counts.file)
    log.notes += tuple(_lacking(frame, instrument))
    return replace(counts, frame=frame), log


def _log_names(
    log: CleaningLog, rows: pd.DataFrame, before: TextColumn, after: TextColumn, rule: str
) -> None:
    """Log the rows in which an organization got another name; very many by value."""
    table = rows.assign(before=before.texts().to_numpy(), after=after.texts().to_numpy())
    table = table[table["before"] != table["after"]]
    if len(table) > MAX_LISTED:
        changes = dict(zip(table["before"], table["after"], strict=True))
        log.add_values(rule, "organization", dict(Counter(table["before"])), changes)
        return
    log.lines += [
        _line(rule, _row(r["place"]), r["after"], r["wave"], "organization", r["before"], r["after"])
        for r in table.to_dict(orient="records")
    ]


def _refuse_merged(rows: pd.DataFrame, names: TextColumn, file: str) -> None:
    """Refuse tables in which one organization stands in two rows under two spellings."""
    table = rows.assign(now=names.texts().to_numpy())
    twice = table[table.duplicated(["now", "wave", "item"], keep=False)]
    if not twice.empty:
        lines = [
            f"{r['organization']!r}, {r['item']} ({r['place']})" for r in twice.to_dict(orient="records")
        ]
        raise IntakeError(
            problem_list("An organization has two rows in a table, under two names:", lines),
            where=file,
            allowed="each organization once in a table",
            next_step="Correct the names, or the aliases in the organizations file.",
        )


def _lacking(frame: pd.DataFrame, instrument: Instrument) -> Iterator[str]:
    """Yield which organizations lack items that others have."""
    own = frame[(frame["kind"] == "organization") & rows_with_answers(frame)]
    if (own["n"] == UNKNOWN).any():
        yield (
            "the tables do not say how many people answered: no client reports, no reliability, no weighting by "
            "respondents, and no minimum of respondents can be kept"
        )
    order = {item.id: i for i, item in enumerate(instrument.rated_items)}
    for wave, part in own.groupby("wave", sort=True):
        given = part.groupby("organization", sort=True)["item"].agg(set)
        asked = set().union(*given)
        short = {str(name): sorted(asked - has, key=order.__getitem__) for name, has in given.items()}
        short = {name: items for name, items in short.items() if items}
        for name, items in list(short.items())[:NAMED]:
            shown = ", ".join(items[:NAMED]) + (" ..." if len(items) > NAMED else "")
            yield f"wave {wave}: {name} lacks {len(items)} of {len(asked)} items: {shown}"
        if len(short) > NAMED:
            yield f"wave {wave}: {len(short) - NAMED} more organizations lack items"


def _row(place: object) -> int:
    """Return the row of a place such as ``sheet Q1, row 3``."""
    number = str(place).rpartition("row ")[2]
    return int(number) if number.isdecimal() else 0


def _line(
    rule: str, row: int, organization: str, wave: str, column: str, before: str, after: str
) -> dict[str, Any]:
    return {
        "rule": rule,
        "kind": "changed",
        "row": row,
        "organization": organization,
        "respondent": "",
        "wave": wave,
        "column": column,
        "before": before,
        "after": after,
    }
