"""The archives of a site: this package's Python files, and Python's own without what a page has no use for."""

from __future__ import annotations

import importlib.util
import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from autograd.playground.errors import BuildError

__all__ = ["STDLIB", "write_archives", "write_pyodide"]

PACKAGE = Path(__file__).parents[1]

SUFFIXES = (".py", ".toml", ".md", ".js", ".css", ".txt")
NOT_IN_A_PAGE = (
    "learn/authoring/*",
    "learn/exercises/*/alt_*",
    "learn/terminal/*",
    "playground/[!_i]*",  # all but in_browser
    "viz/fonts/*",
)
ARRAYS = "compiler/*"
"""What works with NumPy alone, and has an archive of its own; ``nn`` is in it, too."""

STDLIB = "python_stdlib.zip"
NOT_IN_THE_STDLIB = (
    "_pyrepl/*", "concurrent/interpreters/*", "dbm/*", "email/mime/*", "http/*", "multiprocessing/*", "sqlite3/*",
    "unittest/*", "wsgiref/*", "xml/*", "xmlrpc/*", "cmd.py", "compileall.py", "mimetypes.py", "pyodide/console.py",
    "shelve.py", "zipapp.py",
    "asyncio/__main__.py", "asyncio/proactor_events.py", "asyncio/tools.py", "asyncio/windows_*",
    "concurrent/futures/interpreter.py", "concurrent/futures/process.py", "ctypes/_aix.py", "ctypes/macholib/*",
    "ctypes/wintypes.py", "sysconfig/__main__.py", "logging/config.py",
    "logging/handlers.py", "urllib/request.py", "urllib/robotparser.py", "importlib/_bootstrap*.py", "zipimport.py",
    "encodings/cp[!4]*", "encodings/cp4[!3]*", "encodings/hp_*", "encodings/iso*", "encodings/koi8*", "encodings/kz*",
    "encodings/mac_*", "encodings/p[at]*", "encodings/tis*",
    "_py_abc.py", "_pydatetime.py", "_pyio.py", "bdb.py", "cProfile.py", "code.py", "configparser.py", "doctest.py",
    "filecmp.py", "fileinput.py", "ftplib.py", "getpass.py", "py_compile.py",
    "imaplib.py", "mailbox.py", "modulefinder.py", "netrc.py", "optparse.py", "pdb.py",
    "pickletools.py", "plistlib.py", "poplib.py", "profile.py", "pstats.py", "pty.py", "pyclbr.py", "pydoc.py",
    "rlcompleter.py", "smtplib.py", "socketserver.py", "symtable.py", "tabnanny.py", "trace.py", "uuid.py", "wave.py",
)  # fmt: skip
"""Terminals, servers, databases, debuggers, tests, processes, alphabets of before Unicode, and what Python has
built in: a third of it."""

PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
LOCK = "pyodide-lock.json"


def write_archives(folder: Path) -> None:
    """Write ``autograd.zip``, which every page loads, and ``arrays.zip``: the compiler and nn. Same files, same bytes.

    Raises BuildError where there is no package ``nn``.
    """
    found = importlib.util.find_spec("nn")
    if found is None or found.origin is None:
        raise BuildError("the package nn is missing, which comes with autograd: pip install scalar-autograd")
    own = [(f"autograd/{name}", path) for name, path in _files(PACKAGE)]
    layers = [(f"nn/{name}", path) for name, path in _files(Path(found.origin).parent)]
    is_array = {name: fnmatch(name, f"autograd/{ARRAYS}") for name, _ in own}
    _write(folder / "autograd.zip", (file for file in own if not is_array[file[0]]))
    _write(folder / "arrays.zip", [*(file for file in own if is_array[file[0]]), *layers])


def write_pyodide(package: Path, folder: Path) -> None:
    """Copy what a page loads of the npm package pyodide: Python, less of its library than it has, where NumPy is.

    What is left out of the library is in `NOT_IN_THE_STDLIB`; the build compiles a part of the rest.
    """
    folder.mkdir(parents=True)
    for name in PYODIDE_FILES:
        shutil.copy(package / name, folder)
    with zipfile.ZipFile(package / STDLIB) as archive:
        names = [name for name in archive.namelist() if not any(fnmatch(name, x) for x in NOT_IN_THE_STDLIB)]
        _write_contents(folder / STDLIB, ((name, archive.read(name)) for name in names))
    lock = json.loads((package / LOCK).read_text(encoding="utf-8"))
    numpy = {name: entry for name, entry in lock["packages"].items() if name == "numpy"}
    (folder / LOCK).write_text(json.dumps(lock | {"packages": numpy}), encoding="utf-8")


def _files(package: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package).as_posix()
        if path.suffix in SUFFIXES and not any(fnmatch(name, pattern) for pattern in NOT_IN_A_PAGE):
            yield name, path


def _write(target: Path, files: Iterable[tuple[str, Path]]) -> None:
    _write_contents(target, ((name, path.read_bytes()) for name, path in files))


def _write_contents(target: Path, contents: Iterable[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in contents:
            info = zipfile.ZipInfo(name)  # without the time, so that the same files are the same archive
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
