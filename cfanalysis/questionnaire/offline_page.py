"""The questionnaire as one web page that needs no network: filled in, saved and finished on the respondent's device.

Everything is in the file: styles, fonts, script, and the questions as JSON. The script puts every text into the page
as text, never as markup. A policy in the head names the one script and the one style by their hashes, forbids all
connections, and forbids the script to make markup of texts (Trusted Types); so neither an instrument's text nor an
answer can become a program, and nothing leaves the device.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import asdict
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from cfanalysis.core.errors import ParameterError
from cfanalysis.core.files import atomic_file
from cfanalysis.core.language import language_name, translated, use_language
from cfanalysis.core.resources import font_folder
from cfanalysis.questionnaire.form import Form, Page, Question
from cfanalysis.questionnaire.respondent_profile import (
    PageBenchmark,
    measure_definitions,
    measure_titles,
    next_steps,
)
from cfanalysis.survey.recommendations import Recommendations

SCRIPTS = tuple(
    f"{name}.js"
    for name in ("definition", "memory", "answers", "returns", "questions", "scores", "profile", "screens")
)
STYLES = ("page.css",)
_FACES = (("Regular", 400), ("SemiBold", 600))


def write_offline_page(form: Form, path: Path, **options: Any) -> Path:
    """Write the page of a questionnaire.

    Parameters
    ----------
    form
        The questionnaire.
    path
        The file; it is replaced.
    options
        As for `questionnaire_page`.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    CfAnalysisError
        As for `questionnaire_page`, or the place cannot be written.
    """
    text = questionnaire_page(form, **options)
    with atomic_file(path) as aside:
        aside.write_bytes(text.encode("utf-8", "replace"))
    return path


def questionnaire_page(form: Form, *, fonts: bool = True, **options: Any) -> str:
    """Return the page of a questionnaire.

    Parameters
    ----------
    form
        The questionnaire.
    fonts
        Whether the font (IBM Plex Sans, some 60 kB) is in the file; otherwise the device's own is used.
    options
        As for `page_definition`.

    Returns
    -------
    str
        HTML; the same questionnaire and options give the same text.

    Raises
    ------
    ParameterError
        As for `page_definition`.
    """
    definition = page_definition(form, **options)
    about = json.dumps(definition, ensure_ascii=False, separators=(",", ":"))
    script = _script()
    style = (_font_faces(about) if fonts else "") + _parts(STYLES)
    return str(
        _template().render(
            title=form.instrument.title,
            language=form.language,
            needs=[_needs_script(one) for one in (form, *form.others)],
            policy=_policy(script, style),
            style=style,
            script=script,
            definition=_in_script(about),
        )
    )


def page_definition(
    form: Form,
    *,
    benchmark: PageBenchmark | None = None,
    recommendations: Recommendations | None = None,
    hand_in: str = "",
    return_to: str = "",
) -> dict[str, Any]:
    """Return the data that the page's script reads.

    Parameters
    ----------
    form
        The questionnaire.
    benchmark
        The aggregates that stand beside the respondent's profile; None shows the profile alone.
    recommendations
        What the profile recommends where it finds a wide gap; None recommends nothing.
    hand_in
        What the respondent is to do with the file, one or two sentences.
    return_to
        Where the answers can be mailed to, ``mailto:ADDRESS``; "" leaves the file alone.

    Returns
    -------
    dict
        JSON-ready.

    Raises
    ------
    ParameterError
        `return_to` is no such address.
    """
    address = re.fullmatch(
        r"(?:mailto:)?([^\s@:,;?&<>\"\\]+@[^\s@:,;?&<>\"\\]+\.[^\s@:,;?&<>\"\\.]+)", return_to
    )
    if return_to and address is None:
        raise ParameterError(
            "This is no address that answers can be mailed to.",
            value=return_to,
            allowed="mailto: and one address, as in mailto:answers@example.org",
        )
    instrument = form.instrument
    asked: dict[str, Any] = {
        "id": instrument.id,
        "title": instrument.title,
        "version": instrument.version,
        "about": instrument.about,
        "wave": form.wave,
        "organization": form.organization,
        "columns": response_columns(form),
        "pages": [_page(page) for page in form.pages],
        "missing": [text for text in instrument.missing if text],
    }
    spoken = [_spoken(one, recommendations) for one in (form, *form.others)]
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:12]
    return {
        "key": f"cfanalysis:{instrument.id}:{digest}",
        **asked,
        **spoken[0],
        "languages": spoken if form.others else [],
        "handIn": hand_in,
        "returnTo": address[1] if address else "",
        "share": instrument.minima.answered_share,
        "facets": {f: [i.id for i in instrument.gap_items if i.facet == f] for f in ("say", "do")},
        "measures": measure_definitions(instrument),
        "benchmark": None if benchmark is None else asdict(benchmark),
    }


def _spoken(form: Form, recommendations: Recommendations | None) -> dict[str, Any]:
    """Return what the page says in one language: the instrument's texts, and its own words."""
    instrument = form.instrument
    with use_language(form.language):
        return {
            "language": instrument.language,
            "spoken": form.language,
            "name": language_name(instrument.language),
            "title": instrument.title,
            "about": instrument.about,
            "pages": [_page(page) for page in form.pages],
            "titles": measure_titles(instrument),
            "steps": next_steps(instrument, recommendations),
            "words": {name: translated(text) for name, text in _words().items()},
        }


def _needs_script(form: Form) -> str:
    with use_language(form.language):
        return translated(
            "This questionnaire needs JavaScript, which is switched off. Nothing is sent or loaded by it."
        )


def response_columns(form: Form) -> list[str]:
    """Return the columns of the file that a respondent downloads, in order."""
    asked = [question.name for question in form.questions if question.name != "organization"]
    organization = ["organization"] if form.instrument.unit == "organization" else []
    wave = ["wave"] if form.wave else []
    known = [*organization, "respondent", *wave, "seconds", "submitted"]
    return [*known, *(name for name in asked if name not in known)]


def _page(page: Page) -> dict[str, Any]:
    made: dict[str, Any] = {"title": page.title, "questions": [_question(q) for q in page.questions]}
    made |= {"about": page.about} if page.about else {}
    return made | ({} if page.total is None else {"total": page.total})


def _question(question: Question) -> dict[str, Any]:
    """Return a question without what is empty."""
    made: dict[str, Any] = {
        "name": question.name,
        "text": question.text,
        "kind": question.kind,
        "choices": [[c.value, c.label] for c in question.choices],
        "unknown": None if question.unknown is None else [question.unknown.value, question.unknown.label],
        "required": question.required,
        "fact": question.fact,
    }
    made = {name: value for name, value in made.items() if value}
    return made | ({"low": question.low, "high": question.high} if question.kind == "number" else {})


def _policy(script: str, style: str) -> str:
    """Return the content security policy: this script, this style, and nothing from outside."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; font-src data:; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _in_script(text: str) -> str:
    r"""Return JSON in which nothing ends the element that holds it.

    Examples
    --------
    >>> _in_script('"</script><!--"')
    '"\\u003c/script\\u003e\\u003c!--"'
    """
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


@lru_cache(maxsize=1)
def _script() -> str:
    return f'"use strict";\n(() => {{\n{_parts(SCRIPTS)}}})();\n'


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    words: dict[str, str] = json.loads(_parts(("words.en.json",)))
    return words


def _parts(names: tuple[str, ...]) -> str:
    folder = files("cfanalysis.questionnaire") / "templates"
    return "".join((folder / name).read_text(encoding="utf-8") for name in names)


@lru_cache(maxsize=1)
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=True, undefined=StrictUndefined).from_string(_parts(("page.html.j2",)))


def _font_faces(text: str) -> str:
    """Return the ``@font-face`` rules of the parts of the font that a text needs.

    Of several faces with one name and weight a browser takes, for each letter, the last that has it.
    """
    from cfanalysis.theme.svg_fonts import font_subsets

    return "".join(
        f'@font-face{{font-family:"IBM Plex Sans";font-weight:{weight};font-display:swap;'
        f'src:url(data:font/woff2;base64,{_font(face, subset)}) format("woff2")}}\n'
        for subset in font_subsets(text)
        for face, weight in _FACES
    )


def _font(face: str, subset: str) -> str:
    return base64.b64encode((font_folder() / f"IBMPlexSans-{face}-{subset}.woff2").read_bytes()).decode()
