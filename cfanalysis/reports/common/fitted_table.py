"""Tables without empty columns, whose note explains only what stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cfanalysis.core.blocks import Column, Table, table_columns
from cfanalysis.core.formatting import MISSING
from cfanalysis.core.language import translated
from cfanalysis.core.templates import running_text
from cfanalysis.survey.survey_data import Source


def source_table(
    title: str,
    labels: Sequence[str] | Sequence[Column],
    rows: Sequence[Sequence[str]],
    note: str,
    source: Source,
    *,
    emphasis: Sequence[int] = (),
    left: int = 1,
) -> Table:
    """Return a table with all its columns, whose note ends with what its source says.

    Parameters
    ----------
    title, rows, note, emphasis
        As of `cfanalysis.core.blocks.Table`; the title is translated here.
    labels
        What stands above each column, in English; or the columns themselves.
    source
        Whose caption ends the note.
    left
        How many columns, from the first on, hold words, where labels are given rather than columns.
    """
    columns = [c for c in labels if isinstance(c, Column)] or table_columns(map(str, labels), left=left)
    return Table(translated(title), columns, rows, running_text(note, source.caption), emphasis)


def fitted_table(
    title: str,
    labels: Sequence[str],
    rows: Sequence[Sequence[str]],
    note: str,
    *,
    of_column: Mapping[str, str] | None = None,
    emphasis: Sequence[int] = (),
    left: int = 1,
) -> Table:
    """Return a table without the columns in which nothing stands; its title and labels are translated here.

    Parameters
    ----------
    title, rows, note, emphasis
        As of `cfanalysis.core.blocks.Table`.
    labels
        What stands above each column, in English.
    of_column
        Sentences that the note begins with, by the label of the column that they explain.
    left
        How many columns, from the first on, hold words.

    Examples
    --------
    >>> rows = [("Say", "48.8", "–"), ("Do", "29.7", "–")]
    >>> table = fitted_table("Scores", ("", "You", "Top"), rows, "0 to 100.", of_column={"Top": "Top: the best."})
    >>> [column.label for column in table.columns], table.note
    (['', 'You'], '0 to 100.')
    """
    columns = table_columns(labels, left=left)
    kept = [i for i in range(len(columns)) if i == 0 or any(row[i] not in (MISSING, "") for row in rows)]
    told = [
        translated(text) for label, text in (of_column or {}).items() if label in {labels[i] for i in kept}
    ]
    return Table(
        translated(title),
        [columns[i] for i in kept],
        [tuple(row[i] for i in kept) for row in rows],
        running_text(*told, note),
        emphasis,
    )
