"""Nbconvert's WebPDFExporter with the system's own Chromium, for the measurement: playwright would download one."""

from __future__ import annotations

import shutil
from typing import Any

from nbconvert.exporters.webpdf import WebPDFExporter


class SystemWebPDFExporter(WebPDFExporter):
    """As its parent, without a sandbox (which root has not) and with the Chromium that is installed."""

    export_from_notebook = None  # type: ignore[assignment]

    def run_playwright(self, html: str) -> Any:
        """Print the page."""
        from playwright.async_api import BrowserType

        launch = BrowserType.launch

        async def launched(kind: Any, **options: Any) -> Any:
            return await launch(kind, executable_path=shutil.which("chromium"), **options)

        self.disable_sandbox = True
        BrowserType.launch = launched  # type: ignore[method-assign]
        try:
            return super().run_playwright(html)
        finally:
            BrowserType.launch = launch  # type: ignore[method-assign]
