"""What a page is made of: masthead, key figures, notice, table, prose, figure, the mark of a section.

A block is a finished piece of a report. As the last line of a notebook cell it shows itself: as plain text, as HTML
for the screen and the published page, and as JSON for the PDF, whose renderer draws it without knowing what the
numbers mean. Blocks compute nothing; the packages above (`charts`, `reports`) make them from results.

The JSON is the block's own fields, under the media type ``application/vnd.cfanalysis.<kind>.v1+json``.
A figure is an ordinary ``image/svg+xml`` output with its alt text in the output's metadata.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, ClassVar, Literal

from cfanalysis.core.errors import ParameterError
from cfanalysis.core.language import translated

MEDIA_TYPE = "application/vnd.cfanalysis.{kind}.v1+json"
BLOCK_KINDS = ("masthead", "keyfigures", "notice", "table", "section")

DESCRIPTION = MEDIA_TYPE.format(kind="description")
"""The media type of what `describe` leaves in a cell's outputs."""

NARROW_PICTURE = MEDIA_TYPE.format(kind="narrow")
"""The media type of a figure's picture for narrow screens, beside the ordinary one."""

Bundle = tuple[dict[str, Any], dict[str, Any]]

_LONG_VALUE = ' class="cfa-long"'
_ROW = ' style="display:flow-root"'  # JupyterLab floats terms and values: a long term would push the next row aside


@lru_cache(maxsize=1)
def _notebook_style() -> str:
    """Return the rules by which blocks look in a notebook as on a page, light and dark."""
    return Path(__file__).with_name("notebook.css").read_text(encoding="utf-8")


@dataclass(frozen=True)
class _Block:
    """A block shown by its fields."""

    kind: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        """Return the block's fields as JSON-ready values."""
        return asdict(self)

    def text(self) -> str:
        """Return the block as plain text."""
        raise NotImplementedError

    def html(self) -> str:
        """Return the block as an HTML fragment; everything in it is escaped."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        media_type, shown = MEDIA_TYPE.format(kind=self.kind), self.html()
        shown = f"<style>{_notebook_style()}</style>{shown}" if shown else shown
        return {"text/plain": self.text(), "text/html": shown, media_type: self.payload()}, {}


@dataclass(frozen=True)
class Masthead(_Block):
    """The head of a report.

    Parameters
    ----------
    title
        What the report is.
    subtitle
        Whom or what it is about.
    facts
        Label and value pairs below the title (wave, respondents, ...).
    notice
        A line that stands on every page, e.g. that the data are synthetic; empty for none.
    footer
        A short line at the foot of every page (study, confidentiality).
    client
        Whose report it is; what JupyterLab exports is named after it. Empty for nobody's.
    """

    kind: ClassVar[str] = "masthead"
    title: str
    subtitle: str = ""
    facts: Sequence[tuple[str, str]] = ()
    notice: str = ""
    footer: str = ""
    client: str = ""

    def text(self) -> str:
        """Return the block as plain text."""
        lines = [self.title, self.subtitle, *(f"{k}: {v}" for k, v in self.facts), self.notice]
        return "\n".join(line for line in lines if line)

    def html(self) -> str:
        """Return the block as an HTML fragment; everything in it is escaped."""
        facts = "".join(f"<div{_ROW}><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in self.facts)
        return (
            f'<header class="cfa-masthead"><h1>{escape(self.title)}</h1>'
            + (f'<p class="cfa-subtitle">{escape(self.subtitle)}</p>' if self.subtitle else "")
            + (f"<dl>{facts}</dl>" if facts else "")
            + (f'<p class="cfa-synthetic"><strong>{escape(self.notice)}</strong></p>' if self.notice else "")
            + "</header>"
        )


@dataclass(frozen=True)
class KeyFigure:
    """A key figure: its label, the number as text, and what it is compared with."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class KeyFigures(_Block):
    """A row of key figures."""

    kind: ClassVar[str] = "keyfigures"
    figures: Sequence[KeyFigure]

    def text(self) -> str:
        """Return the block as plain text."""
        return "\n".join(f"{f.label}: {f.value}" + (f" ({f.note})" if f.note else "") for f in self.figures)

    def html(self) -> str:
        """Return the block as an HTML fragment; everything in it is escaped."""
        cells = "".join(
            f'<div class="cfa-figure"{_ROW}><dt>{escape(f.label)}</dt>'
            f"<dd><strong{_LONG_VALUE * (len(f.value) > 9)}>{escape(f.value)}</strong>"
            + (f" <small>{escape(f.note)}</small>" if f.note else "")
            + "</dd></div>"
            for f in self.figures
        )
        return f'<dl class="cfa-keyfigures">{cells}</dl>'


@dataclass(frozen=True)
class Notice(_Block):
    """A boxed notice; `tone` is its kind."""

    kind: ClassVar[str] = "notice"
    body: str
    title: str = ""
    tone: Literal["note", "caution", "verdict"] = "note"

    def text(self) -> str:
        """Return the block as plain text."""
        return f"{self.title}: {self.body}" if self.title else self.body

    def html(self) -> str:
        """Return the block as an HTML fragment; everything in it is escaped."""
        title = f"<strong>{escape(self.title)}</strong> " if self.title else ""
        return f'<aside class="cfa-notice cfa-{self.tone}"><p>{title}{escape(self.body)}</p></aside>'


@dataclass(frozen=True)
class Column:
    """A column of a table: its label and how its cells are aligned."""

    label: str
    align: Literal["left", "right", "center"] = "right"


def table_columns(labels: Iterable[str], *, left: int = 1) -> list[Column]:
    """Return the columns of a table of numbers, in the reader's language: labels at the left, numbers at the right.

    Parameters
    ----------
    labels
        What stands above each column.
    left
        How many columns, from the first on, hold words.

    Examples
    --------
    >>> [column.align for column in table_columns(["Item", "n", "Mean"])]
    ['left', 'right', 'right']
    """
    return [Column(translated(label), "left" if i < left else "right") for i, label in enumerate(labels)]


@dataclass(frozen=True)
class Table(_Block):
    """A table that can be published: every cell is text, already formatted.

    Parameters
    ----------
    title
        What the table shows, with its unit.
    columns
        The columns, left to right; the first labels the rows. Where none has a label there is no head.
    rows
        The cells; each row as long as `columns`.
    note
        The line below: n, unit, source, method.
    emphasis
        Indices of rows that are set bold (a total, the client).
    """

    kind: ClassVar[str] = "table"
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    note: str = ""
    emphasis: Sequence[int] = ()

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells, the table {len(self.columns)} columns")

    def text(self) -> str:
        """Return the block as plain text."""
        grid = [[c.label for c in self.columns], *([str(cell) for cell in row] for row in self.rows)]
        widths = [max(len(row[i]) for row in grid) for i in range(len(self.columns))]
        justify = [str.ljust if c.align == "left" else str.rjust for c in self.columns]
        lines = [
            "  ".join(justify[i](row[i], widths[i]) for i in range(len(widths))).rstrip() for row in grid
        ]
        rule = "-" * min(sum(widths) + 2 * (len(widths) - 1), 110)
        return "\n".join(
            [self.title, rule, lines[0], rule, *lines[1:], rule, *([self.note] if self.note else [])]
        )

    def html(self) -> str:
        """Return the block as an HTML fragment; everything in it is escaped."""
        style = [f' style="text-align:{c.align}"' for c in self.columns]
        head = "".join(
            f'<th scope="col"{s}>{escape(c.label)}</th>' for c, s in zip(self.columns, style, strict=True)
        )
        body = ""
        for number, row in enumerate(self.rows):
            cells = "".join(
                f'<th scope="row"{s}>{escape(cell)}</th>' if i == 0 else f"<td{s}>{escape(cell)}</td>"
                for i, (cell, s) in enumerate(zip(row, style, strict=True))
            )
            body += (
                f'<tr class="cfa-emphasis">{cells}</tr>' if number in self.emphasis else f"<tr>{cells}</tr>"
            )
        note = f'<p class="cfa-note"><small>{escape(self.note)}</small></p>' if self.note else ""
        return (
            '<div class="cfa-table"><table>'
            f'<caption style="text-align:left"><strong>{escape(self.title)}</strong></caption>'
            + (f"<thead><tr>{head}</tr></thead>" if any(c.label for c in self.columns) else "")
            + f"<tbody>{body}</tbody></table>{note}</div>"
        )


@dataclass(frozen=True)
class SectionMark(_Block):
    """Where a section begins that has another place on the published page than in the notebook.

    Parameters
    ----------
    place
        Its place among the sections, from 0. What follows, up to the next mark, goes with it.
    """

    kind: ClassVar[str] = "section"
    place: int

    def text(self) -> str:
        """Return nothing: a mark is not seen."""
        return ""

    def html(self) -> str:
        """Return nothing: a mark is not seen."""
        return ""


@dataclass(frozen=True)
class Prose:
    """Sentences in Markdown with numbers filled in. Text that came from data must be escaped first."""

    markdown: str

    def __str__(self) -> str:
        return self.markdown

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return {"text/plain": self.markdown, "text/markdown": self.markdown}, {}


@dataclass(frozen=True)
class Blocks:
    """Several blocks that one cell shows, one after the other."""

    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, *blocks: Block | None) -> Blocks:
        """Return the blocks that there are."""
        return cls(tuple(block for block in blocks if block is not None))

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.blocks))

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(*self.blocks)  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Figure:
    """A drawn chart with the words that stand for it.

    Parameters
    ----------
    svg
        The picture, self-contained.
    alt
        The alternative text: what the picture says, with its numbers.
    width
        Width in points (1/72 inch) as drawn.
    row_ends
        Where the first row begins and where each ends, in points from the top: there a high picture may be cut.
    narrow
        The picture for narrow screens, without fonts; empty for none.
    """

    svg: str
    alt: str
    width: float
    row_ends: Sequence[float] = ()
    narrow: str = ""

    def __str__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        told = {"alt": self.alt, "width_pt": self.width, "row_ends_pt": list(self.row_ends)}
        narrow = {NARROW_PICTURE: self.narrow} if self.narrow else {}
        pictures = {"text/plain": self.alt, "image/svg+xml": self.svg, **narrow}
        return pictures, {"image/svg+xml": told}


Block = Masthead | KeyFigures | Notice | Table | SectionMark | Prose | Figure


def escape_markdown(text: str) -> str:
    r"""Return text from data so that Markdown shows it as it is.

    Examples
    --------
    >>> escape_markdown("a*b_[c]<d>")
    'a\\*b\\_\\[c\\]\\<d\\>'
    """
    special = set("\\`*_{}[]()<>#+-.!|~$&=:^@")
    return "".join("\\" + c if c in special else c for c in " ".join(text.split()))


def describe(*descriptions: str) -> None:
    """Say what the figures of a cell show, for those who cannot see them: one text a figure, in their order.

    The screen shows nothing of it; on a page it is the alternative text of figures that bring none themselves.

    Parameters
    ----------
    *descriptions
        A sentence or two for each figure.

    Raises
    ------
    ParameterError
        A description is no text, or empty.
    """
    from IPython.display import display

    for words in descriptions:
        if not isinstance(words, str) or not words.strip():
            raise ParameterError("A figure is described in words.", value=words, allowed="text")
        display({DESCRIPTION: words, "text/plain": ""}, raw=True)  # type: ignore[no-untyped-call]
