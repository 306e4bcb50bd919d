"""What both exporters share: nbconvert gives a notebook, it is read as a document, and that is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from nbconvert.exporters import Exporter
from traitlets import default

from cfanalysis.publish.rendering.document import Document, document


class DocumentExporter(Exporter):
    """An exporter of nbconvert that writes a document in one format."""

    suffix: ClassVar[str]

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return self.suffix

    def export(self, read: Document) -> tuple[bytes | str, list[str]]:
        """Return a document in this format, and what its author should know."""
        raise NotImplementedError

    def from_notebook_node(
        self, nb: Any, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return a notebook in this format, and nbconvert's resources.

        Parameters
        ----------
        nb
            The notebook.
        resources
            nbconvert's resources: ``metadata`` has the notebook's name and folder.
        **kw
            Passed on to nbconvert.

        Raises
        ------
        PublishError
            A figure of a report has no alternative text, or the page cannot be set.
        """
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        about = resources.get("metadata", {})
        folder = Path(about["path"] or ".") if "path" in about else None
        read = document(notebook, name=str(about.get("name") or "Notebook"), folder=folder)
        output, remarks = self.export(read)
        remarks = [*read.remarks, *remarks]
        for remark in remarks:
            self.log.warning("%s: %s", about.get("name", "notebook"), remark)
        resources["output_extension"] = self.suffix
        resources["remarks"] = remarks
        return output, resources
