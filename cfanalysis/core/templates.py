"""Sentences and table cells from templates with named places, in which numbers stand as readers see them.

A place is ``{x}`` for words, counts and numbers with one digit, ``{x:2}`` for two digits, ``{x:+}`` and ``{x:+2}`` with
a sign, ``{x:%}`` and ``{x:1%}`` for a share in per cent, ``{x:d}`` for a whole number (also of a column with gaps),
``{x:t}`` for words of ours that a frame holds in English. A sentence is one whole template, never glued from pieces: it
is translated here, before its places are filled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from gettext import GNUTranslations
from numbers import Integral
from string import Formatter
from typing import TYPE_CHECKING, Any

from cfanalysis.core.formatting import MISSING, decimal, percent, whole_number
from cfanalysis.core.language import current_language, plural_form, series, translated

if TYPE_CHECKING:
    import pandas as pd


class _Formatter(Formatter):
    """Writes numbers as `cfanalysis.core.formatting` does."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, str):
            return sentence_part(translated(value) if format_spec == "t" else value)
        if format_spec.endswith("%"):
            return percent(value, int(format_spec[:-1] or 0))
        if isinstance(value, Integral) and format_spec in ("", "d"):
            return whole_number(int(value))
        digits = int(format_spec.strip("+d") or "d" not in format_spec)
        return decimal(value, digits, signed=format_spec.startswith("+"))


_FORMATTER = _Formatter()
_FROM_THE_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEFT_TO_RIGHT, _ONE_PLACE = "\u200e", re.compile(r"\{[^{}]*\}")
_WRITTEN = r"-?\d[\d.,]*"  # a number in English


def runs_from_the_right(words: str) -> bool:
    """Tell whether there are Hebrew or Arabic letters in a text."""
    return _FROM_THE_RIGHT.search(words) is not None


def sentence_part(words: str) -> str:
    """Return words as they are put into a sentence: what follows Hebrew or Arabic ones does not run from the right."""
    return f"{words}{_LEFT_TO_RIGHT}" if runs_from_the_right(words) else words


def sentence(template: str, row: Mapping[Any, Any] | None = None, /, **values: object) -> str:
    """Return a sentence from its template, in the reader's language.

    Parameters
    ----------
    template
        The whole sentence in English, with a name in braces for each value.
    row
        A row of a result's frame, the values of which can be named.
    **values
        What else can be named.

    Examples
    --------
    >>> sentence("{label}: say {say}, do {do:2}", {"say": 81.0, "do": 62.125}, label="People")
    'People: say 81.0, do 62.12'
    """
    return _filled(translated(template), {**(row or {}), **values})


def labelled(name: str, text: str) -> str:
    """Return a text behind what it is called, with a colon as the reader's language sets it.

    Parameters
    ----------
    name, text
        What it is called, and the text.

    Examples
    --------
    >>> labelled("Say", "81.0")
    'Say: 81.0'
    """
    return sentence("{name}: {text}", name=name, text=text)


def running_text(*sentences: str) -> str:
    """Return whole sentences as they follow each other; empty ones are left out.

    Examples
    --------
    >>> running_text("One.", "", "Two.")
    'One. Two.'
    """
    return " ".join(filter(None, sentences))


def clauses(template: str, frame: pd.DataFrame, **values: object) -> list[str]:
    """Return a sentence for each row of a frame.

    Parameters
    ----------
    template, **values
        As for `sentence`.
    frame
        Its columns can be named in the template.

    Examples
    --------
    >>> import pandas as pd
    >>> clauses("{level} {share:%}", pd.DataFrame({"level": ["low", "high"], "share": [0.25, 0.75]}))
    ['low 25%', 'high 75%']
    """
    template = translated(template)
    return [_filled(template, {**row, **values}) for row in frame.to_dict(orient="records")]


def grouped_clauses(template: str, frame: pd.DataFrame, by: str) -> list[str]:
    """Return a sentence for each dimension, aspect or pair: its title, and a clause for each of its rows.

    Parameters
    ----------
    template
        The clause of a row.
    frame
        Rows with a ``title``.
    by
        The column that names what the rows belong to.
    """
    groups = [(part["title"].iloc[0], clauses(template, part)) for _, part in frame.groupby(by, sort=False)]
    return [sentence("{title}: {clauses}", title=title, clauses=", ".join(each)) for title, each in groups]


def plural(n: int, one: str, many: str, **values: object) -> str:
    """Return a sentence that holds a number, in its form for one or for many.

    Parameters
    ----------
    n
        The number; ``{n}`` in the templates.
    one, many
        The whole sentence in both forms.
    **values
        What else stands in it.

    Examples
    --------
    >>> plural(1, "{n} row", "{n} rows"), plural(1200, "{n} row", "{n} rows")
    ('1 row', '1,200 rows')
    """
    return _filled(plural_form(one, many, n), {"n": n, **values})


def table_rows(template: str, frame: pd.DataFrame, **values: object) -> list[tuple[str, ...]]:
    """Return the rows of a table, a tuple of cells for each row of a frame; an interval without ends is a dash.

    Parameters
    ----------
    template
        The cells of a row with `` | `` between them.
    frame
        Its columns can be named in the template.
    **values
        What else can be named.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame([{"title": "Do", "mean": 3.5, "low": None, "high": 2.0}])
    >>> table_rows("{title} | {mean:2} | {low} to {high}", frame)
    [('Do', '3.50', '–')]
    """
    return [
        tuple(_cell(cell, row, values) for cell in template.split(" | "))
        for row in frame.to_dict(orient="records")
    ]


def _cell(template: str, row: Mapping[Any, Any], values: Mapping[str, object]) -> str:
    if " to " in template:
        low, high = (sentence(end, row, **values) for end in template.split(" to "))
        return MISSING if MISSING in (low, high) else sentence("{low} to {high}", low=low, high=high)
    return sentence(template, row, **values)


def retold(text: str) -> str:
    """Return a text that was written in English and kept, in the reader's language; as it is where none fits.

    It is a text of the catalogs, or one made from a template that is marked as stored: then its values are taken out
    of it and put into the translated template. A place ``{x}`` stands for any words, ``{x:s}`` for words of ours, which
    are looked up in their turn, and one with another format for a number. Of several texts with semicolons between
    them each is looked up.

    Parameters
    ----------
    text
        As a study's files or an error have it.

    Examples
    --------
    >>> retold("12 organizations are fewer than 40.")
    '12 organizations are fewer than 40.'
    """
    texts = current_language().texts
    if texts is None or (known := translated(text)) != text:
        return text if texts is None else known
    for pattern, formats, said in _stored_templates(texts):
        if found := pattern.fullmatch(text):
            return _filled(
                said, {x: _retold_value(words, formats[x]) for x, words in found.groupdict().items()}
            )
    first, *rest = text.split("; ")
    return series(map(retold, (first, *rest))) if rest else text


def _retold_value(value: str, spec: str) -> str:
    return retold(value) if spec == "s" else current_language().number(value) if spec else value


@lru_cache(maxsize=8)
def _stored_templates(texts: GNUTranslations) -> list[tuple[re.Pattern[str], dict[str, str], str]]:
    """Return of each stored template what texts made from it look like, the formats of its places, its translation.

    Those with the most words of their own come first.
    """
    found = []
    for key, said in getattr(texts, "_catalog", {}).items():
        if str(key).startswith("stored\x04"):
            parts = list(Formatter().parse(key[7:]))
            formats = {name: spec or "" for _, name, spec, _ in parts if name}
            pattern = "".join(
                re.escape(words) + (f"(?P<{name}>{'.+?' if spec in ('', 's') else _WRITTEN})" if name else "")
                for words, name, spec, _ in parts
            )
            size = sum(len(words) for words, *_ in parts)
            found.append((size, re.compile(pattern, re.DOTALL), formats, said))
    return [entry[1:] for entry in sorted(found, key=lambda entry: -entry[0])]


def _filled(template: str, values: Mapping[Any, Any]) -> str:
    filled = _FORMATTER.vformat(template, (), values)
    return filled.removesuffix(_LEFT_TO_RIGHT) if _ONE_PLACE.fullmatch(template) else filled
