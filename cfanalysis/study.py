"""Prepare a study from a survey file, and open it again.

A study is one immutable folder, written aside and moved when whole:

======================  ======================================================================================
``responses.parquet``   one row per respondent and wave (absent where only frequency tables were published)
``shares.parquet``      answer shares
``scores.parquet``      every score of every organization and wave
``organizations.parquet``  the organizations, their respondents and facts
``cleaning_log.json``   every change made while cleaning, with its reason
``verdict.json``        the test of the claim
``instrument.yaml``     the instrument, as it was
``manifest.json``       hashes of inputs and files, versions, seed
======================  ======================================================================================

The same input gives the same bytes. A study has the name of its folder.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from cfanalysis import __version__
from cfanalysis.analyses.claim import claim_verdict
from cfanalysis.cleaning import CleaningLog, clean
from cfanalysis.errors import AnalysisError, StudyError, nearest
from cfanalysis.files import sha256, whole_folder
from cfanalysis.instrument import Instrument, load_instrument, parse_instrument
from cfanalysis.intake import RawAnswers, read
from cfanalysis.intake.dialect import FrequencyCounts
from cfanalysis.scores import score_table
from cfanalysis.shares import count_shares, published_shares
from cfanalysis.survey import Source, Survey

FORMAT = 1
TABLES = ("shares", "scores", "organizations", "responses")
SYNTHETIC = "synthetic"


@dataclass(frozen=True)
class Study:
    """A prepared study. Make one with `prepare`, open one with `open_study`.

    Parameters
    ----------
    folder
        Where it lies.
    survey
        Its evidence.
    manifest
        What it was made from.
    """

    folder: Path
    survey: Survey
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        """The study's name: its folder's."""
        return self.folder.name

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Every score (see `cfanalysis.scores.score_table`)."""
        return pd.read_parquet(self.folder / "scores.parquet")

    @cached_property
    def verdict(self) -> dict[str, Any]:
        """The test of the claim, as in ``verdict.json``."""
        return _json(self.folder / "verdict.json")

    @cached_property
    def cleaning_log(self) -> dict[str, Any]:
        """Every change made while cleaning."""
        return _json(self.folder / "cleaning_log.json")

    @property
    def clients(self) -> list[str]:
        """The organizations for which a report can be made, sorted."""
        organizations = self.survey.organizations
        return sorted(organizations.loc[organizations["kind"] == "organization", "organization"].unique())


def prepare(
    file: Path, instrument_file: Path, out: Path, *, dialect: str | None = None, replace: bool = False
) -> Study:
    """Make a study from a survey file.

    Parameters
    ----------
    file
        The survey's export, or published frequency tables.
    instrument_file
        What the survey asks (YAML).
    out
        The study's folder; its name becomes the study's.
    dialect
        How the file is to be read; None recognizes it.
    replace
        Whether an existing study of that name may be replaced.

    Raises
    ------
    CfAnalysisError
        The file, the instrument or the output place are not right. Nothing is left half-written.
    """
    instrument = load_instrument(instrument_file)
    raw = read(file, instrument, dialect=dialect)
    with whole_folder(out, replace=replace) as folder:
        (folder / "instrument.yaml").write_bytes(instrument_file.read_bytes())
        survey, log = _survey(raw, instrument, name=out.name)
        _write_tables(folder, survey)
        _write_json(folder / "cleaning_log.json", log.as_dict())
        _write_json(folder / "verdict.json", _verdict(survey))
        _write_json(folder / "manifest.json", _manifest(folder, [file, instrument_file], survey))
    return open_study(out)


def open_study(folder: Path) -> Study:
    """Open a prepared study.

    Raises
    ------
    StudyError
        There is no study, it is of a newer format, or one of its files was changed since it was made.
    """
    if not (folder / "manifest.json").is_file():
        siblings = [p.name for p in folder.parent.iterdir() if p.is_dir()] if folder.parent.is_dir() else []
        raise StudyError(
            "There is no prepared study." if not folder.exists() else "This folder is not a prepared study.",
            where=folder,
            allowed=", ".join(nearest(folder.name, siblings)) or None,
            next_step=f"Make it: cfanalysis prepare FILE --instrument INSTRUMENT --out {folder}",
        )
    manifest = _json(folder / "manifest.json")
    if manifest.get("format") != FORMAT:
        raise StudyError(
            "The study has a format that this version does not know.",
            where=folder,
            value=manifest.get("format"),
            allowed=FORMAT,
            next_step="Prepare it again, or use the version of cfanalysis that made it.",
        )
    changed = [
        n for n, h in manifest["files"].items() if not (folder / n).is_file() or sha256(folder / n) != h
    ]
    if changed:
        raise StudyError(
            "The study was changed after it was made.",
            where=folder,
            value=", ".join(changed),
            next_step="A study is never edited: prepare it again from its source.",
        )
    tables = {
        n: pd.read_parquet(folder / f"{n}.parquet") for n in TABLES if (folder / f"{n}.parquet").is_file()
    }
    instrument = parse_instrument(
        (folder / "instrument.yaml").read_text("utf-8"), name=str(folder / "instrument.yaml")
    )
    source = Source(
        study=folder.name,
        title=instrument.title,
        waves=tuple(manifest["waves"]),
        synthetic=manifest["synthetic"],
        fingerprint=sha256(folder / "manifest.json")[:12],
    )
    survey = Survey(instrument, tables["shares"], tables["organizations"], tables.get("responses"), source)
    return Study(folder, survey, manifest)


def _verdict(survey: Survey) -> dict[str, Any]:
    """Return the test of the claim, or why there is none."""
    try:
        return claim_verdict(survey).as_dict()
    except AnalysisError as error:
        return {"verdict": "none", "reason": error.problem}


def _survey(
    raw: RawAnswers | FrequencyCounts, instrument: Instrument, *, name: str
) -> tuple[Survey, CleaningLog]:
    """Return the evidence and how it was cleaned."""
    if isinstance(raw, RawAnswers):
        responses, log = clean(raw, instrument)
        shares = count_shares(responses, instrument)
        organizations = _organizations(responses, instrument)
        synthetic = bool(responses["origin"].str.casefold().eq(SYNTHETIC).any())
    else:
        responses, log = None, CleaningLog(notes=raw.notes)
        shares = published_shares(raw, instrument)
        keys = ["organization", "wave", "kind"]
        organizations = shares.groupby(keys, as_index=False, sort=True).agg(n=("n", "max"))
        synthetic = False
    waves = tuple(instrument.wave_order(list(shares["wave"].unique())))
    source = Source(name, instrument.title, waves, synthetic)
    return Survey(instrument, shares, organizations, responses, source), log


def _organizations(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return one row per organization and wave: respondents, and the facts most of them gave."""
    keys = ["organization", "wave"]
    counts = responses.groupby(keys, sort=True).size().rename("n").reset_index().assign(kind="organization")
    facts = [f.id for f in instrument.organization_fields]
    most = (
        responses[facts].where(responses[facts] != "").groupby(responses["organization"]).agg(_most_frequent)
    )
    table = counts.merge(most, left_on="organization", right_index=True, how="left")
    return table[[*keys, "kind", "n", *facts]].astype(dict.fromkeys((*keys, "kind", *facts), "str"))


def _most_frequent(values: pd.Series) -> str:
    """Return the most frequent value, of equally frequent ones the first in the alphabet."""
    modes = values.mode()
    return "" if modes.empty else str(modes.iloc[0])


def _write_tables(folder: Path, survey: Survey) -> None:
    survey.shares.to_parquet(folder / "shares.parquet", index=False)
    survey.organizations.to_parquet(folder / "organizations.parquet", index=False)
    score_table(survey.shares, survey.instrument).to_parquet(folder / "scores.parquet", index=False)
    if survey.responses is not None:
        survey.responses.to_parquet(folder / "responses.parquet", index=False)


def _manifest(folder: Path, inputs: list[Path], survey: Survey) -> dict[str, Any]:
    """Return what the study was made from, without times and places: equal input gives equal bytes."""
    return {
        "format": FORMAT,
        "instrument": {"id": survey.instrument.id, "version": survey.instrument.version},
        "inputs": [{"name": p.name, "bytes": p.stat().st_size, "sha256": sha256(p)} for p in inputs],
        "waves": list(survey.source.waves),
        "synthetic": survey.source.synthetic,
        "versions": {
            "cfanalysis": __version__,
            **{n: version(n) for n in ("numpy", "pandas", "pyarrow", "scipy")},
        },
        "files": {p.name: sha256(p) for p in sorted(folder.iterdir())},
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(
        json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8"
    )


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
