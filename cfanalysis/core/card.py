"""A card: what a study or a result shows of itself at the end of a notebook's cell, and as text in a console.

Colours are JupyterLab's own, light or dark; where they do not exist, as on a published page, those around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from cfanalysis.core.language import listing, series
from cfanalysis.core.templates import plural, sentence

_LEAST, _MOST = 8, 9  # rows and columns of a table that are shown
_MUTED = "color:var(--jp-content-font-color2,inherit)"
_FRAME = (
    "border:1px solid var(--jp-border-color2,#8a96a1);border-left:4px solid var(--jp-brand-color1,#0b6e75);"
    "padding:0.6em 1em;max-width:56em;overflow-x:auto;background:var(--jp-layout-color1,transparent);"
    "color:var(--jp-content-font-color1,inherit);font-family:var(--jp-content-font-family,inherit)"
)


@dataclass(frozen=True)
class Card:
    """What is shown of a study or of a result.

    Parameters
    ----------
    title
        What it is, or what was found.
    lead
        The sentence below: the verdict, or the measure.
    facts
        Waves, n, source and the like, each a short text.
    calls
        What to call next: the code, and what it returns.
    frame
        A table of which the first rows are shown; None for none.
    """

    title: str
    lead: str = ""
    facts: Sequence[str] = ()
    calls: Sequence[tuple[str, str]] = ()
    frame: pd.DataFrame | None = None

    def text(self) -> str:
        """Return the card as plain text.

        Examples
        --------
        >>> print(Card("Survey", facts=["wave 2025", "n = 40"], calls=[("study.items()", "answers")]).text())
        Survey
        wave 2025; n = 40
        study.items()  answers
        """
        width = max((len(code) for code, _ in self.calls), default=0)
        calls = [f"{code:<{width}}  {returns}" for code, returns in self.calls]
        return "\n".join(line for line in (self.title, self.lead, series(self.facts), *calls) if line)

    def html(self) -> str:
        """Return the card as an HTML fragment; everything in it is escaped."""
        parts = [f'<div style="font-weight:600;font-size:1.1em">{escape(self.title)}</div>']
        if self.lead:
            parts.append(f'<div style="margin:0.3em 0">{escape(self.lead)}</div>')
        if self.facts:
            parts.append(f'<div style="{_MUTED}">{escape(series(self.facts))}</div>')
        if self.frame is not None:
            parts.append(self._table(self.frame))
        rows = "".join(
            f'<tr style="background:none"><td style="text-align:left"><code>{escape(code)}</code></td>'
            f'<td style="text-align:left;{_MUTED}">{escape(returns)}</td></tr>'
            for code, returns in self.calls
        )
        parts.append(f'<table style="margin:0.5em 0 0">{rows}</table>' if rows else "")
        return f'<div class="cfa-card" style="{_FRAME}">{"".join(parts)}</div>'

    @staticmethod
    def _table(frame: pd.DataFrame) -> str:
        shown = frame.iloc[:_LEAST, :_MOST]
        rows, columns = len(frame) - len(shown), frame.shape[1] - shown.shape[1]
        more = [plural(rows, "{n} more row", "{n} more rows")] if rows else []
        more += [plural(columns, "{n} more column", "{n} more columns")] if columns else []
        table = shown.to_html(index=False, border=0, escape=True, na_rep="–", float_format="{:,.3g}".format)
        return table + (
            f'<div style="{_MUTED}">{sentence("and {more}", more=listing(more))}</div>' if more else ""
        )
