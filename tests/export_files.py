"""The same answers as every survey tool exports them: small files, written as the tools write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pandas as pd

INSTRUMENT = """
format: 1
id: common
title: Common Survey
version: "1"
scales:
  agreement:
    min: 1
    max: 5
    labels: {1: Strongly disagree, 2: Disagree, 3: Neither agree nor disagree, 4: Agree, 5: Strongly agree}
    dont_know: {codes: [9], labels: ["Don't know"]}
  yes_no: {min: 0, max: 1, labels: {0: ["No", N], 1: ["Yes", Y]}}
dimensions:
  - {id: leadership, title: Leadership}
items:
  - {id: s1, text: "We intend to listen, always.", role: gap, facet: say, dimension: leadership, pair: a,
     scale: agreement, source: [QID1_1, G_SQ001]}
  - {id: s2, text: We intend to help., role: gap, facet: say, dimension: leadership, scale: agreement,
     source: [QID1_2, "G[SQ002]"]}
  - {id: d1, text: We listen., role: gap, facet: do, dimension: leadership, pair: a, scale: agreement}
  - {id: d2, text: "We don’t help.", role: gap, facet: do, dimension: leadership, scale: agreement, reverse: true}
  - {id: p1, text: We perform., role: performance, scale: agreement}
  - {id: w1, text: "Which of these happen? - Complaints are hidden", role: warning_sign, scale: yes_no,
     source: [w___1, w/hidden, "W[SQ001]", CH01_01]}
  - {id: w2, text: "Which of these happen? - Late, or wrong", role: warning_sign, scale: yes_no,
     source: [w___2, w/late, "W[SQ002]", CH01_02]}
  - {id: w3, text: "Which of these happen? - Nobody answers", role: warning_sign, scale: yes_no,
     source: [w___3, w/nobody, "W[SQ003]", CH01_03]}
  - {id: why, text: "What could we do better?", role: open}
organization_fields:
  - {id: sector, title: Sector, options: [Retail, Energy]}
respondent_fields:
  - {id: email, title: Your e-mail}
waves: ["2024", "2025"]
indices:
  - {id: performance, title: Performance, items: [p1]}
criterion: performance
"""

RATED = ("s1", "s2", "d1", "d2", "p1")
TEXTS = {
    "s1": "We intend to listen, always.",
    "s2": "We intend to help.",
    "d1": "We listen.",
    "d2": "We don't help.",
    "p1": "We perform.",
}
LABELS = {1: "Strongly disagree", 2: "Disagree", 3: "Neither agree nor disagree", 4: "Agree", 5: "Strongly agree",
          9: "Don't know"}  # fmt: skip
QUESTION = "Which of these happen?"
CHOICES = {
    "w1": "Complaints are hidden",
    "w2": "Late, or wrong",
    "w3": "Nobody answers",
    "none": "None of these",
}
GRID = "How far do you agree,\nall in all?"
"""A question's text with a line break."""


class Person(NamedTuple):
    """What one respondent answered; `chosen` are keys of `CHOICES`."""

    respondent: str
    organization: str
    sector: str
    seconds: int
    rated: tuple[int | None, ...]
    chosen: tuple[str, ...]
    why: str = ""


def people() -> list[Person]:
    """Twelve people of four organizations; nobody chooses the third sign."""
    rows = []
    for n in range(12):
        rated = tuple((n * k) % 5 + 1 for k in (1, 2, 3, 4, 1))
        if n == 3:
            rated = (rated[0], None, rated[2], 9, rated[4])
        chosen = (("w1",), ("w1", "w2"), ("none",))[n % 3]
        why = 'Listen, then "act"\nat once; please' if n == 5 else ""
        organization, sector = f"Firm {n % 4}", ("Retail", "Energy")[n % 2]
        rows.append(Person(f"1180000000{n:02d}", organization, sector, 61 + 7 * n, rated, chosen, why))
    return rows


class Made(NamedTuple):
    """A file as a tool writes it: its rows, how they are divided, and what is to come out."""

    rows: list[list[str]]
    reader: str
    seconds: bool = True
    delimiter: str = ","
    encoding: str = "utf-8"
    quoting: int = csv.QUOTE_MINIMAL
    suffix: str = ".csv"


def code(answer: int | None) -> str:
    return "" if answer is None else str(answer)


def label(answer: int | None) -> str:
    return "" if answer is None else LABELS[answer]


def clock(seconds: int, pattern: str) -> str:
    """A moment so many seconds after ten o'clock."""
    return (pd.Timestamp("2025-03-04 10:00:00") + pd.Timedelta(seconds=seconds)).strftime(pattern)


def qualtrics(
    rows: Sequence[Person], *, quotes: str = '"', depth: int = 3, show: Callable[[int | None], str] = code
) -> Made:
    """Three header rows; or two with V1, V2, ...; choices in columns of their own."""
    own = ["StartDate", "EndDate", "Status", "IPAddress", "Duration (in seconds)", "Finished", "ResponseId",
           "RecipientEmail", "LocationLatitude"]  # fmt: skip
    legacy = depth == 2
    head = [f"V{i}" for i in range(1, len(own) + 1)] if legacy else own
    codes = [*head, "organization", "sector", *(f"Q1_{i}" for i in range(1, 6)),
             *(f"Q2_{i}" for i in range(1, 5)), "Q3"]  # fmt: skip
    mark = "-" if legacy else " - "
    texts = [*own, "organization", "sector", *(f"{GRID}{mark}{t}" for t in TEXTS.values()),
             *(f"{QUESTION}{mark}{c}" for c in CHOICES.values()), "<b>What</b> could we do&nbsp;better?"]  # fmt: skip
    ids = [*(f"{{{quotes}ImportId{quotes}:{quotes}{name}{quotes}}}" for name in (*own, "organization", "sector")),
           *(f"{{{quotes}ImportId{quotes}:{quotes}QID1_{i}{quotes}}}" for i in range(1, 6)),
           *(f"{{{quotes}ImportId{quotes}:{quotes}QID2{quotes},{quotes}choiceId{quotes}:{quotes}{i}{quotes}}}"
             for i in range(1, 5)), f"{{{quotes}ImportId{quotes}:{quotes}QID3_TEXT{quotes}}}"]  # fmt: skip
    table = [codes, texts, ids][:depth]
    for p in rows:
        picked = ["1" if c in p.chosen else "" for c in CHOICES]
        own_cells = [clock(0, "%Y-%m-%d %H:%M:%S"), clock(p.seconds, "%Y-%m-%d %H:%M:%S"), "0", "192.0.2.10",
                     str(p.seconds), "1", p.respondent, f"{p.respondent}@example.org", "0.5"]  # fmt: skip
        table.append([*own_cells, p.organization, p.sector, *map(show, p.rated), *picked, p.why])
    if legacy:
        table[1] = [
            c.replace("ResponseId", "ResponseID").replace("Duration (in seconds)", "Took") for c in table[1]
        ]
        for row in table:
            row.append("")
    return Made(table, "qualtrics")


def qualtrics_joined(rows: Sequence[Person]) -> Made:
    """Several choices in one cell, as Qualtrics exports them by default; labels."""
    made = qualtrics(rows, show=label)
    place = made.rows[0].index("Q2_1")
    for n, row in enumerate(made.rows):
        joined = ["Q2", QUESTION, '{"ImportId":"QID2"}'][n] if n < 3 else ",".join(
            CHOICES[c] for c in rows[n - 3].chosen
        )  # fmt: skip
        row[place : place + 4] = [joined]
    return made


def surveymonkey(rows: Sequence[Person], *, show: Callable[[int | None], str] = label) -> Made:
    """Two header rows, blanks below questions of several columns; a choice that nobody chose has no column."""
    picked = [c for c in CHOICES if any(c in p.chosen for p in rows)]
    upper = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address",
             "organization", "sector", GRID, *[""] * 4, QUESTION, *[""] * (len(picked) - 1),
             "What could we do better?"]  # fmt: skip
    lower = ["", "", "", "", "", "", "Open-Ended Response", "Response", *TEXTS.values(),
             *(CHOICES[c] for c in picked), "Open-Ended Response"]  # fmt: skip
    table = [upper, lower]
    for p in rows:
        moments = [clock(0, "%m/%d/%Y %I:%M:%S %p"), clock(p.seconds, "%m/%d/%Y %I:%M:%S %p")]
        cells = [CHOICES[c] if c in p.chosen else "" for c in picked]
        table.append([p.respondent, "4461", *moments, "192.0.2.10", "", p.organization, p.sector,
                      *map(show, p.rated), *cells, p.why])  # fmt: skip
    return Made(table, "surveymonkey")


def limesurvey(rows: Sequence[Person], *, heads: str = "codes") -> Made:
    """Headers as codes, as codes for other programs (underscores or dots), in full, or both."""
    brackets = {"codes": "{}[{}]", "underscores": "{}_{}", "dots": "{}.{}."}.get(heads, "{}[{}]")
    own = ["id", "submitdate", "lastpage", "startlanguage", "startdate", "datestamp", "ipaddr"]
    words = ["Response ID", "Date submitted", "Last page", "Start language", "Date started", "Date last action",
             "IP address"]  # fmt: skip
    codes = ["G[SQ001]", "G[SQ002]", "d1", "d2", "p1"]
    signs = [f"W[SQ00{i}]" for i in range(1, 5)]
    full = [*(f"{GRID} [{t}]" for t in TEXTS.values()), *(f"{QUESTION} [{c}]" for c in CHOICES.values())]
    plain = [*own, "organization", "sector", *codes, *signs, "why", "interviewtime"]
    if heads[:4] == "full":
        head = [*words, "organization", "sector", *full, "What could we do better?", "Total time"]
        head = [c.replace(" ", "_") if "underscores" in heads else c for c in head]
    elif heads == "both":
        texts = [*words, "Organization?", "Sector", *full, "What could we do better?", "Total time"]
        head = [f"{c}. {t}" for c, t in zip(plain, texts, strict=True)]
    else:
        head = [brackets.format(*c[:-1].split("[")) if "[" in c else c for c in plain]
    table = [head]
    for p in rows:
        moment, done = clock(0, "%Y-%m-%d %H:%M:%S"), clock(p.seconds, "%Y-%m-%d %H:%M:%S")
        answers = [*map(label, p.rated)] if heads[:4] in ("full", "both") else [*map(code, p.rated)]
        picked = ["Y" if c in p.chosen else "" for c in CHOICES]
        table.append([p.respondent, done, "3", "en", moment, done, "192.0.2.10", p.organization, p.sector,
                      *answers, *picked, p.why, f"{p.seconds}.0"])  # fmt: skip
    return Made(table, "limesurvey", quoting=csv.QUOTE_ALL)


def kobo(rows: Sequence[Person], *, group: str = "", labels: bool = False, hxl: bool = False) -> Made:
    """Semicolons, everything quoted; groups before the names or not; choices as columns of 0 and 1."""
    pre = f"page_1{group}" if group else ""
    names = [TEXTS[i] for i in RATED] if labels else list(RATED)
    keys = {"w1": "hidden", "w2": "late", "w3": "nobody", "none": "none"}
    picks = [f"{QUESTION}/{c}" for c in CHOICES.values()] if labels else [f"w/{k}" for k in keys.values()]
    head = ["start", "end", "deviceid", "username", f"{pre}organization", f"{pre}sector", *(pre + n for n in names),
            f"{pre}{QUESTION if labels else 'w'}", *(pre + n for n in picks),
            f"{pre}{'What could we do better?' if labels else 'why'}", "_id", "_uuid", "_submission_time",
            "_validation_status", "_notes", "_status", "_submitted_by", "__version__", "_tags", "_index"]  # fmt: skip
    table = [head]
    if hxl:
        table.append(["#meta+start" if h == "start" else "#org" if "organization" in h else "" for h in head])
    for n, p in enumerate(rows):
        chosen = " ".join(CHOICES[c] if labels else keys[c] for c in p.chosen)
        picked = ["1" if c in p.chosen else "0" for c in CHOICES]
        show = label if labels else code
        table.append([clock(0, "%Y-%m-%dT%H:%M:%S.000+01:00"), clock(p.seconds, "%Y-%m-%dT%H:%M:%S.000+01:00"),
                      "ee.kobotoolbox.org:1", "someone", p.organization, p.sector, *map(show, p.rated), chosen, *picked,
                      p.why, str(5000 + n), p.respondent, "2025-03-04T11:00:00", "", "", "submitted_via_web", "", "v1",
                      "", str(n + 1)])  # fmt: skip
    return Made(table, "kobo", delimiter=";", quoting=csv.QUOTE_ALL)


def odk_central(rows: Sequence[Person]) -> Made:
    """ODK Central: groups and names joined by hyphens, choices split into columns."""
    keys = {"w1": "hidden", "w2": "late", "w3": "nobody", "none": "none"}
    head = ["SubmissionDate", "start", "end", "organization", "page_1-sector", *(f"page_1-{i}" for i in RATED),
            "page_2-w", *(f"page_2-w/{k}" for k in keys.values()), "page_3-why", "meta-instanceID", "KEY",
            "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState",
            "DeviceID", "Edits", "FormVersion"]  # fmt: skip
    table = [head]
    for p in rows:
        moments = [clock(s, "%Y-%m-%dT%H:%M:%S.000Z") for s in (p.seconds, 0, p.seconds)]
        picked = ["1" if c in p.chosen else "0" for c in CHOICES]
        table.append([*moments, p.organization, p.sector, *map(code, p.rated), " ".join(keys[c] for c in p.chosen),
                      *picked, p.why, p.respondent, p.respondent, "17",
                      "collector", "0", "0", "", "", "x", "0", "1"])  # fmt: skip
    return Made(table, "kobo")


def google_forms(rows: Sequence[Person], *, joiner: str = ", ") -> Made:
    """A timestamp, grids in brackets, choices in one cell."""
    head = ["Timestamp", "Email Address", "respondent", "organization", "sector",
            *(f"{GRID.replace(chr(10), ' ')} [{t}]" for t in TEXTS.values()), QUESTION,
            "What could we do better?"]  # fmt: skip
    table = [head]
    for p in rows:
        chosen = joiner.join(CHOICES[c] for c in p.chosen)
        table.append([clock(p.seconds, "%d/%m/%Y %H:%M:%S"), f"{p.respondent}@example.org", p.respondent,
                      p.organization, p.sector, *map(label, p.rated), chosen, p.why])  # fmt: skip
    return Made(table, "google_forms", seconds=False)


def redcap(rows: Sequence[Person], *, labels: bool = False, event: bool = False) -> Made:
    """Raw or labels; checkboxes as columns of 0 and 1, or Unchecked and Checked."""
    if labels:
        head = ["Record ID", "Survey Identifier", "organization", "Sector", *TEXTS.values(),
                *(f"{QUESTION} (choice={c})" for c in CHOICES.values()), "What could we do better?",
                "Complete?"]  # fmt: skip
    else:
        head = ["record_id", "redcap_survey_identifier", "organization", "sector", *RATED,
                *(f"w___{i}" for i in range(1, 5)), "why", "survey_complete"]  # fmt: skip
    table = [head]
    for p in rows:
        yes, no, done = ("Checked", "Unchecked", "Complete") if labels else ("1", "0", "2")
        picked = [yes if c in p.chosen else no for c in CHOICES]
        table.append([p.respondent, "", p.organization, p.sector, *map(label if labels else code, p.rated), *picked,
                      p.why, done])  # fmt: skip
    if event:
        for n, row in enumerate(table):
            row.insert(1, "redcap_event_name" if n == 0 else "2024_arm_1")
    return Made(table, "redcap", seconds=False)


def text_of(made: Made, end: str = "\n") -> str:
    """The rows as text, as the csv module writes them."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=made.delimiter, quoting=made.quoting, lineterminator=end).writerows(
        made.rows
    )  # type: ignore[arg-type]
    return stream.getvalue()


def written(made: Made, folder: Path, *, name: str = "export") -> Path:
    """The rows as a file: text, or a workbook where the suffix says so."""
    from .tool_files import write_ods, write_page

    path = folder / f"{name}{made.suffix}"
    if made.suffix in (".ods", ".xls"):
        {".ods": write_ods, ".xls": write_page}[made.suffix](path, made.rows)
    elif made.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in made.rows:
            book.active.append([cell if cell else None for cell in row])
        book.save(path)
    else:
        path.write_bytes(text_of(made).encode(made.encoding))
    return path


def statistics_frame(rows: Sequence[Person]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Values and labels as a statistics program keeps them; "don't know" is a declared missing value."""
    frame = pd.DataFrame(
        {
            "respondent": [p.respondent for p in rows],
            "organization": [p.organization for p in rows],
            "sector": [float(("Retail", "Energy").index(p.sector) + 1) for p in rows],
            "seconds": [float(p.seconds) for p in rows],
            **{f"v{i}": [p.rated[n] for p in rows] for n, i in enumerate(RATED)},
            **{w: [float(w in p.chosen) for p in rows] for w in ("w1", "w2", "w3")},
            "why": [p.why for p in rows],
        }
    ).astype({f"v{i}": "float64" for i in RATED})
    names = {f"v{i}": f"{GRID.replace(chr(10), ' ')} - {TEXTS[i]}" for i in RATED}
    return frame, {
        "column_labels": [names.get(c, "") for c in frame],
        "variable_value_labels": {
            "sector": {1.0: "Retail", 2.0: "Energy"},
            **{f"v{i}": {float(k): v for k, v in LABELS.items()} for i in RATED},
        },
    }


def all_made(rows: Sequence[Person]) -> Iterator[tuple[str, Made]]:
    """Every text and workbook reader in the ways in which tools write it."""
    from .tool_files import further_made

    yield "qualtrics", qualtrics(rows)
    yield "qualtrics labels", qualtrics(rows, show=label)
    yield "qualtrics single quotes", qualtrics(rows, quotes="'")
    yield "qualtrics legacy", qualtrics(rows, depth=2)
    yield "qualtrics choices in one cell", qualtrics_joined(rows)
    yield "qualtrics TSV", qualtrics(rows)._replace(delimiter="\t", encoding="utf-16", suffix=".tsv")
    yield "qualtrics Excel", qualtrics(rows)._replace(suffix=".xlsx")
    yield "surveymonkey", surveymonkey(rows)
    yield "surveymonkey numbers", surveymonkey(rows, show=code)
    yield "surveymonkey Excel", surveymonkey(rows)._replace(suffix=".xlsx")
    for heads in ("codes", "underscores", "dots", "full", "full, underscores", "both"):
        yield f"limesurvey {heads}", limesurvey(rows, heads=heads)
    yield "kobo", kobo(rows)
    yield "kobo groups", kobo(rows, group="/")
    yield "kobo labels", kobo(rows, labels=True)
    yield "kobo labels, groups, HXL", kobo(rows, labels=True, group="/", hxl=True)
    yield "kobo Excel", kobo(rows, group="/")._replace(suffix=".xlsx")
    yield "odk central", odk_central(rows)
    yield "google forms sheet", google_forms(rows)
    yield "google forms own CSV", google_forms(rows, joiner=";")
    yield "redcap", redcap(rows)
    yield "redcap labels", redcap(rows, labels=True)
    yield "redcap one event", redcap(rows, event=True)
    yield from further_made(rows)
