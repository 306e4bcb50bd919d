"""A drafted instrument as YAML, with a remark at each guess."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from cfanalysis.intake.drafting.draft import YAML_WORDS, Draft, DraftItem, DraftScale
from cfanalysis.survey.instrument import RESERVED_COLUMNS

_HEAD = """\
# A first instrument, drafted from {file} ({said}).
#
# Lines marked "guess" are guesses: check and correct them. What nobody can guess, and you must say:
# - role: gap for the items of the Say-Do gap, each with facet: say (what you intend) or do (what you do), a dimension
#   from the list below, and pair: the same word at the Say and the Do item about one subject; performance for results;
#   level, warning_sign and expectation: docs/instruments.md.
# - reverse: true at items of which agreeing is bad.
# - indices and criterion: the items by which the top quartile is found, which are not those of the gap.
# Then: cfanalysis check FILE --instrument THIS_FILE, and when nothing is wrong, cfanalysis prepare.
"""


def draft_text(draft: Draft, *, file: str, name: str) -> str:
    """Return a drafted instrument as YAML.

    Parameters
    ----------
    draft
        What was guessed.
    file
        The export's name.
    name
        Id of the instrument.
    """
    lines = [
        *_HEAD.format(file=file, said=draft.said or "a plain table").splitlines(),
        "format: 1",
        f"id: {_id(name)}",
        f"title: {_quoted(draft.title)}",
        'version: "1"',
        "scales:",
        *(line for scale in draft.scales.values() for line in _scale(scale, draft)),
        "dimensions:",
        "  - {id: all_items, title: All items}  # replace by the dimensions of your survey",
        "items:",
        *(line for item in draft.items for line in _item(item)),
        *_columns(draft),
        *_fields(draft),
        'missing: []  # further texts or codes that mean "no answer"',
        *_unused(draft),
    ]
    return "\n".join(lines) + "\n"


def _scale(scale: DraftScale, draft: Draft) -> Iterator[str]:
    users = sum(item.scale is scale for item in draft.items)
    yield f"  {scale.name}:  # guess: {users} item{'s' if users != 1 else ''}"
    yield f"    min: {scale.low}"
    yield f"    max: {scale.high}"
    if scale.unordered:
        yield f"    # The order of these answers is not known: {', '.join(scale.unordered)}."
        yield f"    # Write each behind its code, the lowest first: labels: {{{scale.low}: ..., {scale.high}: ...}}"
    if scale.labels:
        yield f"    labels: {{{', '.join(f'{code}: {_quoted(text)}' for code, text in scale.labels.items())}}}"
    numbers = [text for text in scale.dont_know if re.fullmatch(r"-?\d+", text)]
    words = [_quoted(text) for text in scale.dont_know if text not in numbers]
    codes = [text for text in numbers if not scale.low <= int(text) <= scale.high]
    if codes or words:
        yield f"    dont_know: {{codes: [{', '.join(codes)}], labels: [{', '.join(words)}]}}  # guess"


def _item(item: DraftItem) -> Iterator[str]:
    yield f"  - id: {item.id}"
    yield f"    text: {_quoted(item.text)}"
    if item.source and item.source != item.text:
        yield f"    source: [{_quoted(item.source)}]"
    if item.scale is None:
        yield "    role: open  # guess"
        return
    yield "    role: performance  # guess: or gap, with facet, dimension, pair"
    yield f"    scale: {item.scale.name}"


def _columns(draft: Draft) -> Iterator[str]:
    yield "columns:" if draft.columns else "# columns:"
    for use, name in draft.columns.items():
        yield f"  {use}: [{_quoted(name)}]  # guess"
    if "organization" not in draft.columns:
        yield "#   organization: [...] - the column that names the organization of each respondent; if all are of one:"
        yield "#   --organization NAME in each command"


def _fields(draft: Draft) -> Iterator[str]:
    if draft.fields:
        yield "respondent_fields:  # guess: what is the same for a whole organization belongs below organization_fields"
    ids: set[str] = set(draft.columns) | {item.id for item in draft.items}
    for name, options in draft.fields.items():
        ident = _id(name)
        while ident in ids:
            ident += "_field"
        ids.add(ident)
        yield f"  - {{id: {ident}, title: {_quoted(name)}, options: [{', '.join(map(_quoted, options))}]}}"


def _unused(draft: Draft) -> Iterable[str]:
    return [f"# not used: {_quoted(name)} ({why})" for name, why in draft.unused.items()]


def _quoted(text: str) -> str:
    """Return a text as YAML reads it back, on one line."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def _id(text: str) -> str:
    words = "_".join(re.findall(r"[a-z0-9]+", text.lower()))[:40].strip("_")
    free = words[:1].isalpha() and words not in (YAML_WORDS | RESERVED_COLUMNS)
    return words if free else f"field_{words}".strip("_")
