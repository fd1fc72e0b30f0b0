"""Run a reader's program and show the last Value it made: its picture, its backward pass, its finite differences."""

from __future__ import annotations

import ast
import io
import linecache
import traceback
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass, replace

from autograd.errors import NonFiniteError
from autograd.playground.in_browser.comparison import compared
from autograd.playground.in_browser.restored import restored
from autograd.util.deep_graphs import free_kept, keep, keep_error
from autograd.util.language import Language
from autograd.value import Value
from autograd.viz.backprop.player import Player
from autograd.viz.backprop.record import steps
from autograd.viz.drawing import drawing_of
from autograd.viz.fold.budget import pictures
from autograd.viz.graph.labels import variable_names
from autograd.viz.write.page import NotebookView

__all__ = ["differences", "player", "run"]

FILE = "<program>"
"""The name of the program in a traceback."""

MOST_CHARACTERS = 100_000
"""Of the output: a page shows no more in reasonable time."""

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


@dataclass(frozen=True)
class Failure:
    """What went wrong. line: where in the program, counted from 1; None where it is not the program's.

    missing: the module that could not be imported, if that is what went wrong.
    """

    message: str
    line: int | None
    missing: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What a run shows.

    output: what it printed, and the value of its last expression as an interactive Python would print it.
    is_cut: whether it printed more than is shown.
    picture: what it made, as part of a page; None where it made nothing to show. alt: the picture in words.
    has_graph: whether there is a Value, whose backward pass can be played.
    """

    output: str = ""
    is_cut: bool = False
    error: Failure | None = None
    picture: str | None = None
    alt: str | None = None
    has_graph: bool = False


@dataclass(frozen=True)
class Shown:
    """The Value that the last run showed, and the names of the program's other Values."""

    root: Value
    names: Mapping[Value, str]


_shown: Shown | None = None


def run(source: str, language: Language) -> dict[str, object]:
    r"""Run a program from the start: what it printed, its error if any, and the picture of the last Value.

    The last Value is that of the last expression, otherwise the last one that was assigned to a name. A drawing or a
    player as the last expression is shown itself.

    >>> run("from autograd import Value\na = Value(2.0)\na * a", "en")["output"]
    'Value(4.0)\n'
    >>> run("1 / 0", "en")["error"]
    {'message': 'ZeroDivisionError: division by zero', 'line': 1, 'missing': None}
    """
    global _shown
    _shown = None
    free_kept()
    output = _Output()
    variables: dict[str, object] = {
        "__name__": "__main__",
        "input": _no_input,
        "_oh": {},
    }  # with _oh, draw(y) finds names: a notebook has it
    keep(variables)
    result: object = None
    error: BaseException | None = None
    with redirect_stdout(output), redirect_stderr(output), restored():
        try:
            result = _executed(source, variables)
        except BaseException as problem:  # KeyboardInterrupt and SystemExit, too, end the program and not the page
            error = problem
            keep_error(problem)
        _shown = _to_show(result, error, source, variables)
        try:
            outcome = _drawn(_shown or result, language)
        except Exception as problem:
            outcome, error = Outcome(), error or problem
    variables["_"] = result  # as an interactive Python has it; no other name may hold its graph
    failure = None if error is None else _failure(error)
    return asdict(replace(outcome, output=output.getvalue(), is_cut=output.is_cut, error=failure))


def player(language: Language, quiz: bool = False) -> dict[str, object]:
    """The backward pass of the Value that was shown last, as part of a page. quiz: it asks for each number.

    ``picture`` is the player and ``error`` is None, or the other way round. Raises LookupError where the last run
    showed no Value.
    """
    shown = _last()
    try:
        recorded = steps(shown.root, names=shown.names, language=language)
        return asdict(Outcome(picture=Player(recorded, quiz, "auto", language).html))
    except Exception as error:
        return asdict(Outcome(error=_failure(error)))


def differences(language: Language) -> dict[str, object]:
    """Compare the gradients of the Value that was shown last with finite differences, as a `Comparison`.

    ``error`` is None, or all there is. Raises LookupError where the last run showed no Value.
    """
    shown = _last()
    try:
        return asdict(compared(shown.root, shown.names)) | {"error": None}
    except Exception as error:
        return {"error": asdict(_failure(error))}


# ── a program ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _Output(io.StringIO):
    """What a program prints, up to a limit. is_cut: whether it printed more."""

    is_cut = False

    def write(self, text: str) -> int:
        room = MOST_CHARACTERS - self.tell()
        super().write(text[:room])
        self.is_cut |= len(text) > room
        return len(text)


def _no_input(prompt: object = "") -> str:
    """What a program finds as ``input``."""
    raise OSError('input() cannot ask anybody in this page: write the text into the program, as in name = "Ada"')


def _executed(source: str, variables: dict[str, object]) -> object:
    """Run a program with these variables, print the value of its last expression and return it."""
    linecache.cache[FILE] = (len(source), None, source.splitlines(keepends=True), FILE)
    tree = ast.parse(source, FILE)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, FILE, "exec"), variables)  # noqa: S102  (in the reader's own browser)
    if not isinstance(last, ast.Expr):
        return None
    result = eval(compile(ast.Expression(last.value), FILE, "eval"), variables)
    if result is not None and not isinstance(result, NotebookView):
        print(repr(result))
    return result


def _to_show(result: object, error: BaseException | None, source: str, variables: Mapping[str, object]) -> Shown | None:
    """The Value to show: the result, or the last one that was assigned to a name; None where there is none.

    After an error, there is one only where that is about the numbers of a graph.
    """
    if isinstance(result, NotebookView) or (error is not None and not isinstance(error, NonFiniteError)):
        return None
    names = reversed([*_assigned(ast.parse(source))])
    values = (result, *(variables.get(name) for name in names))
    root = next((value for value in values if isinstance(value, Value)), None)
    return None if root is None else Shown(root, variable_names(variables))


def _assigned(tree: ast.AST) -> Iterator[str]:
    """The names that a program assigns to at its outermost level, in the order of its text."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif not isinstance(node, Scope):
            yield from _assigned(node)


def _drawn(shown: object, language: Language) -> Outcome:
    if isinstance(shown, Shown):
        drawing = drawing_of(pictures([shown.root], names=shown.names, language=language), "auto", language)
        return Outcome(picture=drawing.html, alt=drawing.alt(), has_graph=True)
    return Outcome(picture=shown.html) if isinstance(shown, NotebookView) else Outcome()


def _failure(error: BaseException) -> Failure:
    """The error as Python prints it, and the innermost line of the program that led to it."""
    if isinstance(error, SyntaxError) and error.filename == FILE:
        return Failure(f"{type(error).__name__}: {error.msg}", error.lineno)
    message = "".join(traceback.format_exception_only(error)).strip().removeprefix("autograd.errors.")
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    return Failure(message, lines[-1] if lines else None, missing)


def _last() -> Shown:
    if _shown is None:
        raise LookupError("the last run showed no Value: run a program that makes one")
    return _shown
