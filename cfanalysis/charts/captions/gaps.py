"""Words for charts of the gap: quartiles, performance, aspects, pairs, spread, and the contrast's robustness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cfanalysis.analyses.aspect_gaps import AspectGaps
from cfanalysis.analyses.forest_rows import ForestRows
from cfanalysis.analyses.gap_distribution import GapDistribution
from cfanalysis.analyses.gap_slope import GapSlope
from cfanalysis.analyses.pair_gaps import PairGaps
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.charts.captions.words import ChartWords, in_sentence, many, organizations, quoted, several
from cfanalysis.core.numbers import decimal, digits_for, interval, percent
from cfanalysis.reports.common import sentences
from cfanalysis.statistics.quartiles import QUARTILES


def _quartile_rows(gaps: QuartileGaps) -> list[str]:
    digits = digits_for(gaps.delta)
    return [
        f"{row['quartile']} quartile {decimal(row['gap'], digits)} ({decimal(row['low'], digits)} to "
        f"{decimal(row['high'], digits)}, n = {row['n']})"
        for row in gaps.frame.to_dict(orient="records")
    ]


def _contrast(gaps: QuartileGaps) -> str:
    size = decimal(gaps.delta.estimate, digits_for(gaps.delta), signed=True)
    return f"rest minus top {size} ({interval(gaps.delta)})"


QUARTILE_GAP = ChartWords(
    title=sentences.gap_title,
    measure=lambda g: (
        f"Say minus Do, points on a scale of {g.scale[0]} to {g.scale[1]}, by quartile of {in_sentence(g.criterion)}"
    ),
    size=organizations,
    statistics=_contrast,
    picture=lambda g: (
        f"Dots of all {many(g)} by quartile, with the mean gap and its 95% interval in scale points"
    ),
    rows=lambda g: [*_quartile_rows(g), _contrast(g)],
)


def _slope(slope: GapSlope) -> str:
    size = decimal(slope.slope.estimate, digits_for(slope.slope), signed=True)
    return f"slope {size} for each standard deviation ({interval(slope.slope)})"


def _doses(slope: GapSlope) -> list[str]:
    return [
        f"{row['quartile']} quartile mean gap {decimal(row['gap'], 2)} at {decimal(row['criterion'])}"
        for row in slope.doses.to_dict(orient="records")
    ]


GAP_AGAINST_PERFORMANCE = ChartWords(
    title=sentences.slope_title,
    measure=lambda s: f"Say minus Do (scale points) against {in_sentence(s.criterion)} (0 to 100)",
    size=organizations,
    statistics=_slope,
    picture=lambda s: (
        f"Scatter of {many(s)} with a falling or rising line, its 95% band and the quartiles’ means"
    ),
    rows=lambda s: [_slope(s), *_doses(s), f"the top quartile begins at {decimal(s.cut)}"],
)


def _widest(gaps: AspectGaps) -> str:
    group = gaps.groups[-1]
    rows = gaps.frame[gaps.frame["group"] == group]
    first = rows.sort_values("gap", ascending=False, kind="stable").iloc[0]
    name = first["title"] if gaps.scope == "dimension" else quoted(first["title"])
    if len(rows) == 1:
        return f"Below the top quartile the gap in {name} is {decimal(float(first['gap']))} points of 100"
    return f"Below the top quartile the gap is widest in {name}: {decimal(float(first['gap']))} points of 100"


def _aspect_rows(gaps: AspectGaps) -> list[str]:
    clauses = []
    for _, part in gaps.frame.groupby("aspect", sort=False):
        values = ", ".join(
            f"{r['group']} {decimal(r['gap'])} ({decimal(r['low'])} to {decimal(r['high'])})"
            for r in part.to_dict(orient="records")
        )
        clauses.append(f"{part['title'].iloc[0]}: {values}")
    return clauses


GAP_BY_ASPECT = ChartWords(
    title=_widest,
    measure=lambda g: (
        f"Say minus Do, points of 100, with 95% intervals; quartiles of {in_sentence(g.criterion)}"
    ),
    size=organizations,
    statistics=lambda g: "intervals by Student’s t, one aspect at a time",
    picture=lambda g: (
        f"Dots with intervals for {several(g.frame['aspect'].nunique(), 'aspect')} in two groups"
    ),
    rows=_aspect_rows,
)


def _narrows(gaps: PairGaps) -> str:
    top, bottom = QUARTILES[0], QUARTILES[-1]
    wide = (
        gaps.frame.pivot(index="pair", columns="group", values="gap").reindex(columns=[top, bottom]).dropna()
    )
    narrower = int((wide[top] < wide[bottom]).sum())
    if len(wide) < 2:
        ends = [
            f"{decimal(float(wide[q].iloc[0]))} in the {q.lower()} quartile"
            for q in (top, bottom)
            if len(wide)
        ]
        return f"The gap is {' and '.join(ends)}" if ends else "The gap by pair"
    return (
        f"In {narrower} of {len(wide)} pairs the gap is narrower in the top quartile than in the bottom one"
    )


def _pair_rows(gaps: PairGaps) -> list[str]:
    clauses = []
    for _, part in gaps.frame.groupby("pair", sort=False):
        values = ", ".join(f"{r['group']} {decimal(r['gap'])}" for r in part.to_dict(orient="records"))
        clauses.append(f"{part['title'].iloc[0]}: {values}")
    return clauses


PAIR_HEAT_TABLE = ChartWords(
    title=_narrows,
    measure=lambda g: f"Say minus Do of each pair, points of 100, by quartile of {in_sentence(g.criterion)}",
    size=organizations,
    statistics=lambda g: f"means over {many(g)}",
    picture=lambda g: (
        f"Table of {several(g.frame['pair'].nunique(), 'pair')} by quartile, wider gaps in stronger tones"
    ),
    rows=_pair_rows,
)


def _mostly(gaps: GapDistribution) -> str:
    share = 1 - gaps.share_negative
    how_many = (
        "All" if gaps.share_negative == 0 else percent(share, 0 if share <= 0.985 or share > 0.995 else 1)
    )
    units = many(gaps) if share == 1 else f"of {many(gaps)}"
    return f"{how_many} {units} say as much as they do or more; the median gap is {decimal(gaps.median, 2)} points"


def _class_rows(gaps: GapDistribution) -> list[str]:
    return [
        f"{decimal(r['low'], 2)} to {decimal(r['high'], 2)}: {int(r['n'])}"
        for r in gaps.frame.to_dict(orient="records")
        if r["n"]
    ]


GAP_HISTOGRAM = ChartWords(
    title=_mostly,
    measure=lambda g: f"Say minus Do, points on a scale of {g.scale[0]} to {g.scale[1]}",
    size=organizations,
    statistics=lambda g: (
        f"mean {decimal(g.mean, 2)}, middle half {decimal(g.q1, 2)} to {decimal(g.q3, 2)}; "
        f"Do above Say in {percent(g.share_negative)}"
    ),
    picture=lambda g: f"Histogram of {many(g)} by gap, in classes of scale points",
    rows=_class_rows,
)


def _holds(rows: ForestRows) -> str:
    frame = rows.frame
    above = int((frame["low"] > 0).sum())
    if len(frame) == 1:
        return "Below the top quartile the gap is wider" if above else "No difference in the gap can be told"
    return f"In {above} of {len(frame)} parts of the survey the gap is wider below the top quartile"


def _estimates(rows: ForestRows) -> Sequence[str]:
    return [
        f"{r['label']} {decimal(r['estimate'], 2, signed=True)} ({decimal(r['low'], 2)} to {decimal(r['high'], 2)})"
        for r in rows.frame.to_dict(orient="records")
    ]


FOREST = ChartWords(
    title=_holds,
    measure=lambda r: f"{r.measure}, {r.frame['unit'].iloc[0]}, with 95% intervals",
    size=organizations,
    statistics=lambda r: "filled: holds off the ends of the scale too, adjusted for the number of parts",
    picture=lambda r: f"Forest of {several(len(r.frame), 'estimate')} with intervals",
    rows=_estimates,
)


def _above(result: Any) -> str:
    frame = result.specifications.frame
    above = int((frame["low"] > 0).sum())
    return f"In {above} of {len(frame)} specifications the raw contrast is above 0"


def _curve_rows(result: Any) -> list[str]:
    curve = result.specifications
    low, high = (
        decimal(float(v), 2, signed=True)
        for v in (curve.frame["estimate"].min(), curve.frame["estimate"].max())
    )
    return [
        f"estimates of rest minus top from {low} to {high} {curve.unit}",
        f"{len(curve.honest)} specifications have a criterion that holds no item of the gap",
    ]


SPECIFICATION_CURVE = ChartWords(
    title=_above,
    measure=lambda r: f"Rest minus top, {r.specifications.unit}; each column is one combination of choices",
    size=organizations,
    statistics=lambda r: "95% intervals; hollow: cut on the overall score, which cannot test the claim",
    picture=lambda r: "Estimates sorted by size, with the choices behind each below",
    rows=_curve_rows,
)
