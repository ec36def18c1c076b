"""A platform with a few people, its pages built, and a browser that notes whom they ask."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from faults.ground import Ground, house
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, WebSocket, sync_playwright

from commons_onebox import pages
from commons_onebox.tokens import issue

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""A browser that asks its maker nothing, so that what is asked is the pages' doing."""
HERE = {"data:", "blob:", "about:"}


@dataclass
class Visitor:
    """A page, and what it asked of others or complained of."""

    page: Page
    url: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("request", self._asked)
        self.page.on("websocket", self._opened)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, request: Request) -> None:
        self._note(request.url)

    def _opened(self, socket: WebSocket) -> None:
        self._note(socket.url.replace("ws", "http", 1))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _note(self, url: str) -> None:
        if not url.startswith(f"{self.url}/") and not any(url.startswith(kind) for kind in HERE):
            self.foreign.append(url)

    def goes(self, path: str) -> Page:
        self.page.goto(self.url + path, wait_until="networkidle")
        return self.page


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    pages.build()
    with house(tmp_path_factory.mktemp("browser"), mentors=12, mentees=12) as found:
        yield found


@pytest.fixture(scope="session")
def token(ground: Ground) -> str:
    return issue(ground.home.issuer_key, "MENTEE@westem")


@pytest.fixture(scope="session")
def chromium(ground: Ground) -> Iterator[Browser]:
    """The machine's own; there is no page to test without one, so a run that was asked for fails.

    The platform stands first: what fills it runs a loop of its own, and so does the browser as long as it is open.
    """
    if CHROMIUM is None:
        pytest.fail("no Chromium on this machine: install Debian's `chromium`, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def _visit(browser: Browser, ground: Ground, width: int, height: int) -> Iterator[Visitor]:
    run = ground.home.run
    assert run is not None
    visitor = Visitor(browser.new_page(viewport={"width": width, "height": height}), run.url)
    visitor.watch()
    yield visitor
    visitor.page.close()


@pytest.fixture
def visitor(chromium: Browser, ground: Ground) -> Iterator[Visitor]:
    yield from _visit(chromium, ground, 1280, 900)


@pytest.fixture
def phone(chromium: Browser, ground: Ground) -> Iterator[Visitor]:
    yield from _visit(chromium, ground, 390, 844)
