"""A researcher's notebook (pandas, seaborn, statsmodels, four charts) over the rows of a table, for `compare.py`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pypdf
from measure import Tree
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from ways import COMMAND, WEB, loop

CELLS = (
    "import matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd\nimport seaborn as sns\n"
    "import statsmodels.formula.api as smf",
    "draw = np.random.default_rng(seed)\n"
    "sales = pd.DataFrame({'year': np.tile(np.arange(2000, 2020), 10), 'shop': np.repeat(list('abcdefghij'), 20)})\n"
    "sales['visits'] = draw.poisson(200, 200)\n"
    "sales['sales'] = 2 * sales['visits'] + 5 * (sales['year'] - 2000) + draw.normal(0, 30, 200)\n"
    "sales.describe().round(2)",
    "fit = smf.ols('sales ~ visits + year', sales).fit()\nfit.summary2().tables[1].round(3)",
    "sns.regplot(sales, x='visits', y='sales')\nplt.show()",
    "sns.boxplot(sales, x='shop', y='sales')\nplt.show()",
    "sns.lineplot(sales, x='year', y='sales')\nplt.show()",
    "sns.histplot(x=fit.resid)\nplt.show()",
)


def notebook(path: Path) -> Path:
    """Write the notebook."""
    given = new_code_cell("seed: int = 0", metadata={"tags": ["parameters"]})
    cells = [new_markdown_cell("# Sales"), given, *map(new_code_cell, CELLS)]
    about = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=about), path)
    return path


def ours(path: Path, seeds: list[int], jobs: int) -> None:
    """Make a PDF of each row with the command."""
    (path.parent / "rows.csv").write_text("seed\n" + "\n".join(map(str, seeds)), encoding="utf-8")
    given = ["run", path.name, "--table", "rows.csv", "--format", "pdf", "--out", "ours"]
    command = [*COMMAND, *given, "--jobs", str(jobs)]
    subprocess.run(command, cwd=path.parent, check=True, capture_output=True)


def webpdf(path: Path, seeds: list[int], jobs: int) -> None:
    """Make them by papermill and nbconvert's webpdf, in a loop."""
    (path.parent / "webpdf").mkdir()
    items = [(str(seed), {"seed": str(seed)}) for seed in seeds]
    loop(path, items, WEB, path.parent / "webpdf", jobs)


def compare_rows(root: Path, rows: int, few: int, jobs: int) -> None:
    """Measure both ways and print what they took; the numbers of both are compared first."""
    path = notebook(root / "sales.ipynb")
    rates = {}
    ways: dict[str, tuple[Callable[[Path, list[int], int], None], int]] = {
        "ours": (ours, rows),
        "webpdf": (webpdf, few),
    }
    for name, (way, number) in ways.items():
        with Tree() as tree:
            began = time.perf_counter()
            way(path, list(range(number)), jobs)
            seconds = time.perf_counter() - began
        if len(list((root / name).glob("*.pdf"))) != number:
            sys.exit(f"rows, {name}: reports are missing")
        rates[name] = number / seconds * 60
        print(f"rows, {name}: {number} reports, {seconds:.1f} s, {rates[name]:.1f} a minute, "
              f"{tree.cpu / number:.2f} CPU s each, peak PSS {tree.peak:.0f} MiB", flush=True)  # fmt: skip
    words = [set(text(root / name / "0.pdf").split()) for name in ways]
    numbers = [{word for word in said if "." in word and word.replace(".", "").isdigit()} for said in words]
    if len(numbers[0]) < 20 or numbers[0] - numbers[1]:
        sys.exit(f"rows: the pages differ: {sorted(numbers[0] ^ numbers[1])[:9]}")
    print(f"rows, ours : webpdf = {rates['ours'] / rates['webpdf']:.1f}")


def text(path: Path) -> str:
    """Return the text of a PDF."""
    return " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
