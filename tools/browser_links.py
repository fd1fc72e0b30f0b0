"""Addresses in the playground, made from what they open: a program, an exercise, the first picture of a notebook."""

from __future__ import annotations

import ast
import base64
import json
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["Program", "learn_address", "play_address", "program_of"]

IN_EVERY_PAGE = {"autograd", *sys.stdlib_module_names}
WITH_NUMPY = {"nn", "numpy"}


class Program(NamedTuple):
    """A program for the page Play. needs_numpy: whether it uses arrays, or nn, which come with NumPy there."""

    text: str
    needs_numpy: bool


def play_address(program: Program) -> str:
    """The address of the page Play with a program in it, from the playground's folder; nothing is sent to a server.

    >>> play_address(Program("1 + 1", False))
    'index.html#program=M1TQVjAEAA'
    """
    deflate = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    packed = deflate.compress(program.text.encode()) + deflate.flush()
    letters = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return f"{'play-numpy' if program.needs_numpy else 'index'}.html#program={letters}"


def learn_address(number: int) -> str:
    """The address of an exercise in the page Learn, from the playground's folder."""
    return f"learn.html#{number}"


def program_of(notebook: Path) -> Program | None:
    """Return the program of a notebook's first picture; if a page without NumPy can run one, the first of those.

    It has the statements that the picture depends on and their imports, and ends with the Value that is drawn; where
    the notebook draws none, with the first whose backward pass it runs. None where each needs other packages.
    """
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    statements = [(statement, source) for source in sources for statement in ast.parse(source).body]
    derived = [value for statement, _ in statements if (value := _derived(statement)) is not None]
    names = {value.id for value in derived}

    def drawn(statement: ast.stmt) -> ast.expr | None:
        value = _drawn(statement)  # of names, only those of Values: the history of a training is none
        return value if isinstance(value, ast.Call) or getattr(value, "id", "") in names else None

    candidates = [program for shown in (drawn, _derived) for program in _programs(statements, shown)]
    candidates.sort(key=lambda program: program.needs_numpy)  # a stable sort: else in the notebook's order
    return candidates[0] if candidates else None


Statement = tuple[ast.stmt, str]
"""With the source of its cell."""


def _programs(statements: Sequence[Statement], shown: Callable[[ast.stmt], ast.expr | None]) -> Iterator[Program]:
    """Yield a program for each statement that shows a Value, if it uses nothing but what a page has."""
    for i, (statement, source) in enumerate(statements):
        value = shown(statement)
        if value is None:
            continue
        kept = [statements[k] for k in _needed([statement for statement, _ in statements[: i + 1]], value)]
        modules = {module for statement, _ in kept for module in _imported(statement)}
        if modules <= IN_EVERY_PAGE | WITH_NUMPY:
            last = ast.get_source_segment(source, value)
            yield Program(f"{_written(kept, value)}\n{last}\n", bool(modules & WITH_NUMPY))


def _drawn(statement: ast.stmt) -> ast.expr | None:
    """What a statement draws or plays."""
    match statement:
        case ast.Expr(ast.Call(ast.Name("draw" | "play") | ast.Attribute(ast.Name("autograd"), "draw" | "play"), [x])):
            return x
    return None


def _derived(statement: ast.stmt) -> ast.Name | None:
    """The Value whose backward pass a statement runs."""
    match statement:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name() as value, "backward"), [])):
            return value
    return None


def _needed(statements: Sequence[ast.stmt], value: ast.expr) -> list[int]:
    """Return the indices of the statements that a Value depends on, in order: the last may be one of them."""
    names, kept = _loaded(value), []
    for i in reversed(range(len(statements))):
        if names & _changed(statements[i]):
            names |= _loaded(statements[i])
            kept.append(i)
    return kept[::-1]


def _changed(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds, and those of objects that it may change."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return {statement.name}
    names = set()
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.alias(name=name, asname=other):
                names.add(other or name.partition(".")[0])
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                names.add(_root(node))
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        names.add(_root(statement.value.func))  # loss.backward()
    return names


def _root(node: ast.AST) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _loaded(statement: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


def _imported(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def _written(statements: Sequence[Statement], value: ast.expr) -> str:
    """Return the statements as they are written, the imports first and with the names alone that are used."""
    others = [(statement, source) for statement, source in statements if not isinstance(statement, IMPORTS)]
    used = _loaded(value).union(*(_loaded(statement) for statement, _ in others))
    imports = [_import(statement, used) for statement, _ in statements if isinstance(statement, IMPORTS)]
    texts = [ast.get_source_segment(source, statement) or "" for statement, source in others]
    return "\n".join([*dict.fromkeys(imports), "", *texts])


IMPORTS = (ast.Import, ast.ImportFrom)


def _import(statement: ast.Import | ast.ImportFrom, used: set[str]) -> str:
    statement.names = [alias for alias in statement.names if (alias.asname or alias.name) in used]
    return ast.unparse(statement)
