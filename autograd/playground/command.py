"""``autograd playground``: build the pages, serve them on this machine, open them in the browser."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from autograd.playground.build import build, cache_folder
from autograd.playground.errors import BuildError
from autograd.playground.serve import server
from autograd.util.command_line import ArgumentParser

__all__ = ["command"]

PORT = 8642
"""Always the same one: what a browser keeps of a page, a learner's progress for instance, belongs to its port."""


def command(arguments: Sequence[str]) -> int:
    """Run ``autograd playground`` and return its exit status: 0, or 1 where it cannot be built or served."""
    options = _parser().parse_args(arguments)
    folder = options.folder or cache_folder() / "site"
    try:
        build(folder)
    except BuildError as error:
        print(f"autograd playground: {error}", file=sys.stderr)
        return 1
    if options.build:
        print(f"built in {folder}: any web server can serve it, from any path")
        return 0
    return _serve(folder, options.port, not options.no_browser)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="autograd playground",
        description="Build the playground, a folder of static files, and serve it on this machine. The first build "
        "needs npm, which downloads Pyodide, Graphviz and an editor (35 MB); the next ones need no network.",
    )
    parser.add_argument("folder", nargs="?", type=Path, help="where to build it; by default among the user's caches")
    parser.add_argument("--port", type=int, default=PORT, help="where to serve it (%(default)s)")
    parser.add_argument("--build", action="store_true", help="only build it")
    parser.add_argument("--no-browser", action="store_true", help="do not open it in the browser")
    return parser


def _serve(folder: Path, port: int, opens_browser: bool) -> int:
    """Serve until Ctrl-C."""
    try:
        running = server(folder, port)
    except OSError as error:
        print(
            f"autograd playground: cannot serve on port {port}: {error.strerror}; try --port {port + 1}",
            file=sys.stderr,
        )
        return 1
    address = f"http://localhost:{running.server_port}/"
    print(f"serving {address} · Ctrl-C ends it", flush=True)
    if opens_browser:
        webbrowser.open(address)
    with running:
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0
