"""What the columns of an export may be: items with scales, choices, open questions, fields, the organization."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import response_reader
from cfanalysis.intake.drafting.orders import DONT_KNOW, known_order, numbered
from cfanalysis.intake.exports.distinct_texts import distinct_texts
from cfanalysis.intake.exports.export_layout import ExportColumn
from cfanalysis.intake.exports.multiple_choice import CHOICE_MARKS, NOT_CHOSEN, question_and_choice
from cfanalysis.intake.folding import comparable_text, is_placeholder
from cfanalysis.intake.personal_data import personal_kind, personal_texts
from cfanalysis.intake.reading_options import DETECT_ALL, ReadingOptions
from cfanalysis.survey.instrument import Instrument

NAMES = {
    "organization": (
        "organization, organisation, company, client, firm, customer, account, organization name, company name, "
        "unternehmen, firma, kunde, mandant, entreprise, société, organisme, empresa, cliente, azienda, bedrijf, agency"
    ),
    "respondent": "respondent, respondent id, respondent_id, id, response id, case, participant",
    "wave": "wave, year, survey year, period, welle, jahr, vague, année, ola, año",
    "seconds": "seconds, duration, duration (in seconds), interviewtime, time taken",
}
_BY_NAME = {name.strip(): use for use, names in NAMES.items() for name in names.split(",")}
RANGES = (
    (0, 1), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (0, 4), (0, 5), (0, 6), (1, 9), (1, 10), (0, 10), (0, 100),
)  # fmt: skip
"""Scales that are in use, the smallest first."""

NO_YES = {0: "No", 1: "Yes"}
_OTHER = re.compile(r"(other|andere|sonstige|autre|otr[oa]|altr[oa]|outr[oa]|anders)\b")
_FROM_ZERO = re.compile(
    r"\(0|\b0 ?(-|–|to|bis|à|=)|recommend|weiterempfehl|recommand|recomend|raccomand", re.IGNORECASE
)

MOST_LABELS, LONGEST_LABEL, MOST_OPTIONS = 11, 60, 20


YAML_WORDS = frozenset({"yes", "no", "true", "false", "on", "off", "null"})
"""What YAML takes for something else than a text; no id is called so."""


@dataclass
class DraftScale:
    """A guessed scale: its labels by code, what means don't know, and labels of which the order is not known."""

    name: str
    low: int
    high: int
    labels: dict[int, str] = field(default_factory=dict)
    dont_know: tuple[str, ...] = ()
    unordered: tuple[str, ...] = ()


@dataclass
class DraftItem:
    """A guessed item: id, text, the name under which it stands in the file, its scale (None: open)."""

    id: str
    text: str
    source: str
    scale: DraftScale | None


@dataclass
class Draft:
    """A first instrument: what was guessed of each column."""

    title: str
    said: str
    items: list[DraftItem] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unused: dict[str, str] = field(default_factory=dict)
    scales: dict[str, DraftScale] = field(default_factory=dict)


def draft_instrument(path: Path, *, reader: str | None = None, options: ReadingOptions = DETECT_ALL) -> Draft:
    """Return what an instrument for a file may be.

    Parameters
    ----------
    path
        An export with one row per respondent.
    reader, options
        How the file is to be read; see `cfanalysis.intake.read`.

    Raises
    ------
    IntakeError
        The file cannot be read, or holds nothing that may be an item.
    """
    item = {"id": "nothing_at_all_", "text": "\u2205 nothing \u2205", "role": "open"}
    about = {"format": 1, "id": "nothing", "title": "Nothing", "version": "1"}
    nothing = Instrument.model_validate({**about, "scales": {}, "items": [item]})
    table, layout = response_reader(path, nothing, reader).table(path, nothing, options)
    places = {place: "" for place, column in enumerate(layout.columns) if column.names}
    frame = table.frame(layout.depth, len(layout.columns), places)
    draft = Draft(path.stem, ", ".join(filter(None, [layout.detected, *table.detected])))
    texts = {place: frame[place] for place in places}
    labels = getattr(table, "value_labels", {})
    whole = {v: {int(c): t for c, t in own.items()} for v, own in labels.items() if all(map(_whole, own))}
    _Guess(draft, layout.columns, texts, layout.unanswered, whole).all()
    if not draft.scales:
        raise IntakeError(
            "No column looks like a rated item of a survey.",
            where=table.where,
            value=", ".join(next(iter(column.names), "") for column in layout.columns[:8]),
            allowed="columns with two or more different codes or labels of a scale, one row per respondent",
        )
    return draft


class _Guess:
    """The columns of an export while they are guessed, the surest first."""

    def __init__(
        self,
        draft: Draft,
        columns: Sequence[ExportColumn],
        texts: Mapping[int, pd.Series],
        unanswered: Iterable[str],
        labels: Mapping[str, Mapping[int, str]],
    ) -> None:
        self._draft, self._columns, self._texts = draft, columns, texts
        self._empty = {comparable_text(code) for code in unanswered}
        self._labels = labels
        self._taken: set[str] = set()

    def all(self) -> None:
        """Guess every column."""
        values = {place: self._values(place) for place in self._texts}
        marked = self._marked(values)
        for place, series in self._texts.items():
            if place in marked:
                self._item(marked[place], _name(self._columns[place]), self._scale(0, 1, dict(NO_YES)))
            else:
                self._column(self._columns[place], values[place], series)
        self._unify()

    def _values(self, place: int) -> list[str]:
        """Return the different values of a column, without what stands for nothing."""
        words = self._columns[place].words
        said = (words.get(comparable_text(t), t.strip()) for t in distinct_texts(self._texts[place]))
        return [
            t
            for t in said
            if t and not (is_placeholder(t) or comparable_text(t) in self._empty or re.fullmatch(r"-\d+", t))
        ]

    def _marked(self, values: Mapping[int, Sequence[str]]) -> dict[int, str]:
        """Return question and choice of columns side by side in which a mark stands or nothing: several choices."""
        runs: list[list[int]] = [[]]
        for place, found in values.items():
            column = self._columns[place]
            if {*map(comparable_text, found)} & CHOICE_MARKS and len(found) == 1 and not column.question:
                runs[-1].append(place)
            elif runs[-1]:
                runs.append([])
        marked: dict[int, str] = {}
        for number, run in enumerate((run for run in runs if len(run) > 1), start=1):
            names = [_name(self._columns[place]) for place in run]
            asked = set.intersection(*({q for q, _ in question_and_choice([name])} for name in names))
            cut = len(max(asked, key=len, default=""))
            stem = names[0][:cut] if cut else f"Choices {number}" if number > 1 else "Choices"
            marked |= {p: f"{stem} - {n[cut:].strip(' -:/_[]()')}" for p, n in zip(run, names, strict=True)}
        return marked

    def _column(self, column: ExportColumn, values: list[str], series: pd.Series) -> None:
        draft, name = self._draft, _name(column)
        use = next((_BY_NAME[comparable_text(n)] for n in column.names if comparable_text(n) in _BY_NAME), "")
        if column.use is not None:
            draft.unused[name] = "the tool's own column"
        elif use and use not in draft.columns:
            draft.columns[use] = name
        elif any(personal_kind(n) for n in (name, *column.texts[:1])) or personal_texts(values[:200]):
            draft.unused[name] = "says who somebody is"
        elif not values:
            draft.unused[name] = "empty"
        elif column.question and _OTHER.match(comparable_text(column.choice)):
            draft.unused[name] = "free text beside choices"
        elif choices := _several(series, values):
            for choice in choices:
                self._item(f"{_text(column)} - {choice}", "", self._scale(0, 1, dict(NO_YES)))
        elif scale := self._scale_of(column, values):
            whole = bool(column.question and column.choice) and scale.name == "yes_no"
            self._item(f"{column.question} - {column.choice}" if whole else _text(column), name, scale)
        elif (
            1 < len(values) <= MOST_OPTIONS
            and max(map(len, values)) <= LONGEST_LABEL
            and len(series) > len(values)
        ):
            draft.fields[name] = tuple(sorted(values))
        elif any(" " in v for v in values) and not _moments(values):
            self._item(_text(column), name, None)
        else:
            draft.unused[name] = "neither answers of a scale nor sentences"

    def _scale_of(self, column: ExportColumn, values: list[str]) -> DraftScale | None:
        """Return the scale of a column's values, None where they are no answers."""
        words = {comparable_text(v) for v in values}
        own = {comparable_text(column.choice)} if column.choice else set()
        if (
            column.question
            and words <= {*CHOICE_MARKS, *NOT_CHOSEN, *own}
            and not words <= {"yes", "no", "ja", "nein"}
        ):
            return self._scale(0, 1, dict(NO_YES))
        unknown = tuple(v for v in values if comparable_text(v) in DONT_KNOW)
        known = [v for v in values if v not in unknown]
        declared = self._labels.get(_name(column), {})
        if declared:
            codes = {c: t for c, t in declared.items() if comparable_text(t) not in DONT_KNOW}
            return (
                self._scale(min(codes), max(codes), codes, unknown) if 1 < len(codes) <= MOST_LABELS else None
            )
        codes = numbered([v.removesuffix(".0") for v in known]) or {}
        if codes:
            return self._of_codes(codes, unknown, bool(_FROM_ZERO.search(_text(column))))
        if not 1 < len(known) <= MOST_LABELS or any(len(v) > LONGEST_LABEL for v in known):
            return None
        labels = known_order(known)
        if labels:
            first = 0 if len(labels) == 2 else 1
            return self._scale(first, first + len(labels) - 1, dict(enumerate(labels, first)), unknown)
        shared = column.question and len(known) >= 3
        return self._scale(1, len(known), {}, unknown, tuple(sorted(known))) if shared else None

    def _of_codes(
        self, codes: Mapping[int, str], unknown: tuple[str, ...], from_zero: bool
    ) -> DraftScale | None:
        """Return the smallest usual scale that holds the codes, without one far above the others."""
        far = [c for c in sorted(codes) if len(codes) > 2 and c in (8, 9, 88, 98, 99) and c - 1 not in codes]
        kept = [c for c in codes if c not in far]
        span = next(((a, b) for a, b in RANGES if kept and a <= min(kept) and max(kept) <= b), None)
        if span is None or (span == (0, 100) and len(kept) > MOST_LABELS) or len(kept) < 2:
            return None
        if from_zero and span[1] >= 9:
            span = (0, 10)
        labels = {c: text for c, text in codes.items() if c in kept and text != str(c)}
        return self._scale(*span, labels, (*unknown, *map(str, far)))

    def _scale(
        self,
        low: int,
        high: int,
        labels: dict[int, str],
        unknown: tuple[str, ...] = (),
        unordered: tuple[str, ...] = (),
    ) -> DraftScale:
        """Return the scale that is there already for these answers, made wider where they are more, or a new one."""
        new = {comparable_text(text): text for text in (*labels.values(), *unordered)}
        for scale in self._draft.scales.values():
            old = {comparable_text(text): text for text in (*scale.labels.values(), *scale.unordered)}
            bare = not new and not old and (scale.low, scale.high) == (low, high)
            if bare or (
                2 * len(new.keys() & old.keys()) > min(len(new), len(old)) and _widen(scale, {**new, **old})
            ):
                scale.dont_know = tuple(dict.fromkeys((*scale.dont_know, *unknown)))
                return scale
        name = "yes_no" if (low, high) == (0, 1) else f"scale_{low}_{high}"
        while name in self._draft.scales:
            name += "_other"
        self._draft.scales[name] = DraftScale(
            name, low, high, dict(sorted(labels.items())), unknown, unordered
        )
        return self._draft.scales[name]

    def _item(self, text: str, source: str, scale: DraftScale | None) -> None:
        self._draft.items.append(DraftItem(self._id(source or text), text, source, scale))

    def _id(self, text: str) -> str:
        """Return a short name that no other item has."""
        ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        words = re.findall(r"[a-z0-9]+", ascii_.lower())
        short = "_".join(words[:4])[:30].strip("_") or "item"
        short = short if short[0].isalpha() else f"q_{short}"
        name, n = short, 2
        while name in self._taken or name in NAMES or name in YAML_WORDS:
            name, n = f"{short}_{n}", n + 1
        self._taken.add(name)
        return name

    def _unify(self) -> None:
        """Let items of codes have the widest scale that begins alike: perhaps nobody gave the highest answer."""
        bare = [
            s for s in self._draft.scales.values() if not s.labels and not s.unordered and s.high - s.low > 1
        ]
        for scale in bare:
            wider = [s for s in bare if s.low == scale.low and scale.high < s.high <= 7]
            for item in self._draft.items:
                if wider and item.scale is scale:
                    item.scale = max(wider, key=lambda s: s.high)
                    item.scale.dont_know = tuple(dict.fromkeys((*item.scale.dont_know, *scale.dont_know)))
        used = {item.scale.name for item in self._draft.items if item.scale}
        self._draft.scales = {n: s for n, s in self._draft.scales.items() if n in used}


def _widen(scale: DraftScale, texts: Mapping[str, str]) -> bool:
    """Let a scale hold more labels, in their order; False where they do not fit into one order."""
    if len(texts) > MOST_LABELS:
        return False
    if scale.unordered:
        scale.unordered = tuple(sorted(texts.values()))
        scale.high = len(texts)
        return True
    if len(texts) == len(scale.labels):
        return True
    by_number = numbered(list(texts.values()))
    labels = by_number or dict(enumerate(known_order(texts.values()) or (), 0 if len(texts) == 2 else 1))
    if labels:
        scale.labels, scale.low, scale.high = dict(sorted(labels.items())), min(labels), max(labels)
    return bool(labels)


def _whole(code: object) -> bool:
    return isinstance(code, (int, float)) and float(code).is_integer() and abs(code) <= 100


def _name(column: ExportColumn) -> str:
    """Return the name of a column that tells it best from others: its code, else what was asked."""
    return next(iter(column.names), "")


def _text(column: ExportColumn) -> str:
    """Return what was asked: the row of a grid, or the question."""
    if column.question and column.choice and column.texts:
        return f"{column.question} - {column.choice}" if len(column.parts) != 1 else column.parts[0]
    return next(iter((*column.parts[:1], *column.texts, *column.codes)), "")


def _several(series: pd.Series, values: Sequence[str]) -> list[str]:
    """Return the choices that stand together in the cells of a column, divided by semicolons or line breaks."""
    if sum(";" in v.strip("; ") or "\n" in v for v in values) < 2:
        return []
    parts = [
        part.strip() for text in series.astype("str") for part in re.split(r"[;\n]", text) if part.strip()
    ]
    counts = pd.Series(parts).value_counts()
    often = [str(choice) for choice in counts[counts > 1].index if len(str(choice)) <= LONGEST_LABEL]
    return sorted(often) if 2 <= len(often) <= MOST_OPTIONS and counts[often].sum() > 0.8 * len(parts) else []


def _moments(values: Sequence[str]) -> bool:
    """Return whether texts are dates or times."""
    return all(re.match(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", v) for v in values[:20])
