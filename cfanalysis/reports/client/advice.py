"""What a client's report recommends: taken from the library, for what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cfanalysis.analyses.performance_levels import ClientLevel
from cfanalysis.analyses.priorities import Priorities
from cfanalysis.analyses.warning_signs import ClientSigns
from cfanalysis.core.blocks import Prose, escape_markdown
from cfanalysis.core.language import translated
from cfanalysis.survey.recommendations import Purpose, instrument_recommendations
from cfanalysis.survey.survey_data import ClientExtract


def priority_recommendations(found: Priorities, extract: ClientExtract) -> dict[str, str]:
    """Return one recommendation for each strength and opportunity, by item; none occurs twice.

    Parameters
    ----------
    found
        Strengths and opportunities.
    extract
        The client's extract.
    """
    return {item: first for item, (first, *_) in _by_item(found, extract).items()}


def further_recommendations(found: Priorities | None, extract: ClientExtract) -> Prose | None:
    """Return what else is recommended about the opportunities, beside what the first page says; None for nothing.

    Parameters
    ----------
    found
        Strengths and opportunities.
    extract
        The client's extract.
    """
    if found is None:
        return None
    advised = _by_item(found, extract)
    chosen = found.opportunities
    further = {
        str(title): advised.get(str(item), [])[1:]
        for item, title in zip(chosen["item"], chosen["title"], strict=True)
    }
    return _listed("More that could be done about the opportunities:", further)


def level_recommendations(level: ClientLevel | None, extract: ClientExtract) -> Prose | None:
    """Return what is recommended to who stands at the client's level; None for nothing.

    Parameters
    ----------
    level
        The client's level; None where it has none.
    extract
        The client's extract.
    """
    library = instrument_recommendations(extract.instrument)
    advice = library.levels.get(level.level) if library is not None and level is not None else None
    return _listed("What leads further:", {"": advice.improve} if advice else {})


def sign_recommendations(signs: ClientSigns | None, extract: ClientExtract) -> Prose | None:
    """Return what is recommended about the signs that the client has; None for nothing.

    Parameters
    ----------
    signs
        The client's signs; None where there are none.
    extract
        The client's extract.
    """
    library = instrument_recommendations(extract.instrument)
    if library is None or signs is None:
        return None
    present = signs.frame[signs.frame["present"].astype(bool)]
    advised = {
        str(title): library.warning_signs[sign].improve[:1]
        for sign, title in zip(present["sign"], present["title"], strict=True)
        if sign in library.warning_signs
    }
    return _listed("What to do about the signs that more than half see:", advised)


def _by_item(found: Priorities, extract: ClientExtract) -> dict[str, list[str]]:
    """Return the recommendations of strengths and opportunities by item: first one for each, then a second."""
    library = instrument_recommendations(extract.instrument)
    advised: dict[str, list[str]] = {}
    if library is None:
        return advised
    used: set[str] = set()
    rounds: tuple[tuple[Purpose, list[str]], ...] = (
        ("improve", list(found.opportunities["item"])),
        ("keep", list(found.strengths["item"]) if found.above else []),
        ("improve", list(found.opportunities["item"])),
    )
    for purpose, items in rounds:
        chosen = library.first_of_items(map(extract.instrument.item, items), purpose, used)
        for item, sentence in chosen.items():
            advised.setdefault(item, []).append(translated(sentence))
    return advised


def _listed(introduction: str, advised: Mapping[str, Sequence[str]]) -> Prose | None:
    lines = [
        f"- {f'**{escape_markdown(title)}.** ' if title else ''}{escape_markdown(translated(sentence))}"
        for title, sentences in ((t.removesuffix("."), s) for t, s in advised.items())
        for sentence in sentences
    ]
    return Prose("\n".join([f"{translated(introduction)}\n", *lines])) if lines else None
