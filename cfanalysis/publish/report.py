"""One report: a notebook is executed with its parameters and published in each format that was asked for.

Everything is made aside, and the files are moved into the output folder when all of them are whole. If
anything fails nothing half-written is left; only the executed notebook with its failing cell is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from cfanalysis.errors import OutputError, PublishError, nearest
from cfanalysis.files import whole_file

Export = Callable[[Path, Path], bytes]
"""From the executed notebook, and the notebook that it was made from, to the bytes of a published file."""


def exported_by(module: str, exporter: str) -> Export:
    """Return an export through an nbconvert exporter, which is imported when it is first used."""

    def export(executed: Path, notebook: Path) -> bytes:
        import nbformat

        exporter_class = getattr(import_module(module), exporter)
        # The page is about the notebook as it was written: its name, and the pictures beside it.
        resources = {"metadata": {"name": notebook.stem, "path": str(notebook.resolve().parent)}}
        read = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
        output, _ = exporter_class().from_notebook_node(read, resources)
        return output if isinstance(output, bytes) else str(output).encode()

    return export


FORMATS: dict[str, Export] = {
    "html": exported_by("cfanalysis.publish.html", "PageHTMLExporter"),
    "pdf": exported_by("cfanalysis.publish.pdf", "TypstPDFExporter"),
}
"""The formats that a report can have, by file name suffix; another one is one more entry."""


def publish(
    notebook: Path,
    parameters: Mapping[str, object],
    *,
    output_folder: Path,
    name: str,
    formats: Sequence[str] = ("html", "pdf"),
) -> dict[str, Path]:
    """Execute the notebook and write ``<name>.<format>`` into the output folder.

    Parameters
    ----------
    notebook
        The notebook to execute.
    parameters
        Values for the names in its ``parameters`` cell.
    output_folder
        Where the files go; made if it is absent.
    name
        The files' name without suffix.
    formats
        Keys of `FORMATS`.

    Returns
    -------
    dict
        The path of each file by format.

    Raises
    ------
    ParameterError
        A parameter that the notebook does not take.
    PublishError
        A cell failed, or a page could not be made; an unknown format.
    OutputError
        The output folder cannot be written.
    """
    from cfanalysis.publish.execution import execute
    from cfanalysis.publish.parameters import checked_parameters

    _check_formats(formats)
    _check_name(name)
    given = checked_parameters(notebook, parameters)
    targets = {suffix: output_folder / f"{name}.{suffix}" for suffix in formats}
    with ExitStack() as stack:
        # Entered before the notebook runs: a place that cannot be written is found at once.
        aside = {suffix: stack.enter_context(whole_file(target)) for suffix, target in targets.items()}
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="cfanalysis-")))
        executed = execute(
            notebook,
            given,
            output=folder / "executed.ipynb",
            failed=output_folder / f"{name}.failed.ipynb",
        )
        for suffix, path in aside.items():
            path.write_bytes(FORMATS[suffix](executed, notebook))
    return targets


def _check_formats(formats: Sequence[str]) -> None:
    unknown = [wanted for wanted in formats if wanted not in FORMATS]
    if unknown:
        alike = nearest(unknown[0], FORMATS)
        raise PublishError(
            "There is no such format.",
            value=unknown[0],
            allowed=", ".join(FORMATS),
            next_step=f"Did you mean {alike[0]}?" if alike else None,
        )


def _check_name(name: str) -> None:
    if not name or name.startswith(".") or set(name) & set('/\\\0:*?"<>|') or len(name.encode()) > 200:
        raise OutputError(
            "The report's name cannot be a file name.",
            value=name,
            allowed='at most 200 bytes, no leading dot and none of / \\ : * ? " < > |',
        )
