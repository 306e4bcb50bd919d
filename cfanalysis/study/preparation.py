"""From files to a study: read, clean, count, score, test, write."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import replace as with_
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

from cfanalysis.analyses.claim import claim_verdict
from cfanalysis.core.errors import AnalysisError, IntakeError
from cfanalysis.core.files import export_folder
from cfanalysis.core.language import asked_language, message
from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.core.text_folding import fold_text
from cfanalysis.intake import RawAnswers, ReadingOptions, read
from cfanalysis.intake.auxiliary_files import read_organizations, read_outcomes
from cfanalysis.intake.cleaning import CleaningLog, clean
from cfanalysis.intake.cleaning.auxiliary_joins import join_facts, match_outcomes
from cfanalysis.intake.cleaning.organizations import names_alike
from cfanalysis.intake.cleaning.published_tables import clean_tables
from cfanalysis.intake.constants import normalize_options
from cfanalysis.intake.reader import FrequencyCounts
from cfanalysis.intake.reading_options import DETECT_ALL
from cfanalysis.scoring.shares import count_shares, organizations_and_waves, published_shares
from cfanalysis.study.earlier_states import keep_former_state
from cfanalysis.study.memory import release_memory
from cfanalysis.study.prepared_study import Study, fingerprint
from cfanalysis.study.study_files import input_entry, manifest, write_json, write_log, write_tables
from cfanalysis.survey.instrument import Instrument, find_instrument, load_instrument
from cfanalysis.survey.survey_data import Source, Survey

_SYNTHETIC = "synthetic"


class AuxiliaryFiles(NamedTuple):
    """What auxiliary files say: outcomes, facts, aliases; None where there is no such file."""

    outcomes: pd.DataFrame | None
    facts: pd.DataFrame | None
    aliases: dict[str, str]
    notes: tuple[str, ...]


@dataclass
class CleanAnswers:
    """Cleaned answers, and what else a study is made from.

    Parameters
    ----------
    instrument, text
        What was asked, and the file that says so, word for word.
    inputs
        What the answers were made from: ``name, bytes, sha256`` of each file.
    table, log
        Responses, as from `cfanalysis.intake.cleaning.clean`, or published shares.
    auxiliary
        What auxiliary files say.
    date
        The day of the data, as ``2025-03-11``: on which the last answers were sent, or a database was changed last.
    """

    instrument: Instrument
    text: bytes
    inputs: list[dict[str, Any]]
    table: pd.DataFrame
    log: CleaningLog
    auxiliary: AuxiliaryFiles
    date: str = ""


def prepare(
    file: Path,
    instrument_file: Path,
    out: Path,
    *,
    reader: str | None = None,
    replace: bool = False,
    options: ReadingOptions = DETECT_ALL,
    outcomes: Path | None = None,
    organizations: Path | None = None,
    preregistration: Path | None = None,
    drop: Collection[str] = (),
) -> Study:
    """Make a study from a survey file.

    Parameters
    ----------
    file
        The survey's export, or published frequency tables.
    instrument_file
        What the survey asks (YAML), or the name of an instrument that ships.
    out
        The study's folder; its name becomes the study's.
    reader
        How the file is to be read; None recognizes it.
    replace
        Whether an existing study of that name may be replaced.
    options
        Encoding, delimiter and the like of `file`, where they are not to be detected.
    outcomes, organizations
        Auxiliary files (`cfanalysis.intake.auxiliary_files`).
    preregistration
        What was written down before the data were seen: kept with the study, word for word.
    drop
        Flags whose rows are dropped (`cfanalysis.intake.cleaning.FLAG_RULES`).

    Raises
    ------
    CfAnalysisError
        A file, the instrument or the output place are not right. Nothing is left half-written.
    """
    with use_publication(Publication()):  # a study is the same for readers of any language
        instrument_file = find_instrument(instrument_file)
        instrument = load_instrument(instrument_file)
        before = None if preregistration is None else _preregistration_text(preregistration)
        beside = read_auxiliary_files(instrument, outcomes, organizations)
        inputs = [p for p in (file, instrument_file, outcomes, organizations) if p is not None]
        raw = [read(file, instrument, reader=reader, options=options)]
        with keep_former_state(out), export_folder(out, mark="manifest.json", replace=replace) as folder:
            if before is not None:
                (folder / "preregistration.md").write_text(before, encoding="utf-8")
            release_memory()
            cleaned = _cleaned(raw, instrument, beside.aliases, drop)
            entries = [input_entry(p) for p in inputs]
            said = normalize_options(options).constant_columns | (
                {"accept": list(options.accept)} if options.accept else {}
            )
            entries[0] |= said
            answers = CleanAnswers(
                instrument, instrument_file.read_bytes(), entries, *cleaned, beside, cleaned[1].latest_day
            )
            made = _write(folder, answers, name=out.name)
    return Study(out, *made).in_language(asked_language())


def prepare_cleaned(answers: CleanAnswers, out: Path, *, replace: bool = False) -> Study:
    """Make a study from answers that were cleaned before, as a database keeps them.

    Parameters
    ----------
    answers
        The answers, and what they were made from.
    out, replace
        As of `prepare`.

    Raises
    ------
    CfAnalysisError
        The auxiliary files or the output place are not right. Nothing is left half-written.
    """
    with keep_former_state(out), export_folder(out, mark="manifest.json", replace=replace) as folder:
        made = _write(folder, answers, name=out.name)
    return Study(out, *made)


def _write(folder: Path, answers: CleanAnswers, *, name: str) -> tuple[Survey, dict[str, Any]]:
    """Write everything that a study holds; return its evidence, now with a fingerprint, and its manifest."""
    survey = _survey(answers, name=name)
    release_memory()
    more = {"aliases": _aliases(survey, answers.auxiliary.aliases), "date": answers.date}
    return write_study(folder, survey, answers, more)


def write_study(
    folder: Path, survey: Survey, answers: CleanAnswers, more: Mapping[str, Any]
) -> tuple[Survey, dict[str, Any]]:
    """Write a study; return its evidence, now with a fingerprint, and its manifest.

    Parameters
    ----------
    folder
        The study's folder.
    survey
        What the study holds.
    answers
        What it was made from: instrument, inputs and log.
    more
        What else the manifest says, as far as it is not empty.
    """
    (folder / "instrument.yaml").write_bytes(answers.text)
    with ThreadPoolExecutor(1) as aside:
        # The many rows are written while the few organizations are tested.
        written = aside.submit(write_tables, folder, survey)
        write_log(folder / "cleaning_log.json", answers.log)
        release_memory()
        write_json(folder / "verdict.json", _verdict(survey, answers.log))
        written.result()
    content = manifest(folder, answers.inputs, survey)
    content |= {name: value for name, value in more.items() if value}
    write_json(folder / "manifest.json", content)
    release_memory()
    source = with_(survey.source, fingerprint=fingerprint(folder))
    return with_(survey, source=source), content


def _preregistration_text(file: Path) -> str:
    """Return a preregistration; one that is no text, or says nothing, is refused."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise IntakeError("The preregistration cannot be read.", where=file, value=error) from None
    if not text.strip():
        raise IntakeError(
            "The preregistration is empty.", where=file, next_step="Fill it in before the data come."
        )
    return text


def read_auxiliary_files(
    instrument: Instrument, outcomes: Path | None = None, organizations: Path | None = None
) -> AuxiliaryFiles:
    """Read auxiliary files.

    Parameters
    ----------
    instrument
        What the survey asks.
    outcomes, organizations
        The files; None where there is none.

    Raises
    ------
    IntakeError
        A file is not right.
    """
    facts: pd.DataFrame | None = None
    aliases: dict[str, str] = {}
    notes: list[str] = []
    if organizations is not None:
        facts, aliases, ignored = read_organizations(organizations, instrument)
        notes.append(
            f"{organizations.name}: {facts['organization'].nunique()} organizations, {len(aliases)} aliases"
        )
        if ignored:
            notes.append(f"{organizations.name}: columns that mean nothing here: {', '.join(ignored)}")
    table = None
    if outcomes is not None:
        table = read_outcomes(outcomes, instrument)
        notes.append(f"{outcomes.name}: {len(table)} outcomes")
    return AuxiliaryFiles(table, facts, aliases, tuple(notes))


def _cleaned(
    raw: list[RawAnswers | FrequencyCounts],
    instrument: Instrument,
    aliases: dict[str, str],
    drop: Collection[str],
) -> tuple[pd.DataFrame, CleaningLog]:
    """Return responses or shares, and how they were cleaned; the one thing in `raw` is taken out, to be freed."""
    if isinstance(raw[0], RawAnswers):
        answers = cast("list[RawAnswers]", raw)
        return clean(answers.pop(), instrument, aliases=aliases, drop=drop)
    counts, log = clean_tables(cast("list[FrequencyCounts]", raw).pop(), instrument, aliases=aliases)
    return published_shares(counts, instrument), log


def _survey(answers: CleanAnswers, *, name: str) -> Survey:
    """Return the evidence that answers and auxiliary files make together; what they say is added to the log."""
    table, log, instrument, beside = answers.table, answers.log, answers.instrument, answers.auxiliary
    if "respondent" not in table:
        responses, shares, synthetic = None, table, False
        keys = ["organization", "wave", "kind"]
        organizations = shares.groupby(keys, as_index=False, sort=True).agg(n=("n", "max"))
    else:
        responses, shares = table, count_shares(table, instrument)
        organizations = _organizations(table, instrument)
        synthetic = _SYNTHETIC in {str(text).casefold() for text in table["origin"].unique()}
        log.notes += tuple(_gaps_of_waves(shares, instrument))
    log.notes += beside.notes
    if instrument.unit == "organization":
        _propose_aliases(organizations, beside, log)
    if beside.facts is not None:
        organizations = join_facts(organizations, beside.facts, beside.aliases, log)
    waves = tuple(instrument.wave_order(list(shares["wave"].unique())))
    source = Source(
        name,
        instrument.title,
        waves,
        synthetic,
        unit=instrument.unit,
        language=instrument.language,
        shown=instrument.shown_options,
    )
    survey = Survey(instrument, shares, organizations, responses, source)
    if beside.outcomes is not None:
        survey = with_(survey, outcomes=match_outcomes(beside.outcomes, organizations, beside.aliases, log))
    return survey


def _aliases(survey: Survey, aliases: Mapping[str, str]) -> dict[str, str]:
    """Return the study's organization for each name that stands for one."""
    names = {fold_text(name): name for name in sorted(survey.organizations["organization"].unique())}
    found = {fold_text(alias): names.get(fold_text(name)) for alias, name in sorted(aliases.items())}
    return {alias: name for alias, name in found.items() if name is not None and alias not in names}


def _propose_aliases(organizations: pd.DataFrame, beside: AuxiliaryFiles, log: CleaningLog) -> None:
    """Put into the log which organizations of the whole study may be one, unless somebody has decided."""
    own = organizations[organizations["kind"] == "organization"].groupby("organization")["n"].sum()
    rows = {str(name): int(n) for name, n in own.items() if fold_text(str(name)) not in beside.aliases}
    listed: Iterable[str] = [] if beside.facts is None else beside.facts["organization"]
    found = names_alike(rows, {fold_text(name) for name in listed})
    log.proposals = [p for p in log.proposals if p.subject != "organization"] + found


def _gaps_of_waves(shares: pd.DataFrame, instrument: Instrument) -> Iterator[str]:
    """Yield which items nobody answered in a wave though others did."""
    answered = shares.groupby("wave", sort=True)["item"].unique()
    for wave, items in answered.items():
        lacking = [i.id for i in instrument.rated_items if i.id not in set(items)]
        if lacking:
            shown = ", ".join(lacking[:10]) + (f" and {len(lacking) - 10} more" if len(lacking) > 10 else "")
            yield f"wave {wave}: nobody answered {len(lacking)} of {len(instrument.rated_items)} items: {shown}"


def _organizations(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return one row per organization and wave: respondents, and the facts most of them gave."""
    number, names = organizations_and_waves(responses)
    counts = names.assign(kind="organization", n=np.bincount(number, minlength=len(names)))
    facts = [f.id for f in instrument.organization_fields]
    for fact in facts:
        counts[fact] = counts["organization"].map(_most_frequent(responses, fact)).astype("str").fillna("")
    return counts.astype(dict.fromkeys(("organization", "wave", "kind", *facts), "str"))


def _most_frequent(responses: pd.DataFrame, fact: str) -> pd.Series:
    """Return each organization's most frequent value, of equally frequent ones the first in the alphabet."""
    owner, names = pd.factorize(responses["organization"])
    value, values = pd.factorize(responses[fact], sort=True)
    given = (values != "")[value]
    cells, count = np.unique(owner[given] * len(values) + value[given], return_counts=True)
    order = np.lexsort((cells, -count, cells // max(len(values), 1)))
    owners, first = np.unique(cells[order] // max(len(values), 1), return_index=True)
    return pd.Series(values.take(cells[order][first] % max(len(values), 1)), index=names.take(owners))


def _verdict(survey: Survey, log: CleaningLog) -> dict[str, Any]:
    """Return the test of the claim, or why there is none; it says where organizations may count twice."""
    try:
        verdict: dict[str, Any] = claim_verdict(survey).as_dict()
        if alike := sum(p.subject == "organization" for p in log.proposals):
            note = (
                message(
                    "{n:d} names of organizations look like another one: they may count twice.",
                    context="stored",
                )
                if alike > 1
                else message("One name of an organization looks like another one: they may count twice.")
            )
            verdict["names_alike"] = alike
            verdict["notes"] = [*verdict["notes"], note.format(n=alike)]
        return verdict
    except AnalysisError as error:
        return {"verdict": "none", "reason": error.problem}
