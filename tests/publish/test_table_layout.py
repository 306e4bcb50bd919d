from __future__ import annotations

from cfanalysis.publish.rendering.nodes import Node, cell, table, text
from cfanalysis.publish.rendering.table_layout import fit_table
from cfanalysis.theme.text_width import line_width


def _table(columns: int, words: str = "Organization", number: str = "50.0", rows: int = 2) -> Node:
    def row(first: str, other: str, *, head: bool) -> list[Node]:
        rest = [cell([text(other)], align="right", head=head) for _ in range(columns - 1)]
        return [cell([text(first)], head=True), *rest]

    body = [row(words, number, head=False) for _ in range(rows)]
    return table([row("Organization", "Item", head=True)], body, title="Title")


def test_a_small_table_stands_upright_in_full_size() -> None:
    """Few columns need no change, and no more width than they have."""
    (found,) = fit_table(_table(3), width=470)
    expected = {
        "size": 9.0,
        "columns": ["auto"] * 3,
        "full": False,
        "tall": False,
        "tail": 0,
        "form": False,
        "whole": True,
    }
    assert found["layout"] == expected


def test_the_last_rows_of_a_long_table_stay_together() -> None:
    """Four, where the table may break; none of a short one, nor where a cell spans rows or the rows are high."""
    assert fit_table(_table(3, rows=9), width=470)[0]["layout"]["tail"] == 4
    assert fit_table(_table(3, rows=8), width=470)[0]["layout"]["tail"] == 0
    spanning = _table(3, rows=9)
    spanning["body"][0][0]["rows"] = 2
    spanning["body"][1].pop(0)
    assert fit_table(spanning, width=470)[0]["layout"]["tail"] == 0
    assert fit_table(_table(3, rows=9, words="word " * 60), width=470)[0]["layout"]["tail"] == 0


def test_a_table_without_anything_beside_its_labels_is_a_form() -> None:
    """Its rows are lines over the whole width, to write on."""
    lines = table([], [[cell([text(step)], head=True), cell([text("")])] for step in ("Who", "When")])
    layout = fit_table(lines, width=470)[0]["layout"]
    assert layout["form"]
    assert layout["full"]


def test_a_table_of_some_width_takes_the_whole_width() -> None:
    """The column of words takes what the numbers leave."""
    (found,) = fit_table(_table(9), width=470)
    assert found["layout"]["full"]
    assert found["layout"]["columns"][1:] == ["auto"] * 8
    assert found["layout"]["columns"][0] != "auto"


def test_a_wider_table_is_set_smaller_then_parted() -> None:
    """More columns give smaller type, then parts that repeat the columns that label the rows."""
    sizes = [fit_table(_table(n), width=470) for n in (9, 15, 60)]
    assert [len(s) for s in sizes[:2]] == [1, 1]
    assert sizes[0][0]["layout"]["size"] > sizes[1][0]["layout"]["size"]
    parts = sizes[2]
    assert len(parts) > 2
    assert sum(len(part["head"][0]) - 1 for part in parts) == 59
    assert {part["head"][0][0]["items"][0]["text"] for part in parts} == {"Organization"}
    assert [part["title"] for part in parts][:2] == ["Title (1)", "Title (2)"]


def test_the_parts_of_a_table_share_its_spanning_cells() -> None:
    """A head over several columns stands over those of them that are in a part; labels of two levels are repeated."""
    groups = [cell([text(name)], head=True, columns=20) for name in ("first", "second")]
    labels = [cell([text("north")], head=True), cell([text("a")], head=True)]
    body = [[*labels, *(cell([text("1234.5")], align="right") for _ in range(40))]]
    parts = fit_table(table([[cell([], columns=2, head=True), *groups]], body), width=470)
    assert len(parts) > 2
    for part in parts:
        (row,), (head,) = part["body"], part["head"]
        assert [c["items"][0]["text"] for c in row[:2]] == ["north", "a"]
        assert sum(c["columns"] for c in head) == len(row)


def test_long_text_wraps_and_numbers_do_not() -> None:
    """A column of long text shares the width; the numbers keep theirs."""
    (found,) = fit_table(_table(4, words="a long name " * 20), width=470)
    assert "share" in found["layout"]["columns"][0]
    assert [set(c) for c in found["layout"]["columns"][1:]] == [{"points"}] * 3
    assert all(c["points"] > 9 * 2.4 for c in found["layout"]["columns"][1:])  # the width of 50.0


def test_no_column_of_words_is_narrower_than_its_longest_word() -> None:
    """Beside a column of long texts one of long words is as wide as these; the long texts get what is left."""
    words = [
        "Median der Lücke (Quantilsregression)",
        "+0,21",
        "0,07 bis 0,34",
        "den Einfluss extremer Organisationen",
    ]
    texts = [
        *words,
        "sein Intervall ist zu eng, wo sich die Seiten zwischen Organisationen unterscheiden " * 2,
    ]
    row = [cell([text(each)], align="left" if len(each) > 15 else "right") for each in texts]
    (found,) = fit_table(table([], [row, row]), width=470)
    layout = found["layout"]
    points = sum(c["points"] for c in layout["columns"] if "points" in c)
    (rest,) = (470 - points for c in layout["columns"] if "share" in c)
    widths = [c.get("points", rest) for c in layout["columns"]]
    longest = (max(line_width(word) for word in each.split()) * layout["size"] for each in texts)
    assert all(width > word for width, word in zip(widths, longest, strict=True))
    assert widths[-1] == max(widths)


def test_tables_of_sentences_have_one_size() -> None:
    """A lone column wraps; it is not set smaller because one of its sentences nearly fits."""
    sizes = {
        fit_table(_table(1, words="word " * n), width=470)[0]["layout"]["size"] for n in (5, 20, 22, 24, 60)
    }
    assert sizes == {9.0}


def test_a_table_without_cells_is_let_through() -> None:
    """An empty table has a layout too."""
    (found,) = fit_table(table([], []), width=470)
    assert found["layout"]["columns"] == []


def test_a_row_that_is_shorter_than_others_keeps_its_cells() -> None:
    """No cell of the next row moves up beside it, and one below a tall cell stands in its column."""
    rows = [
        [cell([text("a")])],
        [cell([text("b")], rows=2), cell([text("c")])],
        [cell([text("d")]), cell([text("e")])],
    ]
    (fitted,) = fit_table(table([], rows), width=470)
    assert [len(row) for row in fitted["body"]] == [3, 3, 2]
    assert len(fitted["layout"]["columns"]) == 3


def test_a_table_of_running_text_may_break_over_pages() -> None:
    """A few rows that are higher than a page are on several; a head of that kind does not stand on each of them."""
    long = cell([text("word " * 600)])
    (body,) = fit_table(table([[cell([text("a")])]], [[long]]), width=470)
    (head,) = fit_table(table([[long]], [[cell([text("a")])]], emphasis=[0]), width=470)
    assert body["layout"]["tall"]
    assert head["layout"]["tall"]
    assert (head["head"], head["emphasis"]) == ([], [1])


def test_a_long_head_does_not_squeeze_what_stands_under_short_ones() -> None:
    """Where no column holds words, each has at least the room of its longest cell; long heads share what is left."""
    heads = (
        "Gap",
        "n",
        "Alpha, Say",
        "Reliability of the gap",
        "Correlation of intentions and of practice, in all",
    )
    head = [cell([text(words)], align="right", head=True) for words in heads]
    body = [
        [
            cell([text(words)], align="right", head=not i)
            for i, words in enumerate(("Processes", *["804"] * 4))
        ]
    ]
    (found,) = fit_table(table([head], body), width=300)
    shares = [column["share"] for column in found["layout"]["columns"]]
    assert 300 * shares[0] / sum(shares) > line_width("Processes") * found["layout"]["size"]
    assert 300 * shares[1] / sum(shares) > line_width("804") * found["layout"]["size"]
    assert shares[4] == max(shares)


def test_one_long_cell_does_not_squeeze_the_other_columns() -> None:
    """A column's share goes by its usual cells: names of some words keep their line beside one long remark."""
    names = [f"Top group from the {share} % quantile" for share in range(60, 80)]
    remarks = ["the ceiling", *["a halo"] * 18, "an interval that is too narrow where the sides differ " * 3]
    body = [[cell([text(name)]), cell([text(remark)])] for name, remark in zip(names, remarks, strict=True)]
    (found,) = fit_table(table([[cell([text("Analysis")]), cell([text("Remark")])]], body), width=300)
    first, second = (column["share"] for column in found["layout"]["columns"])
    assert first > 0.4 * (first + second)
