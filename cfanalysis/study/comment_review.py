"""Which open answers may be printed: a person reads them and decides.

`review_table` lists the answers of the latest waves, with marks on what looks personal. The reader writes ``keep``,
``strike`` or ``edit`` beside each, with ``edit`` the text to print; what has no decision is not printed.
`approved_quotes` reads the decisions. A kept answer must be an answer of that client: a table that was sorted column by
column, or belongs to another study, is refused.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from cfanalysis.analyses.personal_marks import PersonalMarks
from cfanalysis.core.errors import StudyError, problem_list
from cfanalysis.core.files import atomic_file
from cfanalysis.core.spreadsheets import write_csv, write_workbook
from cfanalysis.intake.named_columns import read_named_columns
from cfanalysis.scoring.means import one_wave
from cfanalysis.study.prepared_study import Study, find_clients

DECISIONS = ("keep", "strike", "edit")
_COLUMNS = ("client", "question", "asked", "answer", "marked", "decision", "text")
_NEEDED = ("client", "question", "answer", "decision", "text")
_QUOTE = ["question", "text"]


def review_table(study: Study, clients: Collection[str] | None = None) -> pd.DataFrame:
    """Return the open answers of each client's latest wave, to be decided on.

    Parameters
    ----------
    study
        The study.
    clients
        Whose; None for all.

    Returns
    -------
    DataFrame
        ``client, question`` (item id), ``asked, answer, marked, decision, text``; the last two are empty.

    Raises
    ------
    StudyError
        The survey has no open question, or the study no responses.
    """
    instrument = study.survey.instrument
    items = instrument.select(role="open")
    responses = study.survey.raw_responses
    if responses is None or not items:
        raise StudyError(
            "There are no open answers to read.",
            where=study.folder,
            allowed="a study with responses, of an instrument with items of role open",
        )
    latest = one_wave(responses, study.survey.source.waves, "latest")
    everything = [str(text) for item in items if item.id in responses for text in responses[item.id].dropna()]
    marks = PersonalMarks([*everything, *(item.text for item in instrument.items)])
    rows = [
        (client, item.id, item.text, answer, marks.mark(answer), "", "")
        for item in items
        if item.id in latest
        for client, answer in zip(latest["organization"], latest[item.id].fillna("").astype(str), strict=True)
        if answer.strip() and (clients is None or client in clients)
    ]
    table = pd.DataFrame(rows, columns=list(_COLUMNS), dtype="str")
    return table.sort_values(["client", "question", "answer"], kind="stable", ignore_index=True)


def write_review(table: pd.DataFrame, path: Path) -> None:
    """Write the table of answers, CSV or Excel by the file's name; a file that exists may hold decisions and stays.

    Parameters
    ----------
    table
        From `review_table`.
    path
        The file, ``.csv`` or ``.xlsx``.

    Raises
    ------
    StudyError
        The file exists, or has another suffix.
    """
    if path.exists():
        raise StudyError(
            "The file exists already and may hold your decisions.",
            where=path,
            next_step="Choose another name.",
        )
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise StudyError("The table cannot be written so.", where=path, allowed=".csv or .xlsx")
    with atomic_file(path) as aside:
        if path.suffix.lower() == ".xlsx":
            write_workbook({"answers": table}, aside)
        else:
            write_csv(table, aside)


def approved_quotes(file: Path, study: Study) -> dict[str, pd.DataFrame]:
    """Return what was let pass, for each client: ``question`` (item id), ``text``.

    Parameters
    ----------
    file
        The table of `write_review` with decisions.
    study
        The study that the answers are of.

    Raises
    ------
    CfAnalysisError
        The file cannot be read or lacks a column, or rows are not in order: all these are named.
    """
    known = {name: (name,) for name in _NEEDED}
    table, _ = read_named_columns(file, study.survey.instrument, known, needed=_NEEDED)
    decided = table[table["decision"] != ""]
    decided = decided.assign(decision=decided["decision"].str.casefold())
    found = find_clients(study, decided["client"], file=file, rows=decided.index)
    clients = dict(zip(decided["client"], found, strict=True))
    own = review_table(study, set(clients.values()))
    answers = {(c, q, _plain(a)) for c, q, a in own[["client", "question", "answer"]].itertuples(index=False)}
    questions = {item.id for item in study.survey.instrument.select(role="open")}
    problems, rows = [], []
    for number, row in decided.iterrows():
        client, question, decision = clients[row["client"]], row["question"], row["decision"]
        text = row["answer"] if decision == "keep" else row["text"]
        if decision not in DECISIONS:
            problems.append(f"row {number}: decision {decision!r} is none of {', '.join(DECISIONS)}")
        elif question not in questions:
            problems.append(f"row {number}: {question!r} is no open question of the survey")
        elif decision == "edit" and not text:
            problems.append(f"row {number}: edit needs the text to print in the column text")
        elif decision == "keep" and (client, question, _plain(text)) not in answers:
            problems.append(f"row {number}: the answer is none of {client} in its latest wave; use edit")
        elif decision != "strike":
            rows.append((client, question, _plain(text)))
    if problems:
        raise StudyError(
            problem_list("The decisions on open answers are not in order:", problems),
            where=file,
            next_step="Correct these rows. Nothing was printed.",
        )
    quotes = pd.DataFrame(rows, columns=["client", *_QUOTE], dtype="str")
    return {
        str(client): part[_QUOTE].reset_index(drop=True)
        for client, part in quotes.groupby("client", sort=False)
    }


def quotes_text(quotes: pd.DataFrame) -> str:
    """Return quotes as one text, for the ledger: with the same text a report has the same quotes."""
    return json.dumps(quotes[_QUOTE].to_numpy().tolist(), ensure_ascii=False)


def read_quotes(text: str) -> pd.DataFrame:
    """Return the quotes of `quotes_text`: ``question`` (item id), ``text``.

    Examples
    --------
    >>> read_quotes('[["wish", "Faster"]]').to_dict("records")
    [{'question': 'wish', 'text': 'Faster'}]
    """
    return pd.DataFrame(json.loads(text), columns=_QUOTE, dtype="str")


def _plain(text: str) -> str:
    return " ".join(text.split())
