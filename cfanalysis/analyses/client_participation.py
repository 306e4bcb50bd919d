"""Who answered at one client: respondents, response rate, positions, and what is therefore not shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.analyses.client_roles import ClientRoles
from cfanalysis.survey.confidentiality import may_show_distribution
from cfanalysis.survey.survey_data import ClientExtract, Source


@dataclass(frozen=True)
class ClientParticipation:
    """The respondents of a client.

    Parameters
    ----------
    waves
        One row per wave: ``wave, n`` (respondents), ``invited``
        (missing where unknown), ``rate`` (0-1; missing where unknown or above 1).
    groups
        One row per field and option: ``field, title, option, n`` (missing where hidden), ``shown``; empty where nothing
        is known of the respondents or too few answered.
    n
        Respondents of the latest wave.
    minimum
        The fewest respondents of whom a split is shown.
    n_hidden, n_hidden_items
        Groups, and rated items that were answered, that are not shown.
    overall
        Whether there are overall Say and Do.
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
    n_hidden_items: int
    overall: bool
    split: bool
    published: bool
    source: Source


def client_participation(extract: ClientExtract, roles: ClientRoles | None) -> ClientParticipation:
    """Return who answered.

    Parameters
    ----------
    extract
        The client's extract.
    roles
        What its groups of people say (`cfanalysis.analyses.client_roles.client_roles`).
    """
    took_part = [wave for wave in extract.source.waves if wave in extract.respondents]
    waves = pd.DataFrame({"wave": took_part, "n": [extract.respondents[wave] for wave in took_part]})
    waves["invited"] = [float(extract.invited.get(wave, np.nan)) for wave in took_part]
    waves["rate"] = (waves["n"] / waves["invited"]).where(waves["n"] <= waves["invited"])
    columns = ["field", "title", "option", "n", "shown"]
    groups = pd.DataFrame(columns=columns) if roles is None else roles.frame[columns]
    return ClientParticipation(
        waves,
        groups,
        extract.n,
        extract.instrument.minima.respondents,
        int((~groups["shown"].astype(bool)).sum()),
        extract.hidden_items,
        bool(((extract.scores["wave"] == extract.wave) & (extract.scores["scope"] == "overall")).any()),
        may_show_distribution(extract.n, extract.instrument.minima),
        extract.raw_responses is None,
        extract.source,
    )
