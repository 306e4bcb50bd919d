r"""LaTeX as notebooks write it, in the commands that latex2mathml knows, and the macros that it defines."""

from __future__ import annotations

import re

_BRACED = r"\{((?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)\}"
_MACRO = re.compile(
    r"\\(?:(?:re|provide)?newcommand|providecommand|DeclareMathOperator)\*?\s*(?:\{\s*\\[A-Za-z]+\s*\}|\\[A-Za-z]+)"
    rf"\s*(?:\[[^\]]*\]\s*)*{_BRACED}|\\def\s*\\[A-Za-z]+(?:#\d)*\s*{_BRACED}"
)
_IN_TEXT = re.compile(r"\\(text\w*|mbox)\{([^{}$]*)\$([^$]*)\$")
_UNKNOWN = re.compile(r"\\begin\s*\{(?!(?:align\*|matrix\*?|smallmatrix|array|cases)\})")
_COLUMNS = re.compile(rf"(\\begin\{{array\}})\s*(?:\[\w\])?\s*{_BRACED}")
_THREE_PARTS = re.compile(r"\\begin\{eqnarray(\*?)\}(.*?)\\end\{eqnarray\1\}", re.DOTALL)
_REPEATED = re.compile(r"\*\{(\d\d?)\}\{([lcr|]+)\}")
_LINES = r"aligned|split|gathered|gather\*?|multline\*?|eqnarray\*?|align|flalign\*?"
_REWRITTEN = [
    (re.compile(pattern, re.DOTALL), replacement)
    for pattern, replacement in (
        (rf"\\(begin|end)\{{(?:{_LINES})\}}", r"\\\1{align*}"),
        (
            r"\\(?:begin|end)\{(?:equation\*?|subequations|displaymath|math)\}|\\(?:label|require)\{[^{}]*\}",
            "",
        ),
        (r"\\(begin|end)\{align(?:ed)?at\*?\}(?:\{\d+\})?", r"\\\1{align*}"),
        (r"\\(?:nonumber|notag|nolimits|displaystyle|relax|allowbreak|break|hfill|newline)(?![A-Za-z])", ""),
        (r"\\arg(?![A-Za-z])", r"\\operatorname{arg}"),
        (r"\\(d?dag)(?![A-Za-z])", r"\\\1ger"),
        (rf"\\tag\*{_BRACED}", r"\\qquad\\text{\1}"),
        (rf"\\tag{_BRACED}", r"\\qquad\\text{(\1)}"),
        (r"\\eqref\{([^{}]*)\}", r"\\text{(\1)}"),
        (r"\\ref\{([^{}]*)\}", r"\\text{\1}"),
        (r"\\sim(?![A-Za-z])", "∼ "),
        (r"\\not\s*=", r"\\neq "),
        (r"\\not\s*\\in(?![A-Za-z])", r"\\notin "),
        (rf"\\operatorname\*\s*{_BRACED}", r"\\mathop{\\operatorname{\1}}\\limits"),
        *(
            (
                rf"\\begin\{{{kind}matrix\*?\}}(.*?)\\end\{{{kind}matrix\*?\}}",
                rf"\\left{start}\\begin{{matrix}}\1\\end{{matrix}}\\right{end}",
            )
            for kind, start, end in ("p()", "b[]", "v||", ("B", r"\\{", r"\\}"), ("V", r"\\|", r"\\|"))
        ),
        (r"\\(begin|end)\{dcases\*?\}", r"\\\1{cases}"),
        (
            r"\\begin\{d?rcases\*?\}(.*?)\\end\{d?rcases\*?\}",
            r"\\left.\\begin{array}{ll}\1\\end{array}\\right\\}",
        ),
        (r"(\\begin\{(cases|array)\}.*?\\end\{\2\})(?=\s*[\^_])", r"{\1}"),
    )
]


def definitions(latex: str) -> tuple[list[str], str]:
    r"""Return the definitions of macros in a formula, and what remains of it.

    Examples
    --------
    >>> definitions(r"\newcommand{\R}{\mathbb{R}} x \in \R")
    (['\\newcommand{\\R}{\\mathbb{R}}'], 'x \\in \\R')
    """
    if "\\" not in latex:
        return [], latex
    return [found[0] for found in _MACRO.finditer(latex)], _MACRO.sub("", latex).strip()


def readable_latex(latex: str) -> str:
    r"""Return LaTeX in the commands that latex2mathml knows.

    Examples
    --------
    >>> readable_latex(r"\text{for $x$}")
    '\\text{for }x\\text{}'
    """
    while "$" in latex and (changed := _IN_TEXT.sub(r"\\\1{\2}\3\\\1{", latex)) != latex:
        latex = changed
    latex = _THREE_PARTS.sub(_with_two_parts, latex)
    for pattern, replacement in _REWRITTEN:
        latex = pattern.sub(replacement, latex)
    return _COLUMNS.sub(_with_plain_columns, latex).strip()


def is_known(latex: str) -> bool:
    """Tell whether latex2mathml knows each environment of LaTeX that `readable_latex` returned."""
    return _UNKNOWN.search(latex) is None


def _with_two_parts(found: re.Match[str]) -> str:
    """Return lines in three parts (left, sign, right) as lines that are aligned at the sign."""
    lines = re.sub(r"&((?:(?!\\\\)[^&])*)&", r"&\1 ", found[2])
    return rf"\begin{{align*}}{lines}\end{{align*}}"


def _with_plain_columns(found: re.Match[str]) -> str:
    """Return the beginning of an array with its columns' alignment and lines alone."""
    columns = _REPEATED.sub(lambda m: m[2] * int(m[1]), found[2])
    columns = re.sub(r"[pmb]\{[^{}]*\}", "l", re.sub(rf"[@!<>]{_BRACED}", "", columns))
    return found[1] + "{" + re.sub("[^lcr|]", "", columns) + "}"
