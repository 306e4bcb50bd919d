"""What the people of `tests/export_files.py` answer, as responses; their files read and cleaned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from cfanalysis.intake import RawAnswers, ReadingOptions, read
from cfanalysis.intake.cleaning import CleaningLog, clean
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

from .. import export_files as made_by
from ..export_files import Made, people


def expected(*, seconds: bool) -> pd.DataFrame:
    """The responses that `people` give, worked out by hand."""
    rows = []
    for p in people():
        rated = dict(zip(made_by.RATED, p.rated, strict=True))
        row: dict[str, object] = {"organization": p.organization, "respondent": p.respondent, "wave": "2024"}
        row |= {
            "seconds": float(p.seconds) if seconds else None,
            "origin": "",
            "sector": p.sector,
            "email": "",
        }
        row |= {i: DONT_KNOW_CODE if a == 9 else a for i, a in rated.items()}
        row |= {w: int(w in p.chosen) for w in ("w1", "w2", "w3")}
        row["why"] = p.why and 'Listen, then "act" at once; please'
        rows.append(row)
    items = [*made_by.RATED, "w1", "w2", "w3"]
    frame = pd.DataFrame(rows).astype({"seconds": "Float64", **dict.fromkeys(items, "Int8")})
    texts = ["organization", "respondent", "wave", "origin", "sector", "email", "why"]
    return frame.astype(dict.fromkeys(texts, "str")).sort_values(
        ["organization", "wave", "respondent"], ignore_index=True
    )


def cleaned(
    path: Path, instrument: Instrument, options: ReadingOptions | None = None
) -> tuple[RawAnswers, pd.DataFrame, CleaningLog]:
    raw = read(path, instrument, options=options or ReadingOptions())
    assert isinstance(raw, RawAnswers)
    responses, log = clean(raw, instrument)
    assert len(raw.frame) == log.rows_in == log.rows_out + sum(log.rows_dropped.values())
    return raw, responses, log


def changed(made: Made, column: str, values: dict[int, str], *, header: int) -> Made:
    """The file with cells of a column changed; rows are counted from the first answer on."""
    place = next(i for i, cell in enumerate(made.rows[0]) if cell == column)
    rows = [list(row) for row in made.rows]
    for number, value in values.items():
        rows[header + number][place] = value
    return made._replace(rows=rows)


def as_sav(path: Path, frame: pd.DataFrame, how: dict[str, Any], **more: Any) -> Path:
    """The answers as SPSS keeps them."""
    pyreadstat.write_sav(frame, str(path), **how, **more)
    return path
