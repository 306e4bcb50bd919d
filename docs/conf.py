"""How the documentation site is built: ``make docs``.

The pages are plain Markdown that also reads well on a git host. What only code knows is made from the code at
build time: the command reference (sphinx-click) and the API reference (autodoc, laid out by `_ext.api_pages`).
Nothing is loaded from a network when the site is read: letters lie in it, and formulas are MathML.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "_ext"))

from cfanalysis import __version__  # noqa: E402

project = "cfanalysis"
author = "The cfanalysis developers"
copyright = "The cfanalysis developers, BSD-3-Clause"
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "mathml",
    "api_pages",
]
exclude_patterns = ["_build"]

# Markdown
myst_enable_extensions = ["colon_fence", "dollarmath", "html_image"]
myst_heading_anchors = 4
myst_links_external_new_tab = False

# API reference
default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True
add_module_names = False
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

# Pages
html_theme = "furo"
html_title = f"cfanalysis {release}"
html_static_path = ["_static", "../cfanalysis/theme/fonts"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0b5f60",
        "color-brand-content": "#0b5f60",
        "color-api-name": "#0b5f60",
    },
    "dark_css_variables": {
        "color-brand-primary": "#6cc5c3",
        "color-brand-content": "#6cc5c3",
        "color-api-name": "#6cc5c3",
    },
}
pygments_style = "friendly"
pygments_dark_style = "monokai"
