"""The workspace on disk: where studies are found, and where reports go.

A workbook is a folder with ``data/prepared/``: the nearest one above the working directory, so that notebooks
find a study by its name wherever they are started. Outside any workbook (an installed package, an empty
folder) the user's own data folder takes its place. The study ``sample`` needs no preparing: it is made from
the synthetic sample when it is absent or older than the sample.
"""

from __future__ import annotations

from pathlib import Path

import platformdirs

from cfanalysis import __version__
from cfanalysis.core.errors import StudyError, nearest
from cfanalysis.core.files import sha256
from cfanalysis.core.language import SOURCE, spoken_language
from cfanalysis.core.resources import shipped_file, workspace_folder, workspace_language
from cfanalysis.core.unfinished import work_folder
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study, open_study
from cfanalysis.survey.survey_data import ClientExtract

SAMPLE_STUDY = "sample"
CUSTOMER_STUDY = "customers"
CUSTOMERS_INSTRUMENT = ("data", "instruments", "customer_index.yaml")
SAMPLE_FILES = (
    ("data", "sample", "customer_focus_responses.csv"),
    ("data", "instruments", "customer_focus.yaml"),
)


def prepared_folder() -> Path:
    """Return the folder in which studies are prepared."""
    root = workspace_folder()
    if root is not None:
        return root / "data" / "prepared"
    try:
        return platformdirs.user_data_path("cfanalysis", appauthor=False) / "prepared"
    except RuntimeError as error:  # nobody's home
        raise StudyError(
            "There is no workspace here, and no home folder in which studies could be.",
            next_step="Go to a workspace (cfanalysis init FOLDER makes one), name the study's folder, or set HOME.",
        ) from error


def reports_folder(study: Study) -> Path:
    """Return the folder of a study's reports: ``reports/<study>`` of the workbook in which it was prepared.

    A study that lies in no workbook has its reports below the working directory.
    """
    prepared = study.folder.resolve().parent
    inside = (prepared.parent.name, prepared.name) == ("data", "prepared")
    return (prepared.parent.parent if inside else Path.cwd()) / "reports" / study.name


def report_language(study: Study) -> str:
    """Return the language of a study's reports where none is asked for.

    It is that of the workspace's notebooks where these were laid out in one, else the instrument's; English where there
    is no catalog for it.
    """
    asked = study.survey.instrument.language
    return spoken_language(workspace_language()) or spoken_language(asked) or SOURCE


def find_file(name: str) -> Path:
    """Return the file that is meant: as it stands, seen from the workspace's folder, or among what ships.

    Parameters
    ----------
    name
        E.g. ``"data/answers.csv"``, the same in a notebook and at the top of the workbook. A file that is nowhere is
        returned where it is expected; a name without a suffix (of an instrument that ships) as it is.

    Examples
    --------
    >>> find_file("data/sample/customer_focus_responses.csv").is_file(), find_file("customer_focus").name
    (True, 'customer_focus')
    """
    given = Path(name)
    root = workspace_folder() or Path.cwd()
    places = (given, root / given, shipped_file(*given.parts))
    return next((p for p in places if p.is_file()), root / given if given.suffix else given)


def study_names() -> list[str]:
    """Return the names of the studies that can be opened, sorted; the sample is always among them."""
    prepared = (path.parent.name for path in prepared_folder().glob("*/manifest.json"))
    return sorted({SAMPLE_STUDY, CUSTOMER_STUDY, *prepared})


def find_study(study: str | Path) -> Study:
    """Open a study by its folder or by its name.

    Parameters
    ----------
    study
        A folder, or the name of one below ``data/prepared/`` of the workbook. ``"sample"`` and
        ``"customers"`` (synthetic customers of the sample's organizations) always exist.

    Raises
    ------
    StudyError
        There is none; the nearest names are given.
    """
    folder = Path(study)
    if (folder / "manifest.json").is_file():
        return open_study(folder.resolve())
    prepared = prepared_folder()
    if str(study) == SAMPLE_STUDY:
        return _sample(prepared / SAMPLE_STUDY)
    if str(study) == CUSTOMER_STUDY:
        return _customers(prepared / CUSTOMER_STUDY)
    if len(folder.parts) == 1 and (prepared / folder / "manifest.json").is_file():
        return open_study(prepared / folder)
    names = study_names()
    raise StudyError(
        f"There is no study {str(study)!r}.",
        where=folder if len(folder.parts) > 1 else prepared,
        allowed="; ".join(
            [f"did you mean {n}?" for n in nearest(folder.name, names)] or [f"prepared: {', '.join(names)}"]
        ),
        next_step="Prepare it: cfanalysis prepare FILE --instrument INSTRUMENT --out data/prepared/NAME",
    )


def client_extract(extract: str, *, study: str, client: str, benchmark: str = "all") -> ClientExtract:
    """Open a client's extract, as the notebook of its report asks for it.

    Parameters
    ----------
    extract
        Folder of an extract; this alone is read then. Empty: cut one from the study.
    study, client
        Study and client of the extract to cut; an empty client takes the study's first.
    benchmark
        What the client is compared with, as for `cfanalysis.study.client_extract.cut_extract`; an extract
        given by its folder was cut with its own.
    """
    if extract:
        return open_extract(Path(extract))
    opened = find_study(study)
    name = client or opened.clients[0]
    with work_folder() as work:
        return open_extract(cut_extract(opened, name, work.path / "extract", benchmark=benchmark))


def _sample(folder: Path) -> Study:
    """Return the sample study; it is made if it is absent or of another sample or version."""
    from cfanalysis.study.preparation import prepare

    data, instrument = (shipped_file(*parts) for parts in SAMPLE_FILES)
    study, inputs = _existing(folder)
    if study is not None and inputs == {sha256(data), sha256(instrument)}:
        return study
    return prepare(data, instrument, folder, replace=True)


def _customers(folder: Path) -> Study:
    """Return the study of synthetic customers; it is generated if it is absent or of another version."""
    from cfanalysis.study.preparation import prepare
    from cfanalysis.study.sample.customer_survey import write_sample_customers

    instrument = shipped_file(*CUSTOMERS_INSTRUMENT)
    study, inputs = _existing(folder)
    # A study of real customers that somebody called so stays.
    if study is not None and (sha256(instrument) in inputs or not study.survey.source.synthetic):
        return study
    with work_folder() as work:
        data = work.path / "customers.csv"
        write_sample_customers(data)
        return prepare(data, instrument, folder, replace=True)


def _existing(folder: Path) -> tuple[Study | None, set[str]]:
    """Return the study that lies there, if any, and the hashes of its inputs if this version made it."""
    try:
        study = open_study(folder)
    except StudyError:
        return None, set()
    current = study.manifest["versions"]["cfanalysis"] == __version__
    return study, {entry["sha256"] for entry in study.manifest["inputs"]} if current else set()
