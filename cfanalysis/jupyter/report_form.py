"""Client reports from a notebook: by a call, or by a small form of ipywidgets around the same call.

The form is for JupyterLab; without ipywidgets (the extra ``widgets``) its place is taken by a line that says how to
get it, and everything else works.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cfanalysis.core.blocks import Bundle, Notice, escape_markdown
from cfanalysis.core.errors import CfAnalysisError, PublishError
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import plural, sentence
from cfanalysis.publish.batches.destinations import open_destination
from cfanalysis.publish.batches.ledger import DONE_STATES, LedgerEntry
from cfanalysis.publish.client_batches import OTHER_FORMATS, ReportSelection, write_client_reports
from cfanalysis.publish.single_report import check_formats
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.workspace import find_study, reports_folder, study_names
from cfanalysis.theme.brand import BRAND

_FORMATS = {"pdf": "PDF", "html": message("Web page"), "xlsx": "Excel"}
ALL_CLIENTS = ""
_SHOWN = 12


@dataclass(frozen=True)
class ReportLinks:
    """Finished reports, as links from the notebook.

    Parameters
    ----------
    files
        The files.
    root
        The folder from which they are named.
    """

    files: tuple[Path, ...]
    root: Path

    def __str__(self) -> str:
        return "\n".join(path.relative_to(self.root).as_posix() for path in self.files)

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        lines = []
        for path in self.files[:_SHOWN]:
            name = escape_markdown(path.relative_to(self.root).as_posix())
            lines.append(f"- [{name}]({quote(Path(os.path.relpath(path)).as_posix())})")
        more = len(self.files) - _SHOWN
        lines += ["- " + sentence("and {n} more", n=more)] if more > 0 else []
        return {"text/plain": str(self), "text/markdown": "\n".join(lines)}, {}


def write_reports(
    study: Study,
    clients: Sequence[str] | None,
    formats: Sequence[str],
    *,
    begun: Callable[[int], None] = lambda _: None,
    watch: Callable[[LedgerEntry], None] = lambda _: None,
) -> ReportLinks:
    """Write clients' reports to ``reports/<study>/clients``, as ``cfanalysis report`` does, and return the links.

    The workbook's ``brand.yaml`` is taken where it has one.

    Parameters
    ----------
    study
        The study.
    clients
        Organizations of it; None for all.
    formats
        ``pdf``, ``html``, ``xlsx``.
    begun, watch
        As of `cfanalysis.publish.client_batches.write_client_reports`.

    Raises
    ------
    CfAnalysisError
        A client is not in the study, a format is unknown, the place cannot be written, or no report could be made.
    """
    check_formats(formats, OTHER_FORMATS)
    folder = reports_folder(study) / "clients"
    brand = folder.parents[2] / BRAND
    entries = write_client_reports(
        ReportSelection(str(study.folder), clients),
        open_destination(str(folder), folder),
        formats=formats,
        jobs=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2,
        brand=brand if brand.is_file() else None,
        begun=begun,
        watch=watch,
    )
    failed = [entry for entry in entries if entry.state not in DONE_STATES]
    if failed:
        raise PublishError(
            f"{len(failed):,} of {len(entries):,} reports could not be made.",
            where=failed[0].name,
            value=failed[0].error,
            next_step=f"What was made, and what failed: {folder / 'index.html'}",
        )
    files = tuple(folder / f"{entry.file}.{suffix}" for entry in entries for suffix in formats)
    return ReportLinks(files, folder.parents[2])


def write_report(study: Study, client: str, formats: str) -> ReportLinks:
    """Write one client's report; parameters and errors as of `write_reports`.

    Parameters
    ----------
    study
        The study.
    client
        The client; empty takes the study's first.
    formats
        One or several of ``pdf``, ``html``, ``xlsx``, with commas between them.
    """
    wanted = [part.strip() for part in formats.split(",") if part.strip()]
    return write_reports(study, [client or study.clients[0]], wanted)


def client_form(study: Study) -> ClientForm | Notice:
    """Return a form that writes client reports; without ipywidgets, a line on how to get it.

    Parameters
    ----------
    study
        The study that is chosen at first.
    """
    try:
        return ClientForm(study)
    except ImportError:
        text = translated(
            "It needs ipywidgets: pip install 'cfanalysis[widgets]', then restart JupyterLab. The cells above do "
            "the same without it."
        )
        return Notice(text, title=translated("There is no form here."))


class ClientForm:
    """A form: study, client, formats, a button; then progress and links, or one message.

    Parameters
    ----------
    study
        The study that is chosen at first.

    Raises
    ------
    ImportError
        There is no ipywidgets.
    """

    def __init__(self, study: Study) -> None:
        import ipywidgets as widgets

        self._study = study
        names = sorted({study.name, *study_names()})
        self.study = _choice(translated("Study"), options=names, value=study.name)
        self.client = _choice(translated("Client"))
        self.formats = {key: _box(translated(label), ticked=key != "xlsx") for key, label in _FORMATS.items()}
        self.button = widgets.Button(description=translated("Write the report"), button_style="primary")
        self.progress = widgets.IntProgress(layout=widgets.Layout(visibility="hidden"))
        self.result = widgets.Output()
        label = widgets.Label(
            translated("Formats"), layout=widgets.Layout(width="6em", justify_content="flex-end")
        )
        formats = widgets.HBox([label, *self.formats.values()])
        action = widgets.HBox([self.button, self.progress])
        self.widget = widgets.VBox([self.study, self.client, formats, action, self.result])
        self._offer_clients()
        self.study.observe(self._on_study, names="value")
        self.button.on_click(lambda _: self._attempt(self._write))

    def __str__(self) -> str:
        return translated("A form to write client reports: study, client, formats")

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = dict(self.widget._repr_mimebundle_(**options) or {})
        return bundle | {"text/plain": str(self)}

    def _offer_clients(self) -> None:
        clients = self._study.clients
        everybody = [(plural(len(clients), "All: {n} client", "All {n} clients"), ALL_CLIENTS)]
        self.client.options = [*((name, name) for name in clients), *everybody]
        self.client.index = 0

    def _on_study(self, change: dict[str, Any]) -> None:
        def open_it() -> None:
            self._study = find_study(change["new"])
            self._offer_clients()

        self._attempt(open_it)

    def _write(self) -> None:
        formats = [key for key, box in self.formats.items() if box.value]
        if not formats:
            raise PublishError("No format is chosen.", allowed=", ".join(_FORMATS.values()))
        clients = None if self.client.value == ALL_CLIENTS else [self.client.value]
        links = write_reports(self._study, clients, formats, begun=self._on_begin, watch=self._on_report)
        self.result.append_display_data(links)

    def _on_begin(self, total: int) -> None:
        self.progress.max, self.progress.value = total, 0
        self.progress.layout.visibility = "visible"

    def _on_report(self, _: LedgerEntry) -> None:
        self.progress.value += 1

    def _attempt(self, action: Callable[[], None]) -> None:
        """Do something while the form is disabled; an error is shown as one message."""
        self.result.outputs = ()
        self.button.disabled = True
        try:
            action()
        except CfAnalysisError as error:
            self.result.append_display_data(
                Notice(str(error), title=translated("This did not work."), tone="caution")
            )
        except Exception as error:
            said = sentence(
                "An unexpected problem ({error}): a defect in cfanalysis. Please report it.",
                error=f"{type(error).__name__}: {error}",
            )
            self.result.append_display_data(Notice(said, tone="caution"))
        finally:
            self.button.disabled = False
            self.progress.layout.visibility = "hidden"


def _choice(label: str, **options: Any) -> Any:
    from ipywidgets import Dropdown, Layout

    style = {"description_width": "8em"}
    return Dropdown(description=label, layout=Layout(width="32em"), style=style, **options)


def _box(label: str, *, ticked: bool) -> Any:
    from ipywidgets import Checkbox, Layout

    return Checkbox(
        value=ticked,
        description=label,
        indent=False,
        layout=Layout(width="max-content", margin="2px 1.2em 2px 2px"),
    )
