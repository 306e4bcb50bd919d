"""What the files beside a client report's notebook say, in lines for their author."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.recommendations import instrument_recommendations


def report_file_lines(folder: Path, instrument: Instrument) -> Iterator[str]:
    """Yield what a report takes from the files beside its notebook.

    Parameters
    ----------
    folder
        The folder of the notebook.
    instrument
        What the survey asks.

    Raises
    ------
    InstrumentError
        A file is wrong; the message says where.
    """
    yield from _recommendation_lines(folder, instrument)


def _recommendation_lines(folder: Path, instrument: Instrument) -> Iterator[str]:
    library = instrument_recommendations(instrument, folder)
    if library is None:
        yield f"recommendations: none for the instrument {instrument.id!r}; reports recommend nothing"
        return
    parts = ("items", "practices", "dimensions", "levels", "warning_signs")
    counts = (
        f"{sum(len(a.improve) + len(a.keep) for a in getattr(library, part).values())} by {part.replace('_', ' ')}"
        for part in parts
        if getattr(library, part)
    )
    yield f"recommendations for {instrument.id}: {', '.join(counts)}"
    practices = [item for item in instrument.gap_items if item.facet == "do"]
    for purpose, about in (("improve", "as an opportunity"), ("keep", "as a strength")):
        bare = [item.id for item in practices if not any(library.of_item(item, purpose))]
        if bare:
            yield f"nothing is recommended {about} for {len(bare)} of {len(practices)} Do items: {', '.join(bare)}"
