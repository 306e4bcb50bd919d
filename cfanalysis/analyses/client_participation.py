"""Who answered at one client: respondents, response rate, positions, and what is therefore not shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.analyses.client_roles import ClientRoles, client_roles
from cfanalysis.survey.confidentiality import may_show_distribution
from cfanalysis.survey.survey_data import ClientExtract, Source


@dataclass(frozen=True)
class ClientParticipation:
    """The respondents of a client.

    Parameters
    ----------
    waves
        One row per wave: ``wave, n`` (respondents, or of a published table the most answers to an item), ``invited``
        (missing where unknown), ``rate`` (0-1; missing where unknown or above 1).
    groups
        One row per field and option: ``field, title, option, n`` (missing where hidden), ``shown``; empty where nothing
        is known of the respondents or too few answered.
    n
        Respondents of the latest wave.
    minimum
        The fewest respondents of whom a split is shown.
    n_hidden
        Groups that are not shown.
    split
        Whether answers may be split or shown as distributions at all.
    published
        True where frequency tables were published: nothing is known of single respondents.
    source
        Where the data come from.
    """

    waves: pd.DataFrame
    groups: pd.DataFrame
    n: int
    minimum: int
    n_hidden: int
    split: bool
    published: bool
    source: Source


def client_participation(extract: ClientExtract) -> ClientParticipation:
    """Return who answered."""
    counts = _respondents(extract)
    rows = []
    for wave in extract.source.waves:
        if wave in counts:
            invited = extract.invited.get(wave)
            rate = np.nan if invited is None or counts[wave] > invited else counts[wave] / invited
            rows.append((wave, counts[wave], np.nan if invited is None else invited, rate))
    roles: ClientRoles | None = client_roles(extract)
    columns = ["field", "title", "option", "n", "shown"]
    groups = pd.DataFrame(columns=columns) if roles is None else roles.frame[columns]
    return ClientParticipation(
        pd.DataFrame(rows, columns=["wave", "n", "invited", "rate"]),
        groups,
        extract.n,
        extract.instrument.minima.respondents,
        int((~groups["shown"].astype(bool)).sum()),
        may_show_distribution(extract.n, extract.instrument.minima),
        extract.raw_responses is None,
        extract.source,
    )


def _respondents(extract: ClientExtract) -> dict[str, int]:
    if extract.raw_responses is not None:
        return {str(w): int(n) for w, n in extract.raw_responses["wave"].value_counts().items()}
    return {str(w): int(n) for w, n in extract.shares.groupby("wave")["n"].max().items()}
