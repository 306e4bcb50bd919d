"""What an analysis of a study returns to those who use Python: the result, with its card, its chart and its blocks.

One mechanism for every analysis. Attributes are the result's own; the charts are those that the gallery draws of the
analysis; the blocks of a page are the functions of `cfanalysis.reports` that take such a result first.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from functools import cache, partial
from typing import Any, Generic, TypeVar

import pandas as pd
from matplotlib.axes import Axes

from cfanalysis.analyses.not_possible import NotPossible, reason
from cfanalysis.charts.captioned_chart import captioned_drawing
from cfanalysis.charts.captions import Caption
from cfanalysis.charts.chart_rendering import figure
from cfanalysis.charts.gallery import ChartKind
from cfanalysis.core.blocks import Figure, Notice
from cfanalysis.core.card import Card
from cfanalysis.core.errors import AnalysisError, ParameterError
from cfanalysis.core.language import listing, message, translated
from cfanalysis.core.templates import plural, sentence
from cfanalysis.reports import (
    claim_test,
    data_quality,
    outcomes,
    reliability,
    robustness_report,
    satisfaction_index,
)
from cfanalysis.reports.common import page_blocks, result_tables
from cfanalysis.study.prepared_study import Study, verdict_sentence
from cfanalysis.theme.own_style import style_theme
from cfanalysis.theme.style import Preset, Theme, apply_theme, current_theme, preset

R = TypeVar("R")
_NAMED = 6  # columns of a table that a card names
_REPORTS = (
    claim_test, data_quality, outcomes, page_blocks, reliability, result_tables, robustness_report, satisfaction_index
)  # fmt: skip


@dataclass(frozen=True, repr=False, eq=False)
class StudyResult(Generic[R]):
    """A result, with what can be made of it.

    Parameters
    ----------
    result
        What the analysis returned: frozen; its attributes are those of this object, too.
    study
        The study that was analysed.
    title
        What the analysis is for.
    charts
        The charts that show it, by name; the first is the usual one.
    kind
        What the result is to the functions of `cfanalysis.reports`: the type of what they take first.
    told
        The reasons for missing blocks that a report has given already, each with its place; None where what the data
        do not allow is an error.
    """

    result: R
    study: Study
    title: str = ""
    charts: Mapping[str, ChartKind] = field(default_factory=dict)
    kind: str = ""
    told: dict[str, object] | None = None

    def __getattr__(self, name: str) -> Any:
        result = self.__dict__.get("result")
        if name.startswith("_"):
            raise AttributeError(name)
        if hasattr(result, name):
            return _own_copy(getattr(result, name))
        if isinstance(result, NotPossible):
            return partial(self._block, name, self._refuse)
        if name in (blocks := page_functions(self.kind)):
            return partial(self._block, name, partial(blocks[name], result))
        raise AttributeError(f"{type(result).__name__} has no {name!r}; it has {', '.join(dir(self))}")

    def __getitem__(self, name: str) -> Any:
        found: Any = self.result
        return _own_copy(found[name])

    def __dir__(self) -> list[str]:
        own = ["card", "caption", "charts", "figure", "frame", "plot", "result", "study", "title", "to_frame"]
        inner = [name for name in dir(self.result) if not name.startswith("_")]
        return sorted({*own, *inner, *page_functions(self.kind)})

    @property
    def frame(self) -> pd.DataFrame:
        """The table of the result: what is not known is missing, and changes of it do not change the result."""
        self._check()
        return result_frame(self.result)

    def to_frame(self) -> pd.DataFrame:
        """Return the table of the result, for one's own use."""
        return self.frame

    @property
    def caption(self) -> Caption:
        """The caption of the usual chart: finding, measure, n, alternative text."""
        return self._drawing(None)[2]

    def plot(
        self,
        *,
        ax: Axes | None = None,
        theme: Theme | Preset | None = "document",
        chart: str | None = None,
        published: bool = True,
        **options: Any,
    ) -> Axes:
        """Draw the result, with the finding as title, as ``cfanalysis charts`` does.

        Parameters
        ----------
        ax
            Where to draw: its place takes everything, words included. None makes a figure, which pyplot shows.
        theme
            A theme, or the name of a preset (``"document"``, ``"blog"``, ``"slide"``, ...) of the house's or the
            brand's look. None draws in matplotlib's current style, as `seaborn.set_theme` or a style sheet has set it.
        chart
            One of `charts`; None for the usual one.
        published
            Whether it is drawn as it is published: on 0 to 100, without groups that are too small. False draws the
            result in its own units.
        **options
            What an author makes an own of it, ``title``, ``subtitle``, ``source``, ``statistics``, ``palette`` and
            ``highlight`` (`cfanalysis.charts.captioned_chart.Own`), and what else the chart takes.

        Raises
        ------
        AnalysisError
            There is no chart of this result, or nothing to draw.
        ParameterError
            There is no such chart, palette, preset or name.
        """
        kind, drawn, _ = self._drawing(chart, published=published)
        look = style_theme() if theme is None else theme
        look = preset(look, theme=current_theme()) if isinstance(look, str) else look
        with apply_theme(look):
            axes, _ = captioned_drawing(kind.chart, drawn, caption=kind.words, ax=ax, **options)
        if ax is None:
            from matplotlib import pyplot

            pyplot.figure(axes.figure)
        return axes

    def figure(
        self, chart: str | None = None, *, published: bool = True, **options: Any
    ) -> Figure | Notice | None:
        """Return the chart as a block of a page, with its alternative text.

        Parameters
        ----------
        chart
            One of `charts`; None for the usual one.
        published
            As for `plot`.
        **options
            As for `cfanalysis.charts.chart_rendering.figure`.
        """

        def make() -> Figure | Notice | None:
            kind, drawn = self._drawn(chart, published=published)
            if drawn is None or isinstance(drawn, Notice):
                return drawn
            return figure(kind.chart, drawn, caption=kind.words(drawn), **options)

        block: Figure | Notice | None = self._block(f"figure {chart}", make)
        return block

    @property
    def card(self) -> Card:
        """What the result shows of itself."""
        if self._is_empty:
            return Card(self.title, self._reason, [self.study.survey.source.caption])
        result, source, frame = self.result, self.study.survey.source, self.frame
        known = result if isinstance(result, Mapping) else {}
        n = known.get("n", getattr(result, "n", None))
        facts = [sentence("n = {n}", n=n)] if isinstance(n, int) else []
        verdict = self.study.verdict["verdict"]
        if getattr(result, "criterion", None) and verdict != "none":
            facts.append(sentence("verdict of the study: {verdict:t}", verdict=verdict))
        names = [*map(str, frame.columns[:_NAMED]), *(["..."] if frame.shape[1] > _NAMED else [])]
        rows = plural(len(frame), "{n} row: {names}", "{n} rows: {names}", names=", ".join(names))
        public = any(kind.public for kind in self.charts.values())
        shown = (
            message("the chart, as it is published: {charts}") if public else message("the chart: {charts}")
        )
        drawn = sentence(shown, charts=listing([*self.charts], "or"))
        calls = [("result.plot()", drawn)] if self.charts else []
        calls.append(("result.to_frame()", rows))
        calls += [(f"result.{name}()", _summary(block)) for name, block in page_functions(self.kind).items()]
        title, lead = self.title, verdict_sentence({**known}) if "verdict" in known else ""
        with suppress(AnalysisError):
            caption = self._drawing(None, published=False)[2]  # in the units of the table
            title, lead = caption.title, caption.subtitle("full")
        return Card(
            title, lead, [*facts, source.caption], calls, None if self._is_of_people(frame) else frame
        )

    def __repr__(self) -> str:
        return self.card.text()

    def _repr_html_(self) -> str:
        return self.card.html()

    def _drawn(self, chart: str | None, *, published: bool) -> tuple[ChartKind, Any]:
        """Return a chart and what it draws, or the reason why it draws nothing."""
        self._check()
        if not self.charts:
            raise AnalysisError(
                "There is no chart of this result.", next_step="Its numbers: result.to_frame()"
            )
        name = next(iter(self.charts)) if chart is None else chart
        if name not in self.charts:
            raise ParameterError("There is no such chart of it.", value=name, allowed=", ".join(self.charts))
        kind = self.charts[name]
        return kind, kind.drawn(self.result, self.study.survey, published=published)

    def _drawing(self, chart: str | None, *, published: bool = True) -> tuple[ChartKind, Any, Caption]:
        """Return a chart, what it draws, and its caption."""
        kind, drawn = self._drawn(chart, published=published)
        if drawn is None or isinstance(drawn, Notice):
            raise AnalysisError(
                drawn.body if drawn else translated("There is nothing to draw: the data do not allow it.")
            )
        return kind, drawn, kind.words(drawn)

    def _is_of_people(self, frame: pd.DataFrame) -> bool:
        """Return whether rows of a table are single respondents, where each is a unit."""
        of_people = self.study.survey.source.unit == "respondent"
        return of_people and bool(frame.isin(self.study.clients).any(axis=None))

    @property
    def _reason(self) -> str:
        """Why there is no result."""
        return getattr(self.result, "reason", translated("The study has no data for this analysis."))

    @property
    def _is_empty(self) -> bool:
        return self.result is None or isinstance(self.result, NotPossible) or self.result == ()

    def _check(self) -> None:
        if self._is_empty:
            self._refuse()

    def _refuse(self, *_: object, **__: object) -> None:
        raise AnalysisError(self._reason)

    def _block(self, name: str, make: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Return a block; of an attempt that the data do not allow the reason, in one place of the page."""
        args = tuple(arg.result if isinstance(arg, StudyResult) else arg for arg in args)
        if self.told is None:
            return make(*args, **options)
        try:
            return make(*args, **options)
        except AnalysisError as error:
            notice = self.result if isinstance(self.result, NotPossible) else NotPossible(reason(error))
            place = name, *args
            return notice.notice if self.told.setdefault(notice.reason, place) == place else None


def result_frame(result: Any) -> pd.DataFrame:
    """Return the table of a result: its ``frame``, else the first table in it, else its fields in rows.

    Parameters
    ----------
    result
        What an analysis returned.

    Returns
    -------
    DataFrame
        Nobody else's; what is not known, an empty text included, is missing. A field of a field has both names:
        ``delta_low``.
    """
    own: pd.DataFrame = _own_copy(_table(result))
    return own


def _table(result: Any) -> pd.DataFrame:
    if isinstance(result, pd.DataFrame):
        return result
    parts = [getattr(result, f.name) for f in fields(result)] if is_dataclass(result) else []
    for part in (getattr(result, "frame", None), *parts, *(getattr(part, "frame", None) for part in parts)):
        if isinstance(part, pd.DataFrame):
            return part
    rows = next((p for p in (result, *parts) if isinstance(p, tuple) and p and is_dataclass(p[0])), (result,))
    records: list[dict[str, Any]] = [asdict(row) if is_dataclass(row) else dict(row) for row in rows]  # type: ignore[arg-type]
    table = pd.json_normalize([{k: v for k, v in row.items() if k != "source"} for row in records], sep="_")
    return table[[c for c in table if table[c].map(pd.api.types.is_scalar).all()]]


def _own_copy(value: Any) -> Any:
    """Return what can be changed as a copy, a table with NA for empty texts; what cannot be changed as it is."""
    if isinstance(value, pd.DataFrame):
        blank = [c for c in value if value[c].dtype in ("object", "str") and value[c].eq("").any()]
        return value.assign(**{str(c): value[c].where(value[c].ne("")) for c in blank})
    return deepcopy(value) if isinstance(value, dict) else value


def page_functions(kind: str) -> dict[str, Callable[..., Any]]:
    """Return the functions of `cfanalysis.reports` that make a block of a kind of result, by name."""
    return _page_functions().get(kind, {})


@cache
def _page_functions() -> dict[str, dict[str, Callable[..., Any]]]:
    """Return the functions of reports by the type of what they take first."""
    found: dict[str, dict[str, Callable[..., Any]]] = {}
    for module in _REPORTS:
        for name, function in vars(module).items():
            public = inspect.isfunction(function) and not name.startswith("_")
            if public and function.__module__.startswith(module.__name__):
                first = next(iter(inspect.signature(function).parameters.values()), None)
                kind = str(getattr(first, "annotation", "")).removesuffix(" | None")
                found.setdefault(kind, {})[name] = function
    return found


def _summary(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").split("\n")[0].removeprefix("Return ").rstrip(".")
