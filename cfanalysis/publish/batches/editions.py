"""Editions: what a report that was out before replaces.

A report whose figures have changed since it was out is another edition of it: it says so, with its date and what it
replaces, and the ledger keeps the hashes of the files that it replaces, so that these are known when they come back. A
report that looks otherwise but has the same figures stays the same edition; one about another wave is a first
edition, and so is the first that is no draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from cfanalysis.publish.provenance import short_form

FIGURES = "extract"
"""The input whose hash tells figures apart."""
DRAFT_SERIES = ", draft"
"""How the series of a draft ends."""


@dataclass(frozen=True)
class Edition:
    """One edition of a report.

    Parameters
    ----------
    number, date
        Which, and the date that it bears, as ``2026-03-03``.
    series
        What counts its editions by itself: the wave that it is about, and whether it is a draft.
    figures, study, stamp
        The hash of its figures, the fingerprint of the study, the short form of its stamp.
    files
        SHA-256 of each file by format.
    replaces
        What it says of the edition that it replaces: number, date and stamp.
    """

    number: int = 1
    date: str = ""
    series: str = ""
    figures: str = ""
    study: str = ""
    stamp: str = ""
    files: dict[str, str] = field(default_factory=dict)
    replaces: str = ""

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Edition:
        """Return the edition that a ledger lists."""
        return cls(**{name: content[name] for name in cls.__dataclass_fields__ if name in content})

    @property
    def is_draft(self) -> bool:
        """Whether it is a draft."""
        return self.series.endswith(DRAFT_SERIES)

    @property
    def imprint(self) -> dict[str, str]:
        """What a stamp says of it; a first edition says nothing."""
        return {"edition": str(self.number), "replaces": self.replaces} if self.number > 1 else {}

    def next(self, inputs: Mapping[str, str], series: str) -> Edition:
        """Return the edition of a report that follows this one.

        Parameters
        ----------
        inputs
            Hashes of what it is made from.
        series
            What its editions are counted in.
        """
        figures = inputs.get(FIGURES, "")
        if not self.figures or not figures or series != self.series:
            return Edition(series=series, figures=figures)
        if figures == self.figures:
            return Edition(self.number, series=series, figures=figures, replaces=self.replaces)
        replaced = " ".join(filter(None, [str(self.number), self.date, self.stamp]))
        return Edition(self.number + 1, series=series, figures=figures, replaces=replaced)

    def issued(self, files: Mapping[str, str], stamp: Mapping[str, str], date: str) -> Edition:
        """Return it as it came out.

        Parameters
        ----------
        files
            SHA-256 of each file by format.
        stamp
            Its stamp.
        date
            The date that it bears.
        """
        study = stamp.get("study", "")
        return replace(self, date=date, study=study, stamp=short_form(stamp), files=dict(files))

    def as_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return asdict(self)
