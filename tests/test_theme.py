"""The look: contrast, fonts, sizes."""

from __future__ import annotations

import itertools

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import font_manager

from cfanalysis.core.errors import ParameterError
from cfanalysis.theme.brand import contrast_ratio, luminance
from cfanalysis.theme.style import (
    THEME,
    apply_theme,
    current_theme,
    preset,
    register_fonts,
)
from cfanalysis.theme.svg_fonts import font_style, font_subsets
from cfanalysis.theme.ticks_style import TICKS

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
COLOUR_BLINDNESS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}


@pytest.mark.parametrize("colour", [THEME.ink, THEME.muted, THEME.accent, THEME.finding])
@pytest.mark.parametrize("ground", [THEME.paper, THEME.tint])
def test_text_reaches_the_contrast_for_reading(colour, ground):
    """All text reaches 4.5:1 (WCAG 2.2, AA)."""
    assert contrast_ratio(colour, ground) >= 4.5


@pytest.mark.parametrize("number", range(4))
def test_marks_reach_the_contrast_for_seeing(number):
    """Marks of every set reach 3:1 on paper, and text about them 4.5:1."""
    assert contrast_ratio(THEME.colour(number), THEME.paper) >= 3
    assert contrast_ratio(THEME.text_colour(number), THEME.paper) >= 4.5


def test_contrast_is_that_of_the_guideline():
    """Black on white is 21:1; #767676 on white is the known 4.54:1."""
    assert contrast_ratio("#000000", "#ffffff") == 21
    assert contrast_ratio("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def test_first_and_second_set_differ_in_grey():
    """Printed in grey, the first two sets are at least 1.8:1 apart; further ones differ in shape."""
    assert contrast_ratio(THEME.colour(0), THEME.colour(1)) >= 1.8
    assert len({THEME.marker(number) for number in range(4)}) == 4


@pytest.mark.parametrize("kind", COLOUR_BLINDNESS)
def test_roles_stay_apart_for_the_colour_blind(kind):
    """Accent, finding and the second set are told apart under simulated colour blindness."""
    seen = [
        linear(colour) @ np.array(COLOUR_BLINDNESS[kind]).T
        for colour in (THEME.accent, THEME.finding, THEME.others[0])
    ]
    assert min(np.linalg.norm(np.cbrt(a) - np.cbrt(b)) for a, b in itertools.combinations(seen, 2)) > 0.12


def linear(colour):
    """Return the linear RGB of a colour."""
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize(
    ("weight", "file"), [(400, "IBMPlexSans-Regular.ttf"), (600, "IBMPlexSans-SemiBold.ttf")]
)
def test_weights_are_found_under_the_family(weight, file):
    """The family's name and a weight are enough to find the font, in the package."""
    register_fonts()
    found = font_manager.findfont(font_manager.FontProperties(family="IBM Plex Sans", weight=weight))
    assert found.endswith(f"fonts/{file}")


def test_settings_end_with_the_block():
    """Inside, matplotlib has the theme's settings; afterwards those that it had."""
    before = dict(mpl.rcParams)
    with apply_theme(THEME.replace(label=20.0)):
        assert mpl.rcParams["font.size"] == 20
        assert mpl.rcParams["svg.fonttype"] == "none"
    assert dict(mpl.rcParams) == before


def test_inner_blocks_keep_the_theme_of_the_outer():
    """`apply_theme()` without a theme keeps the one in force; outside it is the house's own."""
    brand = THEME.replace(accent="#5b2a86")
    with apply_theme(brand), apply_theme() as inner:
        assert inner is brand
    assert current_theme() is THEME


@pytest.mark.parametrize(
    ("name", "pixels"), [("social", (1200, 675)), ("slide", (1280, 720)), ("thumbnail", (480, 360))]
)
def test_presets_have_their_pixels(name, pixels):
    """A preset's width and height are those stated, at 96 pixels an inch."""
    theme = preset(name)
    assert (theme.width / 72 * 96, theme.height / 72 * 96) == pytest.approx(pixels)


def test_presets_keep_a_brand():
    """A preset changes sizes, not colours."""
    assert preset("social", theme=THEME.replace(accent="#5b2a86")).accent == "#5b2a86"


def test_unknown_preset_names_those_there_are():
    """The message lists the presets."""
    with pytest.raises(ParameterError, match="document, blog, narrow, social"):
        preset("poster")


def test_font_style_is_one_constant_element():
    """The same text each time, marked for those who take it out."""
    style = font_style()
    assert style == font_style()
    assert style.startswith('<style class="cfa-font"')
    assert style.count("<style") == style.count("</style>") == 1
    assert "http" not in style


@pytest.mark.parametrize(
    ("text", "subsets"),
    [
        ("Gap −0.2 – “é”", ("Latin1",)),
        ("Łódź", ("Latin1", "Latin2")),
        ("β ≥ 1", ("Latin1", "Greek", "Pi")),
    ],
)
def test_only_the_letters_that_are_needed_travel(text, subsets):
    """Accented letters of Eastern Europe, Greek and signs come where they occur."""
    assert font_subsets(text) == subsets


def test_luminance_runs_from_black_to_white():
    """0 for black, 1 for white."""
    assert (luminance("#000000"), luminance("#ffffff")) == pytest.approx((0, 1))


def test_the_style_is_seaborns_ticks():
    """What is written out here is what seaborn says, as far as no value of the theme's own replaces it."""
    seaborn = pytest.importorskip("seaborn")
    ours = THEME.rc()
    style = dict(seaborn.axes_style("ticks"))
    assert set(style) - set(ours) == {"image.cmap"}  # no chart colours a picture
    assert {name: ours[name] for name in TICKS} == {name: style[name] for name in TICKS}
