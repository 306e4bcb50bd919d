"""A chart as files: pictures, and beside them their text alternatives and numbers.

``<name>.svg``, ``.png``, ``.pdf``
    The picture, fonts embedded; a PNG has twice as many pixels as it is wide on the screen.
``<name>.txt``, ``<name>.description.txt``
    Alternative text, and a longer description with every row.
``<name>.csv``
    The plotted numbers.
``<name>.html``
    A ``<figure>`` for a page: picture, alternative text, description to unfold.

More for pages of others: `cfanalysis.charts.gallery.embeds`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Unpack

import pandas as pd
from matplotlib.figure import Figure

from cfanalysis.charts.captioned_chart import Own
from cfanalysis.charts.captions import CAPTIONS
from cfanalysis.charts.chart_numbers import chart_csv
from cfanalysis.charts.chart_rendering import CHART_FORMATS, chart_drawing, chart_figure, save_chart
from cfanalysis.charts.gallery.chart_kinds import CHARTS, ChartKind, too_few
from cfanalysis.charts.gallery.chart_processes import ChartOrder, chart_groups, write_in_parallel
from cfanalysis.charts.gallery.embeds import css_size, embed_files, figure_html
from cfanalysis.charts.gallery.norm_figures import NormFigures
from cfanalysis.core.errors import AnalysisError, ConfidentialityError, ParameterError, nearest
from cfanalysis.core.files import atomic_file
from cfanalysis.core.language import message, translated
from cfanalysis.scoring.means import WhichWave
from cfanalysis.survey.survey_data import Survey
from cfanalysis.theme.own_style import dark_theme, with_palette
from cfanalysis.theme.style import Preset, Theme, apply_theme, current_theme, preset

_RESEARCH = message("For research, not for publication.")
_ONLY_RESEARCH = (
    "Its numbers are not a norm's: for research, with --research, or when it is asked for by name."
)


@dataclass(frozen=True)
class Gallery:
    """What was written.

    Parameters
    ----------
    files
        The files, in the order of the charts.
    left_out
        Charts that the survey does not allow, each with the reason in a sentence.
    """

    files: list[Path] = field(default_factory=list)
    omitted: dict[str, str] = field(default_factory=dict)


def write_charts(
    survey: Survey,
    *,
    folder: Path,
    only: Sequence[str] = (),
    formats: Sequence[str] = ("svg", "png"),
    size: Preset = "blog",
    theme: Theme | None = None,
    wave: WhichWave = "latest",
    jobs: int = 1,
    research: bool = False,
    embed: bool = False,
    figures: NormFigures | None = None,
    **own: Unpack[Own],
) -> Gallery:
    """Write charts of a survey: all that are for the public, or those that are asked for.

    Parameters
    ----------
    survey
        The evidence.
    folder
        Where the files go.
    only
        Names from `CHARTS`; none means all that the survey allows.
    formats
        ``svg``, ``png``, ``pdf``.
    size
        Name of a preset (`cfanalysis.theme.style.preset`).
    theme
        The look; None is the one that is applied, or the house's own in the colours of the brand.
    wave
        Whether each organization's first or latest wave counts.
    jobs
        How many processes draw; more than one only where this one can be forked.
    research
        Whether the charts are not for publication, which they say, and may name organizations of any study.
    embed
        Whether variants for narrow and dark pages and an interactive file are written (`embeds`).
    figures
        A norm's, from which charts for the public are drawn. Without them all charts of a survey that is not public
        are for research.
    **own
        What an author makes an own of them: ``title``, ``subtitle``, ``source``, ``statistics``, ``palette``,
        ``highlight`` (`cfanalysis.charts.captioned_chart.Own`).

    Raises
    ------
    ParameterError
        An unknown chart, preset, palette or name; one title for several charts.
    OutputError
        An unknown format.
    AnalysisError, ConfidentialityError
        A chart was asked for by name and the survey does not allow it, or no chart at all is possible.
    """
    check_names(only)
    _check_formats(formats)
    _check_own(own, only)
    look = preset(size, theme=theme or current_theme())
    if (palette := own.get("palette")) is not None:
        with_palette(look, palette)  # before anything is drawn
    narrow = preset("narrow", theme=theme or current_theme()) if embed else None
    order = ChartOrder(survey, folder, tuple(formats), own, research, look, narrow, wave, bool(only), figures)
    parts = write_in_parallel(jobs, order, write_chart_group, chart_groups(list(only) or list(CHARTS)))
    result = Gallery()
    for name in only or CHARTS:
        files, reason = parts[name]
        result.files.extend(files)
        if reason:
            result.omitted[name] = reason
    if not result.files:
        only_research = _ONLY_RESEARCH in result.omitted.values()
        raise AnalysisError(
            "Without a norm's figures no chart is for the public."
            if only_research
            else "The survey allows none of the charts.",
            next_step="Give the figures of a norm (`norm_figures`), name the charts, or draw them for research."
            if only_research
            else "Prepare a study with Say and Do items.",
        )
    return result


def write_chart_group(order: ChartOrder, names: Sequence[str]) -> dict[str, tuple[list[Path], str]]:
    """Write charts that share an analysis; return the files of each, or why the survey does not allow it.

    Parameters
    ----------
    order
        What is to be drawn and how.
    names
        Names of charts in the gallery.

    Raises
    ------
    AnalysisError, ConfidentialityError
        A chart was asked for by name and the survey does not allow it.
    """
    known: dict[Any, Any] = {}
    parts: dict[str, tuple[list[Path], str]] = {}
    with apply_theme(order.look):
        for name in names:
            kind, figures = CHARTS[name], None if order.research else order.figures
            if not (order.research or order.by_name) and kind.is_for_research(order.survey, figures):
                parts[name] = [], _ONLY_RESEARCH
                continue
            try:
                made = chart_result(
                    kind, order.survey, wave=order.wave, known=known, research=order.research, figures=figures
                )
            except (AnalysisError, ConfidentialityError) as problem:
                if order.by_name:
                    raise
                parts[name] = [], problem.problem
                continue
            files = write_chart(
                name, made, folder=order.folder, formats=order.formats, narrow=order.narrow,
                note=translated(_RESEARCH) if order.research else chart_note(kind, order.survey, figures), **order.own,
            )  # fmt: skip
            parts[name] = files, ""
    return parts


def chart_result(
    kind: ChartKind,
    survey: Survey,
    *,
    wave: WhichWave = "latest",
    known: dict[Any, Any] | None = None,
    research: bool = False,
    figures: NormFigures | None = None,
) -> Any:
    """Return what a kind of chart draws, refusing groups that are too small to be published.

    Parameters
    ----------
    kind
        One of `CHARTS`.
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.
    known
        Results by analysis, to which this one is added: charts that share an analysis compute it once.
    research
        Whether organizations keep their names.
    figures
        A norm's, from which it is drawn if they hold what it shows and the survey is not public.

    Raises
    ------
    AnalysisError
        The survey does not allow the analysis.
    ConfidentialityError
        A group holds fewer organizations than the instrument's minimum.
    """
    known = {} if known is None else known
    if kind.analysis not in known:
        known[kind.analysis] = kind.analysis(survey) if kind.all_waves else kind.analysis(survey, wave=wave)
    made = kind.drawn(known[kind.analysis], survey, research=research)
    if figures is not None and kind.of_norm is not None and not survey.instrument.public:
        made = figures.dated(kind.of_norm(made, figures))
    least = survey.instrument.minima.organizations
    if kind.groups is not None:
        smallest = kind.groups(made).min()
        if pd.notna(smallest) and smallest < least:
            raise too_few(smallest, least)
    return made


def write_chart(
    name: str,
    result: Any,
    *,
    folder: Path,
    formats: Sequence[str],
    note: str = "",
    narrow: Theme | None = None,
    **own: Unpack[Own],
) -> list[Path]:
    """Write one chart's files at the size of the theme that is applied, and return them.

    Parameters
    ----------
    name
        Name of the chart in the gallery.
    result
        What it draws.
    folder
        An existing folder.
    formats
        ``svg``, ``png``, ``pdf``; the first is the one that the HTML figure refers to.
    note
        Sentences behind the source: which norm it is, or that the chart is not for publication.
    narrow
        The theme of narrow screens: then the files for embedding are written, too.
    **own
        As for `write_charts`.
    """
    kind = CHARTS[name]
    own = noted(result, own, note)
    figure, words = chart_drawing(kind.chart, result, **own)
    whole = words
    if (
        current_theme().rows is not None
    ):  # the description says every row, also those that the picture leaves out
        whole = replace(CAPTIONS[kind.chart](result), title=words.title, source=words.source)
    files = [
        save_chart(figure, folder / f"{name}.{form}", alt=words.alt, title=words.title) for form in formats
    ]
    variants: dict[str, str] = {}
    sources = ""
    if narrow is not None:
        figures = {("wide", "light"): figure, **_variants(kind, result, narrow, own)}
        variants, sources = embed_files(name, figures, words, whole)
    html = figure_html(
        name, words, whole.description, form=formats[0], size=css_size(figure), sources=sources
    )
    texts = {
        ".txt": words.alt + "\n",
        ".description.txt": whole.description + "\n",
        ".csv": chart_csv(kind.chart, result),
        ".html": html,
        **variants,
    }
    for ending, text in texts.items():
        path = folder / f"{name}{ending}"
        with atomic_file(path) as aside:
            aside.write_text(text, encoding="utf-8", newline="\n")
        files.append(path)
    return files


def _variants(kind: ChartKind, result: Any, narrow: Theme, own: Own) -> dict[tuple[str, str], Figure]:
    """Return a chart for narrow screens and, in a dark theme, for both: letters on tones are chosen anew."""
    palette, figures = own.get("palette"), {}
    for screen, theme in (("narrow", narrow), ("wide", current_theme())):
        light = theme if palette is None else with_palette(theme, palette)
        looks = {"light": light, "dark": dark_theme(light)}
        for look in looks if screen == "narrow" else ("dark",):
            with apply_theme(looks[look]):
                figures[screen, look] = chart_figure(kind.chart, result, **{**own, "palette": None})
    return figures


def chart_note(kind: ChartKind, survey: Survey, figures: NormFigures | None) -> str:
    """Return what a chart says behind its source: that it is for research, or of which norm its numbers are.

    Parameters
    ----------
    kind
        The chart.
    survey
        The evidence.
    figures
        A norm's, where there are any.
    """
    if kind.is_for_research(survey, figures):
        return translated(_RESEARCH)
    return "" if figures is None or survey.instrument.public else figures.words


def noted(result: Any, own: Own, note: str) -> Own:
    """Return what an author makes an own of a chart, with a note behind its source.

    Parameters
    ----------
    result
        What is drawn.
    own
        What the author gave.
    note
        Sentences; empty for none.
    """
    source = own.get("source") or result.source.caption
    return {**own, "source": f"{source.rstrip('.')}. {note}"} if note else own


def check_names(only: Sequence[str]) -> None:
    """Refuse names of charts that do not exist.

    Raises
    ------
    ParameterError
        The message names the nearest.
    """
    for name in only:
        if name not in CHARTS:
            close = nearest(name, CHARTS)
            raise ParameterError(
                f"There is no chart {name!r}.",
                allowed=", ".join(CHARTS),
                next_step=f"Did you mean {close[0]}?" if close else None,
            )


def _check_own(own: Own, only: Sequence[str]) -> None:
    """Refuse words that would stand on charts they were not written for."""
    for name in ("title", "subtitle", "highlight"):
        least = "one chart" if name != "highlight" else "charts that show it"
        if own.get(name) and (not only or (name != "highlight" and len(only) > 1)):
            raise ParameterError(
                f"A {name} belongs to {least}, not to all.",
                value=own.get(name),
                next_step="Say which, e.g. --only quartile_gap.",
            )


def _check_formats(formats: Sequence[str]) -> None:
    for form in formats or ("",):
        if form not in CHART_FORMATS:
            raise ParameterError(
                "A chart cannot be written in this format.", value=form, allowed=", ".join(CHART_FORMATS)
            )
