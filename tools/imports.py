"""The imports between files, and the floors of the project, which ``tests/project/test_structure.py`` enforces.

Every import counts: inside a function, only for the type checker, and ``import_module("…")`` too. There are two
exceptions: a package's ``__init__``, which Python runs by itself before the files in it; and files below Value, which
may import it for the type checker, because that runs nothing.
"""

from __future__ import annotations

import ast
import functools
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

__all__ = ["FLOORS", "ROOT", "cycles", "floor", "imports", "imports_of", "sources"]

ROOT = Path(__file__).parents[1]

FLOORS: Sequence[Sequence[str]] = (
    ("autograd/errors.py", "autograd/util"),
    ("autograd/core", "autograd/numeric.py", "autograd/table.py", "autograd/rules.py", "autograd/backward.py",
     "autograd/value.py"),
    ("autograd/pytree.py", "autograd/transforms.py", "autograd/checking", "autograd/gradcheck.py"),
    ("autograd/compiler/trace.py", "autograd/compiler/listing.py", "autograd/compiler/program.py",
     "autograd/compiler/tables.py"),
    ("autograd/compiler/passes", "autograd/compiler/arguments.py"),
    ("autograd/compiler/run",),
    ("autograd/compiler",),
    ("autograd/viz/picture.py", "autograd/viz/graph", "autograd/viz/graphviz", "autograd/viz/web"),
    ("autograd/viz/fold", "autograd/viz/write"),
    ("autograd/viz",),
    ("autograd/viz/training",),
    ("autograd/viz/backprop",),
    ("autograd/learn/exercises",),
    ("autograd/learn/checking",),
    ("autograd/learn/reporting",),
    ("autograd/learn",),
    ("autograd/learn/authoring",),
    ("autograd/learn/terminal",),
    ("autograd/learn/notebook",),
    ("autograd/learn/__init__.py",),
    ("autograd/playground/in_browser",),
    ("autograd/playground",),
    # the doors, above all that they open
    ("autograd/__init__.py", "autograd/__main__.py", "autograd/learn/__main__.py"),
    ("autograd/playground/examples",),
    ("nn",),
    ("nn/optim",),
    ("nn/running",),
    ("nn/inspect",),
    ("nn/training", "nn/export"),
    ("nn/__init__.py", "nn/__main__.py", "nn/demo", "nn/sklearn.py"),
    ("benchmarks", "docs", "examples", "notebooks", "tests/attacks", "tests/fixtures", "tools"),
    ("tests",),
)  # fmt: skip
"""From the ground up: the rooms of each floor, which are folders and files.

A file is in the room that names it most closely, and imports from its own floor and from those below.
"""

VALUE = "autograd/value.py"

Graph = Mapping[str, Mapping[str, int]]
"""Of each file, by its path: the files that it imports, and in which line."""


def sources(*folders: str, root: Path = ROOT) -> list[str]:
    """Return the Python files in these folders, except those of the exercises, which learners write."""
    paths = [path.relative_to(root) for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    return [path.as_posix() for path in paths if not re.search(r"/(e\d\d_\w+|corpus|strangers)/", path.as_posix())]


def imports(paths: Sequence[str], root: Path = ROOT) -> Graph:
    """Return the graph of these files' imports."""
    return {path: imports_of(path, root) for path in paths}


def imports_of(path: str, root: Path = ROOT) -> dict[str, int]:
    """Return the project's files that a file imports, with the line of the first import."""
    return dict(_imports_in((root / path).read_text(encoding="utf-8"), path, root))


@functools.cache
def _imports_in(text: str, path: str, root: Path) -> Mapping[str, int]:
    lines: dict[str, int] = {}
    folder, nodes = Path(path).parent.parts, list(ast.walk(ast.parse(text)))
    unrun = {inside for node in nodes if _is_for_types(node) for inside in ast.walk(node)}
    for node in nodes:
        for name in _imported(node, folder, root):
            file = _file(name, root)
            if file is not None and file != path and not (file == VALUE and node in unrun):
                lines[file] = min(node.lineno, lines.get(file, node.lineno))  # type: ignore[attr-defined]
    return lines


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _imported(node: ast.AST, folder: Sequence[str], root: Path) -> Iterator[str]:
    """Return the modules that a statement or a call imports, in a file in this folder."""
    match node:
        case ast.Import(names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            package = ".".join([*(folder[: len(folder) + 1 - level] if level else ()), *([module] if module else ())])
            for alias in names:
                inside = f"{package}.{alias.name}"
                yield inside if _file(inside, root) else package
        case ast.Call(func=ast.Name(id=call) | ast.Attribute(attr=call), args=[ast.Constant(value=str(name)), *_]):
            if call in ("import_module", "__import__"):
                yield name


@functools.cache
def _file(module: str, root: Path) -> str | None:
    """Return a module's file; tests/ is on the tests' path."""
    for folder in (root, root / "tests"):
        path = folder.joinpath(*module.split("."))
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return file.relative_to(root).as_posix()
    return None


def floor(path: str) -> int:
    """Return the number of a file's floor; 0 is the ground. Raises LookupError if the file is not in a room."""
    parts = Path(path).parts
    rooms = {room: number for number, floor in enumerate(FLOORS) for room in floor}
    for length in range(len(parts), 0, -1):
        room = "/".join(parts[:length])
        if room in rooms:
            return rooms[room]
    raise LookupError(f"{path} does not belong to a room: add it to FLOORS in tools/imports.py")


def cycles(graph: Graph) -> list[list[str]]:
    """Return import cycles, shortest first, no two of which share an import."""
    found, known = [], set()
    for way in sorted(filter(None, (_way_back(graph, path) for path in graph)), key=len):
        steps = set(pairwise(way))
        if not steps & known:
            found.append(way)
            known |= steps
    return found


def _way_back(graph: Graph, start: str) -> list[str]:
    """Return the files on the shortest cycle from a file, which is at both ends; none if there is no cycle."""
    before = dict.fromkeys(graph.get(start, ()), start)
    waiting = deque(before)
    while waiting and start not in before:
        path = waiting.popleft()
        for file in graph.get(path, ()):
            if file not in before:
                before[file] = path
                waiting.append(file)
    if start not in before:
        return []
    way = [start]
    while (path := before[way[-1]]) != start:
        way.append(path)
    return [start, *way[:0:-1], start]
