"""The numbers that a chart shows, as a table to publish beside it: no organization is named in it.

Most results hold them as their ``frame``; this module covers the charts that show part of their result, or that draw
organizations, of which only the values are given: neither the names nor the order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from cfanalysis import charts
from cfanalysis.charts import data_quality


def _points(result: Any) -> pd.DataFrame:
    """Return the points of a scatter in the order of their values: a row's position reveals nothing."""
    table: pd.DataFrame = result.organizations.drop(columns="organization")
    return table.sort_values(["criterion", "gap"], ignore_index=True)


def _groups_of_organizations(result: Any) -> pd.DataFrame:
    frame: pd.DataFrame = result.frame
    return frame[frame["scope"].isin(["all", "sector"])]


def _flow(record: Any) -> pd.DataFrame:
    dropped = [
        (str(rule), -int(n))
        for rule, n in zip(record.drop_rules["rule"], record.drop_rules["n"], strict=True)
    ]
    steps = [("rows in the file", record.rows_in), *dropped, ("rows in the study", record.rows_out)]
    return pd.DataFrame([*steps, ("of these flagged", record.rows_flagged)], columns=["step", "rows"])


def _overall(result: Any) -> pd.DataFrame:
    waves: pd.DataFrame = result.waves
    return waves[waves["scope"] == "overall"]


def _bands(result: Any) -> pd.DataFrame:
    frame: pd.DataFrame = result.frame
    return frame if result.client is not None else frame.drop(columns=["client", "percentile"])


NUMBERS: dict[Callable[..., Any], Callable[[Any], pd.DataFrame]] = {
    charts.gap_against_performance: _points,
    charts.quartile_bands: _bands,
    charts.level_strip: lambda result: result.by_level,
    charts.sector_change: _groups_of_organizations,
    charts.trend: _overall,
    charts.specification_curve: lambda result: result.specifications.frame,
    data_quality.cleaning_flow: _flow,
    data_quality.missing_answers: lambda items: items.least_answered.head(data_quality.MAX_ITEMS),
    data_quality.respondents_per_organization: lambda people: people.sizes,
    data_quality.scale_ends: lambda items: items.groups,
}
"""What is given beside the charts that do not simply show their result's ``frame``."""


def chart_numbers(chart: Callable[..., Any], result: Any) -> pd.DataFrame:
    """Return the numbers that a chart shows.

    Parameters
    ----------
    chart
        A function of `cfanalysis.charts`.
    result
        What it draws.

    Returns
    -------
    DataFrame
        One row per mark or per row of the chart; `organization` is never a column.
    """
    table: pd.DataFrame = NUMBERS[chart](result) if chart in NUMBERS else result.frame
    return table.drop(columns="organization", errors="ignore").reset_index(drop=True)


def chart_csv(chart: Callable[..., Any], result: Any) -> str:
    """Return these numbers as CSV, rounded so that the file is the same on every machine.

    Parameters
    ----------
    chart, result
        As for `chart_numbers`.
    """
    return str(chart_numbers(chart, result).round(4).to_csv(index=False, lineterminator="\n"))
