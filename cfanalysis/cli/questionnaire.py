"""``cfanalysis questionnaire``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cfanalysis.cli.output import say, write_result
from cfanalysis.cli.reader_options import NEW_FILE, PATH, language_option


@click.command(
    epilog="Example: cfanalysis questionnaire data/instruments/customer_focus.yaml --format html --wave 2026"
)
@click.argument("instrument", type=PATH)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["xlsform", "html"]),
    required=True,
    help="A form for KoboToolbox, ODK or SurveyCTO, or one offline web page.",
)
@click.option(
    "--out", type=NEW_FILE, help="The file; by default reports/questionnaires/<instrument>.<xlsx or html>."
)
@language_option("Only in this language: en, de, ...; by default in those of the instrument's texts.")
@click.option("--wave", help="The wave of the answers; by default the instrument's last, unless it is past.")
@click.option("--organization", default="", help="Whom all answers are about; by default the page asks.")
@click.option("--omit", multiple=True, metavar="FIELD", help="A field not to ask for; may be repeated.")
@click.option("--benchmark", metavar="STUDY", help="html: a study whose means are shown for comparison.")
@click.option("--hand-in", default="", metavar="TEXT", help="html: what to do with the file of answers.")
@click.option(
    "--return", "return_to", default="", metavar="mailto:ADDRESS", help="html: offer a mail with the answers."
)
@click.option("--fonts/--no-fonts", default=True, help="html: whether the font is in the file.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def questionnaire(instrument: Path, kind: str, out: Path | None, as_json: bool, **options: Any) -> None:
    """Write the questionnaire of INSTRUMENT: what respondents fill in.

    The columns of what comes back are named as the instrument's items and fields, so cfanalysis prepare reads it. The
    web page sends nothing: respondents download or share a file of answers or, with --return, send a mail that the page
    prepares. Save files and mails in a folder, and give the folder to prepare. A benchmark's means are shown to every
    respondent where the minima allow it.
    """
    from cfanalysis.questionnaire.form import questionnaire_in_languages
    from cfanalysis.survey.instrument import load_instrument

    if kind == "xlsform" and any(options[name] for name in ("benchmark", "hand_in", "return_to")):
        raise click.UsageError("--benchmark, --hand-in and --return are for --format html.")
    asked, language = load_instrument(instrument), options["language"]
    spoken = [language] if language else (asked.languages or [asked.language])
    form = questionnaire_in_languages(
        [load_instrument(instrument, language=code) for code in spoken],
        **{name: options[name] for name in ("language", "wave", "organization", "omit")},
    )
    suffix = {"xlsform": "xlsx", "html": "html"}[kind]
    target = out or Path("reports") / "questionnaires" / f"{asked.id}.{suffix}"
    if kind == "xlsform":
        from cfanalysis.questionnaire.xlsform import write_xlsform

        write_xlsform(form, target)
    else:
        from cfanalysis.questionnaire.offline_page import write_offline_page
        from cfanalysis.questionnaire.respondent_profile import page_benchmark
        from cfanalysis.study.workspace import find_study
        from cfanalysis.survey.recommendations import instrument_recommendations

        study = options["benchmark"]
        beside = None if study is None else page_benchmark(find_study(study), asked)
        others = {name: options[name] for name in ("hand_in", "return_to", "fonts")}
        advice = instrument_recommendations(asked)
        write_offline_page(form, target, benchmark=beside, recommendations=advice, **others)
    say(
        f"asks      {len(form.questions):,} questions on {len(form.pages)} pages, wave {form.wave or 'not given'}"
    )
    result = {
        "instrument": asked.id,
        "format": kind,
        "questions": len(form.questions),
        "files": [str(target)],
    }
    write_result(result, as_json=as_json)
