"""``cfanalysis charts``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cfanalysis.cli.output import cores, listing_options, parse_formats, say, show_waiting, write_result
from cfanalysis.cli.reader_options import PATH, brand_option, language_option, wave_option

SIZES = (
    "blog: 800 px wide; narrow: 360 px wide, labels above rows; social: 1200 x 675 px, square: 1080 x 1080, portrait: "
    "1080 x 1350, story: 1080 x 1920, which show at most six rows; print: 170 x 120 mm; slide: 1280 x 720 px; "
    "thumbnail: 480 x 360 px"
)


@click.command(epilog="Example: cfanalysis charts sample --only say_do_dumbbell --preset social --format svg")
@click.argument("study")
@click.option("--only", multiple=True, metavar="NAME", help="Only this chart; may be repeated.")
@click.option("--preset", "size", default="blog", show_default=True, metavar="NAME", help=f"{SIZES}.")
@click.option("--format", "formats", default="svg,png", show_default=True, help="svg, png, pdf.")
@click.option("--title", help="Instead of the finding, for one chart (--only).")
@click.option("--subtitle", help="Instead of measure and n, for one chart.")
@click.option("--source", help="Instead of the study's source; that data are synthetic is always said.")
@click.option(
    "--palette", metavar="NAME|COLOURS", help="Seaborn's name of a palette, or colours: '#5b2a86,#8a96a1'."
)
@click.option(
    "--highlight",
    multiple=True,
    metavar="NAME",
    help="A row, or an organization whose dot is shown, that "
    "stands out; may be repeated. Organizations have names where the figures are public, or in research.",
)
@click.option("--embed", is_flag=True, help="Also variants for narrow and dark pages, which the HTML snippet chooses "
              "from, and an interactive file: values on hover, touch and keyboard focus.")  # fmt: skip
@click.option(
    "--research",
    is_flag=True,
    help="Charts not for publication, which they say: all charts; any organization may be highlighted.",
)
@click.option("--statistics", type=click.Choice(["none", "short", "full"]), default="short", show_default=True,
              help="What the subtitles state besides the measure.")  # fmt: skip
@click.option(
    "--norm", help="The norm whose figures are drawn.  [default: the one published last, or else a draft]"
)
@wave_option
@click.option("--out", type=PATH, help="reports/<study>/charts otherwise.")
@language_option("Language of the charts: en, de, ...; by default the workspace's, or the instrument's.")
@brand_option("Brand file of the charts.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Number of processes; by default one per core.")
@listing_options
def charts(study: str, out: Path | None, as_json: bool, verbose: bool, **given: Any) -> None:
    """Write the charts of STUDY: for each the pictures, alt text, description, plotted numbers and HTML snippet.

    Charts for the public show a norm's figures, as clients' reports do. Others are made with --research, or by name
    (--only), and say that they are for research; where the instrument says `public: true`, all charts are public.
    """
    from cfanalysis.charts.gallery import brand_file_theme, norm_figures, write_charts
    from cfanalysis.core.language import use_language
    from cfanalysis.publish.execution.resource_limits import can_fork
    from cfanalysis.study.workspace import find_study, report_language

    opened = find_study(study)
    if given["norm"] and (given["research"] or given["wave"] == "first"):
        raise click.UsageError(
            "--norm is for charts of the latest wave that are published: not with --research."
        )
    folder = out or Path("reports") / opened.name / "charts"
    options = {name: given[name] for name in ("only", "size", "statistics", "wave", "title", "subtitle",
                                               "source", "highlight", "palette", "research", "embed")}  # fmt: skip
    options |= {"formats": parse_formats(given["formats"]), "theme": brand_file_theme(given["brand"] or "")}
    jobs = (given["jobs"] or cores()) if can_fork() else 1
    language = given["language"] or report_language(opened)
    with show_waiting(f"Drawing the charts of {opened.name} ..."), use_language(language):
        opened = opened.in_language(language)
        if not (given["research"] or given["wave"] == "first" or opened.survey.instrument.public):
            options["figures"] = norm_figures(opened, given["norm"])
        made = write_charts(opened.survey, folder=folder, jobs=jobs, **options)
    for reason in dict.fromkeys(made.omitted.values()):
        say(f"left out: {', '.join(name for name, own in made.omitted.items() if own == reason)}: {reason}")
    files = [str(file) for file in made.files]
    result = {"study": opened.name, "files": files, "left_out": made.omitted}
    write_result(result, as_json=as_json, verbose=verbose)
