"""Charts drawn by several processes at once, each forked from one that has read the survey already.

Charts that share an analysis stay together, so that it is computed once; the slowest group begins. The files are the
same whichever process draws them.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from pathlib import Path

from cfanalysis.charts.captioned_chart import Own
from cfanalysis.charts.gallery.chart_kinds import CHARTS
from cfanalysis.charts.gallery.norm_figures import NormFigures
from cfanalysis.scoring.means import WhichWave
from cfanalysis.survey.survey_data import Survey
from cfanalysis.theme.style import Theme

Parts = dict[str, tuple[list[Path], str]]


@dataclass(frozen=True)
class ChartOrder:
    """What is to be drawn and how.

    Parameters
    ----------
    survey
        The evidence.
    folder
        Where the files go.
    formats
        ``svg``, ``png``, ``pdf``.
    own
        What an author makes an own of the charts.
    research
        Whether they may name organizations of any study.
    look
        The theme at the size of a preset.
    narrow
        The theme of narrow screens, where files for embedding are wanted.
    wave
        Whether each organization's first or latest wave counts.
    by_name
        Whether the charts were asked for by name, so that none may be left out.
    figures
        A norm's, from which charts for the public are drawn.
    """

    survey: Survey
    folder: Path
    formats: tuple[str, ...]
    own: Own
    research: bool
    look: Theme
    narrow: Theme | None
    wave: WhichWave
    by_name: bool
    figures: NormFigures | None = None


def chart_groups(names: Sequence[str]) -> list[list[str]]:
    """Return names of charts grouped by the evidence that they share, the slowest group first.

    Examples
    --------
    >>> chart_groups(["say_do_dumbbell", "trend", "dimension_profile", "forest"])
    [['forest'], ['say_do_dumbbell', 'dimension_profile'], ['trend']]
    """
    groups: dict[object, list[str]] = {}
    for name in names:
        kind = CHARTS[name]
        groups.setdefault("people" if kind.halves else kind.analysis, []).append(name)
    return sorted(groups.values(), key=lambda group: not CHARTS[group[0]].halves)


def write_in_parallel(
    jobs: int,
    order: ChartOrder,
    write: Callable[[ChartOrder, Sequence[str]], Parts],
    groups: Sequence[Sequence[str]],
) -> Parts:
    """Return what `write` gives for all groups, run by several processes; the first error ends it.

    Parameters
    ----------
    jobs
        Processes; with one, or where there is one group, this process does it all.
    order
        What is to be drawn; processes inherit it, so nothing of the survey is copied.
    write
        Writes the charts of one group.
    groups
        Names of charts.
    """
    if jobs < 2 or len(groups) < 2:
        return {name: part for group in groups for name, part in write(order, group).items()}
    context = get_context("fork")
    # With the fork method a process inherits these arguments as they are.
    with ProcessPoolExecutor(
        min(jobs, len(groups)), mp_context=context, initializer=_set_task, initargs=(order, write)
    ) as pool:
        made: Iterator[Parts] = pool.map(_write_group, groups)
        try:
            return {name: part for parts in made for name, part in parts.items()}
        except KeyboardInterrupt:  # not when they are all done
            for process in active_children():
                process.kill()
            raise


_tasks: list[tuple[ChartOrder, Callable[[ChartOrder, Sequence[str]], Parts]]] = []


def _set_task(order: ChartOrder, write: Callable[[ChartOrder, Sequence[str]], Parts]) -> None:
    """Keep, in a process just begun, what it is to do; whoever stops it stops the one that began it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _tasks[:] = [(order, write)]


def _write_group(names: Sequence[str]) -> Parts:
    order, write = _tasks[0]
    return write(order, names)
