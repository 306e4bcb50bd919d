"""A customer satisfaction index in words, tables and blocks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cfanalysis.analyses.sector_index import LABELS, SectorIndex
from cfanalysis.analyses.units import within_sentence
from cfanalysis.core.blocks import Column, KeyFigure, KeyFigures, Prose, Table, escape_markdown, table_columns
from cfanalysis.core.formatting import MISSING, decimal, interval_cell, ordinal, p_value, percent
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import running_text, sentence, table_rows
from cfanalysis.reports.common.fitted_table import source_table


def index_answer(index: SectorIndex) -> Prose:
    """Return the answer in three sentences: level, change, sectors."""
    whole = index.frame[index.frame["scope"] == "all"]
    last = whole.iloc[-1]
    sentences = [
        sentence(
            "In wave {wave} the {title} stands at **{score}** (95% interval {low} to {high}; {n:d} customers of "
            "{n_organizations:d} organizations).",
            {**last, "wave": escape_markdown(str(last["wave"]))},
            title=escape_markdown(index.index.title),
        ),
        _change_sentence(index),
        _sector_sentence(index),
    ]
    if len(index.improvement):
        text = "{share:%} of customers expect organizations to improve (95% interval {low:%} to {high:%})."
        sentences.append(sentence(text, index.improvement.iloc[-1].to_dict()))
    return Prose(running_text(*sentences))


def index_figures(index: SectorIndex) -> KeyFigures:
    """Return the key figures: the index of each wave, the change, who expects improvement."""
    whole = index.frame[index.frame["scope"] == "all"]
    cards = [
        KeyFigure(sentence("Index, wave {wave}", r), decimal(r["score"]), _interval(r))
        for r in whole.tail(2).to_dict(orient="records")
    ]
    for _, row in index.changes[index.changes["scope"] == "all"].tail(1).iterrows():
        cards.append(KeyFigure(translated("Change"), decimal(row["change"], signed=True), _interval(row)))
    if len(index.improvement):
        share = index.improvement.iloc[-1]
        n = sentence("n = {n}", n=int(share["n"]))
        cards.append(KeyFigure(translated("Expect improvement"), percent(share["share"]), n))
    return KeyFigures(tuple(cards))


def sector_table(index: SectorIndex) -> Table:
    """Return the index of the whole and of every sector: latest wave, change, adjusted p."""
    wave = list(index.source.waves)[-1]
    here = index.frame[(index.frame["wave"] == wave) & index.frame["scope"].isin(["all", "sector"])]
    steps = index.changes.loc[
        index.changes["after"] == wave, ["scope", "name", "change", "low", "high", "p_holm"]
    ]
    table = here.merge(steps, on=["scope", "name"], how="left", suffixes=("", "_change"))
    table["name"] = table["name"].where(table["scope"] != "all", translated(LABELS["all"]))
    labels = ("Index", "SE", "95% interval", "n", "Organizations", "Change", "95% interval", "p (Holm)")
    cells = (
        "{name} | {score} | {se:2} | {low} to {high} | {n} | {n_organizations} | {change:+} | "
        "{low_change} to {high_change} | {p}"
    )
    rows = table_rows(cells, table.assign(name=_shown(table, index), p=table["p_holm"].map(p_value)))
    scale = sentence("0 to 100; wave {wave}, change from the wave before.", wave=wave)
    field = index.field or translated("Group")
    title = sentence("The index by {field}", field=within_sentence(field, index.source))
    columns = [Column(field, "left"), *table_columns(labels, left=0)]
    note = running_text(scale, index.method)
    return source_table(title, columns, rows, note, index.source, emphasis=(0,))


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
    columns = [
        Column(translated("Wave"), "left"),
        *(Column(w) for i in (first, second) for w in (_formula(i), translated("95% interval"))),
    ]
    note = translated(
        "The UKCSI formula multiplies the mean rating by 10, so the lowest rating gives 10; the ACSI formula stretches "
        "1 to 10 to 0 to 100. The same answers give different figures; never compare across formulas."
    )
    return source_table("One survey, two formulas", columns, rows, note, first.source)


def published_table(index: SectorIndex) -> Table:
    """Return published figures of the same formula, as context."""
    rows = [(name, decimal(value)) for name, value in index.index.published.items()]
    last = index.frame[index.frame["scope"] == "all"].iloc[-1]
    rows.append((sentence("This study, wave {wave}", last.to_dict()), decimal(last["score"])))
    note = translated(
        "Published by the Institute of Customer Service. Quoted for context: other people, other organizations, "
        "another questionnaire; nothing is computed from them."
    )
    last_row = (len(rows) - 1,)
    return source_table("Published figures", ("Index", "Score"), rows, note, index.source, emphasis=last_row)


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
    note = sentence(
        "0 to 100; wave {wave}; of {n} organizations. The intervals of {close} others overlap that of the first: an "
        "order of single organizations is far less sure than it looks.",
        wave=wave, n=len(ranked), close=close,
    )  # fmt: skip
    title = sentence("The {n} highest organizations", n=len(rows))
    labels = ("Organization", "Index", "95% interval", "n")
    return source_table(title, labels, rows or [(MISSING,) * 4], note, index.source)


def index_method(index: SectorIndex) -> Prose:
    """Return how the index is computed."""
    return Prose(
        running_text(index.method, sentence("{n} ratings enter the index.", n=len(index.index.items)))
    )


def _formula(index: SectorIndex) -> str:
    """Return the formula's short name."""
    names = {"ukcsi": message("UKCSI formula"), "acsi": message("ACSI formula")}
    formula = index.index.formula
    return translated(names[formula]) if formula in names else index.index.title


def _change_sentence(index: SectorIndex) -> str:
    changes = index.changes[index.changes["scope"] == "all"]
    if changes.empty:
        return translated("There is no wave before to compare with.")
    row = changes.iloc[-1]
    return sentence(
        "Since wave {before} it rose by {size} points ({bounds})."
        if float(row["low"]) > 0
        else "Since wave {before} it fell by {size} points ({bounds})."
        if float(row["high"]) < 0
        else "Since wave {before} it moved by {change:+} points, which cannot be told from no change ({bounds}).",
        {**row, "before": escape_markdown(str(row["before"]))},
        size=abs(row["change"]),
        bounds=_interval(row),
    )


def _sector_sentence(index: SectorIndex) -> str:
    wave = list(index.source.waves)[-1]
    sectors = index.frame[(index.frame["scope"] == "sector") & (index.frame["wave"] == wave)]
    if sectors.empty:
        return ""
    ranked = sectors.assign(name=_shown(sectors, index)).sort_values("score", ascending=False)
    high, low = ranked.iloc[0], ranked.iloc[-1]
    moved = int(((index.changes["scope"] == "sector") & (index.changes["p_holm"] <= 0.05)).sum())
    return sentence(
        "Of {n} groups, {high} stands highest ({highest}) and {low} lowest ({lowest})."
        if index.changes.empty
        else "Of {n} groups, {high} stands highest ({highest}) and {low} lowest ({lowest}); {moved} of {n} changed by "
        "more than chance."
        if moved
        else "Of {n} groups, {high} stands highest ({highest}) and {low} lowest ({lowest}); in none of them is the "
        "change more than chance.",
        n=len(sectors), moved=moved, high=escape_markdown(str(high["name"])), highest=high["score"],
        low=escape_markdown(str(low["name"])), lowest=low["score"],
    )  # fmt: skip


def _shown(table: pd.DataFrame, index: SectorIndex) -> list[str]:
    return [index.source.shown_option(index.field, name) for name in table["name"]]


def _interval(row: Mapping[Any, Any] | pd.Series) -> str:
    ends = interval_cell(row["low"], row["high"])
    if ends == MISSING:
        return MISSING
    return sentence("{level} interval {interval}", level=percent(0.95), interval=ends)
