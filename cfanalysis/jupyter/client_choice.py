"""The client whose report a notebook shows: a dropdown in JupyterLab, nothing where the notebook has its client."""

from __future__ import annotations

from html import escape
from typing import Any

from cfanalysis.core.language import translated
from cfanalysis.core.templates import sentence
from cfanalysis.study.workspace import find_study

_chosen: dict[tuple[str, str], str] = {}
"""What was chosen last, by study and client as the notebook names them: it holds when all cells are run again."""


class ClientChoice:
    """A dropdown of a study's clients.

    Parameters
    ----------
    study, client
        Names as in the notebook; an empty client is the study's first.

    Attributes
    ----------
    client
        Who is chosen.
    """

    def __init__(self, study: str, client: str) -> None:
        self._key = study, client
        self._names = find_study(study).clients
        self.client = _chosen.get(self._key) or client or self._names[0]

    def __str__(self) -> str:
        return sentence("Client: {name}", name=self.client)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        try:
            import ipywidgets as widgets
        except ImportError:
            return {"text/plain": sentence("{client}; another is named in the first cell", client=str(self))}
        known = {"value": self.client} if self.client in self._names else {"index": None}
        dropdown = widgets.Dropdown(
            description=translated("Client"),
            options=self._names,
            layout=widgets.Layout(width="32em"),
            **known,
        )
        dropdown.observe(self._choose, names="value")
        hint = escape(translated("then Run > Run All Cells"))
        row = widgets.HBox([dropdown, widgets.HTML(f"<small>{hint}</small>")])
        return dict(row._repr_mimebundle_(**options) or {}) | {"text/plain": str(self)}

    def _choose(self, change: dict[str, Any]) -> None:
        self.client = _chosen[self._key] = change["new"]


def client_choice(extract: str, *, study: str, client: str) -> ClientChoice | None:
    """Return a dropdown of a study's clients; None where the notebook is given a client's extract.

    Parameters
    ----------
    extract
        Folder of an extract; empty where one is cut from the study.
    study, client
        Names as in the notebook; an empty client is the study's first.

    Raises
    ------
    CfAnalysisError
        There is no such study.
    """
    return None if extract else ClientChoice(study, client)
