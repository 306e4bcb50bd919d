"""A study as tidy files with a codebook, for R, SPSS, Stata, Excel and whatever comes.

Every table has one observation a row and one header row, every variable stands in the codebook. Answers are as
they were given: a reverse-keyed item is *not* turned in ``raw_responses`` (the codebook and the long table say which
they are), and it is turned in ``shares`` and ``scores``. "Don't know" is one code in every item, `DONT_KNOW_CODE`,
which no scale contains. Texts are safe to open in a spreadsheet (`cfanalysis.core.spreadsheets`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cfanalysis.core.errors import OutputError, ParameterError
from cfanalysis.core.files import export_folder
from cfanalysis.core.spreadsheets import write_csv, write_workbook
from cfanalysis.study.claim_export import SCRIPT, claim_script, claim_tables
from cfanalysis.study.codebook import codebook_frame, codebook_text, label_frame
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

_FORMATS = ("csv", "xlsx", "sav", "r")
_MARK = "codebook.md"
"""The file by which a folder is known as a former export."""

LOG_COLUMNS = ["rule", "kind", "row", "organization", "respondent", "wave", "column", "before", "after", "n"]


def export_study(
    study: Study,
    folder: Path,
    *,
    formats: Sequence[str] = ("csv",),
    long: bool = False,
    replace: bool = False,
) -> list[Path]:
    """Write a study as tidy files with a codebook.

    Parameters
    ----------
    study
        A prepared study.
    folder
        Where the files go; made whole or not at all.
    formats
        ``csv`` (one file a table), ``xlsx`` (one workbook), ``sav`` (the responses for SPSS, with labels), ``r`` (what
        the claim is tested on, with a script that computes the test again).
    long
        Whether ``responses_long``, one row for each answer, is written too.
    replace
        Whether a former export in that folder may be replaced; any other folder never is.

    Returns
    -------
    list of Path
        The files written, sorted.

    Raises
    ------
    ParameterError
        There is no such format.
    OutputError
        The folder exists and is no former export, a table does not fit into the format, or the place
        cannot be written.
    """
    unknown = [f for f in formats if f not in _FORMATS]
    if unknown or not formats:
        raise ParameterError(
            "There is no such format.", value=", ".join(unknown), allowed=", ".join(_FORMATS)
        )
    tables = export_tables(study, long=long)
    claim = claim_tables(study.survey) if "r" in formats else {}
    plain = (
        tables
        if {"csv", "xlsx"} & {*formats}
        else [t for t in tables if t == "responses" and "sav" in formats]
    )
    with export_folder(folder, mark=_MARK, replace=replace) as aside:
        if "csv" in formats:
            for name, frame in tables.items():
                write_csv(frame, aside / f"{name}.csv")
        if "xlsx" in formats:
            write_workbook(tables, aside / f"{study.name}.xlsx")
        if "sav" in formats:
            _write_sav(study, aside / "raw_responses.sav")
        if "r" in formats:
            for name, frame in claim.items():
                write_csv(frame, aside / f"{name}.csv")
            (aside / SCRIPT).write_text(claim_script(), encoding="utf-8")
        (aside / _MARK).write_text(codebook_text(study, [*plain, *claim]), encoding="utf-8")
    return sorted(folder.iterdir())


def export_tables(study: Study, *, long: bool = False) -> dict[str, pd.DataFrame]:
    """Return the tables of an export by name.

    ``raw_responses`` (and ``responses_long``) are absent where frequency tables were published.

    Parameters
    ----------
    study
        The study.
    long
        True to add ``responses_long``, one row for each answer.
    """
    survey = study.survey
    tables = {} if survey.raw_responses is None else {"raw_responses": survey.raw_responses}
    if survey.raw_responses is not None and long:
        tables["responses_long"] = long_responses(survey.raw_responses, survey.instrument)
    log = study.cleaning_log
    entries = [{"n": 1, **e} for e in log["changes"]] + [
        {"kind": "changed", **e} for e in log.get("by_value", ())
    ]
    return tables | {
        "shares": survey.shares,
        "scores": study.scores,
        "organizations": survey.organizations,
        "cleaning_log": pd.DataFrame(entries, columns=LOG_COLUMNS).astype({"row": "Int64", "n": "Int64"}),
        "codebook": codebook_frame(survey.instrument),
        "labels": label_frame(survey.instrument),
    }


def long_responses(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return one row for each answer to a rated item.

    Parameters
    ----------
    responses
        One row for each respondent and wave.
    instrument
        Says which columns are rated items, and which are reverse-keyed.

    Returns
    -------
    DataFrame
        ``organization, respondent, wave, item, answer`` (as given; missing for "don't know"), ``keyed``
        (after reverse keying), ``reverse, dont_know`` (0 or 1). Cells without an answer have no row.
    """
    items = [item.id for item in instrument.rated_items]
    keys = ["organization", "respondent", "wave"]
    table = (
        responses[[*keys, *items]].melt(keys, var_name="item", value_name="answer").dropna(subset="answer")
    )
    ends = {
        i.id: instrument.scale_of(i.id).min + instrument.scale_of(i.id).max for i in instrument.rated_items
    }
    reverse = table["item"].map({i.id: i.reverse for i in instrument.rated_items}).astype(bool)
    unknown = table["answer"].eq(DONT_KNOW_CODE).astype(bool)
    answer = table["answer"].astype("Int16").mask(unknown)
    keyed = answer.where(~reverse, table["item"].map(ends).astype("Int16") - answer)
    table = table.assign(
        item=pd.Categorical(table["item"], categories=items),
        answer=answer,
        keyed=keyed,
        reverse=reverse.astype("int8"),
        dont_know=unknown.astype("int8"),
    )
    return table.sort_values([*keys, "item"], kind="stable", ignore_index=True).astype({"item": "str"})


def _write_sav(study: Study, path: Path) -> None:
    """Write the responses for SPSS with labels of variables and answers; "don't know" is a missing value there."""
    import pyreadstat

    survey = study.survey
    if survey.raw_responses is None:
        raise OutputError(
            "There are no responses to write for SPSS: frequency tables were published.",
            next_step="Use CSV or Excel: --format csv,xlsx.",
        )
    instrument = survey.instrument
    items = instrument.rated_items
    labels: dict[str, dict[int | float, str]] = {
        i.id: {
            **{c: instrument.scale_of(i.id).label(c) for c in instrument.scale_of(i.id).categories},
            DONT_KNOW_CODE: "Don't know",
        }
        for i in items
    }
    frame = survey.raw_responses.astype({"seconds": "float64", **{i.id: "float64" for i in items}})
    texts = frame.columns[frame.dtypes == "str"]
    pyreadstat.write_sav(
        frame.astype(dict.fromkeys(texts, "object")),
        str(path),
        column_labels={
            row["variable"]: row["text"] for row in codebook_frame(instrument).to_dict(orient="records")
        },
        variable_value_labels=labels,
        missing_ranges={i.id: [DONT_KNOW_CODE] for i in items},
    )
