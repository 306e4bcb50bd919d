"""One client's people: Say, Do and gap by position, function and customer contact, where enough answered.

A group is shown from the instrument's minimum of respondents on, and only if no small number of respondents can be
found by subtracting groups, of any field, from each other (`cfanalysis.survey.confidentiality.publishable_splits`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.analyses.benchmark_comparison import client_measures, latest_responses, may_split_respondents
from cfanalysis.analyses.pair_gaps import PairGaps
from cfanalysis.analyses.respondent_scores import FACETS_AND_GAP, facet_scores, item_answers, mean_answered
from cfanalysis.analyses.roles import position_field
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.statistics.disclosure import small_combination
from cfanalysis.statistics.effects import Estimate, welch
from cfanalysis.statistics.effects.one_sample import mean_estimate
from cfanalysis.survey.confidentiality import Split, may_show_distribution, publishable_splits
from cfanalysis.survey.instrument import DataField, Minima
from cfanalysis.survey.survey_data import ClientExtract, Source

_METHOD = message(
    "Means over respondents, 0 to 100, with 95% intervals by Student's t; differences by Welch. Groups below the "
    "minimum of respondents are not shown, nor what would give them away."
)


@dataclass(frozen=True)
class ClientRoles:
    """Say, Do and gap of groups of a client's people.

    Parameters
    ----------
    frame
        One row per field and option: ``field, title, option, n`` (missing where hidden), ``shown``, and for each
        facet ``say, say_low, say_high, do, ..., gap, ...`` (0-100; missing where hidden).
    contrast
        Leaders against staff: ``facet, above, below`` (means), ``difference, low, high``; empty where either side has
        too few.
    above, below
        The options on each side of the contrast; none where there is none.
    n_above, n_below
        Their respondents.
    adjusted
        Say, Do and gap adjusted for role composition: ``facet, score, raw, percentile, n_organizations``;
        empty where there is no adjustment.
    n, method, source
        Respondents, how, and where the data come from.
    """

    frame: pd.DataFrame
    contrast: pd.DataFrame
    above: tuple[str, ...]
    below: tuple[str, ...]
    n_above: int
    n_below: int
    adjusted: pd.DataFrame
    n: int
    method: str
    source: Source


def client_roles(extract: ClientExtract) -> ClientRoles | None:
    """Return the groups of the client's people; None where nothing is known of them or too few answered."""
    fields = extract.instrument.respondent_fields
    if not may_split_respondents(extract) or not fields or not extract.instrument.gap_dimensions:
        return None
    people, minima = latest_responses(extract), extract.instrument.minima
    scores = facet_scores(people, extract.instrument)
    contrast, above, below = _contrast(people, scores, extract)
    sides = _sides(people, scores, extract, above, below)
    if small_combination(np.column_stack([np.ones(len(people), bool), *sides]), minima.respondents):
        contrast, above, below, sides = contrast.iloc[:0], [], [], []
    groups = {field.id: _options(people, field) for field in fields if _in_use(people, field)}
    shown = publishable_splits(groups, minima, besides=sides)
    rows = [
        row
        for field in fields
        if field.id in groups
        for row in _groups(groups[field.id], scores, field, shown, minima)
    ]
    if not rows:
        return None
    return ClientRoles(
        pd.DataFrame(rows),
        contrast,
        tuple(above) if len(contrast) else (),
        tuple(below) if len(contrast) else (),
        _count(people, extract, above),
        _count(people, extract, below),
        _adjusted(extract),
        extract.n,
        _METHOD,
        extract.source,
    )


def group_scores(extract: ClientExtract, roles: ClientRoles) -> PairGaps | None:
    """Return what is done (Do) by dimension in each group that is shown; None for fewer than two groups.

    A score stands only where everybody counted in the group's own scores answered the dimension: so it rests on the
    same people, and nothing new can be subtracted. The result has the shape of pairs (here groups) by columns (here
    dimensions).

    Parameters
    ----------
    extract
        The client's extract.
    roles
        Its groups.
    """
    people, instrument = latest_responses(extract), extract.instrument
    complete = facet_scores(people, instrument).notna().all(axis=1)
    shown = roles.frame[roles.frame["shown"].astype(bool) & roles.frame["do"].notna()]
    columns = {
        d.title: mean_answered(
            item_answers(people, instrument, instrument.select(facet="do", dimension=d.id))
        )
        for d in instrument.gap_dimensions
    }
    rows = []
    for row in shown.to_dict(orient="records"):
        here = complete & (people[str(row["field"])] == row["option"])
        title = extract.source.shown_option(row["title"], row["option"])
        about = {"pair": f"{row['field']}:{row['option']}", "title": title, "section": row["title"]}
        for title, scores in columns.items():
            known = scores[here]
            mean = round(float(known.mean()), 1) if known.notna().all() else np.nan
            rows.append({**about, "group": title, "gap": mean, "n": extract.n})
    if len(shown) < 2 or len(columns) < 2:
        return None
    return PairGaps(pd.DataFrame(rows), tuple(columns), "", extract.n, "latest", extract.source)


def _in_use(people: pd.DataFrame, field: DataField) -> bool:
    return field.id in people and bool(people[field.id].isin(field.options).any())


def _options(people: pd.DataFrame, field: DataField) -> pd.Series:
    """Return each respondent's option; those not in the instrument and missing ones count as not said, ""."""
    return people[field.id].where(people[field.id].isin(field.options), "").astype(str)


def _groups(
    group: pd.Series, scores: pd.DataFrame, field: DataField, splits: set[Split], minima: Minima
) -> list[dict[str, object]]:
    """Return a row for each option in use."""
    sizes = {option: int((group == option).sum()) for option in field.options}
    rows: list[dict[str, object]] = []
    for option in [option for option, n in sizes.items() if n]:
        # Say, Do and gap rest on the same people, so that they cannot be compared with each other either.
        known = scores[group == option].dropna()
        enough = (field.id, option) in splits and may_show_distribution(len(known), minima)
        row: dict[str, object] = {
            "field": field.id,
            "title": field.title,
            "option": option,
            "n": sizes[option] if (field.id, option) in splits else pd.NA,
            "shown": (field.id, option) in splits,
        }
        for facet in FACETS_AND_GAP:
            mean = mean_estimate(known[facet]) if enough else Estimate(np.nan, np.nan, np.nan)
            mean = mean.cut_to(-100 if facet == "gap" else 0, 100)
            row |= {facet: round(mean.estimate, 1), f"{facet}_low": mean.low, f"{facet}_high": mean.high}
        # As printed, the gap is the difference of its terms.
        rows.append({**row, "gap": round(float(str(row["say"])) - float(str(row["do"])), 1)})
    return rows


def _sides(
    people: pd.DataFrame, scores: pd.DataFrame, extract: ClientExtract, above: list[str], below: list[str]
) -> list[NDArray[np.bool_]]:
    """Return who stands on each side of the contrast of positions; nothing where it is not shown."""
    field = position_field(extract.instrument)
    if field is None or not above or not below:
        return []
    complete = scores.notna().all(axis=1)
    return [(people[field.id].isin(side) & complete).to_numpy(bool) for side in (above, below)]


def _count(people: pd.DataFrame, extract: ClientExtract, side: list[str]) -> int:
    field = position_field(extract.instrument)
    return 0 if field is None or not side else int(people[field.id].isin(side).sum())


def _contrast(
    people: pd.DataFrame, scores: pd.DataFrame, extract: ClientExtract
) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Return those at the top against the others: the highest positions, as many as the minimum needs."""
    columns = ["facet", "above", "below", "difference", "low", "high"]
    field, minima = position_field(extract.instrument), extract.instrument.minima
    nothing = pd.DataFrame(columns=columns)
    if field is None or field.id not in people:
        return nothing, [], []
    in_use = [option for option in field.options if (people[field.id] == option).any()]
    for cut in range(1, len(in_use)):
        above, below = in_use[:cut], in_use[cut:]
        sides = [scores[people[field.id].isin(side)].dropna() for side in (above, below)]
        if all(may_show_distribution(len(side), minima) for side in sides):
            break
    else:
        return nothing, [], []
    rows = []
    for facet in FACETS_AND_GAP:
        first, second = (side[facet].to_numpy() for side in sides)
        try:
            test: Estimate = welch(first, second)
        except AnalysisError:
            test = Estimate(float(first.mean() - second.mean()))
        means = round(float(first.mean()), 1), round(float(second.mean()), 1)
        rows.append((facet, *means, round(means[0] - means[1], 1), *test.cut_to(-100, 100).ends))
    return pd.DataFrame(rows, columns=columns), above, below


def _adjusted(extract: ClientExtract) -> pd.DataFrame:
    own = client_measures(extract, "adjusted")
    raw = client_measures(extract, "overall").set_index("facet")["score"]
    table = own.assign(raw=own["facet"].map(raw))
    columns = ["facet", "score", "raw", "percentile", "n_organizations"]
    return table[columns].reset_index(drop=True)
