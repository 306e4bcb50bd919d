"""Ids, names and waves that are not what they say: shortened by a spreadsheet, placeholders, or unknown.

Spreadsheets keep 15 digits of a number and write long ones as 1.14E+10: the lost digits cannot be recovered, and
different people get the same id. A number that was a name gets a ``.0`` on its way through other programs; that is
taken off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from cfanalysis.intake.accepted_values import EVERYTHING, acceptance
from cfanalysis.intake.cleaning.state import CleaningState
from cfanalysis.intake.cleaning.text_column import Booleans, TextColumn
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.folding import comparable_text

RESPONDENT_KEY = ("organization", "respondent", "wave")
_ODD = r"^\d+[.,]0$|^\d([.,]\d+)?[Ee]\+\d+$|^\d{16,}$"
_DATE = r"^\d{4}-\d{2}-\d{2}([T ]00:00:00)?$"
_CLOCK = re.compile(r"\d:[0-5]\d")
_MOST_WAVES, _FEWEST = 12, 20
"""More values than this, with fewer rows each than this, are no waves."""

_POINT_ZERO = re.compile(r"(\d+)[.,]0")
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?[Ee]\+\d+")
_ROUNDED = re.compile(r"\d{15}0+")


def whole_numbers(work: CleaningState) -> None:
    """Take the ``.0`` off names that are numbers, and note what else is odd about such names (`CleaningState.odd`)."""
    for name in RESPONDENT_KEY:
        if name in work.table:
            work.odd[name] = _odd(work.table[name])
            found = map(_POINT_ZERO.fullmatch, work.odd[name])
            changes = {f.group(): f.group(1) for f in found if f}
            work.change(name, changes, "number_as_name")


def lost_digits(work: CleaningState) -> Iterator[Finding]:
    """Yield ids and names that a spreadsheet shortened."""
    for name in ("organization", "respondent"):
        if name not in work.table or work.accepts(name, EVERYTHING):
            continue
        column = work.table[name]
        odd = [text for text in work.odd.get(name, ()) if not _POINT_ZERO.fullmatch(text)]
        cut = [text for text in odd if _SCIENTIFIC.fullmatch(text)]
        long = [text for text in odd if text not in cut]
        cut += long if len(long) > 1 and all(map(_ROUNDED.fullmatch, long)) else []
        cut = [text for text in cut if not work.accepts(name, text)]
        if cut:
            n = int((column.where(column.among(cut)) & work.kept).sum())
            text = (
                f"column {work.title(name)!r}: {cut[0]!r} is a number that a spreadsheet shortened; {n:,} rows "
                f"have such a {name}, {len(cut):,} are different: who is who is lost"
            )
            way = (
                f"Export again with this column as text; or let a map ignore it, and each row is a {name} of its own"
                if name == "respondent"
                else "Export again with this column as text"
            )
            yield Finding("lost_digits", text, name, None, cut[0], way, n)


def merged_names(work: CleaningState) -> Iterator[Finding]:
    """Yield that organizations stand once each above rows without one, as where cells of a sheet were merged."""
    if "organization" not in work.table or "organization" in work.given:
        return
    column = work.table["organization"]
    names, none = column.frequencies(work.kept), column.equals("") & work.kept
    waves = len(work.table["wave"].values) if "wave" in work.table else 1
    once = names.pop("", 0) >= len(names) > 1 and max(names.values()) <= waves
    if not once or work.accepts("organization", ""):
        return
    filled = np.zeros(len(work.rows), dtype=np.int16)
    for item in work.instrument.rated_items:
        filled += ~work.table[item.id].equals("") if item.id in work.table else np.False_
    # Who gave up before saying so is of no organization, either, but answered less.
    blank = int((none & (filled >= filled[work.kept & ~none].mean())).sum())
    if blank >= len(names):
        text = (
            f"column {work.title('organization')!r}: each name stands in one row, and {blank:,} rows have none, as "
            "where cells were merged"
        )
        way = (
            "Fill the names down, so that each row has its own; or, if those rows belong to nobody: "
            f"{acceptance('organization', '')}"
        )
        yield Finding("merged_cells", text, "organization", proposal=way, n=blank)


def missing_waves(work: CleaningState, blank: Booleans) -> Iterator[Finding]:
    """Yield that some of the rows that count had no wave, though others had one.

    Parameters
    ----------
    work
        The rows after all rules.
    blank
        Which rows had none, shape (rows,).
    """
    n = int((blank & work.kept).sum())
    if n and n < work.kept.sum() and not work.accepts("wave", ""):
        first = int(work.rows[blank & work.kept][0])
        text = f"column {work.title('wave')!r}: rows without a wave beside others: {n:,}, the first of them row {first}"
        usual = next(iter(work.instrument.waves), "1")
        way = f"Fill it in; or, if {usual!r} is their wave: {acceptance('wave', '')}"
        yield Finding("no_wave", text, "wave", first, proposal=way, n=n)


def unknown_waves(work: CleaningState) -> Iterator[Finding]:
    """Bring waves under the spelling of the instrument; yield those that are none, or that it does not list."""
    if "wave" not in work.table or "wave" in work.given or work.accepts("wave", EVERYTHING):
        return
    waves = work.instrument.waves
    listed = {comparable_text(wave): wave for wave in waves}
    column = work.table["wave"]
    work.change("wave", column.map_values(lambda t: listed.get(comparable_text(t), t)), "wave_spelling")
    there = work.table["wave"].frequencies(work.kept)
    unknown = [text for text in there if text and text not in waves and not work.accepts("wave", text)]
    shown = ", ".join(map(repr, unknown[:8])) + (f" and {len(unknown) - 8} more" if len(unknown) > 8 else "")
    n = sum(there[text] for text in unknown)
    moments = any(map(_CLOCK.search, unknown)) or (len(unknown) > _MOST_WAVES and n < _FEWEST * len(unknown))
    if unknown and waves:
        text = f"the instrument lists the waves {', '.join(map(repr, waves))}, and the file has {shown}"
        line = ", ".join(f'"{wave}"' for wave in (*waves, *unknown[:8]))
        way = (
            f"If they are waves, write into the instrument: waves: [{line}]; if all rows are of one wave, let a map "
            f"ignore the column and give --wave; or {acceptance('wave', unknown[0])}"
        )
    elif len(unknown) > 1 and moments:
        text = (
            f"{len(unknown):,} different values in {n:,} rows are moments of answers, and no waves: {shown}"
        )
        way = f"Let a map ignore the column, and give --wave; if they are waves: {acceptance('wave', EVERYTHING)}"
    else:
        return
    yield Finding("unknown_wave", f"column {work.title('wave')!r}: {text}", "wave", None, unknown[0], way, n)


def date_names(work: CleaningState) -> Iterator[str]:
    """Yield that dates stand among the names of organizations: spreadsheets make them of names such as 4-3 or MAR4."""
    if "organization" in work.table and "organization" not in work.given:
        values = work.table["organization"].values
        dates = values.filter(pc.match_substring_regex(values, _DATE)).to_pylist()
        if dates:
            name = work.title("organization")
            yield (
                f"column {name!r}: {dates[0]!r} is a date; spreadsheets turn names such as 4-3 or MAR4 into dates: "
                "see whether it is the organization's name"
            )


def _odd(column: TextColumn) -> list[str]:
    """Return the values that are numbers with a decimal nought, in scientific notation, or of very many digits."""
    return [str(t) for t in column.values.filter(pc.match_substring_regex(column.values, _ODD)).to_pylist()]
