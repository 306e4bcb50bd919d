"""Charts for the public, drawn from the figures of a norm, which are those of clients' reports.

A chart that counted others than the reports, or the same with more figures, would show by subtraction what neither
shows. So of a result its words and order are kept, and each number is replaced by the norm's as it is printed. What the
norm does not hold, intervals among it, is left out. The rest below the top quartile is made of three quartile means.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.analyses.expectation import Expectation
from cfanalysis.analyses.pair_gaps import PairGaps
from cfanalysis.analyses.say_do_profile import REST, TOP_QUARTILE, SayDoProfile
from cfanalysis.analyses.score_bands import BANDS, ScoreBands
from cfanalysis.analyses.warning_signs import WarningSigns
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import sentence
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.quartiles import QUARTILES
from cfanalysis.study.benchmark.aggregates import QUARTILE_COLUMNS
from cfanalysis.study.benchmark.norm_benchmark import NormBenchmark, norm_waves, whole_benchmark
from cfanalysis.study.client_extract import printed_aggregates
from cfanalysis.study.prepared_study import Study

_LOWER = [QUARTILE_COLUMNS[name] for name in QUARTILES[1:]]


@dataclass(frozen=True)
class NormFigures:
    """What the public may see of all organizations.

    Parameters
    ----------
    table
        As `cfanalysis.study.benchmark.aggregates.aggregates`, rounded to what is printed.
    words
        Which norm it is, a sentence that the chart's source ends with.
    waves
        Its waves; empty for those of the study.
    """

    table: pd.DataFrame
    words: str
    waves: tuple[str, ...] = ()

    def dated(self, result: Any) -> Any:
        """Return a result whose source names the norm's waves, whatever has come into the study since."""
        return replace(result, source=replace(result.source, waves=self.waves)) if self.waves else result

    def rows(self, *scopes: str) -> pd.DataFrame:
        """Return the figures of measures of some scopes, indexed by ``name, facet``."""
        return self.table[self.table["scope"].isin(scopes)].set_index(["name", "facet"])

    def shares(self, scope: str) -> pd.DataFrame:
        """Return the mean (0-1) and n of each measure of a scope that is a percentage, indexed by ``name``."""
        rows = self.rows(scope).droplevel("facet")
        return rows[["mean", "n"]].assign(mean=rows["mean"] / 100)


def norm_figures(study: Study, norm: str | None = None) -> NormFigures:
    """Return the figures of all organizations that charts for the public are drawn from.

    Parameters
    ----------
    study
        The study.
    norm
        A norm's name; None for the norm published last, or else the study's own figures, which are a draft.
    """
    found = whole_benchmark(study, norm)
    words = translated("Draft: these figures are of no published norm.")
    if isinstance(found, NormBenchmark):
        words = sentence(
            "Norm {name}." if found.norm.published else "Norm {name}, a draft.", name=found.norm.name
        )
    return NormFigures(printed_aggregates(found), words, norm_waves(found))


def profile_of_norm(profile: SayDoProfile, figures: NormFigures) -> SayDoProfile:
    """Return Say and Do by dimension with the norm's numbers.

    Parameters
    ----------
    profile
        Dimensions, groups and criterion.
    figures
        The numbers.
    """
    rows = figures.rows("dimension")
    sizes, top = [f"n_{column}" for column in _LOWER], QUARTILE_COLUMNS[QUARTILES[0]]
    n = rows[sizes].sum(axis=1, skipna=False)
    rest = (rows[_LOWER].to_numpy() * rows[sizes].to_numpy()).sum(axis=1) / n
    groups = {TOP_QUARTILE: (rows[top], rows[f"n_{top}"]), REST: (rest.round(1), n)}
    frame = profile.frame.copy()
    for group, (means, counts) in groups.items():
        here = frame["group"] == group
        for facet in ("say", "do"):
            frame.loc[here, facet] = _at(means, frame.loc[here, "dimension"], facet)
        frame.loc[here, "n"] = _at(counts, frame.loc[here, "dimension"], "do")
    frame["gap"] = (frame["say"] - frame["do"]).round(1)
    frame = _known(frame.dropna(subset=["say", "do"])).astype({"n": int})
    return replace(profile, frame=frame, n=_most(figures.rows("dimension")))


def pairs_of_norm(gaps: PairGaps, figures: NormFigures) -> PairGaps:
    """Return the gaps of pairs, of all and by quartile, with the norm's numbers.

    Parameters
    ----------
    gaps
        Pairs and groups.
    figures
        The numbers.
    """
    rows, parts = figures.rows("pair"), []
    for group in gaps.groups:
        column = QUARTILE_COLUMNS.get(group, "mean")
        here = gaps.frame[gaps.frame["group"] == group]
        count = rows["n" if column == "mean" else f"n_{column}"]
        parts.append(
            here.assign(gap=_at(rows[column], here["pair"], "gap"), n=_at(count, here["pair"], "gap"))
        )
    frame = _known(pd.concat(parts).sort_index().dropna(subset=["gap", "n"])).astype({"n": int})
    return replace(gaps, frame=frame, n=_most(rows))


def bands_of_norm(bands: ScoreBands, figures: NormFigures) -> ScoreBands:
    """Return the spread of scores with the norm's quantiles.

    Parameters
    ----------
    bands
        Measures.
    figures
        The numbers.
    """
    rows = figures.rows("overall", "dimension", "index")
    rows.index = rows.index.map("_".join)
    values = rows.reindex(bands.frame["measure"])
    columns = {name: values[f"p{100 * level:.0f}"].to_numpy() for name, level in BANDS.items()}
    frame = bands.frame.assign(**columns, n=values["n"].to_numpy())
    frame = _known(frame.dropna(subset=["q1", "median", "q3"])).astype({"n": int})
    return replace(bands, frame=frame, n=int(frame["n"].max()), method=message("of Harrell and Davis"))


def signs_of_norm(signs: WarningSigns, figures: NormFigures) -> WarningSigns:
    """Return the warning signs with the norm's shares.

    Parameters
    ----------
    signs
        The signs.
    figures
        The numbers.
    """
    rows = figures.shares("warning_sign")
    frame = _shares(signs.frame, "sign", rows).drop(columns=["organizations", "agreement"])
    nobody = signs.organizations.iloc[:0]
    return replace(
        signs,
        organizations=nobody,
        frame=frame,
        per_organization=Estimate(np.nan),
        with_criterion=None,
        n=int(frame["n"].max()),
    )


def expectation_of_norm(outcomes: Expectation, figures: NormFigures) -> Expectation:
    """Return how expectations were met with the norm's shares.

    Parameters
    ----------
    outcomes
        The outcomes.
    figures
        The numbers.
    """
    frame = _shares(outcomes.frame, "name", figures.shares("expectation"))
    nobody = outcomes.organizations.iloc[:0]
    return replace(outcomes, organizations=nobody, frame=frame, n=int(frame["n"].max()), n_not_adding_up=0)


def _shares(frame: pd.DataFrame, key: str, rows: pd.DataFrame) -> pd.DataFrame:
    values = rows.reindex(frame[key])
    frame = frame.assign(share=values["mean"].to_numpy(), low=np.nan, high=np.nan, n=values["n"].to_numpy())
    return _known(frame.dropna(subset=["share"])).astype({"n": int})


def _at(column: pd.Series, names: pd.Series, facet: str) -> Any:
    return column.reindex(pd.MultiIndex.from_product([names, [facet]])).to_numpy()


def _most(rows: pd.DataFrame) -> int:
    return int(rows["n"].max())


def _known(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of which there must be some."""
    if frame.empty:
        raise AnalysisError(
            "The norm has none of the figures of this chart: they rest on too few organizations.",
            next_step="Take another chart, or draw it for research: --research.",
        )
    return frame.reset_index(drop=True)
