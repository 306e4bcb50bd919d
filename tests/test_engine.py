"""The fork engine: the same executed notebook as on an ordinary kernel, and failures that stay alone."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import nbformat
import papermill
import pytest

from cfanalysis.core.errors import PublishError
from cfanalysis.publish.execution.fork_client import RUN_CELLS, ForkClient, JobResult, fork_client
from cfanalysis.publish.execution.notebook_run import execute
from cfanalysis.publish.execution.parameters import notebook_parameters, parse_parameters
from cfanalysis.publish.execution.preload import PRELOADED_MODULES
from cfanalysis.publish.execution.protocol import Job
from cfanalysis.publish.execution.record import read_record
from cfanalysis.publish.execution.resource_limits import can_fork
from cfanalysis.study.prepared_study import Study

from .conftest import ROOT

pytestmark = pytest.mark.skipif(not can_fork(), reason="the fork engine needs fork")

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

SHOWS = [
    "import warnings, sys\nprint('out'); print('err', file=sys.stderr); 1 + 1",
    "import pandas as pd\nframe = pd.DataFrame({'a': [1, 2], 'b': ['x', None]})\nframe",
    "frame.style.format({'a': '{:.1f}'}).set_uuid('u')",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.title('drawn')",
    "from IPython.display import *\ndisplay(Markdown('*m*'), HTML('<b>h</b>'), Latex('$x$'), JSON({'k': 1}))",
    "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')",
    "handle = display('first', display_id='known')\nhandle.update('second')",
    "display('gone'); clear_output(); display('gone too'); clear_output(wait=True); display('stays')",
    "1 / 0",
    "def deep(n):\n    return deep(n - 1) if n else [][1]\ndeep(2)",
    "!echo from a shell",
    "%time pass\nx = %system echo captured\nx",
    "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "a = 5;",
    "get_ipython().__class__.__name__, __name__, _1",
    "warnings.warn('careful')",
    "import pickle\nclass Thing:\n    pass\ntype(pickle.loads(pickle.dumps(Thing()))).__name__, Thing",
    "try:\n    input('name?')\nexcept Exception as error:\n    print(type(error).__name__, error)",
    "raise SystemExit('left')",
    "if True\n    pass",
    "class Half:\n    def _repr_html_(self): raise ValueError('in repr')\nHalf()",
    "pd.options.display.width, pd.io.formats.console.in_ipython_frontend()",
    "import logging; logging.getLogger('x').warning('logged')",
    "import webcolors, rfc3986_validator\nwebcolors.name_to_hex('navy')",
    "del frame\nsorted(n for n in dir() if not n.startswith('_'))[:5]",
    "_, __, Out and sorted(Out)[:3], In[1][:6]",
]


def write(path: Path, *sources: str, ours: bool = True, tags: tuple[str, ...] = ()) -> Path:
    cells = [nbformat.v4.new_code_cell(s) for s in sources]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
        if tags:
            cell.metadata["tags"] = list(tags)
    notebook = nbformat.v4.new_notebook(cells=cells)
    if ours:
        notebook.metadata["cfanalysis"] = {}
    nbformat.write(notebook, path)
    return path


def settled(path: Path) -> str:
    """An executed notebook without what is random or depends on time."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"0x[0-9a-f]+", "0x0", text)
    text = re.sub(r"(CPU times|Wall time)[^\\]*", "time", text)
    return re.sub(r"/tmp/\S*?(?=[\"\\ :])", "/tmp", text)


def without_random_ids(path: Path) -> tuple[str, list[str]]:
    """An executed notebook without the random ids of its widgets, and the states of these, which are sorted by id."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    widgets = notebook["metadata"].pop("widgets", {}).get("application/vnd.jupyter.widget-state+json", {})
    texts = [notebook, *widgets.get("state", {}).values()]
    whole, *states = (re.sub(r"[0-9a-f]{32}", "id", json.dumps(t, sort_keys=True)) for t in texts)
    return whole, sorted(states)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_our_notebooks_are_the_same_on_an_ordinary_kernel(
    path: Path, sample_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every byte of the executed notebook is the same, warm and ordinary; what it makes is in no workspace."""
    monkeypatch.chdir(tmp_path)
    on_sample = notebook_parameters(path)["study"].default == "sample"
    given = parse_parameters(path, {"study": str(sample_study.folder)} if on_sample else {})
    warm = execute(path, given, output=tmp_path / "warm.ipynb")
    ordinary = execute(path, given, output=tmp_path / "ordinary.ipynb", ordinary=True)
    assert without_random_ids(warm) == without_random_ids(ordinary)


def test_a_widget_keeps_its_state_as_on_an_ordinary_kernel(tmp_path: Path) -> None:
    """A form in an executed notebook can be seen again: its state is in the notebook, buffers too."""
    source = write(
        tmp_path / "form.ipynb",
        "import ipywidgets\nslider = ipywidgets.IntSlider(3, description='How many')\nslider",
        "slider.value = 7",
        "ipywidgets.Image(value=bytes(8))",
    )
    warm = execute(source, {}, output=tmp_path / "warm.ipynb")
    ordinary = execute(source, {}, output=tmp_path / "ordinary.ipynb", ordinary=True)
    assert '"value": 7' in "".join(without_random_ids(warm)[1])
    assert without_random_ids(warm) == without_random_ids(ordinary)


def test_all_kinds_of_output_are_the_same_on_an_ordinary_kernel(tmp_path: Path) -> None:
    """Streams, frames, figures, updates, tracebacks, magics, shell lines, warnings, names: cell by cell the same."""
    source = write(tmp_path / "shows.ipynb", *SHOWS, tags=("raises-exception",))
    execute(source, {}, output=tmp_path / "warm.ipynb")
    execute(source, {}, output=tmp_path / "ordinary.ipynb", ordinary=True)
    warm, ordinary = (json.loads(settled(tmp_path / f"{n}.ipynb")) for n in ("warm", "ordinary"))
    for left, right in zip(warm["cells"], ordinary["cells"], strict=True):
        assert left == right, left["source"]
    assert warm["metadata"] == ordinary["metadata"]


def test_output_below_python_goes_to_its_cell(tmp_path: Path) -> None:
    """What a program or a library writes to the descriptors stands in the cell that caused it."""
    source = write(tmp_path / "a.ipynb", "import os\n_ = os.system('echo one')", "_ = os.write(2, b'two\\n')")
    executed = nbformat.read(execute(source, {}, output=tmp_path / "b.ipynb"), as_version=4)
    assert [c.outputs[0].text for c in executed.cells] == ["one\n", "two\n"]


def test_nothing_is_left_from_one_notebook_to_the_next(tmp_path: Path) -> None:
    """Options, modules, directory, names and random numbers start afresh."""
    first = write(
        tmp_path / "a.ipynb",
        "import os, sys, random, numpy, pandas, matplotlib\npandas.options.display.max_rows = 3\n"
        "matplotlib.rcParams['font.size'] = 99\nsys.modules['made_up'] = sys\nos.chdir('/')\nleft = 1\n"
        "print(random.random(), numpy.random.rand())",
    )
    second = write(
        tmp_path / "b.ipynb",
        "import os, sys, random, numpy, pandas, matplotlib\nprint(random.random(), numpy.random.rand())",
        "(pandas.options.display.max_rows, matplotlib.rcParams['font.size'] == 99, 'made_up' in sys.modules,"
        " os.getcwd() == '/', 'left' in dir())",
    )
    one = nbformat.read(execute(first, {}, output=tmp_path / "c.ipynb"), as_version=4)
    two = nbformat.read(execute(second, {}, output=tmp_path / "d.ipynb"), as_version=4)
    assert two.cells[1].outputs[0].data["text/plain"] == "(60, False, False, False, False)"
    assert one.cells[0].outputs[0].text != two.cells[0].outputs[0].text


DEAF = (
    "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))\nwhile True: time.sleep(9)"
)
LOST = {
    "hangs": ("import time\ntime.sleep(600)", "Timeout: The cell took longer than"),
    "hangs, deaf": (DEAF, "Timeout"),
    "is killed": ("import os\nos.kill(os.getpid(), 9)", "KernelDied"),
    "leaves": ("import os\nos._exit(0)", "KernelDied: The cell ended its own process"),
    "crashes": ("import ctypes\nctypes.string_at(0)", "KernelDied"),
    "prints 100 MB": ("for _ in range(100):\n    print('x' * 1_000_000)", "TooMuchOutput: More than 32 MiB"),
    "takes all memory": ("block = bytearray(1 << 40)", "MemoryError"),
    "raises": ("1 / 0", "ZeroDivisionError: division by zero"),
}  # fmt: skip


def patience(folder: Path) -> int:
    """Seconds in which this machine, however slow, runs a cell of nothing: five or more."""
    for name in ("first", "warm"):
        began = time.monotonic()
        execute(write(folder / "nothing.ipynb", "1"), {}, output=folder / f"{name}.ipynb")
    return max(5, round(10 * (time.monotonic() - began)))


@pytest.mark.parametrize(("source", "message"), LOST.values(), ids=LOST.keys())
def test_a_bad_child_fails_alone(source: str, message: str, tmp_path: Path) -> None:
    """It fails as the failure of its cell, the notebook is kept with what came before, and the next one works."""
    bad = write(tmp_path / "bad.ipynb", "print('before')", source, "print('never')")
    seconds = patience(tmp_path) if "Timeout" in message else 600
    with pytest.raises(PublishError) as caught:
        execute(bad, {}, output=tmp_path / "out.ipynb", timeout=seconds)
    assert message in str(caught.value)
    assert f"bad.ipynb, cell 2: {source.splitlines()[0]}" in str(caught.value)
    kept = nbformat.read(tmp_path / "out.failed.ipynb", as_version=4)
    assert kept.cells[0].outputs[0].text == "before\n"
    assert kept.cells[1].outputs[-1].output_type == "error"
    assert kept.cells[2].outputs == []
    assert not (tmp_path / "out.ipynb").exists()
    execute(write(tmp_path / "good.ipynb", "1"), {}, output=tmp_path / "good-out.ipynb")


def test_a_cell_that_forks_does_not_run_the_notebook_twice(tmp_path: Path) -> None:
    """The copy that comes out of the cell ends; each cell after it runs once."""
    trace = tmp_path / "trace"
    source = write(
        tmp_path / "a.ipynb", "import os\n_ = os.fork()", f"_ = open({str(trace)!r}, 'a').write('once ')"
    )
    execute(source, {}, output=tmp_path / "out.ipynb")
    time.sleep(0.2)
    assert trace.read_text() == "once "


def test_what_a_cell_started_ends_with_it(tmp_path: Path) -> None:
    """Programs that a notebook started and left running, also as daemons, are ended."""
    pids = tmp_path / "pids"
    daemon = (
        "import subprocess, os\n"
        f"one = subprocess.Popen(['sleep', '300'])\n"
        f"two = subprocess.Popen(['setsid', 'sleep', '300'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{one.pid}} {{two.pid}}')"
    )
    execute(write(tmp_path / "a.ipynb", daemon), {}, output=tmp_path / "out.ipynb")
    soon(lambda: not any(alive(int(pid)) for pid in pids.read_text().split()))


@pytest.fixture
def interruptible() -> Iterator[None]:
    """SIGINT raises KeyboardInterrupt, also where the tests were started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_interrupts_the_cell(tmp_path: Path) -> None:
    """The cell gets a KeyboardInterrupt, and so does who called; the record shows where."""
    job = Job(tmp_path, RUN_CELLS, {"notebook": "given.ipynb"})
    source = write(tmp_path / "given.ipynb", "import time\ntime.sleep(600)", "1")
    prepared = nbformat.read(source, as_version=4)
    prepared.metadata["papermill"] = {}
    nbformat.write(prepared, source)

    def on_event(event: dict[str, Any]) -> None:
        if event["event"] == "cell":
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()

    with pytest.raises(KeyboardInterrupt):
        fork_client().run(job, on_event)
    assert [line["outputs"][0]["ename"] for line in read_record(tmp_path)] == ["KeyboardInterrupt"]


WITHOUT_CHECKER = "import sys; sys.modules['rfc3987_syntax'] = None; "
"""An optional checker of notebooks' formats, which takes more than a second to import."""


def test_papermill_finds_the_engine(tmp_path: Path) -> None:
    """`papermill --engine cfanalysis` runs ours warm and others on the ordinary kernel, with papermill's own record."""
    shown = "import os\nos.environ.get('PYTHONHASHSEED')"
    program = [sys.executable, "-c", f"{WITHOUT_CHECKER}from papermill.cli import papermill; papermill()"]
    for ours in (True, False):
        source, made = tmp_path / f"in-{ours}.ipynb", tmp_path / f"out-{ours}.ipynb"
        write(source, "x = 1", shown, ours=ours)
        notebook = nbformat.read(source, as_version=4)
        notebook.cells[0].metadata["tags"] = ["parameters"]
        kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
        notebook.metadata["kernelspec"] = kernel
        nbformat.write(notebook, source)
        if ours:
            asked = [str(source), str(made), "-p", "x", "5", "--engine", "cfanalysis"]
            subprocess.run([*program, *asked], check=True, capture_output=True)
        else:
            papermill.execute_notebook(
                str(source), str(made), {"x": 5}, engine_name="cfanalysis", progress_bar=False
            )
    warm, ordinary = (nbformat.read(tmp_path / f"out-{o}.ipynb", as_version=4) for o in (True, False))
    assert warm.cells[2].outputs[0].data["text/plain"] == "'0'"
    assert "outputs" not in ordinary.cells[2] or not ordinary.cells[2].outputs
    for notebook in (warm, ordinary):
        assert {c.metadata.papermill["status"] for c in notebook.cells} == {"completed"}
        assert notebook.cells[1].source.splitlines()[-1] == "x = 5"


def test_the_engine_is_light() -> None:
    """Papermill loads it whenever it starts: it brings no module of its own weight."""
    heavy = ("pandas", "matplotlib", "typst", "pydantic", "ipykernel", "cfanalysis.publish.single_report")
    program = f"{WITHOUT_CHECKER}import papermill; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_warm_parent_has_one_thread_and_ends_with_its_owner(tmp_path: Path) -> None:
    """It is single-threaded when it forks; when its owner is killed it ends its children and itself."""
    program = (
        "import sys, time, json\nfrom pathlib import Path\nfrom cfanalysis.publish.execution.fork_client import *\n"
        "shop = ForkClient()\nfolder = Path(sys.argv[1])\n"
        "(folder / 'given.ipynb').write_text(sys.argv[2])\n"
        "def heard(event):\n    print(shop.process, flush=True)\n"
        "shop.submit(Job(folder, RUN_CELLS, {'notebook': 'given.ipynb'}), heard)\ntime.sleep(600)"
    )
    cell = nbformat.v4.new_code_cell(
        "import os, time\nopen('child', 'w').write(str(os.getpid()))\ntime.sleep(600)"
    )
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {}})
    command = [sys.executable, "-c", program, str(tmp_path), nbformat.writes(notebook)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as owner:
        assert owner.stdout is not None
        parent = int(owner.stdout.readline())
        child = tmp_path / "child"
        soon(lambda: child.exists() and child.read_text())
        names = [p.joinpath("comm").read_text() for p in Path(f"/proc/{parent}/task").iterdir()]
        owner.kill()
    assert len(names) == 1
    soon(lambda: not alive(parent) and not alive(int(child.read_text())))


def test_a_warm_parent_that_is_lost_is_told_and_replaced(tmp_path: Path) -> None:
    """Its jobs end as lost; the next notebook gets a new parent."""
    shop = ForkClient()
    (tmp_path / "given.ipynb").write_text("{}")
    ended: list[JobResult] = []
    over = threading.Event()

    def heard(event: Any) -> None:
        if isinstance(event, JobResult):
            ended.append(event)
            over.set()

    shop.submit(Job(tmp_path, "time:sleep", {}), heard)
    os.kill(shop.process, signal.SIGKILL)
    assert over.wait(600)
    assert ended[0].lost == "KernelDied"
    soon(lambda: not shop.usable)
    shop.close()


def soon(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    for _ in range(6000):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("still not so after five minutes")


def alive(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_library_that_starts_threads_is_left_to_the_notebooks_that_need_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child of a process with threads could wait for ever for a lock that one of them held."""
    held = (
        "import threading, time\nlock = threading.Lock()\ndef hold():\n    lock.acquire(); time.sleep(999)\n"
    )
    start = "threading.Thread(target=hold, daemon=True).start()\nwhile not lock.locked():\n    pass\n"
    (tmp_path / "threaded").mkdir()
    (tmp_path / "threaded" / "__init__.py").write_text(held + start)
    (tmp_path / "threaded" / "part.py").write_text("")
    (tmp_path / "outer.py").write_text("import threaded\n")
    (tmp_path / "plain.py").write_text(
        "import os, sys, time\ndef count():\n    return len(os.listdir('/proc/self/task'))\nfirst = count()\n"
        # The kernel lists a thread that has ended for a moment longer; one that is held stays.
        "def loaded(folder):\n    tries = 600\n    while count() > 1 and (tries := tries - 1):\n"
        "        time.sleep(0.1)\n    return [*sys.modules, f'threads: {first} {count()}']\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    client = ForkClient()
    try:
        early = empty_job(tmp_path / "early", "time:sleep")
        client.submit(early, (ended := SimpleQueue()).put)
        client.preload([*PRELOADED_MODULES, "plain", "threaded", "threaded.part", "outer", "colorsys"])
        loaded = client.run(empty_job(tmp_path / "late", "plain:loaded")).result()
        assert {"plain", "colorsys", "pandas", "matplotlib.pyplot"} <= set(loaded)
        assert loaded[-1] == "threads: 1 1"
        assert not {"threaded", "threaded.part", "outer"} & set(loaded)
        while not isinstance(result := ended.get(timeout=600), JobResult):
            pass
        assert "TypeError" in str(
            result.done
        )  # the child from before is still known, and its end is reported
    finally:
        client.close()


def empty_job(folder: Path, do: str) -> Job:
    """A job in a folder of its own."""
    folder.mkdir()
    return Job(folder, do, {}, 600)
