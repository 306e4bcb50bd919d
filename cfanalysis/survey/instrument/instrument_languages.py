"""Instruments whose texts are in several languages: ``text: {en: Never, fr: Jamais}``.

An instrument is read in one language; what the others say is kept as further ways in which a question or an answer may
stand in a file, so that answers in any of them are answers to one item. Options of fields are data: in every language
those of the instrument's own are what is counted, and the others are read as these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TEXTS = {"title", "about", "text", "short", "labels", "options"}
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SOURCES = {"text", "title"}  # what else may stand for an item or a field

Place = tuple[str, ...]


def read_language(content: dict[str, Any], wanted: str = "") -> tuple[dict[str, Any], list[str]]:
    """Return the content of an instrument file in one language, and what is wrong with its languages.

    Parameters
    ----------
    content
        What the file holds.
    wanted
        The language to be read, as in HTML; one that the file does not have gives the instrument's own.
    """
    found = dict.fromkeys(code for _, texts in _texts(content) for code in texts)
    if not found:
        return content, []
    own = str(content.get("language", "en"))
    problems = [
        f"{' > '.join(place)}: no text in {', '.join(lacking)}, which others have"
        for place, texts in _texts(content)
        if (lacking := [code for code in found if code not in texts])
    ]
    problems += [
        f"{' > '.join(place)}: not the same number of options in every language"
        for place, texts in _texts(content)
        if place[-1] == "options" and len({len(_listed(each)) for each in texts.values()}) > 1
    ]
    if own not in found:
        problems.append(f"language is {own}, but the texts are in {', '.join(found)}")
    codes = [code for code in (wanted, wanted.split("-")[0], own, *found) if code in found]
    languages = [own, *(code for code in found if code != own)]
    read = _read(content, codes[0], own)
    titled = {n: t for n, t in (read.get("themes") or {}).items() if isinstance(t, Mapping)}
    if titled:
        read["themes"] |= {name: theme.get("words", ()) for name, theme in titled.items()}
        read["theme_titles"] = {name: theme.get("title", name) for name, theme in titled.items()}
    return {**read, "language": codes[0], "languages": languages}, problems


def _is_text(value: object) -> bool:
    """Tell whether a value is a text, or several, by language."""
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(isinstance(key, str) and _CODE.fullmatch(key) for key in value)
    )


def _texts(value: Any, place: Place = (), key: str = "") -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Yield every text that is given by language, with its place."""
    if key in _TEXTS and _is_text(value):
        yield place, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, (*place, str(name)), key if key == "labels" else str(name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            name = str(each["id"]) if isinstance(each, Mapping) and "id" in each else str(number + 1)
            yield from _texts(each, (*place, name), key)


def _read(value: Any, code: str, own: str, key: str = "") -> Any:
    """Return a value in one language; beside a text what the others say, where that may stand in a file."""
    if key in _TEXTS and _is_text(value):
        chosen = value.get(code, next(iter(value.values())))
        if key != "labels":
            return value.get(own, chosen) if key == "options" else chosen
        if all(
            isinstance(each, Mapping) for each in value.values()
        ):  # labels of a scale, language by language
            answers = dict.fromkeys(answer for each in value.values() for answer in each)
            return {a: _spellings(chosen.get(a), *(each.get(a) for each in value.values())) for a in answers}
        return _spellings(chosen, *value.values())
    if isinstance(value, list):
        return [_read(each, code, own, key) for each in value]
    if not isinstance(value, Mapping):
        return value
    read = {n: _read(each, code, own, key if key == "labels" else str(n)) for n, each in value.items()}
    others = [
        text
        for name in _SOURCES & {*map(str, value)}
        if _is_text(value[name])
        for text in value[name].values()
    ]
    if others and ("role" in value or key.endswith("_fields")):
        read["source"] = _spellings(*_listed(read.get("source", [])), *others)
    if _is_text(value.get("options")):
        shown = value["options"].get(code, read["options"])
        rows = [zip(each, read["options"], strict=False) for each in value["options"].values()]
        read["spellings"] = {str(o): str(option) for row in rows for o, option in row if o != option}
        read["shown"] = {str(o): str(s) for o, s in zip(read["options"], shown, strict=False) if o != s}
    return read


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _spellings(*values: Any) -> list[Any]:
    """Return one or several spellings of each value in a row, each once; the first is the one that is shown."""
    every = (each for value in values if value is not None for each in _listed(value))
    return list(dict.fromkeys(every))
