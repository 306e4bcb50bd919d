"""One client's report: cut the extract, then publish the notebook from the extract alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from cfanalysis.extract import cut_extract
from cfanalysis.files import safe_name
from cfanalysis.publish import publish
from cfanalysis.resources import workbook_file
from cfanalysis.study import Study

NOTEBOOK = ("notebooks", "client_report.ipynb")


def write_client_report(
    study: Study, client: str, *, folder: Path, formats: Sequence[str] = ("html", "pdf")
) -> dict[str, Path]:
    """Write a client's report and return the path of each format.

    Parameters
    ----------
    study
        The study.
    client
        The organization's name as it is in the study.
    folder
        Where the files go; they are named after the client, safely and uniquely.
    formats
        As for `cfanalysis.publish.publish`.

    Raises
    ------
    CfAnalysisError
        The client is not in the study, the notebook failed, or the place cannot be written.
    """
    with TemporaryDirectory(prefix="cfanalysis-") as temporary:
        extract = cut_extract(study, client, Path(temporary) / "extract")
        return publish(
            workbook_file(*NOTEBOOK),
            {"extract": str(extract)},
            output_folder=folder,
            name=safe_name(client),
            formats=formats,
        )
