"""Phrases that charts, captions and pages share: what units are called, which wave, a name within a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from cfanalysis.core.formatting import digits_for
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.effects import Estimate
from cfanalysis.survey.survey_data import Source


class UnitWords(NamedTuple):
    """How the units of a study are called: organizations, or respondents where each stands for itself."""

    one: str
    many: str

    def quantity(self, n: int) -> str:
        """Return a number of units in words.

        Examples
        --------
        >>> UnitWords("organization", "organizations").quantity(1200)
        '1,200 organizations'
        """
        return f"{n:,} {self.one if n == 1 else self.many}"


HUNDRED = "points of 100"
"""The unit of what clients and the public see."""

CONTRAST_UNITS = {"points": "points", "percent": "percent of the scale", HUNDRED: HUNDRED}
"""The units of the contrast in a sentence."""

GAP_UNITS = {"points": "scale points", "percent": "percent of the range", HUNDRED: HUNDRED}
"""The units of a gap in words."""


def gap_digits(estimate: Estimate, unit: str) -> int:
    """Return how many digits an estimate needs in its unit: one fewer where the scale is 100 long.

    Parameters
    ----------
    estimate
        With its interval.
    unit
        One of `GAP_UNITS`.

    Examples
    --------
    >>> estimate = Estimate(1.14, low=0.09, high=1.67)
    >>> gap_digits(estimate, "points"), gap_digits(estimate, HUNDRED)
    (2, 1)
    """
    if unit == "points" or estimate.low is None or estimate.high is None:
        return digits_for(estimate) - (unit != "points")
    return digits_for(replace(estimate, low=estimate.low / 10, high=estimate.high / 10)) - 1


UNIT_NAMES = {
    "organization": UnitWords("organization", "organizations"),
    "respondent": UnitWords("respondent", "respondents"),
}


def unit_words(source: Source) -> UnitWords:
    """Return how the units of a study are called.

    Examples
    --------
    >>> unit_words(Source("sample", "Self Assessment")).many
    'organizations'
    """
    return UNIT_NAMES[getattr(source, "unit", "organization")]


def wave_phrase(wave: WhichWave, source: Source) -> str:
    """Return the wave in words; where there is only one, its name.

    Parameters
    ----------
    wave
        ``"first"`` or ``"latest"``.
    source
        Where the data come from.
    """
    if len(source.waves) == 1:
        return f"wave {source.waves[0]}"
    return f"{wave} wave of each {unit_words(source).one}"


def direction(estimate: Estimate) -> int:
    """Return 1 or -1 where the interval lies on one side of 0, else 0."""
    if estimate.low is None or estimate.high is None:
        return 0
    return 1 if estimate.low > 0 else -1 if estimate.high < 0 else 0


def with_small_initial(title: str) -> str:
    """Return a title as it stands within a sentence: its first letter small unless it is a name's.

    Examples
    --------
    >>> with_small_initial("Performance against competitors"), with_small_initial("Employee Engagement Index")
    ('performance against competitors', 'the Employee Engagement Index')
    """
    words = title.split()
    if len(words) > 1 and words[1][:1].isupper():
        return f"the {title}"
    return title[:1].lower() + title[1:]
