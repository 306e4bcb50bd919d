"""JupyterLab as its users meet it: started by ``make lab`` in a copy of the workbook, driven in Chromium.

Whether a notebook is at work is read from JupyterLab's own model (``window.jupyterapp``, exposed for these tests
alone), not from what happens to be on the screen: cells out of sight are not drawn.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..conftest import ROOT

STARTING = 60  # seconds that the server may take to start
EXPORTING = 120_000  # milliseconds that an export may take
RUNNING = 240_000  # milliseconds that a whole notebook may take
SETTINGS = {  # no questions and no look-ups on the first start
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
}
_STATE = """() => {
    const panel = window.jupyterapp?.shell.currentWidget;
    const model = panel?.content?.model;
    if (!model || !panel.context.isReady) return null;
    const cells = Array.from(model.cells).filter(c => c.type === 'code' && c.sharedModel.getSource().trim());
    return {
        kernel: panel.sessionContext.session?.kernel?.status ?? 'none',
        counts: cells.map(c => c.executionCount),
        running: cells.filter(c => c.executionState === 'running').length,
        errors: cells.flatMap(c => c.sharedModel.getOutputs())
            .filter(o => o.output_type === 'error' || (o.output_type === 'stream' && o.name === 'stderr'))
            .map(o => o.output_type === 'error' ? o.ename + ': ' + o.evalue : String(o.text)),
        path: panel.context.path, dirty: model.dirty,
    };
}"""
_READY = f"(path) => {{ const s = ({_STATE})(); return s && s.path === path && s.kernel === 'idle'; }}"
_CLEARED = f"() => ({_STATE})().counts.every(n => n === null)"
_SETTLED = f"""() => {{
    const s = ({_STATE})();
    return s && s.kernel === 'idle' && s.running === 0
        && (s.errors.length > 0 || s.counts.every(n => n !== null));
}}"""


def copy_of_the_workbook(folder: Path) -> Path:
    """Copy what a workbook is made of, so that nothing is written into the checkout."""
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "prepared")
    for name in ("notebooks", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    (folder / "data" / "prepared").mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    return folder


@dataclass(frozen=True)
class Lab:
    """A JupyterLab at work: its address with the token, and the workbook that it shows."""

    url: str
    token: str
    workbook: Path

    def page_of(self, notebook: str) -> str:
        return f"{self.url}lab/tree/notebooks/{notebook}.ipynb?reset&token={self.token}"


@contextmanager
def laboratory(workbook: Path, private: Path) -> Iterator[Lab]:
    """Start JupyterLab by ``make lab`` in a workbook; on the loopback alone, with a token, end it with the block."""
    for name, content in SETTINGS.items():
        file = private / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content), encoding="utf-8")
    places = {"RUNTIME_DIR": "runtime", "CONFIG_DIR": "config", "DATA_DIR": "data"}
    environment = os.environ | {f"JUPYTER_{k}": str(private / v) for k, v in places.items()}
    environment |= {"JUPYTERLAB_SETTINGS_DIR": str(private / "settings"), "HOME": str(private)}
    options = "--no-browser --port=0 --expose-app-in-browser --allow-root"
    # The package is installed where the tests run; make shall not install it once more.
    command = ["make", "lab", "-o", ".venv/installed", f"BIN={Path(sys.executable).parent}"]
    log = private / "lab.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*command, f"LAB_OPTIONS={options}"],
            cwd=workbook,
            env=environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield _started(process, private / "runtime", log, workbook)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def _started(process: subprocess.Popen[bytes], runtime: Path, log: Path, workbook: Path) -> Lab:
    """Wait for the file in which a server that listens says where."""
    until = time.monotonic() + STARTING
    while time.monotonic() < until and process.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            try:
                about = json.loads(file.read_text(encoding="utf-8"))
            except ValueError:
                continue  # it is being written
            if about["port"] and about["token"]:
                return Lab(about["url"], about["token"], workbook)
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


class Notebook:
    """A notebook open in JupyterLab."""

    def __init__(self, page: Any, lab: Lab, name: str) -> None:
        self.page, self.lab, self.name = page, lab, name
        page.goto(lab.page_of(name))
        page.wait_for_function(_READY, arg=f"notebooks/{name}.ipynb", timeout=RUNNING)

    @property
    def file(self) -> Path:
        """The notebook on disk."""
        return self.lab.workbook / "notebooks" / f"{self.name}.ipynb"

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(_STATE)
        return found

    def menu(self, *names: str) -> None:
        """Choose from the menus: ``menu("File", "Save Notebook")``."""
        self.page.locator("#jp-MainMenu").get_by_role("menuitem", name=names[0], exact=True).click()
        for name in names[1:]:
            label = self.page.locator(".lm-Menu-itemLabel").get_by_text(name, exact=True)
            self.page.locator(".lm-Menu-item").filter(has=label).click()

    def run_all(self) -> None:
        """Run all cells, cleared before, and wait until each has run or one has failed."""
        self.menu("Edit", "Clear Outputs of All Cells")
        self.page.wait_for_function(_CLEARED)
        self.menu("Run", "Run All Cells")
        self.page.wait_for_function(_SETTLED, timeout=RUNNING)

    def set_parameters(self, **given: str) -> None:
        """Type other values into the cell of parameters, as a user would."""
        editor = self.page.locator(".jp-CodeCell .cm-content").first
        editor.click()
        source = self.page.evaluate(
            """() => Array.from(window.jupyterapp.shell.currentWidget.content.model.cells)
                .find(c => c.type === 'code').sharedModel.getSource()"""
        )
        lines = source.splitlines()
        for name, value in given.items():
            place = next(i for i, line in enumerate(lines) if line.startswith(f"{name}:"))
            lines[place] = f"{name}: str = {value!r}"
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text("\n".join(lines))

    def save(self) -> None:
        """Save the notebook and wait until it is on disk."""
        self.menu("File", "Save Notebook")
        self.page.wait_for_function(f"() => !({_STATE})().dirty")

    def exported(self, label: str, path: Path) -> Path:
        """Save the notebook by *Save and Export Notebook As* and keep what is downloaded."""
        with self.page.context.expect_event("download", timeout=EXPORTING) as caught:
            self.menu("File", "Save and Export Notebook As", label)
        caught.value.save_as(path)
        return path
