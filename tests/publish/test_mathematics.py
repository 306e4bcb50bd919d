from __future__ import annotations

from typing import Any

import pytest

from cfanalysis.publish.rendering import formulas
from cfanalysis.publish.rendering.formula_speech import spoken_formula


def _kinds(tree: Any) -> set[str]:
    found = {tree["math"]} if isinstance(tree, dict) and "math" in tree else set()
    values = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return found.union(*map(_kinds, values))


def test_a_fraction_is_a_tree() -> None:
    """A fraction has two items, and its letters are symbols."""
    symbol = {"math": "symbol", "text": "a"}, {"math": "symbol", "text": "b"}
    row = [{"math": "row", "items": [s]} for s in symbol]
    assert formulas.formula_tree(r"\frac{a}{b}", display=True) == {
        "math": "row",
        "items": [{"math": "frac", "items": row, "bar": True}],
    }


@pytest.mark.parametrize(
    ("latex", "kinds"),
    [
        (r"\sqrt[3]{x} + \hat{\theta}", {"root", "accent"}),
        (r"\left(\frac12\right)^n", {"fence", "attach"}),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", {"fence", "table", "number"}),
        (r"\begin{aligned}a&=b\\c&=d\end{aligned}", {"lines"}),
        (r"\begin{cases}a & x>0\\ b & \text{else}\end{cases}", {"fence", "table", "text"}),
        (r"\operatorname{Var}(S) \quad \mathrm{cov}", {"operator", "space", "upright"}),
    ],
)
def test_the_forms_of_the_method_are_read(latex: str, kinds: set[str]) -> None:
    """Roots, accents, fences, matrices, cases and aligned lines have nodes of their own."""
    assert kinds <= _kinds(formulas.formula_tree(latex, display=True))


def test_sums_have_their_limits_below_and_above_only_on_a_line_of_their_own() -> None:
    """In a line, and within a fraction, limits stand beside the sign."""
    (apart,) = formulas.formula_tree(r"\sum_{i=1}^n", display=True)["items"]  # type: ignore[index]
    (in_line,) = formulas.formula_tree(r"\sum_{i=1}^n", display=False)["items"]  # type: ignore[index]
    assert (apart["limits"], in_line["limits"]) == (True, False)
    assert "munder" not in str(formulas.formula_html(r"\frac{\sum_i x}{2}", display=True))


@pytest.mark.parametrize(
    "latex", [r"\frac{", "x^", r"\unknowncommand{x}", r"\text{<script>}", "a\0b", r"\begin{"]
)
def test_what_cannot_be_read_is_left_to_its_source(latex: str) -> None:
    """A formula that is wrong or unknown gives nothing, and no error."""
    assert formulas.formula_tree(latex, display=True) is None
    assert formulas.formula_html(latex, display=False) is None


@pytest.mark.parametrize(
    "latex",
    [r"\href{javascript:alert(1)}{x}", r"\style{background:url(x)}{x}", r"\class{a}{x}", r"\text{#read(x)}"],
)
def test_markup_holds_no_link_style_or_class(latex: str) -> None:
    """What a formula could smuggle in as an attribute is dropped; its text stays text."""
    markup = formulas.formula_html(latex, display=True)
    assert markup is not None
    for attribute in ("href=", "style=", "class="):
        assert attribute not in markup
    assert formulas.formula_tree(latex, display=True) is not None


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\begin{dcases} x \\ y \end{dcases}", "open brace line 1: x; line 2: y"),
        (r"\begin{rcases} x \\ y \end{rcases}", "line 1: x; line 2: y close brace"),
        (r"\begin{array}{@{}l|*{2}{c}p{3cm}} a & b & c & d\end{array}", "line 1: a, b, c, d"),
        (r"\begin{eqnarray} a &=& b \\ &<& c\end{eqnarray}", "line 1: a, equals b; line 2: is less than c"),
        (r"\text{5\% of $x$}", "5% of x"),
        (r"\begin{alignedat}{2} a &= b \end{alignedat}", "line 1: a, equals b"),
        (r"\arg\max_x f", "arg max under x f"),
        (r"\newcommand{\argmin}{\operatorname*{argmin}}\argmin + \dag", "argmin plus dagger"),
    ],
)
def test_what_latex2mathml_reads_wrongly_is_written_otherwise(latex: str, words: str) -> None:
    """Braces of cases, columns of arrays, lines in three parts, signs in text."""
    assert spoken_formula(formulas.formula_tree(latex, display=True)) == words


def test_an_environment_that_is_not_known_is_left_to_its_source() -> None:
    """Its content without its form would be another formula."""
    assert formulas.formula_tree(r"\begin{CD} A @>>> B \end{CD}", display=True) is None


def test_a_line_over_several_letters_is_as_long_as_they_are() -> None:
    """In the web page too, whose font has no long line; over the middle letter alone it would be another formula."""
    markup = formulas.formula_html(r"\overline{ab} + \underline{cd}", display=True)
    assert markup is not None
    assert "mover" not in markup
    assert "border-top" in markup
    assert "border-bottom" in markup


def test_marks_grow_with_what_they_stand_over_and_arrows_with_their_labels() -> None:
    """Over one letter a mark has the letter's form; over several it stretches, on both pages."""
    markup = formulas.formula_html(r"\hat{x} + \widehat{abc} + \overrightarrow{AB}", display=True)
    assert markup is not None
    assert '<mo stretchy="false">\u0302</mo>' in markup
    assert markup.count('stretchy="true"') == 2
    (arrow,) = formulas.formula_tree(r"\xrightarrow{\text{a label}}", display=True)["items"]  # type: ignore[index]
    (sign,) = formulas.formula_tree(r"\overset{a}{=}", display=True)["items"]  # type: ignore[index]
    assert (arrow["grows"], sign["grows"]) == (True, False)
