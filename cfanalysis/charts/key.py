"""The key above a plot: each set's marks beside its name, broken into lines where the width ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from cfanalysis.analyses.say_do_profile import SayDoProfile
from cfanalysis.charts.plot import write_text
from cfanalysis.charts.text_metrics import one_line, text_width, wrap_lines
from cfanalysis.core.formatting import count_range
from cfanalysis.core.language import translated
from cfanalysis.theme.style import Theme

_PITCH, _APART = 1.7, 1.6  # of lines and of entries, in font sizes


@dataclass(frozen=True)
class Key:
    """A line of a set's name; `x` points from the left, `line` from the top; the first has the marks before it."""

    number: int
    text: str
    x: float
    line: int
    first: bool


def counted_group(group: str, counts: Iterable[float]) -> str:
    """Return a group's name with its n.

    Parameters
    ----------
    group
        The name in English.
    counts
        On how many organizations its figures rest.
    """
    return f"{one_line(translated(group))} (n = {count_range(counts) or 0})"


def group_name(profile: SayDoProfile, group: str) -> str:
    """Return a group's name with its n, where that is a number of organizations and not one's own row.

    Parameters
    ----------
    profile
        The profile.
    group
        One of its groups.
    """
    counts = profile.frame.loc[profile.frame["group"] == group, "n"].dropna().astype(int)
    if counts.empty or counts.max() <= 1:
        return one_line(translated(group))
    return counted_group(group, counts)


def key_positions(
    names: Sequence[str], *, width: float, sample: float, theme: Theme, plain: bool = False
) -> list[Key]:
    """Return where the names of the sets stand.

    Parameters
    ----------
    names
        One for each set; the first is set bold, in its colour, unless the key is plain.
    width
        Room for a line, points.
    sample
        Room for the marks before a name, points.
    theme
        The look.
    plain
        Whether no name stands out: the key explains tones, not sets.
    """
    keys: list[Key] = []
    x, line = 0.0, -1
    for number, name in enumerate(names):
        bold = number == 0 and not plain
        texts = wrap_lines(name, width - sample, theme.label, bold=bold)
        needed = sample + max((text_width(text, theme.label, bold=bold) for text in texts), default=0.0)
        if line < 0 or x + needed > width or len(texts) > 1:
            x, line = 0.0, line + 1
        for index, text in enumerate(texts):
            keys.append(Key(number, text, x + sample, line + index, first=index == 0))
        line += max(len(texts) - 1, 0)
        # A name of several lines has them to itself.
        x = width if len(texts) > 1 else x + needed + _APART * theme.label
    return keys


def key_height(keys: Sequence[Key], theme: Theme) -> float:
    """Return the height of a key, points.

    Parameters
    ----------
    keys
        The lines of the key.
    theme
        The theme that sets the size of its letters.
    """
    return (max((key.line for key in keys), default=-1) + 1) * _PITCH * theme.label


def write_key(
    axes: Axes,
    keys: Sequence[Key],
    *,
    corner: tuple[float, float],
    theme: Theme,
    draw: Callable[[int, float, float], None],
    plain: bool = False,
) -> None:
    """Write the key.

    Parameters
    ----------
    axes
        The plot.
    keys
        What `key_positions` returned.
    corner
        The key's upper left corner, points from the plot's.
    theme
        The look.
    draw
        Draws the marks of a set, given its number and where its name begins (points from the plot's upper left
        corner).
    plain
        Whether no name stands out.
    """
    for key in keys:
        x, y = corner[0] + key.x, corner[1] - (key.line * _PITCH + 1.0) * theme.label
        if key.first:
            draw(key.number, x, y)
        colour = theme.muted if plain else theme.text_colour(key.number)
        bold = key.number == 0 and not plain
        write_text(axes, key.text, (0, 1), (x, y), va="center_baseline", color=colour, bold=bold)
