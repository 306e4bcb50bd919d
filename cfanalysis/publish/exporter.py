"""What both exporters share: nbconvert gives a notebook, it is read as a document, and that is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from nbconvert.exporters import Exporter
from traitlets import default
from traitlets.config import Config

from cfanalysis.core.files import file_slug
from cfanalysis.core.language import SOURCE, spoken_language, use_language
from cfanalysis.publish.execution.notebook_run import check_format
from cfanalysis.publish.provenance import hand_provenance
from cfanalysis.publish.rendering.document import Document, document, document_language, own_settings
from cfanalysis.theme.brand import current_brand_file


class DocumentExporter(Exporter):
    """An exporter of nbconvert that writes a document in one format."""

    suffix: ClassVar[str]
    known: list[Document] | None = None
    """The notebook as a document, where an exporter of another format has read it; takes it where none has."""

    @property
    def default_config(self) -> Config:
        """The preprocessors that leave cells out, as nbconvert's templates have them."""
        mine = Config({f"{kind}RemovePreprocessor": {"enabled": True} for kind in ("Tag", "Regex")})
        mine.merge(super().default_config)
        return mine

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
            The notebook is not as its format asks, a figure of a report has no alternative text, or the page
            cannot be set.
        """
        about = (resources or {}).get("metadata", {})
        folder = Path(about["path"] or ".") if "path" in about else None
        name = str(about.get("name") or "Notebook")
        check_format(nb, name)
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        self._leave_out(notebook)
        file = folder / f"{name}.ipynb" if folder else None
        own = own_settings(nb.metadata)
        by_hand = file is not None and "stamp" not in own
        if file is not None and by_hand:
            stamp = hand_provenance(file, nb, current_brand_file())
            notebook.metadata["cfanalysis"] = {**own, "stamp": stamp}
        with use_language(spoken_language(document_language(notebook.metadata)) or SOURCE):
            read = self.known[0] if self.known else document(notebook, name=name, folder=folder)
            if self.known is not None:
                self.known[:] = [read]
            output, remarks = self.export(read)
        remarks = [*read.remarks, *remarks]
        for remark in remarks:
            self.log.warning("%s: %s", about.get("name", "notebook"), remark)
        client = read.masthead.get("client") if read.masthead and by_hand else ""
        # The only part of the name that is the exporter's to say, in JupyterLab's menu and on the command line.
        resources["output_extension"] = f"-{file_slug(client)}{self.suffix}" if client else self.suffix
        resources["about"] = {
            "title": read.title, "language": read.lang, "date": read.date, "remarks": remarks,
            "notice": read.masthead["notice"] if read.masthead else "",
        }  # fmt: skip
        return output, resources

    def _leave_out(self, notebook: Any) -> None:
        """Apply nbconvert's options for its own templates: ``--no-input``, ``--no-prompt`` and what they stand for."""
        options = self.config.get("TemplateExporter", {})
        kinds = {
            "exclude_input": "remove-input",
            "exclude_output": "remove-output",
            "exclude_code_cell": "remove-cell",
        }
        tags = [tag for option, tag in kinds.items() if options.get(option) is True]
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.metadata["tags"] = [*cell.metadata.get("tags", []), *tags]
                if options.get("exclude_input_prompt") is True:
                    cell["execution_count"] = None
            elif cell.cell_type == "markdown" and options.get("exclude_markdown") is True:
                cell["source"] = ""
