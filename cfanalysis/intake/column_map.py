"""What each column of a file holds, decided by hand: an editable YAML file.

`column_map` writes down what is known by the instrument's names and marks what is only alike as a proposal with its
likeness (0 to 1). A proposal counts only when somebody moves it to ``is``: until then `load_map` refuses the file and
lists what is undecided.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from cfanalysis.core.errors import IntakeError, nearest, problem_list
from cfanalysis.core.yaml_files import read_yaml
from cfanalysis.intake.columns import (
    RESERVED,
    SAMPLED_TEXTS,
    SUBMITTED,
    ListedColumn,
    known_texts,
    match_headers,
    redundant_value_problem,
)
from cfanalysis.intake.folding import comparable_text
from cfanalysis.intake.reading_options import DETECT_ALL, IGNORE, STATUS, ReadingOptions
from cfanalysis.intake.similarity import ALIKE, alike
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

UNDECIDED = ""
KEYS = {"column", "code", "position"}
_FIELDS = {"instrument", "columns", "accept"}
_ENTRY_FIELDS = {*KEYS, "is", "proposal", "score", "by_its_text", "labels", "not_counted"}
_MOST_VALUES = 160_000  # in a map of the widest sheet of Excel
_RESERVED = (*RESERVED, SUBMITTED)
_HEAD = """\
# What each column of {file} holds in the instrument {instrument}.
#
# A column is known by its name (column); where several have the same name, by its code, or by its position, from 1.
# is: the id of an item or field, one of {reserved}, {status} or {ignore}.
# Several columns may be one item (branches of a survey, of which each respondent saw one): write its id into each.
# {status}: the column says whose answers do not count; list its values: not_counted: [screened out, tester].
# labels: what the answers of this column mean, where the scale of the item does not say it: labels: {{"Often": 4}}.
# Where "is" is empty, proposal is what the column resembles most (score 0 to 1), or what several columns would be:
# decide by writing it, or something else, into "is". Then:
# cfanalysis prepare FILE --instrument INSTRUMENT --map THIS_FILE{given} --out STUDY
"""


def column_map(
    columns: Sequence[ListedColumn | str], instrument: Instrument, given: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return one entry for each column: ``column``, ``is`` and, where that is undecided, ``proposal`` and ``score``.

    Parameters
    ----------
    columns
        The columns of the file, in order, or their names.
    instrument
        What the survey asks.
    given
        What stands for every row of the file, by column: no other column is proposed for it.

    Raises
    ------
    IntakeError
        The file has a column whose value was given.
    """
    given = given or {}
    listed = [
        c if isinstance(c, ListedColumn) else ListedColumn(c, i) for i, c in enumerate(columns, start=1)
    ]
    matched = match_headers([c.name for c in listed], instrument)
    for place, name in matched.names.items():
        if name in given:
            raise IntakeError(redundant_value_problem(name, given[name], listed[place].name).problem)
    taken = {*matched.names.values(), *given}
    free = [(name, text) for name, text in known_texts(instrument) if name not in taken]
    holders = Counter(matched.names.values())
    names, codes = Counter(comparable_text(c.name) for c in listed), Counter(c.code for c in listed)
    entries: list[dict[str, Any]] = []
    compared = 0
    for i, column in enumerate(listed):
        entry: dict[str, Any] = {"column": column.name}
        if names[comparable_text(column.name)] > 1:
            entry |= (
                {"code": column.code}
                if codes[column.code] == 1 and column.code
                else {"position": column.position}
            )
        name = matched.names.get(i, IGNORE)
        entry["is"] = name
        if holders[name] > 1:
            entry |= {"is": UNDECIDED, "proposal": name, "score": 1.0}
        elif column.doubt:
            entry |= {"is": UNDECIDED, "proposal": column.doubt, "score": 1.0}
            entry |= {"proposal": name, "by_its_text": column.doubt} if name != IGNORE else {}
        elif name == IGNORE and column.name.strip() and compared < SAMPLED_TEXTS:
            compared += 1
            near, score = alike(column.name, free)
            if score >= ALIKE:
                entry |= {"is": UNDECIDED, "proposal": near, "score": score}
        entries.append(entry)
    return entries


def map_text(
    entries: Sequence[dict[str, Any]],
    instrument: Instrument,
    *,
    file: str,
    given: Mapping[str, str] | None = None,
) -> str:
    """Return a column map as YAML, under a comment that says how to use it.

    Parameters
    ----------
    entries
        One mapping for each column of the file.
    instrument
        What the columns are mapped to.
    file
        The file, for the command in the comment.
    given
        Values given for every row of the file (``organization``, ``wave``), for the same command.
    """
    head = _HEAD.format(
        file=file,
        instrument=instrument.id,
        reserved=", ".join(_RESERVED),
        ignore=IGNORE,
        status=STATUS,
        given="".join(f" --{name} {shlex.quote(value)}" for name, value in (given or {}).items()),
    )
    content = {"instrument": instrument.id, "columns": list(entries)}
    return head + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)


def load_map(path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL) -> ReadingOptions:
    """Return options with the decisions of a column map.

    Parameters
    ----------
    path
        The map.
    instrument
        What the survey asks.
    options
        How the file is to be read otherwise.

    Raises
    ------
    IntakeError
        The file is no column map, names something that the instrument lacks, decides a column in two ways, or
        leaves proposals undecided; all together.
    """
    content = read_yaml(path, kind="column map", error=IntakeError, most=_MOST_VALUES)
    entries = content.get("columns") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not all(isinstance(e, dict) and KEYS & set(e) for e in entries):
        raise IntakeError(
            "This is not a column map.",
            where=path,
            allowed="a list `columns` of entries with column (or code, or position) and is",
            next_step="Write one: cfanalysis map FILE --instrument INSTRUMENT --out map.yaml",
        )
    own = content.get("instrument", instrument.id)
    if own != instrument.id:
        raise IntakeError(
            f"The column map was made for the instrument {str(own)[:60]!r}, and not for {instrument.id!r}.",
            where=path,
            value=own,
            allowed=instrument.id,
            next_step="Write one for this instrument: cfanalysis map FILE --instrument INSTRUMENT --out map.yaml; "
            "or if the instrument only got another id, write that into the map.",
        )
    unknown = (f"{name!r} is no field of a map" for name in sorted(map(str, set(content) - _FIELDS)))
    problems = chain(unknown, _accept_problems(content.get("accept")), _problems(entries, instrument))
    if first := next(problems, None):
        raise IntakeError(
            problem_list("The column map is not complete:", chain([first], problems)),
            where=path,
            next_step="Fill in each `is` with an item, a field, status or ignore.",
        )
    named = [(_key(e), e) for e in entries if str(_key(e)).strip()]
    return replace(
        options,
        columns={key: str(e.get("is") or IGNORE) for key, e in named},
        expected={key: str(e["column"]) for key, e in named if isinstance(key, int) and "column" in e},
        labels={
            key: {comparable_text(str(text)): str(code) for text, code in e["labels"].items()}
            for key, e in named
            if e.get("labels")
        },
        not_counted={key: tuple(map(str, e["not_counted"])) for key, e in named if e.get("not_counted")},
        accept=(*options.accept, *(content.get("accept") or ())),
    )


def _accept_problems(accept: object) -> Iterator[str]:
    if accept and not (isinstance(accept, list) and all(isinstance(text, str) for text in accept)):
        yield "accept is a list of texts COLUMN=VALUE"


def _key(entry: Mapping[str, Any]) -> str | int:
    """Return by what a map's entry knows its column: position, code or name."""
    position = entry.get("position")
    return int(position) if isinstance(position, int) else str(entry.get("code") or entry.get("column", ""))


def _problems(entries: Sequence[dict[str, Any]], instrument: Instrument) -> Iterator[str]:
    allowed = {*dict(known_texts(instrument)), SUBMITTED, STATUS, IGNORE}
    decisions: dict[str | int, set[str]] = {}
    for entry in entries:
        name, key = str(entry.get("is") or ""), _key(entry)
        decisions.setdefault(comparable_text(key) if isinstance(key, str) else key, set()).add(name or IGNORE)
        column = f"column {entry.get('column', key)!r}" + (
            f", position {key}" if isinstance(key, int) else ""
        )
        if not name and entry.get("proposal"):
            yield f"{column} is undecided (proposal: {entry['proposal']})"
        elif name and name not in allowed:
            near = ", ".join(nearest(name, allowed)) or "items, fields, status, ignore"
            yield f"{column}: the instrument has no {name!r} (the nearest: {near})"
        unknown = ", ".join(repr(field) for field in sorted(map(str, set(entry) - _ENTRY_FIELDS)))
        if unknown:
            yield f"{column}: {unknown} is no field of an entry"
        yield from (f"{column}: {problem}" for problem in _entry_problems(entry, name, instrument))
    for key, names in decisions.items():
        if len(names) > 1 and key:
            yield f"the column {key!r} stands more than once and is decided in different ways: say its position"


def _entry_problems(entry: Mapping[str, Any], name: str, instrument: Instrument) -> Iterator[str]:
    """Yield what is wrong with the labels, the values of status and the position of an entry."""
    labels, values, position = entry.get("labels"), entry.get("not_counted"), entry.get("position", 1)
    if not isinstance(position, int) or position < 1:
        yield f"position is {position!r}; it is a number, counted from 1"
    if (name == STATUS) != bool(values) or not isinstance(values or [], list):
        yield "not_counted is a list of values, and belongs to a column that is status, and to no other"
    rated = {item.id for item in instrument.rated_items}
    if labels and (name not in rated or not isinstance(labels, dict)):
        yield "labels is a mapping of texts to codes, and belongs to a rated item"
    elif labels:
        scale = instrument.scale_of(name)
        codes = {*map(str, scale.categories), *map(str, scale.dont_know.codes), str(DONT_KNOW_CODE)}
        yield from (
            f"label {text!r}: {code!r} is no code of the scale"
            for text, code in labels.items()
            if str(code) not in codes
        )
