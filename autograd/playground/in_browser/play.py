"""Run a reader's program and show the last Value it made: its picture, its backward pass, its finite differences."""

from __future__ import annotations

import ast
import io
import linecache
import traceback
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass

from autograd.util.language import Language
from autograd.value import Value
from autograd.viz.drawing import draw

__all__ = ["run"]

FILE = "<program>"
"""The name of the program in a traceback."""

MOST_CHARACTERS = 100_000
"""Of the output: a page shows no more in reasonable time."""

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


@dataclass(frozen=True)
class Failure:
    """What went wrong. line: where in the program, counted from 1; None where it is not the program's."""

    message: str
    line: int | None


@dataclass(frozen=True)
class Outcome:
    """What a run shows. value: the last value, as Python prints it. picture: it as part of a page, if it has one."""

    output: str
    error: Failure | None = None
    value: str | None = None
    picture: str | None = None


def run(source: str, language: Language) -> dict[str, object]:
    """Run a program from the start and return what it printed, its error if any, and the picture of the last Value.

    The last Value is that of the last expression, otherwise the last one that was assigned to a name.

    >>> run("from autograd import Value\\na = Value(2.0)\\nprint(a * a)", "en")["output"]
    'Value(4.0)\\n'
    >>> run("1 / 0", "en")["error"]
    {'message': 'ZeroDivisionError: division by zero', 'line': 1}
    """
    output = _Output()
    try:
        with redirect_stdout(output), redirect_stderr(output):
            value = _last_value(source)
            picture = None if value is None else draw(value, language=language).html
    except (Exception, SystemExit) as error:
        return asdict(Outcome(output.getvalue(), _failure(error)))
    return asdict(Outcome(output.getvalue(), None, None if value is None else repr(value), picture))


class _Output(io.StringIO):
    """What a program prints, up to a limit."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, MOST_CHARACTERS - self.tell())])
        return len(text)


def _last_value(source: str) -> Value | None:
    """Run a program and return the Value to show; None where it made none at its outermost level."""
    linecache.cache[FILE] = (len(source), None, source.splitlines(keepends=True), FILE)
    tree = ast.parse(source, FILE)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    variables: dict[str, object] = {"__name__": "__main__"}
    exec(compile(tree, FILE, "exec"), variables)
    if isinstance(last, ast.Expr):
        result = eval(compile(ast.Expression(last.value), FILE, "eval"), variables)
        if isinstance(result, Value):
            return result
    values = (variables.get(name) for name in reversed([*_assigned(tree)]))
    return next((value for value in values if isinstance(value, Value)), None)


def _assigned(tree: ast.AST) -> Iterator[str]:
    """The names that a program assigns to at its outermost level, in the order of its text."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif not isinstance(node, Scope):
            yield from _assigned(node)


def _failure(error: BaseException) -> Failure:
    """The error in one line, and the innermost line of the program that led to it."""
    message = "".join(traceback.format_exception_only(error)).strip()
    if isinstance(error, SyntaxError) and error.filename == FILE:
        return Failure(f"{type(error).__name__}: {error.msg}", error.lineno)
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    return Failure(message, lines[-1] if lines else None)
