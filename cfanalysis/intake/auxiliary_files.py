"""Files beside the answers: outcomes of organizations, and facts about them.

Outcomes (one row per organization, wave and outcome): ``organization, wave, outcome, value, n``. Organizations (one
row each): ``organization, aliases`` (divided by ``|`` or ``;``), ``invited``, ``peer_group``, ``wave`` (where
invitations differ by wave) and any fact of the instrument. Both are CSV, Excel or Parquet; cells are checked here,
names are compared with the study's when it is made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cfanalysis.core.errors import IntakeError, problem_list
from cfanalysis.core.text_folding import fold_text
from cfanalysis.intake.decimals import DecimalSign, decimal_sign
from cfanalysis.intake.named_columns import advice_without_options, read_named_columns
from cfanalysis.survey.instrument import Instrument

_OUTCOMES = ("organization", "wave", "outcome", "value", "n")
USUAL_FACTS = ("sector", "size", "size_band", "country", "peer_group")
"""Facts that are kept though the instrument does not ask for them."""


def read_outcomes(path: Path, instrument: Instrument) -> pd.DataFrame:
    """Read an outcomes file.

    Parameters
    ----------
    path
        The file.
    instrument
        Its names for the columns of organization and wave are understood too.

    Returns
    -------
    DataFrame
        ``organization, wave`` ("": not said), ``outcome, value`` (float), ``n`` (Int64); the index is the row in the
        file.

    Raises
    ------
    IntakeError
        A column is missing, a value is no number, or an outcome stands twice; all together.
    """
    known, needed = {name: (name,) for name in _OUTCOMES}, ("organization", "outcome", "value")
    table, _ = read_named_columns(path, instrument, known, needed=needed)
    table = table.reindex(columns=list(_OUTCOMES), fill_value="")
    with advice_without_options():
        decimal, _ = decimal_sign([*table["value"], *table["n"]], where=path.name)
    values, wrong_values = _numbers(table["value"], decimal, needed=True)
    counts, wrong_counts = _numbers(table["n"], ".", whole=True)
    problems = [*wrong_values, *wrong_counts, *_blank(table, ("organization", "outcome"))]
    same = table[["organization", "wave", "outcome"]].map(fold_text).duplicated(keep=False)
    problems += [
        f"row {row}: {r['outcome']!r} of {r['organization']!r} stands more than once"
        for row, r in table[same].to_dict(orient="index").items()
    ]
    _raise(problems, path, "outcomes", "organization, wave, outcome, value (a number), n (a whole number)")
    return table.assign(value=values.astype("float64"), n=counts.astype("Int64"))


def read_organizations(path: Path, instrument: Instrument) -> tuple[pd.DataFrame, dict[str, str], list[str]]:
    """Read an organizations file.

    Parameters
    ----------
    path
        The file.
    instrument
        Its names for the columns of organization and wave are understood too.

    Returns
    -------
    facts : DataFrame
        ``organization``, then those of ``wave, invited`` (Int64) and facts that the file has.
    aliases : dict
        Alias -> organization.
    ignored : list of str
        Columns that mean nothing here.

    Raises
    ------
    IntakeError
        A column is missing, a number of invitations is no whole number, an organization stands twice, or an alias
        belongs to two organizations; all together.
    """
    usual = ("organization", "wave", *USUAL_FACTS, "aliases", "invited")
    known: dict[str, Sequence[str]] = {name: (name,) for name in usual}
    known |= {f.id: (f.id, f.title, *f.source) for f in instrument.organization_fields}
    table, ignored = read_named_columns(path, instrument, known, needed=("organization",))
    problems = _blank(table, ("organization",))
    if "invited" in table:
        counts, wrong = _numbers(table["invited"], ".", whole=True)
        problems += wrong
        table["invited"] = counts.astype("Int64")
    key = [c for c in ("organization", "wave") if c in table]
    twice = table[key].map(fold_text).duplicated(keep=False)
    problems += [
        f"row {row}: {name!r} stands more than once" for row, name in table.loc[twice, "organization"].items()
    ]
    for field in instrument.organization_fields:
        if field.options and field.id in table:
            spelling = {fold_text(other): option for other, option in field.spellings.items()}
            spelling |= {fold_text(o): o for o in (*field.options, "")}
            known_options = table[field.id].map(lambda t, s=spelling: s.get(fold_text(t)))
            problems += [
                f"row {row}, column {field.id}: {table.loc[row, field.id]!r} is none of {', '.join(field.options)}"
                for row in table.index[known_options.isna()]
            ]
            table[field.id] = known_options
    aliases, clashes = _aliases(table)
    _raise(problems + clashes, path, "organizations", "each organization once, with aliases of its own")
    return table.drop(columns="aliases", errors="ignore"), aliases, ignored


def _aliases(table: pd.DataFrame) -> tuple[dict[str, str], list[str]]:
    """Return alias -> organization, and which aliases belong to two or are an organization themselves."""
    names = {fold_text(name): name for name in table["organization"]}
    aliases: dict[str, str] = {}
    problems: list[str] = []
    if "aliases" not in table:
        return aliases, problems
    for row, name, cell in zip(table.index, table["organization"], table["aliases"], strict=True):
        for alias in filter(None, (part.strip() for part in re.split(r"[|;]", cell))):
            owner = aliases.get(fold_text(alias), names.get(fold_text(alias)))
            if owner is not None and owner != name:
                problems.append(f"row {row}: the alias {alias!r} of {name!r} belongs to {owner!r} too")
            elif owner is None:
                aliases[fold_text(alias)] = name
    return aliases, problems


def _numbers(
    column: pd.Series, decimal: DecimalSign, *, whole: bool = False, needed: bool = False
) -> tuple[pd.Series, list[str]]:
    """Return texts as numbers, and what is none."""
    plain = column.str.strip()
    if decimal == ",":
        plain = plain.str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(plain.where(plain != ""), errors="coerce").astype("float64")
    finite = numbers.abs() < 1e15
    wrong = (plain.ne("") & ~finite) | (needed & plain.eq(""))
    if whole:
        wrong |= finite & ((numbers % 1 != 0) | (numbers < 0))
    kind = "a whole number" if whole else "a number"
    return numbers, [
        f"row {row}, column {column.name}: {text!r} is not {kind}" for row, text in column[wrong].items()
    ]


def _blank(table: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    return [
        f"row {row}: no {name}" for name in columns for row in table.index[table[name].str.strip().eq("")]
    ]


def _raise(problems: list[str], path: Path, what: str, allowed: str) -> None:
    if problems:
        raise IntakeError(
            problem_list(f"The file of {what} has {len(problems)} problem(s):", problems),
            where=path.name,
            allowed=allowed,
            next_step="Correct the rows listed.",
        )
