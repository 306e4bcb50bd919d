"""Formulas as MathML, made by the converter that the reports use: no JavaScript, no network."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.writers.html5 import HTML5Translator

from cfanalysis.publish.rendering import formulas


class FormulaError(SphinxError):
    """A formula that cannot be read."""

    category = "Formula"


def _markup(formula: nodes.Element, *, display: bool) -> str:
    written = formulas.formula_html(formula.astext(), display=display)
    if written is None:
        raise FormulaError(f"cannot be read: {formula.astext()}")
    return written


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(_markup(node, display=False))
    raise nodes.SkipNode


def _block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="formula" tabindex="0">{_markup(node, display=True)}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer under the name ``mathml``."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
