"""Tones stay apart in grey and for the colour-blind, and letters on them can be read."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from cfanalysis.charts.tones import STRONGEST, diverging_tones, text_colour_on, value_tone
from cfanalysis.theme.brand import blend, contrast_ratio, luminance
from cfanalysis.theme.style import THEME

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


def seen(colour: str, kind: str) -> np.ndarray:
    """Return the cube root of the linear RGB that is seen: about as far apart as it looks."""
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return np.cbrt(np.clip(np.array(COLOUR_BLINDNESS[kind]) @ linear, 0, 1))


@pytest.mark.parametrize("kind", COLOUR_BLINDNESS)
@pytest.mark.parametrize("places", [[-2, -1, 0, 1, 2], [-2, -1, 1, 2]])
def test_answers_stay_apart_for_the_colour_blind(kind, places):
    """Every pair of tones of a Likert scale is told apart under simulated colour blindness."""
    tones = [seen(tone, kind) for tone in diverging_tones(places, THEME)]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(tones, 2)) > 0.08


def test_each_side_darkens_towards_its_end():
    """In grey, a stronger answer is darker, on both sides; the sides are told apart by place."""
    lights = [luminance(tone) for tone in diverging_tones([-3, -2, -1, 1, 2, 3], THEME)]
    assert lights[0] < lights[1] < lights[2]
    assert lights[5] < lights[4] < lights[3]


@pytest.mark.parametrize("places", [[-1, 1], [-2, -1, 0, 1, 2], list(range(-5, 6))])
def test_letters_on_answers_reach_the_contrast(places):
    """Every tone carries letters at 4.5:1 or more."""
    for tone in diverging_tones(places, THEME):
        assert contrast_ratio(text_colour_on(tone, THEME), tone) >= 4.5


def test_heat_runs_from_paper_to_the_strong_colours():
    """0 is paper; the size of a value counts, its sign chooses the hue; values beyond the ends are cut."""
    assert value_tone(0, -10, 20, THEME) == THEME.paper
    assert (
        value_tone(20, -10, 20, THEME)
        == value_tone(99, -10, 20, THEME)
        == blend(THEME.paper, THEME.accent, STRONGEST)
    )
    assert value_tone(-10, -10, 20, THEME) == blend(THEME.paper, THEME.finding, STRONGEST / 2)
    assert value_tone(5, 5, 5, THEME) == blend(THEME.paper, THEME.accent, STRONGEST)
    assert value_tone(0, 0, 0, THEME) == THEME.paper
