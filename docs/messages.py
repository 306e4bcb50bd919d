"""Extract what readers read, update the catalogs with it, compile them, and report what lacks: ``make messages``.

A catalog is a folder of ``cfanalysis/core/catalogs`` named by its language: a ``.po`` file for each area of the
package, so that translators of different areas do not meet, and a glossary. The area's files are merged into one
``.mo``, which the package reads. Texts are taken from the functions that translate or mark them (see
`cfanalysis.core.language` and `cfanalysis.core.templates`), from the notebooks' text cells, from the page templates and
from the recommendations that ship.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import yaml
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGS = ROOT / "cfanalysis" / "core" / "catalogs"

AREAS = {
    "client": ("core", "reports/client", "reports/common", "publish", "survey", "study"),
    "charts": ("charts", "analyses", "scoring"),
    "research": ("reports", "statistics", "../notebooks/*.ipynb"),
    "questionnaire": ("questionnaire", "../notebooks/recommendations.yaml"),
}
"""Where the texts of each area stand; what stands in two areas belongs to the first."""

_FIRST = ("translated", "message", "sentence", "clauses", "grouped_clauses", "table_rows")
_PAIRS = {"plural_form": 0, "message_pair": 0, "plural": 1}  # the place of the form for one
_IN_TEMPLATE = re.compile(r"""translated\(\s*(["'])(.+?)\1\s*\)""", flags=re.DOTALL)
_PLACE = re.compile(r"\{[^}]*\}")

glued: set[str] = set()
"""Where texts were met that are put together, so that they cannot be translated."""

Key = tuple[str | tuple[str, str], str]
"""A text, or its forms for one and for many; its context."""


def has_words(text: str) -> bool:
    """Tell whether a template holds something to translate besides its places."""
    return any(c.isalpha() for c in _PLACE.sub("", text))


def module_messages(source: str, where: str = "") -> Iterator[tuple[int, Key]]:
    r"""Yield the texts that a module marks or translates, each with its line.

    Examples
    --------
    >>> list(module_messages('sentence("{n} of {all}" if x else "{n}", n=1)\nplural(2, "{n} row", "{n} rows")'))
    [(1, ('{n} of {all}', '')), (2, (('{n} row', '{n} rows'), ''))]
    """
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in _FIRST and node.args:
            context = next((str(ast.literal_eval(k.value)) for k in node.keywords if k.arg == "context"), "")
            for constant in _constants(node.args[0], where):
                cells = constant.value.split(" | ") if name == "table_rows" else [constant.value]
                ends = [
                    end for cell in cells for end in (cell.split(" to ") if name == "table_rows" else [cell])
                ]
                yield from ((constant.lineno, (end, context)) for end in ends if has_words(end))
        elif name in _PAIRS and not any(isinstance(a, ast.Starred) for a in node.args):
            pair = [list(_constants(form, where)) for form in node.args[_PAIRS[name] :][:2]]
            yield from ((a.lineno, ((a.value, b.value), "")) for a, b in zip(*pair, strict=True))


def _constants(node: ast.expr, where: str) -> Iterator[ast.Constant]:
    """Yield the texts that an expression can be."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body, where)
        yield from _constants(node.orelse, where)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _constants(value, where)
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
        for value in node.value.values:
            yield from _constants(value, where)
    elif isinstance(node, ast.JoinedStr | ast.BinOp):
        glued.add(f"{where}, line {node.lineno}: a text that is put together where it should be whole")


def messages(area: str) -> dict[Key, list[tuple[str, int]]]:
    """Return the texts of an area, each with the places where it stands."""
    found: dict[Key, list[tuple[str, int]]] = {}
    for place in AREAS[area]:
        for path in _files(place):
            name = path.relative_to(ROOT).as_posix()
            for line, key in _file_messages(path, name):
                found.setdefault(key, []).append((name, line))
    return found


def _files(place: str) -> list[Path]:
    base = ROOT / "cfanalysis"
    if place.startswith("../"):
        return sorted(ROOT.glob(place[3:]))
    nested = tuple(base / other for other in sum(AREAS.values(), ()) if other.startswith(f"{place}/"))
    every = sorted(p for p in (base / place).rglob("*") if p.suffix in (".py", ".j2", ".html", ".js"))
    return [path for path in every if not any(folder in path.parents for folder in nested)]


def _file_messages(path: Path, name: str) -> Iterator[tuple[int, Key]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from module_messages(source, name)
    elif path.suffix == ".ipynb":
        read = json.loads(source)
        yield 0, (str(read["metadata"]["cfanalysis"]["title"]), "")
        cells = ("".join(cell["source"]) for cell in read["cells"] if cell["cell_type"] == "markdown")
        yield from ((number, (cell, "")) for number, cell in enumerate(cells) if has_words(cell))
    elif path.suffix == ".yaml":
        yield from ((0, (text, "")) for text in _texts(yaml.safe_load(source)))
    else:
        for match in _IN_TEMPLATE.finditer(source):
            yield source.count("\n", 0, match.start()) + 1, (match[2], "")


def _texts(value: object) -> Iterator[str]:
    """Yield the sentences in a file of recommendations."""
    if isinstance(value, str) and " " in value:
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def catalog(language: str, area: str) -> Catalog:
    """Return a language's catalog of an area as its file has it; an empty one where there is none."""
    path = CATALOGS / language / f"{area}.po"
    if not path.is_file():
        return _empty(language)
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def _empty(language: str) -> Catalog:
    day = datetime(2026, 1, 1, tzinfo=UTC)  # the same texts make the same file
    about = {"project": "cfanalysis", "version": "1", "copyright_holder": "The cfanalysis developers"}
    return Catalog(language, charset="utf-8", creation_date=day, revision_date=day, fuzzy=False, **about)


def updated_catalog(language: str, area: str, earlier: set[Key]) -> Catalog:
    """Return a language's catalog of an area with the texts of today: new ones without translation, old ones gone.

    Parameters
    ----------
    language, area
        Which catalog.
    earlier
        The texts of the areas before it, which it does not repeat.
    """
    former, new = catalog(language, area), _empty(language)
    for key, places in messages(area).items():
        if key in earlier:
            continue
        earlier.add(key)
        identifier, context = key
        known = former.get(identifier if isinstance(identifier, str) else identifier[0], context or None)
        text = known.string if known is not None else ("" if isinstance(identifier, str) else ())
        new.add(identifier, text, locations=[(file, None) for file in dict.fromkeys(f for f, _ in places)],
                context=context or None)  # fmt: skip
    return new


def problems(language: str) -> list[str]:
    """Return what lacks in a language's catalogs, or is wrong with it."""
    found, earlier = list[str](), set[Key]()
    for area in AREAS:
        for entry in updated_catalog(language, area, earlier):
            if not entry.id:
                continue
            forms = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
            identifiers = entry.id if isinstance(entry.id, tuple | list) else (entry.id,)
            said = str(identifiers[-1])
            where = f"{language}/{area}.po: {said[:70]!r}"
            if (
                not forms
                or not all(forms)
                or (entry.pluralizable and len(forms) < catalog(language, area).num_plurals)
            ):
                found.append(f"{where} is not translated")
            elif any(_places(form) - _places(*identifiers) for form in forms):
                found.append(f"{where} names other places than its translation")
            elif any(_places(*identifiers[-1:]) - _places(form) - {"n"} for form in forms):
                found.append(f"{where}: its translation leaves out a place")
    return found


def _places(*texts: str) -> set[str]:
    """Return the names in braces of templates; text that is no template (Markdown with braces) has none."""
    try:
        return {str(name) for text in texts for _, name, _, _ in Formatter().parse(text) if name}
    except ValueError:
        return set()


def languages() -> list[str]:
    """Return the languages that have a folder of catalogs."""
    return sorted(path.name for path in CATALOGS.iterdir() if path.is_dir() and not path.name.startswith("_"))


def compiled(language: str) -> Catalog:
    """Return all areas of a language as one catalog."""
    whole, earlier = _empty(language), set[Key]()
    for area in AREAS:
        for entry in updated_catalog(language, area, earlier):
            if entry.id and entry.string and (isinstance(entry.string, str) or all(entry.string)):
                whole.add(entry.id, entry.string, context=entry.context)
    return whole


def main() -> int:
    """Update, compile and report; return the exit status: 1 where something lacks."""
    lacking = []
    for language in languages():
        earlier: set[Key] = set()
        for area in AREAS:
            new = updated_catalog(language, area, earlier)
            with (CATALOGS / language / f"{area}.po").open("wb") as stream:
                write_po(stream, new, width=120, omit_header=False, sort_output=False, include_lineno=False)
        with (CATALOGS / f"{language}.mo").open("wb") as stream:
            write_mo(stream, compiled(language))
        lacks = problems(language)
        total = sum(len(catalog(language, area)) for area in AREAS)
        print(f"{language}: {total} texts, {len(lacks)} to be seen to")
        lacking += lacks
    lacking += sorted(glued)
    print("\n".join(lacking[: 40 if "--all" not in sys.argv else None]))
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
