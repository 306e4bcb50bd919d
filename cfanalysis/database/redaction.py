"""Removing organizations from a log: their names are deleted, counts of rows stay."""

from __future__ import annotations

import json
import re
from collections.abc import Collection

from cfanalysis.core.text_folding import fold_text
from cfanalysis.database.logs import Content
from cfanalysis.intake.cleaning.organizations import name_skeleton

GONE = "(erased)"
_LONG = 6
"""A name of so many letters and digits is found within other words, too."""


def redact_log(log: Content, keys: Collection[str]) -> Content:
    """Return a log that does not mention some organizations.

    Parameters
    ----------
    log
        As stored.
    keys
        The organizations' names, as keys (`fold_text`).

    Returns
    -------
    dict
        The log; its entries about these organizations left out, their names left out of all others.
    """
    content = dict(log)
    # A spelling or an alias that led to the name says who it was, too.
    spelled = {
        fold_text(str(change["before"]))
        for change in [*log.get("changes", ()), *log.get("by_value", ())]
        if change["column"] == "organization" and fold_text(str(change["after"])) in keys
    }
    names = {*keys, *spelled}
    parts = {
        "changes": ("organization", "before", "after"),
        "by_value": ("before", "after"),
        "proposals": ("value", "proposal"),
        "unmatched": ("organization", "proposal"),
    }
    for part, places in parts.items():
        if part in content:
            content[part] = [
                e for e in content[part] if not any(fold_text(str(e[p])) in names for p in places)
            ]
    if "notes" in content:
        content["notes"] = [redact_text(note, names) for note in content["notes"]]
    return content


def redact_text(text: str, keys: Collection[str]) -> str:
    """Return a text, or a mark in its place where it names one of some erased organizations.

    Parameters
    ----------
    text
        Any text, e.g. the name of a file.
    keys
        Keys of the erased organizations.

    Examples
    --------
    >>> redact_text("Alder_Pumps-2025.csv", ["alder pumps"]), redact_text("all.csv", ["al"])
    ('(erased)', 'all.csv')
    """
    return GONE if any(_names(text, name_skeleton(key)) for key in keys if name_skeleton(key)) else text


def redact_settings(recipe: str, keys: Collection[str]) -> str:
    """Return an import's reading settings without the organization given for all rows, if that was erased.

    Parameters
    ----------
    recipe
        The reading settings, as JSON.
    keys
        Keys of the erased organizations.

    Examples
    --------
    >>> redact_settings('{"instrument": "9f2c", "organization": "Alder Pumps"}', ["alder pumps"])
    '{"instrument": "9f2c", "organization": "(erased)"}'
    """
    said = json.loads(recipe)
    given = str(said.get("organization", ""))
    hidden = {**said, "organization": GONE}
    return json.dumps(hidden, sort_keys=True) if redact_text(given, keys) != given else recipe


def _names(text: str, plain: str) -> bool:
    """Return whether a text names what has this skeleton: in words of its own, or, if it is long, within others."""
    words = [name_skeleton(word) for word in re.split(r"[\W_]+", text) if word]
    if len(plain) >= _LONG:
        return plain in "".join(words)
    return any(plain == "".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1))
