"""A customer satisfaction index in words, tables and blocks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cfanalysis.analyses.sector_index import SectorIndex
from cfanalysis.analyses.units import within_sentence
from cfanalysis.core.blocks import Column, KeyFigure, KeyFigures, Prose, Table, escape_markdown, table_columns
from cfanalysis.core.formatting import MISSING, decimal, interval_cell, ordinal, p_value, percent
from cfanalysis.core.templates import table_rows
from cfanalysis.statistics.effects import Estimate


def index_answer(index: SectorIndex) -> Prose:
    """Return the answer in three sentences: level, change, sectors."""
    whole = index.frame[index.frame["scope"] == "all"]
    last = whole.iloc[-1]
    sentences = [
        f"In wave {escape_markdown(str(last['wave']))} the {escape_markdown(index.index.title)} stands at "
        f"**{decimal(last['score'])}** (95% interval {decimal(last['low'])} to {decimal(last['high'])}; "
        f"{int(last['n']):,} customers of {int(last['n_organizations']):,} organizations).",
        _change_sentence(index),
        _sector_sentence(index),
    ]
    if len(index.improvement):
        row = index.improvement.iloc[-1]
        sentences.append(
            f"{percent(row['share'])} of customers expect organizations to improve (95% interval {percent(row['low'])} "
            f"to {percent(row['high'])})."
        )
    return Prose(" ".join(s for s in sentences if s))


def index_figures(index: SectorIndex) -> KeyFigures:
    """Return the key figures: the index of each wave, the change, who expects improvement."""
    whole = index.frame[index.frame["scope"] == "all"]
    cards = [
        KeyFigure(f"Index, wave {r['wave']}", decimal(r["score"]), _interval(r))
        for r in whole.tail(2).to_dict(orient="records")
    ]
    for _, row in index.changes[index.changes["scope"] == "all"].tail(1).iterrows():
        cards.append(KeyFigure("Change", decimal(row["change"], signed=True), _interval(row)))
    if len(index.improvement):
        share = index.improvement.iloc[-1]
        cards.append(KeyFigure("Expect improvement", percent(share["share"]), f"n = {int(share['n']):,}"))
    return KeyFigures(tuple(cards))


def sector_table(index: SectorIndex) -> Table:
    """Return the index of the whole and of every sector: latest wave, change, adjusted p."""
    wave = list(index.source.waves)[-1]
    here = index.frame[(index.frame["wave"] == wave) & index.frame["scope"].isin(["all", "sector"])]
    steps = index.changes.loc[
        index.changes["after"] == wave, ["scope", "name", "change", "low", "high", "p_holm"]
    ]
    table = here.merge(steps, on=["scope", "name"], how="left", suffixes=("", "_change"))
    labels = ("Index", "SE", "95% interval", "n", "Organizations", "Change", "95% interval", "p (Holm)")
    cells = (
        "{name} | {score} | {se:2} | {low} to {high} | {n} | {n_organizations} | {change:+} | "
        "{low_change} to {high_change} | {p}"
    )
    rows = table_rows(cells, table.assign(name=_shown(table, index), p=table["p_holm"].map(p_value)))
    note = f"0 to 100; wave {wave}, change from the wave before. {index.method} {index.source.caption}"
    field = index.field or "Group"
    title = f"The index by {within_sentence(field, index.source)}"
    return Table(title, table_columns((field, *labels)), rows, note, (0,))


def formulas_table(first: SectorIndex, second: SectorIndex) -> Table:
    """Return the index of each wave by two formulas, beside each other.

    Parameters
    ----------
    first, second
        The index of the same survey by two formulas.
    """
    one, other = (index.frame[index.frame["scope"] == "all"] for index in (first, second))
    both = pd.DataFrame({"wave": first.source.waves}).merge(one, on="wave", how="left")
    both = both.merge(other, on="wave", how="left", suffixes=("", "_other"))
    rows = table_rows(
        "{wave} | {score} | {low} to {high} | {score_other} | {low_other} to {high_other}", both
    )
    labels = ("Wave", *(w for i in (first, second) for w in (_formula(i), "95% interval")))
    note = (
        "The UKCSI formula multiplies the mean rating by 10, so the lowest rating gives 10; the ACSI formula stretches "
        f"1 to 10 to 0 to 100. The same answers give different figures; never compare across formulas. "
        f"{first.source.caption}"
    )
    return Table("One survey, two formulas", table_columns(labels), rows, note)


def published_table(index: SectorIndex) -> Table:
    """Return published figures of the same formula, as context."""
    rows = [(name, decimal(value)) for name, value in index.index.published.items()]
    last = index.frame[index.frame["scope"] == "all"].iloc[-1]
    rows.append((f"This study, wave {last['wave']}", decimal(last["score"])))
    note = (
        "Published by the Institute of Customer Service. Quoted for context: other people, other organizations, "
        f"another questionnaire; nothing is computed from them. {index.source.caption}"
    )
    columns = [Column("Index", "left"), Column("Score")]
    return Table("Published figures", columns, rows or [(MISSING, MISSING)], note, (len(rows) - 1,))


def organization_table(index: SectorIndex, *, named: bool = False, most: int = 10) -> Table:
    """Return the organizations with the highest index, and how many cannot be told from the first.

    Parameters
    ----------
    index
        The index.
    named
        Whether organizations are named; otherwise their place is given.
    most
        How many rows.
    """
    wave = list(index.source.waves)[-1]
    here = index.frame[(index.frame["scope"] == "organization") & (index.frame["wave"] == wave)].dropna(
        subset=["se"]
    )
    ranked = here.sort_values(["score", "name"], ascending=[False, True])
    best = ranked["low"].iloc[0] if len(ranked) else math.nan
    first = ranked.head(most)
    first = first if named else first.assign(name=[ordinal(k + 1) for k in range(len(first))])
    rows = table_rows("{name} | {score} | {low} to {high} | {n}", first)
    close = int((ranked["high"] >= best).sum()) - 1 if len(ranked) else 0
    note = (
        f"0 to 100; wave {wave}; of {len(ranked)} organizations. The intervals of {close} others overlap that of the "
        f"first: an order of single organizations is far less sure than it looks. {index.source.caption}"
    )
    return Table(
        f"The {len(rows)} highest organizations",
        table_columns(("Organization", "Index", "95% interval", "n")),
        rows or [(MISSING,) * 4],
        note,
    )


def index_method(index: SectorIndex) -> Prose:
    """Return how the index is computed."""
    return Prose(f"{index.method} {len(index.index.items)} ratings enter the index.")


def _formula(index: SectorIndex) -> str:
    """Return the formula's short name."""
    return {"ukcsi": "UKCSI formula", "acsi": "ACSI formula"}.get(index.index.formula, index.index.title)


def _change_sentence(index: SectorIndex) -> str:
    changes = index.changes[index.changes["scope"] == "all"]
    if changes.empty:
        return "There is no wave before to compare with."
    row = changes.iloc[-1]
    change = Estimate(float(row["change"]), float(row["low"]), float(row["high"]))
    size = decimal(abs(change.estimate))
    told = (
        f"rose by {size} points"
        if float(row["low"]) > 0
        else f"fell by {size} points"
        if float(row["high"]) < 0
        else f"moved by {decimal(change.estimate, signed=True)} points, which cannot be told from no change"
    )
    bounds = _interval(row)
    return f"Since wave {escape_markdown(str(row['before']))} it {told} ({bounds})."


def _sector_sentence(index: SectorIndex) -> str:
    wave = list(index.source.waves)[-1]
    sectors = index.frame[(index.frame["scope"] == "sector") & (index.frame["wave"] == wave)]
    if sectors.empty:
        return ""
    ranked = sectors.assign(name=_shown(sectors, index)).sort_values("score", ascending=False)
    high, low = ranked.iloc[0], ranked.iloc[-1]
    moved = index.changes[(index.changes["scope"] == "sector") & (index.changes["p_holm"] <= 0.05)]
    told = (
        f"; {len(moved)} of {len(sectors)} changed by more than chance"
        if len(moved)
        else "; in none of them is the change more than chance"
    )
    return (
        f"Of {len(sectors)} groups, {escape_markdown(str(high['name']))} stands highest ({decimal(high['score'])}) and "
        f"{escape_markdown(str(low['name']))} lowest ({decimal(low['score'])}){told if len(index.changes) else ''}."
    )


def _shown(table: pd.DataFrame, index: SectorIndex) -> list[str]:
    return [index.source.shown_option(index.field, name) for name in table["name"]]


def _interval(row: Mapping[Any, Any] | pd.Series) -> str:
    ends = interval_cell(row["low"], row["high"])
    return ends if ends == MISSING else f"95% interval {ends}"
