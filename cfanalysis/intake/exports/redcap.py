"""REDCap: CSV with raw or labelled headers and answers.

A checkbox has a column for each choice, ``field___1`` or ``Field (choice=Label)``, which holds 0 and 1 or *Unchecked*
and *Checked*. In longitudinal projects a record has a row for each event; the event is the wave unless another column
is. A form is complete by its ``_complete`` column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cfanalysis.core.text_folding import fold_text
from cfanalysis.intake.exports.column_names import distinct_names, joined_names
from cfanalysis.intake.exports.export_layout import ExportColumn, Head, Layout, Tool, Use, marked

_OWN = {
    "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group",
    "redcap_survey_identifier", "event name", "repeat instrument", "repeat instance", "data access group",
    "survey identifier", "complete?", "survey timestamp",
}  # fmt: skip
FIRST = {"record_id", "record id", "study_id", "study id", "participant_id", "participant id"}
_CELLS = {"checked": "1", "unchecked": "0"}
_MARKS = (marked("incomplete", "finished", "", "0", "incomplete", "[not completed]"),)
_CHECKBOX = re.compile(r"^(.+?)___(.+)$")
_LABELLED = re.compile(r"^(.*?)\s*\(choice\s*=\s*(.+)\)$", re.DOTALL)


class RedCap(Tool):
    """Layouts of REDCap."""

    name = "redcap"
    about = "a REDCap export (CSV, raw or labels)"

    marks = _MARKS

    def recognized(self, head: Head) -> Layout | None:
        """Return the layout, recognized by REDCap's own columns."""
        headers, lower = head.headers, head.lower
        own = sum(h in _OWN for h in lower)
        forms = sum(h.endswith("_complete") for h in lower)
        boxes = sum(bool(_CHECKBOX.match(h) or _LABELLED.match(h)) for h in headers)
        started = lower[0] in FIRST
        if not (own >= 2 or (own and (started or forms or boxes)) or (forms and (started or boxes))):
            return None
        stamp = _last_stamp(lower)
        columns = [_column(h, first=place == 0, sent=place == stamp) for place, h in enumerate(headers)]
        labelled = any(h in {"event name", "complete?", "survey identifier"} for h in lower)
        said = f"REDCap export, column names are {'labels' if labelled else 'raw'}"
        return self.laid_out(columns, 1, said)


def _last_stamp(lower: Sequence[str]) -> int | None:
    """Return the place of the last form's timestamp: the moment at which a respondent came to the end."""
    stamps = [
        place
        for place, header in enumerate(lower)
        if header == "survey timestamp"
        or (header.endswith("_timestamp") and f"{header.removesuffix('_timestamp')}_complete" in lower)
    ]
    return stamps[-1] if stamps else None


def _column(header: str, *, first: bool, sent: bool) -> ExportColumn:
    lower = fold_text(header)
    use: Use | None = None
    if first:
        use = "respondent"
    elif sent:
        use = "submitted"
    elif lower in {"redcap_event_name", "event name"}:
        use = "event"
    elif lower in {"redcap_repeat_instance", "repeat instance"}:
        use = "instance"
    elif lower.endswith("_complete") or lower == "complete?":
        use = "finished"
    if use or lower in _OWN:
        return ExportColumn((header,), use=use)
    box = _CHECKBOX.match(header)
    if box:
        return ExportColumn((header,), question=box.group(1), choice=box.group(2), words=_CELLS)
    labelled = _LABELLED.match(header)
    if labelled:
        question, choice = labelled.group(1).strip(), labelled.group(2).strip()
        texts = distinct_names(header, *joined_names(question, choice))
        return ExportColumn((), texts, (choice,), question=question, choice=choice, words=_CELLS)
    return ExportColumn((header,)) if re.fullmatch(r"\w+", header) else ExportColumn((), (header,))
