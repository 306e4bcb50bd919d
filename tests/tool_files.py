"""The same answers as further tools export them; see `tests/export_files.py`, whose people answer."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import ZipFile

from .export_files import CHOICES, GRID, QUESTION, RATED, TEXTS, Made, Person, clock, code, label

WHY = "What could we do better?"


def microsoft_forms(rows: Sequence[Person]) -> Made:
    """Moments first, rows of grids by their text alone, a semicolon behind each choice, points of a quiz."""
    own = ["ID", "Start time", "Completion time", "Email", "Name"]
    head = [
        *own,
        "organization",
        "sector",
        *TEXTS.values(),
        f"Points - {TEXTS['p1']}",
        f"{QUESTION}\u00a0",
        WHY,
    ]
    table = [head]
    for p in rows:
        chosen = "".join(f"{CHOICES[c]};" for c in p.chosen)
        moments = [clock(0, "%Y-%m-%d %H:%M:%S"), clock(p.seconds, "%Y-%m-%d %H:%M:%S")]
        table.append([p.respondent, *moments, "anonymous", "", p.organization, p.sector, *map(label, p.rated), "1",
                      chosen, p.why])  # fmt: skip
    return Made(table, "microsoft_forms")


def unipark(rows: Sequence[Person]) -> Made:
    """Semicolons, -77 where nothing was answered, 0 where a single choice was left out, 0 and 1 for choices."""
    own = ["lfdn", "external_lfdn", "tester", "dispcode", "lastpage", "quality", "duration"]
    table = [[*own, "organization", "sector", *RATED, "w1", "w2", "w3", "why"]]
    for p in rows:
        answers = [code(a) or "0" for a in p.rated]
        picked = [str(int(w in p.chosen)) for w in ("w1", "w2", "w3")]
        table.append([p.respondent, "0", "0", "31", "7", "-77", str(p.seconds), p.organization, p.sector, *answers,
                      *picked, p.why or "-66"])  # fmt: skip
    return Made(table, "unipark", delimiter=";")


def sosci(rows: Sequence[Person], *, labels: bool = True) -> Made:
    """Tabs in UTF-16, a row of labels, 1 and 2 for choices beside their number, -9 where nothing was answered."""
    own = ["CASE", "SERIAL", "REF", "QUESTNNR", "MODE", "STARTED"]
    head = [*own, "organization", "sector", *RATED, "CH01", "CH01_01", "CH01_02", "CH01_03", "why", "TIME_SUM",
            "FINISHED", "Q_VIEWER", "LASTPAGE"]  # fmt: skip
    texts = ["Interview-Nummer", "", "", "Fragebogen", "Modus", "Zeitpunkt", "", "", *TEXTS.values(), "Signs: number",
             *(f"{QUESTION}: {CHOICES[w]}" for w in ("w1", "w2", "w3")), WHY, "Verweildauer", "", "", ""]  # fmt: skip
    table = [head, texts] if labels else [head]
    for p in rows:
        answers = [code(a) or "-9" for a in p.rated]
        picked = [str(1 + (w in p.chosen)) for w in ("w1", "w2", "w3")]
        started = clock(0, "%Y-%m-%d %H:%M:%S")
        table.append([p.respondent, "", "", "base", "interview", started, p.organization, p.sector, *answers,
                      str(len(p.chosen)), *picked, p.why, str(p.seconds), "1", "0", "7"])  # fmt: skip
    return Made(table, "sosci", delimiter="\t", encoding="utf-16")


def decipher(rows: Sequence[Person]) -> Made:
    """Codes, and a status of whom 3 is qualified."""
    own = ["record", "uuid", "date", "markers", "status", "qtime"]
    table = [[*own, "organization", "sector", *RATED, "w1", "w2", "w3", "why"]]
    for p in rows:
        picked = [str(int(w in p.chosen)) for w in ("w1", "w2", "w3")]
        table.append([p.respondent, f"u{p.respondent}", clock(p.seconds, "%m/%d/%Y %H:%M"), "", "3", str(p.seconds),
                      p.organization, p.sector, *map(code, p.rated), *picked, p.why])  # fmt: skip
    return Made(table, "decipher")


def confirmit(rows: Sequence[Person]) -> Made:
    """Codes, and a status in words."""
    own = ["responseid", "respid", "interview_start", "interview_end", "status"]
    table = [[*own, "organization", "sector", *RATED, "w1", "w2", "w3", "why"]]
    for p in rows:
        picked = [str(int(w in p.chosen)) for w in ("w1", "w2", "w3")]
        moments = [clock(s, "%Y-%m-%dT%H:%M:%S") for s in (0, p.seconds)]
        table.append([p.respondent, "7", *moments, "complete", p.organization, p.sector, *map(code, p.rated), *picked,
                      p.why])  # fmt: skip
    return Made(table, "confirmit")


def typeform(rows: Sequence[Person]) -> Made:
    """Questions by their text; choices in columns of their own, named by the export's question here."""
    head = ["#", "organization", "sector", *TEXTS.values(), *(f"{QUESTION} - {CHOICES[w]}" for w in CHOICES), WHY,
            "Response Type", "Start Date (UTC)", "Stage Date (UTC)", "Submit Date (UTC)", "Network ID",
            "Tags"]  # fmt: skip
    table = [head]
    for p in rows:
        picked = [CHOICES[w] if w in p.chosen else "" for w in CHOICES]
        moments = [clock(0, "%Y-%m-%d %H:%M:%S"), "", clock(p.seconds, "%Y-%m-%d %H:%M:%S")]
        table.append([p.respondent, p.organization, p.sector, *map(label, p.rated), *picked, p.why, "completed",
                      *moments, "653e97acae", ""])  # fmt: skip
    return Made(table, "typeform")


def alchemer(rows: Sequence[Person]) -> Made:
    """What stands before a colon is a choice, or the row of a grid."""
    own = ["Response ID", "Time Started", "Date Submitted", "Status", "Contact ID", "Legacy Comments", "Comments",
           "Language", "Referer", "SessionID", "User Agent", "Tags", "IP Address", "Country"]  # fmt: skip
    grid = [f"{text}:{GRID}" for text in TEXTS.values()]
    table = [[*own, "organization", "sector", *grid, *(f"{c}:{QUESTION}" for c in CHOICES.values()), WHY]]
    for p in rows:
        moments = [clock(s, "%b %d, %Y %I:%M:%S %p") for s in (0, p.seconds)]
        picked = [CHOICES[w] if w in p.chosen else "" for w in CHOICES]
        table.append([p.respondent, *moments, "Complete", "", "", "", "English", "", "x", "Mozilla", "", "192.0.2.10",
                      "Norway", p.organization, p.sector, *map(label, p.rated), *picked, p.why])  # fmt: skip
    return Made(table, "alchemer")


def limesurvey_vv(rows: Sequence[Person]) -> Made:
    """Tabs, texts above codes, marks for what was not shown, for line breaks and for braces."""
    own = ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "interviewtime"]
    words = ["Response ID", "Date submitted", "Last page", "Start language", "Seed", "Date started", "Date last action",
             "Total time"]  # fmt: skip
    head = [*own, "organization", "sector", "G_SQ001", "G_SQ002", "d1", "d2", "p1", "W_SQ001", "W_SQ002", "W_SQ003",
            "W_SQ004", "why"]  # fmt: skip
    texts = [
        *words,
        "Organization?",
        "Sector",
        *TEXTS.values(),
        *(f"{QUESTION} [{c}]" for c in CHOICES.values()),
        WHY,
    ]
    table, nothing = [texts, head], "{question_not_shown}"
    for p in rows:
        done, start = clock(p.seconds, "%Y-%m-%d %H:%M:%S"), clock(0, "%Y-%m-%d %H:%M:%S")
        picked = ["Y" if w in p.chosen else nothing for w in CHOICES]
        why = p.why.replace("\n", "{newline}") or nothing
        table.append([p.respondent, done, "3", "en", "1", start, done, str(p.seconds), p.organization, p.sector,
                      *(code(a) or nothing for a in p.rated), *picked, why])  # fmt: skip
    return Made(table, "limesurvey", delimiter="\t")


def answer_rows(
    rows: Sequence[Person], *, names: tuple[str, ...] = ("Respondent", "Question", "Answer")
) -> Made:
    """A row for each answer, for each choice one, and none where nothing was answered."""
    who, question, answer = names
    table = [[who, "organization", "sector", question, answer]]
    for p in rows:
        answers = [(TEXTS[i], label(a)) for i, a in zip(RATED, p.rated, strict=True) if a is not None]
        answers += [(QUESTION, CHOICES[w]) for w in p.chosen] + ([(WHY, p.why)] if p.why else [])
        table += [[p.respondent, p.organization, p.sector, *pair] for pair in answers]
    return Made(table, "answer_rows", seconds=False)


def further_made(rows: Sequence[Person]) -> Iterator[tuple[str, Made]]:
    """Every further tool in the ways in which it writes its files."""
    yield "microsoft forms", microsoft_forms(rows)
    yield "microsoft forms Excel", microsoft_forms(rows)._replace(suffix=".xlsx")
    yield "unipark", unipark(rows)
    yield "sosci", sosci(rows)
    yield "sosci codes only", sosci(rows, labels=False)._replace(delimiter=";", encoding="utf-8")
    yield "decipher", decipher(rows)
    yield "confirmit", confirmit(rows)
    yield "typeform", typeform(rows)
    yield "alchemer", alchemer(rows)
    yield "limesurvey vv", limesurvey_vv(rows)
    yield "answer rows", answer_rows(rows)
    yield "answer rows Excel", answer_rows(rows, names=("user_id", "item", "value"))._replace(suffix=".xlsx")
    for kind, made in (("microsoft forms", microsoft_forms(rows)), ("decipher", decipher(rows))):
        yield f"{kind} OpenDocument", made._replace(suffix=".ods")
        yield f"{kind} page", made._replace(suffix=".xls")


def write_ods(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write an OpenDocument spreadsheet of texts with one sheet."""
    from xml.sax.saxutils import escape

    def cell(text: str) -> str:
        lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
        return f'<table:table-cell office:value-type="string">{lines if text else ""}</table:table-cell>'

    names = "".join(
        f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text")
    )
    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Data">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")


def write_page(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write a web page with one table, as tools write it under the name .xls."""
    from html import escape

    def cell(text: str) -> str:
        return f"<td>{escape(text)}</td>".replace("\n", "<br>")

    lines = "".join(f"<tr>{''.join(map(cell, row))}</tr>\n" for row in rows)
    path.write_text(f"<html><body><table border=1>\n{lines}</table></body></html>", encoding="utf-8")


def write_xlsb(path: Path, rows: Sequence[Sequence[str | float]], *, chart: bool = False) -> Path:
    """Write a binary workbook with one sheet, and perhaps a sheet that is a chart; return its path."""
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    size = struct.pack("<4I", 0, len(rows) - 1, 0, len(rows[0]) - 1)
    sheet = _record(129) + _record(148, size) + _record(145)
    for place, row in enumerate(rows):
        sheet += _record(0, struct.pack("<IIHBBBI", place, 0, 300, 0, 0, 0, 0))
        for column, cell in enumerate(row):
            head = struct.pack("<II", column, 0)
            text = isinstance(cell, str)
            sheet += _record(6, head + _wide(cell)) if text else _record(5, head + struct.pack("<d", cell))  # type: ignore[arg-type]
    kinds = ["worksheet", *(["chartsheet"] if chart else [])]
    bundle = b"".join(
        _record(156, struct.pack("<II", 0, n) + _wide(f"r{n}") + _wide(kind)) for n, kind in enumerate(kinds)
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{office}/{kind}" Target="{kind}s/sheet{n}.bin"/>'
        for n, kind in enumerate(kinds)
    )
    with ZipFile(path, "w") as archive:
        archive.writestr(
            "xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{package}">{links}</Relationships>'
        )
        archive.writestr(
            "xl/workbook.bin", _record(131) + _record(143) + bundle + _record(144) + _record(132)
        )
        archive.writestr("xl/worksheets/sheet0.bin", sheet + _record(146) + _record(130))
        archive.writestr("xl/chartsheets/sheet1.bin", _record(129) + _record(130))
    return path


def _record(kind: int, content: bytes = b"") -> bytes:
    """Return a record of BIFF12: its kind and size in seven bits a byte, then the content."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    assert len(content) < 128
    return head + bytes([len(content)]) + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
