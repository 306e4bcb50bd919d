"""``docs/gallery.md``: every chart of some studies, and the variants of some, on one page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from cfanalysis.charts.chart_rendering import chart_drawing, save_chart
from cfanalysis.charts.gallery.chart_files import chart_result
from cfanalysis.charts.gallery.chart_kinds import CHARTS
from cfanalysis.core.blocks import escape_markdown
from cfanalysis.core.errors import AnalysisError, ConfidentialityError
from cfanalysis.core.files import atomic_file
from cfanalysis.survey.survey_data import Survey
from cfanalysis.theme.style import Preset, apply_theme, preset

INTRODUCTION = """# Gallery

Every chart that `cfanalysis charts STUDY` writes, drawn from the data named below each heading. This page and its
pictures are generated (`make gallery`); nothing in it is edited by hand. Each chart is a function of
`cfanalysis.charts` that takes a finished result and, if wanted, an Axes. The numbers are those of the
[method](method.md); organizations are anonymous. All are drawn for research, from each study's own figures and all its
organizations; what the command draws for the public counts, as clients' reports do, the organizations of a
[norm](privacy.md), which may be a few less.
"""


@dataclass(frozen=True)
class _Variant:
    """One chart drawn in another way."""

    name: str
    heading: str
    size: Preset
    options: dict[str, Any]


VARIANTS = (
    _Variant("dimension_profile", "As a radar chart (the weaker picture)", "blog", {"radar": True}),
    _Variant("likert_bars", "Neutral answers aside, in the order of the survey", "blog",
             {"neutral": "aside", "order": "given"}),
    _Variant("likert_bars", "Another centre: only “Strongly agree” counts", "blog",
             {"centre": 4.5, "title": "How many agree strongly"}),
)  # fmt: skip


def write_gallery(studies: Sequence[tuple[str, Survey]], page: Path) -> list[Path]:
    """Write the gallery page and its pictures, one CSS pixel for each pixel.

    Parameters
    ----------
    studies
        Headings and surveys; of the first, variants and all presets are shown, too.
    page
        The Markdown file; pictures go into the folder of the same name beside it.

    Returns
    -------
    list of Path
        The page and the pictures.
    """
    pictures = page.with_suffix("")
    parts, files = [INTRODUCTION], []
    for number, (heading, survey) in enumerate(studies):
        folder = pictures / survey.source.study
        parts.append(f"\n## {escape_markdown(heading)}\n\n{escape_markdown(survey.source.caption)}\n")
        for text, file in _charts(survey, folder, page.parent, variants=number == 0):
            parts.append(text)
            files += [file] if file else []
    with atomic_file(page) as aside:
        aside.write_text("".join(parts), encoding="utf-8", newline="\n")
    return [page, *files]


def _charts(survey: Survey, folder: Path, root: Path, *, variants: bool) -> Iterator[tuple[str, Path | None]]:
    """Yield the Markdown and the picture of each chart, its variants and, of the first, its presets."""
    for number, name in enumerate(CHARTS):
        try:
            result = chart_result(CHARTS[name], survey)
        except (AnalysisError, ConfidentialityError) as problem:
            yield f"\n### {name}\n\nNot possible with these data: {escape_markdown(problem.problem)}\n", None
            continue
        path = folder / f"{name}.png"
        yield f"\n### {name}\n\n{_image(name, result, path, root, size='blog')}\n", path
        for index, variant in enumerate(v for v in VARIANTS if variants and v.name == name):
            path = folder / f"{name}_{index + 1}.png"
            image = _image(name, result, path, root, size=variant.size, **variant.options)
            yield f"\n{variant.heading}:\n\n{image}\n", path
        if variants and number == 0:
            for size in get_args(Preset):
                path = folder / f"{name}_{size}.png"
                yield f"\nPreset `{size}`:\n\n{_image(name, result, path, root, size=size)}\n", path


def _image(name: str, result: Any, path: Path, root: Path, *, size: Preset, **options: Any) -> str:
    """Draw a chart into a file and return the Markdown that shows it."""
    with apply_theme(preset(size)):
        figure, words = chart_drawing(CHARTS[name].chart, result, **options)
        save_chart(figure, path, alt=words.alt, title=words.title, scale=1.0)
    alt = words.alt.replace("[", "(").replace("]", ")")
    return f"![{alt}]({path.relative_to(root).as_posix()})"
