"""A client's extract: cut from a study once; from then on the only source of the client's report.

The extract holds the client's own rows and, of the benchmark, n, mean, quantiles and quartile means: no row
of another organization, even anonymous. A report is made from the extract alone, so another client's data is
never in its process. The benchmark is one for the whole study, never leave-one-out: two reports of the same study
cannot be subtracted from each other.

What may not be shown is not in it: of fewer respondents than the minimum the extract holds overall Say, Do and gap, and
of open answers it holds counts, themes and what a person has let pass. Scores are rounded to the tenth that is printed,
those of others that are printed as whole percentages to these, and a gap is the difference of the rounded Say and Do:
on every page and in every chart a difference agrees with its terms. Numbers are rounded before they are written, so
that the same study gives the same bytes on any processor.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd

from cfanalysis.core.errors import StudyError
from cfanalysis.core.files import atomic_folder
from cfanalysis.scoring.score_table import MEASURE
from cfanalysis.study.benchmark import ALL_ORGANIZATIONS
from cfanalysis.study.benchmark.aggregates import PERCENTAGES, QUARTILE_COLUMNS, THIRD_COLUMNS
from cfanalysis.study.benchmark.norm import parquet_bytes, tuples_from_json
from cfanalysis.study.benchmark.norm_benchmark import NormBenchmark, client_benchmark
from cfanalysis.study.benchmark.peers import Benchmark
from cfanalysis.study.prepared_study import Study, find_clients
from cfanalysis.study.study_measures import StudyMeasures
from cfanalysis.survey.confidentiality import QUANTILES, may_show_distribution
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import BenchmarkFacts, ClientExtract, Source, Survey

_FORMAT = 5
INSTRUMENT_FILE = "instrument.json"
"""The file of an extract that says what was asked."""
_OF_READING = ("columns", "missing", "status", "waves", "frequency_tables")
_TABLES = (
    "shares", "scores", "benchmark", "trend", "importance", "role_effects", "raw_responses", "comments",
)  # fmt: skip
ROUNDED_DECIMALS = 9
"""Decimals of the numbers in an extract's tables; answer shares, plain ratios of counts, are written as they are."""

INVITED = "invited"
_DIFFERENCES = (("facet", "gap", "say", "do"), ("name", "difference", "internal", "external"))
"""Measures that are differences: the column that names them, its value, and its values for the two terms."""

NO_QUOTES = pd.DataFrame(columns=["question", "text"], dtype="str")
_COMMON_FILES: WeakKeyDictionary[Benchmark | NormBenchmark, dict[str, bytes]] = WeakKeyDictionary()


def cut_extract(
    study: Study,
    client: str,
    folder: Path,
    *,
    benchmark: str = ALL_ORGANIZATIONS,
    norm: str | None = None,
    quotes: pd.DataFrame | None = None,
    language: str = "",
) -> Path:
    """Write a client's extract.

    Parameters
    ----------
    study
        The study.
    client
        An organization of the study; case and extra spaces do not matter.
    folder
        The folder to make; it is written aside and moved when whole.
    benchmark
        What the client is compared with: ``"all"`` organizations, or those with its value of one of the
        instrument's organization fields, e.g. ``"sector"``.
    norm
        The norm that it is compared with, as for `cfanalysis.study.benchmark.norm_benchmark.client_benchmark`; by
        default the one published last, or else the study's own figures as a draft.
    quotes
        The open answers of this client that a person has let pass: ``question`` (item id), ``text``; by default none.
    language
        The language of the instrument's texts, where it has several; "" for the study's.

    Returns
    -------
    Path
        `folder`.

    Raises
    ------
    StudyError
        The study has no such organization; the nearest are named.
    ParameterError, ConfidentialityError
        As for `cfanalysis.study.benchmark.norm_benchmark.client_benchmark`.
    """
    (name,) = find_clients(study, [client])
    compared = client_benchmark(study, name, benchmark, norm)
    measures = compared.measures
    scores = measures.shown_rows(name)
    told = study.in_language(language).survey
    about = _facts(measures, compared, name, scores, told)
    facts = json.dumps(about, ensure_ascii=False, indent=1, allow_nan=False)
    files = {
        **_client_files(measures, compared, name, scores, NO_QUOTES if quotes is None else quotes),
        **_common_files(compared),
        INSTRUMENT_FILE: what_was_asked(told.instrument).encode(),
        "extract.json": f"{facts}\n".encode(),
    }
    with atomic_folder(folder, replace=True) as aside:
        for file, content in files.items():
            (aside / file).write_bytes(content)
    return folder


def what_was_asked(instrument: Instrument) -> str:
    """Return an instrument as JSON, without its version and what only concerns the reading of files.

    That changes from year to year (another wave, another header) and is no reason to make a report again.
    """
    headers = {"__all__": {"source"}}
    of_reading: dict[str, Any] = dict.fromkeys(_OF_READING, True)
    of_reading |= dict.fromkeys(("items", "organization_fields", "respondent_fields"), headers)
    asked = instrument.model_copy(update={"version": ""})
    return asked.model_dump_json(exclude=of_reading, exclude_defaults=True)


def open_extract(folder: Path) -> ClientExtract:
    """Open a client's extract.

    Raises
    ------
    StudyError
        The folder is not an extract, or is of another format.
    """
    path = folder / "extract.json"
    about = tuples_from_json(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}
    if about.pop("format", None) != _FORMAT:
        raise StudyError("This is not a client's extract.", where=folder, next_step="Use cfanalysis report.")
    files = {name: folder / f"{name}.parquet" for name in _TABLES}
    tables: dict[str, Any] = {name: pd.read_parquet(file) for name, file in files.items() if file.is_file()}
    instrument = Instrument.model_validate_json((folder / INSTRUMENT_FILE).read_text("utf-8"))
    source, facts = Source(**about.pop("source")), BenchmarkFacts(**about.pop("benchmark"))
    return ClientExtract(instrument=instrument, source=source, benchmark_facts=facts, **about, **tables)


def rounded_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its floats rounded to 9 decimals.

    The last digits of a sum depend on the processor's way of adding. A thousandth of the last decimal is added first:
    means of whole numbers may lie halfway between two roundings, where these digits would decide.

    Examples
    --------
    >>> rounded_frame(pd.DataFrame({"x": [0.1 + 0.2, 2 / 3]}))["x"].tolist()
    [0.3, 0.666666667]
    """
    floats = frame.select_dtypes("float64")
    rounded = (floats + 10.0 ** -(ROUNDED_DECIMALS + 3)).round(ROUNDED_DECIMALS) + 0.0
    return frame.assign(**{str(column): rounded[column] for column in rounded})


def _client_files(
    measures: StudyMeasures,
    benchmark: Benchmark | NormBenchmark,
    name: str,
    scores: pd.DataFrame,
    quotes: pd.DataFrame,
) -> dict[str, bytes]:
    """Return the tables of the client's own rows, as far as they may be shown."""
    counts, minima = _respondents(measures, name), measures.instrument.minima
    scores = scores.drop(columns=["organization", "kind"])
    scores = scores.merge(benchmark.percentiles(name), on=["wave", *MEASURE], how="left")
    items = scores.loc[scores["scope"] == "item", ["wave", "name"]].rename(columns={"name": "item"})
    waves = [wave for wave, n in counts.items() if may_show_distribution(n, minima)]
    wave = measures.instrument.wave_order(list(counts))[-1]
    files = {
        "scores.parquet": parquet_bytes(rounded_frame(printed_scores(scores, ["score"]))),
        "shares.parquet": parquet_bytes(measures.shares.of(name).merge(items, on=["wave", "item"])),
    }
    responses = measures.responses_of(name, waves)
    if responses is not None:
        files["raw_responses.parquet"] = parquet_bytes(rounded_frame(responses))
    if wave in waves and len(comments := measures.comments_of(name, wave, quotes)):
        files["comments.parquet"] = parquet_bytes(comments)
    return files


def _respondents(measures: StudyMeasures, name: str) -> dict[str, int]:
    """Return how many answered in each wave."""
    everywhere = measures.organizations
    rows = everywhere[everywhere["organization"] == name]
    return {str(wave): int(n) for wave, n in zip(rows["wave"], rows["n"], strict=True)}


def printed_scores(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return means of measures to the tenth that is printed; a difference is that of its rounded terms.

    Parameters
    ----------
    frame
        ``scope, name, facet``, and ``wave`` or ``before, after`` where there are several.
    columns
        The columns of means, 0-100.

    Examples
    --------
    >>> frame = pd.DataFrame({"scope": "overall", "name": "overall", "facet": ["say", "do", "gap"],
    ...                       "score": [48.81, 29.74, 19.07]})
    >>> printed_scores(frame, ["score"])["score"].tolist()
    [48.8, 29.7, 19.1]
    """
    columns = list(columns)
    values = frame[columns].to_numpy(float, copy=True)
    tenths = ~frame["scope"].isin(PERCENTAGES).to_numpy()
    values[tenths] = values[tenths].round(1)
    names = [c for c in ("wave", "before", "after", *MEASURE) if c in frame]
    keys = list(zip(*(frame[c] for c in names), strict=True))
    places = {key: number for number, key in enumerate(keys)}
    for part, whole, *terms in _DIFFERENCES:
        at = names.index(part)
        for number, key in enumerate(keys):
            if key[at] == whole:
                first, second = (places.get((*key[:at], term, *key[at + 1 :])) for term in terms)
                if first is not None and second is not None:
                    values[number] = (values[first] - values[second]).round(1)
    return frame.assign(**dict(zip(columns, (values + 0.0).T, strict=True)))


def _common_files(benchmark: Benchmark | NormBenchmark) -> dict[str, bytes]:
    """Return the tables that are the same for all clients of a benchmark; they are made for the first."""
    if benchmark not in _COMMON_FILES:
        tables = {
            "benchmark": printed_aggregates(benchmark),
            "trend": _printed(benchmark.trend, ["mean"], {}),
            "importance": benchmark.importance.round(2),
            "role_effects": benchmark.role_effects,
        }
        _COMMON_FILES[benchmark] = {
            f"{table}.parquet": parquet_bytes(rounded_frame(frame)) for table, frame in tables.items()
        }
    return _COMMON_FILES[benchmark]


def printed_aggregates(benchmark: Benchmark | NormBenchmark) -> pd.DataFrame:
    """Return the figures of a benchmark as they are printed in every report and in published charts."""
    aggregates = benchmark.aggregates.drop(columns=list(THIRD_COLUMNS), errors="ignore")
    quantiles = {f"p{q}": 1 for q in QUANTILES}
    return _printed(aggregates, ["mean", *QUARTILE_COLUMNS.values()], quantiles)


def _printed(frame: pd.DataFrame, means: list[str], quantiles: dict[str, int]) -> pd.DataFrame:
    """Return figures of others with no more digits than are printed: nothing finer can be measured in a drawing."""
    found = printed_scores(frame, means).round(quantiles)
    whole = found["scope"].isin(PERCENTAGES)
    columns = [*means, *quantiles]
    found.loc[whole, columns] = found.loc[whole, columns].round(0)
    return found


def _facts(
    measures: StudyMeasures,
    benchmark: Benchmark | NormBenchmark,
    name: str,
    scores: pd.DataFrame,
    told: Survey,
) -> dict[str, Any]:
    """Return what an extract holds beside its tables, in the language in which the survey is told."""
    instrument, everywhere = told.instrument, measures.organizations
    rows = everywhere[everywhere["organization"] == name].set_index("wave")
    wave = instrument.wave_order(list(rows.index))[-1]
    own = rows.loc[wave]
    # Against a norm, waves of others are no reason for another report.
    own_waves = tuple(instrument.wave_order(list(rows.index)))
    waves = own_waves if isinstance(benchmark, NormBenchmark) else measures.waves
    facts = {field.id: own.get(field.id) for field in instrument.organization_fields}
    counts, index = _respondents(measures, name), instrument.criterion_index
    enough = may_show_distribution(counts[wave], instrument.minima)
    shown = scores[(scores["wave"] == wave) & (scores["scope"] == "index")]["name"]
    if not counts[wave]:
        raise StudyError(
            "The published tables do not say how many people answered: a client's report could not keep the minimum.",
            where=measures.study.folder,
            value=name,
            next_step="Use the study for the claim, and for charts of all organizations.",
        )
    return {
        "format": _FORMAT,
        "client": name,
        "wave": wave,
        "n": counts[wave],
        "quartile": benchmark.quartile(name) if index is not None and index.id in set(shown) else None,
        "criterion": None if index is None else index.title,
        "facts": {field: str(value) for field, value in facts.items() if not pd.isna(value) and value != ""},
        "respondents": counts,
        "invited": _invited(rows),
        "benchmark": asdict(benchmark.facts(name).shown_in(instrument)),
        "hidden_items": _item_count(measures.rows.of(name), wave) - _item_count(scores, wave),
        "exclusions": measures.exclusions.get(name, []) if enough else [],
        "source": asdict(replace(told.source, study="", fingerprint="", waves=waves)),
    }


def _item_count(scores: pd.DataFrame, wave: str) -> int:
    return int(((scores["scope"] == "item") & (scores["wave"] == wave)).sum())


def _invited(rows: pd.DataFrame) -> dict[str, int]:
    """Return how many were invited in each wave, where the organizations' table knows it."""
    numbers = pd.to_numeric(rows.get(INVITED, pd.Series(dtype=float)), errors="coerce")
    return {str(wave): int(number) for wave, number in numbers.dropna().items() if number > 0}
