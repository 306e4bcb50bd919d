"""How closely each practice goes with the criterion over all organizations, as a client's report draws it.

An association over organizations, not an effect: it says where organizations that do well differ from others.
"""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.forest_rows import FOREST_COLUMNS, ForestRows
from cfanalysis.analyses.priorities import Priorities
from cfanalysis.core.language import message
from cfanalysis.survey.survey_data import ClientExtract

_SHOWN = 12


def client_importance(found: Priorities | None, extract: ClientExtract) -> ForestRows | None:
    """Return the correlation of practices with the criterion; None where it is not known of several.

    Those of opportunities and strengths come first, then the closest of the others. A row is strong where it is one of
    the client's opportunities.

    Parameters
    ----------
    found
        Strengths and opportunities; None where no item may be shown.
    extract
        The client's extract.
    """
    if found is None or extract.criterion is None or extract.importance.empty:
        return None
    table = found.frame[["item", "title"]].merge(extract.importance, on="item")
    table = table.sort_values("importance", ascending=False, kind="stable")
    first = table["item"].isin(found.opportunities["item"])
    best = table["item"].isin(found.strengths["item"])
    groups = {
        message("Your opportunities"): first,
        message("Your strengths") if found.above else message("Strongest in itself"): best,
        message("Others that go with it most closely"): ~(first | best),
    }
    frame = pd.concat([table[chosen].assign(group=title) for title, chosen in groups.items()]).head(_SHOWN)
    if len(frame) < 2:
        return None
    frame = frame.rename(columns={"title": "label", "importance": "estimate"})
    frame = frame.assign(unit=message("correlation"), strong=frame["item"].isin(found.opportunities["item"]))
    n = int(frame["n"].max())
    return ForestRows(
        frame[FOREST_COLUMNS], "Correlation", extract.criterion, n, extract.source, signed=False
    )
