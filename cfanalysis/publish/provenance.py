"""The stamp: from what a report was made, as hashes in its metadata and a short form in its footer.

A stamp is a mapping from what to its SHA-256: the notebook, the code, the parameters and the brand, and what the
caller adds (a client's extract, the instrument). It holds no path, no time of making and no machine, so the same input
gives the same stamp. Besides it says the imprint of the edition: its date and the state of the study, which alone are
no reason to make a report again. In a PDF its entries are keywords of the document, in a web page ``<meta>`` elements.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any

from cfanalysis import __version__
from cfanalysis.core.errors import PublishError
from cfanalysis.core.files import sha256
from cfanalysis.core.language import SOURCE
from cfanalysis.core.resources import outline_file, recommendation_files
from cfanalysis.publish.execution.local_modules import local_modules, read_json
from cfanalysis.theme.brand import brand_hash
from cfanalysis.theme.script_fonts import ScriptFont

Provenance = dict[str, str]

PREFIX = "cfanalysis."
_KEYWORD = re.compile(r"cfanalysis\.([a-z_]+)=([^,<\"&()]*)")
_META = re.compile(r'<meta name="cfanalysis\.([a-z_]+)" content="([^"]*)">')
BY_HAND = {"executed": "by hand"}
"""What the stamp of a page says that was exported from an open notebook."""
UNCHECKED = {"confidentiality": "not checked"}
"""What the stamp of a page says whose notebook decides by itself what is shown about whom."""

IMPRINT = ("date", "study", "edition", "replaces", "language")
"""What a stamp says of the edition: date, fingerprint of the study, number, what it replaces, language but English."""

_TAKES_EXTRACT = re.compile(r'"extract\b')
_LEFT_BY_RUNS = {"outputs", "execution_count", "id"} | {
    "collapsed", "execution", "language_info", "papermill", "scrolled", "trusted", "widgets"
}  # fmt: skip
_CODE = (".py", ".typ", ".css", ".j2", ".ttf", ".woff2", ".mo")


def report_provenance(
    notebook: Path,
    parameters: Mapping[str, Any],
    *,
    inputs: Mapping[str, str],
    brand: Path | None = None,
    cwd: Path | None = None,
    imprint: Mapping[str, str] | None = None,
) -> Provenance:
    """Return the stamp of a report to be made.

    Parameters
    ----------
    notebook
        The notebook.
    parameters
        The values given to it; a file or folder among them counts by its content.
    inputs
        Hashes of what else it is made from, by name.
    brand
        The brand file.
    cwd
        The working directory of its cells, as of `local_modules`.
    imprint
        What is known of `IMPRINT`.
    """
    return {
        **inputs,
        **{name: value for name, value in (imprint or {}).items() if value},
        **source_hashes(notebook, cwd),
        "parameters": parameters_hash(parameters),
        "code": code_hash(),
        "version": __version__,
        "brand": _brand_hash(brand),
    }


def language_imprint(language: str) -> Provenance:
    """Return what a stamp says of the language that a report was made in: nothing of English."""
    return {} if language in ("", SOURCE) else {"language": language}


def hand_provenance(notebook: Path, read: Mapping[str, Any], brand: Path | None) -> Provenance:
    """Return the stamp of what is exported from an open notebook: nobody knows what its cells were run on.

    Parameters
    ----------
    notebook
        Its path.
    read
        Its content.
    brand
        The brand file.
    """
    own = source_hashes(notebook, read=read)
    return {**BY_HAND, **own, "code": code_hash(), "version": __version__, "brand": _brand_hash(brand)}


def _brand_hash(brand: Path | None) -> str:
    return text_hash(brand_hash(brand)) if brand else "none"


def source_hashes(
    notebook: Path, cwd: Path | None = None, read: Mapping[str, Any] | None = None
) -> Provenance:
    """Return the hashes of a notebook and, where it has modules to itself, of these.

    Parameters
    ----------
    notebook
        The notebook. What running it leaves in its file (outputs, counts, times) does not count; what the author of a
        client report keeps beside it does: the outline and recommendations (`cfanalysis.survey.recommendations`).
    cwd, read
        As of `local_modules`.
    """
    own, folder = local_modules(notebook, cwd, read), notebook.parent
    modules = "\n".join(f"{place} {sha256(path)}" for place, path in own.items())
    content = read_json(notebook) if read is None else read
    notebook_hash = _cells_hash(content) or sha256(notebook)
    if _TAKES_EXTRACT.search(json.dumps(content)):
        beside = [*filter(None, [outline_file(folder)]), *recommendation_files(folder)]
        notebook_hash = text_hash(" ".join([notebook_hash, *map(sha256, beside)]))
    return {"notebook": notebook_hash, **({"modules": text_hash(modules)} if own else {})}


def _cells_hash(read: Mapping[str, Any]) -> str:
    """Return the hash of a notebook's cells and metadata; empty for what is no notebook."""
    try:
        about = [_lasting(read["metadata"])]
        about += [
            {**_lasting(cell), "source": "".join(cell["source"]), "metadata": _lasting(cell["metadata"])}
            for cell in read["cells"]
        ]
    except (KeyError, TypeError, AttributeError):
        return ""
    return text_hash(json.dumps(about, sort_keys=True))


def _lasting(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key not in _LEFT_BY_RUNS}


def short_form(given: Mapping[str, str]) -> str:
    """Return a stamp's short form: 12 characters that differ wherever two stamps do.

    Examples
    --------
    >>> short_form({"notebook": "a"}) == short_form({"notebook": "a"}) != short_form({"notebook": "b"})
    True
    """
    return mapping_hash(given)[:12]


def provenance_keywords(given: Mapping[str, str]) -> list[str]:
    """Return a stamp as keywords of a document."""
    return [f"{PREFIX}{name}={value}" for name, value in sorted(given.items())]


def fonts_provenance(fonts: Iterable[ScriptFont]) -> Provenance:
    """Return what a page says of fonts that are not the program's; nothing where there are none.

    Parameters
    ----------
    fonts
        The fonts that letters needed which the program's and the brand's lack.
    """
    named = "; ".join(f"{font.family} {font.version}" for font in fonts if not font.is_ours)
    return {"fonts": named} if named else {}


def read_provenance(path: Path) -> Provenance:
    """Return the stamp of a published PDF or web page.

    Raises
    ------
    PublishError
        The file cannot be read, or has no stamp.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PublishError("The file cannot be read.", where=path, value=error.strerror) from error
    text = content.decode("utf-8", "replace")
    if content.startswith(b"%PDF"):
        keywords_ = re.search(r"<pdf:Keywords>(.*?)</pdf:Keywords>", text, re.DOTALL)
        found = dict(_KEYWORD.findall(unescape(keywords_.group(1)))) if keywords_ else {}
    else:
        found = {name: unescape(value) for name, value in _META.findall(text)}
    if not found:
        raise PublishError(
            "The file has no stamp.", where=path, allowed="a PDF or web page that cfanalysis has made"
        )
    return {name: value.strip() for name, value in found.items()}


def parameters_hash(parameters: Mapping[str, Any]) -> str:
    """Return one hash over parameters; files and folders count by their content, wherever they lie."""
    return text_hash(json.dumps({k: _content(v) for k, v in sorted(parameters.items())}, default=str))


def folder_hash(folder: Path) -> str:
    """Return one hash over the files of a folder, their names included."""
    names = sorted(p for p in folder.rglob("*") if p.is_file())
    return text_hash("\n".join(f"{p.relative_to(folder).as_posix()} {sha256(p)}" for p in names))


@lru_cache(maxsize=1)
def code_hash() -> str:
    """Return one hash over the program's own files: code, templates, fonts."""
    package = Path(str(files("cfanalysis")))
    found = sorted(p for p in package.rglob("*") if p.suffix in _CODE and "bundled" not in p.parts)
    return text_hash("\n".join(f"{p.relative_to(package).as_posix()} {sha256(p)}" for p in found))


def _content(value: Any) -> Any:
    if isinstance(value, str) and value and len(value) < 4096 and "\0" not in value:
        try:
            path = Path(value)
            if path.is_absolute() and path.is_dir():
                return folder_hash(path)
            if path.is_absolute() and path.is_file():
                return sha256(path)
        except OSError:  # too long for a name
            return value
    return value


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def mapping_hash(given: Mapping[str, str]) -> str:
    """Return one hash over a mapping of texts."""
    return text_hash(json.dumps(dict(sorted(given.items()))))
