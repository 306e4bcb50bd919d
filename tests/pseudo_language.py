"""A language in which every text that was translated is marked, so that what was not stands out."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from cfanalysis.core import language

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "docs"))
import messages as extraction

CODE = "qps"
OPEN, CLOSE = "⟦", "⟧"
_WORD = re.compile(r"[^\W\d_]{2,}")


def marked(text: str) -> str:
    """Return a template with marks around its words; what is put into its places is not marked by it."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return f"{OPEN}{text}{CLOSE}"
    out = ""
    for literal, name, spec, _ in parts:
        literal = literal.replace("{", "{{").replace("}", "}}")
        out += f"{OPEN}{literal}{CLOSE}" if _WORD.search(literal) else literal
        out += "" if name is None else f"{{{name}:{spec}}}" if spec else f"{{{name}}}"
    return out


def marked_words(text: str) -> str:
    """Return a template with marks around each of its words, for pictures, in which a text is broken into lines."""
    return re.sub(
        f"{OPEN}[^{CLOSE}]*{CLOSE}", lambda m: _WORD.sub(f"{OPEN}\\g<0>{CLOSE}", m[0][1:-1]), marked(text)
    )


def pseudo_catalog(mark: Callable[[str], str] = marked) -> bytes:
    """Return the compiled catalog of the pseudo-language."""
    whole = Catalog("en", charset="utf-8")
    for area in extraction.AREAS:
        for identifier, context in extraction.messages(area):
            forms = (identifier,) if isinstance(identifier, str) else identifier
            texts = tuple(mark(form) for form in forms)
            whole.add(identifier, texts if len(texts) > 1 else texts[0], context=context or None)
    stream = BytesIO()
    write_mo(stream, whole)
    return stream.getvalue()


@contextmanager
def use_catalogs(folder: Path) -> Iterator[pytest.MonkeyPatch]:
    """The compiled catalogs of a folder, besides those that ship."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(language.OTHER_CATALOGS, str(folder))
        language._language.cache_clear()
        yield patch
    language._language.cache_clear()


def unmarked_words(text: str, known: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Return the words of a text that stand outside all marks, but those that are known to be data or names."""
    outside, depth = "", 0
    for character in text:
        depth += (character == OPEN) - (character == CLOSE)
        outside += character if depth == 0 and character != CLOSE else " "
    return [word for word in _WORD.findall(outside) if word.casefold() not in known]
