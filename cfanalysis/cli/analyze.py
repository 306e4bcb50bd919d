"""``cfanalysis analyze``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cfanalysis.cli.output import listing_options, parse_formats, say, show_waiting, write_result
from cfanalysis.cli.reader_options import PATH, brand_option, date_option, language_option, wave_option
from cfanalysis.core.unfinished import work_folder

if TYPE_CHECKING:
    from cfanalysis.scoring.means import WhichWave
    from cfanalysis.study.prepared_study import Study

RESEARCH_REPORTS = ("quartile_gaps", "measurement", "data_quality")
"""The notebooks that `analyze` publishes of every study, in the order in which they are read."""


@click.command(epilog="Example: cfanalysis analyze data/prepared/mine --format html,pdf")
@click.argument("study")
@click.option("--out", type=PATH, help="Folder; reports/<study> otherwise.")
@click.option("--format", "formats", default="html,pdf", show_default=True, help="html, pdf or both.")
@click.option(
    "--notebook",
    "notebooks",
    type=PATH,
    multiple=True,
    help="Publish this notebook, with the parameter study, instead of the research reports; may be repeated.",
)
@wave_option
@brand_option("Brand file of the reports.")
@date_option
@language_option("Language of the reports: en, de, ...; by default the workspace's, or the instrument's.")
@listing_options
def analyze(
    study: str,
    out: Path | None,
    formats: str,
    notebooks: tuple[Path, ...],
    wave: WhichWave,
    brand: Path | None,
    date: str,
    language: str,
    **listing: bool,
) -> None:
    """Write the verdict and the research reports of STUDY (a folder, or the name of a prepared study).

    The numbers behind every figure are written beside the reports as CSV, in figures/<report>/. A study with outcomes
    also gets the report on outcomes, and one that asks customers for an index the report on the index; one that does
    not ask for both Say and Do gets no report on the gap. The workspace's own copies of the notebooks are taken, where
    there are some.
    """
    from cfanalysis.core.files import atomic_file
    from cfanalysis.publish.execution.parameters import notebook_parameters
    from cfanalysis.reports.claim_test import current_verdict
    from cfanalysis.study.prepared_study import verdict_sentence
    from cfanalysis.study.study_files import write_json
    from cfanalysis.study.workspace import find_study, report_language

    if len({notebook.stem for notebook in notebooks}) < len(notebooks):
        raise click.UsageError("Two of the notebooks have one name, and so would their reports.")
    opened = find_study(study)
    verdict = current_verdict(opened, wave=wave)
    folder = out or Path("reports") / opened.name
    language = language or report_language(opened)
    imprint = {**opened.imprint, **({"date": date} if date else {})}
    files: list[Path] = []
    reports: dict[Path, dict[str, str]] = {notebook: {} for notebook in notebooks}
    for notebook, parameters in (reports or _reports(opened)).items():
        with show_waiting(f"Publishing {notebook.stem} of {opened.name} ..."):
            given = {"study": str(opened.folder), **parameters}
            given |= {"wave": str(wave)} if "wave" in notebook_parameters(notebook) else {}
            files += _publish(
                notebook,
                given,
                folder=folder,
                formats=parse_formats(formats),
                brand=brand,
                imprint=imprint,
                language=language,
            )
    with atomic_file(folder / "verdict.json") as aside:
        write_json(aside, verdict)
    files.append(folder / "verdict.json")
    say(f"verdict   {verdict_sentence(verdict)}")
    result = {"study": opened.name, "verdict": verdict, "files": [str(f) for f in files]}
    write_result(result, **listing)


def _reports(study: Study) -> dict[Path, dict[str, str]]:
    """Return the notebooks that apply to a study, with their parameters."""
    from cfanalysis.core.resources import notebook_file
    from cfanalysis.study.sample.outcome_model import with_outcomes

    instrument, reports = study.survey.instrument, {name: dict[str, str]() for name in RESEARCH_REPORTS}
    if instrument.gap_dimensions and with_outcomes(study.survey).outcomes is not None:
        reports["outcomes"] = {}
    if not instrument.gap_dimensions:
        del reports["quartile_gaps"]
    indices = [index.id for index in instrument.indices if index.formula in ("ukcsi", "acsi")]
    if indices and not instrument.gap_dimensions and study.survey.raw_responses is not None:
        reports["sector_index"] = {"index": indices[0], "other": indices[-1]}
    return {notebook_file(name): parameters for name, parameters in reports.items()}


def _publish(
    notebook: Path,
    parameters: dict[str, str],
    *,
    folder: Path,
    formats: list[str],
    brand: Path | None,
    imprint: dict[str, str],
    language: str,
) -> list[Path]:
    """Publish one report; the numbers of its figures are moved beside it once it is complete."""
    from cfanalysis.core.files import atomic_file
    from cfanalysis.publish.single_report import publish

    name = notebook.stem
    with work_folder() as work:
        numbers = work.path / name  # the report names the folder
        numbers.mkdir()
        made = publish(
            notebook, parameters, output_folder=folder, name=name, formats=formats, brand=brand,
            numbers=numbers, imprint=imprint, language=language,
        )  # fmt: skip
        files = list(made.values())
        for table in sorted(numbers.glob("*.csv")):
            files.append(folder / "figures" / name / table.name)
            with atomic_file(files[-1]) as place:
                place.write_bytes(table.read_bytes())
    return files
