"""The index of a batch: one page that lists the reports with their state, to be searched.

It is one file without anything from outside; its only script filters the list and is allowed by its hash.
Everything that came from data is escaped. Without scripts the whole list is shown.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote

from cfanalysis.core.files import atomic_file
from cfanalysis.core.formatting import decimal
from cfanalysis.core.language import (
    SOURCE,
    current_language,
    message,
    spoken_language,
    translated,
    use_language,
)
from cfanalysis.core.templates import sentence
from cfanalysis.publish.batches.ledger import LedgerEntry
from cfanalysis.publish.rendering.page_style import brand_rules, font_rules, logo_image
from cfanalysis.publish.rendering.pictures import picture
from cfanalysis.publish.rendering.unicode_safety import printable_text
from cfanalysis.publish.templates import template
from cfanalysis.theme.brand import DEFAULT_BRAND, Brand

_INDEX = "index.html"
_STATES = {
    "done": message("Done"), "unchanged": message("Done"), "failed": message("Failed"), "waiting": message("Waiting"),
    "gone": message("No longer in the study"),
}  # fmt: skip
_LABELS = {
    "SEARCH": message("Search by name or state"), "ORGANIZATION": message("Organization"), "STATE": message("State"),
    "MADE": message("Made"), "REPORT": message("Report"),
}  # fmt: skip


def write_index(
    folder: Path,
    entries: Iterable[LedgerEntry],
    *,
    title: str,
    notice: str = "",
    brand: Brand = DEFAULT_BRAND,
    language: str = "",
) -> Path:
    """Write the index of a batch's folder.

    Parameters
    ----------
    folder
        The folder.
    entries
        The ledger's entries.
    title
        The page's title.
    notice
        A line that stands on top.
    brand
        Whose reports they are.
    language
        The language of the page; "" for English.

    Raises
    ------
    OutputError
        The page cannot be written.
    """
    order = sorted(entries, key=lambda e: e.name.casefold())
    with use_language(spoken_language(language) or SOURCE):
        page = index_page(order, title=title, notice=notice, brand=brand)
    with atomic_file(folder / _INDEX) as aside:
        aside.write_text(page, encoding="utf-8")
    return folder / _INDEX


def index_words(folder: Path) -> dict[str, str]:
    """Return title, notice and language of the index in a folder, as `write_index` takes them."""
    page = (folder / _INDEX).read_text(encoding="utf-8") if (folder / _INDEX).is_file() else ""
    patterns = {
        "language": '<html lang="(.*?)"',
        "title": "<title>(.*?)</title>",
        "notice": '<aside class="banner"[^>]*><strong>(.*?)</strong>',
    }
    found = {name: re.search(pattern, page, re.DOTALL) for name, pattern in patterns.items()}
    return {name: unescape(match.group(1)) if match else "" for name, match in found.items()}


def index_page(
    entries: list[LedgerEntry], *, title: str, notice: str = "", brand: Brand = DEFAULT_BRAND
) -> str:
    """Return the page, in the reader's language.

    Parameters
    ----------
    entries
        The reports, in the order of the page.
    title
        Title of the page.
    notice
        A notice at its top; "" for none.
    brand
        Whose reports they are: logo, colours, fonts.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> "&lt;b&gt;" in index_page([LedgerEntry("<b>", "b-1")], title="Reports")
    True
    """
    script = template("index.js")
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rows = "\n".join(map(_row, entries))
    out = sum(entry.state in ("done", "unchanged") for entry in entries)
    values = {
        **{name: _text(translated(label)) for name, label in _LABELS.items()},
        "LANG": current_language().code,
        "SHOWN": _text(translated("{count} of {all} shown")),
        "TITLE": _text(title),
        "NOTICE": f'<aside class="banner" aria-label="{_text(translated("Notice"))}">'
        f"<strong>{_text(notice)}</strong></aside>"
        if notice
        else "",
        "COUNT": _text(sentence("{out:d} of {all:d} reports are out", out=out, all=len(entries))),
        "BRANDED": " branded" if brand.logo else "",
        "FACTS": _facts(entries),
        "LOGO": logo_image(brand, picture(brand.logo.read_bytes()) if brand.logo else None),
        "FONTS": font_rules(brand, {*title, *rows, *notice}),
        "ROWS": rows,
        "STYLE": template("page.css") + brand_rules(brand) + template("index.css"),
        "SCRIPT": script,
        "HASH": hashed,
    }
    head, *parts = template("index.html").split("@@")
    # Every second part is a name: values are inserted once and never scanned again.
    return head + "".join(values[p] if i % 2 == 0 else p for i, p in enumerate(parts))


def _row(entry: LedgerEntry) -> str:
    links = " ".join(
        f'<a href="{quote(entry.file)}.{quote(suffix)}">{_text(suffix.upper())}'
        f'<span class="unseen"> {_text(sentence("report of {client}", client=entry.name))}</span>'
        f"<small>{_size(entry.sizes.get(suffix, 0))}</small></a>"
        for suffix in entry.files
    )
    state = _text(translated(_STATES[entry.state]))
    trouble = ""
    if entry.state == "failed":
        words = _text(translated("Executed notebook"))
        kept = f' <a href="{quote(entry.kept)}">{words}</a>' if entry.kept else ""
        trouble = f'<p class="error">{_text(entry.error)}{kept}</p>'
    return (
        f'<tr data-state="{entry.state}"><th scope="row" dir="auto">{_text(entry.name)}</th>'
        f'<td><span class="state {entry.state}">{state}</span></td><td class="day">{_text(entry.made)}</td>'
        f'<td class="links">{links}{trouble}</td></tr>'
    )


def _facts(entries: list[LedgerEntry]) -> str:
    """Return when the last reports were made, and how large all are, as a list of facts."""
    facts = {
        translated("Last made"): max((_text(entry.made) for entry in entries), default=""),
        translated("Size of all files"): _size(sum(sum(entry.sizes.values()) for entry in entries)),
    }
    return "".join(
        f"<div><dt>{_text(name)}</dt><dd>{fact}</dd></div>" for name, fact in facts.items() if fact
    )


def _size(size: int) -> str:
    """Return a file's size for people; empty where it is not known."""
    return f"{decimal(size / 1e6)} MB" if size >= 1e6 else f"{max(size // 1000, 1)} kB" if size else ""


def _text(words: str) -> str:
    return escape(printable_text(words))
