"""The evidence of one survey in memory: what every analysis takes.

A `Survey` bundles the instrument, the answer shares, the facts about the organizations and, where people
were asked directly, their responses. Its `Source` says where all that comes from and travels with every
result into captions and footers, so that a chart of synthetic data says so wherever it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cfanalysis.instrument import Instrument


@dataclass(frozen=True)
class Source:
    """Where a result comes from.

    Parameters
    ----------
    study
        The study's name.
    title
        What was asked: the instrument's title.
    waves
        The waves in the data, first to last.
    synthetic
        True where the data are made up; said on every page.
    fingerprint
        First characters of the hash of the study's manifest.
    """

    study: str
    title: str
    waves: tuple[str, ...] = ()
    synthetic: bool = False
    fingerprint: str = ""

    @property
    def caption(self) -> str:
        """The line under a chart or table: what, when, and whether it is synthetic.

        Examples
        --------
        >>> Source("sample", "Self Assessment", ("2024", "2025"), synthetic=True).caption
        'Source: Self Assessment, 2024–2025 (study sample). Synthetic data.'
        """
        waves = (
            ""
            if not self.waves
            else f", {self.waves[0]}" + (f"–{self.waves[-1]}" if len(self.waves) > 1 else "")
        )
        return f"Source: {self.title}{waves} (study {self.study})." + (
            " Synthetic data." if self.synthetic else ""
        )


@dataclass(frozen=True)
class Survey:
    """What was asked and what was answered.

    Parameters
    ----------
    instrument
        What the survey asks.
    shares
        Answer shares (see ``docs/architecture.md``): organization, wave, kind, item, category, share, n,
        n_dont_know.
    organizations
        One row per organization and wave: organization, wave, kind, n (respondents), then the
        instrument's organization fields.
    responses
        One row per respondent and wave; None where only frequency tables were published.
    source
        Where the data come from.
    """

    instrument: Instrument
    shares: pd.DataFrame
    organizations: pd.DataFrame
    responses: pd.DataFrame | None
    source: Source
