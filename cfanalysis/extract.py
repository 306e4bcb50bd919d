"""A client's extract: cut from a study once, and from then on all that the client's report knows.

The extract holds the client's own rows and, of the benchmark, n, mean, deciles and quartile means: no row
of another organization, even anonymous. A report is made from the extract alone, so another client's data is
never in its process. The benchmark is one for the whole study, the client included, never leave-one-out: two
reports of the same study cannot be subtracted from each other.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from cfanalysis.confidentiality import shows_benchmark, shows_deciles
from cfanalysis.errors import StudyError, nearest
from cfanalysis.files import sha256, whole_folder
from cfanalysis.instrument import Minima, parse_instrument
from cfanalysis.quartiles import QUARTILES, percentile_rank, quartile_groups
from cfanalysis.scores import MEASURE
from cfanalysis.scoring import one_wave, ranked_only
from cfanalysis.study import Study
from cfanalysis.survey import ClientExtract, Source

FORMAT = 1
DECILES = tuple(range(10, 100, 10))
QUARTILE_COLUMNS = {name: name.lower().replace(" ", "_") for name in QUARTILES}


def cut_extract(study: Study, client: str, folder: Path) -> Path:
    """Write a client's extract.

    Parameters
    ----------
    study
        The study.
    client
        An organization of the study; case and extra spaces do not matter.
    folder
        The folder to make; it is written aside and moved when whole.

    Returns
    -------
    Path
        `folder`.

    Raises
    ------
    StudyError
        The study has no such organization; the nearest are named.
    """
    name = find_client(study, client)
    latest = ranked_only(one_wave(study.scores, study.survey.source.waves, "latest"))
    quartiles = _quartiles(latest, study)
    own = study.scores[(study.scores["organization"] == name) & (study.scores["kind"] == "organization")]
    wave = latest.loc[latest["organization"] == name, "wave"].iloc[0]
    with whole_folder(folder, replace=True) as aside:
        scores = own.drop(columns=["organization", "kind"]).merge(
            _percentiles(latest, name, study.survey.instrument.minima), on=["wave", *MEASURE], how="left"
        )
        scores.to_parquet(aside / "scores.parquet", index=False)
        shares = study.survey.shares
        shares[shares["organization"] == name].to_parquet(aside / "shares.parquet", index=False)
        benchmark = _benchmark(latest, quartiles, study.survey.instrument.minima)
        benchmark.to_parquet(aside / "benchmark.parquet", index=False)
        (aside / "instrument.yaml").write_bytes((study.folder / "instrument.yaml").read_bytes())
        about = _about(study, name, str(wave), quartiles)
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
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in ("shares", "scores", "benchmark")}
    source = about["source"]
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
    )


def extract_hash(folder: Path) -> str:
    """Return one hash over an extract's files."""
    return "-".join(sha256(p)[:16] for p in sorted(folder.iterdir()))


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


def _quartiles(latest: pd.DataFrame, study: Study) -> dict[str, str]:
    """Return each organization's quartile of the criterion, in words; nobody's where there is none."""
    index = study.survey.instrument.criterion_index
    if index is None:
        return {}
    table = latest[(latest["scope"] == "index") & (latest["name"] == index.id)]
    if len(table) < len(QUARTILES) or table["score"].round(9).nunique() == 1:
        return {}
    labels = quartile_groups(table["score"]).labels
    return dict(zip(table["organization"], map(str, labels), strict=True))


def _percentiles(latest: pd.DataFrame, name: str, minima: Minima) -> pd.DataFrame:
    """Return the organization's percentile in every measure that it has and enough others have."""
    rows = []
    for measure, group in latest.groupby(MEASURE, sort=False):
        own = group.loc[group["organization"] == name]
        if not own.empty and shows_benchmark(len(group), minima):
            percentile = percentile_rank(float(own["score"].iloc[0]), group["score"].to_numpy())
            rows.append((own["wave"].iloc[0], *measure, percentile))
    return pd.DataFrame(rows, columns=["wave", *MEASURE, "percentile"])


def _benchmark(latest: pd.DataFrame, quartiles: dict[str, str], minima: Minima) -> pd.DataFrame:
    """Return the benchmark's aggregates of every measure, as far as they may be shown."""
    grouped = latest.groupby(MEASURE, sort=False)["score"]
    table = grouped.agg(n="size", mean="mean")
    deciles = grouped.quantile(pd.Index([d / 100 for d in DECILES])).unstack()
    deciles.columns = pd.Index([f"p{d}" for d in DECILES])
    many = table["n"].map(lambda n: shows_deciles(int(n), minima))
    table = table.join(deciles.where(many, axis=0))
    by_quartile = latest.assign(quartile=latest["organization"].map(quartiles)).dropna(subset=["quartile"])
    cells = (
        by_quartile.groupby([*MEASURE, "quartile"], sort=False)["score"].agg(["mean", "size"]).reset_index()
    )
    cells = cells[cells["size"].map(lambda n: shows_benchmark(int(n), minima))]
    means = cells.pivot(index=MEASURE, columns="quartile", values="mean").reindex(columns=list(QUARTILES))
    table = table.join(means.rename(columns=QUARTILE_COLUMNS))
    enough = table["n"].map(lambda n: shows_benchmark(int(n), minima))
    return pd.DataFrame(table[enough].reset_index())


def _about(study: Study, name: str, wave: str, quartiles: dict[str, str]) -> dict[str, Any]:
    """Return the extract's facts."""
    survey = study.survey
    organizations = survey.organizations
    own = organizations[(organizations["organization"] == name) & (organizations["wave"] == wave)].iloc[0]
    index = survey.instrument.criterion_index
    source = survey.source
    return {
        "format": FORMAT,
        "client": name,
        "wave": wave,
        "n": int(own["n"]),
        "quartile": quartiles.get(name),
        "criterion": None if index is None else index.title,
        "facts": {f.id: str(own[f.id]) for f in survey.instrument.organization_fields if own.get(f.id)},
        "source": {
            "study": source.study,
            "title": source.title,
            "waves": list(source.waves),
            "synthetic": source.synthetic,
            "fingerprint": source.fingerprint,
        },
    }
