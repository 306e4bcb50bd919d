"""The instruments that ship with the package, by name: ``customer_focus`` instead of a path."""

from __future__ import annotations

import os.path
from pathlib import Path

from cfanalysis.core.errors import InstrumentError, nearest
from cfanalysis.core.resources import shipped_file


def shipped_instruments() -> dict[str, Path]:
    """Return the instruments of the workbook: name -> file.

    Examples
    --------
    >>> sorted(shipped_instruments())
    ['customer_focus', 'customer_index', 'fevs_2022', 'fevs_2023']
    """
    return {path.stem: path for path in sorted(shipped_file("data", "instruments").glob("*.yaml"))}


def find_instrument(given: Path) -> Path:
    """Return the file that a path or the name of a shipped instrument means; a file that exists goes first.

    Parameters
    ----------
    given
        A path, or a name such as ``customer_focus``.

    Raises
    ------
    InstrumentError
        There is neither such a file nor such an instrument; the nearest are named.

    Examples
    --------
    >>> find_instrument(Path("customer_focus")).name
    'customer_focus.yaml'
    """
    if os.path.isfile(given):  # noqa: PTH113 - false, where pathlib raises: a name longer than any file's
        return given
    shipped = shipped_instruments()
    bare = given.parent == Path()
    if bare and (given.name in shipped or (given.suffix == ".yaml" and given.stem in shipped)):
        return shipped[given.name.removesuffix(".yaml")]
    siblings = [p.name for p in given.parent.glob("*.yaml")] if os.path.isdir(given.parent) else []  # noqa: PTH112
    near = [*nearest(given.name, siblings), *nearest(given.stem, shipped)]
    raise InstrumentError(
        "There is no such instrument.",
        where=given,
        allowed=", ".join(dict.fromkeys(near)) or ", ".join([*sorted(siblings), *shipped]),
        next_step="Give the path of a YAML file, or the name of an instrument that ships: "
        f"{', '.join(shipped)}.",
    )
