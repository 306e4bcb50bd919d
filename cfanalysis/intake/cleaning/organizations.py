"""Which names are one organization.

Names that differ only by case or spacing are one organization, under the most frequent spelling. Names that
differ by accents or punctuation only may be one ("Alder Cafe" and "Alder Café, Inc." are not): they are
proposed as aliases, never merged. The organizations file settles them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import numpy as np

from cfanalysis.intake.cleaning.log import Proposal
from cfanalysis.intake.cleaning.texts import Booleans, Texts
from cfanalysis.intake.folding import folded


def one_spelling(names: Texts, rows: Booleans) -> dict[str, str]:
    """Return for each other spelling of a name the most frequent one, of equally frequent the first in the alphabet."""
    count = np.bincount(names.codes[rows], minlength=len(names.values))
    frequency = {name: n for name, n in zip(names.values.to_pylist(), count.tolist(), strict=True) if n}
    spelling: dict[str, str] = {}
    for name in sorted(frequency, key=lambda name: (-frequency[name], name)):
        spelling.setdefault(folded(name), name)
    return {name: spelling[folded(name)] for name in frequency if spelling[folded(name)] != name}


def aliased(names: Texts, aliases: Mapping[str, str]) -> dict[str, str]:
    """Return for each name that is an alias, without case and extra spaces, the organization's name."""
    known = {folded(alias): name for alias, name in aliases.items()}
    return names.mapped(lambda text: known.get(folded(text), text)) if known else {}


def proposed_aliases(names: Texts, rows: Booleans) -> list[Proposal]:
    """Return names that differ from a more frequent one by accents, punctuation and spaces only."""
    count = np.bincount(names.codes[rows], minlength=len(names.values))
    frequency = {
        name: n for name, n in zip(names.values.to_pylist(), count.tolist(), strict=True) if n and name
    }
    groups: dict[str, list[str]] = {}
    for name in sorted(frequency, key=lambda name: (-frequency[name], name)):
        groups.setdefault(skeleton(name), []).append(name)
    return [
        Proposal("organization", "organization", other, first, 1.0, frequency[other])
        for first, *others in groups.values()
        for other in others
    ]


def skeleton(name: str) -> str:
    """Return a name's letters and digits without case, accents, punctuation and spaces.

    Examples
    --------
    >>> skeleton("Alder Café"), skeleton("ALDER-CAFE")
    ('aldercafe', 'aldercafe')
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = re.sub(r"[\W_]", "", "".join(c for c in plain if not unicodedata.combining(c)))
    return letters or name
