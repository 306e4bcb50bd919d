"""A client's extract: cut from a study once, and from then on all that the client's report knows.

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

import numpy as np
import pandas as pd

from cfanalysis.analyses.comments import mask_answers
from cfanalysis.core.errors import StudyError, nearest
from cfanalysis.core.files import whole_folder
from cfanalysis.scoring.score_table import MEASURE
from cfanalysis.statistics.quartiles import DECIMALS
from cfanalysis.study.benchmark.aggregates import (
    ALL,
    ByOrganization,
    aggregates,
    benchmark_facts,
    peers,
    study_measures,
    wave_means,
)
from cfanalysis.study.benchmark.membership import Counted
from cfanalysis.study.study import Study
from cfanalysis.survey.confidentiality import shows_benchmark
from cfanalysis.survey.instrument import Minima, parse_instrument
from cfanalysis.survey.survey import BenchmarkFacts, ClientExtract, Source

FORMAT = 3
TABLES = ("shares", "scores", "benchmark", "trend", "importance", "role_effects", "responses")
WRITTEN = 9
"""Decimals of the numbers in an extract's tables; answer shares, plain ratios of counts, are written as they are."""

INVITED = "invited"
NOT_FOR_REPORTS = ("organization", "respondent", "seconds", "origin")


def cut_extract(study: Study, client: str, folder: Path, *, benchmark: str = ALL) -> Path:
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
        As for `cfanalysis.study.benchmark.aggregates.peers`.
    """
    name = find_client(study, client)
    counts, title = peers(study, name, benchmark)
    with whole_folder(folder, replace=True) as aside:
        for table, frame in _own_tables(study, name, counts).items():
            (aside / f"{table}.parquet").write_bytes(_parquet(frame if table == "shares" else settled(frame)))
        for table, content in _aggregate_tables(study, counts, trend=benchmark == ALL).items():
            (aside / f"{table}.parquet").write_bytes(content)
        (aside / "instrument.yaml").write_bytes((study.folder / "instrument.yaml").read_bytes())
        about = _about(study, name, counts, title)
        text = json.dumps(about, ensure_ascii=False, indent=1, allow_nan=False)
        (aside / "extract.json").write_text(text + "\n", encoding="utf-8")
    return folder


def open_extract(folder: Path) -> ClientExtract:
    """Open a client's extract.

    Raises
    ------
    StudyError
        The folder is not an extract, or is of another format.
    """
    path = folder / "extract.json"
    about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if about.get("format") != FORMAT:
        raise StudyError("This is not a client's extract.", where=folder, next_step="Use cfanalysis report.")
    files = {name: folder / f"{name}.parquet" for name in TABLES}
    tables = {name: pd.read_parquet(file) for name, file in files.items() if file.is_file()}
    source, facts = about["source"], about["benchmark"]
    return ClientExtract(
        client=about["client"],
        instrument=parse_instrument((folder / "instrument.yaml").read_text("utf-8"), name="instrument.yaml"),
        wave=about["wave"],
        n=about["n"],
        shares=tables["shares"],
        scores=tables["scores"],
        benchmark=tables["benchmark"],
        quartile=about["quartile"],
        criterion=about["criterion"],
        facts=about["facts"],
        source=Source(**{**source, "waves": tuple(source["waves"])}),
        responses=tables.get("responses"),
        trend=tables["trend"],
        importance=tables["importance"],
        role_effects=tables["role_effects"],
        invited=about["invited"],
        benchmark_facts=BenchmarkFacts(
            facts["title"],
            facts["n"],
            _pairs(facts["waves"]),
            tuple((field, _pairs(counts)) for field, counts in facts["composition"]),
            facts["left_out"],
            facts["included"],
        ),
        exclusions=tuple((kind, rule, n) for kind, rule, n in about.get("exclusions", ())),
    )


def find_client(study: Study, client: str) -> str:
    """Return the organization's name as it is in the study.

    Raises
    ------
    StudyError
        There is none; the nearest are named.
    """
    names = {" ".join(name.split()).casefold(): name for name in study.clients}
    wanted = " ".join(client.split()).casefold()
    if wanted in names:
        return names[wanted]
    close = nearest(client, study.clients)
    raise StudyError(
        f"The study {study.name!r} has no client {client!r}.",
        where=study.folder,
        allowed=f"did you mean {' or '.join(close)}?" if close else f"one of its {len(names)} organizations",
        next_step="Give a name as it is in the study; cfanalysis report STUDY --list shows them.",
    )


def settled(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its floats rounded to 9 decimals.

    The last digits of a sum depend on the processor's way of adding. A thousandth of the last decimal is added first:
    means of whole numbers may lie halfway between two roundings, where these digits would decide.

    Examples
    --------
    >>> settled(pd.DataFrame({"x": [0.1 + 0.2, 2 / 3]}))["x"].tolist()
    [0.3, 0.666666667]
    """
    floats = frame.select_dtypes("float64")
    rounded = (floats + 10.0 ** -(WRITTEN + 3)).round(WRITTEN) + 0.0
    return frame.assign(**{str(column): rounded[column] for column in rounded})


def _own_tables(study: Study, name: str, counts: Counted) -> dict[str, pd.DataFrame]:
    """Return the client's own rows."""
    known, survey = study_measures(study), study.survey
    places = known.once(
        "percentiles", counts, lambda c: _percentiles(known.latest, c, survey.instrument.minima)
    )
    own = known.measures.of(name).drop(columns=["organization", "kind"])
    percentiles = places.of(name).drop(columns="organization")
    tables = {
        "scores": own.merge(percentiles, on=["wave", *MEASURE], how="left"),
        "shares": known.shares.of(name),
    }
    if known.responses is not None:
        people = known.responses.of(name)
        people = people.drop(columns=[c for c in NOT_FOR_REPORTS if c in people])
        tables["responses"] = mask_answers(people.reset_index(drop=True), survey.instrument, known.words)
    return tables


def _aggregate_tables(study: Study, counts: Counted, *, trend: bool) -> dict[str, bytes]:
    """Return the tables that are the same for all clients of a benchmark, as they are written."""
    known = study_measures(study)

    def written(counts: Counted) -> dict[str, bytes]:
        means = wave_means(study, counts)
        tables = {
            "benchmark": aggregates(counts, study.survey.instrument.minima),
            # Wave means of several groups of peers would show few together.
            "trend": means if trend else means.iloc[:0],
            "importance": known.importance,
            "role_effects": known.role_effects,
        }
        return {table: _parquet(settled(frame)) for table, frame in tables.items()}

    return known.once(f"aggregates {trend}", counts, written)


def _parquet(frame: pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False)
    return stream.getvalue()


def _percentiles(latest: pd.DataFrame, counts: Counted, minima: Minima) -> ByOrganization:
    """Return the organizations' percentiles in every measure that they have and enough others have.

    As `cfanalysis.statistics.quartiles.percentile_rank`, of all organizations at once.
    """
    parts = [latest.iloc[:0][["organization", "wave", *MEASURE]].assign(percentile=0.0)]
    others = {measure: np.sort(np.round(s, DECIMALS)) for measure, s in counts.rows.groupby(MEASURE)["score"]}
    for measure, own in latest.groupby(MEASURE, sort=False):
        values = others.get(measure)
        if values is None or not shows_benchmark(len(values), minima):
            continue
        place = np.round(own["score"].to_numpy(float), DECIMALS)
        below, not_above = (np.searchsorted(values, place, side) for side in ("left", "right"))
        percentile = (100 * below + 50 * (not_above - below)) / len(values)
        parts.append(own[["organization", "wave", *MEASURE]].assign(percentile=percentile))
    return ByOrganization(pd.concat(parts, ignore_index=True))


def _about(study: Study, name: str, counts: Counted, title: str) -> dict[str, Any]:
    """Return the extract's facts."""
    survey, known = study.survey, study_measures(study)
    rows = known.organizations[known.organizations["organization"] == name].set_index("wave")
    wave = survey.instrument.wave_order(list(rows.index))[-1]
    own = rows.loc[wave]
    index, source = survey.instrument.criterion_index, survey.source
    return {
        "format": FORMAT,
        "client": name,
        "wave": wave,
        "n": int(rows["n"].loc[wave]),
        "quartile": (known.quartiles if counts is known.counted else counts.quartiles).get(name),
        "criterion": None if index is None else index.title,
        "facts": {
            f.id: str(own[f.id]) for f in survey.instrument.organization_fields if _said(own.get(f.id))
        },
        "invited": _invited(rows),
        "benchmark": asdict(benchmark_facts(study, counts, title, client=name)),
        "exclusions": known.exclusions.get(name, []),
        "source": asdict(source),
    }


def _said(value: object) -> bool:
    return value is not None and not pd.isna(value) and str(value) != ""  # type: ignore[call-overload]


def _invited(rows: pd.DataFrame) -> dict[str, int]:
    """Return how many were invited in each wave, where the organizations' table knows it."""
    if INVITED not in rows:
        return {}
    numbers = pd.to_numeric(rows[INVITED], errors="coerce").dropna()
    return {str(wave): int(number) for wave, number in numbers.items() if number > 0}


def _pairs(counts: list[list[Any]]) -> tuple[tuple[str, int], ...]:
    return tuple((str(value), int(n)) for value, n in counts)
