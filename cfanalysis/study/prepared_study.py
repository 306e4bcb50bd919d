"""A prepared study on disk, and how it is opened: checked against its manifest first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from cfanalysis.analyses.units import CONTRAST_UNITS, unit_words
from cfanalysis.core.card import Card
from cfanalysis.core.errors import StudyError, nearest, problem_list
from cfanalysis.core.files import sha256
from cfanalysis.core.formatting import decimal, digits_for, interval_text
from cfanalysis.core.language import translated
from cfanalysis.core.templates import plural, retold, running_text, sentence
from cfanalysis.core.text_folding import fold_text
from cfanalysis.statistics.effects import Estimate
from cfanalysis.study.study_tables import item_table, organization_scores, respondent_table
from cfanalysis.survey.instrument import Instrument, parse_instrument
from cfanalysis.survey.survey_data import Source, Survey

STUDY_FORMAT = 1
_NAMING = {
    "criterion", "standardized_for", "not_standardized_for", "notes", "reason", "grouped_by", "without_c",
}  # fmt: skip
STUDY_TABLES = ("shares", "scores", "organizations", "outcomes", "responses")


@dataclass(frozen=True, repr=False, eq=False)
class Study:
    """A prepared study. Make one with `prepare`, open one with `open_study`.

    In a notebook it shows itself as a card; `items`, `respondents` and `organizations` are its tables for one's own
    analyses.

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

    @property
    def imprint(self) -> dict[str, str]:
        """What a report's stamp says of the study: the date of its data, where it is known, and its state."""
        return {"date": self.manifest.get("date", ""), "study": self.survey.source.fingerprint}

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Every score (see `cfanalysis.scoring.score_table.score_table`)."""
        return pd.read_parquet(self.folder / "scores.parquet")

    @cached_property
    def verdict(self) -> dict[str, Any]:
        """The test of the claim, as in ``verdict.json``, with the instrument's titles in the study's language."""
        kept = _json(self.folder / "verdict.json")
        asked = self.survey.instrument
        if not asked.languages or asked.language == asked.languages[0]:
            return kept
        own = _instrument(self.folder, asked.languages[0])
        titles = sorted(zip(_titles(own), _titles(asked), strict=True), key=lambda pair: -len(pair[0]))
        return {**kept, **{name: _with_titles(kept[name], titles) for name in _NAMING & kept.keys()}}

    @cached_property
    def cleaning_log(self) -> dict[str, Any]:
        """Every change made while cleaning."""
        return _json(self.folder / "cleaning_log.json")

    def items(self, *, labels: bool = False) -> pd.DataFrame:
        """Return what each respondent answered (`cfanalysis.study.study_tables.item_table`).

        Joined with `respondents` or `organizations` without ``on=``, no fact is doubled and nobody is lost.

        Parameters
        ----------
        labels
            True for value labels, as ordered categories, in place of numbers.
        """
        return item_table(self.survey, labels=labels)

    def respondents(self) -> pd.DataFrame:
        """Return each respondent's scores, 0-100 (`cfanalysis.study.study_tables.respondent_table`)."""
        return respondent_table(self.survey)

    def organizations(self, *, items: bool = False) -> pd.DataFrame:
        """Return one row per organization and wave (`cfanalysis.study.study_tables.organization_scores`).

        Parameters
        ----------
        items
            Whether the items' scores stand in it, too.
        """
        return organization_scores(self.survey, self.scores, items=items)

    @property
    def card(self) -> Card:
        """What the study shows of itself."""
        survey = self.survey
        source, people = survey.source, survey.raw_responses
        waves = translated("wave {waves}") if len(source.waves) == 1 else translated("waves {waves}")
        answered = translated("published tables")
        if people is not None:
            answered = plural(len(people), "{n} response", "{n} responses")
        facts = [
            sentence("study {name}", name=self.name),
            waves.format(waves=", ".join(source.waves)),
            unit_words(source).quantity(len(self.clients)),
            answered,
        ]
        analysis = "quartile_gaps" if survey.instrument.gap_dimensions else "measurement_quality"
        tables = [
            ("study.items()", translated("answers, one row a respondent")),
            ("study.respondents()", translated("their scores, 0–100")),
            ("items.merge(organizations)", translated("tables join on all they share: no on=")),
        ]
        return Card(
            source.title,
            verdict_sentence(self.verdict),
            facts + ([translated("synthetic data")] if source.synthetic else []),
            [
                *(tables if people is not None else ()),
                ("study.organizations()", translated("scores and facts, one row an organization and wave")),
                (f"cf.{analysis}(study)", translated("an analysis; dir(cf) lists all")),
            ],
        )

    def __repr__(self) -> str:
        return self.card.text()

    def _repr_html_(self) -> str:
        return self.card.html()

    @property
    def clients(self) -> list[str]:
        """The organizations for which a report can be made, sorted."""
        organizations = self.survey.organizations
        return sorted(organizations.loc[organizations["kind"] == "organization", "organization"].unique())

    @property
    def client_of_name(self) -> dict[str, str]:
        """The client that each name, folded, stands for, aliases included."""
        aliases: dict[str, str] = self.manifest.get("aliases", {})
        return aliases | {fold_text(name): name for name in self.clients}

    def in_language(self, code: str) -> Study:
        """Return the study with the instrument's texts in a language; itself where the instrument lacks it."""
        asked = self.survey.instrument
        known = {code, code.split("-")[0]} & {*asked.languages} - {asked.language}
        return _in_language(self, code) if known else self


@lru_cache(maxsize=8)
def _in_language(study: Study, code: str) -> Study:
    survey, instrument = study.survey, _instrument(study.folder, code)
    source = replace(survey.source, **_source_of(instrument))
    return replace(study, survey=replace(survey, instrument=instrument, source=source))


def _instrument(folder: Path, language: str = "") -> Instrument:
    file = folder / "instrument.yaml"
    return parse_instrument(file.read_text("utf-8"), name=str(file), language=language)


def _titles(instrument: Instrument) -> list[str]:
    """Return the titles that a verdict can name."""
    fields = (*instrument.organization_fields, *instrument.respondent_fields)
    parts = instrument.dimensions, instrument.practices, instrument.indices, instrument.items, fields
    return [part.title for of_kind in parts for part in of_kind]


def _with_titles(value: Any, titles: Sequence[tuple[str, str]]) -> Any:
    """Return what a file holds with each title at the start of a text in place of the one that the file has."""
    if isinstance(value, list):
        return [_with_titles(each, titles) for each in value]
    if isinstance(value, str):
        for kept, told in titles:
            if value == kept or value.startswith((f"{kept}, ", f"{kept}: ")):
                return told + value[len(kept) :]
    return value


def _source_of(instrument: Instrument) -> dict[str, Any]:
    """Return what the source of results says of the instrument's texts."""
    return {"title": instrument.title, "language": instrument.language, "shown": instrument.shown_options}


def verdict_sentence(verdict: dict[str, Any]) -> str:
    """Return the verdict of ``verdict.json`` in one sentence."""
    if verdict["verdict"] == "none":
        return sentence("No verdict: {reason}", reason=retold(str(verdict["reason"])))
    delta = Estimate(**verdict["delta"])
    alike = verdict.get("names_alike", 0)
    word = translated(verdict["verdict"])
    return running_text(
        sentence(
            "{verdict}. Rest minus top {size} {unit:t} ({interval}); n = {n}, criterion: {criterion}.",
            verdict=word[0].upper() + word[1:],
            size=decimal(delta.estimate, digits_for(delta), signed=True),
            unit=CONTRAST_UNITS[verdict["unit"]],
            interval=interval_text(delta),
            n=verdict["n"],
            criterion=retold(str(verdict["criterion"])),
        ),
        sentence("Names alike: {alike}, so organizations may count twice.", alike=alike) if alike else "",
    )


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
    manifest = read_manifest(folder)
    if manifest.get("format") != STUDY_FORMAT:
        raise StudyError(
            "The study has a format that this version does not know.",
            where=folder,
            value=manifest.get("format"),
            allowed=STUDY_FORMAT,
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
        n: pd.read_parquet(folder / f"{n}.parquet")
        for n in STUDY_TABLES
        if n != "scores" and (folder / f"{n}.parquet").is_file()
    }
    instrument = _instrument(folder)
    source = Source(
        study=folder.name,
        waves=tuple(manifest["waves"]),
        synthetic=manifest["synthetic"],
        fingerprint=fingerprint(folder),
        unit=instrument.unit,
        **_source_of(instrument),
    )
    survey = Survey(
        instrument,
        tables["shares"],
        tables["organizations"],
        tables.get("responses"),
        source,
        outcomes=tables.get("outcomes"),
    )
    return Study(folder, survey, manifest)


def find_clients(
    study: Study, names: Iterable[str], *, file: Path | None = None, rows: Iterable[int] = ()
) -> list[str]:
    """Return each name as it is in the study; case and extra spaces do not matter, and aliases are known.

    Parameters
    ----------
    study
        The study.
    names
        Organizations of it.
    file, rows
        The file that names them and the row of each name, for the message; None for no file.

    Raises
    ------
    StudyError
        The study lacks some of them: these are named, and the nearest to the first, or to each of a file.
    """
    known = study.client_of_name
    found = [(name, known.get(fold_text(name))) for name in names]
    missing = [name for name, client in found if client is None]
    if missing and file is not None:
        near = {name: nearest(name, study.clients)[:1] for name in dict.fromkeys(missing)}
        problems = [
            f"row {row}: {name!r}{''.join(f', did you mean {n!r}?' for n in near[name])}"
            for row, (name, client) in zip(rows, found, strict=True)
            if client is None
        ]
        raise StudyError(
            problem_list(f"The file names clients that the study {study.name!r} does not have:", problems),
            where=file,
            next_step="Correct these rows or take them out; nothing was made.",
        )
    if missing:
        close = nearest(missing[0], study.clients)
        raise StudyError(
            f"The study {study.name!r} has no client {', '.join(map(repr, missing[:20]))}.",
            where=study.folder,
            allowed=f"did you mean {' or '.join(close)}?"
            if close
            else f"one of its {len(study.clients)} organizations",
            next_step="Give names as they are in the study; cfanalysis report STUDY --list shows them.",
        )
    return [client for _, client in found if client is not None]


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of the study in a folder."""
    return _json(folder / "manifest.json")


def fingerprint(folder: Path) -> str:
    """Return the first characters of the hash of a study's manifest."""
    return sha256(folder / "manifest.json")[:12]


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
