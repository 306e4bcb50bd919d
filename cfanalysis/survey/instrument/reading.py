"""An instrument is read from YAML; what is wrong with it is said with file, item and field, all together."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from cfanalysis.core.errors import InstrumentError
from cfanalysis.survey.instrument.consistency import inconsistencies
from cfanalysis.survey.instrument.model import Instrument
from cfanalysis.survey.instrument.shipped import find_instrument

# LibYAML, where PyYAML was built with it, reads an instrument in a tenth of the time; each report reads one.
_SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _UniqueKeyLoader(_SafeLoader):  # type: ignore[misc, valid-type]
    """A safe YAML loader for which a key that stands twice is an error, not the last one's victory."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key, count in Counter(map(repr, keys)).items():
            if count > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key} stands {count} times", node.start_mark
                )
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made


def load_instrument(path: Path) -> Instrument:
    """Read and check an instrument file.

    Parameters
    ----------
    path
        A YAML file, or the name of an instrument that ships (`cfanalysis.survey.instrument.shipped`).

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
    try:
        return parse_instrument(path.read_text(encoding="utf-8"), name=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise InstrumentError(
            "The instrument file cannot be read.",
            where=path,
            value=error,
            next_step="Give a UTF-8 YAML file.",
        ) from None


def parse_instrument(text: str, *, name: str = "instrument") -> Instrument:
    """Return the instrument that a YAML text describes; `name` stands in error messages.

    Raises
    ------
    InstrumentError
        As for `load_instrument`.
    """
    try:
        content = yaml.load(text, Loader=_UniqueKeyLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise InstrumentError("The instrument is not valid YAML.", where=name, value=error) from None
    if not isinstance(content, dict) or "items" not in content:
        raise InstrumentError(
            "This is not an instrument: it has no items.",
            where=name,
            allowed="a YAML mapping with format, id, title, version, scales, items",
            next_step="Start from data/instruments/customer_focus.yaml.",
        )
    try:
        instrument = Instrument.model_validate(content)
        problems = list(inconsistencies(instrument))
    except ValidationError as error:
        problems = [f"{_place(e['loc'], content)}: {_message(e)}" for e in error.errors()]
    if problems:
        raise InstrumentError(
            "\n  - ".join([f"The instrument {name} is not right in {len(problems)} place(s):", *problems]),
            next_step="Correct the file; docs/instruments.md describes each field.",
        )
    return instrument


def _message(error: Any) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] in ("value_error", "missing"):
        return message
    return f"{message} (found {error['input']!r})"


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
        words.append(f"{here['id']!r}" if named else str(step))
    return " > ".join(words) or "the whole"
