"""Find code that nothing uses: ``make lint`` runs it.

vulture reads the package and the code cells of the notebooks, and takes what is named in a job or an entry point
(``package.module:function``) for used; tests, documents and benchmarks are no users, nor is a package that passes a
name on. A name that vulture cannot see used stands below with the reason; one listed in vain is reported, too.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from vulture import Vulture

PASSED_ON = re.compile(r"^__all__ = \[[^]]*\]$|^from \S+ import (\w+) as \1$", flags=re.MULTILINE)
ROOT = Path(__file__).resolve().parents[1]

DECORATED = ("@*.command", "@*.group", "@*_validator", "@default", "@event.listens_for")
"""What registers a function with click, pydantic, traitlets or SQLAlchemy."""

USED_ELSEWHERE = {
    "libraries call these, with these arguments": """
        _ipython_display_ _render_traceback_ _repr_html_
        cov_params_default enable_gui format_commands format_field get_command get_patch_transform init_sys_modules
        isatty list_commands nb_kernel_name nb_language publish_msg writable""",
    "Python calls these of a module": "__dir__ __getattr__",
    "libraries read these": """
        HAS_IPV6 __qualname__ _main_mod_cache check_hostname clear_before_next_output create_comm
        disabled dont_write_bytecode enabled export_from_notebook flavor hist_file isolation_level macStyle model_config
        output_mimetype start_kernel verify_mode validateLink visibility writeable""",
    "called by the kind of a node": "_definitions _details _heading _keyfigures _output _quote _rule",
    "fields of results, for who reads them in Python": """
        b_do b_say beta_do beta_say ceiling_benchmark correlation_difference df_between expected_variance log_likelihood
        method_version left_out_reasons n_answering n_do n_not_adding_up n_say naive
        not_standardized_for with_criterion without_c""",
    "statistics that R computes too, for who needs them in Python": """
        bootstrap_difference minres_std observed one_way percentile_high percentile_low""",
    "named to the reader of a notebook or of the documentation": "reported_lead write_column_map",
    "named in a template of a caption": "per_organization",
    "benchmarks use these": "criterion_verdict leave_one_out",
    "what the tests attack norms with": "light_combination",
}
"""Names by the reason why nothing in the package uses them."""


def notebook_code(path: Path) -> str:
    """Return the code cells of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def main() -> int:
    """Print what is unused and what is listed in vain; return 1 if there is anything."""
    found = Vulture(ignore_decorators=DECORATED)
    code = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "cfanalysis").rglob("*.py"))}
    code |= {path: notebook_code(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
    for path, text in code.items():
        found.scan(PASSED_ON.sub("", text), filename=path)
    for text in (*code.values(), (ROOT / "pyproject.toml").read_text(encoding="utf-8")):
        found.used_names |= set(re.findall(r"\bcfanalysis[\w.]*:(\w+)", text))
    unused = {item.name: item for item in found.get_unused_code() if item.typ != "import"}
    listed = {name for names in USED_ELSEWHERE.values() for name in names.split()}
    for name in sorted(unused.keys() - listed):
        place = unused[name].filename.relative_to(ROOT)
        print(f"{place}:{unused[name].first_lineno}: nothing uses the {unused[name].typ} {name}")
    for name in sorted(listed - unused.keys()):
        print(f"docs/unused.py: {name} is listed in vain: it is used, or is not there any more")
    return int(unused.keys() != listed)


if __name__ == "__main__":
    sys.exit(main())
