from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cfanalysis.publish.rendering.html_reader import read_html
from cfanalysis.publish.rendering.nodes import Node, plain_text, walk
from cfanalysis.publish.rendering.reading_context import ReadingContext


def _words(rows: list[list[Node]]) -> list[list[str]]:
    return [[plain_text(cell["items"]) for cell in row] for row in rows]


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({"organization": ["A & B", "<script>"], "gap": [9.25, float("nan")], "n": [24, 1]})


def test_a_frame_becomes_a_table_with_numbers_to_the_right(frame: pd.DataFrame) -> None:
    """Cells are text, columns of numbers are flush right with their heads."""
    (table,) = read_html(frame.to_html(), ReadingContext())
    assert _words(table["head"]) == [["", "organization", "gap", "n"]]
    assert _words(table["body"]) == [["0", "A & B", "9.25", "24"], ["1", "<script>", "NaN", "1"]]
    assert [c["align"] for c in table["head"][0]] == ["left", "left", "right", "right"]
    assert [c["head"] for c in table["body"][0]] == [True, False, False, False]


def test_in_a_report_the_numbers_of_rows_are_left_out_and_names_are_kept(frame: pd.DataFrame) -> None:
    """Pandas' default index goes; an index that says something stays."""
    (table,) = read_html(frame.to_html(), ReadingContext(report=True))
    assert _words(table["body"])[0] == ["A & B", "9.25", "24"]
    (named,) = read_html(frame.set_index("organization").to_html(), ReadingContext(report=True))
    assert [row[0] for row in _words(named["body"])] == ["A & B", "<script>"]
    (other,) = read_html(frame.iloc[::-1].to_html(), ReadingContext(report=True))
    assert [row[0] for row in _words(other["body"])] == ["1", "0"]


def test_spans_are_kept() -> None:
    """A frame with two levels of columns and rows keeps its spanning cells."""
    columns = pd.MultiIndex.from_product([["Say", "Do"], ["2024", "2025"]])
    index = pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")])
    (table,) = read_html(
        pd.DataFrame([[1, 2, 3, 4]] * 2, index=index, columns=columns).to_html(), ReadingContext()
    )
    assert [(plain_text(c["items"]), c["columns"]) for c in table["head"][0] if plain_text(c["items"])] == [
        ("Say", 2),
        ("Do", 2),
    ]
    assert (plain_text(table["body"][0][0]["items"]), table["body"][0][0]["rows"]) == ("a", 2)


def test_the_colours_of_a_styler_are_kept(frame: pd.DataFrame) -> None:
    """A Styler's cell colours come from its style sheet; anything but a plain colour is dropped."""
    styled = frame.style.map(lambda _: "background-color: #ffd166; color: url(x)", subset=["gap"])
    *_, table = read_html(styled.to_html(), ReadingContext())
    assert (table["body"][0][2]["fill"], table["body"][0][2]["colour"]) == ("#ffd166", None)


def test_style_sheets_reach_what_their_selectors_say() -> None:
    """By tag, class, place and identifier; the stronger selector and what is important win, in tables and outside."""
    sheet = (
        "<style>#t th { background: navy; color: white } tr:nth-child(even) td { background: #eef }"
        " td.hot { color: red !important; font-style: italic } td { color: green } .gone { display: none }"
        " p.loud { font-weight: 700; color: #c00 } td:hover, td::before { color: pink }"
        " @media print { td { color: tan } } broken {{</style>"
    )
    rows = (
        "<tr><th>a<th>b</tr><tr><td style='color: maroon'>1<td class=hot style='color: maroon'>2</tr>"
        "<tr class=gone><td>3</tr><tr><td>4<td class=gone>5</tr>"
    )
    table, loud = read_html(f"{sheet}<table id=t>{rows}</table><p class=loud>6", ReadingContext())[1:]
    assert {(c["fill"], c["colour"]) for c in table["head"][0]} == {("#000080", "#ffffff")}
    assert [[plain_text(c["items"]) for c in row] for row in table["body"]] == [["1", "2"], ["4"]]
    ((plain, hot), (below,)) = table["body"]
    assert (plain["colour"], plain["fill"]) == ("#800000", "#eeeeff")
    assert (hot["colour"], hot["items"][0]["kind"], below["colour"], below["fill"]) == (
        "#ff0000", "emphasis", "#008000", "#eeeeff",
    )  # fmt: skip
    assert (loud["items"][0]["kind"], loud["items"][0]["items"][0]["colour"]) == ("strong", "#cc0000")


def test_the_styles_of_whole_tables_are_kept(frame: pd.DataFrame) -> None:
    """A Styler's table styles; pandas' own sheet, which every frame has, changes nothing."""
    styles: Any = [
        {"selector": "tbody th", "props": "background: gold"},
        {"selector": ".low", "props": "color: red"},
    ]
    classes = pd.DataFrame("low", index=frame.index, columns=["gap"])
    styled = frame.style.set_table_styles(styles).set_td_classes(classes)
    *_, table = read_html(styled.to_html(), ReadingContext())
    assert (table["body"][0][0]["fill"], table["body"][0][2]["colour"]) == ("#ffd700", "#ff0000")
    own = "<style scoped>.dataframe thead th { text-align: right; }</style>"
    (plain,) = read_html(own + frame.to_html(), ReadingContext())
    assert plain["head"][0][1]["align"] == "left"


def test_what_stands_in_a_table_outside_its_cells_stands_before_it() -> None:
    """Loose text, paragraphs and pictures, as a browser shows them; each once."""
    markup = (
        "<table>a<tr>b<td>1</td>c<td>2</td></tr><tbody>d<tr><td>3</td></tr></tbody><p>e</p><b>f</b>g</table>"
    )
    *before, table = read_html(markup, ReadingContext())
    words = " ".join(plain_text(node["items"]) for node in before)
    assert sorted(words.split()) == list("abcdefg")
    assert [plain_text(c["items"]) for row in table["body"] for c in row] == ["1", "2", "3"]


def test_other_html_keeps_its_words_and_loses_what_acts() -> None:
    """Headings, paragraphs and lists are read; scripts, styles, frames and handlers are not."""
    nodes = read_html(
        "<h3 onclick='x()'>Head</h3><p>one <b>two</b> <a href='javascript:x'>three</a></p>"
        "<script>alert(1)</script><style>p{}</style><iframe src='x'>frame</iframe>"
        "<ul><li>four</li></ul><div>five<div>six</div></div><pre>a\n b</pre>",
        ReadingContext(),
    )
    assert [n["kind"] for n in nodes] == [
        "heading", "paragraph", "paragraph", "list", "paragraph", "paragraph", "code",
    ]  # fmt: skip
    assert plain_text(nodes[1]["items"]) == "one two three"
    assert plain_text(nodes[2]["items"]) == "[embedded page: x]"
    assert nodes[6]["text"] == "a\n b"


def test_only_pictures_that_the_html_holds_are_taken() -> None:
    """A picture from the web or the disk is replaced by its words."""
    (paragraph,) = read_html("<img src='https://x.org/a.png' alt='Chart'>", ReadingContext())
    assert plain_text(paragraph["items"]) == "[Chart]"


@pytest.mark.parametrize("markup", ["", "   ", "<", "<table>", "</p>", "<table><tr></tr></table>", "\0"])
def test_broken_html_does_not_fail(markup: str) -> None:
    """Whatever is written, something is read."""
    assert isinstance(read_html(markup, ReadingContext()), list)


def test_cells_below_a_tall_one_are_aligned_with_their_column() -> None:
    """An index of two levels: the second level's labels stand in one column."""
    index = pd.MultiIndex.from_product([["north", "south"], ["a", "b"]])
    frame = pd.DataFrame({"gap": [1.5, 2.0, 3.0, 4.5]}, index=index)
    (table,) = read_html(frame.to_html(), ReadingContext())
    aligned = {plain_text(c["items"]): c["align"] for row in table["body"] for c in row if c["head"]}
    assert aligned == dict.fromkeys(["north", "south", "a", "b"], "left")
    assert {c["align"] for row in table["body"] for c in row if not c["head"]} == {"right"}


@pytest.mark.parametrize(
    ("style", "colour"),
    [
        ("background-color:#ffcccc;color:#f1f1f1", "#1b2a3a"),
        ("background-color:#440154", "#ffffff"),
        ("background-color:#fff;color:#9b2226", "#9b2226"),
        ("color:#eeeeee", "#eeeeee"),
    ],
)
def test_a_cell_can_be_read_on_its_ground(style: str, colour: str) -> None:
    """A colour that a Styler chose is kept where it can be read, else it is dark or white."""
    (table,) = read_html(f'<table><tr><td style="{style}">1</td></tr></table>', ReadingContext())
    assert table["body"][0][0]["colour"] == colour


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<progress value=3 max=10></progress>", "3/10"),
        ("<progress value=3 max=10>three</progress>", "three"),
        ("a <select><option>b</option><option selected>c</option></select> d", "a c d"),
        ("<noscript>without scripts</noscript>", "without scripts"),
    ],
)
def test_controls_show_their_state(markup: str, words: str) -> None:
    """As a browser without scripts shows them."""
    (node,) = read_html(markup, ReadingContext())
    assert plain_text(node["items"]) == words


def test_a_picture_has_the_height_that_html_gives_it(make: Any) -> None:
    """Where no width is given; and addresses of data are read with spaces in them, as great_tables writes them."""
    uri = f"data: image/png; base64,{base64.b64encode(make.png()).decode()}"
    gathering = ReadingContext(folder=Path.cwd())
    (node,) = read_html(f"<img alt=a style='height: 2em' src='{uri}'>", gathering)
    (found,) = gathering.pictures.values()
    assert node["width"] == pytest.approx(24 * (found.shape or 0))
    (lost,) = read_html(f"<img alt=a src='{'x' * 9999}'>", gathering)
    assert plain_text(lost["items"]) == "[a]"


@pytest.mark.parametrize(
    ("attributes", "width"),
    [("width=40", 30), ("style='width: 2in'", 144), ("width=50%", 235), ("width=x", 0.75)],
)
def test_a_picture_has_the_width_that_html_gives_it(attributes: str, width: float) -> None:
    """In pixels, in another unit, or as a share of the line."""
    source = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    (node,) = read_html(f"<img alt=a {attributes} src={source}>", ReadingContext())
    assert node["width"] == width


def test_a_summary_keeps_its_marks() -> None:
    """Formulas and words in bold of the line that folds."""
    (node,) = read_html("<details><summary><b>a</b> $x$</summary>b</details>", ReadingContext())
    assert [item["kind"] for item in node["summary"]] == ["strong", "text", "math"]


def test_styles_of_a_run_of_text_are_kept() -> None:
    """Bold, italic and struck out by style are as by their tags; code in a cell keeps its lines."""
    markup = (
        "<p><span style='font-weight:bold'>a</span> <span style='text-decoration:line-through'>b</span></p>"
    )
    (node,) = read_html(markup, ReadingContext())
    assert [item["kind"] for item in node["items"]] == ["strong", "text", "strike"]
    (table,) = read_html("<table><tr><td><pre>a\n  b</pre></td></tr></table>", ReadingContext())
    assert [i.get("text") for i in table["body"][0][0]["items"]] == ["a", None, "  b"]


def test_a_link_finds_an_item_of_a_list_and_a_table() -> None:
    """As references, tables, rows and cells that others point to."""
    markup = "<ul><li id=a>b</li></ul><table id=c><tr id=d><td id=e>f</td></tr></table>"
    nodes = walk(read_html(markup, ReadingContext()))
    assert [n["name"] for n in nodes if isinstance(n, dict) and n.get("kind") == "anchor"] == [
        "a",
        "c",
        "d",
        "e",
    ]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<dl><dt>a<dd>b<dl><dt>c<dd>d</dl></dl>", ["a", "b", "c", "d"]),
        ("<ul><li>a</li>b</ul>", ["a", "b"]),
        ("<picture><source srcset=x><img alt=a src=x></picture>", ["[a]"]),
        ("<a href='https://x.org'><img alt=a src='https://y.org/z.png'></a>", ["[a]"]),
        ("<embed src=x.swf><wbr><audio src=y.mp3></audio>", ["[embedded object: x.swf]", "[sound: y.mp3]"]),
    ],
)
def test_what_html_holds_is_shown_once(markup: str, words: list[str]) -> None:
    """Lists in lists, words between items, pictures by the choice of the browser, links around links."""
    found = [n for n in walk(read_html(markup, ReadingContext())) if isinstance(n, dict)]
    assert [n["text"] for n in found if n.get("kind") == "text"] == words
    assert [n["url"] for n in found if n.get("kind") == "link"] in ([], ["https://x.org"])


def test_cells_without_a_row_get_one() -> None:
    """As in a browser: heads that stand in no row are the head, and in order."""
    markup = "<table><thead><th>a</th><th>b</th></thead><tbody><tr><td>1<td>2</tr><td>3</td><td>4</td></tbody></table>"
    (table,) = read_html(markup, ReadingContext())
    assert _words(table["head"]) == [["a", "b"]]
    assert _words(table["body"]) == [["1", "2"], ["3", "4"]]


def test_a_table_of_tables_is_its_tables_one_after_the_other() -> None:
    """With the text beside them; run together they would be neither."""
    inner = "<table><tr><th>a<th>b</tr><tr><td>1<td>2</tr></table>"
    nodes = read_html(
        f"<table><tr><th>Title<td>{inner}</tr><tr><td>{inner}<td>text</tr></table>", ReadingContext()
    )
    assert [node["kind"] for node in nodes] == ["paragraph", "table", "table", "paragraph"]


def test_bars_of_boxes_in_pixels_and_patches_of_colour_are_drawn() -> None:
    """A box within a box is a bar, in pixels as in percent; an empty box in a line is a patch, as in a legend."""
    boxes = "<div style='width:80px;background:silver'><div style='width:20px;background:green'></div></div>"
    patch = "<span style='background:red;width:9px'></span> high"
    (table,) = read_html(f"<table><tr><td>{boxes}<td>{patch}</tr></table>", ReadingContext())
    drawn, legend = table["body"][0]
    assert drawn["bar"][1:3] == [("#008000", 25.0), ("#c0c0c0", 25.0)]
    assert (legend["items"][0]["fill"], plain_text(legend["items"])) == ("#ff0000", " high")


@pytest.mark.parametrize("depth", [100, 1000, 5000])
def test_what_is_nested_deeply_is_plain_text(depth: int) -> None:
    """With what follows it, and a remark, in whatever depth; style sheets and brackets as deep stop nothing either."""
    gathering = ReadingContext()
    sheet = f"<style>div div div {{ color: red }} {':not(' * depth} a {{{'(' * depth}</style>"
    nodes = read_html(f"{sheet}{'<div>' * depth}deep{'</div>' * depth}<p>after", gathering)
    words = " ".join(plain_text(node["items"]) for node in nodes)
    assert words.split()[-2:] == ["deep", "after"]
    assert gathering.remarks
    assert read_html(f"<p style='color:{'(' * depth}'>x</p>", gathering)


def test_drawings_as_loose_as_in_html_are_drawn() -> None:
    """One in an address, and one whose attributes have no quotation marks; its size is that of its style."""
    gathering = ReadingContext()
    inside = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><circle r='9'/></svg>"
    loose = (
        "<svg viewBox='0 0 20 10' height=99 style='height:2em'><circle cx=5 r=4 /><text> n=5 </text></svg>"
    )
    nodes = read_html(f'<img src="data:image/svg+xml;utf8,{inside}" alt="round"> {loose}', gathering)
    assert [(n["alt"], n["width"]) for n in nodes if n["kind"] == "image"] == [
        ("round", 30.0), (None, 48.0),
    ]  # fmt: skip
    drawn = b"".join(picture.data for picture in gathering.pictures.values())
    assert drawn.count(b"<circle") == 2
    assert b'cx="5" r="4"' in drawn
    assert b"> n=5 <" in drawn


@pytest.mark.parametrize(("below", "heads"), [("<td>1<td>2", 0), ("<th>1<th>2", 2)])
def test_a_head_is_as_high_as_its_cells(below: str, heads: int) -> None:
    """A first row is a head with all the rows that its cells reach, or else not: no cell moves to another column."""
    (table,) = read_html(
        f"<table><tr><th rowspan=2>A<th colspan=2>B<tr>{below}<tr><td>3</table>", ReadingContext()
    )
    assert (len(table["head"]), len(table["body"])) == (heads, 3 - heads)


@pytest.mark.parametrize("markup", ["<ol start=7><li>a</ol>", "<ol start=2><li value=7>a<li>b</ol>"])
def test_a_list_begins_with_the_number_that_it_is_given(markup: str) -> None:
    """The list's, or that of its first item."""
    assert read_html(markup, ReadingContext())[0]["start"] == 7
