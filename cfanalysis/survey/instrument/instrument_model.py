"""The parts of an instrument as types: immutable, checked as they are made.

An error in a part says what is wrong with it; `cfanalysis.survey.instrument.instrument_file` says where in the file
it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cfanalysis.core.errors import InstrumentError, nearest

Facet = Literal["say", "do"]
Role = Literal["gap", "performance", "level", "warning_sign", "expectation", "open"]
Formula = Literal["mean", "percent_positive", "top2box", "nps", "ukcsi", "acsi"]
_FORMAT = 1


class _Part(BaseModel):
    """A part of an instrument: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True, allow_inf_nan=False)


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
    """A fact about the organization or the respondent.

    `spellings` are its options in other languages, each with the option that it stands for; `shown` is how options
    are written in the language that is read, where they are not written as they are counted.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    options: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    spellings: dict[str, str] = {}
    shown: dict[str, str] = {}

    def shown_option(self, option: str) -> str:
        """Return how an option is written in the language that is read."""
        return self.shown.get(option, option)


class Index(_Part):
    """A score from several items.

    `formula`: ``mean`` = mean of the items' 0-100 scores; ``percent_positive`` = mean of the items' shares
    of answers at or above `positive_from`; ``top2box`` = the same of the two highest answers; ``nps`` = share of 9
    and 10 minus share of 0 to 6 on a scale from 0 to 10, from -100 to 100; ``ukcsi`` = mean of 1-10 ratings times 10;
    ``acsi`` = mean on 0-100 of 1-10 ratings. `published` holds figures from the source, for comparison only.
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

    @property
    def lowest(self) -> float:
        """The lowest value that the index can have."""
        return -100.0 if self.formula == "nps" else 0.0


class FrequencyTables(_Part):
    """How published frequency tables look: one sheet or block for each item, one row for each organization.

    Parameters
    ----------
    header
        Text of the first cell of the header row.
    wave
        The wave that the file reports.
    count
        Header of the column with the number of valid answers; empty where the publisher does not say it.
    totals
        Row names that are totals over organizations: kept and shown, never ranked or pooled.
    overall
        The one of `totals` that covers everybody.
    marks
        Characters that are footnote marks when they stand before or after a name.
    tolerance
        How far an item's shares may be from summing to 1 before the row is an error.
    suppressed
        Texts that stand where the publisher withheld a figure, beside the usual ones
        (`cfanalysis.intake.frequency_checks.WITHHELD_MARKS`).
    """

    header: str
    wave: str
    count: str = ""
    totals: tuple[str, ...] = ()
    overall: str | None = None
    marks: str = "†‡*"
    tolerance: float = Field(default=0.005, ge=0, le=0.05)
    suppressed: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> FrequencyTables:
        if self.overall is not None and self.overall not in self.totals:
            raise ValueError(f"overall ({self.overall!r}) is not one of totals {list(self.totals)}")
        return self


class Status(_Part):
    """A column that says which rows do not count: screened out, testers, terminated.

    Parameters
    ----------
    columns
        The names under which it stands in a file.
    not_counted
        Its values whose rows are dropped, compared without case.
    """

    columns: tuple[str, ...] = Field(min_length=1)
    not_counted: tuple[str, ...] = Field(min_length=1)


class Minima(_Part):
    """The fewest people and organizations about whom something is shown; the least a respondent answers.

    Parameters
    ----------
    respondents, organizations
        About fewer, only totals or nothing is shown.
    answered_share
        Share of the Say items, and of the Do items, below which a row is dropped.
    complete_share
        Share of the items asked from which a row is complete, where one respondent stands in several rows of a wave;
        the limits between break-off, partial and complete are the usual ones (AAPOR, Standard Definitions).
    """

    respondents: int = Field(default=5, ge=2)
    organizations: int = Field(default=5, ge=3)
    answered_share: float = Field(default=0.5, ge=0, le=1)
    complete_share: float = Field(default=0.8, ge=0, le=1)


class Care(_Part):
    """When answers look careless; they are flagged, and dropped only when that is asked for.

    Parameters
    ----------
    straight_items
        The fewest items of one grid on which the same answer throughout is a straight line.
    speed_share
        Seconds for each answer below this share of the survey's median are too few.
    short_answer
        An open answer of fewer letters and digits says next to nothing.
    """

    straight_items: int = Field(default=8, ge=3)
    speed_share: float = Field(default=1 / 3, ge=0, lt=1)
    short_answer: int = Field(default=3, ge=0)


class Pair(NamedTuple):
    """A Say item and a Do item about the same subject."""

    id: str
    say: Item
    do: Item


class Instrument(_Part):
    """What a survey asks. Make one with `cfanalysis.survey.instrument.load_instrument`."""

    format: Literal[1]
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    version: str
    about: str = ""
    public: bool = False
    language: str = "en"
    languages: tuple[str, ...] = ()
    unit: Literal["organization", "respondent"] = "organization"
    scales: dict[str, Scale]
    dimensions: tuple[Titled, ...] = ()
    practices: tuple[Titled, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)
    organization_fields: tuple[DataField, ...] = ()
    respondent_fields: tuple[DataField, ...] = ()
    columns: dict[Literal["organization", "respondent", "wave", "seconds", "origin"], tuple[str, ...]] = {}
    missing: tuple[str, ...] = ()
    status: tuple[Status, ...] = ()
    waves: tuple[str, ...] = ()
    indices: tuple[Index, ...] = ()
    criterion: str | None = None
    criterion_outcome: str | None = None
    parent: str | None = None
    minima: Minima = Minima()
    care: Care = Care()
    frequency_tables: FrequencyTables | None = None
    themes: dict[str, tuple[str, ...]] = {}
    theme_titles: dict[str, str] = {}

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
        """Return the items with this role, facet and dimension, in the instrument's order.

        Parameters
        ----------
        role
            The items' role; None for any.
        facet
            The items' facet; None for any.
        dimension
            The id of the items' dimension; None for any.
        """
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
        ids = ", ".join(index.id for index in self.indices)
        raise InstrumentError(f"The instrument {self.id!r} has no index {index_id!r}.", allowed=ids or "none")

    @property
    def criterion_index(self) -> Index | None:
        """The index on which quartiles are cut, where the instrument has one."""
        return None if self.criterion is None else self.index(self.criterion)

    @property
    def shown_options(self) -> dict[str, dict[str, str]]:
        """How options are written where that is not as they are counted, by the title of their field."""
        return {f.title: f.shown for f in (*self.organization_fields, *self.respondent_fields) if f.shown}

    @property
    def parent_field(self) -> DataField | None:
        """The field that says to which parent an organization belongs: the named one, else one called ``parent``."""
        wanted = self.parent or "parent"
        return next((field for field in self.organization_fields if field.id == wanted), None)

    def wave_order(self, waves: Sequence[str]) -> list[str]:
        """Return the waves in the instrument's order; those it does not list come last, sorted as text."""
        rank = {wave: i for i, wave in enumerate(self.waves)}
        return sorted(set(waves), key=lambda wave: (rank.get(wave, len(rank)), wave))
