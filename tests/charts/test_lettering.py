"""Widths, breaks and numbers."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from cfanalysis import numerals
from cfanalysis.charts.lettering import balanced, digits_for, interval, number, one_line, text_width, wrapped
from cfanalysis.effects import Estimate
from cfanalysis.theme import applied


@pytest.mark.parametrize("bold", [False, True])
def test_width_is_what_is_drawn(bold):
    """The measured width is the drawn one, within 4 %."""
    text = "Employee satisfaction, Łódź −0.25"
    with applied() as theme:
        figure = Figure(dpi=144)
        drawn = figure.text(
            0, 0, text, fontsize=10, fontfamily=theme.families(bold=bold), fontweight=600 if bold else 400
        )
        width = drawn.get_window_extent(FigureCanvasAgg(figure).get_renderer()).width / 2
    assert text_width(text, 10, bold=bold) == pytest.approx(width, rel=0.04)


def test_no_line_is_wider_than_allowed():
    """Lines fit, also where one word is wider than a line, and no letter is lost."""
    text = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft in Wien"
    lines = wrapped(text, 120, 9)
    assert all(text_width(line, 9) <= 120 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_balanced_text_has_no_lonely_last_word():
    """The same number of lines as greedy breaking, about equally long."""
    text = "The top quartile does what it says and below it the gap is wide"
    greedy, even = wrapped(text, 230, 9), balanced(text, 230, 9)
    assert len(even) == len(greedy) == 2
    assert text_width(even[1], 9) > text_width(greedy[1], 9)
    assert " ".join(even) == text


def test_text_from_data_stands_on_one_line():
    """Line breaks become spaces and control characters go."""
    assert one_line(" Alder\n\tLogistics\x00 ") == "Alder Logistics"


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1,234.50"), (-0.126, "−0.13"), (-0.001, "0.00"), (None, "–"), (float("inf"), "–")],
)
def test_numbers_are_written_with_a_minus_sign_and_never_minus_zero(value, text):
    """A number has its decimals; none is a dash."""
    assert number(value, 2) == text


@pytest.mark.parametrize("estimate", [Estimate(0.2, 0.1, 0.3), Estimate(0.2, 0.15, 0.249), Estimate(0.2)])
def test_charts_and_sentences_write_the_same_number(estimate):
    """Digits, signs and dashes are those of the sentences."""
    assert digits_for(estimate) == numerals.digits_for(estimate)
    for value in (-1234.567, -0.0004, 0.0, 0.26, None):
        for signed in (False, True):
            assert number(value, 3, signed=signed) == numerals.decimal(value, 3, signed=signed)


def test_an_interval_that_does_not_exist_is_left_out():
    """Without both ends nothing is written."""
    assert interval(0.1, 0.3, 2) == "0.10 to 0.30"
    assert interval(float("nan"), 0.3, 2) == interval(None, 0.3, 2) == ""


def test_letters_that_no_font_has_do_not_warn():
    """A name in a script that the fonts lack is measured without a warning."""
    assert text_width("株式会社", 9) > 0
