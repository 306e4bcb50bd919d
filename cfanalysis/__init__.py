"""cfanalysis: the Say-Do gap of Customer Focus Self Assessments, honestly tested and published.

Importing the package imports nothing heavy. ``import cfanalysis as cf``, then ``study = cf.open_study("sample")`` and
``cf.quartile_gaps(study).plot()``: what `cfanalysis.jupyter.study_analyses` offers is here, too, and imported when it
is first asked for.
"""

# ruff: noqa: F403, F405 - type checkers find the names of __all__ where __getattr__ finds them
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "all_outcome_relations", "answer_distribution", "aspect_gaps", "attempt", "brand_file_theme", "change_within",
    "chart", "claim_parts", "cleaning_record", "contrast_specifications", "describe", "expectation", "figure_numbers",
    "gap_distribution", "gap_slope", "index_table", "item_quality", "measurement_quality", "open_study",
    "organization_levels", "outcome_relations", "pair_gaps", "participation", "practice_contrast", "prepare",
    "quartile_gaps", "robustness", "role_effects", "say_do_profile", "score_bands", "sector_index", "self_rating",
    "study_masthead", "study_power", "trends", "verdict", "warning_signs",
]  # fmt: skip

if TYPE_CHECKING:
    from cfanalysis.jupyter.study_analyses import *
else:

    def __getattr__(name: str) -> Any:
        if name in __all__:
            return getattr(import_module("cfanalysis.jupyter.study_analyses"), name)
        raise AttributeError(f"module 'cfanalysis' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
