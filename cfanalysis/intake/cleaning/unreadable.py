"""Values of items that are no answers and recur: not stray errors, but another coding than the instrument's.

A single cell that cannot be read becomes missing, and is in the log. A value that stands in several items of a scale,
or again and again in one, would take a whole answer away, mostly an end of the scale: it is a problem, unless it is
accepted (`cfanalysis.intake.accepted_values`). So are fractions, which are means of people or recoded answers, and
columns most of which cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cfanalysis.intake.accepted_values import EVERYTHING, acceptance
from cfanalysis.intake.answers import NO_ANSWER, Answer, anchored_label, parse_number
from cfanalysis.intake.cleaning.state import CleaningState
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.folding import comparable_text
from cfanalysis.intake.similarity import LIKELY, alike
from cfanalysis.survey.instrument import Scale

_LOST = ("out_of_range", "not_an_answer")
FEWEST, RARE = 2, 0.002
"""A value comes back from so many cells on, if it is at least this share of what was answered there."""

_SHOWN = 8


@dataclass
class Unread:
    """What could not be read in the items of one scale: value -> item -> cells, and the cells answered in each item."""

    scale: Scale
    cells: dict[str, dict[str, int]] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    turned: dict[str, str] = field(default_factory=dict)

    def add(self, item: str, read: Sequence[tuple[str, Answer, int]], decimal: str) -> None:
        """Record what cannot be read in an item, and a label with another number than the scale's beside mere numbers.

        Parameters
        ----------
        item
            The item's id.
        read
            Each distinct text of its column, what it means, and in how many rows it stands.
        decimal
            The decimal sign of numbers.
        """
        middle = (self.scale.min + self.scale.max) / 2
        numbers = {
            t: a.code if not a.rule else (anchored_label(t) or a).code
            for t, a, _ in read
            if a.code > NO_ANSWER
        }
        turned = [t for t, a, _ in read if t in numbers and numbers[t] != a.code and a.rule == "label"]
        bare = any(numbers.get(t) == a.code != middle and _is_number(t, a, self.scale) for t, a, _ in read)
        if turned and bare:
            self.turned[item] = turned[0]
        lost = [(t, n) for t, a, n in read if a.rule in _LOST]
        if lost:
            self.answered[item] = sum(n for _, a, n in read if a.code != NO_ANSWER or a.rule in _LOST)
        for text, n in lost:
            if n:
                own = self.cells.setdefault(_one_way(text, decimal), {})
                own[item] = own.get(item, 0) + n

    def recurrent(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Yield the values that come back, or stand in an item most of which cannot be read, with their cells."""
        lost = {item: sum(own.get(item, 0) for own in self.cells.values()) for item in self.answered}
        mostly = {item for item, n in lost.items() if n >= FEWEST and 2 * n > self.answered[item]}
        for value, own in self.cells.items():
            if _many(own, self.answered) or mostly & set(own):
                yield value, own


def unreadable_values(work: CleaningState, unread: Mapping[str, Unread]) -> Iterator[Finding]:
    """Yield the values that come back in the items of each scale, and fractions.

    Parameters
    ----------
    work
        The rows, answers read.
    unread
        Name of a scale -> what could not be read on it.
    """
    for name, found in unread.items():
        if found.turned:
            yield _turned(found.turned, name)
        fractions = {v: own for v, own in found.cells.items() if _is_fraction(v, found.scale)}
        cells: dict[str, int] = {}
        for own in fractions.values():
            for item, n in own.items():
                cells[item] = cells.get(item, 0) + n
        if _many(cells, found.answered):
            yield _fractions(list(fractions), cells, found.scale)
        else:
            fractions = {}
        together: dict[tuple[str, ...], dict[str, int]] = {}
        for value, own in found.recurrent():
            if value not in fractions:
                together.setdefault(tuple(own), {})[value] = sum(own.values())
        unused = _unused_ends(work, name, found.scale) if together else ""
        for items, values in together.items():
            yield _recurrent(items, values, name, found.scale, unused)


def _turned(items: Mapping[str, str], name: str) -> Finding:
    first = next(iter(items))
    text = (
        f"columns {_some(list(items))}: {items[first][:80]!r} has another number on the scale {name!r}, "
        "and other cells hold numbers alone: which of the two counts is not known"
    )
    way = "Export labels, or number the scale in the instrument as the file does (and set reverse)"
    return Finding(
        "contradiction", text, first if len(items) == 1 else "", None, items[first], way, len(items)
    )


def _recurrent(
    items: tuple[str, ...], values: dict[str, int], name: str, scale: Scale, unused: str
) -> Finding:
    """Return the problem of values that come back in the same items, by value the number of cells."""
    often = sorted(values, key=lambda value: -values[value])
    labels = tuple(s for c in scale.categories for s in scale.spellings(c)) + scale.dont_know.labels
    shown = []
    for value in often[:_SHOWN]:
        named = () if parse_number(value) is not None else labels
        near, _ = alike(value, [(label, label) for label in named], least=LIKELY)
        nearest = f", nearest {near!r}" if near else ""
        shown.append(f"{value[:80]!r} ({values[value]:,} cells{nearest})")
    where = "column" if len(items) == 1 else f"{len(items)} columns:"
    scaled = f"no answer of the scale {name!r}, {scale.min} to {scale.max}{unused}"
    text = f"{where} {_some(items)}: {_some(shown)}: {scaled}"
    column = items[0] if len(items) == 1 else EVERYTHING
    accept = " ".join(acceptance(column, value[:80]) for value in often[:_SHOWN])
    way = f"If it is an answer, add it to the scale in the instrument; if it means no answer: {accept}"
    return Finding(
        "recurrent_value",
        text,
        items[0] if len(items) == 1 else "",
        None,
        often[0][:200],
        way,
        sum(values.values()),
    )


def _fractions(values: list[str], cells: dict[str, int], scale: Scale) -> Finding:
    n, items = sum(cells.values()), list(cells)
    text = (
        f"columns {_some(items)}: {n:,} cells hold fractions ({_some(values)}); the scale has whole numbers, "
        f"{scale.min} to {scale.max}: these are means of people, or answers that were recoded"
    )
    way = "Give the answers of the respondents as they were given, one row each"
    return Finding("fraction", text, items[0] if len(items) == 1 else "", None, values[0], way, n)


def _many(cells: Mapping[str, int], answered: Mapping[str, int]) -> bool:
    n = sum(cells.values())
    return n >= FEWEST and n >= RARE * sum(answered[item] for item in cells)


def _one_way(text: str, decimal: str) -> str:
    """Return a value so that two spellings of it are one."""
    value = parse_number(text, decimal=decimal)
    return comparable_text(text) if value is None else f"{value:g}"


def _is_number(text: str, read: Answer, scale: Scale) -> bool:
    """Return whether nothing but the number of a text says which answer it is."""
    return not read.rule or (anchored_label(text) is not None and not scale.spellings(read.code))


def _is_fraction(value: str, scale: Scale) -> bool:
    found = parse_number(value)
    return found is not None and found % 1 != 0


def _unused_ends(work: CleaningState, name: str, scale: Scale) -> str:
    """Return in words which ends of the scale no answer is."""
    items = [item.id for item in work.instrument.rated_items if item.scale == name]
    unused = [
        str(end) for end in (scale.min, scale.max) if not any((work.answers[i] == end).any() for i in items)
    ]
    return f"; no cell holds {' or '.join(unused)}" if unused else ""


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
