"""Reading an instrument from YAML; all errors are reported together, each with file, item and field."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cfanalysis.core.errors import InstrumentError, problem_list, shorten
from cfanalysis.core.language import asked_language
from cfanalysis.core.yaml_files import parse_yaml, read_text
from cfanalysis.survey.instrument.consistency import inconsistencies
from cfanalysis.survey.instrument.instrument_languages import read_language
from cfanalysis.survey.instrument.instrument_model import Instrument
from cfanalysis.survey.instrument.shipped_instruments import find_instrument

MOST_PROBLEMS = 15  # are looked for: each is searched for names that were meant


def load_instrument(path: Path, *, language: str = "") -> Instrument:
    """Read and check an instrument file.

    Parameters
    ----------
    path
        A YAML file, or the name of an instrument that ships (`cfanalysis.survey.instrument.shipped_instruments`).
    language
        As for `parse_instrument`.

    Returns
    -------
    Instrument

    Raises
    ------
    InstrumentError
        The file is missing, is not YAML, or does not describe a survey; names file, item and field, and
        reports all problems together.
    """
    path = find_instrument(path)
    text = read_text(path, kind="instrument", error=InstrumentError)
    return parse_instrument(text, name=path.name, language=language)


def parse_instrument(text: str, *, name: str = "instrument", language: str = "") -> Instrument:
    """Return the instrument that a YAML text describes.

    Parameters
    ----------
    text
        The content of an instrument file.
    name
        What error messages call it.
    language
        The language of its texts, where it has several; "" for that of this process's readers, or else its own.

    Raises
    ------
    InstrumentError
        As for `load_instrument`.
    """
    content = parse_yaml(text, name=name, kind="instrument", error=InstrumentError)
    if not isinstance(content, dict) or "items" not in content:
        raise InstrumentError(
            "This is not an instrument: it has no items.",
            where=name,
            allowed="a YAML mapping with format, id, title, version, scales, items",
            next_step="Start from data/instruments/customer_focus.yaml.",
        )
    content, problems = read_language(content, language or asked_language())
    try:
        instrument = Instrument.model_validate(content)
        problems += islice(inconsistencies(instrument), MOST_PROBLEMS)
        if len(problems) >= MOST_PROBLEMS:
            problems.append("there may be more once these are corrected")
    except ValidationError as error:
        problems += _sentences(error.errors(include_url=False), content)
    if problems:
        raise InstrumentError(
            problem_list(
                f"The instrument {name} has {len(problems):,} error(s):", problems, total=len(problems)
            ),
            next_step="Correct the file; docs/instruments.md describes each field.",
        )
    return instrument


def _sentences(problems: list[Any], content: dict[str, Any]) -> Iterator[str]:
    """Yield the problems that pydantic found, each with its place."""
    for problem in problems:
        message = str(problem["msg"]).removeprefix("Value error, ")
        found = "" if problem["type"] in ("value_error", "missing") else f" (found {problem['input']!r})"
        yield f"{_place(problem['loc'], content)}: {message}{shorten(found, limit=100)}"


def _place(location: tuple[int | str, ...], content: dict[str, Any]) -> str:
    """Return a place in the file in words: the item's id instead of its number."""
    words: list[str] = []
    here: Any = content
    for step in location:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        named = isinstance(step, int) and isinstance(here, dict) and "id" in here
        words.append(shorten(repr(here["id"]) if named else step, limit=60))
    return " > ".join(words) or "the whole"
