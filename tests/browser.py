"""A real Chromium and a real JupyterLab for the tests: fixtures, nothing to import. Mark the tests `browser`.

```python
pytestmark = pytest.mark.browser

def test_a_page(page, open_html, axe):
    open_html(page, "<h1>…</h1>")                   # a fragment or a whole page, from disk; returns its path
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")    # page is Playwright's own Page
    page.set_viewport_size({"width": 900, "height": 700})
    axe(page)                                       # fails on serious and critical findings; axe(page, ".player")
    assert page.recorded.console == []              # also .requests, .errors, .sockets, .failures()

def test_in_chinese(new_page, open_html):           # any option of Playwright's browser.new_context
    page = new_page(locale="zh-CN", java_script_enabled=False)

def test_in_a_notebook(page, lab, tmp_path):
    lab.notebook("a.ipynb", ["1 + 1"])              # outputs=[{"text/html": "…"}] to have been run; trusted=False
    lab.open(page, "a.ipynb", theme="dark")         # one document, its kernel idle
    lab.run_all(page)                               # fails on an error in a cell; wait=False, later lab.wait(page)
    assert lab.cell_output(page, 0).all_inner_texts() == ["2"]  # one locator for all outputs of a cell
    page.screenshot(path=tmp_path / "0.png")
    lab.cells(page), lab.is_trusted(page), lab.theme(page, "light"), lab.save(page)
```

At the end of a test each page must have requested nothing but itself (and data: URLs; in JupyterLab also its server)
and have thrown nothing. `page.recorded.errors.clear()` where an error is what is tested. Screenshots go to tmp_path.
axe does not judge the contrast of text in SVG. Without a browser the tests are skipped; with CI set they fail.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    import nbformat
    from playwright.sync_api import Browser, Locator, Page

__all__ = ["axe", "chromium", "lab", "lab_server", "new_page", "open_html", "page"]

ROOT = Path(__file__).parent.parent
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>A test</title></head><body><main>{}</main></body></html>"""


def _missing(what: str) -> NoReturn:
    """Skip; where CI is set, fail: there a skipped test is a hole."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or the one that the environment variable CHROMIUM names."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("Playwright is missing: python -m pip install --editable '.[dev]'")
    names = [named] if (named := os.environ.get("CHROMIUM")) else ["chromium", "chromium-browser", "google-chrome"]
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        _missing(f"no {', '.join(names)} here: apt-get install chromium, or set CHROMIUM to the path of one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Recorded:
    """What a page asked for and complained about, in order, as text."""

    requests: list[str] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    allowed: tuple[str, ...] = ()

    def failures(self) -> list[str]:
        """What no page may do: ask for anything outside, or throw."""
        asked = [url for url in (*self.requests, *self.sockets) if not url.startswith(self.allowed)]
        return [f"request: {url[:200]}" for url in asked] + [f"page error: {error}" for error in self.errors]


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Makes pages, each in a context of its own, and at the end asks each whether it behaved."""
    pages: list[Page] = []

    def make(**options: Any) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1000, "height": 800}, **options})
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.recorded = recorded = Recorded()

        def note_request(request: Any) -> None:
            is_the_page = request.is_navigation_request() and request.frame == page.main_frame
            if not (is_the_page and request.url.startswith("file:")) and not request.url.startswith(("data:", "blob:")):
                recorded.requests.append(request.url)

        def note_console(message: Any) -> None:
            if message.type == "error":
                recorded.console.append(message.text)

        context.on("request", note_request)
        context.on("weberror", lambda error: recorded.errors.append(str(error.error)))
        context.on("console", note_console)
        page.on("websocket", lambda socket: recorded.sockets.append(socket.url))
        pages.append(page)
        return page

    yield make
    failures = []
    for page in pages:
        if not page.is_closed():
            page.wait_for_timeout(50)  # events arrive only while Playwright is asked something
        failures += page.recorded.failures()
        page.context.close()
    assert not failures, "\n".join(failures)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One page with the default options."""
    return new_page()


@pytest.fixture
def open_html(tmp_path: Path) -> Callable[[Page, str], Path]:
    """open_html(page, html) opens the HTML from a file; a fragment gets a page that follows light and dark."""

    def open_(page: Page, html: str) -> Path:
        whole = html.lstrip().lower().startswith(("<!doctype", "<html"))
        path = tmp_path / f"page{len(list(tmp_path.glob('page*.html')))}.html"
        path.write_text(html if whole else PAGE.format(html), encoding="utf-8")
        page.goto(path.as_uri())
        return path

    return open_


@pytest.fixture
def axe() -> Callable[..., None]:
    """axe(page, within=None) fails with what axe-core finds serious or critical, in the page or in a CSS selector."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        _missing("axe is missing: python -m pip install --editable '.[dev]'")

    def check(page: Page, within: str | None = None) -> None:
        found = Axe().run(page, context=within).response["violations"]
        lines = []
        for violation in found:
            if violation["impact"] in ("serious", "critical"):
                lines.append(f"{violation['impact']}: {violation['help']} ({violation['id']})")
                for node in violation["nodes"]:
                    lines += [f"    {node['html'][:200]}", *(f"        {line}" for line in _why(node))]
        if lines:
            pytest.fail("\n".join(["axe found:", *lines]), pytrace=False)

    return check


def _why(node: dict[str, Any]) -> list[str]:
    return [check["message"] for kind in ("any", "all", "none") for check in node[kind]]


# ── JupyterLab ──────────────────────────────────────────────────────────────────────────────────────────────────────

# The widget of the notebook that is open, for the lines below.
NOTEBOOK = "const app = window.jupyterapp, widget = app.shell.currentWidget, cells = [...widget.content.model.cells];"
READY = """() => {
    const context = window.jupyterapp?.shell.currentWidget?.context
    return !document.querySelector("#jupyterlab-splash") && context?.isReady
        && context.sessionContext.session?.kernel?.status === "idle"
}"""
ANNOUNCEMENTS = "@jupyterlab/apputils-extension:announcements"  # fetches news, and asks whether it may
THEME_SETTINGS = "@jupyterlab/apputils-extension/themes.jupyterlab-settings"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


class Lab:
    """A JupyterLab on a free port of this machine, with folders of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root, self.config = folder, folder / "notebooks", folder / "config"
        self.root.mkdir()
        self.token = secrets.token_hex(16)
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON"))}
        self.environment = variables | {
            "JUPYTER_CONFIG_DIR": str(self.config),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "IPYTHONDIR": str(folder / "ipython"),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        }
        self._configure("labconfig/page_config.json", {"disabledExtensions": {ANNOUNCEMENTS: True}})
        self.server: subprocess.Popen[bytes] | None = None
        self.url = ""

    def _configure(self, name: str, content: object) -> None:
        path = self.config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = {
            "IdentityProvider.token": self.token,
            "LabApp.expose_app_in_browser": True,
            "LabApp.extension_manager": "readonly",
            "LanguageServerManager.autodetect": False,
            "ServerApp.allow_root": True,
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.open_browser": False,
            "ServerApp.port": 18_888,  # or the next that is free
            "ServerApp.root_dir": self.root,
            "ServerApp.terminals_enabled": False,
        }
        command = [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]
        log = self.folder / "server.log"
        with log.open("wb") as out:
            self.server = subprocess.Popen(
                command, cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        for _ in range(300):
            if self.server.poll() is None and (files := list((self.folder / "runtime").glob("jpserver-*.json"))):
                self.url = json.loads(files[0].read_text())["url"]
                self.ask("GET", "api/status")
                return
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")

    def stop(self) -> None:
        """End the server, and its kernels with it."""
        if self.server is not None:
            self.server.terminate()
            try:
                self.server.wait(5)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()

    def ask(self, method: str, path: str) -> Any:
        """The server's answer, from JSON."""
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def end_kernels(self) -> None:
        """End what the tests so far have started."""
        for session in self.ask("GET", "api/sessions"):
            self.ask("DELETE", f"api/sessions/{session['id']}")

    def notebook(
        self, name: str, cells: Sequence[str], outputs: Sequence[dict[str, Any] | None] = (), trusted: bool = True
    ) -> Path:
        """Write a notebook of code cells; outputs are MIME bundles of cells that were run, as it were, before."""
        import nbformat  # here: it takes a second, and the conftest of every test takes its fixtures from this file

        # Cell ids are random: a notebook written twice, once signed, is not the same notebook to the server.
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
        notebook.cells = [nbformat.v4.new_code_cell(source) for source in cells]
        for number, (cell, bundle) in enumerate(zip(notebook.cells, outputs, strict=False), 1):
            if bundle is not None:
                cell.execution_count = number
                cell.outputs = [nbformat.v4.new_output("execute_result", bundle, execution_count=number)]
        path = self.root / name
        nbformat.write(notebook, path)
        if trusted:
            sign = [sys.executable, "-c", "from nbformat.sign import main; main()", str(path)]
            subprocess.run(sign, env=self.environment, check=True, capture_output=True)
        return path

    def open(self, page: Page, name: str, theme: str = "light") -> None:
        """Open a notebook alone, in the light or dark theme, and wait until its kernel is idle."""
        self._configure(f"lab/user-settings/{THEME_SETTINGS}", {"theme": THEMES[theme]})
        page.recorded.allowed += (self.url, self.url.replace("http", "ws", 1))
        page.goto(f"{self.url}doc/tree/{name}?reset&token={self.token}")
        page.wait_for_function(READY, timeout=30_000)

    def theme(self, page: Page, theme: str) -> None:
        """Change to the "light" or "dark" theme while the notebook is open."""
        page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", THEMES[theme])
        page.wait_for_selector(f"body[data-jp-theme-name='{THEMES[theme]}']", state="attached")
        page.wait_for_selector("#jupyterlab-splash", state="detached")

    def run_all(self, page: Page, wait: bool = True) -> None:
        """Run every cell; with wait=False come back at once, for `wait` to do the rest."""
        page.evaluate("() => { window.ran = window.jupyterapp.commands.execute('notebook:run-all-cells') }")
        if wait:
            self.wait(page)

    def wait(self, page: Page) -> None:
        """Wait until `run_all` has come to its end; an error in a cell fails the test."""
        page.evaluate("() => window.ran")
        errors = page.evaluate(
            f"""() => {{ {NOTEBOOK}
            return cells.flatMap(cell => cell.toJSON().outputs ?? []).filter(output => output.output_type === "error")
                .map(output => output.ename + ": " + output.evalue) }}"""
        )
        assert not errors, "\n".join(errors)

    def cell_output(self, page: Page, i: int) -> Locator:
        """What is under cell i, counted from 0, without the prompt: an element for each output."""
        return page.locator(".jp-Notebook .jp-Cell").nth(i).locator(".jp-OutputArea-output")

    def cells(self, page: Page) -> list[str]:
        """The text of each cell, as it is now."""
        return page.evaluate(f"() => {{ {NOTEBOOK} return cells.map(cell => cell.sharedModel.source) }}")

    def is_trusted(self, page: Page) -> bool:
        """Whether JupyterLab lets the outputs of the notebook run scripts."""
        return page.evaluate(f"() => {{ {NOTEBOOK} return cells.every(cell => cell.trusted) }}")

    def save(self, page: Page) -> nbformat.NotebookNode:
        """Save the notebook, and read the file."""
        import nbformat

        name = page.evaluate(f"async () => {{ {NOTEBOOK} await widget.context.save(); return widget.context.path }}")
        return nbformat.read(self.root / name, as_version=4)


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for all tests."""
    try:
        import jupyterlab  # noqa: F401
    except ImportError:
        _missing("JupyterLab is missing: python -m pip install --editable '.[dev]'")
    server = Lab(tmp_path_factory.mktemp("lab"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def lab(lab_server: Lab) -> Iterator[Lab]:
    """That JupyterLab, without kernels left by the test before."""
    yield lab_server
    lab_server.end_kernels()
