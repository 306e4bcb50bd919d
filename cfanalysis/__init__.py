"""cfanalysis: the Say-Do gap of Customer Focus Self Assessments, honestly tested and published.

Importing the package imports nothing heavy. ``import cfanalysis as cf``, then ``study = cf.open_study("sample")`` and
``cf.quartile_gaps(study).plot()``: what `cfanalysis.jupyter.study_analyses` offers is here, too, and imported when it
is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
_DOOR = "cfanalysis.jupyter.study_analyses"

if TYPE_CHECKING:
    from cfanalysis.jupyter.study_analyses import *  # noqa: F403 - what __getattr__ finds, for type checkers
else:

    def __getattr__(name: str) -> Any:
        if not name.startswith("_") and name in (door := import_module(_DOOR)).__all__:
            return getattr(door, name)
        raise AttributeError(f"module 'cfanalysis' has no attribute {name!r}")


def __dir__() -> list[str]:
    names: list[str] = import_module(_DOOR).__all__
    return sorted([*names, "__version__"])
