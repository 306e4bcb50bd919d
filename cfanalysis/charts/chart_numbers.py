"""The numbers that a chart shows, as a table to publish beside it: no organization is named in it.

Most results hold them as their ``frame``; this module covers the charts that show part of their result, or that draw
organizations, of which only the values are given: neither the names nor the order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from cfanalysis import charts
from cfanalysis.analyses.performance_levels import ClientLevel
from cfanalysis.analyses.trends import followed_measures
from cfanalysis.charts import data_quality
from cfanalysis.charts.captions.data_quality_captions import MAX_ITEMS


def _quartiles(gaps: Any) -> pd.DataFrame:
    """Return the quartiles and, last, rest minus top."""
    say, do = -gaps.delta_say.estimate, -gaps.delta_do.estimate
    last = ("Rest minus top", gaps.n, say, do, gaps.delta.estimate, *gaps.delta.ends)
    columns = ["quartile", "n", "say", "do", "gap", "low", "high"]
    frame: pd.DataFrame = pd.concat([gaps.frame[columns], pd.DataFrame([last], columns=columns)])
    return frame


def _slope(slope: Any) -> pd.DataFrame:
    """Return the slope, the quartiles' means, and the points in the order of their values, which reveals nothing."""
    estimate = slope.slope
    line = {"what": "slope per standard deviation", "gap": estimate.estimate, "n": slope.n}
    line |= dict(zip(("low", "high"), estimate.ends, strict=True))
    points: pd.DataFrame = slope.organizations.drop(columns="organization").sort_values(["criterion", "gap"])
    parts = [
        pd.DataFrame([line]),
        slope.doses.assign(what="mean of a quartile"),
        points.assign(what="organization"),
    ]
    frame: pd.DataFrame = pd.concat(parts)
    return frame[["what", "quartile", "criterion", "gap", "low", "high", "n"]]


def _sizes(people: Any) -> pd.DataFrame:
    table: pd.DataFrame = people.sizes
    return table.assign(below_minimum=table["low"] < people.minimum)


def _classes(gaps: Any) -> pd.DataFrame:
    frame: pd.DataFrame = gaps.frame.assign(mean=gaps.mean, q1=gaps.q1, median=gaps.median, q3=gaps.q3)
    return frame


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


def _waves(result: Any) -> pd.DataFrame:
    """Return every wave's scores and, last, the changes between the last two waves."""
    waves, changes = result.waves, result.changes
    if len(changes):
        last = changes.groupby("measure", sort=False).tail(1).rename(columns={"change": "score"})
        last = last.assign(wave=last["before"] + " to " + last["after"])
        waves = pd.concat([waves, last])[waves.columns]
    table: pd.DataFrame = waves[waves["measure"].isin(followed_measures(waves))]
    return table


def _bands(result: Any) -> pd.DataFrame:
    frame: pd.DataFrame = result.frame
    return frame if result.client is not None else frame.drop(columns=["client", "percentile"])


NUMBERS: dict[Callable[..., Any], Callable[[Any], pd.DataFrame]] = {
    charts.quartile_gap: _quartiles,
    charts.gap_against_performance: _slope,
    charts.gap_histogram: _classes,
    charts.quartile_bands: _bands,
    charts.level_strip: lambda result: result.frame if isinstance(result, ClientLevel) else result.by_level,
    charts.sector_change: _groups_of_organizations,
    charts.trend: _waves,
    charts.specification_curve: lambda result: result.specifications.frame,
    data_quality.cleaning_flow: _flow,
    data_quality.missing_answers: lambda items: items.least_answered.head(MAX_ITEMS),
    data_quality.respondents_per_organization: _sizes,
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
    return str(chart_numbers(chart, result).round(6).to_csv(index=False, lineterminator="\n"))
