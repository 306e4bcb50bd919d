"""Which names are one organization.

Names that differ only by case or spacing are one organization, under the most frequent spelling. Names that
differ by accents or punctuation only may be one ("Alder Cafe" and "Alder Café, Inc." are not): they are
proposed as aliases, never merged. The organizations file settles them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from cfanalysis.intake.cleaning.log import Proposal
from cfanalysis.intake.cleaning.text_column import Booleans, TextColumn
from cfanalysis.intake.folding import fold_text


def spelling_corrections(names: TextColumn, rows: Booleans) -> dict[str, str]:
    """Return the most frequent spelling of a name for each of its other spellings.

    Of equally frequent spellings it is the first in the alphabet.

    Parameters
    ----------
    names
        The organization of each row.
    rows
        Which rows count, shape (rows,).

    Returns
    -------
    dict
        Other spelling -> spelling to use.
    """
    frequency = names.frequencies(rows)
    spelling: dict[str, str] = {}
    for name in sorted(frequency, key=lambda name: (-frequency[name], name)):
        spelling.setdefault(fold_text(name), name)
    return {name: spelling[fold_text(name)] for name in frequency if spelling[fold_text(name)] != name}


def alias_targets(names: TextColumn, aliases: Mapping[str, str]) -> dict[str, str]:
    """Return the organization's name for each name that is an alias, regardless of case and extra spaces.

    Parameters
    ----------
    names
        The organization of each row.
    aliases
        Alias -> name of the organization.
    """
    known = {fold_text(alias): name for alias, name in aliases.items()}
    return names.map_values(lambda text: known.get(fold_text(text), text)) if known else {}


def alias_proposals(names: TextColumn, rows: Booleans) -> list[Proposal]:
    """Return the names that differ from a more frequent name only by accents, punctuation and spaces.

    Parameters
    ----------
    names
        The organization of each row.
    rows
        Which rows count, shape (rows,).
    """
    frequency = {name: n for name, n in names.frequencies(rows).items() if name}
    groups: dict[str, list[str]] = {}
    for name in sorted(frequency, key=lambda name: (-frequency[name], name)):
        groups.setdefault(name_skeleton(name), []).append(name)
    return [
        Proposal("organization", "organization", other, first, 1.0, frequency[other])
        for first, *others in groups.values()
        for other in others
    ]


def name_skeleton(name: str) -> str:
    """Return a name's letters and digits without case, accents, punctuation and spaces.

    Examples
    --------
    >>> name_skeleton("Alder Café"), name_skeleton("ALDER-CAFE")
    ('aldercafe', 'aldercafe')
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = re.sub(r"[\W_]", "", "".join(c for c in plain if not unicodedata.combining(c)))
    return letters or name
