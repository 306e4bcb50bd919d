"""Tables with one row per answer: who, which question, which answer, as databases and interfaces of tools give them.

The column of questions is the one whose cells name items of the instrument, or is known by its name where those of
respondents and answers are, too; that of answers is known by its name, or because no other column is left. Everything
else is a fact about the respondent and must be the same in all of its rows, in each wave.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from cfanalysis.core.errors import CfAnalysisError, IntakeError
from cfanalysis.intake.columns import header_meanings
from cfanalysis.intake.exports.distinct_texts import distinct_texts
from cfanalysis.intake.exports.export_layout import ExportColumn, Layout, pad_rows
from cfanalysis.intake.exports.export_reader import TableReader
from cfanalysis.intake.exports.export_tables import SheetTable, TextTable, candidate_tables
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.folding import comparable_text
from cfanalysis.intake.reading_options import DETECT_ALL, ReadingOptions
from cfanalysis.survey.instrument import Instrument

_ANSWER = {
    "answer", "response", "value", "answer text", "answer_text", "answer value", "answer_value", "response text",
    "response_text", "response value", "response_value", "antwort", "wert", "réponse", "valeur", "respuesta", "valor",
    "risposta", "valore", "resposta", "antwoord", "waarde",
}  # fmt: skip
_QUESTION = {
    "question", "question text", "question_text", "question id", "question_id", "question name", "question title",
    "item", "frage", "fragetext", "item text", "pregunta", "domanda", "pergunta", "vraag",
}  # fmt: skip
RESPONDENT = {
    "respondent", "respondent id", "respondent_id", "respondentid", "response id", "response_id", "responseid",
    "submission id", "submission_id", "participant", "participant id", "participant_id", "case", "case id", "case_id",
    "person", "person id", "person_id", "user", "user id", "user_id", "id", "record", "record id", "record_id",
    "teilnehmer", "befragter", "teilnehmer-id", "répondant", "encuestado", "rispondente",
}  # fmt: skip


class _Places(NamedTuple):
    """Where respondent, question and answer stand (-1: nowhere), the header, and where a wave stands."""

    respondent: int
    question: int
    answer: int
    header: list[str]
    wave: int = -1


class AnswerRows(TableReader):
    """A reader of tables with one row per answer."""

    name = "answer_rows"
    about = "a table with one row per answer: respondent, question, answer"

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether a column of the table holds the names of items, in cells instead of column names."""
        try:
            return self._found(path, instrument, DETECT_ALL, look=True) is not None
        except CfAnalysisError:
            return False

    def table(
        self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL
    ) -> tuple[_Wide, Layout]:
        """Return the answers with one row per respondent, and what their columns are."""
        found = self._found(path, instrument, options)
        if found is None or min(found[1][:3]) < 0:
            raise IntakeError(
                "The file has one row per answer, and it is not clear which columns say who answered what.",
                where=path.name,
                value=", ".join(found[1].header[:8]) if found else None,
                allowed="columns named respondent, question and answer, and facts about the respondent",
                next_step="Rename the columns so, or reshape the table: one row per respondent, one column per item.",
            )
        table, places = found
        frame = table.frame(1, len(places.header), dict.fromkeys(range(len(places.header)), ""), 0)
        single = {item.id for item in instrument.rated_items}
        wide = _Wide(frame.astype("str"), places, table, single)
        return wide, Layout(wide.columns(), 0, "one row per answer")

    def _found(
        self, path: Path, instrument: Instrument, options: ReadingOptions, *, look: bool = False
    ) -> tuple[TextTable | SheetTable, _Places] | None:
        known = header_meanings(instrument)
        items = {item.id for item in instrument.items}
        tables = [(t, pad_rows(t.rows)) for t in candidate_tables(path, instrument, options, look=look)]
        if any(known.get(comparable_text(cell)) in items for _, rows in tables for cell in rows[0]):
            return None  # one of them has one row per respondent
        for table, rows in tables:
            if len(rows) < 3:
                continue
            counts = [
                sum(known.get(comparable_text(row[i])) in items for row in rows[1:])
                for i in range(len(rows[0]))
            ]
            most = max(counts)
            if most > 1 and 2 * most >= len(rows) - 1:
                return table, _places(rows[0], counts.index(most), known)
            question = next((i for i, cell in enumerate(rows[0]) if comparable_text(cell) in _QUESTION), -1)
            places = _places(rows[0], question, known)
            named = question >= 0 and comparable_text(rows[0][places.answer]) in _ANSWER
            if named and places.respondent >= 0 <= places.answer:
                return table, places
        return None


def _places(header: list[str], question: int, known: Mapping[str, str]) -> _Places:
    """Return where respondent and answer stand."""
    names = [comparable_text(cell) for cell in header]
    meant = [known.get(name, "") for name in names]
    respondent = next((i for i, name in enumerate(meant) if name == "respondent"), -1)
    if respondent < 0:
        respondent = next((i for i, n in enumerate(names) if n in RESPONDENT and i != question), -1)
    answers = [i for i, n in enumerate(names) if n in _ANSWER and i not in (question, respondent)]
    left = [i for i, name in enumerate(meant) if not name and names[i] and i not in (question, respondent)]
    answer = next(iter(answers), left[0] if len(left) == 1 else -1)
    wave = next((i for i, name in enumerate(meant) if name == "wave" and i != respondent), -1)
    return _Places(respondent, question, answer, header, wave)


class _Wide:
    """Rows of answers as one row per respondent."""

    def __init__(
        self, frame: pd.DataFrame, places: _Places, table: TextTable | SheetTable, single: Collection[str]
    ) -> None:
        self.where, self.detected, self.notes = table.where, tuple(table.detected), list(table.notes)
        self.problems: list[Finding] = []
        self._frame, self._places, self._single = frame, places, single
        who = frame[places.respondent]
        if who.eq("").any():
            raise self._error(frame.index[who.eq("")][0], "no respondent", "")
        if places.wave >= 0:
            who = who + "\0" + frame[places.wave]
        self._codes, _ = pd.factorize(who)
        self._first = frame.index[~who.duplicated()]
        self._questions = distinct_texts(frame[places.question])
        self._facts = [i for i in range(len(places.header)) if i not in (places.question, places.answer)]

    def columns(self) -> tuple[ExportColumn, ...]:
        """Return the facts and the questions as columns."""
        facts = (
            ExportColumn(
                (self._places.header[i],), use="respondent" if i == self._places.respondent else None
            )
            for i in self._facts
        )
        return (
            *facts,
            *(ExportColumn((), (question,)) if question else ExportColumn() for question in self._questions),
        )

    def frame(
        self, depth: int, width: int, names: Mapping[int, str], reach: int | None = None
    ) -> pd.DataFrame:
        """Return columns by their places; the index is each respondent's first row."""
        facts = len(self._facts)
        made = {
            place: self._fact(self._facts[place])
            if place < facts
            else self._answers(self._questions[place - facts], single=name in self._single)
            for place, name in names.items()
        }
        return pd.DataFrame(made, index=pd.Index(self._first, name="row"), dtype="str")

    def _fact(self, place: int) -> Sequence[str]:
        """Return what each respondent's rows say of a fact; two different things are an error."""
        column = self._frame[place]
        filled = column.ne("").to_numpy()
        texts = [""] * len(self._first)
        for code, text, row in zip(self._codes[filled], column[filled], column.index[filled], strict=True):
            if texts[code] not in ("", text):
                raise self._error(
                    row, f"two values of {self._places.header[place]!r} for one respondent", text
                )
            texts[code] = text
        return texts

    def _answers(self, question: str, *, single: bool) -> Sequence[str]:
        """Return each respondent's answer to a question; several are choices, each on a line, or an error."""
        hit = self._frame[self._places.question].eq(question).to_numpy()
        found: list[dict[str, str]] = [{} for _ in self._first]
        for code, (row, text) in zip(
            self._codes[hit], self._frame[self._places.answer][hit].items(), strict=True
        ):
            if text.strip():
                found[code].setdefault(comparable_text(text), text)
            if single and len(found[code]) > 1:
                problem = f"another answer than an earlier row to {question[:80]!r}, by the same respondent"
                raise self._error(row, problem, " and ".join(map(repr, found[code].values())))
        return ["\n".join(texts.values()) for texts in found]

    def _error(self, row: Hashable, problem: str, value: str) -> IntakeError:
        return IntakeError(
            f"The file has one row per answer, and a row has {problem}.",
            where=f"{self.where}, row {row}",
            value=value or None,
            allowed="in each row who answered; one answer to a rated item; the same facts in all rows of a respondent",
            next_step="Correct the row, or take the column out. Where people answered again, the instrument names the "
            "column that says when (columns: wave); ids that are counted anew in each organization must differ.",
        )
