"""Erasing a client from a study: the study is made again from what it holds of the others."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from cfanalysis.core.files import atomic_folder
from cfanalysis.core.text_folding import fold_text
from cfanalysis.database.logs import StoredLog
from cfanalysis.database.redaction import redact_log, redact_text
from cfanalysis.study.preparation import AuxiliaryFiles, CleanAnswers, write_study
from cfanalysis.study.prepared_study import Study

_PREREGISTRATION = "preregistration.md"


def erase_from_study(study: Study, keys: Collection[str]) -> int:
    """Erase a client from a study, whose verdict and fingerprint then are others; a study of nobody else is removed.

    Parameters
    ----------
    study
        The study.
    keys
        The client's names, as keys (`fold_text`).

    Returns
    -------
    int
        Rows of answers, or of published shares, that were erased; 0 where the study does not have the client: then it
        is not touched.
    """
    survey = study.survey
    own = [name for name in study.clients if fold_text(name) in keys]
    if not own:
        return 0
    shares = _without(survey.shares, own)
    people, outcomes = (
        None if frame is None else _without(frame, own) for frame in (survey.raw_responses, survey.outcomes)
    )
    held = survey.shares if survey.raw_responses is None else survey.raw_responses
    erased = int(held["organization"].isin(own).sum())
    if shares.empty:
        shutil.rmtree(study.folder)
        return erased
    source = replace(survey.source, waves=tuple(w for w in survey.source.waves if w in set(shares["wave"])))
    organizations = _without(survey.organizations, own)
    left = replace(
        survey, shares=shares, organizations=organizations, raw_responses=people, outcomes=outcomes,
        source=source,
    )  # fmt: skip
    log = StoredLog.of(redact_log(study.cleaning_log, keys))
    text = (study.folder / "instrument.yaml").read_bytes()
    inputs = [
        {k: redact_text(v, keys) if k in ("name", "organization") else v for k, v in entry.items()}
        for entry in study.manifest["inputs"]
    ]
    answers = CleanAnswers(survey.instrument, text, inputs, shares, log, AuxiliaryFiles(None, None, {}, ()))
    aliases = study.manifest.get("aliases", {})
    more = {
        "aliases": {a: n for a, n in aliases.items() if n not in own},
        "date": study.imprint["date"],
        "formerly": [*study.manifest.get("formerly", ()), source.fingerprint],
    }
    with atomic_folder(study.folder, replace=True) as folder:
        if (study.folder / _PREREGISTRATION).is_file():
            shutil.copyfile(study.folder / _PREREGISTRATION, folder / _PREREGISTRATION)
        write_study(folder, left, answers, more)
    return erased


def _without(frame: pd.DataFrame, own: Collection[str]) -> pd.DataFrame:
    return frame[~frame["organization"].isin(own)].reset_index(drop=True)
