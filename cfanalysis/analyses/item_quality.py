"""How well each item was answered: no answer, don't know, and answers at the ends of the scale.

Where people were asked directly, an item's rows are those of the waves in which anybody answered it. Ends are
counted after reverse keying, so that the highest answer is the most favourable one. Published frequency
tables give no rows: what they leave out cannot be distinguished from what nobody answered.

A large share at the highest answer matters beyond its item: near the end of a scale equal gains look smaller
(ceiling; Liddell and Kruschke 2018, *Journal of Experimental Social Psychology* 79).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.core.language import message
from cfanalysis.scoring.means import organizations_only
from cfanalysis.survey.instrument import Instrument, Item
from cfanalysis.survey.survey_data import DONT_KNOW_CODE, Source, Survey

GROUPS = {
    "say": message("Say"),
    "do": message("Do"),
    "performance": message("Performance"),
    "level": message("Level of practice"),
    "warning_sign": message("Warning signs"),
    "expectation": message("Expectation"),
}

FRAME = [
    *("item", "title", "group", "scale", "n", "n_asked", "n_missing", "n_dont_know"),
    *("missing", "dont_know", "floor", "ceiling"),
]


@dataclass(frozen=True)
class ItemQuality:
    """How well each item was answered.

    Parameters
    ----------
    frame
        One row per rated item, in the instrument's order: ``item, title, group`` (message("Say"), message("Do"),
        message("Performance"), ...), ``scale`` (lowest and highest answer as text), ``n`` (valid answers),
        ``n_asked`` (rows of the waves that have the item), ``n_missing, n_dont_know, missing, dont_know``
        (shares of ``n_asked``), ``floor, ceiling`` (shares of ``n`` at the lowest and highest answer after
        reverse keying; NaN where there are but two answers). Published tables have no ``n_asked`` and
        ``n_missing``; their ``dont_know`` is the share of valid answers and don't-knows.
    groups
        The same by group of items: ``group, n_items, missing, dont_know, floor, ceiling`` (means of items).
    unanswered
        Titles of rated items that nobody answered.
    missing, dont_know
        Shares of all cells; None for published tables.
    published
        True where frequency tables came in.
    source
        Where the data come from.
    """

    frame: pd.DataFrame
    groups: pd.DataFrame
    unanswered: tuple[str, ...]
    missing: float | None
    dont_know: float | None
    published: bool
    source: Source

    @property
    def least_answered(self) -> pd.DataFrame:
        """The items that lack answers, most lacking first; ties in the instrument's order."""
        lacking = self.frame.assign(lacking=self.frame["missing"] + self.frame["dont_know"])
        return lacking[lacking["lacking"] > 0].sort_values("lacking", ascending=False, kind="stable")


def item_quality(survey: Survey) -> ItemQuality:
    """Return no answers, don't-knows and ends of the scale for every rated item that anybody answered."""
    instrument = survey.instrument
    frame = _ends(survey).merge(_asked(survey), on="item", how="left")
    answered = set(frame["item"])
    asked = frame["n_asked"].fillna(frame["n"] + frame["n_dont_know"])
    frame = frame.assign(
        title=frame["item"].map({i.id: i.title for i in instrument.rated_items}),
        group=frame["item"].map({i.id: _group(i) for i in instrument.rated_items}),
        scale=frame["item"].map({i.id: _scale(i, instrument) for i in instrument.rated_items}),
        missing=(frame["n_missing"] / frame["n_asked"]).astype("float64"),
        dont_know=(frame["n_dont_know"] / asked).astype("float64"),
    )
    published = survey.raw_responses is None
    cells = int(frame["n_asked"].sum())
    return ItemQuality(
        frame=frame[FRAME],
        groups=_by_group(frame),
        unanswered=tuple(i.title for i in instrument.rated_items if i.id not in answered),
        missing=None if published else int(frame["n_missing"].sum()) / cells,
        dont_know=None if published else int(frame["n_dont_know"].sum()) / cells,
        published=published,
        source=survey.source,
    )


def _group(item: Item) -> str:
    return GROUPS[item.facet or item.role]


def _scale(item: Item, instrument: Instrument) -> str:
    scale = instrument.scale_of(item.id)
    return f"{scale.min} to {scale.max}"


def _ends(survey: Survey) -> pd.DataFrame:
    """Return valid answers and the shares at both ends for each item, answers pooled over organizations."""
    shares = organizations_only(survey.shares)
    scales = {i.id: survey.instrument.scale_of(i.id) for i in survey.instrument.rated_items}
    each = shares.drop_duplicates(["organization", "wave", "item"])
    counts = each.groupby("item", sort=False).agg(n=("n", "sum"))
    answers = shares["share"] * shares["n"]
    ends = {
        "floor": {i: scale.min for i, scale in scales.items()},
        "ceiling": {i: scale.max for i, scale in scales.items()},
    }
    for name, end in ends.items():
        at_end = shares["category"] == shares["item"].map(end)
        counts[name] = answers[at_end].groupby(shares["item"][at_end]).sum() / counts["n"]
    counts = counts.loc[[i for i in scales if i in counts.index]].fillna({"floor": 0.0, "ceiling": 0.0})
    two_answers = [i for i in counts.index if len(scales[str(i)].categories) == 2]
    counts.loc[two_answers, ["floor", "ceiling"]] = np.nan
    return counts.reset_index(names="item")


def _asked(survey: Survey) -> pd.DataFrame:
    """Return for each item the rows of the waves that have it, those without an answer, and don't-knows."""
    responses = survey.raw_responses
    rows: list[tuple[str, int | None, int | None, int]] = []
    if responses is None:
        shares = organizations_only(survey.shares).drop_duplicates(["organization", "wave", "item"])
        published = shares.groupby("item")["n_dont_know"].sum()
        rows = [(str(item), None, None, int(n)) for item, n in published.items()]
    else:
        of_wave = responses["wave"].value_counts()
        for item in survey.instrument.rated_items:
            filled = responses[item.id].notna()
            asked = int(of_wave[responses.loc[filled, "wave"].unique()].sum())
            unknown = int(responses[item.id].eq(DONT_KNOW_CODE).sum())
            rows.append((item.id, asked, asked - int(filled.sum()), unknown))
    counts = ["n_asked", "n_missing", "n_dont_know"]
    return pd.DataFrame(rows, columns=["item", *counts]).astype(dict.fromkeys(counts, "Int64"))


def _by_group(frame: pd.DataFrame) -> pd.DataFrame:
    """Return means over the items of each group, in the order of the groups."""
    means = frame.groupby("group", sort=False).agg(
        n_items=("item", "size"),
        missing=("missing", "mean"),
        dont_know=("dont_know", "mean"),
        floor=("floor", "mean"),
        ceiling=("ceiling", "mean"),
    )
    return means.reindex([g for g in GROUPS.values() if g in means.index]).reset_index()
