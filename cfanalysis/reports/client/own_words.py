"""A consultant's own words as Markdown: paragraphs, lists and emphasis stay, all else stands as it was written."""

from __future__ import annotations

import re

from cfanalysis.core.blocks import Prose, escape_markdown
from cfanalysis.core.language import translated

_EMPHASIS = re.compile(r"(\*{1,2}|_{1,2})(?=\S)([^*_\n]*[^*_\s])\1(?!\w)")
_ENTRY = re.compile(r"[-*•] +")


def own_words(text: str) -> str:
    r"""Return a consultant's text as Markdown.

    Examples
    --------
    >>> print(own_words("Dear *Susan*, 3 < 4."))
    Dear *Susan*, 3 \< 4\.
    >>> print(own_words("- one\n- **two**"))
    - one
    - **two**
    """
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "\n\n".join(_paragraph(part.strip()) for part in parts if part.strip())


def personal_note(note: str) -> Prose | None:
    r"""Return the consultant's note for this client, its paragraphs and emphasis as they are; nothing without one.

    Examples
    --------
    >>> print(personal_note("Dear *Susan*, 3 < 4."))
    > **A note for you.**
    >
    > Dear *Susan*, 3 \< 4\.
    """
    if not (words := own_words(note)):
        return None
    lines = [translated("**A note for you.**"), "", *words.split("\n")]
    return Prose("\n".join(f"> {line}" if line else ">" for line in lines))


def _paragraph(paragraph: str) -> str:
    lines = [line.strip() for line in paragraph.split("\n")]
    if all(_ENTRY.match(line) for line in lines):
        return "\n".join(f"- {_with_emphasis(_ENTRY.sub('', line, count=1))}" for line in lines)
    return _with_emphasis("\n".join(lines))


def _with_emphasis(paragraph: str) -> str:
    """Return a text with its `*emphasis*` and `**bold**`, and everything else as it stands."""
    parts, end = [], 0
    for match in _EMPHASIS.finditer(paragraph):
        mark = match.group(1)
        if match.start() and paragraph[match.start() - 1].isalnum():
            continue
        parts += [_escaped(paragraph[end : match.start()]), f"{mark}{_escaped(match.group(2))}{mark}"]
        end = match.end()
    return "".join([*parts, _escaped(paragraph[end:])])


def _escaped(text: str) -> str:
    """Return text for Markdown with the blanks at its ends; lines stay lines."""
    lines = [
        f"{' ' * (line[:1] == ' ')}{escape_markdown(line)}{' ' * (line[-1:] == ' ')}"
        for line in text.split("\n")
    ]
    return "  \n".join(lines)
