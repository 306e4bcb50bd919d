from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from cfanalysis.core.blocks import escape_markdown
from cfanalysis.publish.rendering.markdown_reader import read_markdown
from cfanalysis.publish.rendering.nodes import Node, plain_text, walk
from cfanalysis.publish.rendering.reading_context import ReadingContext


def _read(source: str, **options: Any) -> list[Node]:
    return read_markdown(source, ReadingContext(**options))


def test_words_keep_their_marks() -> None:
    """Emphasis, strong, code, strike, links and breaks become nodes around the text."""
    (paragraph,) = _read("a *b* **c** `d` ~~e~~ [f](https://g.org)  \nh")
    kinds = [node["kind"] for node in paragraph["items"]]
    assert kinds == [
        "text", "emphasis", "text", "strong", "text", "code", "text", "strike", "text", "link", "break", "text",
    ]  # fmt: skip
    assert plain_text(paragraph["items"]) == "a b c d e f h"
    assert paragraph["items"][9]["url"] == "https://g.org"


def test_blocks_become_nodes() -> None:
    """Headings, lists, tasks, quotes, code, rules, tables and definitions are read."""
    nodes = _read(
        "# One\n\n- a\n- [x] b\n\n3. c\n\n> q\n\n```python\nx = 1\n```\n\n---\n\n"
        "| a | b |\n|:--|--:|\n| 1 | **2** |\n\nTerm\n: Def\n"
    )
    assert [n["kind"] for n in nodes] == [
        "heading", "list", "list", "quote", "code", "rule", "table", "definitions",
    ]  # fmt: skip
    assert [plain_text(item["blocks"][0]["items"]) for item in nodes[1]["items"]] == ["a", "☑ b"]
    assert (nodes[2]["ordered"], nodes[2]["start"]) == (True, 3)
    assert nodes[4] == {"kind": "code", "text": "x = 1", "language": "python"}
    assert [c["align"] for c in nodes[6]["body"][0]] == ["left", "right"]


def test_math_stands_in_the_line_or_apart() -> None:
    """Math between single dollars is part of its line; between double ones it stands apart."""
    first, formula, last = _read("with $x$ and $$y^2$$ after")
    assert first["items"][1]["kind"] == "math"
    assert not first["items"][1]["display"]
    assert (formula["kind"], formula["display"], formula["latex"]) == ("math", True, "y^2")
    assert plain_text(last["items"]) == "after"


def test_a_footnote_is_numbered_over_the_document() -> None:
    """The first reference carries the note, a second one its number; an unknown one is text."""
    gathering = ReadingContext(footnotes=4)
    (paragraph,) = read_markdown("a[^n] b[^n] c[^x]\n\n[^n]: The *note*.", gathering)
    first, again = (n for n in paragraph["items"] if n["kind"] == "footnote")
    assert (first["number"], again["number"], again["blocks"]) == (5, 5, None)
    assert plain_text(first["blocks"][0]["items"]) == "The note."
    assert plain_text(paragraph["items"]).endswith("c[^x]")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<script>alert(1)</script>", ""),
        ("a <iframe src='x'></iframe>", "a [embedded page: x]"),
        ("a <b>never closed", "a never closed"),
        ("a </i> b", "a b"),
        ("<p>A <dfn>term</dfn> and <time>t</time>, <bdi>x</bdi>.</p>", "A term and t, x."),
        ("<button>b</button> <input type='checkbox' checked> <foo>c</foo>", "b ☑ c"),
    ],
)
def test_html_is_read_as_a_browser_shows_it(source: str, words: str) -> None:
    """No tag is printed: its words stay in their line, scripts are dropped, media leave a placeholder."""
    assert " ".join(plain_text(node["items"]) for node in _read(source)) == words


def test_plain_formatting_in_html_is_understood() -> None:
    """Bold, subscript and breaks in HTML become nodes."""
    (paragraph,) = _read("<b>bold</b> x<sub>2</sub><br>y <!-- not shown -->")
    assert [n["kind"] for n in paragraph["items"]] == ["strong", "text", "sub", "break", "text"]
    assert plain_text(paragraph["items"]) == "bold x2 y"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "other.ipynb", "//x"]
)
def test_links_lead_to_the_web_or_to_mail_only(url: str) -> None:
    """Any other link is the text that it stands on."""
    (paragraph,) = _read(f"[words]({url})")
    assert paragraph["items"] == [{"kind": "text", "text": "words"}]


def test_escaped_text_from_data_reads_as_it_is(make: Any) -> None:
    """What `escape_markdown` made of a hostile text is that text again, in one run."""
    (paragraph,) = _read(escape_markdown(make.hostile))
    assert {n["kind"] for n in paragraph["items"]} == {"text"}
    assert '#read("/etc/passwd")' in plain_text(paragraph["items"])
    assert "<script>alert(1)</script>" in plain_text(paragraph["items"])
    assert "$x$ `code` @ref <label>" in plain_text(paragraph["items"])


def test_pictures_come_from_attachments_and_from_below_the_folder(make: Any, tmp_path: Path) -> None:
    """An attachment and a file beside the notebook are taken; a file elsewhere and the web are not."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / "in side.png").write_bytes(make.png())
    (tmp_path / "outside.png").write_bytes(make.png())
    (folder / "link.png").symlink_to(tmp_path / "outside.png")
    attachment = {"a.png": {"image/png": base64.b64encode(make.png()).decode()}}
    gathering = ReadingContext(folder, attachments=attachment)
    (first,) = read_markdown("![one](attachment:a.png)", gathering)
    (second,) = read_markdown("![two](in%20side.png)", gathering)
    assert (first["file"], first["alt"], second["file"]) == ("picture-1.png", "one", "picture-2.png")
    for url in ("../outside.png", f"{tmp_path}/outside.png", "link.png", "https://x.org/a.png", "absent.png"):
        (node,) = read_markdown(f"![three]({url})", gathering)
        assert plain_text(node["items"]) == "[three]"
    assert len(gathering.pictures) == 2
    assert gathering.remarks == ["a picture cannot be read"]


def test_tags_in_a_line_keep_their_words() -> None:
    """Keys become code, marked and small words stay words, underlined ones are underlined."""
    (paragraph,) = _read("Press <kbd>Ctrl</kbd>, <mark>marked</mark> and <u>under</u> <small>small</small>.")
    assert plain_text(paragraph["items"]) == "Press Ctrl, marked and under small."
    assert [n["kind"] for n in paragraph["items"] if n["kind"] != "text"] == ["code", "styled", "underline"]


def test_what_stands_beside_a_picture_is_kept() -> None:
    """A linked picture without words and a footnote are no less for a picture in their line."""
    picture = "![a](data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7)"
    (linked,) = _read(f"{picture} [{picture.replace('[a]', '[]')}](https://x.org)")
    assert [node["kind"] for node in linked["items"] if node["kind"] != "text"] == ["image", "link"]
    (noted,) = _read(f"{picture}[^1]\n\n[^1]: note")
    assert [node["kind"] for node in noted["items"]] == ["image", "footnote"]


def test_a_footnote_to_which_nothing_refers_is_shown_with_a_remark() -> None:
    """As where the reference stands in another cell."""
    gathering = ReadingContext()
    nodes = read_markdown("[^late]: The note.", gathering)
    (note,) = (node for node in walk(nodes) if isinstance(node, dict) and node.get("kind") == "footnote")
    assert plain_text(note["blocks"][0]["items"]) == "The note."
    assert len(gathering.remarks) == 1


def test_a_formula_in_an_address_is_a_part_of_it() -> None:
    """Dollar signs of an address are those that its author wrote."""
    (words,) = _read("[a](https://x.org/?a=$b$) and [b](#Energy-$E$)")
    links = [node for node in words["items"] if node["kind"] == "link"]
    assert links[0]["url"] == "https://x.org/?a=$b$"
    assert links[1]["target"] == "Energy-$E$"


def test_an_attachment_is_found_by_its_name_as_an_address() -> None:
    """JupyterLab writes blanks of a name as %20."""
    body = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    gathering = ReadingContext(attachments={"my plot.gif": {"image/gif": body}})
    (node,) = read_markdown("![p](attachment:my%20plot.gif)", gathering)
    assert node["kind"] == "image"


def test_a_formula_may_end_in_a_space_that_latex_keeps() -> None:
    """Else it would be text, and the words up to the next formula a formula."""
    (node,) = read_markdown(r"for $u = [0, 1]\ \ $ we set $v$ by hand", ReadingContext())
    assert [item["kind"] for item in node["items"]] == ["text", "math", "text", "math", "text"]
    assert node["items"][2]["text"] == " we set "


def test_a_line_after_a_break_begins_without_a_space() -> None:
    """Markdown ends the line twice: by its mark, and by the end of the line."""
    (paragraph,) = _read("one\\\ntwo")
    assert [node.get("text") for node in paragraph["items"]] == ["one", None, "two"]


def test_a_formula_in_mathml_alone_is_remarked() -> None:
    """A fraction that is shown as two letters is not passed over in silence."""
    gathering = ReadingContext()
    read_markdown("<math><mfrac><mi>a</mi><mi>b</mi></mfrac></math> x", gathering)
    assert len(gathering.remarks) == 1
