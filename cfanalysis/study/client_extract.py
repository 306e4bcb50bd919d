"""A client's extract: cut from a study once; from then on the only source of the client's report.

The extract holds the client's own rows and, of the benchmark, n, mean, quantiles and quartile means: no row
of another organization, even anonymous. A report is made from the extract alone, so another client's data is
never in its process. The benchmark is one for the whole study, never leave-one-out: two reports of the same study
cannot be subtracted from each other.

The client's own responses travel without the respondents' ids and with masked open answers. Numbers are rounded before
they are written, so that the same study gives the same bytes on any processor.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd

from cfanalysis.core.errors import StudyError
from cfanalysis.core.files import atomic_folder
from cfanalysis.scoring.score_table import MEASURE
from cfanalysis.study.benchmark import ALL_ORGANIZATIONS
from cfanalysis.study.benchmark.peers import Benchmark, study_benchmarks
from cfanalysis.study.prepared_study import Study, find_clients
from cfanalysis.study.study_measures import StudyMeasures, study_measures
from cfanalysis.survey.instrument import parse_instrument
from cfanalysis.survey.survey_data import BenchmarkFacts, ClientExtract, Source

_FORMAT = 4
_TABLES = ("shares", "scores", "benchmark", "trend", "importance", "role_effects", "raw_responses")
ROUNDED_DECIMALS = 9
"""Decimals of the numbers in an extract's tables; answer shares, plain ratios of counts, are written as they are."""

INVITED = "invited"
_COMMON_FILES: WeakKeyDictionary[Benchmark, dict[str, bytes]] = WeakKeyDictionary()


def cut_extract(study: Study, client: str, folder: Path, *, benchmark: str = ALL_ORGANIZATIONS) -> Path:
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

    Returns
    -------
    Path
        `folder`.

    Raises
    ------
    StudyError
        The study has no such organization; the nearest are named.
    ParameterError, ConfidentialityError
        As for `cfanalysis.study.benchmark.peers.StudyBenchmarks.of_client`.
    """
    (name,) = find_clients(study, [client])
    measures = study_measures(study)
    compared = study_benchmarks(measures).of_client(name, benchmark)
    facts = json.dumps(_facts(measures, compared, name), ensure_ascii=False, indent=1, allow_nan=False)
    files = {
        **_client_files(measures, compared, name),
        **_common_files(measures, compared),
        "instrument.yaml": (study.folder / "instrument.yaml").read_bytes(),
        "extract.json": f"{facts}\n".encode(),
    }
    with atomic_folder(folder, replace=True) as aside:
        for file, content in files.items():
            (aside / file).write_bytes(content)
    return folder


def open_extract(folder: Path) -> ClientExtract:
    """Open a client's extract.

    Raises
    ------
    StudyError
        The folder is not an extract, or is of another format.
    """
    path = folder / "extract.json"
    about = _tuples(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}
    if about.pop("format", None) != _FORMAT:
        raise StudyError("This is not a client's extract.", where=folder, next_step="Use cfanalysis report.")
    files = {name: folder / f"{name}.parquet" for name in _TABLES}
    tables: dict[str, Any] = {name: pd.read_parquet(file) for name, file in files.items() if file.is_file()}
    instrument = parse_instrument((folder / "instrument.yaml").read_text("utf-8"), name="instrument.yaml")
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


def _client_files(measures: StudyMeasures, benchmark: Benchmark, name: str) -> dict[str, bytes]:
    """Return the tables of the client's own rows."""
    scores = measures.rows.of(name).drop(columns=["organization", "kind"])
    scores = scores.merge(benchmark.percentiles(name), on=["wave", *MEASURE], how="left")
    files = {
        "scores.parquet": _parquet(rounded_frame(scores)),
        "shares.parquet": _parquet(measures.shares.of(name)),
    }
    responses = measures.masked_responses(name)
    if responses is not None:
        files["raw_responses.parquet"] = _parquet(rounded_frame(responses))
    return files


def _common_files(measures: StudyMeasures, benchmark: Benchmark) -> dict[str, bytes]:
    """Return the tables that are the same for all clients of a benchmark; they are made for the first."""
    if benchmark not in _COMMON_FILES:
        tables = {
            "benchmark": benchmark.aggregates,
            "trend": benchmark.trend,
            "importance": measures.importance,
            "role_effects": measures.role_effects,
        }
        _COMMON_FILES[benchmark] = {
            f"{table}.parquet": _parquet(rounded_frame(frame)) for table, frame in tables.items()
        }
    return _COMMON_FILES[benchmark]


def _parquet(frame: pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False)
    return stream.getvalue()


def _facts(measures: StudyMeasures, benchmark: Benchmark, name: str) -> dict[str, Any]:
    """Return what an extract holds beside its tables."""
    instrument, everywhere = measures.instrument, measures.organizations
    rows = everywhere[everywhere["organization"] == name].set_index("wave")
    wave = instrument.wave_order(list(rows.index))[-1]
    own = rows.loc[wave]
    facts = {field.id: own.get(field.id) for field in instrument.organization_fields}
    index = instrument.criterion_index
    if not own["n"]:
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
        "n": int(rows["n"].loc[wave]),
        "quartile": benchmark.quartiles.get(name),
        "criterion": None if index is None else index.title,
        "facts": {field: str(value) for field, value in facts.items() if not pd.isna(value) and value != ""},
        "invited": _invited(rows),
        "benchmark": asdict(benchmark.facts(name)),
        "exclusions": measures.exclusions.get(name, []),
        "source": asdict(measures.study.survey.source),
    }


def _invited(rows: pd.DataFrame) -> dict[str, int]:
    """Return how many were invited in each wave, where the organizations' table knows it."""
    numbers = pd.to_numeric(rows.get(INVITED, pd.Series(dtype=float)), errors="coerce")
    return {str(wave): int(number) for wave, number in numbers.items() if number > 0}


def _tuples(value: Any) -> Any:
    """Return what was read from JSON with tuples for its lists."""
    if isinstance(value, dict):
        return {key: _tuples(content) for key, content in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
