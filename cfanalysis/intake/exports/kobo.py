"""KoboToolbox, ODK (Central, Briefcase, Aggregate), Ona and SurveyCTO: answers to XLSForms, as CSV or Excel.

Headers are names or labels of questions, with the groups in which they stand (``page_1/lead_s1``, in ODK
``page_1-lead_s1``) or without; a row of HXL tags may follow. Kobo divides by semicolons and quotes everything. Seconds
come from ``start`` and ``end``. A submission that was rejected in review does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cfanalysis.core.text_folding import fold_text
from cfanalysis.intake.exports.column_names import distinct_names, joined_names
from cfanalysis.intake.exports.export_layout import ExportColumn, Head, Layout, Tool, Use, marked

_OWN = {
    "_id", "_uuid", "_submission_time", "_validation_status", "_submitted_by", "_index", "__version__", "_version_",
    "_xform_id_string", "_submission__uuid", "key", "submissiondate", "completiondate", "instanceid", "submitterid",
    "formdef_version", "reviewstate", "attachmentspresent", "isvalidated",
}  # fmt: skip
"""What the tools add to a form; two of them tell an export."""

_USES: dict[str, Use] = {
    "start": "start",
    "starttime": "start",
    "end": "end",
    "endtime": "end",
    "_submission_time": "submitted",
    "submissiondate": "submitted",
    "completiondate": "submitted",
    "duration": "seconds",
    "_validation_status": "review",
    "reviewstate": "review",
    "review_status": "review",
}
_RESPONDENT = ("_uuid", "meta-instanceid", "meta/instanceid", "meta:instanceid", "instanceid", "key", "_id")
"""By which column a submission is known, the best first."""

_MARKS = (marked("rejected", "review", "rejected", "not approved", "validation_status_not_approved"),)
_GROUPS = re.compile(r"[/:]|[-.](?=[A-Za-z_])")
_NAME = re.compile(r"[A-Za-z_][\w.\-]*")


class Kobo(Tool):
    """Layouts of the tools that take XLSForms."""

    name = "kobo"
    about = "a KoboToolbox, ODK, Ona or SurveyCTO export (CSV or Excel)"
    marks = _MARKS
    joiners = (" ",)

    def recognized(self, head: Head) -> Layout | None:
        """Return the layout, recognized by columns that the tools add, or by known questions inside groups."""
        table, headers, lower, known = head
        own = {h for h in lower if h in _OWN or h in _RESPONDENT}
        grouped = [
            h for h in headers if fold_text(h) not in known and fold_text(_last(h)) in known and _is_name(h)
        ]
        if len(own) < 2 and len({fold_text(_last(h)) for h in grouped}) < 3:
            return None
        hxl = len(table) > 1 and _is_hxl(table[1])
        respondent = next((name for name in _RESPONDENT if name in lower), "")
        columns = [_column(h, headers, respondent) for h in headers]
        groups = ", groups in the column names" if grouped else ""
        tags = ", a row of HXL tags" if hxl else ""
        said = f"export of an XLSForm (KoboToolbox, ODK and the like){groups}{tags}"
        return self.laid_out(columns, 2 if hxl else 1, said)


def _is_name(header: str) -> bool:
    """Return whether a header is made of names, not of words."""
    return all(_NAME.fullmatch(part) for part in _GROUPS.split(header))


def _is_hxl(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell.strip()]
    return bool(filled) and all(cell.strip().startswith("#") for cell in filled)


def _last(header: str) -> str:
    """Return the question's name without its groups."""
    return _GROUPS.split(header)[-1]


def _column(header: str, headers: Sequence[str], respondent: str) -> ExportColumn:
    lower = fold_text(header)
    if lower in _OWN or lower == respondent or _is_moment(lower):
        use: Use | None = "respondent" if lower == respondent else _USES.get(_own_name(lower))
        return ExportColumn((header,), use=use)
    parent, choice = _multiple(header, headers)
    if parent:
        below = distinct_names(*(f"{p}/{choice}" for p in (parent, *_below(parent))))
        return ExportColumn(
            distinct_names(header, *below),
            joined_names(_last(parent), choice),
            question=parent,
            choice=choice,
        )
    names = distinct_names(header, *_below(header))
    codes = tuple(n for n in names if _NAME.fullmatch(n)) or ()
    group, mark, last = header.rpartition("/")
    pair = joined_names(_last(group), last) if mark else ()
    whole = distinct_names(*(n for n in names if n not in codes), *pair)
    return ExportColumn(codes, whole)


def _is_moment(lower: str) -> bool:
    return _own_name(lower) in _USES


def _own_name(lower: str) -> str:
    """Return the name of a tool's own column, which may stand in the group ``meta``."""
    return re.sub(r"^meta[-/:]", "", lower)


def _below(header: str) -> Iterator[str]:
    """Yield a header without its first group, without its first two, and so on."""
    for match in _GROUPS.finditer(header):
        yield header[match.end() :]


def _multiple(header: str, headers: Sequence[str]) -> tuple[str, str]:
    """Return question and choice where a header is one choice of a question that has a column of its own."""
    parent, mark, choice = header.rpartition("/")
    return (parent, choice) if mark and parent in headers else ("", "")
