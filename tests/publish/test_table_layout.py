from __future__ import annotations

from cfanalysis.publish.rendering.nodes import Node, cell, table, text
from cfanalysis.publish.rendering.table_layout import fit_table


def _table(columns: int, words: str = "Organization", number: str = "50.0", rows: int = 2) -> Node:
    def row(first: str, other: str, *, head: bool) -> list[Node]:
        rest = [cell([text(other)], align="right", head=head) for _ in range(columns - 1)]
        return [cell([text(first)], head=True), *rest]

    body = [row(words, number, head=False) for _ in range(rows)]
    return table([row("Organization", "Item", head=True)], body, title="Title")


def test_a_small_table_stands_upright_in_full_size() -> None:
    """Few columns need no change, and no more width than they have."""
    (found,) = fit_table(_table(3), upright=470, turned=717)
    assert found["layout"] == {"size": 9.0, "turned": False, "columns": ["auto"] * 3, "full": False}


def test_a_table_of_some_width_takes_the_whole_width() -> None:
    """The column of words takes what the numbers leave."""
    (found,) = fit_table(_table(9), upright=470, turned=717)
    assert found["layout"]["full"]
    assert found["layout"]["columns"][1:] == ["auto"] * 8
    assert found["layout"]["columns"][0] != "auto"


def test_a_wider_table_is_set_smaller_then_turned_then_parted() -> None:
    """More columns give smaller type, then a turned page, then parts that repeat the first column."""
    sizes = [fit_table(_table(n), upright=470, turned=717) for n in (9, 15, 18, 60)]
    assert [(len(s), s[0]["layout"]["turned"]) for s in sizes] == [
        (1, False),
        (1, False),
        (1, True),
        (len(sizes[3]), True),
    ]
    assert sizes[0][0]["layout"]["size"] > sizes[1][0]["layout"]["size"]
    parts = sizes[3]
    assert len(parts) > 2
    assert sum(len(part["head"][0]) - 1 for part in parts) == 59
    assert {part["head"][0][0]["items"][0]["text"] for part in parts} == {"Organization"}
    assert [part["title"] for part in parts][:2] == ["Title (1)", "Title (2)"]


def test_long_text_wraps_and_numbers_do_not() -> None:
    """A column of long text shares the width; the numbers keep theirs."""
    (found,) = fit_table(_table(4, words="a long name " * 20), upright=470, turned=717)
    assert not found["layout"]["turned"]
    assert "share" in found["layout"]["columns"][0]
    assert [set(c) for c in found["layout"]["columns"][1:]] == [{"points"}] * 3
    assert all(c["points"] > 9 * 2.4 for c in found["layout"]["columns"][1:])  # the width of 50.0


def test_a_table_without_cells_is_let_through() -> None:
    """An empty table has a layout too."""
    (found,) = fit_table(table([], []), upright=470, turned=717)
    assert found["layout"]["columns"] == []
