"""What each column of a file holds, decided by hand: an editable YAML file.

`column_map` writes down what is known by the instrument's names and marks what is only alike as a proposal with its
likeness (0 to 1). A proposal counts only when somebody moves it to ``is``: until then `load_map` refuses the file and
lists what is undecided.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from cfanalysis.core.errors import IntakeError, nearest
from cfanalysis.intake.columns import (
    ALIKE,
    LOOKED_AT,
    RESERVED,
    SUBMITTED,
    alike,
    given_though_there,
    known_texts,
    matched_columns,
)
from cfanalysis.intake.folding import plain
from cfanalysis.intake.options import IGNORE
from cfanalysis.survey.instrument import Instrument

UNDECIDED = ""
_RESERVED = (*RESERVED, SUBMITTED)
_HEAD = """\
# What each column of {file} holds in the instrument {instrument}.
#
# is: the id of an item or field, one of {reserved}, or {ignore}.
# Where "is" is empty, proposal is what the column's name resembles most (score 0 to 1): decide by writing it, or
# something else, into "is". Then:
# cfanalysis prepare FILE --instrument INSTRUMENT --map THIS_FILE{given} --out STUDY
"""


def column_map(
    headers: Sequence[str], instrument: Instrument, given: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return one entry for each column: ``column``, ``is`` and, where that is undecided, ``proposal`` and ``score``.

    Parameters
    ----------
    headers
        The column names of the file, in order.
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
    matched = matched_columns(headers, instrument)
    for place, name in matched.names.items():
        if name in given:
            raise IntakeError(given_though_there(name, given[name], headers[place]).problem)
    taken = {*matched.names.values(), *given}
    free = [(name, text) for name, text in known_texts(instrument) if name not in taken]
    entries: list[dict[str, Any]] = []
    compared = 0
    for i, header in enumerate(headers):
        entry: dict[str, Any] = {"column": header, "is": matched.names.get(i, IGNORE)}
        if entry["is"] == IGNORE and header.strip() and compared < LOOKED_AT:
            compared += 1
            name, score = alike(header, free)
            if score >= ALIKE:
                entry |= {"is": UNDECIDED, "proposal": name, "score": score}
        entries.append(entry)
    return entries


def map_text(
    entries: Sequence[dict[str, Any]],
    instrument: Instrument,
    *,
    file: str,
    given: Mapping[str, str] | None = None,
) -> str:
    """Return a column map as YAML; what was given for every row of the file stands in the command of its head."""
    head = _HEAD.format(
        file=file,
        instrument=instrument.id,
        reserved=", ".join(_RESERVED),
        ignore=IGNORE,
        given="".join(f" --{name} {shlex.quote(value)}" for name, value in (given or {}).items()),
    )
    content = {"instrument": instrument.id, "columns": list(entries)}
    return head + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)


def load_map(path: Path, instrument: Instrument) -> dict[str, str]:
    """Return the decisions of a column map: header -> canonical name or ``"ignore"``.

    Raises
    ------
    IntakeError
        The file is no column map, names something that the instrument lacks, decides a header in two ways, or
        leaves proposals undecided; all together.
    """
    content = _content(path)
    entries = content.get("columns") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not all(isinstance(e, dict) and "column" in e for e in entries):
        raise IntakeError(
            "This is not a column map.",
            where=path,
            allowed="a list `columns` of entries with column and is",
            next_step="Write one: cfanalysis map FILE --instrument INSTRUMENT --out map.yaml",
        )
    problems = list(_problems(entries, instrument))
    if problems:
        raise IntakeError(
            "\n  - ".join(["The column map is not settled:", *problems[:20]]),
            where=path,
            next_step="Write into each `is` an item, a field or ignore.",
        )
    return {str(e["column"]): str(e.get("is") or IGNORE) for e in entries if str(e["column"]).strip()}


def accepted_of_map(path: Path) -> list[str]:
    """Return what a column map accepts: its list `accept` of texts ``COLUMN=VALUE``."""
    content = _content(path)
    texts = content.get("accept") if isinstance(content, dict) else None
    return [str(text) for text in texts] if isinstance(texts, list) else []


def _content(path: Path) -> Any:
    """Return what stands in a column map."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise IntakeError("There is no such column map.", where=path) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise IntakeError("The column map cannot be read.", where=path, value=error) from None


def _problems(entries: Sequence[dict[str, Any]], instrument: Instrument) -> Iterator[str]:
    allowed = {*dict(known_texts(instrument)), SUBMITTED, IGNORE}
    for entry in entries:
        name = str(entry.get("is") or "")
        if not name and entry.get("proposal"):
            yield f"column {entry['column']!r} is undecided (proposal: {entry['proposal']})"
        elif name and name not in allowed:
            near = ", ".join(nearest(name, allowed)) or "items, fields, ignore"
            yield f"column {entry['column']!r}: the instrument has no {name!r} (the nearest: {near})"
    names = Counter(str(e.get("is") or IGNORE) for e in entries)
    yield from (f"{name!r} stands {n} times" for name, n in names.items() if n > 1 and name != IGNORE)
    headers: dict[str, set[str]] = {}
    for entry in entries:
        headers.setdefault(plain(str(entry["column"])), set()).add(str(entry.get("is") or IGNORE))
    for header, decisions in headers.items():
        if len(decisions) > 1 and header:
            yield f"the column name {header!r} stands more than once and is decided in different ways"
