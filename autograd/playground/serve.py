"""Serve a folder of static files on this machine, compressed, as any static host would."""

from __future__ import annotations

import contextlib
import functools
import gzip
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

__all__ = ["server"]

COMPRESSED = {".css", ".html", ".js", ".json", ".mjs", ".svg", ".wasm"}
"""What gzip makes smaller; an archive of Python files is compressed already."""

MIME_TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".zip": "application/zip",
}


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of a folder on localhost; ``serve_forever`` runs it. port: 0 takes a free one.

    Raises OSError where the port is taken.
    """
    handler = functools.partial(_Handler, directory=str(folder))
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | MIME_TYPES

    def do_GET(self) -> None:
        """Answer with the file, compressed where that helps; with 304 where the browser has it already."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer as to GET, without the file."""
        self._answer(with_body=False)

    def _answer(self, with_body: bool) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            return self.send_error(HTTPStatus.NOT_FOUND)
        changed = path.stat().st_mtime_ns
        is_compressed = path.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", "")
        tag = f'"{changed:x}{"-gzip" if is_compressed else ""}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header("ETag", tag)
            return self.end_headers()
        content = _compressed(path, changed) if is_compressed else path.read_bytes()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("ETag", tag)
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("X-Content-Type-Options", "nosniff")
        if is_compressed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if with_body:
            with contextlib.suppress(ConnectionError):  # the page went away
                self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Print nothing: a page asks for dozens of files."""


@functools.cache
def _compressed(path: Path, changed: int) -> bytes:
    """The file, compressed. changed: when it was, so that a new one is read."""
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)
