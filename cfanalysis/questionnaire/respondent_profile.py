"""What the page needs to show a respondent's profile: which items make which score, and the benchmark beside it.

A score of one respondent is computed in the page as an organization's is here: answers after reverse keying on 0 to
100, their mean over the items of a facet; the gap is Say minus Do; an index by its formula. Where an organization must
have all items, a respondent must have answered the instrument's least share of them.

Of the benchmark, the norm published last or else the study's own figures, the page holds n, mean, the first and last
decile and the top quartile's mean of each measure, as clients' reports print them, and no row of an organization.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cfanalysis.core.errors import StudyError
from cfanalysis.core.formatting import count_range
from cfanalysis.study.benchmark.norm_benchmark import norm_waves, whole_benchmark
from cfanalysis.study.client_extract import printed_aggregates
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.instrument import Instrument, Item
from cfanalysis.survey.recommendations import Recommendations

_SCOPES = ("overall", "dimension", "pair", "index")
_SHOWN = ("mean", "p10", "p90", "top")


@dataclass(frozen=True)
class PageBenchmark:
    """The aggregates that a page is built with.

    Parameters
    ----------
    study
        Name of the study.
    n
        On how many organizations its figures rest, e.g. "115–117".
    waves
        The norm's waves, from which each organization's latest is taken.
    synthetic
        Whether the data are made up.
    measures
        ``scope/name/facet`` -> ``n`` and, where they may be shown, ``mean, p10, p90, top`` (0-100).
    """

    study: str
    n: str
    waves: tuple[str, ...]
    synthetic: bool
    measures: dict[str, dict[str, float]]


def page_benchmark(study: Study, instrument: Instrument) -> PageBenchmark:
    """Return the aggregates of a study for an instrument's page.

    Parameters
    ----------
    study
        The study that is the benchmark.
    instrument
        What the page asks.

    Raises
    ------
    StudyError
        The study asked something else, so that scores cannot be compared, or it holds too few organizations for any
        aggregate to be shown.
    """
    _refuse_another(study, instrument)
    benchmark = whole_benchmark(study)
    table = printed_aggregates(benchmark)
    measures = {
        f"{row['scope']}/{row['name']}/{row['facet']}": _shown(row)
        for row in table[table["scope"].isin(_SCOPES)].to_dict("records")
    }
    if not measures:
        raise StudyError(
            "The study has too few organizations for a benchmark.",
            where=study.folder,
            value=len(study.clients),
            allowed=f"at least {study.survey.instrument.minima.organizations}",
            next_step="Make the page without --benchmark.",
        )
    source, n = study.survey.source, count_range(figures["n"] for figures in measures.values())
    return PageBenchmark(study.name, n, norm_waves(benchmark), source.synthetic, measures)


def _shown(row: dict[Any, Any]) -> dict[str, float]:
    """Return n and what may be shown, as it is printed in reports."""
    shown = {name: float(row[name]) for name in _SHOWN if name in row and not pd.isna(row[name])}
    return {"n": int(row["n"]), **shown}


def _refuse_another(study: Study, instrument: Instrument) -> None:
    """Refuse a study that computes one of the scores differently."""
    theirs, ours = measure_definitions(study.survey.instrument), measure_definitions(instrument)
    differing = sorted(name for name in ours if ours[name] != theirs.get(name))
    if study.survey.instrument.id != instrument.id or differing:
        raise StudyError(
            "The study cannot be the benchmark of this questionnaire: it asked something else.",
            where=study.folder,
            value=f"{study.survey.instrument.id} {study.survey.instrument.version}; "
            f"different: {', '.join(differing[:8]) or 'the instrument'}",
            allowed=f"{instrument.id} with the same items in each score",
            next_step="Prepare the study with this instrument, or make the page without --benchmark.",
        )


def measure_definitions(instrument: Instrument) -> dict[str, Any]:
    """Return the definition of each score of a profile, by ``scope/name``.

    Returns
    -------
    dict
        ``title``, and for gaps ``say`` and ``do``, for an index ``formula``, ``items`` and perhaps ``positive_from``;
        every item as its id, the ends of its scale and whether it is reverse-keyed.
    """

    def parts(items: Sequence[Item]) -> list[dict[str, Any]]:
        return [_part(item, instrument) for item in items]

    made: dict[str, Any] = {}
    for dimension in instrument.gap_dimensions:
        sides = {f: instrument.select(role="gap", facet=f, dimension=dimension.id) for f in ("say", "do")}
        made[f"dimension/{dimension.id}"] = {f: parts(items) for f, items in sides.items()}
    if made:
        made["overall/overall"] = {
            f: parts([i for i in instrument.gap_items if i.facet == f]) for f in ("say", "do")
        }
    for pair in instrument.pairs:
        made[f"pair/{pair.id}"] = {"say": parts([pair.say]), "do": parts([pair.do])}
    for index in instrument.indices:
        made[f"index/{index.id}"] = {
            "formula": index.formula,
            "items": parts([instrument.item(i) for i in index.items]),
            **({} if index.positive_from is None else {"positive": index.positive_from}),
        }
    return made


def measure_titles(instrument: Instrument) -> dict[str, dict[str, str]]:
    """Return the titles of the scores of a profile, by ``scope/name``: ``title``, or ``say`` and ``do`` of a pair."""
    titles = {f"dimension/{d.id}": {"title": d.title} for d in instrument.gap_dimensions}
    titles |= {f"pair/{p.id}": {"say": p.say.title, "do": p.do.title} for p in instrument.pairs}
    return titles | {f"index/{i.id}": {"title": i.title} for i in instrument.indices}


def next_steps(instrument: Instrument, library: Recommendations | None) -> dict[str, list[str]]:
    """Return what is recommended about each Do item of a gap, by item, the most special first.

    Parameters
    ----------
    instrument
        What the page asks.
    library
        The recommendations; None where there are none.
    """
    done = [item for item in instrument.gap_items if item.facet == "do"]
    steps = {} if library is None else {item.id: list(library.of_item(item, "improve")) for item in done}
    return {name: sentences for name, sentences in steps.items() if sentences}


def _part(item: Item, instrument: Instrument) -> dict[str, Any]:
    scale = instrument.scale_of(item.id)
    part: dict[str, Any] = {"id": item.id, "min": scale.min, "max": scale.max}
    return part | ({"reverse": True} if item.reverse else {})
