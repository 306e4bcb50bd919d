"""The look of the theme, compared with pictures that were looked at; ``--update-images`` rewrites them.

Pictures are small and the tolerance is wide enough for another version of the font renderer, but not for a colour,
a size or a place that changed: the mean difference of blurred grey and colour values stays below 1 %.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from cfanalysis import charts
from cfanalysis.charts.chart_rendering import PIXELS_PER_INCH, chart_figure
from cfanalysis.theme.style import THEME, apply_theme, preset

from . import results

FOLDER = Path(__file__).parent / "images"
TOLERANCE = 0.01
SCALE = 0.5  # of a CSS pixel
CASES = {
    "aspects_blog": (charts.gap_by_aspect, results.aspects(4), "blog"),
    "answers_blog": (charts.likert_bars, results.answers(5), "blog"),
    "pairs_print": (charts.pair_heat_table, results.pairs(6), "print"),
    "bands_social": (charts.quartile_bands, results.bands(4, client="Alder"), "social"),
    "spread_thumbnail": (charts.gap_histogram, results.spread(), "thumbnail"),
    "trend_slide": (charts.trend, results.waves(3), "slide"),
}
SUBTITLES = {
    "aspects_blog": "Say minus Do, points of 100, with 95% intervals; 120 organizations",
    "answers_blog": "Share of answers, mean over 120 organizations",
    "pairs_print": "Say minus Do, points of 100; 115 organizations",
    "bands_social": "Scores, 0–100; 120 organizations, latest wave of each",
    "trend_slide": "Mean scores, 0–100, with 95% intervals; 90 organizations",
}


def picture(name: str, accent: str = THEME.accent) -> Image.Image:
    """Return a case as a small picture."""
    chart, result, size = CASES[name]
    stream = BytesIO()
    with apply_theme(preset(size, theme=THEME.replace(accent=accent))):
        drawn = chart_figure(chart, result, title="The finding in words", subtitle=SUBTITLES.get(name))
        drawn.savefig(stream, format="png", dpi=PIXELS_PER_INCH / 2 * SCALE)
    return Image.open(stream).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of two pictures after a slight blur, 0 to 1; 1 where sizes differ."""
    if one.size != other.size:
        return 1.0
    soft = [np.asarray(p.filter(ImageFilter.GaussianBlur(1.5)), dtype=float) for p in (one, other)]
    local = np.abs(soft[0] - soft[1]).mean(axis=2) / 255
    return float(local.mean() + 0.1 * np.quantile(local, 0.99))


@pytest.mark.parametrize("name", CASES)
def test_theme_looks_as_it_did(name, request):
    """Each picture is as it was when it was last looked at."""
    path, now = FOLDER / f"{name}.png", picture(name)
    if request.config.getoption("--update-images"):
        now.quantize(128, method=Image.Quantize.MAXCOVERAGE).save(path, optimize=True)
        pytest.skip(f"{path.name} was rewritten: look at it")
    with Image.open(path) as kept:
        assert difference(kept.convert("RGB"), now) < TOLERANCE


def test_another_colour_is_noticed():
    """The comparison is not blind: another accent fails it."""
    with Image.open(FOLDER / "answers_blog.png") as kept:
        assert difference(kept.convert("RGB"), picture("answers_blog", accent="#5b2a86")) > TOLERANCE
