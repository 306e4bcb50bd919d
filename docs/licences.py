"""Write THIRD_PARTY_LICENSES.md from the metadata of what is installed: ``make licences``.

Followed are the requirements of the package and of each extra that runs with it, down to the last one that this
platform needs. Licences are as the packages declare them: the licence expression, else their classifiers, else
their licence field.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
NOT_HANDED_ON = ("test", "browser", "build", "dist", "docs")
"""The extras that serve the project itself; the others are what a user installs beside the package."""

_CLASSIFIER = "License :: OSI Approved :: "
_SPELLINGS = {
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "BSD License": "BSD",
    "BSD 3-Clause": "BSD-3-Clause",
    "MIT License": "MIT",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}

HEAD = """# Third-party licences

What `cfanalysis` uses at run time, with the licence that each package declares. Nothing of it is copied into this
repository or the wheel, except the fonts. The tables are written by `docs/licences.py` (`make licences`) from the
packages installed on Linux; other platforms need a few more.

No package is under the GPL; one under the LGPL would be marked.

## In the repository and the wheel

IBM Plex Sans (`cfanalysis/theme/fonts/`), Copyright © 2017 IBM Corp. with Reserved Font Name "Plex", is under the SIL
Open Font License 1.1 ([OFL-1.1](https://openfontlicense.org); its text is `cfanalysis/theme/fonts/OFL.txt`). The font
is embedded in PDFs, pages and charts, which the licence allows under any terms. DejaVu Sans, from matplotlib, stands in
for letters that it lacks (Bitstream Vera licence).

Workbook Math, embedded in web pages with formulas, is a subset of IBM Plex Math 1.1.0 under the same licence, which
asks that a changed font has another name; its table of mathematics is mended, so that arrows, bars and hats grow in
browsers.

Workbook Emoji, for the signs that people put into their comments, holds 494 of the 1,464 signs of Noto Emoji 3.006,
Copyright 2013 Google LLC, under the same licence (its text is `cfanalysis/theme/fonts/OFL-NotoEmoji.txt`).
"""


def closure(requirements: list[str]) -> dict[str, metadata.Distribution]:
    """Return the installed packages that requirements lead to, by canonical name."""
    found: dict[str, metadata.Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    while waiting:
        requirement, wanted = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": wanted}):
            continue
        name = canonicalize_name(requirement.name)
        found[name] = metadata.distribution(name)
        for part in ("", *requirement.extras):
            if (name, part) not in seen:
                seen.add((name, part))
                waiting += [(Requirement(text), part) for text in found[name].requires or []]
    return found


def licence(package: metadata.Distribution) -> str:
    """Return the licence that a package declares, as an SPDX identifier where that is clear."""
    told = package.metadata
    if expression := told.get("License-Expression"):
        return str(expression)
    classified = [
        c.removeprefix(_CLASSIFIER) for c in told.get_all("Classifier") or [] if c.startswith(_CLASSIFIER)
    ]
    if classified:
        return " and ".join(_SPELLINGS.get(name, name) for name in classified)
    first = str(told.get("License") or "not declared").strip().splitlines()[0]
    return _SPELLINGS.get(first, first)


def is_copyleft(words: str) -> bool:
    """Return whether a licence is the GPL or the AGPL, without a choice of another one."""
    choices = re.split(r"\bOR\b", words)
    return all(re.search(r"(?<!L)(?<!Lesser )(?:A?GPL|General Public License)", c) for c in choices)


def is_lesser(words: str) -> bool:
    """Return whether a licence is the LGPL."""
    return "LGPL" in words or "Lesser General Public" in words


def tables() -> Iterator[tuple[str, dict[str, metadata.Distribution]]]:
    """Yield the heading and the packages of each table: run time, then what an extra adds."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    base = closure(project["dependencies"])
    yield "Run time", base
    for extra, requirements in project["optional-dependencies"].items():
        if extra not in NOT_HANDED_ON:
            added = closure(requirements)
            yield f"Extra `{extra}`", {name: package for name, package in added.items() if name not in base}


def page() -> str:
    """Return the page."""
    lines = [HEAD]
    for heading, packages in tables():
        lines += [f"## {heading}", "", "| package | licence |", "| --- | --- |"]
        for name in sorted(packages):
            words = licence(packages[name])
            mark = " (**LGPL**: used unchanged, as a library)" if is_lesser(words) else ""
            lines.append(f"| [{name}](https://pypi.org/project/{name}/) | {words}{mark} |")
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    """Write the page."""
    (ROOT / "THIRD_PARTY_LICENSES.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
