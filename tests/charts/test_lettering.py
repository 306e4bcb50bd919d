"""Widths, breaks and numbers."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from cfanalysis.charts.text_metrics import balance_lines, one_line, text_width, wrap_lines
from cfanalysis.core.formatting import interval_cell
from cfanalysis.theme.style import apply_theme


@pytest.mark.parametrize("bold", [False, True])
def test_width_is_what_is_drawn(bold):
    """The measured width is the drawn one, within 4 %."""
    text = "Employee satisfaction, Łódź −0.25"
    with apply_theme() as theme:
        figure = Figure(dpi=144)
        drawn = figure.text(
            0, 0, text, fontsize=10, fontfamily=theme.families(bold=bold), fontweight=600 if bold else 400
        )
        width = drawn.get_window_extent(FigureCanvasAgg(figure).get_renderer()).width / 2
    assert text_width(text, 10, bold=bold) == pytest.approx(width, rel=0.04)


def test_no_line_is_wider_than_allowed():
    """Lines fit, also where one word is wider than a line, and no letter is lost."""
    text = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft in Wien"
    lines = wrap_lines(text, 120, 9)
    assert all(text_width(line, 9) <= 120 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_balanced_text_has_no_lonely_last_word():
    """The same number of lines as greedy breaking, about equally long."""
    text = "The top quartile does what it says and below it the gap is wide"
    greedy, even = wrap_lines(text, 230, 9), balance_lines(text, 230, 9)
    assert len(even) == len(greedy) == 2
    assert text_width(even[1], 9) > text_width(greedy[1], 9)
    assert " ".join(even) == text


def test_text_from_data_stands_on_one_line():
    """Line breaks become spaces and control characters go."""
    assert one_line(" Alder\n\tLogistics\x00 ") == "Alder Logistics"


def test_an_interval_that_does_not_exist_is_left_out():
    """Without both ends nothing is written."""
    assert interval_cell(0.1, 0.3, 2) == "0.10 to 0.30"
    assert interval_cell(float("nan"), 0.3, 2, missing="") == interval_cell(None, 0.3, 2, missing="") == ""


def test_letters_that_no_font_has_do_not_warn():
    """A name in a script that the fonts lack is measured without a warning."""
    assert text_width("株式会社", 9) > 0


def test_a_letter_that_no_font_has_takes_room():
    """It is drawn with a box; the chart is made all the same. A space that keeps words together ends no line."""
    assert text_width("Snow\N{SNOWMAN}", 9) > text_width("Snow", 9)
    assert (
        wrap_lines("of them 69\N{NARROW NO-BREAK SPACE}%", text_width("of them 69", 9) + 1, 9)[0] == "of them"
    )
