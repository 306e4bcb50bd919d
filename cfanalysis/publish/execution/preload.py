"""What the fork server preloads: what every report would otherwise build for itself is built once, before the fork.

These are compiled checks: of the program, not of any data. Pages have theirs in `html.prepare_page`.
"""

from __future__ import annotations

import ast
import contextlib
import re
from pathlib import Path

from cfanalysis.publish.execution.local_modules import code_cells, local_modules, read_json

PRELOADED_MODULES = (
    "pandas",
    "cfanalysis.publish.execution.in_process_kernel:new_shell",
    "pandas.core.methods.to_dict",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "matplotlib_inline.backend_inline",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "matplotlib.backends.backend_agg",
    "papermill",
    "nbformat",
    "cfanalysis.publish.execution.cells",
    "cfanalysis.publish.execution.notebook_run",
    "cfanalysis.publish.execution.expected_errors",
    "cfanalysis.publish.single_report",
    "resource",
    "cfanalysis.publish.execution.preload:preload_schema_checks",
)
"""What the cells of every notebook of the workbook need."""

DEFERRED_MODULES = (
    "cfanalysis.publish.rendering.markdown_reader:markdown_parser",
    "latex2mathml.converter",
    "typst",
    "pikepdf",
    "cfanalysis.publish.rendering.pdf",
    "cfanalysis.publish.rendering.html:prepare_page",
    "cfanalysis.statistics",  # says what of NumPy SciPy need not load
    "scipy.special",
)
"""What a report's pages need, after its cells, and what some cells need, which may import it themselves."""

CHECKERS = ("rfc3987_syntax", "isoduration", "webcolors", "rfc3986_validator", "uri_template")
"""Optional checkers of formats, of which a notebook's schema has none: jsonschema imports them where they are
installed, the first at one second a start. Our processes go without; a notebook's cells find them."""


def imported_modules(notebook: Path) -> list[str]:
    """Return what a notebook's cells import at their top level, in order: what a fork server can import for it.

    A name that is imported from a module is listed as if it were a module: it may be one, and the fork server leaves
    out what is none. Modules beside the notebook are left to each report, so that all of them see the same state; what
    these import is listed.
    """
    found: list[str] = []
    local = local_modules(notebook)
    modules = [path.read_text("utf-8", "replace") for path in local.values() if path.suffix == ".py"]
    for source in [*code_cells(read_json(notebook)), *modules]:
        code = re.sub(r"^\s*[%!].*", "", source, flags=re.MULTILINE)
        if source.startswith("%%"):
            continue
        with contextlib.suppress(SyntaxError, ValueError):
            for statement in ast.parse(code).body:
                match statement:
                    case ast.Import(names=names):
                        found += [name.name for name in names]
                    case ast.ImportFrom(module=str(module), level=0, names=names):
                        found += [module, *(f"{module}.{name.name}" for name in names if name.name != "*")]
    own = {place.partition("/")[0].removesuffix(".py") for place in local}
    return [name for name in dict.fromkeys(found) if name.partition(".")[0] not in own]


def preload_schema_checks() -> None:
    """Compile the checks of notebooks."""
    import nbformat

    output = nbformat.v4.new_output("stream", name="stdout", text="")  # type: ignore[no-untyped-call]
    cells = [nbformat.v4.new_code_cell("", outputs=[output]), nbformat.v4.new_markdown_cell("")]  # type: ignore[no-untyped-call]
    notebook = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook, relax_add_props=True)  # as nbconvert's exporters do
