"""The codebook: what every variable of a study means, as a table and as a page."""

from __future__ import annotations

import pandas as pd

from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.instrument import DataField, Instrument, Item
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

_KEYS = {
    "organization": "The organization, under one spelling",
    "respondent": "The respondent's code, or the row of the file",
    "wave": "The wave of the survey",
    "seconds": "Time to answer, in seconds",
    "origin": "Where the row comes from; 'synthetic' where it is made up",
}
_COLUMNS = [
    *("variable", "kind", "text", "short", "role", "facet", "dimension", "pair", "reverse", "scale"),
    *("min", "max", "answers", "dont_know", "asked_as", "options", "indices"),
]
_TABLES = {
    "raw_responses": "one row for each respondent and wave; answers as given",
    "responses_long": "one row for each answer: `answer` as given, `keyed` after reverse keying",
    "shares": "one row for each organization, wave, item and answer: `share` (0 to 1) of `n` valid answers, "
    "after reverse keying",
    "scores": "one row for each organization, wave and measure: `mean` in scale points, `score` on 0 to 100",
    "organizations": "one row for each organization and wave: `n` respondents, and facts",
    "cleaning_log": "one row for each change, flag and drop, with the row of the file",
    "codebook": "this page as a table",
    "labels": "one row for each answer of each scale, and each spelling that is taken for it",
    "claim_items": "one row for each item of the gap: its facet, thresholds, and the unit of its steps",
    "claim_organizations": "the organizations that the test uses, and the group of each (1, 2, ...)",
    "claim_shares": "one row for each halving and organization (`place`, its row in `claim_organizations`): criterion, "
    "and the share of answers above each threshold",
    "claim_respondents": "one row for each respondent: `place`, answers in steps above the lowest, reverse-keyed items "
    "turned, and traits (1 where a fact is true of the respondent)",
    "claim_mix": "mean traits of those whose answers make the gap, by halving and organization",
    "claim_counts": "answers behind the shares of each item, one row for each organization",
    "claim_resamples": "how often each organization was drawn, one row for each resample",
    "claim_verdict": "the verdict's numbers, which `claim_test.R` computes again",
}


def codebook_frame(instrument: Instrument) -> pd.DataFrame:
    """Return one row for each variable of the responses.

    Returns
    -------
    DataFrame
        ``variable, kind ("key" | "organization" | "respondent" | "item" | "open"), text, short, role, facet,
        dimension, pair, reverse`` (1 where the item is turned for scores), ``scale, min, max, answers``
        ("1 = Strongly disagree; ..."), ``dont_know`` (its code here), ``asked_as`` (how the source wrote
        it), ``options, indices`` (that contain the item).
    """
    rows: list[dict[str, object]] = [
        {"variable": name, "kind": "key", "text": text} for name, text in _KEYS.items()
    ]
    rows += [_field(f, "organization") for f in instrument.organization_fields]
    rows += [_field(f, "respondent") for f in instrument.respondent_fields]
    rows += [_item(item, instrument) for item in instrument.items]
    frame = pd.DataFrame(rows, columns=_COLUMNS, dtype="object")
    for name in _COLUMNS:
        number = name in ("reverse", "min", "max", "dont_know")
        frame[name] = frame[name].astype("Int64") if number else frame[name].fillna("").astype("str")
    return frame


def label_frame(instrument: Instrument) -> pd.DataFrame:
    """Return ``scale, code, label`` (as shown), ``spelling`` (taken for it); one row for each spelling."""
    rows = []
    for name, scale in instrument.scales.items():
        for category in scale.categories:
            for spelling in scale.spellings(category) or ("",):
                rows.append((name, category, scale.label(category), spelling))
        rows += [(name, DONT_KNOW_CODE, "Don't know", spelling) for spelling in scale.dont_know.labels]
        rows += [(name, DONT_KNOW_CODE, "Don't know", str(code)) for code in scale.dont_know.codes]
    return pd.DataFrame(rows, columns=["scale", "code", "label", "spelling"])


def codebook_text(study: Study, tables: list[str]) -> str:
    """Return the codebook as Markdown: the files, how values are written, and every variable.

    Parameters
    ----------
    study
        The study.
    tables
        Names of the tables that are exported.
    """
    instrument, source = study.survey.instrument, study.survey.source
    frame = codebook_frame(instrument)
    lines = [
        f"# Codebook: {_plain(source.title)}",
        "",
        f"Study {_plain(source.study)} ({source.fingerprint}), instrument {instrument.id} "
        f"{_plain(instrument.version)}, waves {', '.join(map(_plain, source.waves))}.",
        *(["", "**Synthetic data: nobody in it exists.**"] if source.synthetic else []),
        "",
        "## Tables",
        "",
        *(f"- `{name}`: {_TABLES[name]}" for name in tables),
        "",
        "## How values are written",
        "",
        f"- Don't know is {DONT_KNOW_CODE} in every item; no scale contains it. No answer is an empty cell.",
        "- Reverse-keyed items are as answered in `raw_responses`; turned, they are min + max - answer.",
        "- A text that a spreadsheet would take for a formula has one apostrophe in front; a plain number has none.",
        "- CSV is UTF-8 with commas and one header row.",
        "",
        "## Variables",
        "",
        "| variable | kind | text | role | facet | dimension | pair | reverse | answers |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    shown = ["variable", "kind", "text", "role", "facet", "dimension", "pair", "reverse", "answers"]
    for row in frame.to_dict(orient="records"):
        row["reverse"] = "yes" if row["reverse"] == 1 else ""
        row["answers"] = row["answers"] or row["options"]
        lines.append("| " + " | ".join(_plain(str(row[name])) for name in shown) + " |")
    return "\n".join(lines) + "\n"


def _field(field: DataField, kind: str) -> dict[str, object]:
    return {
        "variable": field.id,
        "kind": kind,
        "text": field.title,
        "options": "; ".join(field.options),
        "asked_as": "; ".join(field.source),
    }


def _item(item: Item, instrument: Instrument) -> dict[str, object]:
    row: dict[str, object] = {
        "variable": item.id,
        "kind": "open" if item.scale is None else "item",
        "text": item.text,
        "short": item.short,
        "role": item.role,
        "facet": item.facet,
        "dimension": item.dimension,
        "pair": item.pair,
        "asked_as": "; ".join(item.source),
        "indices": "; ".join(index.id for index in instrument.indices if item.id in index.items),
    }
    if item.scale is None:
        return row
    scale = instrument.scales[item.scale]
    labelled = [f"{c} = {scale.label(c)}" for c in scale.categories if c in scale.labels]
    return row | {
        "reverse": int(item.reverse),
        "scale": item.scale,
        "min": scale.min,
        "max": scale.max,
        "answers": "; ".join(labelled) or f"{scale.min} to {scale.max}",
        "dont_know": DONT_KNOW_CODE if scale.dont_know != type(scale.dont_know)() else None,
    }


def _plain(text: str) -> str:
    """Return text for a cell of a Markdown table."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
