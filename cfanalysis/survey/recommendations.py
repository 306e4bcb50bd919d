"""What a consultant recommends: sentences by item, practice, dimension, level and warning sign.

A library is a YAML file, ``recommendations.yaml``, beside the notebook of the client report. It names its instrument;
a consultant with several instruments keeps ``recommendations_<anything>.yaml`` for each. One ships for the Customer
Focus Self Assessment. A report takes what fits what it found, the most special first: an item's own, then those of its
practices, then those of its dimension, and nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cfanalysis.core.errors import InstrumentError, nearest, problem_list
from cfanalysis.core.files import sha256
from cfanalysis.core.language import translated
from cfanalysis.core.model_files import ANY_NAME, FileKind
from cfanalysis.core.resources import notebook_folder, recommendation_files, shipped_recommendations
from cfanalysis.core.yaml_files import read_text
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.instrument.instrument_model import Item

Sentences = tuple[Annotated[str, Field(min_length=1, max_length=400)], ...]
Purpose = Literal["improve", "keep"]


class Advice(BaseModel):
    """What is recommended about one thing: where it is an opportunity, and where it is a strength."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    improve: Sentences = ()
    keep: Sentences = ()

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, given: Any) -> Any:
        return {"improve": given} if isinstance(given, list) else given


class Recommendations(BaseModel):
    """A library of recommendations for one instrument.

    Parameters
    ----------
    format
        1.
    instrument
        The id of the instrument.
    items, practices, dimensions, levels, warning_signs
        Advice by the ids of the instrument; that of a level is for who stands at it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    instrument: str
    items: dict[str, Advice] = {}
    practices: dict[str, Advice] = {}
    dimensions: dict[str, Advice] = {}
    levels: dict[str, Advice] = {}
    warning_signs: dict[str, Advice] = {}

    def of_item(self, item: Item, purpose: Purpose) -> Iterator[str]:
        """Yield what is recommended about an item, the most special first.

        Parameters
        ----------
        item
            The item.
        purpose
            Whether it is to be improved or kept.
        """
        parts = [(self.items, item.id), *((self.practices, p) for p in item.practices)]
        for advice, name in (*parts, (self.dimensions, item.dimension)):
            if name in advice:
                yield from map(translated, getattr(advice[name], purpose))

    def first_of_items(self, items: Iterable[Item], purpose: Purpose, used: set[str]) -> dict[str, str]:
        """Return one recommendation for each item, none twice; items for which none is left are not in it.

        Parameters
        ----------
        items
            The items, first things first.
        purpose
            Whether they are to be improved or kept.
        used
            What was recommended already; what is chosen is added.
        """
        chosen = {}
        for item in items:
            for sentence in self.of_item(item, purpose):
                if sentence not in used:
                    used.add(sentence)
                    chosen[item.id] = sentence
                    break
        return chosen


def load_recommendations(path: Path) -> Recommendations:
    """Read a library of recommendations.

    Raises
    ------
    InstrumentError
        It cannot be read, or is not one: each wrong field is named.
    """
    return _parsed(read_text(path, kind=_FILE.name, error=InstrumentError), path)


def recommendation_problems(library: Recommendations, instrument: Instrument) -> list[str]:
    """Return the names in a library that its instrument does not know, each with the nearest.

    Parameters
    ----------
    library
        The recommendations.
    instrument
        What the survey asks.
    """
    known: dict[str, list[str]] = {
        "items": [item.id for item in instrument.gap_items],
        "practices": [practice.id for practice in instrument.practices],
        "dimensions": [dimension.id for dimension in instrument.dimensions],
        "levels": sorted({str(item.level) for item in instrument.select(role="level")}),
        "warning_signs": [item.id for item in instrument.select(role="warning_sign")],
    }
    return [
        f"{part}.{name}: the instrument has no such one; allowed: "
        f"{', '.join(nearest(name, ids) or ids[:20]) or 'none'}"
        for part, ids in known.items()
        for name in getattr(library, part)
        if name not in ids
    ]


def instrument_recommendations(instrument: Instrument, folder: Path | None = None) -> Recommendations | None:
    """Return the recommendations for an instrument; None where there are none.

    Parameters
    ----------
    instrument
        What the survey asks.
    folder
        The folder of the report's notebook; by default that of the notebook that is running.

    Raises
    ------
    InstrumentError
        A library is wrong, two are for the same instrument, or one names what the instrument does not ask.
    """
    paths = recommendation_files(notebook_folder() if folder is None else folder)
    fitting = {p: lib for p in paths if (lib := load_recommendations(p)).instrument == instrument.id}
    if len(fitting) > 1:
        raise InstrumentError(
            f"{len(fitting)} files of recommendations are for the same instrument.",
            where=next(iter(fitting)).parent,
            value=", ".join(path.name for path in fitting),
            allowed="one for each instrument",
            next_step="Put them together, or move one away.",
        )
    for path, library in fitting.items():
        problems = recommendation_problems(library, instrument)
        # The one that ships also serves an instrument from which parts were taken away.
        if problems and sha256(path) != sha256(shipped_recommendations()):
            raise InstrumentError(
                problem_list(f"The recommendations do not fit the instrument {instrument.id!r}:", problems),
                where=path,
                next_step=f"Correct the names; {_FILE.guide} describes the file.",
            )
        return library
    return None


@lru_cache(maxsize=8)
def _parsed(text: str, path: Path) -> Recommendations:
    return _FILE.parse(Recommendations, text, path)


def _fields() -> dict[str, Any]:
    """Return the fields of a library by name."""
    advice = {ANY_NAME: dict.fromkeys(Advice.model_fields)}
    return {name: advice if name.endswith("s") else None for name in Recommendations.model_fields}


_FILE = FileKind("file of recommendations", "docs/report_files.md", InstrumentError, _fields())
