"""Joining auxiliary files to the study: what fits is joined, what does not is listed, nothing is guessed.

Names are compared as everywhere: without case and extra spaces, after aliases. A row whose organization, wave or
both the study lacks is left out and stands in the log's ``unmatched`` with the nearest name as a proposal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from cfanalysis.core.errors import nearest
from cfanalysis.core.text_folding import fold_text
from cfanalysis.intake.cleaning.log import CleaningLog

_ORGANIZATIONS, _OUTCOMES = "organizations", "outcomes"


def match_outcomes(
    outcomes: pd.DataFrame, organizations: pd.DataFrame, aliases: Mapping[str, str], log: CleaningLog
) -> pd.DataFrame:
    """Return the outcomes of the study's organizations.

    Parameters
    ----------
    outcomes
        As read by `cfanalysis.intake.auxiliary_files.read_outcomes`.
    organizations
        The study's: organization, wave, kind.
    aliases
        Alias -> organization.
    log
        Rows that do not fit are added to its ``unmatched``.

    Returns
    -------
    DataFrame
        ``organization, wave, outcome, value, n``, sorted; an outcome without wave counts for every wave of its
        organization.
    """
    own = organizations[organizations["kind"] == "organization"]
    named = outcomes.assign(organization=_names(outcomes["organization"], own["organization"], aliases))
    unknown = named["organization"].isna()
    _list(
        log, _OUTCOMES, outcomes[unknown], own["organization"].unique(), "no such organization in the study"
    )
    known = named[~unknown]
    pairs = own[["organization", "wave"]].drop_duplicates()
    said = known[known["wave"] != ""].merge(pairs.assign(found=True), on=["organization", "wave"], how="left")
    said.index = known.index[known["wave"] != ""]
    elsewhere = said["found"].isna()
    _list(log, _OUTCOMES, said[elsewhere], (), "the organization has no answers in this wave")
    every = known[known["wave"] == ""].drop(columns="wave").merge(pairs, on="organization")
    table = pd.concat([said[~elsewhere].drop(columns="found"), every], ignore_index=True)
    columns = ["organization", "wave", "outcome", "value", "n"]
    table = table[columns].drop_duplicates(columns[:3], keep="first")
    without = sorted(set(own["organization"]) - set(table["organization"]))
    _list_names(log, _OUTCOMES, without, "an organization of the study without any outcome")
    return table.sort_values(columns[:3], ignore_index=True).astype(dict.fromkeys(columns[:3], "str"))


def join_facts(
    organizations: pd.DataFrame, facts: pd.DataFrame, aliases: Mapping[str, str], log: CleaningLog
) -> pd.DataFrame:
    """Return the study's organizations with the facts of the organizations file, which win over the respondents'.

    Parameters
    ----------
    organizations
        The study's: organization, wave, kind, n and facts.
    facts
        As read by `cfanalysis.intake.auxiliary_files.read_organizations`.
    aliases
        Alias -> organization.
    log
        What does not fit is added to its ``unmatched``.

    Returns
    -------
    DataFrame
        A row where there was one; missing facts are empty texts, missing invitations missing.
    """
    own = organizations.loc[organizations["kind"] == "organization", "organization"]
    named = facts.assign(organization=_names(facts["organization"], own, aliases))
    unknown = named["organization"].isna()
    _list(log, _ORGANIZATIONS, facts[unknown], own.unique(), "no such organization in the study")
    known = named[~unknown]
    without = sorted(set(own) - set(known["organization"]))
    _list_names(log, _ORGANIZATIONS, without, "an organization of the study that the file lacks")
    key = ["organization", "wave"] if "wave" in known else ["organization"]
    known = known.drop_duplicates(key, keep="first")
    merged = organizations.merge(known, on=key, how="left", suffixes=("", " given"))
    for name in [c for c in known if c not in key]:
        given = merged[f"{name} given"] if f"{name} given" in merged else merged[name]
        if name == "invited":
            merged[name] = given.astype("Int64")
        else:
            before = organizations[name].to_numpy() if name in organizations else ""
            merged[name] = given.where(given.notna() & given.ne(""), before).astype("str")
    return merged[[*organizations.columns, *(c for c in known if c not in organizations and c not in key)]]


def _names(column: pd.Series, known: pd.Series, aliases: Mapping[str, str]) -> pd.Series:
    """Return the study's spelling of each name, missing where the study has none."""
    spelling = {fold_text(name): name for name in sorted(known.unique())}
    for alias, name in aliases.items():
        if fold_text(name) in spelling:
            spelling.setdefault(fold_text(alias), spelling[fold_text(name)])
    return column.map(lambda name: spelling.get(fold_text(name))).astype("str")


def _list(log: CleaningLog, file: str, rows: pd.DataFrame, known: Iterable[str], why: str) -> None:
    choices = list(known)
    for row, cells in rows.to_dict(orient="index").items():
        near = nearest(str(cells["organization"]), choices, limit=1)
        log.unmatched.append(
            {
                "file": file,
                "row": str(row),
                "organization": str(cells["organization"]),
                "wave": str(cells.get("wave", "")),
                "problem": why,
                "proposal": near[0] if near else "",
            }
        )


def _list_names(log: CleaningLog, file: str, names: Iterable[str], why: str) -> None:
    log.unmatched.extend(
        {"file": file, "row": "", "organization": name, "wave": "", "problem": why, "proposal": ""}
        for name in names
    )
