"""Graphviz in WebAssembly, run by wasmtime in this process: the one that comes with the package.

It is the module of the npm package @viz-js/viz, which the browser uses too, so pictures are the same everywhere.
graphviz.json says which version it is and how its functions are called; `tools/graphviz_wasm.py` writes both files. It
has no files, no fonts and no clock, and whatever it does stays in its own memory: each graph gets a fresh one.
"""

from __future__ import annotations

import atexit
import functools
import json
import struct
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.viz.graphviz import program

if TYPE_CHECKING:
    import wasmtime

__all__ = ["is_here", "positions"]

FOLDER = Path(__file__).parent
NOTHING = 52  # its error number for "there is no such thing": of files
PAGE = 2**16  # bytes
GLANCE = 0.1  # seconds between looks for Ctrl-C, which Windows does not say while a thread is waited for


@dataclass(frozen=True)
class _Graphviz:
    """The compiled module. imports, exports: its short names for the functions it calls and those it has."""

    engine: wasmtime.Engine
    module: wasmtime.Module
    imports: dict[str, str]
    exports: dict[str, str]


@functools.cache
def _graphviz() -> _Graphviz | None:
    """The module, compiled: 0.4 s the first time on a machine, then 10 ms from the cache of wasmtime.

    None where there is no wasmtime, or none for this processor.
    """
    try:
        import wasmtime  # 75 ms, when the first picture is asked for
    except (ImportError, OSError, RuntimeError):
        return None
    names = json.loads((FOLDER / "graphviz.json").read_text(encoding="utf-8"))
    for has_cache in (True, False):  # a home that cannot be written has no cache
        config = wasmtime.Config()
        config.epoch_interruption = True
        try:
            if has_cache:
                config.cache = True
            engine = wasmtime.Engine(config)
            module = wasmtime.Module.from_file(engine, str(FOLDER / "graphviz.wasm"))
        except (wasmtime.WasmtimeError, OSError):
            continue
        atexit.register(_graphviz.cache_clear)  # before the modules that take it down are gone
        return _Graphviz(engine, module, names["imports"], names["exports"])
    return None


def is_here() -> bool:
    """Return whether it can be run."""
    return _graphviz() is not None


def positions(sources: Sequence[str]) -> list[str]:
    """Return the places of graphs as JSON. Raises `RuntimeError` with Graphviz's own words where it cannot.

    It runs in a thread, so that Ctrl-C and the limit of time stop it.
    """
    graphviz = _graphviz()
    assert graphviz is not None  # is_here() said so
    work = _Work(graphviz, sources)
    thread = threading.Thread(target=work.run, name="graphviz", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no threads here, or none any more: Python is about to end
        work.run()
        return work.results()
    end = time.monotonic() + program.TIMEOUT
    try:
        while thread.is_alive():
            if time.monotonic() > end:
                raise program.took_too_long()
            thread.join(min(GLANCE, program.TIMEOUT))
    finally:
        if thread.is_alive():
            work.is_stopped = True
            graphviz.engine.increment_epoch()
            thread.join()
    return work.results()


@dataclass
class _Work:
    """Several graphs to lay out, and what comes of it."""

    graphviz: _Graphviz
    sources: Sequence[str]
    texts: list[str] = field(default_factory=list)
    error: Exception | None = None
    is_stopped: bool = False

    def run(self) -> None:
        """Lay out one graph after another."""
        import wasmtime

        while len(self.texts) < len(self.sources) and not self.error and not self.is_stopped:
            try:
                self.texts.append(_Instance(self.graphviz).positions(self.sources[len(self.texts)]))
            except wasmtime.Trap as trap:  # an interruption may have been meant for another thread's work
                if trap.trap_code is not wasmtime.TrapCode.INTERRUPT:
                    self.error = RuntimeError(f"Graphviz could not draw this: {trap.message.splitlines()[-1].strip()}")
            except Exception as error:
                self.error = error

    def results(self) -> list[str]:
        """Return the texts, or raise what went wrong."""
        if self.error:
            raise self.error
        return self.texts


class _Instance:
    """Graphviz with a memory of its own, for one graph."""

    def __init__(self, graphviz: _Graphviz) -> None:
        import wasmtime

        self._store = wasmtime.Store(graphviz.engine)
        self._store.set_epoch_deadline(1)
        self._messages = ""
        functions = [
            wasmtime.Func(self._store, place.type, self._imported(graphviz.imports[place.name or ""], place.type))
            for place in graphviz.module.imports
            if isinstance(place.type, wasmtime.FuncType)  # all are
        ]
        exports = wasmtime.Instance(self._store, graphviz.module, functions).exports(self._store)
        self._exports: dict[str, Any] = {name: exports[short] for name, short in graphviz.exports.items()}
        self._memory = self._exports["memory"]
        self._call("start")

    def positions(self, source: str) -> str:
        """Return the places of a graph as JSON."""
        graph = self._call("viz_read_one_graph", self._written(source))
        if not graph:
            raise self._failure()
        context = self._call("viz_create_context")
        if self._call("viz_layout", context, graph, self._written("dot")):
            raise self._failure()
        result = self._call("viz_render", context, graph, self._written("json0"))
        if not result:
            raise self._failure()
        return self._read(result)

    def _call(self, name: str, *arguments: int) -> Any:
        return self._exports[name](self._store, *arguments)

    def _failure(self) -> RuntimeError:
        lines = self._messages.strip().splitlines() or ["no reason given"]
        return RuntimeError(f"Graphviz could not draw this: {lines[-1]}")

    def _written(self, text: str) -> int:
        """Write a text into its memory and return the address."""
        data = text.encode() + b"\0"
        address = self._call("malloc", len(data))
        self._memory.write(self._store, data, address)
        return int(address)

    def _read(self, address: int) -> str:
        """The text at an address, up to the first zero."""
        data = b""
        while (end := data.find(b"\0")) < 0:
            start = address + len(data)
            data += self._memory.read(self._store, start, min(start + PAGE, self._memory.data_len(self._store)))
        return data[:end].decode()

    # ── what it calls ───────────────────────────────────────────────────────────────────────────────────────────────

    def _imported(self, name: str, kind: wasmtime.FuncType) -> Callable[..., Any]:
        """The function behind an import: ours, or one that says that there is no such thing."""
        own = getattr(self, f"_{name}", None)
        if own is not None:
            return own  # type: ignore[no-any-return]
        if kind.results:
            return lambda *arguments: -NOTHING

        def refuse(*arguments: int) -> None:
            raise RuntimeError(f"Graphviz could not draw this: it ended by {name}. {self._messages.strip()}")

        return refuse

    def _emscripten_resize_heap(self, size: int) -> int:
        """Grow its memory to so many bytes, by a fifth at least; 0 where that is not possible."""
        import wasmtime

        now = self._memory.data_len(self._store)
        wanted = max(size % 2**32, now + now // 5)
        try:
            self._memory.grow(self._store, -(-(wanted - now) // PAGE))
        except wasmtime.WasmtimeError:
            return 0
        return 1

    def _environ_sizes_get(self, count: int, size: int) -> int:
        for address in (count, size):
            self._memory.write(self._store, bytes(4), address)
        return 0

    def _environ_get(self, names: int, values: int) -> int:
        return 0

    def _random_get(self, address: int, length: int) -> int:
        """No randomness: the same picture every time."""
        self._memory.write(self._store, bytes(length), address)
        return 0

    def _emscripten_date_now(self) -> float:
        return 0.0

    def _viz_errorf(self, text: int) -> int:
        self._messages += self._read(text)
        return 0

    def _fd_write(self, file: int, pieces: int, count: int, written: int) -> int:
        """Take what it prints on stderr as a message."""
        total = 0
        for index in range(count):
            place = pieces + 8 * index
            start, length = struct.unpack("<II", self._memory.read(self._store, place, place + 8))
            self._messages += bytes(self._memory.read(self._store, start, start + length)).decode(errors="replace")
            total += length
        self._memory.write(self._store, struct.pack("<I", total), written)
        return 0
