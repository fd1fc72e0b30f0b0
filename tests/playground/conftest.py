"""The built site, served on localhost, and pages of it: each has a fresh browser profile of its own."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograd.playground.build import build
from autograd.playground.serve import server

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONGEST_START = 60_000  # milliseconds: on a machine that does much else


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site."""
    if shutil.which("npm") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("npm is missing: install Node.js")
    return build(tmp_path_factory.mktemp("playground") / "site")


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    """The address of the site."""
    running = server(site, 0)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://localhost:{running.server_port}/"
    running.shutdown()
    running.server_close()


@pytest.fixture
def open_page(new_page: Callable[..., Page], served: str) -> Callable[..., Page]:
    """open_page("learn.html?lang=en", **options): a page of the site in a profile of its own; it may ask only there."""

    def open_(path: str = "", **options: Any) -> Page:
        page = new_page(**{"locale": "en-US"} | options)
        page.recorded.allowed = (served, "blob:")
        page.goto(served + path)
        return page

    return open_
