"""What a client is compared with: the organizations, and their aggregates as far as they may be shown.

The benchmark is all organizations of a study, or those that share a fact with the client (its sector, its size). It
holds n, mean, deciles and quartile means of every measure, never leave-one-out, and never a row of an organization.
Who counts is the same for all clients (`cfanalysis.study.benchmark.membership`), and what is the same for
all clients of a study is computed once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from cfanalysis.analyses.cleaning_record import exclusions
from cfanalysis.analyses.comments import survey_words
from cfanalysis.analyses.measures import all_measures
from cfanalysis.analyses.priorities import item_importance
from cfanalysis.analyses.roles import role_effects, shareable_effects
from cfanalysis.analyses.trends import trend_measures
from cfanalysis.core.errors import AnalysisError, ConfidentialityError, ParameterError, nearest
from cfanalysis.scoring.means import one_wave, ranked_only
from cfanalysis.scoring.score_table import MEASURE
from cfanalysis.statistics.disclosure import quantile_weights, shown_parts
from cfanalysis.statistics.quartiles import QUARTILES, quartile_groups
from cfanalysis.study.benchmark.membership import Counted, counted, counted_waves, sets_of, shows_few
from cfanalysis.study.study import Study
from cfanalysis.survey.confidentiality import shows_benchmark, shows_deciles
from cfanalysis.survey.instrument import Minima
from cfanalysis.survey.survey import BenchmarkFacts

if TYPE_CHECKING:
    from pandas.core.groupby import SeriesGroupBy

Made = TypeVar("Made")

ALL = "all"
OTHERS = "others"
QUANTILES = (10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90)
QUARTILE_COLUMNS = {name: name.lower().replace(" ", "_") for name in QUARTILES}
TREND_COLUMNS = ["scope", "name", "facet", "before", "after", "mean", "n"]


class ByOrganization:
    """A table whose rows are asked for by organization, again and again.

    Totals, which some tables have among their rows, are nobody's.

    Parameters
    ----------
    table
        Any table with a column ``organization``; it is not copied.

    Examples
    --------
    >>> ByOrganization(pd.DataFrame({"organization": ["A", "B", "A"], "n": [1, 2, 3]})).of("A")["n"].tolist()
    [1, 3]
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table
        names = table["organization"].astype("category")
        if "kind" in table:
            names = names.where(table["kind"] == "organization")
        self._places = names.groupby(names, sort=False, observed=True).indices

    def of(self, name: str) -> pd.DataFrame:
        """Return an organization's rows; none where it has none."""
        return self._table.iloc[self._places.get(name, [])]


@dataclass(frozen=True)
class StudyMeasures:
    """What is the same for all clients of a study, each thing computed when it is first asked for.

    Parameters
    ----------
    study
        The study.
    """

    study: Study

    @cached_property
    def everything(self) -> pd.DataFrame:
        """Every measure of every organization and wave."""
        return all_measures(self.study.survey, self.study.scores)

    @cached_property
    def measures(self) -> ByOrganization:
        """The measures of every organization, without totals."""
        return ByOrganization(self.everything)

    @cached_property
    def shares(self) -> ByOrganization:
        """The answer shares of every organization, without totals."""
        return ByOrganization(self.study.survey.shares)

    @cached_property
    def responses(self) -> ByOrganization | None:
        """The responses, where the study has them."""
        responses = self.study.survey.responses
        return None if responses is None else ByOrganization(responses)

    @cached_property
    def latest(self) -> pd.DataFrame:
        """Every measure of every organization's latest wave, whether it counts in the benchmark or not."""
        waves = one_wave(self.organizations, self.study.survey.source.waves, "latest")
        return ranked_only(self.everything.merge(waves[["organization", "wave"]]))

    @cached_property
    def exclusions(self) -> dict[str, list[tuple[str, str, int]]]:
        """What cleaning did to the rows of each organization."""
        return exclusions(self.study.cleaning_log)

    @cached_property
    def organizations(self) -> pd.DataFrame:
        """The organizations by wave, without totals."""
        return ranked_only(self.study.survey.organizations)

    @cached_property
    def facts(self) -> pd.DataFrame:
        """Each organization's facts of its latest wave, by its name."""
        latest = one_wave(self.organizations, self.study.survey.source.waves, "latest")
        return latest.drop_duplicates("organization").set_index("organization")

    @cached_property
    def quartiles(self) -> dict[str, str]:
        """The quartile of every organization that has a criterion."""
        return quartile_names(self.latest, self.study)

    @cached_property
    def counted(self) -> Counted:
        """Who counts in the benchmark of all organizations."""
        return counted(self.latest, self.quartiles, self.study.survey.instrument)

    @cached_property
    def groups(self) -> dict[tuple[str, str], Counted]:
        """Who counts in each group of peers: by field and value."""
        whole, instrument = self.counted, self.study.survey.instrument
        found = {}
        for field in instrument.organization_fields:
            if field.id not in self.facts:
                continue
            for value, members in self.facts.groupby(field.id).groups.items():
                inside = whole.rows[whole.rows["organization"].isin(members)]
                if value != "" and shows_benchmark(inside["organization"].nunique(), instrument.minima):
                    found[field.id, str(value)] = counted(
                        inside, quartile_names(inside, self.study), instrument
                    )
        return found

    @cached_property
    def shown_groups(self) -> set[tuple[str, str]]:
        """The groups of peers whose figures may all be published: together they show nobody by subtraction."""
        instrument = self.study.survey.instrument
        sets = {key: sets_of(group, instrument) for key, group in self.groups.items()}
        base, names = sets_of(self.counted, instrument), pd.Index(self.counted.members)
        everything = [base, *sets.values()]
        if not shows_few(everything, names, instrument):
            return set(sets)
        shown: list[tuple[str, str]] = []
        for key in sets:
            if not shows_few([base, *(sets[k] for k in (*shown, key))], names, instrument):
                shown.append(key)
        return set(shown)

    @cached_property
    def _made(self) -> dict[tuple[str, int], tuple[Counted, Any]]:
        return {}

    def once(self, what: str, counts: Counted, make: Callable[[Counted], Made]) -> Made:
        """Return what is made of a benchmark: the same for all its clients, so made once.

        Parameters
        ----------
        what
            The name under which it is kept.
        counts
            Who counts in the benchmark.
        make
            Makes it.
        """
        key = what, id(counts)
        if key not in self._made:
            # With what it is of, so that its identity is nobody else's.
            self._made[key] = (counts, make(counts))
        made: Made = self._made[key][1]
        return made

    @cached_property
    def importance(self) -> pd.DataFrame:
        """How Do items go with the criterion."""
        return item_importance(self.study.survey)

    @cached_property
    def role_effects(self) -> pd.DataFrame:
        """How roles go with what is answered; empty where nothing is known of roles."""
        try:
            return shareable_effects(role_effects(self.study.survey), self.study.survey.instrument)
        except AnalysisError:
            return pd.DataFrame()

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the survey's language, for masking."""
        return survey_words(self.study.survey)


_NO_MEASURE = pd.MultiIndex.from_arrays([[], [], []], names=MEASURE)
_KNOWN: dict[tuple[str, str], StudyMeasures] = {}


def study_measures(study: Study) -> StudyMeasures:
    """Return what is the same for all clients of a study; of the study asked for last it is kept."""
    key = (str(study.folder), study.survey.source.fingerprint)
    if key not in _KNOWN:
        _KNOWN.clear()
        _KNOWN[key] = StudyMeasures(study)
    return _KNOWN[key]


def peers(study: Study, client: str, benchmark: str) -> tuple[Counted, str]:
    """Return who counts in a client's benchmark, and who they are in words.

    Parameters
    ----------
    study, client
        The study and an organization of it.
    benchmark
        ``"all"``, or one of the instrument's organization fields, e.g. ``"sector"``: those with the client's value.

    Raises
    ------
    ParameterError
        The instrument has no such field.
    ConfidentialityError
        The client's value is unknown, too few organizations share it, or their figures subtracted from those of
        other benchmarks would show too few.
    """
    known, instrument = study_measures(study), study.survey.instrument
    if benchmark == ALL:
        return known.counted, "all organizations"
    latest = known.facts
    fields = {f.id: f.title for f in instrument.organization_fields if f.id in latest}
    if benchmark not in fields:
        raise ParameterError(
            "There is no such benchmark.",
            value=benchmark,
            allowed=", ".join(nearest(benchmark, [ALL, *fields]) or [ALL, *fields]),
        )
    value = str(latest[benchmark].fillna("").get(client, ""))
    groups = known.groups
    inside = groups.get((benchmark, value))
    few = inside is None or not shows_benchmark(len(inside.members), instrument.minima)
    if inside is None or few or (benchmark, value) not in known.shown_groups:
        raise ConfidentialityError(
            "The peer group is too small."
            if few
            else "The peers' figures, subtracted from those of others, would show too few organizations.",
            where=f"{fields[benchmark]}: {value or 'unknown'}",
            value=f"{0 if inside is None else len(inside.members)} organizations",
            allowed=f"at least {instrument.minima.organizations}, and as many others",
            next_step="Take the benchmark of all organizations.",
        )
    return inside, f"{fields[benchmark]}: {value}"


def aggregates(counts: Counted, minima: Minima) -> pd.DataFrame:
    """Return n, mean, quantiles and quartile means of every measure, as far as they may be shown.

    Returns
    -------
    DataFrame
        ``scope, name, facet, n, mean, p10 ... p90, p25, p75``, then the means of the quartiles of the criterion, and
        the organizations in each (``n_top, ...``).
    """
    grouped = counts.rows.groupby(MEASURE, sort=False)["score"]
    table = grouped.agg(n="size", mean="mean")
    table = table.join(_quantiles(grouped, minima)).join(_quartile_means(counts, minima))
    enough = table["n"].map(lambda n: shows_benchmark(int(n), minima))
    return pd.DataFrame(table[enough].reset_index())


def _quantiles(grouped: SeriesGroupBy[Any, Any], minima: Minima) -> pd.DataFrame:
    """Return the quantiles of every measure that enough organizations have."""
    shares = tuple(q / 100 for q in QUANTILES)
    # Not a matrix product: its last digits depend on the processor.
    rows = {
        measure: (quantile_weights(len(scores), shares) * np.sort(scores.to_numpy())).sum(axis=1)
        for measure, scores in grouped
        if shows_deciles(len(scores), minima)
    }
    index = pd.MultiIndex.from_tuples(list(rows), names=MEASURE) if rows else _NO_MEASURE
    return pd.DataFrame(list(rows.values()), index=index, columns=[f"p{q}" for q in QUANTILES], dtype=float)


def _quartile_means(counts: Counted, minima: Minima) -> pd.DataFrame:
    """Return the means of the quartiles, and their sizes, where neither these nor the hidden ones show too few."""
    columns = [*QUARTILE_COLUMNS.values(), *(f"n_{column}" for column in QUARTILE_COLUMNS.values())]
    if not counts.quartiles:
        return pd.DataFrame(index=_NO_MEASURE, columns=columns, dtype=float)
    quartile = counts.rows["organization"].map(counts.quartiles)
    cells = counts.rows.assign(quartile=quartile).groupby([*MEASURE, "quartile"], sort=False)["score"]
    both = pd.MultiIndex.from_product([["mean", "size"], list(QUARTILES)])
    table = pd.DataFrame(cells.agg(["mean", "size"]).unstack("quartile")).reindex(columns=both)
    sizes = table["size"].fillna(0).to_numpy(int)
    whole = counts.rows.groupby(MEASURE, sort=False).size().reindex(table.index).to_numpy(int)
    parts = [
        shown_parts(dict(zip(QUARTILES, map(int, row), strict=True)), minima.organizations, whole=int(n))
        for row, n in zip(sizes, whole, strict=True)
    ]
    shown = np.array([[name in part for name in QUARTILES] for part in parts], dtype=bool).reshape(
        -1, len(QUARTILES)
    )
    values = np.where(np.hstack([shown, shown]), table.to_numpy(float), np.nan)
    return pd.DataFrame(values, index=table.index, columns=columns)


def quartile_names(latest: pd.DataFrame, study: Study) -> dict[str, str]:
    """Return each organization's quartile of the criterion, in words; nobody's where there is none."""
    index = study.survey.instrument.criterion_index
    if index is None:
        return {}
    table = latest[(latest["scope"] == "index") & (latest["name"] == index.id)]
    if len(table) < len(QUARTILES):
        return {}
    try:
        labels = quartile_groups(table["score"]).labels
    except AnalysisError:
        return {}
    return dict(zip(table["organization"], map(str, labels), strict=True))


def wave_means(study: Study, counts: Counted) -> pd.DataFrame:
    """Return the benchmark's mean of each wave, and its change, for the measures that are followed.

    Returns
    -------
    DataFrame
        As `cfanalysis.survey.survey.ClientExtract.trend`; what rests on too few organizations is left out,
        and so is what
        would show too few together with other figures (`cfanalysis.study.benchmark.membership.counted_waves`).
    """
    minima, measures = study.survey.instrument.minima, trend_measures(study.survey.instrument)
    scores = counted_waves(ranked_only(study.scores), counts, list(measures), study.survey.instrument)
    order = list(study.survey.source.waves)
    rows: list[tuple[object, ...]] = []
    for scope, name, facet in measures:
        chosen = scores[(scores["scope"] == scope) & (scores["name"] == name) & (scores["facet"] == facet)]
        wide = chosen.pivot(index="organization", columns="wave", values="score").reindex(columns=order)
        for wave in order:
            values = wide[wave].dropna()
            rows.append((scope, name, facet, "", wave, values.mean(), len(values)))
        for before, after in pairwise(order):
            both = (wide[after] - wide[before]).dropna()
            rows.append((scope, name, facet, before, after, both.mean(), len(both)))
    kept = [row for row in rows if shows_benchmark(int(str(row[-1])), minima)]
    return pd.DataFrame(kept, columns=TREND_COLUMNS)


def benchmark_facts(study: Study, counts: Counted, title: str, *, client: str) -> BenchmarkFacts:
    """Return what a benchmark is made of; options and waves of too few organizations are put together."""
    minima = study.survey.instrument.minima
    latest = study_measures(study).facts
    members = latest[latest.index.isin(counts.members)]
    composition = tuple(
        (field.title, _counts(members[field.id].replace("", pd.NA).fillna("not said"), field.options, minima))
        for field in study.survey.instrument.organization_fields
        if field.id in latest
    )
    waves = _counts(members["wave"], study.survey.source.waves, minima)
    return BenchmarkFacts(
        title, len(members), waves, composition, left_out=counts.left_out, included=client in members.index
    )


def _counts(values: pd.Series, order: tuple[str, ...], minima: Minima) -> tuple[tuple[str, int], ...]:
    """Return how many organizations have each value; values of too few are put together, with one more if need be."""
    found = {str(value): int(n) for value, n in values.value_counts().items()}
    shown = shown_parts(found, minima.organizations, whole=len(values))
    named = [v for v in (*order, *(v for v in found if v not in order)) if v in shown]
    large = [(v, found[v]) for v in named]
    rest = len(values) - sum(n for _, n in large)
    return (*large, (OTHERS, rest)) if rest else tuple(large)
