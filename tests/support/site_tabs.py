"""Chromium on built sites: tabs that note what goes wrong in them."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage
    from playwright.sync_api import Page as Tab

__all__ = ["MODES", "Witness", "browser", "served"]

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
MODES = {"light": ("light", 1280), "dark": ("dark", 1280), "phone": ("light", 390)}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield started
        started.close()


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Address of a site on a server of this machine."""
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class Witness:
    """A tab, and what went wrong in it: errors on the console, failed and foreign requests."""

    def __init__(self, browser: Browser, *, mode: str = "light") -> None:
        scheme, width = MODES[mode]
        self.context = browser.new_context(
            color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": 900}
        )
        self.tab: Tab = self.context.new_page()
        self.complaints: list[str] = []
        self.tab.on("console", self._hear)
        self.tab.on("pageerror", lambda error: self._complain(str(error)))
        self.tab.on("requestfailed", lambda request: self._complain(f"failed: {request.url}"))
        self.tab.on("request", lambda request: self._look(request.url))
        self.tab.on("response", lambda answer: self._complain(answer.url) if answer.status >= 400 else None)

    def __enter__(self) -> Witness:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def _hear(self, said: ConsoleMessage) -> None:
        # nothing on a page asks for the icon that browsers look for by themselves
        if said.type in ("error", "warning") and not said.location["url"].endswith("favicon.ico"):
            self.complaints.append(f"{said.text} {said.location['url']}")

    def _complain(self, text: str) -> None:
        if not text.endswith("favicon.ico"):
            self.complaints.append(text)

    def _look(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("file", "data", "blob", "about") and parts.hostname != "127.0.0.1":
            self.complaints.append(f"foreign: {address}")

    def open(self, address: str) -> Tab:
        self.tab.goto(address, wait_until="load")
        return self.tab
