"""What a survey asks: scales, dimensions, items, fields, indices.

An instrument is a YAML file. It is the only place where items are named: every other room asks the
instrument which items are Say and which are Do, how they are keyed, and how answers look in an export. Read
one with `load_instrument`; the file format is described in ``docs/instruments.md``.

Terms
-----
facet
    *Say* is what an organization intends for customers, *Do* is what it does.
pair
    One Say item and one Do item about the same subject.
scale
    The answer grid: whole numbers from ``min`` to ``max``, their labels, and the codes for "don't know".
index
    A score made from several items by a published formula.
criterion
    The index on which organizations are cut into quartiles; it contains no gap item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cfanalysis.errors import InstrumentError, nearest

Facet = Literal["say", "do"]
Role = Literal["gap", "performance", "level", "warning_sign", "expectation", "open"]
Formula = Literal["mean", "percent_positive", "ukcsi", "acsi"]
FORMAT = 1


class _Part(BaseModel):
    """A part of an instrument: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class DontKnow(_Part):
    """Codes and labels that mean "don't know": counted, never scored."""

    codes: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()


class Scale(_Part):
    """An answer grid of whole numbers from `min` to `max`."""

    min: int
    max: int
    labels: dict[int, str | tuple[str, ...]] = {}
    dont_know: DontKnow = DontKnow()

    @model_validator(mode="after")
    def _check(self) -> Scale:
        if self.max <= self.min:
            raise ValueError(f"max ({self.max}) must be above min ({self.min})")
        if self.min < -100 or self.max > 100:
            raise ValueError(f"a scale lies within -100 and 100, this one goes from {self.min} to {self.max}")
        if outside := [c for c in self.labels if not self.min <= c <= self.max]:
            raise ValueError(f"labels for {outside}, which are not on the scale {self.min} to {self.max}")
        if clash := [c for c in self.dont_know.codes if self.min <= c <= self.max]:
            raise ValueError(f"don't-know codes {clash} are answers of the scale {self.min} to {self.max}")
        return self

    @property
    def categories(self) -> range:
        """The answers from lowest to highest."""
        return range(self.min, self.max + 1)

    def label(self, category: int) -> str:
        """Return how a category is shown: its first label, else its number."""
        label = self.labels.get(category, str(category))
        return label if isinstance(label, str) else label[0]

    def spellings(self, category: int) -> tuple[str, ...]:
        """Return every label under which a category may stand in a file."""
        label = self.labels.get(category, ())
        return (label,) if isinstance(label, str) else tuple(label)


class Titled(_Part):
    """Something with an id and a title: a dimension, a practice."""

    id: str
    title: str
    about: str = ""


class Item(_Part):
    """One question of the survey."""

    id: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    text: str = Field(min_length=1)
    role: Role
    short: str = ""
    dimension: str | None = None
    facet: Facet | None = None
    pair: str | None = None
    reverse: bool = False
    scale: str | None = None
    practices: tuple[str, ...] = ()
    customer: Literal["external", "internal"] | None = None
    level: Literal["low", "moderate", "high"] | None = None
    source: tuple[str, ...] = ()
    optional: bool = False

    @model_validator(mode="after")
    def _check(self) -> Item:
        if self.role == "gap" and (self.facet is None or self.dimension is None):
            raise ValueError("a gap item needs a facet (say or do) and a dimension")
        if self.role != "gap" and (self.facet is not None or self.pair is not None):
            raise ValueError(f"only gap items have a facet or a pair, the role here is {self.role!r}")
        if self.role == "open" and self.scale is not None:
            raise ValueError("an open item has no scale")
        if self.role != "open" and self.scale is None:
            raise ValueError("the item needs a scale")
        if self.reverse and self.role not in ("gap", "performance", "level"):
            raise ValueError(f"an item of role {self.role!r} cannot be reverse-keyed")
        if (self.role == "level") != (self.level is not None):
            raise ValueError("an item of role 'level', and no other, says which level: low, moderate or high")
        return self

    @property
    def title(self) -> str:
        """The short name for charts and tables; the text where there is none."""
        return self.short or self.text


class DataField(_Part):
    """A fact about the organization or the respondent."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    options: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


class Index(_Part):
    """A score from several items.

    `formula`: ``mean`` = mean of the items' 0-100 scores; ``percent_positive`` = mean of the items' shares
    of answers at or above `positive_from`; ``ukcsi`` = mean of 1-10 ratings times 10; ``acsi`` = mean on
    0-100 of 1-10 ratings. `published` holds figures from the source, for comparison only.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    formula: Formula = "mean"
    items: tuple[str, ...] = Field(min_length=1)
    positive_from: int | None = None
    published: dict[str, float] = {}

    @model_validator(mode="after")
    def _check(self) -> Index:
        if (self.formula == "percent_positive") != (self.positive_from is not None):
            raise ValueError("positive_from is needed for, and only for, the formula percent_positive")
        return self


class FrequencyTables(_Part):
    """How published frequency tables look: one sheet or block for each item, one row for each organization.

    Parameters
    ----------
    header
        Text of the first cell of the header row.
    wave
        The wave that the file reports.
    count
        Header of the column with the number of valid answers.
    totals
        Row names that are totals over organizations: kept and shown, never ranked or pooled.
    overall
        The one of `totals` that covers everybody.
    marks
        Characters that are footnote marks when they stand before or after a name.
    tolerance
        How far an item's shares may be from summing to 1 before the row is an error.
    """

    header: str
    wave: str
    count: str
    totals: tuple[str, ...] = ()
    overall: str | None = None
    marks: str = "†‡*"
    tolerance: float = Field(default=0.005, ge=0, le=0.05)

    @model_validator(mode="after")
    def _check(self) -> FrequencyTables:
        if self.overall is not None and self.overall not in self.totals:
            raise ValueError(f"overall ({self.overall!r}) is not one of totals {list(self.totals)}")
        return self


class Minima(_Part):
    """The fewest people and organizations about whom something is shown; the least a respondent answers."""

    respondents: int = Field(default=5, ge=2)
    organizations: int = Field(default=5, ge=3)
    answered_share: float = Field(default=0.5, ge=0, le=1)


class Pair(NamedTuple):
    """A Say item and a Do item about the same subject."""

    id: str
    say: Item
    do: Item


class Instrument(_Part):
    """What a survey asks. Make one with `load_instrument`."""

    format: Literal[1]
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    version: str
    about: str = ""
    language: str = "en"
    unit: Literal["organization", "respondent"] = "organization"
    scales: dict[str, Scale]
    dimensions: tuple[Titled, ...] = ()
    practices: tuple[Titled, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)
    organization_fields: tuple[DataField, ...] = ()
    respondent_fields: tuple[DataField, ...] = ()
    columns: dict[Literal["organization", "respondent", "wave", "seconds", "origin"], tuple[str, ...]] = {}
    missing: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()
    indices: tuple[Index, ...] = ()
    criterion: str | None = None
    minima: Minima = Minima()
    frequency_tables: FrequencyTables | None = None

    @model_validator(mode="after")
    def _check(self) -> Instrument:
        problems = list(_cross_reference_problems(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @cached_property
    def _items_by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    def item(self, item_id: str) -> Item:
        """Return the item with this id; an unknown one is an `InstrumentError` that names the nearest."""
        try:
            return self._items_by_id[item_id]
        except KeyError:
            raise InstrumentError(
                f"The instrument {self.id!r} has no item {item_id!r}.",
                allowed=", ".join(nearest(item_id, self._items_by_id)) or "the ids in the file's items",
                next_step="Correct the id, or add the item to the instrument.",
            ) from None

    def select(
        self, *, role: Role | None = None, facet: Facet | None = None, dimension: str | None = None
    ) -> tuple[Item, ...]:
        """Return the items with this role, facet and dimension, in the instrument's order."""
        return tuple(
            item
            for item in self.items
            if (role is None or item.role == role)
            and (facet is None or item.facet == facet)
            and (dimension is None or item.dimension == dimension)
        )

    def scale_of(self, item_id: str) -> Scale:
        """Return the answer grid of an item that has one."""
        name = self.item(item_id).scale
        if name is None:
            raise InstrumentError(f"The item {item_id!r} is open and has no scale.")
        return self.scales[name]

    @property
    def rated_items(self) -> tuple[Item, ...]:
        """All items with a scale."""
        return tuple(item for item in self.items if item.scale is not None)

    @property
    def gap_dimensions(self) -> tuple[Titled, ...]:
        """The dimensions that have both Say and Do items: only these enter a gap."""
        return tuple(
            d
            for d in self.dimensions
            if self.select(role="gap", facet="say", dimension=d.id)
            and self.select(role="gap", facet="do", dimension=d.id)
        )

    @property
    def gap_items(self) -> tuple[Item, ...]:
        """The items of `gap_dimensions`, Say and Do."""
        ids = {d.id for d in self.gap_dimensions}
        return tuple(item for item in self.select(role="gap") if item.dimension in ids)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs, in the order of their Say items."""
        do = {item.pair: item for item in self.select(role="gap", facet="do") if item.pair}
        say = [item for item in self.select(role="gap", facet="say") if item.pair]
        return tuple(Pair(item.pair, item, do[item.pair]) for item in say if item.pair is not None)

    def index(self, index_id: str) -> Index:
        """Return the index with this id."""
        for index in self.indices:
            if index.id == index_id:
                return index
        ids = [index.id for index in self.indices]
        raise InstrumentError(
            f"The instrument {self.id!r} has no index {index_id!r}.", allowed=", ".join(ids) or "none"
        )

    @property
    def criterion_index(self) -> Index | None:
        """The index on which quartiles are cut, where the instrument has one."""
        return None if self.criterion is None else self.index(self.criterion)

    def wave_order(self, waves: Sequence[str]) -> list[str]:
        """Return the waves in the instrument's order; those it does not list come last, sorted as text."""
        rank = {wave: i for i, wave in enumerate(self.waves)}
        return sorted(set(waves), key=lambda wave: (rank.get(wave, len(rank)), wave))


def _cross_reference_problems(instrument: Instrument) -> Iterator[str]:
    """Yield what the parts of an instrument say against each other."""
    ids = [item.id for item in instrument.items]
    yield from (f"item {i!r} stands {n} times" for i, n in Counter(ids).items() if n > 1)
    known = {
        "scale": set(instrument.scales),
        "dimension": {d.id for d in instrument.dimensions},
        "practice": {p.id for p in instrument.practices},
    }
    for item in instrument.items:
        named = [
            ("scale", item.scale),
            ("dimension", item.dimension),
            *(("practice", p) for p in item.practices),
        ]
        for kind, name in named:
            if name is not None and name not in known[kind]:
                hint = ", ".join(nearest(name, known[kind])) or ", ".join(sorted(known[kind])) or "none"
                yield f"item {item.id!r}, field {kind}: {name!r} is not defined (defined: {hint})"
    yield from _pair_problems(instrument)
    for index in instrument.indices:
        yield from (f"index {index.id!r}: no item {i!r}" for i in index.items if i not in set(ids))
        yield from (
            f"index {index.id!r}: item {i!r} is open and cannot be scored"
            for i in index.items
            if i in set(ids) and instrument.item(i).scale is None
        )
        if index.formula in ("ukcsi", "acsi"):
            yield from (
                f"index {index.id!r}: formula {index.formula} needs a scale 1 to 10, item {i!r} has another"
                for i in index.items
                if i in set(ids) and (instrument.scale_of(i).min, instrument.scale_of(i).max) != (1, 10)
            )
    yield from _criterion_problems(instrument)
    fields = [f.id for f in (*instrument.organization_fields, *instrument.respondent_fields)]
    reserved = {"organization", "respondent", "wave", "seconds", "origin", *ids}
    yield from (f"field {f!r} has the name of an item or a reserved column" for f in fields if f in reserved)
    yield from (f"field {f!r} stands {n} times" for f, n in Counter(fields).items() if n > 1)


def _pair_problems(instrument: Instrument) -> Iterator[str]:
    members: dict[str, list[Item]] = {}
    for item in instrument.items:
        if item.pair is not None:
            members.setdefault(item.pair, []).append(item)
    for pair, items in members.items():
        if sorted(str(item.facet) for item in items) != ["do", "say"]:
            found = ", ".join(f"{item.id} ({item.facet})" for item in items)
            yield f"pair {pair!r} must have one Say and one Do item, it has {found}"
        elif items[0].dimension != items[1].dimension:
            yield f"pair {pair!r}: its items are in different dimensions"


def _criterion_problems(instrument: Instrument) -> Iterator[str]:
    if instrument.criterion is None:
        return
    index = next((i for i in instrument.indices if i.id == instrument.criterion), None)
    if index is None:
        yield f"criterion {instrument.criterion!r} is not an index of the instrument"
        return
    gap = {item.id for item in instrument.select(role="gap")}
    if shared := [i for i in index.items if i in gap]:
        yield (
            f"criterion {index.id!r} contains the gap items {', '.join(shared)}: quartiles cut on the "
            "gap's own items find a gap where there is none; take performance items"
        )


class _UniqueKeyLoader(yaml.SafeLoader):
    """A safe YAML loader for which a key that stands twice is an error, not the last one's victory."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key, count in Counter(map(repr, keys)).items():
            if count > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key} stands {count} times", node.start_mark
                )
        return super().construct_mapping(node, deep=deep)


def load_instrument(path: Path) -> Instrument:
    """Read and check an instrument file.

    Parameters
    ----------
    path
        A YAML file.

    Returns
    -------
    Instrument

    Raises
    ------
    InstrumentError
        The file is missing, is not YAML, or does not describe a survey; names file, item and field, and
        reports all problems together.
    """
    try:
        return parse_instrument(path.read_text(encoding="utf-8"), name=path.name)
    except FileNotFoundError:
        siblings = [p.name for p in path.parent.glob("*.yaml")] if path.parent.is_dir() else []
        raise InstrumentError(
            "There is no such instrument file.",
            where=path,
            allowed=", ".join(nearest(path.name, siblings) or sorted(siblings)) or None,
            next_step="Give the path of a YAML file, e.g. data/instruments/customer_focus.yaml.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InstrumentError(
            "The instrument file cannot be read.",
            where=path,
            value=error,
            next_step="Give a UTF-8 YAML file.",
        ) from None


def parse_instrument(text: str, *, name: str = "instrument") -> Instrument:
    """Return the instrument that a YAML text describes; `name` stands in error messages.

    Raises
    ------
    InstrumentError
        As for `load_instrument`.
    """
    try:
        content = yaml.load(text, Loader=_UniqueKeyLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise InstrumentError("The instrument is not valid YAML.", where=name, value=error) from None
    if not isinstance(content, dict) or "items" not in content:
        raise InstrumentError(
            "This is not an instrument: it has no items.",
            where=name,
            allowed="a YAML mapping with format, id, title, version, scales, items",
            next_step="Start from data/instruments/customer_focus.yaml.",
        )
    try:
        return Instrument.model_validate(content)
    except ValidationError as error:
        problems = [f"{_place(e['loc'], content)}: {_message(e)}" for e in error.errors()]
        raise InstrumentError(
            "\n  - ".join([f"The instrument {name} is not right in {len(problems)} place(s):", *problems]),
            next_step="Correct the file; docs/instruments.md describes each field.",
        ) from None


def _message(error: Any) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] in ("value_error", "missing"):
        return message
    return f"{message} (found {error['input']!r})"


def _place(location: tuple[int | str, ...], content: dict[str, Any]) -> str:
    """Return a place in the file in words: the item's id instead of its number."""
    words: list[str] = []
    here: Any = content
    for step in location:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        named = isinstance(step, int) and isinstance(here, dict) and "id" in here
        words.append(f"{here['id']!r}" if named else str(step))
    return " > ".join(words) or "the whole"
