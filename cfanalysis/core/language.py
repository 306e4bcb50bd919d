"""The reader's language: texts from its catalog, numbers, dates and lists as it writes them.

English is the language of the source: a text is looked up as it stands in the code, in the GNU gettext catalogs of
``cfanalysis/core/catalogs``, which ``make messages`` extracts and compiles. Numbers take the signs of Unicode's
Common Locale Data Repository, through Babel, which is imported for other languages than English alone.

A text is written once and whole, with named places: either where it is shown, in `translated`, `plural_form` or one of
the functions of `cfanalysis.core.templates`, or where it is listed, in `message` or `message_pair`, which mark it for
the catalogs and return it as it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from cfanalysis.core.errors import ParameterError
from cfanalysis.core.publication import current_publication
from cfanalysis.core.resources import workspace_language

if TYPE_CHECKING:
    from babel import Locale

Marked = TypeVar("Marked", bound=str)
SOURCE = "en"
CATALOGS = Path(__file__).parent / "catalogs"
OTHER_CATALOGS = "CFANALYSIS_CATALOGS"
"""The variable of the environment that names a folder with compiled catalogs that are being worked on."""


@dataclass(frozen=True)
class Language:
    """A language that texts are written in.

    Parameters
    ----------
    code
        As in HTML: ``"de"``.
    texts
        The catalog; None for English.
    locale
        How it writes numbers, dates and lists; None for English.
    """

    code: str = SOURCE
    texts: GNUTranslations | None = None
    locale: Locale | None = None

    def sources(self) -> dict[str, str]:
        """Return the English text of each text in the catalog."""
        texts: dict[object, object] = vars(self.texts).get("_catalog", {}) if self.texts else {}
        return {str(text): source for source, text in texts.items() if isinstance(source, str)}

    def symbol(self, name: str) -> str:
        """Return the sign of numbers that is called ``"decimal"`` or ``"group"``.

        Parameters
        ----------
        name
            Which sign.
        """
        if self.locale is None:
            return {"decimal": ".", "group": ","}[name]
        symbols = self.locale.number_symbols
        return str(symbols.get("latn", symbols)[name])

    def number(self, text: str) -> str:
        """Return a number that is written as in English with the signs of this language."""
        if self.locale is None:
            return text
        return text.translate({ord("."): self.symbol("decimal"), ord(","): self.symbol("group")})

    def percentage(self, number: str) -> str:
        """Return a number, written already, with the per cent sign at its place."""
        pattern = "#,##0%" if self.locale is None else str(self.locale.percent_formats[None].pattern)
        return pattern.replace("#,##0", number)


_ENGLISH = Language()
_spoken = ""


def message(text: Marked, *, context: str = "") -> Marked:
    """Mark a text for the catalogs, and return it as it is: it is translated where it is shown.

    Parameters
    ----------
    text
        The English text.
    context
        As for `translated`. "stored" for a template the English text of which is kept in a file or an error:
        `cfanalysis.core.templates.retold` makes it anew in the reader's language.
    """
    return text


def message_pair(one: str, many: str) -> tuple[str, str]:
    """Mark a text that holds a number ``{n}``, and return both of its forms as they are.

    Parameters
    ----------
    one, many
        The text for one and for many.
    """
    return one, many


def translated(text: str, *, context: str = "") -> str:
    """Return a text in the reader's language; as it is where the catalog has none.

    Parameters
    ----------
    text
        The English text, with named places in braces where it is a template.
    context
        Tells two meanings of the same English words apart; "" where there is one.

    Examples
    --------
    >>> translated("Respondents")
    'Respondents'
    """
    texts = current_language().texts
    if texts is None or not text:
        return text
    return texts.pgettext(context, text) if context else texts.gettext(text)


def plural_form(one: str, many: str, n: int) -> str:
    """Return the template for a number in the reader's language.

    Parameters
    ----------
    one, many
        The English template for one and for many.
    n
        The number.

    Examples
    --------
    >>> plural_form("{n} row", "{n} rows", 2)
    '{n} rows'
    """
    texts = current_language().texts
    return (one if n == 1 else many) if texts is None else texts.ngettext(one, many, n)


def listing(parts: Sequence[str], style: Literal["standard", "or"] = "standard") -> str:
    """Return words as a list in a sentence.

    Parameters
    ----------
    parts
        The words.
    style
        Whether all are meant, or one of them.

    Examples
    --------
    >>> listing(["Leadership"]), listing(["Leadership", "Processes", "People"])
    ('Leadership', 'Leadership, Processes and People')
    >>> listing(["Manager", "Front line"], "or")
    'Manager or Front line'
    """
    locale = current_language().locale
    if locale is not None:
        from babel.lists import format_list

        return format_list(list(parts), style, locale=locale)
    if style == "or":
        return " or ".join(parts)
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def series(parts: Iterable[str]) -> str:
    """Return clauses one after the other, with semicolons between them as the reader's language sets them.

    Examples
    --------
    >>> series(["Say 81", "Do 62"])
    'Say 81; Do 62'
    """
    between = translated("{first}; {rest}").removeprefix("{first}").removesuffix("{rest}")
    return between.join(parts)


def current_language() -> Language:
    """Return the language that was asked for (`asked_language`); English otherwise."""
    code = asked_language()
    return _ENGLISH if code in ("", SOURCE) else _language(code)


def asked_language() -> str:
    """Return the code of the language that was asked for; "" where none was.

    A block asks for one (`use_language`), or else a publishing run; in a notebook that somebody runs by hand it is the
    language of the notebooks of the workspace.
    """
    told = current_publication()
    return _spoken or (told.language if told else _of_workspace(Path.cwd()))


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Write in a language for the duration of a block.

    Parameters
    ----------
    code
        As of `known_language`.
    """
    global _spoken
    former, _spoken = _spoken, known_language(code)
    try:
        yield
    finally:
        _spoken = former


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that there are catalogs for, with English."""
    return (SOURCE, *sorted({path.stem for folder in _folders() for path in folder.glob("*.mo")}))


def known_language(code: str) -> str:
    """Return the code of the language that texts are written in where a language is asked for.

    Parameters
    ----------
    code
        As in HTML; a region is left out where there is no catalog of its own.

    Raises
    ------
    ParameterError
        There is no catalog for it.

    Examples
    --------
    >>> known_language("en-GB")
    'en'
    """
    found = spoken_language(code)
    if found is None:
        raise ParameterError(
            "Reports are not written in this language.",
            value=code,
            allowed=", ".join(languages()),
            next_step="Choose one of these, or add a catalog (CONTRIBUTING.md says how)",
        )
    return found


def spoken_language(code: str) -> str | None:
    """Return the code of the language that texts are written in, as `known_language`; None where there is none."""
    wanted = code.strip().replace("_", "-").lower()
    there = {known.lower(): known for known in languages()}
    return there.get(wanted, there.get(wanted.split("-")[0]))


def language_name(code: str) -> str:
    """Return what a language calls itself; its code where that is not known.

    Examples
    --------
    >>> language_name("fr"), language_name("tlh")
    ('Français', 'tlh')
    """
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(code, sep="-").get_display_name() or code
    except (UnknownLocaleError, ValueError):
        return code
    return name[0].upper() + name[1:]


@lru_cache(maxsize=8)
def _of_workspace(_: Path) -> str:
    return spoken_language(workspace_language()) or ""


def _folders() -> list[Path]:
    other = os.environ.get(OTHER_CATALOGS)
    return [*([Path(other)] if other else []), CATALOGS]


@lru_cache(maxsize=8)
def _language(code: str) -> Language:
    from babel import Locale, UnknownLocaleError

    for folder in _folders():
        path = folder / f"{code}.mo"
        if path.is_file():
            with path.open("rb") as stream:
                texts = GNUTranslations(stream)
            try:
                return Language(code, texts, Locale.parse(code, sep="-"))
            except (UnknownLocaleError, ValueError):
                return Language(code, texts, Locale.parse(SOURCE))
    return _ENGLISH
