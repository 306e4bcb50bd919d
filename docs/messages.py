"""Extract what readers read, update the catalogs with it, compile them, and report what lacks: ``make messages``.

A catalog is a folder of ``cfanalysis/core/catalogs`` named by its language: a ``.po`` file for each area of the
package, so that translators of different areas do not meet, and a glossary. The area's files are merged into one
``.mo``, which the package reads. Texts are taken from the functions that translate or mark them (see
`cfanalysis.core.language` and `cfanalysis.core.templates`), from the notebooks' text cells, from the page templates,
from the recommendations that ship and from the descriptions of the rules of checks and cleaning.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import get_args

import yaml
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from cfanalysis.intake.cleaning.file_check import RULE_DESCRIPTIONS
from cfanalysis.intake.cleaning.log import RULES
from cfanalysis.statistics.claim_test.result import Judgement

ROOT = Path(__file__).resolve().parents[1]
CATALOGS = ROOT / "cfanalysis" / "core" / "catalogs"

AREAS = {
    "client": ("core", "reports/client", "reports/common", "publish", "survey", "study"),
    "charts": ("charts", "analyses", "scoring"),
    "research": ("reports", "statistics", "intake", "jupyter", "../notebooks/*.ipynb"),
    "questionnaire": ("questionnaire", "../notebooks/recommendations.yaml"),
}
"""Where the texts of each area stand; what stands in two areas belongs to the first."""

_FIRST = ("translated", "message", "sentence", "clauses", "grouped_clauses", "table_rows")
_PAIRS = {"plural_form": 0, "message_pair": 0, "plural": 1}  # the place of the form for one
_CAPTION = 2, 3, "size", "statistics"  # the templates of `caption_of`
_SHOWN = {
    "fitted_table": (0, 1, "of_column"), "source_table": (0, 1), "table_columns": (0,), "left_out": (2,),
    "SectionKind": (0, 2), "_forms": (0, 2), "_listed": (0,), "Analysis": (1, 3, 4),
}  # fmt: skip
"""What functions translate of what they are given."""
_BY_VALUE: dict[str, dict[str, Iterable[str]]] = {
    "charts": {
        "cfanalysis/analyses/cleaning_record.py": [
            rule.replace("_", " ").replace("dont", "don't") for rule in RULES
        ],
    },
    "research": {
        "cfanalysis/intake/cleaning/log.py": (*RULES.values(), *RULE_DESCRIPTIONS.values()),
        "cfanalysis/reports/claim_test.py": get_args(Judgement),
    },
}
"""Values that are translated as they are, by area and by the module that shows them."""
_IN_TEMPLATE = re.compile(r"""translated\(\s*(["'])(.+?)\1\s*\)""", flags=re.DOTALL)
_PLACE = re.compile(r"\{[^}]*\}")

glued: set[str] = set()
"""Where texts were met that are put together, so that they cannot be translated."""

Key = tuple[str | tuple[str, str], str]
"""A text, or its forms for one and for many; its context."""


def has_words(text: str) -> bool:
    """Tell whether a template holds something to translate besides its places: words, quotation marks, : or ;."""
    return any(c.isalpha() or c in "“”:;" for c in _PLACE.sub("", text))


def module_messages(source: str, where: str = "") -> Iterator[tuple[int, Key]]:
    r"""Yield the texts that a module marks or translates, each with its line.

    Examples
    --------
    >>> list(module_messages('sentence("{n} of {all}" if x else "{n}", n=1)\nplural(2, "{n} row", "{n} rows")'))
    [(1, ('{n} of {all}', '')), (2, (('{n} row', '{n} rows'), ''))]
    """
    for node, named in _calls(ast.parse(source), {}):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name == "caption_of":
            given = dict(enumerate(node.args)) | {k.arg: k.value for k in node.keywords}
            found = (
                c for place in _CAPTION if place in given for c in _constants(given[place], where, named)
            )
            yield from ((c.lineno, (c.value, "")) for c in found if has_words(c.value))
        elif name in _SHOWN:
            given = dict(enumerate(node.args)) | {k.arg: k.value for k in node.keywords}
            texts = (given[place] for place in _SHOWN[name] if place in given)
            for text in (each for listed in texts for each in _listed(listed, named)):
                yield from (
                    (c.lineno, (c.value, "")) for c in _constants(text, where, named) if has_words(c.value)
                )
        elif name in _FIRST and node.args:
            context = next((str(ast.literal_eval(k.value)) for k in node.keywords if k.arg == "context"), "")
            for constant in _constants(node.args[0], where, named):
                cells = constant.value.split(" | ") if name == "table_rows" else [constant.value]
                ends = [
                    end for cell in cells for end in (cell.split(" to ") if name == "table_rows" else [cell])
                ]
                yield from ((constant.lineno, (end, context)) for end in ends if has_words(end))
        elif name in _PAIRS:
            for forms in _pairs(node.args[_PAIRS[name] :], named):
                pair = [list(_constants(form, where, named)) for form in forms]
                yield from ((a.lineno, ((a.value, b.value), "")) for a, b in zip(*pair, strict=True))


def _pairs(
    arguments: Sequence[ast.expr], named: Mapping[str, list[ast.expr]]
) -> Iterator[Sequence[ast.expr]]:
    """Yield the forms for one and for many: the two arguments, or the pairs that a starred one stands for."""
    if arguments and isinstance(arguments[0], ast.Starred):
        starred = arguments[0].value
        values = named.get(starred.id, []) if isinstance(starred, ast.Name) else [starred]
        yield from (value.elts for value in values if isinstance(value, ast.Tuple) and len(value.elts) == 2)
    else:
        yield arguments[:2]


def _calls(
    node: ast.AST, named: Mapping[str, list[ast.expr]]
) -> Iterator[tuple[ast.Call, Mapping[str, list[ast.expr]]]]:
    """Yield the calls in a part of a module, each with what the names there stand for."""
    if isinstance(node, ast.Module | ast.FunctionDef):
        here: dict[str, list[ast.expr]] = {}
        for each in _own_nodes(node):
            if isinstance(each, ast.Assign):
                for target in each.targets:
                    _note(target, each.value, here)
            elif isinstance(each, ast.AnnAssign | ast.NamedExpr) and each.value is not None:
                _note(each.target, each.value, here)
        named = {**named, **here}
    if isinstance(node, ast.Call):
        yield node, named
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, named)


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in a function or module, without what stands in functions within it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.Lambda):
            yield from _own_nodes(child)


def _note(target: ast.expr, value: ast.expr, named: dict[str, list[ast.expr]]) -> None:
    """Note what is assigned to a name, or to each of several."""
    if isinstance(target, ast.Name):
        named.setdefault(target.id, []).append(value)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for each, part in zip(target.elts, value.elts, strict=False):
            _note(each, part, named)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.IfExp):
        for branch in (value.body, value.orelse):
            _note(target, branch, named)


def _constants(node: ast.expr, where: str, named: Mapping[str, list[ast.expr]]) -> Iterator[ast.Constant]:
    """Yield the texts that an expression can be, also by the names that they were given before."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node
    elif isinstance(node, ast.Name):
        rest = {name: values for name, values in named.items() if name != node.id}
        for value in named.get(node.id, ()):
            yield from _constants(value, where, rest)
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body, where, named)
        yield from _constants(node.orelse, where, named)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _constants(value, where, named)
    elif isinstance(node, ast.Subscript):
        for value in _entries(node.value, named):
            yield from _constants(value, where, named)
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get":
        assert isinstance(node.func, ast.Attribute)
        for value in _entries(node.func.value, named):
            yield from _constants(value, where, named)
    elif isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod)
    ):
        glued.add(f"{where}, line {node.lineno}: a text that is put together where it should be whole")


def _listed(node: ast.expr, named: Mapping[str, list[ast.expr]]) -> list[ast.expr]:
    """Return the texts of a tuple or dictionary, also of one with a name; of anything else, itself."""
    values = named.get(node.id, []) if isinstance(node, ast.Name) else [node]
    return [entry for value in values for entry in _entries(value, {}) or [value]]


def _entries(node: ast.expr, named: Mapping[str, list[ast.expr]]) -> list[ast.expr]:
    """Return what a dictionary or tuple in brackets holds."""
    if isinstance(node, ast.Name):
        rest = {name: values for name, values in named.items() if name != node.id}
        return [entry for value in named.get(node.id, ()) for entry in _entries(value, rest)]
    return list(
        node.values if isinstance(node, ast.Dict) else node.elts if isinstance(node, ast.Tuple) else ()
    )


@cache
def messages(area: str) -> dict[Key, list[tuple[str, int]]]:
    """Return the texts of an area, each with the places where it stands."""
    found: dict[Key, list[tuple[str, int]]] = {}
    for place in AREAS[area]:
        for path in _files(place):
            name = path.relative_to(ROOT).as_posix()
            for line, key in _file_messages(path, name):
                found.setdefault(key, []).append((name, line))
    for place, texts in _BY_VALUE.get(area, {}).items():
        for text in dict.fromkeys(texts):
            found.setdefault((text, ""), []).append((place, 0))
    return found


_READ = ("charts", "analyses", "reports", "jupyter", "questionnaire")
_PLACED = re.compile(r"\{[a-z_]\w*(\.\w+)?(:[^{}]*(\{\w+\})?)?\}")


def unmarked_templates() -> list[str]:
    """Return the templates of what readers read that no function marks or translates, each with its line."""
    every = [identifier for area in AREAS for identifier, _ in messages(area)]
    known = {text for key in every for text in ([key] if isinstance(key, str) else key)}
    found = []
    for path in (path for folder in _READ for path in sorted((ROOT / "cfanalysis" / folder).rglob("*.py"))):
        nodes = [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
        apart = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        apart |= {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
                cells = node.value.split(" | ")
                ends = [end for cell in cells for end in (cell.split(" to ") if len(cells) > 1 else [cell])]
                if _PLACED.search(node.value) and not all(end in known or not has_words(end) for end in ends):
                    found.append(
                        f"{path.relative_to(ROOT)}, line {node.lineno}: a template that nothing marks"
                    )
    return found


def _files(place: str) -> list[Path]:
    base = ROOT / "cfanalysis"
    if place.startswith("../"):
        return sorted(ROOT.glob(place[3:]))
    nested = tuple(base / other for other in sum(AREAS.values(), ()) if other.startswith(f"{place}/"))
    every = sorted(
        p for p in (base / place).rglob("*") if p.suffix in (".py", ".j2", ".html", ".js", ".json")
    )
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
    elif path.suffix == ".json":
        yield from ((0, (text, "")) for text in json.loads(source).values())
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


@cache
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
        print(f"{language}: {len(earlier)} texts, {len(lacks)} to be seen to")
        lacking += lacks
    lacking += [*sorted(glued), *unmarked_templates()]
    print("\n".join(lacking[: 40 if "--all" not in sys.argv else None]))
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
