"""The distribution of the gap over organizations: how wide it usually is, and how often Do is above Say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.core.errors import AnalysisError
from cfanalysis.scoring.means import WhichWave, one_wave, organizations_only
from cfanalysis.scoring.say_do_gap import say_do_gaps
from cfanalysis.survey.confidentiality import may_show_deciles
from cfanalysis.survey.survey_data import Source, Survey

_WIDTHS = (0.5, 1.0, 2.0, 2.5, 5.0, 10.0)
_BINS = 24  # at most


@dataclass(frozen=True)
class GapDistribution:
    """The gaps of all organizations, counted in classes of equal width.

    Parameters
    ----------
    frame
        One row per class, lowest first: ``low, high`` (points of 100; a gap equal to `high` belongs to the next),
        ``n`` (organizations).
    mean, median, q1, q3
        Of the gaps, points of 100.
    share_negative
        Share of organizations whose Do is above their Say, 0-1.
    n
        Organizations.
    wave, source
        As in `cfanalysis.analyses.quartile_gaps.QuartileGaps`.
    """

    frame: pd.DataFrame
    mean: float
    median: float
    q1: float
    q3: float
    share_negative: float
    n: int
    wave: WhichWave
    source: Source


def gap_distribution(survey: Survey, *, wave: WhichWave = "latest") -> GapDistribution:
    """Return the distribution of the overall gap over organizations.

    Classes begin at a multiple of their width, so that 0 is a boundary: a class never mixes negative and positive
    gaps.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        The instrument has no gap, or too few organizations have one for a distribution.
    """
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, wave))
    gaps = say_do_gaps(shares, survey.instrument, scope="overall")["gap_score"].to_numpy(dtype=float)
    if not may_show_deciles(len(gaps), survey.instrument.minima):
        raise AnalysisError("Too few organizations have a gap to show its distribution.", value=len(gaps))
    edges = _edges(gaps)
    counts, _ = np.histogram(gaps, bins=edges)
    q1, median, q3 = (float(q) for q in np.quantile(gaps, [0.25, 0.5, 0.75]))
    return GapDistribution(
        frame=pd.DataFrame({"low": edges[:-1], "high": edges[1:], "n": counts}),
        mean=float(gaps.mean()),
        median=median,
        q1=q1,
        q3=q3,
        share_negative=float((gaps < 0).mean()),
        n=len(gaps),
        wave=wave,
        source=survey.source,
    )


def _edges(gaps: np.ndarray) -> np.ndarray:
    """Return the boundaries of classes of round width, about as many as Freedman and Diaconis' rule (1981) gives."""
    spread = float(np.subtract(*np.quantile(gaps, [0.75, 0.25])))
    wanted = 2 * spread / len(gaps) ** (1 / 3)
    reach = float(np.ptp(gaps))
    width = next((w for w in _WIDTHS if w >= wanted / 1.8 and reach / w <= _BINS), _WIDTHS[-1])
    first, last = np.floor(gaps.min() / width + 1e-9), np.floor(gaps.max() / width + 1e-9) + 1
    return np.asarray(np.round(np.arange(first, last + 1) * width, 9))
