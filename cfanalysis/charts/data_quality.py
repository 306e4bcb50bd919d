"""How good the data are, as bars: what cleaning did to rows, which answers lack, who answered, where scales end.

All four charts are rows of bars on one axis that begins at 0, each row with its number at the right, so that
a sliver too thin to see can still be read. What is set in the finding's colour was lost or is lacking.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cfanalysis.charts.layout import Gutters, Stage, Words, fitting_plan
from cfanalysis.charts.lettering import one_line, text_width, wrapped
from cfanalysis.charts.plot import points_from, value_axis, write
from cfanalysis.charts.scales import round_ticks
from cfanalysis.errors import AnalysisError
from cfanalysis.theme import Theme, applied

if TYPE_CHECKING:
    from cfanalysis.analyses.cleaning_record import CleaningRecord
    from cfanalysis.analyses.item_quality import ItemQuality
    from cfanalysis.analyses.participation import Participation

MOST_ITEMS = 12
MINUS = "\N{MINUS SIGN}"
_SLIVER = 1.2  # points: a bar that stands for something is never thinner
_ROUNDED = 20  # the axis ends at a multiple of a 20th of its length at most


class _Segment(NamedTuple):
    """A piece of a bar: where it begins, how long it is, and the role of its colour."""

    start: float
    length: float
    colour: str


@dataclass(frozen=True)
class _Row:
    """A bar with its label and its number; a `firm` one is a total."""

    label: str
    segments: tuple[_Segment, ...]
    number: str
    firm: bool = False


@dataclass(frozen=True)
class _Sheet:
    """What a chart of bars shows: rows from the top, a key of colours, the unit of its axis."""

    rows: tuple[_Row, ...]
    words: Words
    key: tuple[tuple[str, str], ...] = ()
    percent: bool = False
    connected: bool = False


@dataclass(frozen=True)
class _Place:
    """Where a row stands, points from the top, and the lines of its label."""

    row: _Row
    lines: list[str]
    middle: float


@dataclass(frozen=True)
class _Plan:
    """Where everything stands, for one size of letters."""

    theme: Theme
    places: list[_Place]
    gutters: Gutters
    end: float
    bar: float

    @property
    def height(self) -> float:
        return self.gutters.top + self.end


def cleaning_flow(
    record: CleaningRecord,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    caption: str | None = None,
) -> Axes:
    """Draw how the rows of the file became the rows of the study.

    Parameters
    ----------
    record
        The cleaning log counted by rule. Each rule that dropped rows takes its piece off the end of the bar.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    title, subtitle, caption
        The words around the plot; None writes plain ones, an empty text leaves them out.

    Returns
    -------
    matplotlib.axes.Axes
        x is rows; y counts points from the top.

    Raises
    ------
    AnalysisError
        Frequency tables came in: there were no rows.
    """
    left = record.rows_in
    rows = [_Row("In the file", (_Segment(0, left, "plain"),), f"{left:,}", firm=True)]
    for rule, n in zip(record.dropped["rule"], record.dropped["n"], strict=True):
        left -= int(n)
        rows.append(_Row(_rule_label(rule), (_Segment(left, int(n), "finding"),), f"{MINUS}{int(n):,}"))
    rows.append(
        _Row("In the study", (_Segment(0, record.rows_out, "accent"),), f"{record.rows_out:,}", firm=True)
    )
    if record.rows_flagged:
        flagged = _Segment(0, record.rows_flagged, "open")
        rows.append(_Row("of these flagged", (flagged,), f"{record.rows_flagged:,}"))
    words = Words("From the file to the study", "Rows; each rule takes its rows off", record.source.caption)
    sheet = _Sheet(tuple(rows), words.replaced(title, subtitle, caption), connected=True)
    return _draw(sheet, ax=ax, nothing="no rows came in" if not record.rows_in else "")


def missing_answers(
    items: ItemQuality,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    caption: str | None = None,
) -> Axes:
    """Draw the items that lack most answers: no answer and "don't know" end to end.

    Parameters
    ----------
    items
        How well each item was answered; the `MOST_ITEMS` that lack most are drawn.
    ax, title, subtitle, caption
        As for `cleaning_flow`.

    Returns
    -------
    matplotlib.axes.Axes
        x is per cent of the rows that were asked; y counts points from the top.

    Raises
    ------
    AnalysisError
        No item lacks an answer, or frequency tables came in.
    """
    table = items.least_answered.head(MOST_ITEMS)
    columns = zip(table["title"], 100 * table["missing"], 100 * table["dont_know"], strict=True)
    rows = tuple(
        _Row(
            str(name),
            (_Segment(0, missing, "finding"), _Segment(missing, unknown, "plain")),
            f"{missing + unknown:.1f}%",
        )
        for name, missing, unknown in columns
    )
    words = Words("Items that lack most answers", "Per cent of those asked", items.source.caption)
    key = (("finding", "no answer"), ("plain", "don’t know"))
    sheet = _Sheet(rows, words.replaced(title, subtitle, caption), key, percent=True)
    return _draw(sheet, ax=ax, nothing="" if rows else "no item lacks an answer")


def respondents_per_organization(
    participation: Participation,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    caption: str | None = None,
) -> Axes:
    """Draw how many organizations have how many respondents; no organization is named.

    Parameters
    ----------
    participation
        Who answered. Classes below the minimum of respondents are drawn hollow.
    ax, title, subtitle, caption
        As for `cleaning_flow`.

    Returns
    -------
    matplotlib.axes.Axes
        x is organizations; y counts points from the top.

    Raises
    ------
    AnalysisError
        There are no organizations.
    """
    table = participation.sizes
    rows = tuple(
        _Row(str(label), (_Segment(0, float(n), "open" if below else "accent"),), f"{n:,}")
        for label, n, below in zip(table["label"], table["organizations"], table["below"], strict=True)
    )
    words = Words(
        "Respondents of an organization", "Organizations by respondents", participation.source.caption
    )
    few = (("open", f"fewer than {participation.minimum} respondents"),) if table["below"].any() else ()
    sheet = _Sheet(rows, words.replaced(title, subtitle, caption), few)
    return _draw(sheet, ax=ax, nothing="" if participation.n else "there are no organizations")


def scale_ends(
    items: ItemQuality,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    caption: str | None = None,
) -> Axes:
    """Draw for each group of items the mean share of answers at the highest and the lowest end of the scale.

    Parameters
    ----------
    items
        How well each item was answered.
    ax, title, subtitle, caption
        As for `cleaning_flow`.

    Returns
    -------
    matplotlib.axes.Axes
        x is per cent of valid answers; y counts points from the top.

    Raises
    ------
    AnalysisError
        No group has a scale of more than two answers.
    """
    rows = []
    table = items.groups.dropna(subset=["floor", "ceiling"])
    for group, floor, ceiling in zip(table["group"], table["floor"], table["ceiling"], strict=True):
        high, low = (
            _Segment(0, 100 * share, role) for share, role in ((ceiling, "accent"), (floor, "plain"))
        )
        rows.append(_Row(str(group), (high,), f"{high.length:.1f}%", firm=True))
        rows.append(_Row("", (low,), f"{low.length:.1f}%"))
    words = Words("Answers at the ends of the scale", "Mean of the items", items.source.caption)
    key = (("accent", "highest answer"), ("plain", "lowest answer"))
    sheet = _Sheet(tuple(rows), words.replaced(title, subtitle, caption), key, percent=True)
    return _draw(sheet, ax=ax, nothing="" if rows else "no item has more than two answers")


def _rule_label(rule: str) -> str:
    return str(rule).replace("_", " ").capitalize()


def _draw(sheet: _Sheet, *, ax: Axes | None, nothing: str) -> Axes:
    """Draw rows of bars; where there is `nothing` to draw, say why."""
    if nothing:
        raise AnalysisError(f"There is nothing to draw: {nothing}.")
    with applied() as theme:
        stage = Stage(ax, sheet.words)
        plan = _plan(sheet, stage.width, theme)
        body = stage.body_height(plan.height)
        if body < plan.height:
            plan = fitting_plan(partial(_plan, sheet, stage.width, tight=True), theme, body)
        with applied(plan.theme):
            axes = stage.open(plan.gutters, body=body)
            width = stage.width - plan.gutters.left - plan.gutters.right
            _set_axes(axes, sheet, plan, width)
            for place in plan.places:
                _draw_row(axes, place, plan, width)
            if sheet.connected:
                _connect(axes, plan)
            _write_key(axes, sheet, plan)
    return axes


def _plan(sheet: _Sheet, width: float, theme: Theme, *, tight: bool = False) -> _Plan:
    """Return where everything stands at the letter sizes of a theme."""
    pitch, bar = (1.5, 0.95) if tight else (1.95, 1.15)
    widest = max(text_width(one_line(row.label), theme.label, bold=row.firm) for row in sheet.rows)
    label_width = min(widest + 1, 0.4 * width)
    places: list[_Place] = []
    end = 0.4 * theme.label
    for row in sheet.rows:
        lines = wrapped(row.label, label_width, theme.label, bold=row.firm)
        height = max(pitch, 0.7 + 1.25 * len(lines)) * theme.label
        if places and not row.label:  # belongs to the row above
            end -= 0.6 * theme.label
        places.append(_Place(row, lines, end + height / 2))
        end += height
    numbers = max(text_width(row.number, theme.label, bold=row.firm) for row in sheet.rows)
    gutters = Gutters(
        left=label_width + 0.8 * theme.label,
        right=numbers + 0.8 * theme.label,
        top=(2.0 if sheet.key else 0.0) * theme.label + 1.9 * theme.small,
    )
    return _Plan(theme, places, gutters, end + 0.2 * theme.label, bar * theme.label)


def _set_axes(axes: Axes, sheet: _Sheet, plan: _Plan, width: float) -> None:
    """Show an axis that begins at 0 and the labels of the rows."""
    theme = plan.theme
    longest = max(s.start + s.length for row in sheet.rows for s in row.segments)
    limits = (0.0, longest * (1 + 1 / _ROUNDED) or 1.0)
    axes.set_xlim(limits)
    axes.set_ylim(plan.end, 0)
    ticks = round_ticks(limits, width=width, pitch=6.5 * theme.small)
    whole = ticks if sheet.percent else [t for t in ticks if t == int(t)]
    names = [f"{t:g}%" if sheet.percent else f"{t:,.0f}" for t in whole]
    value_axis(axes, whole, names, top=True)
    axes.set_yticks([])
    left = -plan.gutters.left
    for place in plan.places:
        _write_lines(axes, place, left, theme)


def _write_lines(axes: Axes, place: _Place, x: float, theme: Theme) -> None:
    pitch = 1.25 * theme.label
    top = (len(place.lines) - 1) * pitch / 2
    for number, line in enumerate(place.lines):
        write(
            axes, line, (0, place.middle), (x, top - number * pitch), va="center_baseline",
            coords=("axes fraction", "data"), bold=place.row.firm,
        )  # fmt: skip


def _draw_row(axes: Axes, place: _Place, plan: _Plan, width: float) -> None:
    """Draw a bar, never thinner than a sliver where it stands for something, and its number."""
    theme, row = plan.theme, place.row
    sliver = _SLIVER * axes.get_xlim()[1] / width
    for segment in row.segments:
        if segment.length <= 0:
            continue
        length = max(segment.length, sliver)
        start = min(segment.start, segment.start + segment.length - length) if segment.start else 0.0
        face, edge = _colours(segment.colour, theme)
        axes.barh(
            place.middle, length, left=start, height=plan.bar, color=face, edgecolor=edge, linewidth=0.8
        )
    write(
        axes, row.number, (1, place.middle), (plan.gutters.right, 0), ha="right", va="center_baseline",
        coords=("axes fraction", "data"), bold=row.firm,
        color=theme.finding if row.number.startswith(MINUS) else theme.ink,
    )  # fmt: skip


def _colours(role: str, theme: Theme) -> tuple[str, str]:
    """Return fill and rim of a colour's role; "open" is a hollow bar of the accent."""
    if role == "open":
        return theme.paper, theme.accent
    colour = {"accent": theme.accent, "finding": theme.finding, "plain": theme.others[0]}[role]
    return colour, colour


def _connect(axes: Axes, plan: _Plan) -> None:
    """Draw hairlines from the end of what was left to the next row: the steps of a waterfall."""
    for upper, lower in zip(plan.places, plan.places[1:], strict=False):
        if lower.row.label.startswith("of these"):
            continue
        segment = upper.row.segments[0]
        x = segment.start if upper.row.number.startswith(MINUS) else segment.start + segment.length
        y = [upper.middle + plan.bar / 2, lower.middle - plan.bar / 2]
        axes.plot([x, x], y, color=plan.theme.muted, linewidth=0.7)


def _write_key(axes: Axes, sheet: _Sheet, plan: _Plan) -> None:
    """Write above the axis what the colours mean."""
    theme, gutters = plan.theme, plan.gutters
    x, y, side = -gutters.left, gutters.top - 1.2 * theme.label, 0.8 * theme.label
    for role, name in sheet.key:
        face, edge = _colours(role, theme)
        place = points_from(axes, (0, 1))
        axes.add_patch(
            Rectangle(
                (x, y - side / 2),
                side,
                side,
                facecolor=face,
                edgecolor=edge,
                linewidth=0.8,
                transform=place,
                clip_on=False,
            )
        )
        x += side + 0.5 * theme.label
        write(axes, name, (0, 1), (x, y), va="center_baseline", color=theme.muted)
        x += text_width(name, theme.label) + 1.8 * theme.label
